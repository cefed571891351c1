//! Finds the smallest plan that still fails: faults and actions are taken away one by one, then people and days.

use crate::plan::Plan;
use crate::simulation::{Lived, live};
use anyhow::Result;
use std::fmt::{self, Display};

/// Lives that are tried at most.
const TRIES: u32 = 60;

/// A plan as small as it was found to fail, and how it does.
#[derive(Debug)]
pub struct Smallest {
    pub plan: Plan,
    pub lived: Lived,
}

pub async fn minimise(failed: Lived) -> Result<Smallest> {
    let complaint = failed.failure.as_deref().map(complaint_of);
    let mut smallest = Smallest { plan: Plan::of(failed.seed), lived: failed };
    let mut left = TRIES;
    let mut changed = true;
    while changed && left > 0 {
        changed = false;
        for shrink in [without_rule, with_rarer_rule, without_deed, without_person, with_fewer_days] {
            let mut at = 0;
            while let Some(plan) = shrink(&smallest.plan, at).filter(|_| left > 0) {
                left -= 1;
                let lived = live(&plan).await?;
                if lived.failure.as_deref().map(complaint_of) == complaint {
                    smallest = Smallest { plan, lived };
                    changed = true;
                } else {
                    at += 1;
                }
            }
        }
    }
    Ok(smallest)
}

/// What is wrong, whoever it is about: a smaller plan that fails otherwise is another failure.
fn complaint_of(failure: &str) -> String {
    let first = failure.lines().next().unwrap_or_default();
    let words =
        first.split_whitespace().filter(|word| !word.contains(|one_off: char| one_off.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

fn without_rule(plan: &Plan, at: usize) -> Option<Plan> {
    let mut plan = plan.clone();
    (at < plan.rules.len()).then(|| plan.rules.remove(at))?;
    Some(plan)
}

fn with_rarer_rule(plan: &Plan, at: usize) -> Option<Plan> {
    let mut plan = plan.clone();
    let rule = plan.rules.iter_mut().filter(|rule| rule.most > 1).nth(at)?;
    rule.most /= 2;
    Some(plan)
}

fn without_deed(plan: &Plan, at: usize) -> Option<Plan> {
    let mut plan = plan.clone();
    (at < plan.actions.len()).then(|| plan.actions.remove(at))?;
    Some(plan)
}

fn without_person(plan: &Plan, at: usize) -> Option<Plan> {
    let mut plan = plan.clone();
    (plan.people.len() > 1 && at < plan.people.len()).then(|| plan.people.remove(at))?;
    Some(plan)
}

fn with_fewer_days(plan: &Plan, at: usize) -> Option<Plan> {
    let mut plan = plan.clone();
    plan.days /= 2;
    (at == 0 && plan.days > 0).then_some(plan)
}

impl Display for Smallest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { days, people, steps, rules, actions, .. } = &self.plan;
        writeln!(
            f,
            "\nThe least that still fails: {} people, {} steps, {days} days",
            people.len(),
            steps.len()
        )?;
        for rule in rules {
            writeln!(f, "  {}, {} times at most", rule.kind.name(), rule.most)?;
        }
        for action in actions {
            writeln!(f, "  the user, {} minutes after the launch: {:?}", action.minutes, action.what)?;
        }
        write!(f, "{}", self.lived)
    }
}
