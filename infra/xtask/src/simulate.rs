//! `cargo xtask simulate`: runs many simulated lives of the whole product and checks them from outside.

use crate::process::{cargo, run};
use anyhow::{Result, anyhow, bail};
use clap::Args;
use simulator::{
    Breaks, Kind, Lived, Profile, Seed, crash_points, in_turn, live_many, minimise, regressions,
};
use std::env;
use std::process::Command;
use std::thread;
use std::time::Duration;

#[derive(Args)]
pub struct SimulateArguments {
    /// The number of seeds.
    #[arg(long, default_value_t = 20)]
    seeds: u32,
    /// The kinds of lives; several between commas take turns.
    #[arg(long, value_delimiter = ',', default_values_t = [Profile::Ordinary])]
    profile: Vec<Profile>,
    /// The first seed of each profile.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Runs every seed that once failed and is kept, instead of new ones.
    #[arg(long, conflicts_with_all = ["profile", "seed", "seeds"])]
    kept: bool,
    /// Runs the first or the second of every two kept seeds alone, 1 or 2.
    #[arg(long, requires = "kept", value_parser = clap::value_parser!(u8).range(1..=2))]
    half: Option<u8>,
    /// Begins no new life after so many minutes.
    #[arg(long)]
    minutes: Option<u64>,
    /// Runs one short life, broken at each call that its functions make, instead.
    #[arg(long)]
    crash_points: bool,
    /// Runs only every nth crash point.
    #[arg(long, default_value_t = 1)]
    every: usize,
    /// Runs so many pairs of crash points, drawn from the seed, instead.
    #[arg(long)]
    pairs: Option<usize>,
    /// Stops at the first seed that fails and leaves it as it is.
    #[arg(long)]
    until_failure: bool,
    /// Prints one line a seed.
    #[arg(long)]
    verbose: bool,
    /// Prints what is written to every item whose key contains this text, an id or a part of one, and all
    /// that happens meanwhile.
    #[arg(long)]
    watch: Option<String>,
    /// Runs in this program as it is built, however slow that is.
    #[arg(long)]
    as_built: bool,
    /// Turns a known bug on; for a program that is built with them.
    #[arg(long)]
    mutant: Option<String>,
}

impl SimulateArguments {
    fn firsts(&self) -> Vec<Seed> {
        self.profile.iter().map(|profile| profile.seed(self.seed)).collect()
    }
}

/// The build profile of simulated lives; its binaries are in a folder of this name.
pub const PROFILE: &str = "simulation";

