//! The packaged functions: each one's size as it is uploaded, and the CPU time from its start until it asks
//! for its first event, against a runtime API and a secret on this machine's loopback.

use crate::report::{Bound, Report};
use crate::runtime_api::RuntimeApi;
use anyhow::{Context, Result, ensure};
use local_host::{FunctionDefinition, Stack, TEMPLATE};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const LARGEST_ZIP: f64 = 9.5;
const LONGEST_INIT: f64 = 10.0;
/// The number of starts, of which the median counts: a machine with other work disturbs some.
const STARTS: usize = 5;

pub fn run(report: &mut Report) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/lambda");
    let stack = Stack::read(TEMPLATE, &[("Stage", "bench"), ("PublicUrl", "https://leadflow.example")])?;
    let api = RuntimeApi::start()?;
    for function in &stack.functions {
        let bootstrap = folder.join(&function.name).join("bootstrap");
        let binary = fs::read(&bootstrap)
            .with_context(|| format!("{} is not packaged: `cargo xtask package`", function.name))?;
        report.bounded(
            format!("{}: zip, MB", function.name),
            zipped(&binary)? / 1e6,
            Bound::AtMost(LARGEST_ZIP),
        );
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            starts.push(init(function, &bootstrap, &api)?);
        }
        starts.sort_by(f64::total_cmp);
        report.bounded(
            format!("{}: init, CPU ms", function.name),
            starts[STARTS / 2],
            Bound::AtMost(LONGEST_INIT),
        );
    }
    Ok(())
}

/// The deflated size, with the archive's two entries.
fn zipped(binary: &[u8]) -> Result<f64> {
    use std::io::Write;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(binary)?;
    Ok((encoder.finish()?.len() + 150) as f64)
}

fn init(function: &FunctionDefinition, bootstrap: &Path, api: &RuntimeApi) -> Result<f64> {
    let mut child = Command::new(bootstrap)
        .env_clear()
        .envs(&function.environment)
        .envs(api.environment(&function.name))
        .env("_HANDLER", &function.name)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{} cannot be started", function.name))?;
    let asked = api.first_poll();
    let used = cpu_ms(child.id());
    child.kill()?;
    child.wait()?;
    ensure!(asked, "{} did not ask for an event", function.name);
    used.context("this system does not tell a process's CPU time")
}

/// The CPU time of all threads of the process, from the scheduler's nanoseconds.
fn cpu_ms(pid: u32) -> Option<f64> {
    let mut nanos = 0.0;
    for task in fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        nanos += text.split_whitespace().next()?.parse::<f64>().ok()?;
    }
    Some(nanos / 1e6)
}
