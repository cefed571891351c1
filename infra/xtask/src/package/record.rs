//! The committed record of the last package: its size, and what it was built from. A build for deployment takes too long for
//! each landing, so `ci` compares the record with the tree instead, and asks for a new package once too much has changed.

use super::Architecture;
use crate::process::read;
use crate::tree::root;
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The record asks for a new package from this number of changed lines on.
const MOST_LINES: u64 = 10_000;
/// The record is called old from this number on.
const MANY_LINES: u64 = 3_000;
/// The folders whose lines are deployed.
const SHIPPED: [&str; 4] = ["shared", "functions", "infra/bootstrap", "web/src"];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    architecture: String,
    programs: BTreeMap<String, Size>,
    /// The digest of `Cargo.lock`.
    lock: String,
    /// The digest of the root manifest, which holds every dependency's features and the profile.
    manifest: String,
    /// The revision that was packaged.
    head: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    pub bytes: u64,
    pub zipped_bytes: u64,
}

fn file() -> PathBuf {
    root().join("infra/packaged.json")
}

/// Writes the record of a package of this tree.
pub fn write(architecture: Architecture, programs: BTreeMap<String, Size>) -> Result<()> {
    let record = Record {
        architecture: architecture.to_string(),
        programs,
        lock: digest_of("Cargo.lock")?,
        manifest: digest_of("Cargo.toml")?,
        head: git(&["rev-parse", "HEAD"])?.trim().to_owned(),
    };
    fs::write(file(), serde_json::to_string_pretty(&record)? + "\n").context("infra/packaged.json")
}

/// Fails if the size of a deployed program is not known any more: dependencies or features have changed since, or many
/// lines. Returns a remark if it is about to be so.
pub fn check() -> Result<Option<String>> {
    let text = fs::read_to_string(file()).context("infra/packaged.json: run `cargo xtask package`")?;
    let record: Record = serde_json::from_str(&text).context("infra/packaged.json")?;
    for (name, size) in &record.programs {
        let (is, most) = (super::megabytes(size.zipped_bytes), super::megabytes(super::LARGEST));
        ensure!(is <= most, "the program {name} is {is:.2} MB zipped, at most {most:.2} MB are wanted");
    }
    for (name, packaged) in [("Cargo.lock", &record.lock), ("Cargo.toml", &record.manifest)] {
        ensure!(
            digest_of(name)? == *packaged,
            "{name} has changed since the last package: run `cargo xtask package` and commit infra/packaged.json"
        );
    }
    let Ok(changes) =
        git(&["diff", "-M", "--numstat", &record.head, "--", SHIPPED[0], SHIPPED[1], SHIPPED[2], SHIPPED[3]])
    else {
        return Ok(Some(format!("git does not know {}, which was packaged last: package anew", record.head)));
    };
    let lines = shipped_lines(&changes);
    ensure!(
        lines <= MOST_LINES,
        "{lines} shipped lines have changed since the last package, at most {MOST_LINES} may: run `cargo xtask package` and \
         commit infra/packaged.json"
    );
    Ok((lines > MANY_LINES).then(|| format!("{lines} shipped lines have changed since the last package")))
}

/// The lines that were added to files that are no tests, from git's own table.
fn shipped_lines(numstat: &str) -> u64 {
    let added = |line: &str| {
        let mut fields = line.split('\t');
        let added: u64 = fields.next()?.parse().ok()?;
        let path = fields.nth(1)?;
        let is_test =
            ["/tests/", "/tests.rs", ".test.ts", "/fixtures/"].iter().any(|part| path.contains(part));
        (!is_test).then_some(added)
    };
    numstat.lines().filter_map(added).sum()
}

fn digest_of(name: &str) -> Result<String> {
    let bytes = fs::read(root().join(name)).with_context(|| name.to_owned())?;
    Ok(format!("{:016x}", super::digest(&bytes)))
}

fn git(arguments: &[&str]) -> Result<String> {
    read(Command::new("git").current_dir(root()).args(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_tests_are_not_shipped() {
        let numstat = "120\t3\tshared/domain/src/lead.rs\n900\t0\tshared/application/tests/sending/main.rs\n\
            40\t0\tfunctions/leads/src/tests.rs\n10\t0\tweb/src/app/bell.test.tsx\n-\t-\tshared/understanding/src/model.bin\n\
            7\t1\tshared/domain/src/{campaign => calendar}/days_off.rs\n";
        assert_eq!(shipped_lines(numstat), 127);
    }
}
