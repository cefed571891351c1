//! Checks each file by itself: short, with a `//!` line, nothing unfinished.

use super::Finding;
use super::rust_source::{code, is_test, shipped};
use crate::tree::Tree;

const LINES: usize = 500;

/// Folders whose code may not grow: lines without blank ones, comments and tests. The bounds only shrink; 11,000 is
/// the aim. The simulator's was set anew when it got mailboxes that are read (`adr/0074-mailboxes-in-the-simulator.md`),
/// and again when messages by hand kept to their account (`adr/0123-a-message-by-hand-leaves-from-the-account-that-the-lead-knows.md`),
/// and to the lead's day (`adr/0124-texts-and-calls-only-where-it-is-day-everywhere.md`).
const SIZES: &[(&str, usize)] = &[("infra/simulator/src/", 12_221)];

/// The words are split, so that this file does not contain them.
const UNDONE: [(&str, &str); 6] = [
    (concat!("to", "do!("), "unfinished"),
    (concat!("unimple", "mented!("), "unfinished"),
    (concat!("db", "g!("), "left over from debugging"),
    (concat!("#[ign", "ore"), "a test that nobody runs"),
    (concat!("thread::", "sleep"), "waits by sleeping"),
    (concat!("TO", "DO"), "unfinished"),
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.under("", ".rs") {
        let test = is_test(path);
        if !test {
            let lines = shipped(text).count();
            if lines > LINES {
                findings.push(Finding::file(path, format!("{lines} lines: split it, {LINES} is the limit")));
            }
            if !text.starts_with("//! ") {
                findings.push(Finding::line(path, 1, "begins without a `//!` line: what is it for?"));
            }
        }
        let lines: Vec<(usize, &str)> = if test {
            text.lines().enumerate().map(|(n, l)| (n + 1, l)).collect()
        } else {
            shipped(text).collect()
        };
        for (number, line) in lines {
            for (word, why) in UNDONE {
                if line.contains(word) {
                    findings.push(Finding::line(path, number, format!("{word}: {why}")));
                }
            }
        }
    }
    findings.extend(SIZES.iter().filter_map(|(folder, most)| too_large(tree, folder, *most)));
    for folder in ["web/src/", "web/e2e/"] {
        for ending in [".ts", ".tsx"] {
            for (path, text) in tree.under(folder, ending) {
                for (number, line) in text.lines().enumerate() {
                    if line.contains(concat!("TO", "DO")) || line.contains("@ts-ignore") {
                        findings.push(Finding::line(path, number + 1, "unfinished"));
                    }
                }
            }
        }
    }
    findings
}

fn too_large(tree: &Tree, folder: &str, most: usize) -> Option<Finding> {
    let sources = tree.under(folder, ".rs").filter(|(path, _)| !is_test(path));
    let lines = sources.flat_map(|(_, text)| code(text)).filter(|(_, line)| !line.trim().is_empty()).count();
    (lines > most).then(|| Finding::file(folder, format!("{lines} lines of code, at most {most} may be")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn long_undocumented_and_unfinished_files_are_found() {
        let long = format!("//! Long.\n{}", "fn a() {}\n".repeat(500));
        assert_eq!(found("shared/domain/src/a.rs", &long), ["501 lines: split it, 500 is the limit"]);
        assert!(found("shared/domain/src/tests/a.rs", &long).is_empty());
        assert_eq!(found("shared/domain/src/a.rs", "fn a() {}\n").len(), 1);
        let undone = concat!("//! Undone.\nfn a() { to", "do!() }\n");
        assert_eq!(found("infra/sandbox/src/a.rs", undone).len(), 1);
        let tests = format!(
            "//! Short.\nfn a() {{}}\n#[cfg(test)]\nmod tests {{\n{}}}\n",
            "    fn b() {}\n".repeat(600)
        );
        assert!(found("shared/domain/src/a.rs", &tests).is_empty());
    }

    #[test]
    fn folder_above_its_bound_is_found() {
        let text = "//! Lives.\n\nfn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        let tree = Tree::of(&[("infra/simulator/src/a.rs", text), ("infra/simulator/src/tests.rs", text)]);
        assert!(too_large(&tree, "infra/simulator/src/", 1).is_none());
        assert!(
            too_large(&tree, "infra/simulator/src/", 0)
                .is_some_and(|found| found.what.starts_with("1 lines"))
        );
    }
}
