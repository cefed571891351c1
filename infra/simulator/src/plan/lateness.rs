//! Pauses that make steps late, and a user's answers about late messages: in time, twice, or never.

use crate::chance::Chance;
use crate::plan::user_action::{PausedScope, PlannedAction, UserAction};
use serde_json::{Value, json};

const ANSWERS: [&str; 4] = ["send", "send", "skip", "hold"];

pub fn lateness(days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let mut actions = Vec::new();
    if !chance.per_mille(300) {
        return actions;
    }
    let minutes = chance.between(0, days * 24 * 60 / 3);
    let whose = *chance.pick(&[
        PausedScope::Campaign,
        PausedScope::Campaign,
        PausedScope::Everybody,
        PausedScope::Mailbox(0),
    ]);
    let lasts = chance.between(40 * 60, 90 * 60);
    actions.push(PlannedAction::at(minutes, UserAction::PauseFor(whose, lasts)));
    for _ in 0..chance.below(3) {
        // Now and then before it is over.
        let minutes = minutes + lasts + chance.between(-6 * 60, 40 * 60);
        let then = *chance.pick(&ANSWERS);
        actions.push(PlannedAction::at(minutes, UserAction::AnswerLate(then)));
    }
    actions
}

/// What ends when mail comes back for good, or somebody wants no more texts.
pub fn endings(chance: &mut Chance) -> Value {
    let mut ends = || if chance.per_mille(350) { "channel" } else { "everything" };
    json!({ "bounce": ends(), "text_stop": ends() })
}
