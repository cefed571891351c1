//! The parts that a command ran, with the time and result of each; the last line is the sum.

use crate::process::Counts;
use anyhow::{Result, bail};
use std::time::{Duration, Instant};

#[derive(Default)]
pub struct Report {
    stages: Vec<Stage>,
    skipped: Vec<String>,
    counts: Counts,
}

struct Stage {
    name: String,
    took: Duration,
    failure: Option<String>,
    failed_tests: Vec<String>,
}

impl Report {
    /// Runs one part and adds up its counts; a part that fails without counting failures counts as one.
    pub fn stage(&mut self, name: &str, run: impl FnOnce() -> Result<Counts>) -> bool {
        println!("\n== {name}");
        let began = Instant::now();
        let mut failed_tests = Vec::new();
        let failure = match run() {
            Ok(mut counts) => {
                failed_tests = std::mem::take(&mut counts.failures);
                let failure = (counts.failed > 0).then(|| format!("{} failed", counts.failed));
                self.counts.add(counts);
                failure
            }
            Err(error) => {
                self.counts.failed += 1;
                eprintln!("{name}: {error:#}");
                Some(format!("{error:#}"))
            }
        };
        let passed = failure.is_none();
        self.stages.push(Stage { name: name.to_owned(), took: began.elapsed(), failure, failed_tests });
        passed
    }

    /// Runs a part that is a single check.
    pub fn check(&mut self, name: &str, run: impl FnOnce() -> Result<()>) -> bool {
        self.stage(name, || run().map(|()| Counts { passed: 1, ..Counts::default() }))
    }

    /// Adds the parts of another report, which ran beside this one's.
    pub fn add(&mut self, other: Self) {
        self.stages.extend(other.stages);
        self.skipped.extend(other.skipped);
        self.counts.add(other.counts);
    }

    /// Notes a part that could not run on this machine, and what would make it run.
    pub fn skip(&mut self, what: &str, enable: &str) {
        self.skipped.push(format!("{what}: {enable}"));
    }

    pub fn end(self) -> Result<()> {
        println!();
        for stage in &self.stages {
            let state = if stage.failure.is_none() { "ok    " } else { "FAILED" };
            println!("{state} {:>6.1} s  {}", stage.took.as_secs_f64(), stage.name);
            for test in &stage.failed_tests {
                println!("         did not pass at once: {test}");
            }
        }
        for line in &self.skipped {
            println!("skipped {line}");
        }
        let Counts { passed, failed, skipped, .. } = self.counts;
        let skipped = skipped + self.skipped.len() as u64;
        println!("{passed} passed, {failed} failed, {skipped} skipped");
        let failures: Vec<&str> =
            self.stages.iter().filter(|s| s.failure.is_some()).map(|s| s.name.as_str()).collect();
        if failures.is_empty() { Ok(()) } else { bail!("failed: {}", failures.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_fails_if_any_part_fails() {
        let mut report = Report::default();
        assert!(report.stage("counted", || Ok(Counts { passed: 3, skipped: 1, ..Counts::default() })));
        assert!(report.check("held", || Ok(())));
        report.skip("pages", "install Node");
        assert!(!report.check("broken", || bail!("no")));
        assert_eq!(report.counts, Counts { passed: 4, failed: 1, skipped: 1, ..Counts::default() });
        assert_eq!(report.end().unwrap_err().to_string(), "failed: broken");
    }
}
