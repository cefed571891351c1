//! What the speed and cost goals are measured with: `cargo run --release -p bench [-- NAME…]`. A bench is a file here
//! and a row in `BENCHES`; each runs in a process of its own, so that one does not add to another's memory.

mod import_rows;
mod report;

use report::Report;
use std::process::{Command, ExitCode};

type Bench = fn(&mut Report) -> anyhow::Result<()>;

const BENCHES: [(&str, &str, Bench); 2] = [
    ("import", "a million rows parsed, mapped, validated and deduplicated", import_rows::without_phones),
    ("import_phones", "the same with a phone in every row", import_rows::with_phones),
];

fn main() -> anyhow::Result<ExitCode> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name] = names.as_slice()
        && flag == "--one"
    {
        return one(name);
    }
    if let Some(unknown) = names.iter().find(|name| BENCHES.iter().all(|(known, ..)| known != name)) {
        let known: Vec<&str> = BENCHES.iter().map(|(name, ..)| *name).collect();
        anyhow::bail!("no bench is called '{unknown}'; there are {}", known.join(", "));
    }
    let mut missed = false;
    for (name, about, _) in
        BENCHES.iter().filter(|(name, ..)| names.is_empty() || names.iter().any(|n| n == name))
    {
        println!("{name}: {about}");
        missed |= !Command::new(std::env::current_exe()?).args(["--one", name]).status()?.success();
    }
    Ok(if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn one(name: &str) -> anyhow::Result<ExitCode> {
    let Some((_, _, bench)) = BENCHES.iter().find(|(known, ..)| *known == name) else {
        anyhow::bail!("no bench is called '{name}'");
    };
    let mut report = Report::default();
    bench(&mut report)?;
    Ok(if report.print() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
