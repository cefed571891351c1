//! Mailboxes that go while people are under way, and mostly come back; secrets that are no longer valid until somebody notices.

use crate::chance::Chance;
use crate::plan::{Deed, What};

pub fn losses(days: i64, chance: &mut Chance) -> Vec<Deed> {
    let mut deeds = Vec::new();
    if !chance.per_mille(400) {
        return deeds;
    }
    let mut minutes = chance.between(0, days * 24 * 60 / 2);
    for _ in 0..=chance.below(3) {
        let later = minutes + chance.between(1, 3 * 24 * 60);
        let mut add = |minutes, what| deeds.push(Deed { minutes, what });
        match chance.below(4) {
            0 => add(minutes, What::DeleteSecondMailbox),
            1 => {
                add(minutes, What::ChooseMailboxes(1));
                add(later, What::ChooseMailboxes(2));
            }
            which => {
                let first = which == 2;
                add(minutes, What::SwitchMailbox { first, on: false });
                add(later, What::SwitchMailbox { first, on: true });
            }
        }
        minutes = later + chance.between(1, 24 * 60);
    }
    deeds
}

pub fn rotations(days: i64, chance: &mut Chance) -> Vec<Deed> {
    let mut deeds = Vec::new();
    if !chance.per_mille(150) {
        return deeds;
    }
    for number in 1..=1 + chance.below(2) as u32 {
        let minutes = chance.between(0, days * 24 * 60);
        let noticed = minutes + chance.between(0, 24 * 60);
        deeds.push(Deed { minutes, what: What::RotateSecrets(number) });
        deeds.push(Deed { minutes: noticed, what: What::EnterSecrets });
    }
    deeds
}
