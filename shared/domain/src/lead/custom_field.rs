//! The fields that a workspace adds to its leads. A lead holds every value as text; the field's kind says what the text
//! is, so that a value can be checked, shown, sorted and filtered. Templates name a field by its key.
//!
//! A value that no kind reads (it was there before the field, or the field's kind was changed) stays where it is, is
//! shown as text and sorts last.

mod option_rename;
mod spelling;
mod value;

pub use option_rename::OptionRename;
pub use spelling::{Spelling, SpellingEvidence};
pub use value::{BadValue, CustomValue};

use crate::ids::{CustomFieldId, WorkspaceId};
use crate::lead::attributes::Target;
use crate::money::Currency;
use crate::placeholder::{is_placeholder, is_placeholder_of_typed};
use crate::sequence::merge_fields::custom_name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most custom fields of a workspace.
pub const MOST_FIELDS: usize = 100;
/// The most custom values of a lead.
pub const MOST_VALUES: usize = 50;
/// The most options of a field.
pub const MOST_OPTIONS: usize = 200;
/// What stands before a field's key where a template names it.
const TEMPLATE_PREFIX: &str = "custom.";
/// The most characters of a field's key, its label or an option.
pub const LONGEST_NAME: usize = 100;

/// A workspace's custom fields in the order in which they are shown, stored as one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomFields {
    pub workspace: WorkspaceId,
    pub fields: Vec<CustomField>,
    /// The renamings of options that have not been through all leads yet, at most one a field.
    pub renames: Vec<OptionRename>,
    /// The fields that look as if they said who has opted out, and were answered before the answers were kept.
    pub answered_opt_outs: Vec<CustomFieldId>,
    /// What admins have said of such fields.
    pub opt_out_answers: BTreeMap<CustomFieldId, OptOutAnswer>,
    /// The place where the nightly search for such fields goes on, if it could not look at all leads.
    pub opt_out_search: Option<String>,
    pub rev: u64,
}

/// What an admin has said of a field that looks as if it said who has opted out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptOutAnswer {
    /// Its values say nothing of opt-outs.
    Nothing,
    /// Its values say who has opted out of this, or whose address is dead.
    Says(Target),
}

impl From<Option<Target>> for OptOutAnswer {
    fn from(target: Option<Target>) -> Self {
        target.map_or(Self::Nothing, Self::Says)
    }
}

/// A custom field, stored and shown in the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomField {
    pub id: CustomFieldId,
    /// The name under which leads hold the value. It never changes, so that imports and templates keep finding it.
    pub key: String,
    /// The name that users read.
    pub label: String,
    #[serde(flatten)]
    pub kind: FieldKind,
}

/// What a custom field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// Any text of up to 1,000 characters.
    Text,
    /// A number such as `-12.5`.
    Number,
    /// A day such as `2026-11-28`.
    Date,
    /// One of the options.
    Choice { options: Vec<String> },
    /// Several of the options, as `One; Two`, in the options' order.
    Choices { options: Vec<String> },
    /// `yes` or `no`.
    Check,
    /// A web address with its scheme.
    Url,
    /// An amount with its currency, such as `1200.50 EUR`. An amount without one is in the field's.
    Money {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        currency: Currency,
    },
    /// A team member, by e-mail address.
    Person,
}

