//! Runs every crate's tests: one binary a crate, none for the entry points of functions, and one more where a crate
//! has a folder `tests`, because its tests need crates that are built on it. Two binaries run at a time, because most end
//! with one long test; the lines of each are printed together. The ten slowest tests are named at the end.

use crate::process::{Counts, Priority, cargo, read, run, run_tests_aside, rust_counts};
use crate::tree::root;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The number of the slowest tests, and of the slowest binaries, that are named.
const SLOWEST: usize = 10;
/// The number of test binaries that run at a time.
const AT_A_TIME: usize = 2;

/// Builds the tests of all crates, and names the binaries of all or of the wanted ones.
pub fn build(only: Option<&[String]>) -> Result<Vec<TestBinary>> {
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
    let is_wanted = |binary: &TestBinary| only.is_none_or(|names| names.contains(&binary.package));
    let mut binaries: Vec<TestBinary> = built.lines().filter_map(binary_of).filter(is_wanted).collect();
    // The largest first: it is most likely the longest.
    binaries.sort_by_key(|binary| fs::metadata(&binary.path).map_or(0, |file| file.len()));
    Ok(binaries)
}

pub fn run_all(binaries: Vec<TestBinary>, priority: Priority) -> Result<Counts> {
    let waiting = Mutex::new(binaries);
    let done = Mutex::new(Done::default());
    let run_some = || -> Result<()> {
        loop {
            // In a statement of its own, so that the lock is free while the binary runs.
            let next = locked(&waiting).pop();
            let Some(binary) = next else { return Ok(()) };
            run_one(&binary, priority, &done)?;
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_A_TIME).map(|_| scope.spawn(run_some)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })?;
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("\nThe slowest tests");
    print_longest(&mut done.tests);
    println!("\nThe slowest test binaries");
    print_longest(&mut done.binaries);
    Ok(done.counts)
}

/// Collects the results of all binaries that have ended, with the time of each test and binary.
#[derive(Default)]
struct Done {
    counts: Counts,
    tests: Vec<(Duration, String)>,
    binaries: Vec<(Duration, String)>,
}

fn run_one(binary: &TestBinary, priority: Priority, done: &Mutex<Done>) -> Result<()> {
    let mut command = priority.command(&binary.path);
    command.current_dir(&binary.folder);
    // Only this unstable switch makes a test report its time.
    command.env("RUSTC_BOOTSTRAP", "1").args(["-Zunstable-options", "--report-time"]);
    let began = Instant::now();
    let mut tests = Vec::new();
    let counts = run_tests_aside(&mut command, |line| {
        tests.extend(time_of(line).map(|(test, took)| (took, format!("{} {test}", binary.name))));
        rust_counts(line)
    })?;
    let mut done = locked(done);
    done.counts.add(counts);
    done.tests.append(&mut tests);
    done.binaries.push((began.elapsed(), binary.name.clone()));
    Ok(())
}

fn print_longest(timed: &mut [(Duration, String)]) {
    timed.sort_by(|a, b| b.cmp(a));
    for (took, name) in timed.iter().take(SLOWEST) {
        println!("{:>8.2} s  {name}", took.as_secs_f64());
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub struct TestBinary {
    name: String,
    /// The crate's name, which is its folder's.
    package: String,
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
    let package = folder.file_name()?.to_string_lossy().into_owned();
    Some(TestBinary { name: artifact.target.name, package, path, folder })
}

/// Reads `test reply::opt_out_is_recognised ... ok <0.123s>`.
fn time_of(line: &str) -> Option<(&str, Duration)> {
    let (test, rest) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let seconds = rest.split_once('<')?.1.strip_suffix("s>")?.parse().ok()?;
    Some((test, Duration::try_from_secs_f64(seconds).ok()?))
}

/// The programs of our tools and the deployed ones. Some have their tests in the program, and all are compiled with the
/// tests, so that a fault in an entry point is found.
fn programs(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join("infra")).context("the tree has a folder infra")? {
        let folder = entry?.path();
        if folder.join("src/main.rs").exists() {
            names.extend(folder.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
        let more = fs::read_dir(folder.join("src/bin")).into_iter().flatten().flatten();
        names.extend(more.filter_map(|file| Some(file.path().file_stem()?.to_string_lossy().into_owned())));
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_their_entry_points() {
        let names = programs(&root()).unwrap();
        assert_eq!(
            names,
            ["bench", "for_campaigns", "for_events", "for_inbox", "for_leads", "for_workspace", "xtask"]
        );
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
