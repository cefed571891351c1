//! The actions that profiles add to the agenda of an ordinary life.

use crate::chance::Chance;
use crate::plan::Person;
use crate::plan::second_tenant::SecondTenantPlan;
use crate::plan::user_action::{
    ClosedBy, Closing, InboxAction, Move, PlannedAction, SecondTenantAction, Setting, SettingKind, UserAction,
};
use crate::profile::{Profile, Seed};

pub fn moves(seed: Seed, people: usize, days: i64) -> Option<Vec<PlannedAction>> {
    let mut chance = Chance::since(Profile::AddressChanges, seed, "addresses", 400)?;
    let mut actions = Vec::new();
    if chance.per_mille(400) {
        let minutes = chance.between(0, days * 24 * 60);
        actions.push(PlannedAction::at(minutes, UserAction::ImportAgain));
    }
    for _ in 0..1 + chance.below(people.min(5)) {
        let (email, phone) = *chance.pick(&[(true, false), (true, false), (false, true), (true, true)]);
        let what = UserAction::Move(Move { lead: chance.below(people), email, phone });
        let minutes = chance.between(0, days * 24 * 60);
        actions.push(PlannedAction::at(minutes, what));
        if chance.per_mille(300) {
            actions.push(PlannedAction { minutes: minutes + chance.between(1, 3 * 24 * 60), what });
        }
    }
    Some(actions)
}

/// Soon after some of these they say something from where they were before.
pub fn from_before(seed: Seed, moves: &[PlannedAction]) -> Option<Vec<PlannedAction>> {
    let mut chance = Chance::since(Profile::SettingsChanges, seed, "from before", 600)?;
    let mut actions = Vec::new();
    for action in moves {
        if let UserAction::Move(Move { lead, .. }) = action.what
            && chance.per_mille(600)
        {
            let what = UserAction::SpeakFromFormerAddress { lead, stop: chance.per_mille(500) };
            actions.push(PlannedAction { minutes: action.minutes + chance.between(1, 6 * 60), what });
        }
    }
    Some(actions)
}

/// Plans four actions on people, each at a time of its own.
fn four_actions(
    chance: &mut Chance,
    people: usize,
    days: i64,
    what: fn(usize) -> UserAction,
) -> Vec<PlannedAction> {
    let action = |_| PlannedAction::at(chance.between(0, days * 24 * 60), what(chance.below(people)));
    (0..4).map(action).collect()
}

/// Plans corrections of misspelt names.
pub fn names(seed: Seed, people: usize, days: i64) -> Option<Vec<PlannedAction>> {
    let mut chance = Chance::since(Profile::AddressChanges, seed, "names", 300)?;
    Some(four_actions(&mut chance, people, days, UserAction::Rename))
}

pub fn closings(seed: Seed, people: usize, days: i64) -> Option<Vec<PlannedAction>> {
    let mut chance = Chance::since(Profile::AddressChanges, seed, "closings", 300)?;
    let action = |_| {
        let (lead, status) = (chance.below(people), *chance.pick(&["won", "lost"]));
        let way = *chance.pick(&[ClosedBy::One, ClosedBy::Many, ClosedBy::File]);
        PlannedAction::at(chance.between(0, days * 24 * 60), UserAction::Close(Closing { lead, status, way }))
    };
    Some((0..2).map(action).collect())
}

/// Puts some people at the first one's company and returns the days of its hold.
pub fn company_hold(seed: Seed, people: &mut [Person]) -> i64 {
    let Some(mut chance) = Chance::since(Profile::AddressChanges, seed, "companies", 400) else { return 0 };
    for person in people.iter_mut().skip(1) {
        if chance.per_mille(600) {
            let own = format!("@practice{}.", person.number);
            person.email = person.email.replace(&own, "@practice0.");
        }
    }
    chance.between(1, 5)
}

/// Some are given to another user, who mostly lets them go on; some are taken back.
pub fn hand_overs(seed: Seed, people: usize, days: i64) -> Option<Vec<PlannedAction>> {
    let mut chance = Chance::since(Profile::AddressChanges, seed, "hand-overs", 350)?;
    let mut actions = Vec::new();
    for _ in 0..1 + chance.below(4) {
        let (lead, many) = (chance.below(people), chance.per_mille(500));
        let minutes = chance.between(0, days * 24 * 60);
        actions.push(PlannedAction::at(minutes, UserAction::HandOver { lead, many }));
        if chance.per_mille(700) {
            let later = minutes + chance.between(1, 2 * 24 * 60);
            actions.push(PlannedAction::at(later, UserAction::ResumeLead(lead)));
        }
    }
    Some(actions)
}

pub fn inbox_actions(seed: Seed, people: usize, days: i64) -> Option<Vec<PlannedAction>> {
    let mut chance = Chance::since(Profile::InboxActions, seed, "errands", 600)?;
    let mut actions = Vec::new();
    let span = days * 24 * 60;
    let mut then = |minutes, errand| actions.push(PlannedAction::at(minutes, UserAction::Run(errand)));
    for _ in 0..2 + chance.below(4) {
        let (lead, minutes) = (chance.below(people), chance.between(0, span));
        let later = minutes + chance.between(1, 12 * 60);
        match chance.below(3) {
            0 => {
                then(minutes, InboxAction::PauseLead(lead));
                let last =
                    if chance.per_mille(500) { InboxAction::SkipStep } else { InboxAction::ResumeLead };
                then(later, last(lead));
            }
            _ => {
                then(minutes, InboxAction::ReadInbox);
                let last =
                    if chance.per_mille(600) { InboxAction::Archive } else { InboxAction::AnswerInInbox };
                then(later, last(lead));
                if chance.per_mille(200) {
                    then(later + chance.between(1, 60), InboxAction::Reopen(lead));
                }
            }
        }
    }
    if chance.per_mille(250) {
        let way = *chance.pick(&["complete", "archive"]);
        then(chance.between(span / 3, span), InboxAction::CloseCampaign(way));
    }
    Some(actions)
}