impl CustomFields {
    pub fn none(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            fields: Vec::new(),
            renames: Vec::new(),
            answered_opt_outs: Vec::new(),
            opt_out_answers: BTreeMap::new(),
            opt_out_search: None,
            rev: 0,
        }
    }

    /// Whether an admin has said what the values of the field say of opt-outs.
    pub fn has_opt_out_answer(&self, field: &CustomFieldId) -> bool {
        self.opt_out_answers.contains_key(field) || self.answered_opt_outs.contains(field)
    }

    pub fn get(&self, key: &str) -> Option<&CustomField> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// Finds the field that a column's header means: one with this key or label, whatever its case and punctuation, or
    /// one that the header names as templates do (`custom.deal_size`).
    pub fn named(&self, header: &str) -> Option<&CustomField> {
        let name = custom_name(header.strip_prefix(TEMPLATE_PREFIX).unwrap_or(header));
        self.get(header)
            .or_else(|| self.fields.iter().find(|field| custom_name(&field.key) == name))
            .or_else(|| self.fields.iter().find(|field| custom_name(&field.label) == name))
    }

    /// Adds options to a field that has some, behind those that it has; a known one, in any case, is not added again.
    /// Returns what is wrong with the field then, if anything is.
    pub fn add_options(&mut self, key: &str, new: &[String]) -> Result<(), String> {
        let Some(field) = self.fields.iter_mut().find(|field| field.key == key) else {
            return Err("fill no field".to_owned());
        };
        let (FieldKind::Choice { options } | FieldKind::Choices { options }) = &mut field.kind else {
            return Err("belong to choices only".to_owned());
        };
        for option in new {
            if !options.iter().any(|known| known.to_lowercase() == option.to_lowercase()) {
                options.push(option.clone());
            }
        }
        option_faults(options).into_iter().next().map_or(Ok(()), Err)
    }

    /// Whether a value stands where the field has none, such as `#N/A`. An option of the field's own never does.
    pub fn is_missing_in(&self, key: &str, written: &str) -> bool {
        self.get(key).map_or_else(|| is_placeholder(written), |field| field.is_missing_in(written))
    }

    /// Makes the value of a field as it is stored, from a text that a person or a program wrote. A key without a field
    /// holds any text.
    pub fn stored_value(&self, key: &str, written: &str) -> Result<String, BadValue> {
        match self.get(key) {
            Some(field) => field.kind.read(written).map(|value| value.to_string()),
            None => Ok(written.trim().to_owned()),
        }
    }
}

impl CustomField {
    /// Whether a value stands where this field has none. An option of the field never does.
    pub fn is_missing_in(&self, written: &str) -> bool {
        let is_option = || self.kind.options().is_some() && self.kind.unknown_options(written).is_empty();
        match self.kind {
            FieldKind::Text => is_placeholder(written),
            _ => is_placeholder_of_typed(written) && !is_option(),
        }
    }

    /// Returns the one of the others that has this field's name already, as its key or its label.
    pub fn namesake<'a>(&self, mut others: impl Iterator<Item = &'a CustomField>) -> Option<&'a CustomField> {
        others.find(|other| {
            custom_name(&other.key) == custom_name(&self.key)
                || custom_name(&other.label) == custom_name(&self.label)
        })
    }

    /// Checks a field that is added or changed besides `others`: each fault with the part of the request that has it.
    pub fn faults<'a>(
        &self,
        others: impl Iterator<Item = &'a CustomField> + Clone,
    ) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let name = custom_name(&self.key);
        if name.is_empty() {
            faults.push(("label", "needs a letter or a digit".to_owned()));
        }
        if others.clone().any(|other| custom_name(&other.key) == name) {
            faults.push(("label", "is taken by another field".to_owned()));
        } else if others.clone().any(|other| custom_name(&other.label) == custom_name(&self.label)) {
            faults.push(("label", "is the label of another field".to_owned()));
        }
        if let Some(options) = self.kind.options() {
            faults.extend(option_faults(options).into_iter().map(|why| ("options", why)));
        }
        faults
    }
}

fn option_faults(options: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    if options.is_empty() {
        faults.push("need at least one".to_owned());
    }
    if options.len() > MOST_OPTIONS {
        faults.push(format!("are more than {MOST_OPTIONS}"));
    }
    for (at, option) in options.iter().enumerate() {
        let folded = option.to_lowercase();
        if option.trim() != option || option.is_empty() {
            faults.push(format!("number {} is empty or has space around it", at + 1));
        } else if option.chars().count() > LONGEST_NAME {
            faults.push(format!("number {} has more than {LONGEST_NAME} characters", at + 1));
        } else if option.contains(value::BETWEEN) || option.contains(char::is_control) {
            faults.push(format!("'{option}' must not contain a semicolon or a line break"));
        } else if options[..at].iter().any(|earlier| earlier.to_lowercase() == folded) {
            faults.push(format!("'{option}' is there twice"));
        }
    }
    faults
}

impl FieldKind {
    /// The kind's name in requests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Choice { .. } => "choice",
            Self::Choices { .. } => "choices",
            Self::Check => "check",
            Self::Url => "url",
            Self::Money { .. } => "money",
            Self::Person => "person",
        }
    }

    /// The options of a kind that has them.
    pub fn options(&self) -> Option<&[String]> {
        match self {
            Self::Choice { options } | Self::Choices { options } => Some(options),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
