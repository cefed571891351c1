//! Other programs: how they are found and run, and how the last lines of test runners are read.

use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The counts of tests as their runners report them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
    /// The names of the tests that failed, each with the first line of its error and the line of its code where they
    /// follow. A test that passed at its second try is among them.
    pub failures: Vec<String>,
}

impl Counts {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.failures.extend(other.failures);
    }
}

/// The program of this name on the search path, if there is one.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The cargo that runs this command, as it would be called by hand. Its variables about this package
/// (`CARGO_PKG_NAME` and so on) are removed: some build scripts depend on them, and everything above those
/// would be rebuilt by each of both callers in turn.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::tree::root());
    for (name, _) in env::vars_os() {
        let told = name.to_str().is_some_and(|name| TOLD.iter().any(|told| name.starts_with(told)));
        if told {
            cargo.env_remove(name);
        }
    }
    cargo
}

const TOLD: [&str; 5] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "OUT_DIR"];

/// Runs a command with its output on the terminal.
pub fn run(command: &mut Command) -> Result<()> {
    show(command);
    let status = command.status().with_context(|| line_of(command))?;
    if status.success() { Ok(()) } else { bail!("`{}` ended with {status}", line_of(command)) }
}

/// Runs a command silently and returns its output.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| line_of(command))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", line_of(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| line_of(command))
}

/// The share of the processors that a program gets beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    Usual,
    /// It takes what the others leave idle.
    Low,
}

impl Priority {
    pub fn command(self, program: &Path) -> Command {
        match find("nice").filter(|_| self == Self::Low) {
            None => Command::new(program),
            Some(nice) => {
                let mut command = Command::new(nice);
                command.args(["-n", "10"]).arg(program);
                command
            }
        }
    }
}

/// Runs a test runner: its lines are printed as they come, and each is given to `count`.
pub fn run_tests(command: &mut Command, count: impl FnMut(&str) -> Option<Counts>) -> Result<Counts> {
    show(command);
    run_tests_to(command, count, |line| println!("{line}"))
}

/// Runs a test runner beside others: its lines are printed together, once it has ended.
pub fn run_tests_aside(command: &mut Command, count: impl FnMut(&str) -> Option<Counts>) -> Result<Counts> {
    let mut lines = format!("$ {}", line_of(command));
    let counts = run_tests_to(command, count, |line| {
        lines.push('\n');
        lines.push_str(line);
    });
    println!("{lines}");
    counts
}

fn run_tests_to(
    command: &mut Command,
    mut count: impl FnMut(&str) -> Option<Counts>,
    mut print: impl FnMut(&str),
) -> Result<Counts> {
    command.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never").stdout(Stdio::piped());
    let mut child = command.spawn().with_context(|| line_of(command))?;
    let mut counts = Counts::default();
    let mut error = ErrorLines::default();
    for line in BufReader::new(child.stdout.take().context("the runner's output is piped")?).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        print(&line);
        if let Some(more) = count(&line) {
            counts.add(more);
        }
        if let Some(name) = failed_test(&line) {
            counts.failures.push(name.to_owned());
            error = ErrorLines::expected();
        } else if let (Some(told), Some(name)) = (error.told_in(&line), counts.failures.last_mut()) {
            name.push_str(&format!(": {told}"));
        }
    }
    let status = child.wait()?;
    if !status.success() && counts.failed == 0 {
        bail!("`{}` ended with {status}", line_of(command));
    }
    Ok(counts)
}

fn show(command: &Command) {
    println!("$ {}", line_of(command));
}

fn line_of(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_owned();
    let words = std::iter::once(name.as_os_str()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// The lines behind the name of a failed test that say what went wrong.
#[derive(Default)]
struct ErrorLines {
    /// The number of lines that are still looked at.
    left: usize,
    has_error: bool,
}

impl ErrorLines {
    fn expected() -> Self {
        Self { left: 40, has_error: false }
    }

    /// Returns the line if it is the first that names an error, or the first behind it with the code that failed.
    fn told_in<'a>(&mut self, line: &'a str) -> Option<&'a str> {
        self.left = self.left.checked_sub(1)?;
        let line = line.trim();
        if !self.has_error {
            self.has_error = line.contains("Error: ") || line.starts_with("Test timeout of ");
            return self.has_error.then_some(line);
        }
        let code = line.strip_prefix('>')?.trim_start();
        if !code.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        self.left = 0;
        Some(code)
    }
}

/// Reads the name in a line by which a runner reports a failed test: `test store::it_holds ... FAILED` of Rust,
/// ` FAIL  src/bell.test.tsx > it rings` of Vitest, `  1) e2e/why.spec.ts:28:3 › asked from the queue` of
/// Playwright.
fn failed_test(line: &str) -> Option<&str> {
    let line = line.trim();
    let of_rust = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"));
    let of_vitest = line.strip_prefix("FAIL ");
    let of_playwright = line
        .split_once(") ")
        .filter(|(number, name)| number.chars().all(|c| c.is_ascii_digit()) && name.contains(".spec.ts:"));
    of_rust.or(of_vitest).or(of_playwright.map(|(_, name)| name)).map(|name| name.trim_matches([' ', '─']))
}

