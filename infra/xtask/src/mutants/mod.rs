//! `cargo xtask mutants` tests the tester: it builds the product once with every known bug in it, each behind a
//! switch (`domain::mutant`), and turns on one after the other. The oracle of the simulator must then judge a
//! life wrong, and the same life without the bug must hold.

mod table;

use crate::process::cargo;
use crate::simulate::PROFILE;
use crate::tree;
use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Args;
use simulator::Seed;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use table::{SWITCHES, Switch};

#[derive(Args)]
pub struct MutantsArguments {
    /// Tries only the mutants whose name contains this; several between commas.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// The number of lives in which a mutant has to be caught.
    #[arg(long, default_value_t = 40)]
    seeds: u32,
    /// The number of mutants that are tried at once.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

/// A life that takes longer does not come to an end.
const LONGEST: Duration = Duration::from_secs(600);

pub fn mutants(arguments: &MutantsArguments) -> Result<()> {
    let is_chosen = |name: &str| arguments.only.iter().any(|part| name.contains(part.as_str()));
    let chosen = |switch: &&Switch| arguments.only.is_empty() || is_chosen(switch.name);
    let chosen: Vec<&Switch> = SWITCHES.iter().filter(chosen).collect();
    ensure!(!chosen.is_empty(), "no mutant has such a name");
    let missed = try_all(&program()?, &chosen, arguments)?;
    println!(
        "{} of {} caught, in {} lives at most",
        chosen.len() - missed.len(),
        chosen.len(),
        arguments.seeds
    );
    if missed.is_empty() { Ok(()) } else { bail!("not caught: {}", missed.join(", ")) }
}

/// Refuses a name that is none of the switches, and turns that mutant on for this process.
pub fn switch_on(name: &str) -> Result<()> {
    ensure!(SWITCHES.iter().any(|switch| switch.name == name), "no mutant is called {name}");
    ensure!(domain::mutant::BUILT_IN, "this program was built without `--features mutants`");
    domain::mutant::switch_on(name);
    Ok(())
}

/// The program with the mutants in it: this one, if it has them, or else one that is built now.
fn program() -> Result<PathBuf> {
    if domain::mutant::BUILT_IN {
        return Ok(std::env::current_exe()?);
    }
    println!("building the product with {} mutants in it", SWITCHES.len());
    let mut build = cargo();
    build.args(["build", "--quiet", "--locked", "--package", "xtask", "--features", "mutants"]);
    crate::process::run(build.args(["--profile", PROFILE]))?;
    // The next build without mutants puts its own program there.
    let (built, kept) = (tree::root().join("target").join(PROFILE), tree::root().join("target/mutants"));
    fs::create_dir_all(&kept)?;
    fs::copy(built.join("xtask"), kept.join("xtask"))?;
    Ok(kept.join("xtask"))
}

/// Tries the mutants and returns the names of those that were not caught.
fn try_all(program: &Path, chosen: &[&Switch], arguments: &MutantsArguments) -> Result<Vec<&'static str>> {
    let (next, missed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || -> Result<()> {
        while let Some(switch) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
            let began = Instant::now();
            let verdict = verdict_on(program, switch, arguments.seeds)?;
            let (seconds, Switch { name, judge, .. }) = (began.elapsed().as_secs_f64(), switch);
            println!("{seconds:>6.1} s  {name:<30} {verdict}");
            if let Some(other) = verdict.judge().filter(|other| other != judge) {
                println!("          the table says that {judge} notices it first, and it was {other}");
            }
            if !verdict.is_caught() {
                missed.lock().unwrap_or_else(PoisonError::into_inner).push(switch.name);
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..arguments.jobs.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| anyhow!("a worker broke off"))?)
    })?;
    Ok(missed.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn verdict_on(program: &Path, switch: &Switch, seeds: u32) -> Result<Verdict> {
    let verdict = live(program, Some(switch.name), switch.seed(), seeds)?;
    // A life that fails with no mutant on says nothing about the mutant.
    if let Verdict::Wrong { nth, .. } = verdict
        && live(program, None, switch.seed().later(nth), 1)? != Verdict::Sound
    {
        return Ok(Verdict::AlsoWithout { seed: switch.seed().later(nth).to_string() });
    }
    Ok(verdict)
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Sound,
    /// The oracle judged a life wrong: how many lives held before it, and the first thing that was found wrong.
    Wrong {
        nth: u64,
        seed: String,
        what: String,
    },
    Endless,
    /// This life is judged wrong with no mutant on.
    AlsoWithout {
        seed: String,
    },
}

impl Verdict {
    fn is_caught(&self) -> bool {
        matches!(self, Self::Wrong { .. } | Self::Endless)
    }

    /// The judge that noticed it: the simulator prints its name in brackets.
    fn judge(&self) -> Option<&str> {
        let Self::Wrong { what, .. } = self else { return None };
        Some(what.strip_prefix('[')?.split_once(']')?.0)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sound => f.write_str("NOT CAUGHT"),
            Self::Wrong { seed, what, .. } => write!(f, "caught at {seed}: {what}"),
            Self::Endless => f.write_str("caught: it does not come to an end"),
            Self::AlsoWithout { seed } => write!(f, "NOT CAUGHT: {seed} fails with no mutant on"),
        }
    }
}

