//! Usual headers of the known columns, in the languages of exports.

use super::Target;
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

/// The target that the header names, and how well (0 is best).
pub(super) fn target_of(header: &str) -> Option<(Target, usize)> {
    if header.len() > 100 {
        return None;
    }
    let header = folded(header);
    let find = |text: &str| index().get(text).copied();
    find(&header).or_else(|| {
        let first = header.strip_suffix('1').or_else(|| header.strip_prefix('1'))?;
        find(first).map(|(target, rank)| (target, rank + 1))
    })
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
