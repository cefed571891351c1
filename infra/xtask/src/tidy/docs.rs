//! Checks that a doc comment is a sentence with a subject, and that a public type's name is its own in its crate.

use super::Finding;
use super::rust_source::{code, is_test};
use crate::tree::Tree;
use std::collections::BTreeMap;

/// A first word that only continues the name below it.
const WITHOUT_SUBJECT: &[&str] = &[
    "of", "as", "by", "who", "whom", "whose", "nor", "that", "for", "in", "on", "at", "to", "with",
    "without", "from", "behind", "where",
];

/// A first word that leaves open who is meant: a lead, a user, a function.
const WITHOUT_NAME: &[&str] = &[
    "nobody",
    "somebody",
    "anybody",
    "everybody",
    "whoever",
    "whomever",
    "whatever",
    "someone",
    "anyone",
    "everyone",
];

/// Crates and names that still stand for two types each. The list only shrinks.
const SHARED_NAMES: &[(&str, &[&str])] = &[
    ("shared/domain", &["Account", "Candidate", "Mapping", "Place", "Template"]),
    ("infra/bench", &["Price"]),
    ("infra/xtask", &["Aws"]),
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = without_subject(tree);
    findings.extend(duplicate_types(tree));
    findings
}

fn without_subject(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let texts = ["shared/", "functions/", "infra/"].into_iter().flat_map(|floor| tree.under(floor, ".rs"));
    for (path, text) in texts {
        let mut before = "";
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(word) = first_word(before, line) {
                let known = word.to_lowercase();
                let missing = [(WITHOUT_SUBJECT, "say what does it"), (WITHOUT_NAME, "name who is meant")];
                for (_, fix) in missing.into_iter().filter(|(words, _)| words.contains(&known.as_str())) {
                    let what = format!("a doc comment begins with “{word}”: {fix}");
                    findings.push(Finding::line(path, number + 1, what));
                }
            }
            before = line;
        }
    }
    findings
}

/// The first word of a doc comment that begins on this line.
fn first_word<'a>(before: &str, line: &'a str) -> Option<&'a str> {
    let marker = ["///", "//!"].into_iter().find(|marker| line.starts_with(marker))?;
    let text = line.strip_prefix(marker)?.strip_prefix(' ')?;
    let word = text.split(|c: char| !c.is_alphanumeric()).next()?;
    (!before.starts_with(marker)).then_some(word)
}

fn duplicate_types(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for floor in ["shared", "functions", "infra"] {
        for folder in tree.folders(floor) {
            let crate_path = format!("{floor}/{folder}");
            let known =
                SHARED_NAMES.iter().find(|(path, _)| *path == crate_path).map_or(&[][..], |known| known.1);
            let mut first: BTreeMap<&str, &str> = BTreeMap::new();
            let sources = format!("{crate_path}/src/");
            for (path, text) in tree.under(&sources, ".rs").filter(|(path, _)| !is_test(path)) {
                for (number, line) in code(text) {
                    let Some(name) = public_type(line).filter(|name| !known.contains(name)) else { continue };
                    if let Some(other) = first.insert(name, path) {
                        let what = format!("{name} is also a public type of {other}: give each its own name");
                        findings.push(Finding::line(path, number, what));
                    }
                }
            }
        }
    }
    findings
}

/// The name of the type that a line at the top of a file makes public to the whole workspace.
fn public_type(line: &str) -> Option<&str> {
    let kinds = ["pub struct ", "pub enum ", "pub trait ", "pub type "];
    let rest = kinds.into_iter().find_map(|kind| line.strip_prefix(kind))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(texts)).into_iter().map(|f| format!("{}:{} {}", f.path, f.line, f.what)).collect()
    }

    #[test]
    fn doc_without_subject_is_found_where_it_begins() {
        let text = "//! Leads.\n\n/// Of a step.\nfn a() {}\n/// Reads a page,\n/// of leads.\nfn b() {}\n";
        assert_eq!(
            found(&[("shared/domain/src/lead.rs", text)]),
            ["shared/domain/src/lead.rs:3 a doc comment begins with “Of”: say what does it"]
        );
    }

    #[test]
    fn doc_that_names_nobody_is_found() {
        let text = "//! Leads.\n\n/// Whoever asks.\nfn a() {}\n/// A lead that nobody asks.\nfn b() {}\n";
        assert_eq!(
            found(&[("infra/simulator/src/world.rs", text)]),
            ["infra/simulator/src/world.rs:3 a doc comment begins with “Whoever”: name who is meant"]
        );
    }

    #[test]
    fn name_of_two_public_types_of_a_crate_is_found() {
        let one = ("shared/providers/src/a.rs", "pub struct Reply;\n");
        let other = (
            "shared/providers/src/b.rs",
            "pub enum Reply {}\n#[cfg(test)]\nmod tests {\npub struct Reply;\n}\n",
        );
        assert_eq!(found(&[one, other]).len(), 1);
        assert!(found(&[one, ("shared/http_api/src/b.rs", "pub struct Reply;\n")]).is_empty());
    }
}
