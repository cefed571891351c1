//! Variants compared: how sure one may be of a rate, and whether one of them is ahead.
//!
//! What is known of a rate after `n` people of whom `x` did it is a beta distribution, Beta(x + ½, n - x + ½): Jeffreys'
//! prior, which prefers no rate to another. In the angle whose squared sine the rate is, its density is
//! sin²ˣ·cos²⁽ⁿ⁻ˣ⁾, without the poles it has at 0 and 1; summed over a fine grid it gives the interval and the chance of
//! being the best by the same numbers, the same every time.

use serde::Serialize;
use std::f64::consts::FRAC_PI_2;

/// Below it nobody is called ahead, whatever the figures look like.
pub const SAMPLE_FLOOR: u64 = 100;
/// How sure one has to be.
const SURE: f64 = 0.95;
const POINTS: usize = 1 << 13;

/// What came of one variant: people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tried {
    pub contacted: u64,
    /// Who answered, and not with a no.
    pub positive: u64,
    /// Who opted out.
    pub turned_away: u64,
    /// Who reported it as spam.
    pub complained: u64,
    pub paused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Of those contacted; 0 of nobody.
    pub observed: f64,
    /// With 95 % the true rate is between the two.
    pub low: f64,
    pub high: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Positive answers, in the order of the variants.
    pub rates: Vec<Rate>,
    /// The chance to be the best of those that are compared.
    pub best: Vec<Option<f64>>,
    pub verdict: Finding,
    /// By its place; of `Ahead` and `Mixed`.
    pub leader: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// One that goes on was sent to fewer than 100 people, or there is nothing to compare it with.
    TooEarly,
    NoDifference,
    /// With 95 % the best.
    Ahead,
    /// With 95 % the best, and with 95 % the one that makes most people opt out or complain.
    Mixed,
}

/// Compared are those that were sent to enough people, also when they are paused by now.
pub fn compare(tried: &[Tried]) -> Comparison {
    let enough = |one: &Tried| one.contacted >= SAMPLE_FLOOR;
    let compared: Vec<usize> = (0..tried.len()).filter(|at| enough(&tried[*at])).collect();
    let beliefs = |of: &dyn Fn(&Tried) -> u64| -> Vec<Belief> {
        tried.iter().map(|one| Belief::of(of(one).min(one.contacted), one.contacted)).collect()
    };
    let positive = beliefs(&|one| one.positive);
    let mut best = vec![None; tried.len()];
    // One alone is the best of nothing.
    if compared.len() >= 2 {
        for (at, chance) in compared.iter().zip(chances(&positive, &compared)) {
            best[*at] = Some(chance);
        }
    }
    let sure = |at: &usize| best[*at].is_some_and(|chance| chance >= SURE);
    let leader = compared.iter().copied().find(sure);
    let waits = compared.len() < 2 || tried.iter().any(|one| !one.paused && !enough(one));
    let verdict = match leader {
        _ if waits => Finding::TooEarly,
        None => Finding::NoDifference,
        Some(leader) => {
            let most = |of: &dyn Fn(&Tried) -> u64| {
                let worst = chances(&beliefs(of), &compared);
                compared.iter().zip(worst).any(|(at, worst)| *at == leader && worst >= SURE)
            };
            let at_a_price = most(&|one| one.turned_away) || most(&|one| one.complained);
            if at_a_price { Finding::Mixed } else { Finding::Ahead }
        }
    };
    let leader = leader.filter(|_| matches!(verdict, Finding::Ahead | Finding::Mixed));
    let rates = positive.iter().zip(tried).map(|(belief, one)| belief.rate(one.positive, one.contacted));
    Comparison { rates: rates.collect(), best, verdict, leader }
}

/// Where a rate may lie, on a grid of angles.
struct Belief {
    /// How likely each is; together 1.
    weights: Vec<f64>,
    /// How likely it is no greater than the middle of each.
    below: Vec<f64>,
}

impl Belief {
    fn of(happened: u64, of: u64) -> Self {
        let (yes, no) = (2.0 * happened as f64, 2.0 * (of - happened) as f64);
        let heights: Vec<f64> = (0..POINTS)
            .map(|point| {
                let (sine, cosine) = middle(point).sin_cos();
                yes * sine.ln() + no * cosine.ln()
            })
            .collect();
        let highest = heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let heights: Vec<f64> = heights.into_iter().map(|height| (height - highest).exp()).collect();
        let sum: f64 = heights.iter().sum();
        let weights: Vec<f64> = heights.into_iter().map(|height| height / sum).collect();
        let mut passed = 0.0;
        let below = weights.iter().map(|weight| {
            passed += weight;
            passed - weight / 2.0
        });
        let below = below.collect();
        Self { weights, below }
    }

    /// The rate that it is below of with this probability.
    fn quantile(&self, probability: f64) -> f64 {
        let mut passed = 0.0;
        for (point, weight) in self.weights.iter().enumerate() {
            if passed + weight >= probability {
                let within = if *weight > 0.0 { (probability - passed) / weight } else { 0.0 };
                let angle = (point as f64 + within) * step();
                return angle.sin().powi(2);
            }
            passed += weight;
        }
        1.0
    }

    /// Nobody and everybody are never ruled out by having seen nothing else.
    fn rate(&self, happened: u64, of: u64) -> Rate {
        let outside = (1.0 - 0.95) / 2.0;
        Rate {
            observed: if of == 0 { 0.0 } else { happened as f64 / of as f64 },
            low: if happened == 0 { 0.0 } else { self.quantile(outside) },
            high: if happened == of { 1.0 } else { self.quantile(1.0 - outside) },
        }
    }
}

fn step() -> f64 {
    FRAC_PI_2 / POINTS as f64
}

fn middle(point: usize) -> f64 {
    (point as f64 + 0.5) * step()
}

/// Of each of those compared: how likely its rate is the highest.
fn chances(beliefs: &[Belief], compared: &[usize]) -> Vec<f64> {
    let highest = |one: &usize| {
        let others = || compared.iter().filter(move |other| *other != one);
        let weights = beliefs[*one].weights.iter().enumerate();
        weights
            .map(|(point, weight)| {
                weight * others().map(|other| beliefs[*other].below[point]).product::<f64>()
            })
            .sum()
    };
    compared.iter().map(highest).collect()
}

#[cfg(test)]
mod tests;
