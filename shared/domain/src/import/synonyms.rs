//! Usual headers of the known columns, in the languages of exports.

use crate::lead::attributes::Target;
use crate::text_match::folded;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Lines of `target: word word …`, continued on indented lines; better words first.
static WORDS: &str = include_str!("synonyms.txt");

fn index() -> &'static HashMap<String, (Target, usize)> {
    static INDEX: OnceLock<HashMap<String, (Target, usize)>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let (mut index, mut target, mut rank) = (HashMap::new(), None, 0);
        for word in WORDS.split_whitespace() {
            if let Some(name) = word.strip_suffix(':') {
                (target, rank) = (Target::named(name), 0);
            } else if let Some(target) = target {
                index.entry(folded(word)).or_insert((target, rank));
                rank += 1;
            }
        }
        index
    })
}

/// What other systems write before the names of a person's columns.
const PREFIXES: [&str; 6] = ["Person - ", "Contact - ", "Contact: ", "Lead - ", "Lead: ", "primary_contact_"];

/// The target that the header names, and how well (0 is best).
pub(super) fn target_of(header: &str) -> Option<(Target, usize)> {
    if header.len() > 100 {
        return None;
    }
    let unprefixed = PREFIXES.iter().find_map(|prefix| header.strip_prefix(prefix)).unwrap_or(header);
    let header = folded(unprefixed);
    let find = |text: &str| index().get(text).copied();
    find(&header).or_else(|| opt_out_of_one_list(&header)).or_else(|| {
        let first = header.strip_suffix('1').or_else(|| header.strip_prefix('1'))?;
        find(first).map(|(target, rank)| (target, rank + 1))
    })
}

/// HubSpot has a column for each of a workspace's lists: `Opted out of email: NAME`, `hs_email_optout_123`.
fn opt_out_of_one_list(header: &str) -> Option<(Target, usize)> {
    let numbered =
        header.strip_prefix("hsemailoptout").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    (numbered || header.starts_with("optedoutofemail")).then_some((Target::OptedOutEmail, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_words() {
        for target in Target::ALL {
            assert!(index().values().any(|(known, _)| *known == target), "{target:?}");
        }
        assert_eq!(target_of("Сайт").map(|(target, _)| target), Some(Target::Website));
    }
}
