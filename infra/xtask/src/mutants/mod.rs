//! `cargo xtask mutants`: the tester is tested. Known bugs are built into a copy of the tree, each behind a switch, and one
//! after the other is switched on: a life of the whole product must then be judged wrong.

mod list;
mod more;
mod omitting;
mod troubled;

use crate::process::cargo;
use crate::simulate::PROFILE;
use crate::tree;
use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Args;
use list::{Edit, MUTANTS, Mutant};
use more::MORE;
use omitting::OMITTING;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use troubled::IN_TROUBLE;

#[derive(Args)]
pub struct MutantsArguments {
    /// Only those whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// Lives that a bug has time to show itself in.
    #[arg(long, default_value_t = 40)]
    seeds: u32,
    /// Bugs that are looked for at once.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

/// Names a bug, by hand several between commas: lives in which one of them shows itself are found faster.
const SWITCH: &str = "LEADFLOW_MUTANT";
/// Of all bugs, in percent.
const CAUGHT_AT_LEAST: usize = 95;
/// A life that takes longer does not come to an end.
const LONGEST: Duration = Duration::from_secs(600);

pub fn mutants(arguments: &MutantsArguments) -> Result<()> {
    let chosen = |mutant: &&Mutant| arguments.only.as_ref().is_none_or(|part| mutant.name.contains(part));
    let chosen: Vec<&Mutant> = all().filter(chosen).collect();
    ensure!(!chosen.is_empty(), "no mutant has such a name");
    let binary = build()?;
    let missed = try_all(&binary, &chosen, arguments)?;
    let (all, caught) = (chosen.len(), chosen.len() - missed.len());
    println!("{caught} of {all} caught, in {} lives at most", arguments.seeds);
    if caught * 100 < all * CAUGHT_AT_LEAST {
        bail!("not caught: {missed:?}");
    }
    Ok(())
}

fn all() -> impl Iterator<Item = &'static Mutant> {
    MUTANTS.iter().chain(MORE).chain(OMITTING).chain(IN_TROUBLE)
}

/// Those that were not caught.
fn try_all(binary: &Path, chosen: &[&Mutant], arguments: &MutantsArguments) -> Result<Vec<&'static str>> {
    let (next, missed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || -> Result<()> {
        while let Some(mutant) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
            let began = Instant::now();
            let mut verdict = live(binary, mutant.name, (mutant.first_seed, arguments.seeds))?;
            if let Verdict::Wrong { seed, .. } = verdict
                && !is_sound_without(binary, seed)?
            {
                verdict = Verdict::AlsoWithout { seed };
            }
            println!("{:>6.1} s  {:<42} {verdict}", began.elapsed().as_secs_f64(), mutant.name);
            if !verdict.is_caught() {
                missed.lock().unwrap_or_else(PoisonError::into_inner).push(mutant.name);
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

/// The same life with no bug switched on, else the verdict says nothing of the bug.
fn is_sound_without(binary: &Path, seed: u64) -> Result<bool> {
    Ok(live(binary, "", (seed, 1))? == Verdict::Sound)
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Sound,
    /// In which life, and the first thing that was found wrong in it.
    Wrong {
        seed: u64,
        what: String,
    },
    Endless,
    /// This life is judged wrong with no bug in it.
    AlsoWithout {
        seed: u64,
    },
}

impl Verdict {
    fn is_caught(&self) -> bool {
        matches!(self, Self::Wrong { .. } | Self::Endless)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sound => f.write_str("NOT CAUGHT"),
            Self::Wrong { seed, what } => write!(f, "caught at {seed}: {what}"),
            Self::Endless => f.write_str("caught: it does not come to an end"),
            Self::AlsoWithout { seed } => write!(f, "NOT CAUGHT: seed {seed} fails with no bug in it"),
        }
    }
}

fn live(binary: &Path, name: &str, (first, seeds): (u64, u32)) -> Result<Verdict> {
    let mut command = Command::new(binary);
    command.args([
        "simulate",
        "--until-failure",
        "--seed",
        &first.to_string(),
        "--seeds",
        &seeds.to_string(),
    ]);
    command.env(SWITCH, name);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().with_context(|| format!("{}", binary.display()))?;
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
    ensure!(status.code().is_some(), "the simulator was killed from outside, which says nothing of {name}");
    if status.success() {
        return Ok(Verdict::Sound);
    }
    Ok(wrong(&lines, first))
}

/// As the simulator says it: `seed 7 FAILED`, and below that why. Whoever broke off says neither.
fn wrong(lines: &[String], first: u64) -> Verdict {
    let seed_of = |line: &str| line.strip_prefix("seed ")?.strip_suffix(" FAILED")?.parse::<u64>().ok();
    let mut lines = lines.iter();
    let seed = lines.find_map(|line| seed_of(line)).unwrap_or(first);
    let what = lines.map(|line| line.trim()).find(|line| !line.is_empty()).unwrap_or("it broke off");
    Verdict::Wrong { seed, what: what.chars().take(150).collect() }
}

/// The tree with every bug in it and none switched on, built once.
fn build() -> Result<PathBuf> {
    let copy = tree::root().join("target/mutants/tree");
    copy_to(&copy)?;
    let mut command = cargo();
    // Of its own: in this tree's cargo would take the mutated crates for the sound ones.
    let target = tree::root().join("target/mutants/target");
    command.args(["build", "--quiet", "--locked", "--package", "xtask", "--profile", PROFILE]);
    command.arg("--target-dir").arg(&target).current_dir(&copy);
    // Switches make for warnings, which are of no use to anybody.
    println!("building the tree with {} bugs in it", all().count());
    let built = command.output()?;
    ensure!(built.status.success(), "it cannot be built:\n{}", String::from_utf8_lossy(&built.stderr));
    let kept = tree::root().join("target/mutants").join(PROFILE);
    fs::create_dir_all(&kept)?;
    let kept = kept.join("xtask");
    fs::copy(target.join(PROFILE).join("xtask"), &kept)?;
    Ok(kept)
}

/// What has not changed keeps its time, so that little is built again.
fn copy_to(copy: &Path) -> Result<()> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(tree::root()).output()?;
    ensure!(listed.status.success(), "git does not list the files");
    let mutated = mutated()?;
    let listed = String::from_utf8(listed.stdout)?;
    let names: BTreeSet<&str> = listed.split('\0').filter(|name| !name.is_empty()).collect();
    if copy.is_dir() {
        remove_others(copy, copy, &names)?;
    }
    for name in names {
        let content = match mutated.get(name) {
            Some(text) => text.clone().into_bytes(),
            None => match fs::read(tree::root().join(name)) {
                Ok(content) => content,
                // Deleted and not yet committed.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error).context(name.to_owned()),
            },
        };
        let place = copy.join(name);
        if fs::read(&place).is_ok_and(|before| before == content) {
            continue;
        }
        fs::create_dir_all(place.parent().context("a file lies in a folder")?)?;
        fs::write(&place, content)?;
    }
    Ok(())
}

/// Each file that bugs are in, with all of them.
fn mutated() -> Result<BTreeMap<&'static str, String>> {
    let mut mutated: BTreeMap<&str, String> = BTreeMap::new();
    for mutant in all() {
        for edit in mutant.edits() {
            let text = match mutated.remove(edit.file) {
                Some(text) => text,
                None => fs::read_to_string(tree::root().join(edit.file)).context(edit.file)?,
            };
            mutated.insert(edit.file, with(mutant.name, edit, &text)?);
        }
    }
    Ok(mutated)
}

