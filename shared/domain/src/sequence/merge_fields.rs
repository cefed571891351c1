//! Merge fields: what a text may say about the lead and the sender, and the values.

use crate::lead::Lead;
use crate::lead::attributes::{LeadText, TextUse};
use crate::placeholder::{is_placeholder, is_placeholder_of_typed};
use crate::workspace::Company;
use std::collections::BTreeMap;

/// The lead's own fields that are not plain texts; the texts are in the table of its attributes.
const LEAD_FIELDS: [&str; 6] = ["full_name", "email", "phone", "country", "rating", "reviews"];

/// The fields that are not the lead's own.
const OTHER_FIELDS: [&str; 15] = [
    "first_line",
    "preview_url",
    "unsubscribe_url",
    "sender.name",
    "sender.company",
    "sender.postal_address",
    "sender.website",
    "sender.booking_url",
    "sender.payment_url",
    "company_sender.name",
    "company_sender.postal_address",
    "company_sender.website",
    "company_sender.booking_url",
    "company_sender.payment_url",
    "company_sender.offer",
];

fn template_texts() -> impl Iterator<Item = LeadText> {
    LeadText::all().filter(|text| text.is_for(TextUse::Template))
}

fn lead_fields() -> impl Iterator<Item = &'static str> {
    template_texts().map(LeadText::name).chain(LEAD_FIELDS)
}

/// Every field that a template may name, besides `custom.…` for custom columns.
pub fn fields() -> impl Iterator<Item = &'static str> {
    lead_fields().chain(OTHER_FIELDS)
}

/// The values for one message. A field without a value is absent, never an empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeContext {
    values: BTreeMap<String, String>,
}

impl MergeContext {
    pub fn from_lead(lead: &Lead, sender: &Company) -> Self {
        let mut context = Self::default();
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        for (field, value) in lead_values(lead) {
            context.put(field, &value);
        }
        for (field, value) in [
            ("sender.name", sender.sender_name.clone()),
            ("sender.company", sender.name.clone()),
            ("company_sender.name", sender.name.clone()),
            ("company_sender.offer", sender.offer_headline.clone()),
        ] {
            context.put(field, &value);
        }
        for group in ["sender", "company_sender"] {
            context.put(&format!("{group}.postal_address"), &sender.postal_address);
            context.put(&format!("{group}.website"), &text(&sender.website));
            let booking_url = sender.booking_link(&lead.id);
            context.put(&format!("{group}.booking_url"), &text(&booking_url));
            context.put(&format!("{group}.payment_url"), &text(&sender.payment_url));
        }
        // No message says `NA`, not even where it may be a word.
        for (column, value) in lead.custom.iter().filter(|(_, value)| !is_placeholder_of_typed(value)) {
            context.put(&format!("custom.{}", custom_name(column)), value);
        }
        context
    }

    /// Adds the opening line written for this lead, if there is one.
    #[must_use]
    pub fn with_opening_line(self, line: Option<&str>) -> Self {
        self.with("first_line", line.unwrap_or_default())
    }

    /// Has the texts name the sender as the message's header does. Without a name of its own the workspace's stays.
    #[must_use]
    pub fn with_sender(self, name: Option<&str>) -> Self {
        match name.filter(|name| !name.trim().is_empty()) {
            Some(name) => self.with("sender.name", name),
            None => self,
        }
    }

    #[must_use]
    pub fn with_links(self, preview_url: &str, unsubscribe_url: &str) -> Self {
        self.with("preview_url", preview_url).with("unsubscribe_url", unsubscribe_url)
    }

    #[must_use]
    pub fn with(mut self, field: &str, value: &str) -> Self {
        self.put(field, value);
        self
    }

    pub fn get(&self, field: &str) -> Option<&str> {
        self.values.get(field).map(String::as_str)
    }

    /// Whether this is the first part of dotted names.
    pub(crate) fn has_group(&self, group: &str) -> bool {
        let is_below = |name: &str| name.strip_prefix(group).is_some_and(|rest| rest.starts_with('.'));
        self.values.keys().any(|name| is_below(name)) || fields().any(is_below)
    }

    fn put(&mut self, field: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            self.values.remove(field);
        } else {
            self.values.insert(field.to_owned(), value.to_owned());
        }
    }
}

/// Returns the lead's own fields, besides its custom columns, each with its value or an empty text.
fn lead_values(lead: &Lead) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| {
        value.clone().filter(|text| !is_placeholder_of_typed(text)).unwrap_or_default()
    };
    let other_value = |name| match name {
        "full_name" => [text(&lead.first_name), text(&lead.last_name)].join(" "),
        "email" => lead.email.as_ref().map(ToString::to_string).unwrap_or_default(),
        "phone" => lead.phone.as_ref().map(ToString::to_string).unwrap_or_default(),
        "country" => lead.country.map(|country| country.to_string()).unwrap_or_default(),
        "rating" => lead.rating.map(|rating| rating.to_string()).unwrap_or_default(),
        "reviews" => lead.reviews.map(|reviews| reviews.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    let others = LEAD_FIELDS.into_iter().map(|name| (name, other_value(name)));
    template_texts().map(|of| (of.name(), text(of.value_in(lead)))).chain(others).collect()
}

/// Whether `after` has a value for a field of the lead that had none `before`.
pub fn is_filled_in(before: &Lead, after: &Lead) -> bool {
    let is_new =
        |(name, value): &(&str, String)| !value.trim().is_empty() && lead_value(before, name).is_none();
    let column = |(column, _): (&String, &String)| {
        let name = format!("custom.{}", custom_name(column));
        lead_value(before, &name).is_none() && lead_value(after, &name).is_some()
    };
    lead_values(after).iter().any(is_new) || after.custom.iter().any(column)
}

/// The lead's own value for this field, if there is any.
pub fn lead_value(lead: &Lead, field: &str) -> Option<String> {
    let value = match field.strip_prefix("custom.") {
        Some(name) => lead.custom.iter().find(|(column, _)| custom_name(column) == name)?.1.clone(),
        None => lead_values(lead).into_iter().find(|(name, _)| *name == field)?.1,
    };
    Some(value.trim().to_owned()).filter(|value| !value.is_empty() && !is_placeholder(value))
}

/// Whether the field is one of the lead's own, so that `lead_value` can give it.
pub fn is_of_lead(field: &str) -> bool {
    field.strip_prefix("custom.").is_some_and(|name| !name.is_empty())
        || lead_fields().any(|known| known == field)
}

/// The merge name of a custom column: `Deal Stage` becomes `deal_stage`, used as `custom.deal_stage`.
pub fn custom_name(column: &str) -> String {
    let mut name = String::with_capacity(column.len());
    for c in column.trim().chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.ends_with('_') && !name.is_empty() {
            name.push('_');
        }
    }
    name.trim_end_matches('_').to_owned()
}

/// Whether a template may name this field.
pub fn is_known(field: &str) -> bool {
    field == "custom"
        || field.starts_with("custom.")
        || fields().any(|known| known == field)
        || fields().any(|known| known.strip_prefix(field).is_some_and(|rest| rest.starts_with('.')))
}

#[cfg(test)]
mod tests;
