//! Pauses that are longer than what is late, and what a user says of late messages: in time, twice, or never.

use crate::chance::Chance;
use crate::holidays::Whose;
use crate::plan::{Deed, What};
use serde_json::{Value, json};

const ANSWERS: [&str; 4] = ["send", "send", "skip", "hold"];

pub fn lateness(days: i64, chance: &mut Chance) -> Vec<Deed> {
    let mut deeds = Vec::new();
    if !chance.per_mille(300) {
        return deeds;
    }
    let minutes = chance.between(0, days * 24 * 60 / 3);
    let whose = *chance.pick(&[Whose::Campaign, Whose::Campaign, Whose::Everybody, Whose::Mailbox(0)]);
    let lasts = chance.between(40 * 60, 90 * 60);
    deeds.push(Deed { minutes, what: What::PauseFor(whose, lasts) });
    for _ in 0..chance.below(3) {
        // Now and then before it is over.
        let minutes = minutes + lasts + chance.between(-6 * 60, 40 * 60);
        let then = *chance.pick(&ANSWERS);
        deeds.push(Deed { minutes, what: What::AnswerLate(then) });
    }
    deeds
}

/// What ends when mail comes back for good, or somebody wants no more texts.
pub fn endings(chance: &mut Chance) -> Value {
    let mut ends = || if chance.per_mille(350) { "channel" } else { "everything" };
    json!({ "bounce": ends(), "text_stop": ends() })
}
