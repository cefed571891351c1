//! The profile `troubles`: one or two troubles a life, each with the people and steps that it needs.

use crate::chance::Chance;
use crate::plan::full_days::{mails_first, send_soon};
use crate::plan::races::{crowd, often};
use crate::plan::steps::Does;
use crate::plan::user_action::{Move, PlannedAction, Trouble, UserAction};
use crate::plan::{Plan, Scenario};
use crate::trouble::kind::Kind;
use serde_json::Value;

const MINUTES_A_DAY: i64 = 24 * 60;

/// Kinds that are drawn in this profile alone.
pub const KINDS: [Kind; 9] = [
    Kind::AccountBlocked,
    Kind::RecipientBlocks,
    Kind::LandsLate,
    Kind::HeardLate,
    Kind::BrownOut,
    Kind::WriteLands,
    Kind::RequestsMeet,
    Kind::RequestFails,
    Kind::Deployed,
];

const TROUBLES: [Scenario; 7] = [
    blocked_senders,
    taken_late,
    heard_after_the_deadline,
    brown_outs,
    writes_land_late,
    requests_at_once,
    deployed,
];

/// Adds one trouble, in turn, and a second one to every third life.
pub fn put(plan: &mut Plan, chance: &mut Chance) {
    let first = plan.seed.generation(TROUBLES.len());
    TROUBLES[first](plan, chance);
    if chance.per_mille(350) {
        let other = first + 1 + chance.below(TROUBLES.len() - 1);
        TROUBLES[other % TROUBLES.len()](plan, chance);
    }
}

const PROVIDERS: [&str; 4] = ["smtp", "smtp", "twilio", "resend"];

const HOUR: i64 = 60;

/// Long enough for all waits.
pub fn blocked_senders(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "silent", chance);
    mails_first(plan, chance);
    if let Some(step) = plan.steps.get_mut(2).filter(|_| chance.per_mille(600)) {
        send_soon(step, Does::Text, chance.between(0, 12));
    }
    plan.days = plan.days.max(5);
    plan.second_mailbox.get_or_insert(Value::Null);
    plan.keyed = chance.per_mille(600);
    let which = chance.below(3);
    if which != 0 {
        often(plan, 30, &[(Kind::RecipientBlocks, 2)]);
    }
    if which != 1 {
        for _ in 0..1 + chance.below(2) {
            let provider = *chance.pick(&PROVIDERS);
            let lasts = (!chance.per_mille(250)).then(|| chance.between(2 * HOUR, 60 * HOUR));
            let what = UserAction::Strike(Trouble::Blocks(provider, lasts));
            plan.actions.push(PlannedAction { minutes: chance.between(1, 24 * HOUR), what });
        }
    }
}

/// Requests are delayed on their way to a mail server, and to APIs with a key and without.
pub fn taken_late(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, if chance.per_mille(500) { "silent" } else { "curious" }, chance);
    mails_first(plan, chance);
    for step in plan.steps.iter_mut().skip(2).take(2) {
        let does = *chance.pick(&[Does::Text, Does::Chat(false), Does::Text]);
        send_soon(step, does, chance.between(0, 6));
    }
    plan.second_mailbox.get_or_insert(Value::Null);
    plan.keyed = true;
    often(plan, 40, &[(Kind::LandsLate, 3)]);
}

/// Nothing is heard of messages until their deadline is over; some recipients answer days later.
pub fn heard_after_the_deadline(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "silent", chance);
    mails_first(plan, chance);
    for step in plan.steps.iter_mut().skip(1).take(3) {
        let does = *chance.pick(&[Does::Text, Does::Chat(false), Does::Mail]);
        send_soon(step, does, chance.between(0, 8));
    }
    plan.days = plan.days.max(5);
    (plan.second_mailbox, plan.mailbox_limits) = (None, None);
    plan.when_uncertain = *chance.pick(&["hold", "hold", "resend"]);
    for lead in 0..plan.people.len() {
        if chance.per_mille(400) {
            let minutes = chance.between(MINUTES_A_DAY, 3 * MINUTES_A_DAY);
            plan.actions.push(PlannedAction::at(minutes, UserAction::Answer(lead)));
        }
    }
    often(plan, 20, &[(Kind::HeardLate, 1)]);
}

/// Now and then one after the other.
pub fn brown_outs(plan: &mut Plan, chance: &mut Chance) {
    let most = 2 + chance.below(6) as u32;
    often(plan, most, &[(Kind::BrownOut, 1)]);
}

pub fn writes_land_late(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "curious", chance);
    mails_first(plan, chance);
    often(plan, 60, &[(Kind::WriteLands, 1)]);
}

/// Users have much to do, mostly in the first days.
pub fn requests_at_once(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "curious", chance);
    for _ in 0..12 + chance.below(12) {
        let lead = chance.below(plan.people.len());
        let what = match chance.below(14) {
            0 => UserAction::PauseLead(lead),
            1 => UserAction::ResumeLead(lead),
            2 => UserAction::DoNotContact(lead),
            3 => UserAction::EnrolInSecondCampaign(lead),
            4 => UserAction::Move(Move { lead, email: true, phone: chance.per_mille(500) }),
            5 => UserAction::HandOver { lead, many: false },
            6 => UserAction::QualifyLead(lead),
            7 => UserAction::PauseCampaign,
            8 => UserAction::ResumeCampaign,
            9 => UserAction::EditSequence,
            10 => UserAction::Patch,
            11 => UserAction::Publish("next_step"),
            12 => UserAction::Write { to: lead, minutes: 0 },
            _ => UserAction::DoTasks,
        };
        let days = if chance.per_mille(600) { 2 } else { plan.days };
        plan.actions.push(PlannedAction { minutes: chance.between(5, days * MINUTES_A_DAY), what });
    }
    plan.actions.push(PlannedAction::at(2 * MINUTES_A_DAY, UserAction::ResumeCampaign));
    often(plan, 30, &[(Kind::RequestsMeet, 1), (Kind::RequestFails, 1)]);
}

/// Deployments come while some functions stand still.
pub fn deployed(plan: &mut Plan, chance: &mut Chance) {
    let most = 4 + chance.below(16) as u32;
    often(plan, most, &[(Kind::Deployed, 1)]);
    often(plan, 30, &[(Kind::Frozen, 4), (Kind::HeldAtClaim, 2)]);
}
