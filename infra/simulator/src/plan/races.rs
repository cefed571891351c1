//! The profile `races`: two things happen at one moment, one kind of moment a life. A lead changes just as a function
//! stands still before a write about it; an address changes while a message to it is uncertain; limits are tightened
//! just as slots were given; answers get lost of which everybody would hear twice; providers are away for longer than
//! the late limit.

use crate::chance::Chance;
use crate::plan::full_days::{mails_first, providers_out_of_reach, send_soon};
use crate::plan::steps::Does;
use crate::plan::user_action::{Move, PlannedAction, UserAction};
use crate::plan::{Plan, Scenario, person};
use crate::trouble::kind::{Kind, Rule};
use serde_json::{Value, json};

/// Kinds that are drawn in this profile alone.
pub const KINDS: [Kind; 2] = [Kind::HeldAtWrite, Kind::ChangedMeanwhile];

const CROWD: usize = 8;
const DAY: i64 = 24 * 60;

pub const RACES: [Scenario; 6] = [
    changed_at_writes,
    moved_while_uncertain,
    answers_lost,
    changed_at_writes,
    limits_tightened,
    long_outage,
];

/// Functions stand still before what they write, and whom it is about changes; mostly somebody is given a task by then.
fn changed_at_writes(plan: &mut Plan, chance: &mut Chance) {
    if let Some(step) = plan.steps.get_mut(1).filter(|_| chance.per_mille(600)) {
        send_soon(step, Does::Task("call"), chance.between(0, 3));
    }
    often(
        plan,
        150,
        &[
            (Kind::HeldAtWrite, 3),
            (Kind::ChangedMeanwhile, 1),
            (Kind::HeldAtClaim, 2),
            (Kind::StoppedAtClaim, 1),
        ],
    );
}

/// Between one mail and the next, and while a provider that honours keys has the first.
fn moved_while_uncertain(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "silent", chance);
    mails_first(plan, chance);
    (plan.second_mailbox, plan.keyed, plan.when_mailbox_gone) = (Some(Value::Null), true, "reassign");
    plan.actions.push(PlannedAction::at(0, UserAction::SwitchMailbox { first: true, on: false }));
    for lead in 0..plan.people.len() {
        let what = UserAction::Move(Move { lead, email: true, phone: chance.per_mille(500) });
        plan.actions.push(PlannedAction { minutes: chance.between(1, DAY), what });
    }
    // Mostly the provider has had nothing yet of what is made again under its key.
    let away = [(Kind::StoppedInCall, 8), (Kind::ProviderSilent, 8), (Kind::ProviderAnswerLost, 2)];
    often(plan, 40, &away);
    often(plan, 40, &[(Kind::KilledAtProvider, 2), (Kind::HeldAtWrite, 1), (Kind::ChangedMeanwhile, 1)]);
}

/// Answers get lost, of people who read what they get and go on to pages.
fn answers_lost(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "curious", chance);
    mails_first(plan, chance);
    often(
        plan,
        300,
        &[
            (Kind::AnswerLost, 8),
            (Kind::MessageAgain, 5),
            (Kind::MessageDropped, 4),
            (Kind::WebhookTwice, 3),
            (Kind::HeldAtWrite, 1),
        ],
    );
}

/// All at once, one after the other; and then so much less that most of their slots are good no more.
fn limits_tightened(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "silent", chance);
    mails_first(plan, chance);
    plan.second_mailbox = None;
    plan.caps = json!({ "one_campaign": false });
    let gap = 60 + 60 * chance.below(3);
    plan.mailbox_limits = Some(json!({ "zone": "UTC", "per_day": 100, "gap_seconds": gap }));
    plan.rules.retain(|rule| !crate::plan::trouble_rules::HOLDING_UP.contains(&rule.kind));
    often(plan, 40, &[(Kind::LimitsTightened, 2)]);
}

/// Longer than what is late, and shorter than the life.
fn long_outage(plan: &mut Plan, chance: &mut Chance) {
    plan.days = plan.days.max(5);
    plan.actions.retain(|action| !matches!(action.what, UserAction::Outage(_) | UserAction::AnswerLate(_)));
    crowd(plan, "silent", chance);
    providers_out_of_reach(plan, chance);
}

pub fn often(plan: &mut Plan, most: u32, kinds: &[(Kind, u32)]) {
    plan.rules.retain(|rule| kinds.iter().all(|(kind, _)| *kind != rule.kind));
    plan.rules.extend(kinds.iter().map(|(kind, times)| Rule { kind: *kind, most, times: *times }));
}

/// Adds leads, each with an address, and mostly with this character.
pub fn crowd(plan: &mut Plan, persona: &str, chance: &mut Chance) {
    for number in plan.people.len()..CROWD {
        let more = person(number, chance);
        plan.people.push(more);
    }
    for person in &mut plan.people {
        if person.email.is_empty() || chance.per_mille(700) {
            person.email = format!("pat{0}+{persona}@practice{0}.example", person.number);
        }
    }
}
