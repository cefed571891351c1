//! Pauses that end by themselves: of the campaign, the workspace, a mailbox or one lead. Some get another end
//! meanwhile, some mailboxes are resumed by hand.

use crate::chance::Chance;
use crate::plan::user_action::{PausedScope, PlannedAction, UserAction};

pub fn pauses_that_end(people: usize, days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let mut actions = Vec::new();
    if !chance.per_mille(350) {
        return actions;
    }
    let mut minutes = chance.between(0, days * 24 * 60 / 2);
    for _ in 0..1 + chance.below(3) {
        let whose = match chance.below(6) {
            0 => PausedScope::Campaign,
            1 => PausedScope::Everybody,
            which @ (2 | 3) => PausedScope::Mailbox(which - 2),
            _ => PausedScope::Person(chance.below(people)),
        };
        let lasts = chance.between(11, 2 * 24 * 60);
        actions.push(PlannedAction::at(minutes, UserAction::PauseFor(whose, lasts)));
        if chance.per_mille(300) {
            let other = minutes + chance.between(1, lasts);
            actions.push(PlannedAction::at(other, UserAction::PauseFor(whose, chance.between(11, 24 * 60))));
        }
        if let PausedScope::Mailbox(number) = whose
            && chance.per_mille(500)
        {
            let sooner = minutes + chance.between(1, lasts);
            actions.push(PlannedAction::at(sooner, UserAction::ResumeMailbox(number)));
        }
        minutes += lasts + chance.between(1, 24 * 60);
    }
    actions
}
