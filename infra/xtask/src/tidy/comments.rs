//! The share of comments in the Rust code.

use super::Finding;
use super::rust_source::is_test;
use crate::tree::Tree;
use std::fmt;

/// The highest share in percent; twelve is the aim.
const LIMIT: f64 = 15.0;

#[derive(Debug, Default)]
pub struct Share {
    comments: usize,
    lines: usize,
}

pub fn share(tree: &Tree) -> Share {
    let mut share = Share::default();
    for (_, text) in tree.under("", ".rs").filter(|(path, _)| !is_test(path)) {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            share.lines += 1;
            share.comments += usize::from(line.starts_with("//"));
        }
    }
    share
}

impl Share {
    fn percent(&self) -> f64 {
        100.0 * self.comments as f64 / self.lines.max(1) as f64
    }

    pub fn finding(&self) -> Option<Finding> {
        let what = format!("comments and docs are {self} of the lines, at most {LIMIT} % should be");
        (self.percent() > LIMIT).then(|| Finding::file("the Rust code", what))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} %", self.percent())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_counts_comment_lines_outside_tests() {
        let tree = Tree::of(&[("a/b.rs", "//! One.\n\nfn a() {\n}\n"), ("a/tests.rs", "// not counted\n")]);
        let share = share(&tree);
        assert_eq!(share.to_string(), "33.3 %");
        assert!(share.finding().is_some());
    }
}
