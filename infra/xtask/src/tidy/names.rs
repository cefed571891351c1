//! Checks names: crate, folder and binary are one word, and say what they are for.

use super::Finding;
use crate::tree::Tree;
use std::collections::BTreeSet;

const SAY_NOTHING: [&str; 9] =
    ["core", "common", "util", "utils", "helper", "helpers", "manager", "managers", "misc"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for floor in ["shared", "functions", "infra"] {
        for folder in tree.folders(floor) {
            let path = format!("{floor}/{folder}/Cargo.toml");
            let manifest = tree.text(&path);
            if !manifest.lines().any(|line| line == format!("name = \"{folder}\"")) {
                findings
                    .push(Finding::file(&path, format!("the crate's name is not its folder's, {folder}")));
            }
            if !folder.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
                findings.push(Finding::file(&path, "crates are named in snake_case"));
            }
        }
    }
    let mut told = BTreeSet::new();
    for path in tree.texts.keys() {
        for part in path.split('/') {
            let stem = part.split('.').next().unwrap_or(part);
            if stem.split(['_', '-']).any(|word| SAY_NOTHING.contains(&word)) && told.insert(part) {
                findings.push(Finding::file(path, format!("{part} does not say what it is for")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meaningless_names_are_found_once() {
        let manifest = "[package]\nname = \"leads\"\n";
        let tree = Tree::of(&[
            ("functions/leads/Cargo.toml", manifest),
            ("functions/lead/Cargo.toml", manifest),
            ("shared/test_utils/src/a.rs", ""),
            ("shared/test_utils/src/b.rs", ""),
            ("shared/test_utils/Cargo.toml", "name = \"test_utils\"\n"),
        ]);
        let found: Vec<String> = check(&tree).into_iter().map(|f| f.what).collect();
        assert_eq!(
            found,
            ["the crate's name is not its folder's, lead", "test_utils does not say what it is for"]
        );
    }
}
