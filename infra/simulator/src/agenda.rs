//! What users do meanwhile, and people of their own accord: when, to whom, how often.

use crate::chance::Chance;
use crate::plan::{Deed, What};

pub fn deeds(people: usize, days: i64, chance: &mut Chance) -> Vec<Deed> {
    let end = days * 24 * 60;
    let mut deeds = Vec::new();
    for _ in 0..chance.below(5) {
        let minutes = match chance.below(3) {
            0 => chance.between(0, 20),
            1 => chance.between(0, end / 4),
            _ => chance.between(0, end),
        };
        let who = chance.below(people);
        let later = minutes + chance.between(1, 3 * 24 * 60);
        let mut add = |minutes, what| deeds.push(Deed { minutes, what });
        match chance.below(10) {
            0 | 1 => {
                add(minutes, What::PauseCampaign);
                add(later, What::ResumeCampaign);
            }
            2 => {
                add(minutes, What::StopSending);
                add(later, What::ResumeSending);
            }
            3 => add(minutes, What::EditSequence),
            4 => add(minutes, What::DeleteLead(who)),
            5 => add(minutes, What::StopLead(who)),
            6 => add(minutes, What::SuppressLead(who)),
            7 => add(
                minutes,
                if who.is_multiple_of(2) { What::DoNotContact(who) } else { What::RemoveLead(who) },
            ),
            8 => add(minutes, What::QualifyLead(who)),
            _ => {
                add(minutes, What::PauseLead(who));
                add(later, What::ResumeLead(who));
            }
        }
    }
    deeds
}

/// What people do of their own accord, users who enrol them once more, and lists of those to be left alone.
pub fn meetings(people: usize, days: i64, chance: &mut Chance) -> Vec<Deed> {
    let end = days * 24 * 60;
    let mut deeds = Vec::new();
    for _ in 0..chance.below(people + 2) {
        let minutes = chance.between(10, end);
        let who = chance.below(people);
        let what = match chance.below(14) {
            0 => What::Answer(who),
            1 => What::AskToStop(who),
            2 => What::Unsubscribe(who),
            3 | 4 => What::Pay(who),
            5 => What::TextBack(who),
            6 => What::TextStop(who),
            7 => What::SuppressDomain(who),
            8 => What::DoNotContact(who),
            _ => What::Encore(who),
        };
        deeds.push(Deed { minutes, what });
    }
    deeds
}

/// Some write on WhatsApp, and are enrolled again within the day or a little later.
pub fn chats(people: usize, days: i64, chance: &mut Chance) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for _ in 0..1 + chance.below(people) {
        let (minutes, who) = (chance.between(5, days * 24 * 60), chance.below(people));
        deeds.push(Deed { minutes, what: What::ChatBack(who) });
        let later = minutes + chance.between(5, 30 * 60);
        deeds.push(Deed { minutes: later, what: What::Encore(who) });
    }
    deeds
}

/// Some reach what the rest of the sequence is for, sooner or later.
pub fn qualified(people: usize, days: i64, chance: &mut Chance) -> Vec<Deed> {
    let deed = |chance: &mut Chance| Deed {
        minutes: chance.between(5, days * 24 * 60),
        what: What::QualifyLead(chance.below(people)),
    };
    (0..=people / 2).map(|_| deed(chance)).collect()
}

/// Variants are paused and taken up again while people are under way.
pub fn pauses(days: i64, chance: &mut Chance) -> Vec<Deed> {
    let end = days * 24 * 60;
    let turn = |chance: &mut Chance| Deed {
        minutes: chance.between(0, end / 2),
        what: What::TurnVariant(chance.below(4)),
    };
    (0..chance.below(5)).map(|_| turn(chance)).collect()
}

/// When somebody looks whether messages arrived, if ever.
pub fn answers(days: i64, chance: &mut Chance) -> Vec<Deed> {
    let count = if chance.per_mille(500) { 1 + chance.below(8) } else { 0 };
    let answer = |chance: &mut Chance| Deed {
        minutes: chance.between(5, days * 24 * 60),
        what: What::AnswerQuestions,
    };
    (0..count).map(|_| answer(chance)).collect()
}

/// When somebody looks for dead letters: within the week.
pub fn redrives(days: i64, chance: &mut Chance) -> Vec<Deed> {
    let (mut deeds, mut minutes) = (Vec::new(), 0);
    loop {
        minutes += chance.between(24 * 60, 7 * 24 * 60);
        if minutes >= days * 24 * 60 {
            return deeds;
        }
        deeds.push(Deed { minutes, what: What::Redrive });
    }
}

/// When somebody goes through their tasks, at no fixed hour.
pub fn rounds(days: i64, chance: &mut Chance) -> Vec<Deed> {
    let (mut rounds, mut minutes) = (Vec::new(), chance.between(10, 600));
    while minutes < days * 24 * 60 {
        rounds.push(Deed { minutes, what: What::DoTasks });
        minutes += chance.between(120, 2 * 24 * 60);
    }
    rounds
}

/// People write to people between the steps, now and later, and think better of it.
pub fn letters(people: usize, days: i64, chance: &mut Chance) -> Vec<Deed> {
    let mut deeds = Vec::new();
    if !chance.per_mille(400) {
        return deeds;
    }
    for _ in 0..1 + chance.below(5) {
        let minutes = chance.between(5, days * 20 * 60);
        let later = if chance.per_mille(500) { chance.between(1, 24 * 60) } else { 0 };
        deeds.push(Deed { minutes, what: What::Write { to: chance.below(people), minutes: later } });
        if chance.per_mille(300) {
            deeds.push(Deed { minutes: minutes + chance.between(0, later + 1), what: What::CallBack });
        }
    }
    deeds
}
