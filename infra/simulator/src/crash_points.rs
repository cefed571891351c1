//! Every call that functions make in a short life, broken one at a time: killed before it, killed after it, its answer lost.

use crate::disorder::{Crash, CrashPoint};
use crate::plan::Plan;
use crate::simulation::{Lived, live_broken};
use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct CrashPoints {
    /// Calls by function, and those it made to providers.
    pub calls: BTreeMap<String, u32>,
    pub tried: u32,
    /// Points that were not tried, for want of time.
    pub left: u32,
    pub failed: Vec<(CrashPoint, Lived)>,
    pub wall: Duration,
}

/// Tries every `nth` point, from the first on.
pub async fn crash_points(
    nth: usize,
    most: Option<Duration>,
    tell: &mut dyn FnMut(CrashPoint, &Lived),
) -> Result<CrashPoints> {
    let began = Instant::now();
    let plan = Plan::smallest();
    let whole = live_broken(&plan, None).await?;
    ensure!(whole.failure.is_none(), "the life that is to be broken does not hold: {whole}");
    let mut found = CrashPoints::default();
    for call in &whole.calls {
        let who = call.split(' ').next().unwrap_or(call);
        *found.calls.entry(if who == "to" { call.clone() } else { who.to_owned() }).or_default() += 1;
    }
    let points = (0..whole.calls.len()).flat_map(|at| Crash::ALL.map(|how| CrashPoint { at, how }));
    for point in points.step_by(nth.max(1)) {
        if most.is_some_and(|most| began.elapsed() >= most) {
            found.left += 1;
            continue;
        }
        let lived = live_broken(&plan, Some(point)).await?;
        tell(point, &lived);
        found.tried += 1;
        if lived.failure.is_some() {
            found.failed.push((point, lived));
        }
    }
    found.wall = began.elapsed();
    Ok(found)
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
            "{all} crash points at {calls} calls; {} tried in {:.0} s, {} left for want of time, {} failed",
            self.tried,
            self.wall.as_secs_f64(),
            self.left,
            self.failed.len(),
        )
    }
}
