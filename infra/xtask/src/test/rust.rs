//! Every crate's tests: one binary a crate, none for the entry points of functions.

use crate::process::{Counts, cargo, run_tests, rust_counts};
use crate::tree::root;
use anyhow::Result;
use std::fs;
use std::path::Path;

pub fn run() -> Result<Counts> {
    let mut command = cargo();
    command.args(["test", "--workspace", "--no-fail-fast", "--lib"]);
    for name in programs(&root())? {
        command.args(["--bin", &name]);
    }
    command.args(["--", "--format", "terse"]);
    run_tests(&mut command, rust_counts)
}

/// Crates that are a program only: their tests are in the program.
fn programs(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join("infra"))? {
        let folder = entry?.path();
        if folder.join("src/main.rs").exists() && !folder.join("src/lib.rs").exists() {
            names.extend(folder.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_is_tested() {
        let names = programs(&root()).unwrap();
        assert!(names.iter().any(|name| name == "xtask"));
        assert!(!names.iter().any(|name| name == "local_host"));
    }
}
