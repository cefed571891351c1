//! Checks of the tree's shape: floors, sizes, names, and that template and folders agree.

mod comments;
mod docs;
mod files;
mod floors;
mod hygiene;
mod manifest;
mod master_key;
mod names;
mod recursion;
mod rings;
mod routes;
pub mod rust_source;
mod template;

use crate::tree::{Tree, root};
use anyhow::{Result, bail};

/// One problem to fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    /// Counted from one; zero for the file as a whole.
    pub line: usize,
    pub what: String,
}

impl Finding {
    fn file(path: &str, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: 0, what: what.into() }
    }

    fn line(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

pub fn tidy() -> Result<()> {
    let tree = Tree::read(&root())?;
    let mut findings = Vec::new();
    findings.extend(floors::check(&tree));
    findings.extend(files::check(&tree));
    findings.extend(names::check(&tree));
    findings.extend(docs::check(&tree));
    findings.extend(rings::check(&tree));
    findings.extend(hygiene::check(&tree, &root()));
    findings.extend(routes::check(&tree, &local_host::all_routes()));
    findings.extend(template::check(&tree));
    findings.extend(recursion::check(&tree)?);
    findings.extend(master_key::check(&tree)?);
    let comments = comments::share(&tree);
    findings.extend(comments.finding());
    for Finding { path, line, what } in &findings {
        match line {
            0 => println!("{path}: {what}"),
            line => println!("{path}:{line}: {what}"),
        }
    }
    println!("{} texts looked at; comments and docs are {comments} of the Rust lines", tree.texts.len());
    if findings.is_empty() { Ok(()) } else { bail!("{} things to tidy", findings.len()) }
}