pub fn simulate(arguments: &SimulateArguments) -> Result<()> {
    if !arguments.as_built && !is_fast()? {
        return run(fast().args(env::args_os().skip(1)));
    }
    crate::dev::show_logs("off");
    if let Some(name) = &arguments.mutant {
        crate::mutants::switch_on(name)?;
    }
    if let Some(word) = &arguments.watch {
        simulator::watch(word.clone());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let most = arguments.minutes.map(|minutes| Duration::from_secs(60 * minutes));
    if arguments.crash_points || arguments.pairs.is_some() {
        return runtime.block_on(all_crash_points(arguments, most));
    }
    if arguments.until_failure {
        return runtime.block_on(until_failure(arguments));
    }
    runtime.block_on(seeds(arguments, most))
}

/// The profiles of which a landing runs new lives, in turn. The second of two programs begins `FURTHER_ON`
/// seeds later.
const PROFILES: [Profile; 6] = [
    Profile::Short,
    Profile::Races,
    Profile::RareChains,
    Profile::StaleReads,
    Profile::Troubles,
    Profile::FullBatches,
];
const FURTHER_ON: u64 = 500;

/// The minutes in which each of two programs begins new lives at a landing.
const MINUTES: [&str; 2] = ["2", "3"];

/// Runs the lives of a landing in two programs at once: each lives half of the kept seeds and then new lives.
pub fn lives_of_a_landing(as_built: bool) -> Result<()> {
    let this = env::current_exe()?;
    let simulate = || {
        let mut command = if as_built { Command::new(&this) } else { fast() };
        command.arg("simulate").args(as_built.then_some("--as-built"));
        command
    };
    if !as_built {
        // The program is built before either run begins.
        run(simulate().args(["--seeds", "1"]))?;
    }
    let profiles = PROFILES.map(Profile::name).join(",");
    let lives = |half: &str, first: u64, minutes: &str| {
        run(simulate().args(["--kept", "--half", half]))?;
        let mut command = simulate();
        command.args(["--profile", &profiles, "--seed", &first.to_string(), "--seeds", "200"]);
        run(command.args(["--minutes", minutes]))
    };
    let (one, other) = (|| lives("1", 1, MINUTES[0]), || lives("2", 1 + FURTHER_ON, MINUTES[1]));
    thread::scope(|scope| {
        let both = [scope.spawn(one), scope.spawn(other)];
        both.into_iter().try_for_each(|half| half.join().map_err(|_| anyhow!("lives broke off"))?)
    })
}

/// A command that runs this program built for simulation.
fn fast() -> Command {
    let mut command = cargo();
    command.args(["run", "--quiet", "--profile", PROFILE, "--package", "xtask", "--"]);
    command
}

fn is_fast() -> Result<bool> {
    let program = env::current_exe()?;
    Ok(program.parent().is_some_and(|folder| folder.ends_with(PROFILE)))
}

async fn seeds(arguments: &SimulateArguments, most: Option<Duration>) -> Result<()> {
    let mut tell = |lived: &Lived| {
        if lived.failure.is_some() {
            println!("{lived}");
        } else if arguments.verbose {
            println!(
                "seed {}: {} sends, {} at once, {} steps, {:016x}",
                lived.seed, lived.sends, lived.calls_at_once, lived.steps, lived.hash
            );
        }
    };
    let (firsts, count) = if arguments.kept {
        let is_of_half = |at: usize| arguments.half.is_none_or(|half| at % 2 + 1 == usize::from(half));
        let kept = regressions()?.into_keys().enumerate().filter(|(at, _)| is_of_half(*at));
        let kept: Vec<Seed> = kept.map(|(_, seed)| seed).collect();
        let count = u32::try_from(kept.len())?;
        (kept, count)
    } else {
        (arguments.firsts(), arguments.seeds)
    };
    let many = live_many(&firsts, count, most, &mut tell).await?;
    println!("{many}");
    let missed: Vec<&str> = many.missed(&firsts).into_iter().map(Kind::name).collect();
    let failed: Vec<String> = many.failed.iter().map(|lived| lived.seed.to_string()).collect();
    if let Some(first) = many.failed.into_iter().next() {
        if arguments.as_built {
            let Seed { profile, number } = first.seed;
            let again = format!("cargo xtask simulate --profile {profile} --seed {number} --seeds 1");
            println!("`{again}` looks for the shortest life that fails so");
        } else {
            println!("{}", minimise(first).await?);
        }
        bail!(
            "seeds failed: {failed:?}; those that found something belong into infra/simulator/src/regressions.txt"
        );
    }
    if !missed.is_empty() {
        bail!("what is to go wrong hardly does any more: {}", missed.join(", "));
    }
    Ok(())
}

async fn until_failure(arguments: &SimulateArguments) -> Result<()> {
    for seed in in_turn(&arguments.firsts()).take(arguments.seeds as usize) {
        let many = live_many(&[seed], 1, None, &mut |_| {}).await?;
        if let Some(lived) = many.failed.first() {
            println!("{lived}");
            bail!("seed {seed} failed");
        }
        println!("seed {seed} lived");
    }
    Ok(())
}

async fn all_crash_points(arguments: &SimulateArguments, most: Option<Duration>) -> Result<()> {
    let breaks = match arguments.pairs {
        Some(count) => Breaks::Pairs { count, seed: arguments.seed },
        None => Breaks::Single { every: arguments.every },
    };
    let found = crash_points(breaks, most, &mut |points, lived| {
        if lived.failure.is_some() {
            println!("{points:?}\n{lived}");
        } else if arguments.verbose {
            println!("{points:?}: {} sends", lived.sends);
        }
    })
    .await?;
    println!("{found}");
    if !found.failed.is_empty() {
        bail!("{} broken lives failed", found.failed.len());
    }
    Ok(())
}
