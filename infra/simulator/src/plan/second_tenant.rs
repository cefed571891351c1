//! The plan of a second workspace: its people, some of whom the first one knows too, and its sequence.

use crate::chance::Chance;
use crate::plan::steps::{Does, Step};
use crate::plan::{Person, person};
use crate::profile::{Profile, Seed};

/// The number of the second workspace's first own person.
const FIRST: usize = 50;

/// What a seed plans for them.
#[derive(Debug, Clone)]
pub struct SecondTenantPlan {
    pub people: Vec<Person>,
    pub steps: Vec<Step>,
}

pub fn second_tenant(seed: Seed, people: &[Person]) -> Option<SecondTenantPlan> {
    let mut chance = Chance::since(Profile::TwoTenants, seed, "neighbours", 700)?;
    let mut theirs: Vec<Person> = people.iter().filter(|_| chance.per_mille(500)).cloned().collect();
    theirs.extend((0..1 + chance.below(2)).map(|number| person(FIRST + number, &mut chance)));
    let step = |id: usize, chance: &mut Chance| {
        let does = if id.is_multiple_of(2) { Does::Mail } else { Does::Wait };
        let amount = if id == 0 { 0 } else { chance.between(0, 30) };
        Step { id, does, amount, unit: "hours", variants: 0, days: [None; 2] }
    };
    let steps = (0..3 + 2 * chance.below(2)).map(|id| step(id, &mut chance)).collect();
    Some(SecondTenantPlan { people: theirs, steps })
}
