//! The measurements behind the speed and cost goals: `cargo xtask bench [NAME…] [--all] [--json]`. A bench is a file
//! here and a row in `BENCHES`; each runs in a process of its own, so that one does not add to another's
//! memory.

mod answer_stream;
mod answers;
mod binaries;
mod capacity;
mod ceiling;
mod cost;
mod counts;
mod demo_speed;
mod folds;
mod idle;
mod import_rows;
mod lead_lists;
mod ledger_lines;
mod mailbox;
mod planning;
mod reads;
mod report;
mod runtime_api;
mod sending;
mod side_by_side;
mod trial;

use anyhow::Context;
use report::Report;
use serde_json::json;
use std::process::{Command, ExitCode, Stdio};

/// Benches that run only when named: they take hours.
const HOURS: [&str; 2] = ["large", "full"];
/// Benches of a million leads. They run when named, and with `--all`.
const MILLION: [&str; 2] = ["leads_large", "folds_large"];

type Bench = fn(&mut Report) -> anyhow::Result<()>;

const BENCHES: [(&str, &str, Bench); 19] = [
    ("import", "a million rows parsed, mapped, validated and deduplicated", import_rows::without_phones),
    ("import_phones", "the same with a phone in every row", import_rows::with_phones),
    ("planning", "decisions of the planner, and a campaign simulated", planning::run),
    (
        "capacity",
        "read and write units for each lead, e-mail and event, by what they were for",
        capacity::run,
    ),
    ("sending", "a mail of a long campaign, a storm of them, and where their CPU goes", sending::run),
    ("side_by_side", "mails a second of one function, by accounts in a batch", side_by_side::run),
    ("large", "50,000 mails of a campaign whose people wait for days", sending::large),
    ("full", "500,000 mails of one", sending::full),
    ("cost", "a million e-mails on AWS, line by line", cost::run),
    ("reads", "dashboards and the lead list as leads grow in number", reads::run),
    ("leads", "pages of the lead list from memory, and the memory", lead_lists::run),
    ("leads_large", "the same of a million leads", lead_lists::large),
    ("counts", "what each landing counts, in a small workspace", counts::run),
    ("folds", "the lead list in the bucket as it changes, with 100,000 leads", folds::hundred_thousand),
    ("folds_large", "the same with a million leads", folds::million),
    ("demo", "three weeks of the built-in sample on a virtual clock", demo_speed::run),
    ("understanding", "answers of known meaning: what is read rightly of them", answers::run),
    (
        "answer_stream",
        "a stream of ordinary answers, one opt-out in fifty: who is suppressed, what is heard",
        answer_stream::run,
    ),
    ("binaries", "each packaged function: its size, and the CPU of its start", binaries::run),
];

fn main() -> anyhow::Result<ExitCode> {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name] = names.as_slice()
        && flag == "--one"
    {
        return one(name);
    }
    if names == ["--cost-document"] {
        print!("{}", cost::document()?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut is_given = |flag: &str| {
        let before = names.len();
        names.retain(|name| name != flag);
        names.len() < before
    };
    let (json, all_benches) = (is_given("--json"), is_given("--all"));
    if let Some(unknown) = names.iter().find(|name| BENCHES.iter().all(|(known, ..)| known != name)) {
        let known: Vec<&str> = BENCHES.iter().map(|(name, ..)| *name).collect();
        anyhow::bail!("no bench is called '{unknown}'; there are {}", known.join(", "));
    }
    let is_wanted = |name: &str| match names.is_empty() {
        true => !HOURS.contains(&name) && (all_benches || !MILLION.contains(&name)),
        false => names.iter().any(|wanted| wanted == name),
    };
    let wanted = BENCHES.iter().filter(|(name, ..)| is_wanted(name));
    let mut all = serde_json::Map::new();
    let problems = run_all(wanted.map(|(name, about, _)| (*name, *about)), alone, |name, about, report| {
        if json {
            all.insert(name.to_owned(), json!(report.figures));
        } else {
            println!("{name}: {about}\n{report}");
        }
    });
    if json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    if !json && problems.is_empty() {
        println!("Every bound holds.");
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the benches, whatever the result of each. Returns what is wrong: broken bounds, and benches that did
/// not finish.
fn run_all<'a>(
    benches: impl Iterator<Item = (&'a str, &'a str)>,
    measure: impl Fn(&str) -> anyhow::Result<Report>,
    mut tell: impl FnMut(&str, &str, &Report),
) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, about) in benches {
        match measure(name) {
            Ok(report) => {
                problems.extend(report.broken().map(|broken| format!("{name}: a bound is broken: {broken}")));
                tell(name, about, &report);
            }
            Err(error) => problems.push(format!("{name} did not finish: {error:#}")),
        }
    }
    problems
}

/// Runs one bench in a process of its own.
fn alone(name: &str) -> anyhow::Result<Report> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.args(["--one", name]).stdout(Stdio::piped()).spawn()?.wait_with_output()?;
    anyhow::ensure!(output.status.success(), "it says why above");
    serde_json::from_slice(&output.stdout).context("a bench prints its figures")
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

#[cfg(test)]
mod tests {
    use super::*;
    use report::Bound;

    #[test]
    fn failing_bench_does_not_stop_the_others() {
        let measure = |name: &str| {
            let mut report = Report::default();
            report.bounded("size", if name == "large" { 6.0 } else { 4.0 }, Bound::AtMost(5.0));
            if name == "breaks" { anyhow::bail!("no such file") } else { Ok(report) }
        };
        let mut told = Vec::new();
        let benches = [("large", ""), ("breaks", ""), ("fine", "")].into_iter();
        let problems = run_all(benches, measure, |name, _, _| told.push(name.to_owned()));
        assert_eq!(told, ["large", "fine"]);
        assert_eq!(
            problems,
            ["large: a bound is broken: size is 6, not ≤ 5", "breaks did not finish: no such file"]
        );
    }
}
