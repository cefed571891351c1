//! Crash points: every call that functions make in a short life is broken once. The function is killed before or
//! after it, its answer is lost, or it comes so late that the function is over.

use crate::chance::Chance;
use crate::plan::Plan;
use crate::simulation::{Lived, live_broken};
use crate::trouble::disorder::{Crash, CrashPoint};
use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::time::{Duration, Instant};

/// Which of them are tried.
#[derive(Debug, Clone, Copy)]
pub enum Breaks {
    /// One a life: every nth call, each in every way.
    Single { every: usize },
    /// Two a life, drawn.
    Pairs { count: usize, seed: u64 },
}

#[derive(Debug, Default)]
pub struct CrashPoints {
    /// Calls by function, and those it made to providers.
    pub calls: BTreeMap<String, u32>,
    pub tried: u32,
    /// Lives that were not lived, for want of time.
    pub left: u32,
    pub failed: Vec<(Vec<CrashPoint>, Lived)>,
    pub wall: Duration,
}

pub async fn crash_points(
    breaks: Breaks,
    most: Option<Duration>,
    tell: &mut dyn FnMut(&[CrashPoint], &Lived),
) -> Result<CrashPoints> {
    let began = Instant::now();
    let plan = Plan::smallest();
    let whole = live_broken(&plan, &[]).await?;
    ensure!(whole.failure.is_none(), "the life that is to be broken does not hold: {whole}");
    let mut found = CrashPoints::default();
    for call in &whole.calls {
        let who = call.split(' ').next().unwrap_or(call);
        *found.calls.entry(if who == "to" { call.clone() } else { who.to_owned() }).or_default() += 1;
    }
    for points in breaks.of(whole.calls.len()) {
        if most.is_some_and(|most| began.elapsed() >= most) {
            found.left += 1;
            continue;
        }
        let lived = live_broken(&plan, &points).await?;
        tell(&points, &lived);
        found.tried += 1;
        if lived.failure.is_some() {
            found.failed.push((points, lived));
        }
    }
    found.wall = began.elapsed();
    Ok(found)
}

impl Breaks {
    fn of(self, calls: usize) -> Vec<Vec<CrashPoint>> {
        match self {
            Self::Single { every } => {
                let points = (0..calls).flat_map(|at| Crash::ALL.map(|how| vec![CrashPoint { at, how }]));
                points.step_by(every.max(1)).collect()
            }
            Self::Pairs { count, seed } => {
                let mut chance = Chance::of(seed, "pairs of crash points");
                let mut draw = || CrashPoint { at: chance.below(calls), how: *chance.pick(&Crash::ALL) };
                (0..count).map(|_| vec![draw(), draw()]).collect()
            }
        }
    }
}

impl Display for CrashPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nCalls in a short life")?;
        for (who, count) in &self.calls {
            writeln!(f, "  {who:<24}{count:>6}")?;
        }
        let calls: u32 = self.calls.values().sum();
        let all = calls as usize * Crash::ALL.len();
        writeln!(
            f,
            "{all} crash points at {calls} calls; {} broken lives in {:.0} s, {} left for want of time, {} failed",
            self.tried,
            self.wall.as_secs_f64(),
            self.left,
            self.failed.len(),
        )
    }
}