fn live(program: &Path, mutant: Option<&str>, first: Seed, seeds: u32) -> Result<Verdict> {
    let mut command = Command::new(program);
    command.args(["simulate", "--as-built", "--until-failure", "--profile", first.profile.name()]);
    command.args(["--seed", &first.number.to_string(), "--seeds", &seeds.to_string()]);
    command.args(mutant.into_iter().flat_map(|name| ["--mutant", name]));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().with_context(|| format!("{}", program.display()))?;
    let output = child.stdout.take().context("its output is piped")?;
    let (tell, told) = channel();
    thread::spawn(move || {
        BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| tell.send(line))
    });
    let mut lines = Vec::new();
    loop {
        match told.recv_timeout(LONGEST) {
            Ok(line) => lines.push(line),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                child.kill()?;
                child.wait()?;
                return Ok(Verdict::Endless);
            }
        }
    }
    let status = child.wait()?;
    ensure!(
        status.code().is_some(),
        "the simulator was killed from outside, which says nothing of {mutant:?}"
    );
    if status.success() {
        return Ok(Verdict::Sound);
    }
    Ok(wrong(&lines))
}

/// Reads what the simulator prints: a line `seed ordinary 7 lived` for each life that held, then
/// `seed ordinary 8 FAILED`, and below that why. A program that broke off prints neither.
fn wrong(lines: &[String]) -> Verdict {
    let seed_of = |line: &str, end: &str| Some(line.strip_prefix("seed ")?.strip_suffix(end)?.to_owned());
    let nth = lines.iter().filter(|line| seed_of(line, " lived").is_some()).count() as u64;
    let mut lines = lines.iter();
    let seed = lines.find_map(|line| seed_of(line, " FAILED")).unwrap_or_else(|| "no seed".to_owned());
    let what = lines.map(|line| line.trim()).find(|line| !line.is_empty()).unwrap_or("it broke off");
    Verdict::Wrong { nth, seed, what: what.chars().take(150).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rust_source::{code, is_test};
    use crate::tree::Tree;
    use std::collections::BTreeSet;

    /// The names of the switches in the shipped code.
    fn switches_in_code() -> BTreeSet<String> {
        let tree = Tree::read(&tree::root()).unwrap();
        let mut names = BTreeSet::new();
        for floor in ["shared/", "functions/"] {
            for (_, text) in tree.under(floor, ".rs").filter(|(path, _)| !is_test(path)) {
                let text: String = code(text).map(|(_, line)| line.trim()).collect();
                let calls = text.split("mutant!(\"").skip(1);
                names.extend(calls.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
            }
        }
        names
    }

    #[test]
    fn table_and_code_have_the_same_switches() {
        let table: BTreeSet<String> = SWITCHES.iter().map(|switch| switch.name.to_owned()).collect();
        assert_eq!(table, switches_in_code());
        assert!(table.len() <= 40, "forty are enough: take one out for each that comes in");
        assert_eq!(table.len(), SWITCHES.len(), "no two have one name");
    }

    #[test]
    fn table_names_judges_of_the_oracle() {
        let tree = Tree::read(&tree::root()).unwrap();
        for Switch { name, judge, .. } in SWITCHES {
            let file = format!("infra/simulator/src/oracle/{judge}.rs");
            assert!(tree.texts.contains_key(&file), "{name} is to be noticed by {judge}");
        }
    }

    #[test]
    fn verdict_names_life_and_reason() {
        let lines =
            ["seed short 6 lived", "", "seed short 7 FAILED", "  sent twice", "what went wrong on purpose"];
        let verdict = wrong(&lines.map(str::to_owned));
        assert_eq!(verdict.to_string(), "caught at short 7: sent twice");
        assert!(matches!(verdict, Verdict::Wrong { nth: 1, .. }));
        assert_eq!(wrong(&[]).to_string(), "caught at no seed: it broke off");
    }
}
