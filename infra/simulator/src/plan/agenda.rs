//! The agenda of an ordinary life: what users do, and people of their own accord, when and how often.

use crate::chance::Chance;
use crate::plan::user_action::{PlannedAction, UserAction};

pub fn actions(people: usize, days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let end = days * 24 * 60;
    let mut actions = Vec::new();
    for _ in 0..chance.below(5) {
        let minutes = match chance.below(3) {
            0 => chance.between(0, 20),
            1 => chance.between(0, end / 4),
            _ => chance.between(0, end),
        };
        let who = chance.below(people);
        let later = minutes + chance.between(1, 3 * 24 * 60);
        let mut add = |minutes, what| actions.push(PlannedAction::at(minutes, what));
        match chance.below(10) {
            0 | 1 => {
                add(minutes, UserAction::PauseCampaign);
                add(later, UserAction::ResumeCampaign);
            }
            2 => {
                add(minutes, UserAction::StopSending);
                add(later, UserAction::ResumeSending);
            }
            3 => add(minutes, UserAction::EditSequence),
            4 => add(minutes, UserAction::DeleteLead(who)),
            5 => add(minutes, UserAction::StopLead(who)),
            6 => add(minutes, UserAction::SuppressLead(who)),
            7 => add(
                minutes,
                if who.is_multiple_of(2) {
                    UserAction::DoNotContact(who)
                } else {
                    UserAction::RemoveLead(who)
                },
            ),
            8 => add(minutes, UserAction::QualifyLead(who)),
            _ => {
                add(minutes, UserAction::PauseLead(who));
                add(later, UserAction::ResumeLead(who));
            }
        }
    }
    actions
}

/// What people do of their own accord, users who enrol them once more, and lists of those to be left alone.
pub fn people_actions(people: usize, days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let end = days * 24 * 60;
    let mut actions = Vec::new();
    for _ in 0..chance.below(people + 2) {
        let minutes = chance.between(10, end);
        let who = chance.below(people);
        let what = match chance.below(14) {
            0 => UserAction::Answer(who),
            1 => UserAction::AskToStop(who),
            2 => UserAction::Unsubscribe(who),
            3 | 4 => UserAction::Pay(who),
            5 => UserAction::TextBack(who),
            6 => UserAction::TextStop(who),
            7 => UserAction::SuppressDomain(who),
            8 => UserAction::DoNotContact(who),
            _ => UserAction::EnrolInSecondCampaign(who),
        };
        actions.push(PlannedAction::at(minutes, what));
    }
    actions
}

/// Some write on WhatsApp, and are enrolled again within the day or a little later.
pub fn chat_replies(people: usize, days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let mut actions = Vec::new();
    for _ in 0..1 + chance.below(people) {
        let (minutes, who) = (chance.between(5, days * 24 * 60), chance.below(people));
        actions.push(PlannedAction::at(minutes, UserAction::ChatBack(who)));
        let later = minutes + chance.between(5, 30 * 60);
        actions.push(PlannedAction::at(later, UserAction::EnrolInSecondCampaign(who)));
    }
    actions
}

/// Some reach what the rest of the sequence is for, sooner or later.
pub fn qualified(people: usize, days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let action = |chance: &mut Chance| {
        PlannedAction::at(chance.between(5, days * 24 * 60), UserAction::QualifyLead(chance.below(people)))
    };
    (0..=people / 2).map(|_| action(chance)).collect()
}

/// Variants are paused and taken up again while people are under way.
pub fn pauses(days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let end = days * 24 * 60;
    let generation = |chance: &mut Chance| {
        PlannedAction::at(chance.between(0, end / 2), UserAction::ToggleVariant(chance.below(4)))
    };
    (0..chance.below(5)).map(|_| generation(chance)).collect()
}

/// When somebody looks whether messages arrived, if ever.
pub fn answers(days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let count = if chance.per_mille(500) { 1 + chance.below(8) } else { 0 };
    let answer = |chance: &mut Chance| {
        PlannedAction::at(chance.between(5, days * 24 * 60), UserAction::AnswerQuestions)
    };
    (0..count).map(|_| answer(chance)).collect()
}

/// When somebody looks for dead letters: within the week.
pub fn redrives(days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let (mut actions, mut minutes) = (Vec::new(), 0);
    loop {
        minutes += chance.between(24 * 60, 7 * 24 * 60);
        if minutes >= days * 24 * 60 {
            return actions;
        }
        actions.push(PlannedAction::at(minutes, UserAction::Redrive));
    }
}

/// When somebody goes through their tasks, at no fixed hour.
pub fn task_rounds(days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let (mut task_rounds, mut minutes) = (Vec::new(), chance.between(10, 600));
    while minutes < days * 24 * 60 {
        task_rounds.push(PlannedAction::at(minutes, UserAction::DoTasks));
        minutes += chance.between(120, 2 * 24 * 60);
    }
    task_rounds
}

/// People write to people between the steps, now and later, and think better of it.
pub fn one_offs(people: usize, days: i64, chance: &mut Chance) -> Vec<PlannedAction> {
    let mut actions = Vec::new();
    if !chance.per_mille(400) {
        return actions;
    }
    for _ in 0..1 + chance.below(5) {
        let minutes = chance.between(5, days * 20 * 60);
        let later = if chance.per_mille(500) { chance.between(1, 24 * 60) } else { 0 };
        actions
            .push(PlannedAction::at(minutes, UserAction::Write { to: chance.below(people), minutes: later }));
        if chance.per_mille(300) {
            actions.push(PlannedAction::at(minutes + chance.between(0, later + 1), UserAction::CancelOneOff));
        }
    }
    actions
}
