//! Compares variants in an A/B test: how certain a rate is, and whether one variant is ahead.
//!
//! After `n` leads of whom `x` did something, the rate follows a beta distribution, Beta(x + ½, n - x + ½),
//! which is Jeffreys' prior: it prefers no rate. As a function of the angle whose squared sine is the rate,
//! its density is sin²ˣ·cos²⁽ⁿ⁻ˣ⁾, without poles at 0 and 1. Sums over a fine grid of angles give both the
//! interval and the chance of being the best, and give the same numbers every time.

use serde::{Deserialize, Serialize};
use std::f64::consts::FRAC_PI_2;
use std::sync::OnceLock;

/// The share of tests of equal variants in which one of them may be called the winner.
const FALSE_WINNERS: f64 = 0.04;
/// The certainty that a downside needs.
const SURE: f64 = 0.95;
const POINTS: usize = 1 << 13;

/// The results of one variant, counted in leads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tried {
    pub contacted: u64,
    /// Leads who replied, and did not refuse.
    pub positive: u64,
    /// Leads who opted out.
    pub turned_away: u64,
    /// Leads who reported the message as spam.
    pub complained: u64,
    pub paused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// The share of those contacted; 0 if there were none.
    pub observed: f64,
    /// The true rate lies between `low` and `high` with 95 % certainty.
    pub low: f64,
    pub high: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Each variant's chance to be the best of those compared; none for the others.
    pub best: Vec<Option<f64>>,
    pub verdict: Finding,
    /// The index of the winner if the verdict is `Ahead` or `Mixed`.
    pub leader: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// A running variant has not reached the leads that were fixed at launch, or there is nothing to compare it with.
    TooEarly,
    NoDifference,
    /// One variant is the best: between equal ones that is said in 4 % of tests.
    Ahead,
    /// One variant is the best, and also makes the most leads opt out or complain with 95 % certainty.
    Mixed,
}

/// Rates of positive replies, in the order of the variants.
pub fn rates(tried: &[Tried]) -> Vec<Rate> {
    let rate = |one: &Tried| {
        let happened = one.positive.min(one.contacted);
        Belief::of(happened, one.contacted).rate(happened, one.contacted)
    };
    tried.iter().map(rate).collect()
}

/// Compares the variants that went to this many leads, including those paused since. Whoever compares again and again
/// finds winners that are none: `AbTests` looks once.
pub fn compare(tried: &[Tried], leads: u64) -> Comparison {
    let enough = |one: &Tried| one.contacted >= leads;
    let compared: Vec<usize> = (0..tried.len()).filter(|at| enough(&tried[*at])).collect();
    let beliefs = |of: &dyn Fn(&Tried) -> u64| -> Vec<Belief> {
        tried.iter().map(|one| Belief::of(of(one).min(one.contacted), one.contacted)).collect()
    };
    let positive = beliefs(&|one| one.positive);
    let mut best = vec![None; tried.len()];
    // A single variant has no chance of being best.
    if compared.len() >= 2 {
        for (at, chance) in compared.iter().zip(chances(&positive, &compared)) {
            best[*at] = Some(chance);
        }
    }
    // Each of them may be the false winner.
    let certainty = 1.0 - FALSE_WINNERS / compared.len().max(2) as f64;
    let sure = |at: &usize| best[*at].is_some_and(|chance| chance >= certainty);
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
    Comparison { best, verdict, leader }
}

/// The distribution of a rate on a grid of angles.
struct Belief {
    /// The probability of each grid point; they add up to 1.
    weights: Vec<f64>,
    /// The probability that the rate lies below the middle of each grid point.
    below: Vec<f64>,
}

impl Belief {
    fn of(happened: u64, of: u64) -> Self {
        let (yes, no) = (2.0 * happened as f64, 2.0 * (of - happened) as f64);
        let heights: Vec<f64> = logarithms().iter().map(|(sine, cosine)| yes * sine + no * cosine).collect();
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

    /// The rate below which the true one lies with this probability.
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

    /// The observed rate and its interval. A rate of 0 or 1 that was observed stays inside the interval.
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

/// The logarithms of sine and cosine at each grid point.
fn logarithms() -> &'static [(f64, f64)] {
    static LOGARITHMS: OnceLock<Vec<(f64, f64)>> = OnceLock::new();
    LOGARITHMS.get_or_init(|| {
        let of = |point| {
            let (sine, cosine) = middle(point).sin_cos();
            (sine.ln(), cosine.ln())
        };
        (0..POINTS).map(of).collect()
    })
}

fn middle(point: usize) -> f64 {
    (point as f64 + 0.5) * step()
}

/// The probability of each compared variant that its rate is the highest.
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
