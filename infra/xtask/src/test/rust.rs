//! Runs every crate's tests: one binary a crate, none for the entry points of functions, and one more where a crate
//! has a folder `tests`, because its tests need crates that are built on it. The ten slowest tests are named at the
//! end.

use crate::process::{Counts, cargo, read, run, run_tests, rust_counts};
use crate::tree::root;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The number of the slowest tests that are named.
const SLOWEST: usize = 10;

pub fn run_all() -> Result<Counts> {
    let programs = programs(&root())?;
    let build = || {
        let mut command = cargo();
        command.args(["test", "--workspace", "--no-run", "--lib", "--test", "*"]);
        for name in &programs {
            command.args(["--bin", name]);
        }
        command
    };
    run(&mut build())?;
    let built = read(build().args(["--quiet", "--message-format", "json"]))?;
    let mut counts = Counts::default();
    let slowest = RefCell::new(Vec::new());
    for binary in built.lines().filter_map(binary_of) {
        let mut command = Command::new(&binary.path);
        command.current_dir(&binary.folder);
        // Only this unstable switch makes a test report its time.
        command.env("RUSTC_BOOTSTRAP", "1").args(["-Zunstable-options", "--report-time"]);
        counts.add(run_tests(&mut command, |line| {
            let named = |(test, took)| (took, format!("{} {test}", binary.name));
            slowest.borrow_mut().extend(time_of(line).map(named));
            rust_counts(line)
        })?);
    }
    let mut slowest = slowest.into_inner();
    slowest.sort_by(|a, b| b.cmp(a));
    println!("\nThe slowest tests");
    for (took, test) in slowest.into_iter().take(SLOWEST) {
        println!("{:>8.2} s  {test}", took.as_secs_f64());
    }
    Ok(counts)
}

struct TestBinary {
    name: String,
    path: PathBuf,
    /// The crate's folder, in which cargo runs its tests.
    folder: PathBuf,
}

/// Cargo's message about something that it built, as far as a test binary needs it.
#[derive(Deserialize)]
struct Artifact {
    executable: Option<PathBuf>,
    manifest_path: PathBuf,
    profile: Profile,
    target: Target,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

fn binary_of(line: &str) -> Option<TestBinary> {
    let artifact: Artifact = serde_json::from_str(line).ok()?;
    let folder = artifact.manifest_path.parent()?.to_owned();
    let path = artifact.executable.filter(|_| artifact.profile.test)?;
    Some(TestBinary { name: artifact.target.name, path, folder })
}

/// Reads `test reply::opt_out_is_recognised ... ok <0.123s>`.
fn time_of(line: &str) -> Option<(&str, Duration)> {
    let (test, rest) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let seconds = rest.split_once('<')?.1.strip_suffix("s>")?.parse().ok()?;
    Some((test, Duration::try_from_secs_f64(seconds).ok()?))
}

/// Crates that are a program only: their tests are in the program.
fn programs(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join("infra")).context("the tree has a folder infra")? {
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
    fn xtask_itself_is_tested() {
        let names = programs(&root()).unwrap();
        assert!(names.iter().any(|name| name == "xtask"));
        assert!(!names.iter().any(|name| name == "local_host"));
    }

    #[test]
    fn reported_time_is_read() {
        let took = time_of("test reply::a_no_is_heard ... ok <1.250s>");
        assert_eq!(took, Some(("reply::a_no_is_heard", Duration::from_millis(1250))));
        assert_eq!(time_of("test reply::a_no_is_heard ... ok"), None);
        assert_eq!(time_of("test result: ok. 3 passed; 0 failed; finished in 0.10s"), None);
    }

    #[test]
    fn test_binaries_are_selected() {
        let line = |executable: &str, test: bool| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/w/shared/domain/Cargo.toml","target":{{"name":"domain"}},
                "profile":{{"test":{test}}},"executable":{executable}}}"#
            )
        };
        let binary = binary_of(&line(r#""/w/target/debug/deps/domain-1""#, true)).unwrap();
        assert_eq!((binary.name.as_str(), binary.folder.to_str()), ("domain", Some("/w/shared/domain")));
        assert!(binary_of(&line(r#""/w/target/debug/xtask""#, false)).is_none());
        assert!(binary_of(&line("null", true)).is_none());
        assert!(binary_of(r#"{"reason":"build-finished","success":true}"#).is_none());
    }
}
