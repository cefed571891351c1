//! The profile `rare_chains`: a row of events that hardly ever follow each other by chance, one row a life. The
//! address changes between two mails of one conversation; messages come long after their slots; an event is repeated
//! when its lead has done much else; a message is given up at one mailbox and breaks off at another; evidence arrives
//! just as a user is asked.

use crate::chance::Chance;
use crate::plan::full_days::mails_first;
use crate::plan::races::{crowd, often};
use crate::plan::steps::{Does, Step};
use crate::plan::trouble_rules::HOLDING_UP;
use crate::plan::user_action::{Move, PlannedAction, UserAction};
use crate::plan::{Plan, Scenario};
use crate::trouble::kind::Kind;
use serde_json::{Value, json};

pub const CHAINS: [Scenario; 5] = [
    moved_between_mails,
    late_for_their_slots,
    heard_of_again,
    given_up_and_broken_off,
    found_out_when_asked,
];

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// All have had the first mail by then, and wait for the second from the same mailbox.
fn moved_between_mails(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "silent", chance);
    mails_first(plan, chance);
    (plan.second_mailbox, plan.mailbox_limits) = (None, None);
    for lead in 0..plan.people.len() {
        let what = UserAction::Move(Move { lead, email: true, phone: chance.per_mille(300) });
        plan.actions.push(PlannedAction { minutes: chance.between(HOUR / 2, 3 * HOUR), what });
    }
}

/// One goes out after the other, and the queue keeps some of them until others have their turn.
fn late_for_their_slots(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "silent", chance);
    mails_first(plan, chance);
    plan.second_mailbox = None;
    plan.caps = json!({ "one_campaign": false });
    let gap = 240 + 60 * chance.below(3);
    plan.mailbox_limits = Some(json!({ "zone": "UTC", "per_day": 100, "gap_seconds": gap }));
    plan.rules.retain(|rule| !HOLDING_UP.contains(&rule.kind));
    often(plan, 60, &[(Kind::MessageDropped, 8), (Kind::MessageLate, 4)]);
}

/// An event is repeated by a queue that never hears of its success and gives up, and days later by a redrive.
/// Until then leads read mail after mail, and go on to pages.
fn heard_of_again(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "curious", chance);
    plan.steps = (0..10).map(mail).collect();
    mails_first(plan, chance);
    plan.mailbox_limits = None;
    plan.days = plan.days.max(6);
    plan.actions.push(PlannedAction::at(plan.days * DAY - HOUR, UserAction::Redrive));
    often(plan, 400, &[(Kind::MessageAgain, 13)]);
}

fn mail(id: usize) -> Step {
    Step { id, does: Does::Mail, amount: 8, unit: "hours", variants: 0, days: [None; 2] }
}

/// A message stays uncertain for a day; by then its mailbox is gone, and it goes out by another.
fn given_up_and_broken_off(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "silent", chance);
    mails_first(plan, chance);
    (plan.second_mailbox, plan.mailbox_limits) = (Some(Value::Null), None);
    (plan.when_mailbox_gone, plan.when_uncertain) = ("reassign", "resend");
    plan.days = plan.days.max(5);
    let what = UserAction::SwitchMailbox { first: chance.per_mille(700), on: false };
    plan.actions.push(PlannedAction { minutes: chance.between(6 * HOUR, 20 * HOUR), what });
    often(plan, 40, &[(Kind::ProviderSilent, 12), (Kind::KilledAtProvider, 10)]);
}

/// Scanners follow each link as it comes; some of that is heard of a minute later.
fn found_out_when_asked(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "scanned", chance);
    mails_first(plan, chance);
    (plan.second_mailbox, plan.mailbox_limits) = (None, None);
    often(plan, 120, &[(Kind::ProviderAnswerLost, 12), (Kind::MessageLate, 8), (Kind::HeldAtWrite, 8)]);
}
