//! Pauses that end by themselves: of the campaign, of everything, of a mailbox, of one person. Some get another end meanwhile, some
//! mailboxes are resumed by hand.

use crate::chance::Chance;
use crate::plan::{Deed, What};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Campaign,
    Everybody,
    /// The first or the second.
    Mailbox(usize),
    Person(usize),
}

pub fn holidays(people: usize, days: i64, chance: &mut Chance) -> Vec<Deed> {
    let mut deeds = Vec::new();
    if !chance.per_mille(350) {
        return deeds;
    }
    let mut minutes = chance.between(0, days * 24 * 60 / 2);
    for _ in 0..1 + chance.below(3) {
        let whose = match chance.below(6) {
            0 => Whose::Campaign,
            1 => Whose::Everybody,
            which @ (2 | 3) => Whose::Mailbox(which - 2),
            _ => Whose::Person(chance.below(people)),
        };
        let lasts = chance.between(11, 2 * 24 * 60);
        deeds.push(Deed { minutes, what: What::PauseFor(whose, lasts) });
        if chance.per_mille(300) {
            let other = minutes + chance.between(1, lasts);
            deeds.push(Deed { minutes: other, what: What::PauseFor(whose, chance.between(11, 24 * 60)) });
        }
        if let Whose::Mailbox(number) = whose
            && chance.per_mille(500)
        {
            let sooner = minutes + chance.between(1, lasts);
            deeds.push(Deed { minutes: sooner, what: What::ResumeMailbox(number) });
        }
        minutes += lasts + chance.between(1, 24 * 60);
    }
    deeds
}
