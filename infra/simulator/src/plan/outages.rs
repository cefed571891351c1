//! Outages of mailboxes while leads are under way, which mostly end; and secrets that are rotated until a user enters
//! the new ones.

use crate::chance::Chance;
use crate::plan::user_action::{PlannedAction, UserAction};

pub fn outages(days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let mut actions = Vec::new();
    if !chance.per_mille(400) {
        return actions;
    }
    let mut minutes = chance.between(0, days * 24 * 60 / 2);
    for _ in 0..=chance.below(3) {
        let later = minutes + chance.between(1, 3 * 24 * 60);
        let mut add = |minutes, what| actions.push(PlannedAction::at(minutes, what));
        match chance.below(4) {
            0 => add(minutes, UserAction::DeleteSecondMailbox),
            1 => {
                add(minutes, UserAction::ChooseMailboxes(1));
                add(later, UserAction::ChooseMailboxes(2));
            }
            which => {
                let first = which == 2;
                add(minutes, UserAction::SwitchMailbox { first, on: false });
                add(later, UserAction::SwitchMailbox { first, on: true });
            }
        }
        minutes = later + chance.between(1, 24 * 60);
    }
    actions
}

pub fn rotations(days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let mut actions = Vec::new();
    if !chance.per_mille(150) {
        return actions;
    }
    for number in 1..=1 + chance.below(2) as u32 {
        let minutes = chance.between(0, days * 24 * 60);
        let noticed = minutes + chance.between(0, 24 * 60);
        actions.push(PlannedAction::at(minutes, UserAction::RotateSecrets(number)));
        actions.push(PlannedAction::at(noticed, UserAction::EnterSecrets));
    }
    actions
}