/// What has moved elsewhere would be built beside itself.
fn remove_others(folder: &Path, copy: &Path, names: &BTreeSet<&str>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, copy, names)?;
        } else if path.strip_prefix(copy)?.to_str().is_none_or(|name| !names.contains(name)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn with(name: &str, edit: &Edit, text: &str) -> Result<String> {
    let Edit { file, instead_of, put } = edit;
    let found = text.matches(instead_of).count();
    ensure!(found == 1, "what {name} changes stands {found} times in {file}");
    let on = format!("::std::env::var({SWITCH:?}).is_ok_and(|on| on.split(',').any(|on| on == {name:?}))");
    let new = if put.contains("$M") {
        put.replace("$M", &on)
    } else if instead_of.ends_with([';', '}']) {
        format!("if {on} {{ {put} }} else {{ {instead_of} }}")
    } else {
        format!("(if {on} {{ {put} }} else {{ {instead_of} }})")
    };
    Ok(text.replace(instead_of, &new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bug_finds_its_place_in_the_code_of_today() {
        let mut lost = Vec::new();
        for mutant in all() {
            for edit in mutant.edits() {
                let text = fs::read_to_string(tree::root().join(edit.file)).unwrap_or_default();
                match with(mutant.name, edit, &text) {
                    Ok(bad) => assert_ne!(bad, text, "{} changes nothing", mutant.name),
                    Err(error) => lost.push(error.to_string()),
                }
            }
        }
        assert!(lost.is_empty(), "{}", lost.join("\n"));
    }

    #[test]
    fn all_bugs_have_room_in_one_tree() {
        assert!(mutated().is_ok_and(|files| !files.is_empty()), "{:?}", mutated().err());
    }

    #[test]
    fn a_verdict_says_in_which_life_and_why() {
        let lines = ["seed 6 holds", "", "seed 7 FAILED", "  sent twice", "what went wrong on purpose"];
        let verdict = wrong(&lines.map(str::to_owned), 5);
        assert_eq!(verdict.to_string(), "caught at 7: sent twice");
        assert_eq!(wrong(&[], 5).to_string(), "caught at 5: it broke off");
    }

    #[test]
    fn there_are_forty_and_no_two_have_one_name() {
        let names: BTreeSet<&str> = all().map(|mutant| mutant.name).collect();
        assert!(names.len() >= 40);
        assert_eq!(names.len(), all().count());
    }
}
