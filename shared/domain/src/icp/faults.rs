//! What is wrong with an ICP that is about to be saved or counted.

use super::{IcpProfile, LONGEST_ICP, MOST_ICP_CONDITIONS, MOST_ICP_RULES, MOST_POINTS};
use crate::lead::custom_field::CustomFields;
use crate::lead::segment::{FitField, RuleFault, SegmentRule};

impl IcpProfile {
    /// Checks the profile against the fields that the workspace has: each fault with its place, such as
    /// `rules[1].rule.all[0]`.
    pub fn faults(&self, fields: &CustomFields) -> Vec<RuleFault> {
        let mut faults = Vec::new();
        let mut add = |path: String, why: &str| faults.push(RuleFault { path, why: why.to_owned() });
        for (path, count) in [("rules", self.rules.len()), ("weights", self.weights.len())] {
            if count > MOST_ICP_RULES {
                add(path.to_owned(), "are at most 20");
            }
        }
        if self.threshold > 100 {
            add("threshold".to_owned(), "is at most 100");
        }
        for (at, weight) in self.weights.iter().enumerate() {
            if weight.points == 0 || weight.points > MOST_POINTS {
                add(format!("weights[{at}].points"), "are 1 to 100");
            }
        }
        let conditions: usize = self.all_rules().map(|rule| rule.conditions().len()).sum();
        if conditions > MOST_ICP_CONDITIONS {
            add("rules".to_owned(), "and weights have at most 100 conditions together");
        }
        if serde_json::to_string(self).unwrap_or_default().chars().count() > LONGEST_ICP {
            add("rules".to_owned(), "and weights are at most 20,000 characters as JSON");
        }
        let places = (0..self.rules.len()).map(|at| format!("rules[{at}].rule"));
        let places = places.chain((0..self.weights.len()).map(|at| format!("weights[{at}].rule")));
        for (place, rule) in places.zip(self.all_rules()) {
            rule_faults(&place, rule, fields, &mut faults);
        }
        faults
    }
}

fn rule_faults(place: &str, rule: &SegmentRule, fields: &CustomFields, faults: &mut Vec<RuleFault>) {
    let conditions = rule.conditions();
    if conditions.is_empty() {
        faults.push(RuleFault { path: place.to_owned(), why: "needs at least one condition".to_owned() });
    }
    // An ICP that asked for the fit with another one, or with itself, would have no answer.
    if conditions.iter().any(|condition| FitField::named(&condition.field).is_some()) {
        faults
            .push(RuleFault { path: place.to_owned(), why: "asks for a fit, which ICPs cannot".to_owned() });
    }
    for fault in rule.faults(fields) {
        let dot = if fault.path.is_empty() { "" } else { "." };
        faults.push(RuleFault { path: format!("{place}{dot}{}", fault.path), why: fault.why });
    }
}
