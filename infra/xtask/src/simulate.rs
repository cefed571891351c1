//! `cargo xtask simulate`: runs many simulated lives of the whole product and checks them from outside.

use crate::process::{cargo, read, run};
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use simulator::{
    Breaks, Kind, Lived, MEDDLED, SELDOM, STALE, TROUBLED, crash_points, in_turn, live_many, minimise,
    regressions,
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
    /// The first seed; with several between commas, each begins a kind of life, and the kinds take turns.
    #[arg(long, value_delimiter = ',', default_values_t = [1])]
    seed: Vec<u64>,
    /// Runs every seed that once failed and is kept, instead of new ones.
    #[arg(long, conflicts_with_all = ["seed", "seeds"])]
    kept: bool,
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
}

/// The build profile of simulated lives; its binaries are in a folder of this name.
pub const PROFILE: &str = "simulation";

pub fn simulate(arguments: &SimulateArguments) -> Result<()> {
    if !arguments.as_built && !is_fast()? {
        return run(fast().args(env::args_os().skip(1)));
    }
    crate::dev::show_logs("off");
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

/// The first seeds of each kind of life: simple ones; those in which everything may go wrong, also two things
/// at once; those made for a row of rare events; those whose reads often lag; and those with a trouble of
/// their own. The second of two programs begins `FURTHER_ON` seeds later.
const KINDS: [u64; 5] = [1_000, MEDDLED, SELDOM, STALE, TROUBLED];
const FURTHER_ON: u64 = 500;

/// The minutes in which new lives are begun at a landing.
const MINUTES: &str = "2";
/// The number of kept seeds that a landing runs: all of them take ten minutes.
const KEPT: usize = 20;

/// Runs the lives of a landing in two programs at once: some of the seeds that once failed, then new lives
/// for [`MINUTES`] minutes, in which every kind has its turn.
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
    let kept: Vec<u64> = regressions()?.into_keys().collect();
    let chosen = chosen(&kept, commit_number()?, KEPT);
    let live = |further_on: u64, kept: &[u64]| {
        run(simulate().args(["--seeds", &kept.len().to_string(), "--seed", &with_commas(kept)]))?;
        let firsts: Vec<u64> = KINDS.iter().map(|first| first + further_on).collect();
        run(simulate().args(["--seeds", "200", "--minutes", MINUTES, "--seed", &with_commas(&firsts)]))
    };
    let (some, others) = chosen.split_at(chosen.len() / 2);
    thread::scope(|scope| {
        let both = [(0, some), (FURTHER_ON, others)]
            .map(|(further_on, kept)| scope.spawn(move || live(further_on, kept)));
        let told = both.map(|half| half.join().map_err(|_| anyhow!("lives broke off"))?);
        told.into_iter().collect()
    })
}

fn with_commas(seeds: &[u64]) -> String {
    seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

/// A number from the commit that selects the kept seeds of a landing: the same ones if it is repeated, others
/// with the next commit.
fn commit_number() -> Result<u64> {
    let hash = read(Command::new("git").args(["rev-parse", "HEAD"]).current_dir(crate::tree::root()))?;
    let digits = hash.get(..8).context("git names a commit by at least eight digits")?;
    Ok(u64::from_str_radix(digits, 16)?)
}

/// Selects `count` of the seeds, spread evenly over the list, beginning where the number points.
fn chosen(seeds: &[u64], number: u64, count: usize) -> Vec<u64> {
    let count = count.min(seeds.len());
    let first = usize::try_from(number % seeds.len().max(1) as u64).unwrap_or(0);
    (0..count).map(|nth| seeds[(first + nth * seeds.len() / count) % seeds.len()]).collect()
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
                "seed {}: {} sends, {} steps, {:016x}",
                lived.seed, lived.sends, lived.steps, lived.hash
            );
        }
    };
    let kept: Vec<u64> = if arguments.kept { regressions()?.into_keys().collect() } else { Vec::new() };
    let (firsts, count) = match &kept[..] {
        [] => (&arguments.seed[..], arguments.seeds),
        kept => (kept, u32::try_from(kept.len())?),
    };
    let many = live_many(firsts, count, most, &mut tell).await?;
    println!("{many}");
    let missed: Vec<&str> = many.missed(firsts).into_iter().map(Kind::name).collect();
    let failed: Vec<u64> = many.failed.iter().map(|lived| lived.seed).collect();
    if let Some(first) = many.failed.into_iter().next() {
        println!("{}", minimise(first).await?);
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
    for seed in in_turn(&arguments.seed).take(arguments.seeds as usize) {
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
        Some(count) => Breaks::Pairs { count, seed: arguments.seed.first().copied().unwrap_or(1) },
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

#[cfg(test)]
mod tests {
    use super::chosen;
    use std::collections::BTreeSet;

    #[test]
    fn chosen_seeds_differ_by_commit_without_repeats() {
        let kept: Vec<u64> = (100..189).collect();
        let first = chosen(&kept, 7, 20);
        assert_eq!(first, chosen(&kept, 7, 20), "the same commit lives the same seeds");
        assert_ne!(first, chosen(&kept, 8, 20));
        assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 20);
        let all: BTreeSet<u64> = (0..89).flat_map(|number| chosen(&kept, number, 20)).collect();
        assert_eq!(all.len(), kept.len(), "every seed has its turn");
        assert_eq!(chosen(&kept[..3], 5, 20).len(), 3);
        assert!(chosen(&[], 5, 20).is_empty());
    }
}
