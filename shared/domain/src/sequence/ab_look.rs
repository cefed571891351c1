//! The one look at an A/B test. A difference that is looked for again and again is found by chance in the end: so the number
//! of leads that each variant must reach is fixed at launch, the figures are judged when it is reached, and what was seen
//! then stays. Nothing is judged, shown or acted upon before.

use crate::ids::{StepId, VariantId};
use crate::sequence::Step;
use crate::sequence::ab_test::{Finding, Tried, compare};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The leads of each variant, unless the campaign says otherwise.
pub const USUAL_LEADS: u64 = 1_000;
pub const FEWEST_LEADS: u64 = 100;
pub const MOST_LEADS: u64 = 100_000;

/// The quantile of the normal distribution for a false winner in at most 4 % of tests, and for a difference that is found
/// in 80 % of them.
const CERTAINTY: f64 = 2.053_7;
const POWER: f64 = 0.841_6;

/// A campaign's A/B tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbTests {
    /// The leads that each variant must reach before the look. It does not change after the launch.
    pub leads: u64,
    /// What was seen, for each step and set of variants once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<AbLook>,
}

impl Default for AbTests {
    fn default() -> Self {
        Self { leads: USUAL_LEADS, looks: Vec::new() }
    }
}

/// What was seen when each variant of a step had reached enough leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbLook {
    pub step: StepId,
    pub at: Timestamp,
    pub finding: Finding,
    /// The winner, if the finding is `Ahead` or `Mixed`.
    pub leader: Option<VariantId>,
    /// The variants that were compared, each with its chance to be the best, in hundredths of a percent.
    pub compared: Vec<(VariantId, u16)>,
}

impl AbLook {
    /// The chance that the variant was the best; none if it was not compared.
    pub fn chance_of(&self, variant: &VariantId) -> Option<f64> {
        let (_, chance) = self.compared.iter().find(|(compared, _)| compared == variant)?;
        Some(f64::from(*chance) / 10_000.0)
    }
}

impl AbTests {
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// What was seen of the variants that run now. A variant that was added since begins another test.
    pub fn look_of(&self, step: &Step) -> Option<&AbLook> {
        let covers = |look: &&AbLook| {
            let mut running = step.kind.variants().iter().filter(|variant| !variant.paused);
            look.step == step.id && running.all(|variant| look.chance_of(&variant.id).is_some())
        };
        self.looks.iter().rev().find(covers)
    }

    /// Whether the step is tested and was not looked at yet.
    pub fn is_open(&self, step: &Step) -> bool {
        let running = step.kind.variants().iter().filter(|variant| !variant.paused);
        running.count() >= 2 && self.look_of(step).is_none()
    }

    /// Looks at the step's variants, given their results, if each that runs has reached enough leads and it was not
    /// looked at before. True if it was now.
    pub fn look(&mut self, step: &Step, tried: &[Tried], now: Timestamp) -> bool {
        let variants = step.kind.variants();
        let has_enough = |one: &Tried| one.paused || one.contacted >= self.leads;
        if !self.is_open(step) || tried.len() != variants.len() || !tried.iter().all(has_enough) {
            return false;
        }
        let found = compare(tried, self.leads);
        let chance = |chance: f64| (chance * 10_000.0).clamp(0.0, 10_000.0) as u16;
        let compared = variants.iter().zip(&found.best);
        let compared = compared.filter_map(|(variant, best)| Some((variant.id.clone(), chance((*best)?))));
        self.looks.push(AbLook {
            step: step.id.clone(),
            at: now,
            finding: found.verdict,
            leader: found.leader.map(|leader| variants[leader].id.clone()),
            compared: compared.collect(),
        });
        true
    }
}

/// The leads that each variant needs so that this difference from this rate of positive replies is found in four of five
/// tests. Both are shares between 0 and 1.
pub fn proposed_leads(base: f64, difference: f64) -> u64 {
    let (one, other) = (base.clamp(0.0, 1.0), (base + difference).clamp(0.0, 1.0));
    let spread = one * (1.0 - one) + other * (1.0 - other);
    let apart = (other - one).powi(2);
    if apart < f64::EPSILON {
        return MOST_LEADS;
    }
    let leads = (CERTAINTY + POWER).powi(2) * spread / apart;
    (leads.ceil() as u64).clamp(FEWEST_LEADS, MOST_LEADS)
}

#[cfg(test)]
mod tests;
