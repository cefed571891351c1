//! What the speed and cost goals are measured with: `cargo xtask bench [NAME…] [--json]`. A bench is a file here and a
//! row in `BENCHES`; each runs in a process of its own, so that one does not add to another's memory.

mod binaries;
mod capacity;
mod demo_speed;
mod import_rows;
mod ledger_lines;
mod reads;
mod report;
mod runtime_api;
mod trial;

use anyhow::Context;
use report::Report;
use std::process::{Command, ExitCode, Stdio};

type Bench = fn(&mut Report) -> anyhow::Result<()>;

const BENCHES: [(&str, &str, Bench); 6] = [
    ("import", "a million rows parsed, mapped, validated and deduplicated", import_rows::without_phones),
    ("import_phones", "the same with a phone in every row", import_rows::with_phones),
    (
        "capacity",
        "read and write units for each lead, e-mail and event, by what they were for",
        capacity::run,
    ),
    ("reads", "dashboards and the lead list as leads grow in number", reads::run),
    ("demo", "three weeks of the built-in sample on a virtual clock", demo_speed::run),
    ("binaries", "each packaged function: its size, and the CPU of its start", binaries::run),
];

fn main() -> anyhow::Result<ExitCode> {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name] = names.as_slice()
        && flag == "--one"
    {
        return one(name);
    }
    let json = names.iter().any(|name| name == "--json");
    names.retain(|name| name != "--json");
    if let Some(unknown) = names.iter().find(|name| BENCHES.iter().all(|(known, ..)| known != name)) {
        let known: Vec<&str> = BENCHES.iter().map(|(name, ..)| *name).collect();
        anyhow::bail!("no bench is called '{unknown}'; there are {}", known.join(", "));
    }
    let mut broken = 0;
    let mut all = serde_json::Map::new();
    for (name, about, _) in BENCHES {
        if !names.is_empty() && names.iter().all(|wanted| wanted != name) {
            continue;
        }
        let child =
            Command::new(std::env::current_exe()?).args(["--one", name]).stdout(Stdio::piped()).spawn()?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            anyhow::bail!("the bench '{name}' did not finish");
        }
        let report: Report = serde_json::from_slice(&output.stdout).context("a bench prints its figures")?;
        broken += report.broken();
        if json {
            all.insert(name.to_owned(), serde_json::to_value(&report.figures)?);
        } else {
            println!("{name}: {about}\n{report}");
        }
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    } else if broken == 0 {
        println!("Every bound holds.");
    } else {
        println!("{broken} bounds are broken.");
    }
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn one(name: &str) -> anyhow::Result<ExitCode> {
    let (_, _, bench) = BENCHES
        .iter()
        .find(|(known, ..)| *known == name)
        .with_context(|| format!("no bench is called '{name}'"))?;
    let mut report = Report::default();
    bench(&mut report)?;
    println!("{}", serde_json::to_string(&report)?);
    Ok(ExitCode::SUCCESS)
}
