//! `cargo xtask bench`: the figures of `infra/bench`, measured in release. The functions are packaged first, because
//! their sizes and starts are figures too.

use crate::package::{self, PackageArguments};
use crate::process::{cargo, read, run};
use crate::tree::root;
use anyhow::{Result, bail};
use clap::Args;
use std::process::Command;

#[derive(Args)]
pub struct BenchArguments {
    /// Runs only these benches; all of a quarter of an hour or less if left out.
    names: Vec<String>,
    /// Runs those of a million leads, too, and writes docs/COST.md: what the end of a large change needs.
    #[arg(long, conflicts_with_all = ["names", "json"])]
    all: bool,
    /// Prints one JSON object instead of the table.
    #[arg(long)]
    json: bool,
}

/// The bench that needs the packaged functions.
const BINARIES: &str = "binaries";

pub fn bench(arguments: &BenchArguments) -> Result<()> {
    let BenchArguments { names, all, json } = arguments;
    if names.is_empty() || names.iter().any(|name| name == BINARIES) {
        built(*json)?;
    }
    let mut command = cargo();
    command.args(["run", "--release", "--locked", "--quiet", "--package", "bench", "--"]);
    command.args(names).args(all.then_some("--all")).args(json.then_some("--json"));
    let holds = command.status()?.success();
    if *all {
        cost()?;
    }
    if holds { Ok(()) } else { bail!("a bound is broken, or a bench did not finish") }
}

/// Counts what each landing counts, as a test: its program is built with all others, and counts do not depend on the build.
pub fn counts() -> Result<()> {
    let mut command = cargo();
    command.args(["test", "--locked", "--quiet", "--package", "bench", "--bin", "bench", "--"]);
    run(command.args(["--ignored", "--exact", "counts::tests::counts_hold_to_their_table"]))
}

/// Runs a campaign and writes what a million e-mails cost.
pub fn cost() -> Result<()> {
    let mut command = cargo();
    command.args(["run", "--release", "--locked", "--quiet", "--package", "bench", "--", "--cost-document"]);
    let text = read(&mut command)?;
    std::fs::write(root().join("docs/COST.md"), text)?;
    println!("wrote docs/COST.md");
    Ok(())
}

/// Packages the functions; with `--json` nothing may be printed before the object.
fn built(quiet: bool) -> Result<()> {
    if !quiet {
        return package::package(&PackageArguments { unchecked: true, architecture: None }).map(drop);
    }
    let output = Command::new(std::env::current_exe()?).args(["package", "--unchecked"]).output()?;
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("the functions could not be packaged");
    }
    Ok(())
}