pub fn unsuppressions(seed: Seed, people: usize, days: i64) -> Option<Vec<PlannedAction>> {
    let mut chance = Chance::since(Profile::AddressChanges, seed, "lifts", 300)?;
    Some(four_actions(&mut chance, people, days, UserAction::Lift))
}

/// Some have said STOP before.
pub fn starts(seed: Seed, people: usize, days: i64) -> Option<Vec<PlannedAction>> {
    let mut chance = Chance::since(Profile::SettingsChanges, seed, "starts", 300)?;
    let mut actions = Vec::new();
    for _ in 0..3 {
        let who = chance.below(people);
        let minutes = chance.between(0, days * 24 * 60);
        if chance.per_mille(700) {
            actions.push(PlannedAction::at(minutes, UserAction::TextStop(who)));
        }
        let later = if chance.per_mille(300) { 0 } else { chance.between(1, 24 * 60) };
        actions.push(PlannedAction::at(minutes + later, UserAction::TextStart(who)));
    }
    Some(actions)
}

const ALL: [SettingKind; 6] = [
    SettingKind::MailboxLimits,
    SettingKind::MailboxLimits,
    SettingKind::MailboxHours,
    SettingKind::NumberLimits,
    SettingKind::DaysOff,
    SettingKind::Caps,
];

pub fn settings(seed: Seed, days: i64) -> Option<Vec<PlannedAction>> {
    let mut chance = Chance::since(Profile::SettingsChanges, seed, "settings", 400)?;
    let action = |number| {
        // Mostly while the first of them get their slots.
        let days = if chance.per_mille(600) { 1 } else { days };
        let minutes = chance.between(0, days * 24 * 60);
        PlannedAction::at(minutes, UserAction::Set(Setting { of: *chance.pick(&ALL), number }))
    };
    Some((0..6).map(action).collect())
}

/// Now and then just before they go through their tasks; and what was published may be put right minutes later.
pub fn edits(days: i64, task_rounds: &[PlannedAction], chance: &mut Chance) -> Vec<PlannedAction> {
    let mut actions = Vec::new();
    if !chance.per_mille(500) {
        return actions;
    }
    let mut minutes = 0;
    for edition in 0..1 + chance.below(4) {
        minutes = match task_rounds.get(chance.below(2 * task_rounds.len())) {
            _ if edition > 0 && chance.per_mille(400) => minutes + chance.between(1, 30),
            Some(round) => (round.minutes - chance.between(1, 60)).max(5),
            None => chance.between(5, days * 18 * 60),
        };
        let people = *chance.pick(&["keep", "next_step", "now", "now", "now"]);
        let what = match chance.below(8) {
            0 => UserAction::Republish(people),
            1 => UserAction::Patch,
            _ => UserAction::Publish(people),
        };
        actions.push(PlannedAction::at(minutes, what));
    }
    actions
}

/// What is written to everybody, called back now and then, and looked at before.
pub fn bulk_messages(seed: Seed, people: usize, days: i64) -> Option<Vec<PlannedAction>> {
    let mut chance = Chance::since(Profile::TwoTenants, seed, "bulk_messages", 400)?;
    let mut actions = Vec::new();
    for _ in 0..1 + chance.below(2) {
        let minutes = chance.between(5, days * 20 * 60);
        let later = if chance.per_mille(300) { chance.between(1, 24 * 60) } else { 0 };
        let by_text = chance.per_mille(250);
        if chance.per_mille(500) {
            let who = chance.below(people);
            actions.push(PlannedAction::at(minutes - 1, UserAction::Test(who)));
        }
        actions.push(PlannedAction::at(minutes, UserAction::SendBulkMessage { minutes: later, by_text }));
        if chance.per_mille(300) {
            actions.push(PlannedAction::at(
                minutes + chance.between(0, later + 60),
                UserAction::CancelBulkMessage,
            ));
        }
    }
    Some(actions)
}

pub fn second_tenant_actions(
    seed: Seed,
    days: i64,
    second_tenant: Option<&SecondTenantPlan>,
) -> Vec<PlannedAction> {
    let mut chance = Chance::of(seed, "neighbourly");
    let Some(people) = second_tenant.map(|second_tenant| &second_tenant.people) else { return Vec::new() };
    let mut actions = Vec::new();
    for _ in 0..2 + chance.below(6) {
        let minutes = chance.between(5, days * 24 * 60);
        let who = chance.pick(people).number;
        let what = match chance.below(12) {
            0 => SecondTenantAction::Stop(who),
            1 => SecondTenantAction::Suppress(who),
            2 => SecondTenantAction::DoNotContact(who),
            3 => SecondTenantAction::Qualify(who),
            4 => SecondTenantAction::Delete(who),
            5 => {
                let later = minutes + chance.between(5, 24 * 60);
                actions.push(PlannedAction::at(later, UserAction::Neighbour(SecondTenantAction::Resume)));
                SecondTenantAction::Pause
            }
            6 | 7 => SecondTenantAction::Answer(who),
            8 => SecondTenantAction::AskToStop(who),
            _ => SecondTenantAction::Pry,
        };
        actions.push(PlannedAction::at(minutes, UserAction::Neighbour(what)));
    }
    actions
}
