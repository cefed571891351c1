//! New names for options. The field has them at once; a job gives them to the leads, page by page.

use super::FieldKind;
use super::value::BETWEEN;
use crate::event::UserOrKey;
use crate::ids::CustomFieldId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A renaming of a field's options that has not been through all leads yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OptionRename {
    pub field: CustomFieldId,
    /// The new names by the former ones.
    pub names: BTreeMap<String, String>,
    /// How many leads the job has looked at, and how many of them had one of the options.
    pub looked_at: u64,
    pub changed: u64,
    pub started_by: Option<UserOrKey>,
    pub started_at: Timestamp,
}

impl OptionRename {
    /// Checks the names against the options that the field had and those that it gets. A name that is both old and new
    /// is refused, because a page of the job may be repeated.
    pub fn faults(names: &BTreeMap<String, String>, had: &[String], gets: &[String]) -> Vec<String> {
        let folded: Vec<String> = names.keys().map(|name| name.to_lowercase()).collect();
        let mut faults = Vec::new();
        for (from, to) in names {
            if !had.contains(from) {
                faults.push(format!("'{from}' is not an option of the field"));
            } else if gets.contains(from) {
                faults.push(format!("'{from}' is renamed and still among the options"));
            } else if !gets.contains(to) {
                faults.push(format!("'{to}' is not among the options"));
            } else if folded
                .iter()
                .zip(names.keys())
                .any(|(old, key)| key != from && *old == to.to_lowercase())
            {
                faults.push(format!("'{to}' is the name of another option that is renamed"));
            }
        }
        faults
    }

    /// Makes the value that a lead has after the renaming; none if it had none of the options.
    pub fn renamed(&self, kind: &FieldKind, value: &str) -> Option<String> {
        let new = |option: &str| {
            let folded = option.to_lowercase();
            self.names.iter().find(|(from, _)| from.to_lowercase() == folded).map(|(_, to)| to.as_str())
        };
        match kind {
            FieldKind::Choice { .. } => new(value.trim()).filter(|to| *to != value).map(str::to_owned),
            FieldKind::Choices { options } => {
                let parts = value.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty());
                let mut parts: Vec<&str> = parts.map(|part| new(part).unwrap_or(part)).collect();
                parts.sort_by_key(|part| {
                    options.iter().position(|option| option == part).unwrap_or(usize::MAX)
                });
                parts.dedup();
                let renamed = parts.join("; ");
                let had_one = value.split(BETWEEN).any(|part| new(part.trim()).is_some());
                (had_one && renamed != value).then_some(renamed)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn names(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
    }

    fn rename(pairs: &[(&str, &str)]) -> OptionRename {
        OptionRename {
            field: CustomFieldId::derived(Timestamp::UNIX_EPOCH, &["field"]),
            names: names(pairs),
            looked_at: 0,
            changed: 0,
            started_by: None,
            started_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn value_gets_the_new_name_once() {
        let rename = rename(&[("Gold", "Premium"), ("silver", "Silver")]);
        let choice = FieldKind::Choice { options: list(&["Premium", "Silver", "Tin"]) };
        for (value, new) in [
            ("Gold", Some("Premium")),
            ("gold", Some("Premium")),
            ("silver", Some("Silver")),
            ("Silver", None),
            ("Premium", None),
            ("Tin", None),
        ] {
            assert_eq!(rename.renamed(&choice, value).as_deref(), new, "{value}");
        }
        let choices = FieldKind::Choices { options: list(&["Premium", "Silver", "Tin"]) };
        for (value, new) in [
            ("Tin; Gold", Some("Premium; Tin")),
            ("Gold; Premium; odd", Some("Premium; odd")),
            ("Tin; Premium", None),
        ] {
            let renamed = rename.renamed(&choices, value);
            assert_eq!(renamed.as_deref(), new, "{value}");
            assert_eq!(renamed.and_then(|again| rename.renamed(&choices, &again)), None, "{value}: a repeat");
        }
        assert_eq!(rename.renamed(&FieldKind::Text, "Gold"), None);
    }

    #[test]
    fn names_that_a_repeated_page_would_change_again_are_refused() {
        let had = list(&["Gold", "Silver"]);
        let faults =
            |pairs: &[(&str, &str)], gets: &[&str]| OptionRename::faults(&names(pairs), &had, &list(gets));
        assert_eq!(faults(&[("Gold", "Premium")], &["Premium", "Silver"]), Vec::<String>::new());
        assert_eq!(faults(&[("Gold", "Silver")], &["Silver"]), Vec::<String>::new(), "two become one");
        assert_eq!(faults(&[("Gold", "gold")], &["gold", "Silver"]), Vec::<String>::new());
        assert_eq!(faults(&[("Tin", "Zinc")], &["Zinc"]), ["'Tin' is not an option of the field"]);
        assert_eq!(faults(&[("Gold", "Zinc")], &["Gold"]), ["'Gold' is renamed and still among the options"]);
        assert_eq!(faults(&[("Gold", "Zinc")], &["Silver"]), ["'Zinc' is not among the options"]);
        let swapped = faults(&[("Gold", "silver"), ("Silver", "gold")], &["gold", "silver"]);
        assert_eq!(swapped.len(), 2, "{swapped:?}");
    }
}
