//! Runs many seeds and sums up what failed, what went wrong how often, and how fast it was.

use crate::plan::{Plan, mailboxes, races, stale_reads, troubles};
use crate::profile::{Profile, Seed};
use crate::simulation::{Lived, live};
use crate::trouble::kind::Kind;
use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Many {
    pub seeds: u32,
    pub failed: Vec<Lived>,
    /// The number of seeds in which each kind struck, and of its strikes.
    pub struck: BTreeMap<Kind, (u32, u32)>,
    pub ends: BTreeMap<String, u32>,
    /// Steps left behind, by kind.
    pub passed: BTreeMap<String, u32>,
    pub virtual_seconds: i64,
    pub steps: u64,
    pub changes: u64,
    pub sends: usize,
    pub wall: Duration,
}

/// A kind that struck in fewer of a hundred seeds proves little.
const LEAST_PERCENT: u32 = 1;

/// Lives the seeds from each of `firsts` on, one of each in turn: `count` of all of them, or as many as the time allows.
pub async fn live_many(
    firsts: &[Seed],
    count: u32,
    most: Option<Duration>,
    tell: &mut dyn FnMut(&Lived),
) -> Result<Many> {
    let began = Instant::now();
    let mut many = Many::default();
    for seed in in_turn(firsts).take(count as usize) {
        if most.is_some_and(|most| began.elapsed() >= most) {
            break;
        }
        let lived = live(&Plan::of(seed)).await?;
        tell(&lived);
        many.add(lived);
    }
    many.wall = began.elapsed();
    Ok(many)
}

/// One seed from each of these on, then the next from each.
pub fn in_turn(firsts: &[Seed]) -> impl Iterator<Item = Seed> {
    (0..).flat_map(|lived| firsts.iter().map(move |first| first.later(lived)))
}

/// Kinds that lives of this profile need not have.
fn absent_from(profile: Profile) -> Vec<Kind> {
    let own: &[Kind] = match profile {
        Profile::Troubles => &troubles::KINDS,
        Profile::StaleReads => &stale_reads::KINDS,
        Profile::Races => &races::KINDS,
        Profile::Mailboxes => &mailboxes::KINDS,
        _ => return Kind::ALL.to_vec(),
    };
    let apart = [&races::KINDS[..], &stale_reads::KINDS, &troubles::KINDS, &mailboxes::KINDS].concat();
    apart.into_iter().filter(|kind| !own.contains(kind)).collect()
}

impl Many {
    fn add(&mut self, lived: Lived) {
        self.seeds += 1;
        for (kind, times) in &lived.fired {
            let (seeds, all) = self.struck.entry(*kind).or_default();
            *seeds += 1;
            *all += times;
        }
        for (why, count) in &lived.ends {
            *self.ends.entry(why.clone()).or_default() += count;
        }
        for (kind, count) in &lived.passed {
            *self.passed.entry(kind.clone()).or_default() += count;
        }
        self.virtual_seconds += lived.virtual_seconds;
        self.steps += lived.steps;
        self.changes += lived.changes;
        self.sends += lived.sends;
        if lived.failure.is_some() {
            self.failed.push(lived);
        }
    }

    /// Kinds that struck too rarely of those that these profiles have, where all lives together are
    /// many.
    pub fn missed(&self, firsts: &[Seed]) -> Vec<Kind> {
        let is_absent = |kind: &Kind| firsts.iter().all(|first| absent_from(first.profile).contains(kind));
        let enough = self.seeds >= 100 / LEAST_PERCENT;
        self.rare().into_iter().filter(|kind| enough && !is_absent(kind)).collect()
    }

    /// Kinds that struck too rarely.
    fn rare(&self) -> Vec<Kind> {
        let seeds = |kind: &Kind| self.struck.get(kind).map_or(0, |(seeds, _)| *seeds);
        let rare = |kind: &&Kind| seeds(kind) * 100 < self.seeds * LEAST_PERCENT || seeds(kind) == 0;
        Kind::ALL.iter().filter(rare).copied().collect()
    }
}

impl Display for Many {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nWhat went wrong                               seeds    times")?;
        for kind in Kind::ALL {
            let (seeds, times) = self.struck.get(kind).copied().unwrap_or_default();
            writeln!(f, "  {:<42}{seeds:>7}{times:>9}", kind.name())?;
        }
        let rare: Vec<&str> = self.rare().into_iter().map(Kind::name).collect();
        if !rare.is_empty() {
            writeln!(f, "  in under {LEAST_PERCENT} % of the seeds: {}", rare.join(", "))?;
        }
        let counted = |counts: &BTreeMap<String, u32>| {
            let words: Vec<String> = counts.iter().map(|(what, count)| format!("{what} {count}")).collect();
            words.join(", ")
        };
        writeln!(f, "\nSequences: {}", counted(&self.ends))?;
        writeln!(f, "Steps: {}", counted(&self.passed))?;
        let seconds = self.wall.as_secs_f64().max(0.001);
        writeln!(
            f,
            "{} seeds, {} failed; {} messages sent, {} steps, {} changes in {seconds:.0} s: {:.2} seeds and {:.0} changes a second, {:.0} times as fast as the clock",
            self.seeds,
            self.failed.len(),
            self.sends,
            self.steps,
            self.changes,
            f64::from(self.seeds) / seconds,
            self.changes as f64 / seconds,
            self.virtual_seconds as f64 / seconds,
        )
    }
}

impl Display for Lived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(failure) = &self.failure else { return writeln!(f, "seed {} holds", self.seed) };
        writeln!(f, "\nseed {} FAILED\n  {failure}\nwhat went wrong on purpose", self.seed)?;
        for line in &self.faults {
            writeln!(f, "  {line}")?;
        }
        writeln!(f, "the last decisions")?;
        self.trace.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_that_never_strikes_is_missed() {
        let mut many = Many { seeds: 100, ..Many::default() };
        many.struck = Kind::ALL.iter().map(|kind| (*kind, (1, 1))).collect();
        assert_eq!(many.missed(&[Profile::Races.seed(1)]), []);
        many.struck.remove(&Kind::OneOffOverlaps);
        assert_eq!(many.missed(&[Profile::Races.seed(1)]), [Kind::OneOffOverlaps]);
        assert_eq!(many.missed(&[Profile::FullDays.seed(1)]), []);
        assert_eq!(many.missed(&[Profile::FullDays.seed(1), Profile::Races.seed(1)]), [Kind::OneOffOverlaps]);
        many.seeds = 99;
        assert_eq!(many.missed(&[Profile::Races.seed(1)]), []);
    }

    #[test]
    fn kind_absent_from_one_profile_is_missed_in_another() {
        let mut many = Many { seeds: 100, ..Many::default() };
        many.struck = Kind::ALL.iter().map(|kind| (*kind, (1, 1))).collect();
        many.struck.remove(&Kind::StaleTable);
        assert_eq!(many.missed(&[Profile::Races.seed(1)]), []);
        assert_eq!(
            many.missed(
                &[Profile::Short, Profile::Races, Profile::StaleReads].map(|profile| profile.seed(1))
            ),
            [Kind::StaleTable]
        );
    }

    #[test]
    fn profiles_take_turns() {
        let firsts = [Profile::Short, Profile::Races].map(|profile| profile.seed(1));
        let seeds: Vec<String> = in_turn(&firsts).take(5).map(|seed| seed.to_string()).collect();
        assert_eq!(seeds, ["short 1", "races 1", "short 2", "races 2", "short 3"]);
    }
}
