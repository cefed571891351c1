//! One set of features a dependency: `cargo test -p leads` and `cargo test --workspace` then share every
//! build of it.
//!
//! `infra/unified_features` names the features. This check finds what it lacks after a dependency was added
//! or changed.

use crate::process::{cargo, read};
use anyhow::{Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;

pub fn check() -> Result<()> {
    let all = packages(&["--workspace"])?;
    let metadata = read(cargo().args(["metadata", "--format-version", "1", "--locked", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let members = metadata["packages"].as_array().into_iter().flatten();
    let mut missing_values = BTreeSet::new();
    for name in members.filter_map(|package| package["name"].as_str()) {
        missing_values.extend(other_features(&all, &packages(&["--package", name])?));
    }
    if missing_values.is_empty() {
        return Ok(());
    }
    let missing_values: Vec<String> = missing_values.into_iter().collect();
    bail!(
        "name in infra/unified_features/Cargo.toml what the workspace asks of {}",
        missing_values.join(", ")
    )
}

/// Each package with its features, as building and testing this selection asks for them.
fn packages(selection: &[&str]) -> Result<BTreeSet<String>> {
    let list = ["tree", "--locked", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p} {f}"];
    let told = read(cargo().args(list).args(selection))?;
    let plain = |line: &str| line.trim_end_matches(" (*)").replace(" (proc-macro)", "");
    Ok(told.lines().map(plain).collect())
}

/// The packages that a selection builds with other features than the workspace does.
fn other_features(all: &BTreeSet<String>, selected: &BTreeSet<String>) -> Vec<String> {
    let name = |line: &String| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    selected.difference(all).map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_with_other_features_is_named() {
        let set = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<BTreeSet<_>>();
        let all = set(&["tokio v1.54.1 rt,sync", "hyper v1.12.0 http1,http2"]);
        assert_eq!(other_features(&all, &set(&["hyper v1.12.0 http1,http2"])), Vec::<String>::new());
        assert_eq!(other_features(&all, &set(&["tokio v1.54.1 rt"])), ["tokio v1.54.1"]);
    }
}