/// Reads `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
pub fn rust_counts(line: &str) -> Option<Counts> {
    line.trim_start().starts_with("test result:").then(|| counts(line, "ignored"))
}

/// Reads `      Tests  2 failed | 43 passed | 1 skipped (46)`.
pub fn vitest_counts(line: &str) -> Option<Counts> {
    line.trim_start().starts_with("Tests  ").then(|| counts(line, "skipped"))
}

/// Reads Playwright's last lines, one number each: `  3 failed`, `  57 passed (1.2m)`, `  1 did not run`.
pub fn playwright_counts(line: &str) -> Option<Counts> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number: u64 = words.first()?.parse().ok()?;
    match words[1..] {
        ["passed"] | ["passed", _] | ["flaky"] => Some(Counts { passed: number, ..Counts::default() }),
        ["failed"] | ["interrupted"] => Some(Counts { failed: number, ..Counts::default() }),
        ["skipped"] | ["did", "not", "run"] => Some(Counts { skipped: number, ..Counts::default() }),
        _ => None,
    }
}

fn counts(line: &str, skipped: &str) -> Counts {
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let before = |name: &str| {
        let at = words.iter().position(|word| *word == name);
        at.and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok()).unwrap_or(0)
    };
    Counts {
        passed: before("passed"),
        failed: before("failed"),
        skipped: before(skipped),
        failures: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_is_called_like_by_hand() {
        let told = |name: &str| TOLD.iter().any(|told| name.starts_with(told));
        let of_this: Vec<_> = env::vars().filter(|(name, _)| told(name)).collect();
        let cargo = cargo();
        let removed = |name: &str| cargo.get_envs().any(|(n, value)| n == name && value.is_none());
        assert!(
            of_this.iter().any(|(name, _)| name == "CARGO_PKG_NAME"),
            "cargo has called this test: {of_this:?}"
        );
        assert!(of_this.iter().all(|(name, _)| removed(name)));
    }

    #[test]
    fn counts_are_read_from_the_runners_last_lines() {
        let counts = |passed, failed, skipped| Some(Counts { passed, failed, skipped, failures: Vec::new() });
        assert_eq!(
            rust_counts("test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out"),
            counts(12, 2, 1)
        );
        assert_eq!(rust_counts("test reply::tests::it_holds ... ok"), None);
        assert_eq!(vitest_counts("      Tests  2 failed | 43 passed | 1 skipped (46)"), counts(43, 2, 1));
        assert_eq!(vitest_counts(" Test Files  8 passed (8)"), None);
        assert_eq!(playwright_counts("  57 passed (1.2m)"), counts(57, 0, 0));
        assert_eq!(playwright_counts("  3 failed"), counts(0, 3, 0));
        assert_eq!(playwright_counts("  1 did not run"), counts(0, 0, 1));
        assert_eq!(playwright_counts("  12 leads imported"), None);
    }

    #[test]
    fn error_and_line_of_code_are_told_with_the_failed_test() {
        let lines = [
            "",
            "    Test timeout of 120000ms exceeded.",
            "",
            "    Error: locator.click: Test timeout of 120000ms exceeded.",
            "    Call log:",
            "      > waiting for the menu",
            "      51 |   const other = await context.newPage();",
            "    > 52 |   await menu.click();",
            "    > 53 |   await menu.click();",
        ];
        let mut error = ErrorLines::expected();
        let told: Vec<_> = lines.iter().filter_map(|line| error.told_in(line)).collect();
        assert_eq!(told, ["Test timeout of 120000ms exceeded.", "52 |   await menu.click();"]);
        assert!(lines.iter().all(|line| ErrorLines::default().told_in(line).is_none()), "no test has failed");
    }

    #[test]
    fn a_failed_test_is_named_by_each_runner() {
        assert_eq!(failed_test("test store::tests::it_holds ... FAILED"), Some("store::tests::it_holds"));
        assert_eq!(
            failed_test(" FAIL  src/app/bell.test.tsx > it rings"),
            Some("src/app/bell.test.tsx > it rings")
        );
        assert_eq!(
            failed_test("  1) e2e/why.spec.ts:28:3 › asked from the queue ─────"),
            Some("e2e/why.spec.ts:28:3 › asked from the queue")
        );
        for passed in ["test store::tests::it_holds ... ok", "  1) leads.csv", " ✓ src/app/bell.test.tsx"] {
            assert_eq!(failed_test(passed), None, "{passed}");
        }
    }
}
