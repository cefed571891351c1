//! Checks that nothing in the tree belongs to one machine or one registry mirror.

use super::Finding;
use crate::tree::Tree;
use std::path::Path;

/// The words are split, so that this file does not contain them.
const MACHINES: [&str; 5] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("C:\\Us", "ers"),
    concat!("/private/", "var/"),
];
const REGISTRIES: [&str; 5] = [
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("index", "-url"),
    concat!("replace", "-with"),
    concat!("static.", "crates.io"),
];
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub fn check(tree: &Tree, root: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let here = places(root);
    for (path, text) in &tree.texts {
        let lock = path.ends_with("Cargo.lock") || path.ends_with("package-lock.json");
        for (number, line) in text.lines().enumerate() {
            let place = MACHINES.into_iter().chain(here.iter().map(String::as_str)).find(|p| starts(line, p));
            if let Some(place) = place {
                findings.push(Finding::line(path, number + 1, format!("a path of one machine: {place}")));
            }
            if let Some(host) = REGISTRIES.into_iter().find(|host| line.contains(host)) {
                findings.push(Finding::line(path, number + 1, format!("names a registry: {host}")));
            }
            if lock && elsewhere(line) {
                findings.push(Finding::line(path, number + 1, "the lock file carries an address"));
            }
        }
    }
    findings
}

/// The path of this tree, and of the folders above it.
fn places(root: &Path) -> Vec<String> {
    let above = root.ancestors().filter(|folder| folder.components().count() > 2);
    above.map(|folder| folder.display().to_string()).collect()
}

/// Whether a path begins here, and is not the middle of an address.
fn starts(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !"./_-~}*".contains(c))
    })
}

fn elsewhere(line: &str) -> bool {
    let line = line.trim();
    let source = line.strip_prefix("source = \"").map(|rest| rest.trim_end_matches('"'));
    source.is_some_and(|source| source != CRATES_IO)
        || line.starts_with("\"resolved\": \"http")
        || line.starts_with("\"resolved\": \"git")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_paths_and_mirrors_are_found() {
        let tree = Tree::of(&[
            ("README.md", concat!("see /ho", "me/maya/leadflow\nand https://x.example/ho", "me/page\n")),
            ("docs/a.md", "under /build/trees/leadflow/docs\n"),
            ("web/package-lock.json", "  \"resolved\": \"https://mirror.example/react.tgz\",\n"),
            (
                "Cargo.lock",
                "source = \"registry+https://github.com/rust-lang/crates.io-index\"\nsource = \"git+https://x\"\n",
            ),
        ]);
        let found = check(&tree, Path::new("/build/trees/leadflow"));
        let places: Vec<(&str, usize)> = found.iter().map(|f| (f.path.as_str(), f.line)).collect();
        assert_eq!(
            places,
            [("Cargo.lock", 2), ("README.md", 1), ("docs/a.md", 1), ("web/package-lock.json", 1)]
        );
    }
}
