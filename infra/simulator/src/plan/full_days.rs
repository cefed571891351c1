//! The profile `full_days`: days are fuller than limits allow, accounts are paused for days, providers are out of
//! reach for as long, messages are refused for good, and two functions have one one-off message at once.

use crate::chance::Chance;
use crate::plan::steps::{Does, Step};
use crate::plan::user_action::{PausedScope, PlannedAction, UserAction};
use crate::plan::{Plan, person};
use crate::profile::Profile;
use crate::trouble::kind::{Kind, Rule};
use serde_json::{Value, json};

/// Kinds that are drawn in this profile alone.
pub const KINDS: [Kind; 2] = [Kind::RefusedForGood, Kind::OneOffOverlaps];

/// Zones in which a day begins at another time than in UTC.
const FAR_AWAY: [&str; 4] = ["Australia/Sydney", "America/Los_Angeles", "Asia/Kolkata", "America/New_York"];
/// Some more than two days take.
const CROWD: usize = 8;

pub fn put(plan: &mut Plan) {
    if plan.seed.profile < Profile::FullDays {
        return;
    }
    let mut chance = Chance::of(plan.seed, "pressure");
    if chance.per_mille(350) {
        mailbox_paused_for_days(plan, &mut chance);
    } else if chance.per_mille(180) {
        providers_out_of_reach(plan, &mut chance);
    }
    if chance.per_mille(350) {
        refused_for_good(plan, &mut chance);
    }
    if chance.per_mille(350) {
        one_offs_at_once(plan, &mut chance);
    }
    if chance.per_mille(350) {
        full_days(plan, &mut chance);
    }
    plan.actions.sort_by_key(|action| action.minutes);
}

/// More people than a day takes, and a follow-up hours after the first mail: mostly on the same day here or there.
fn full_days(plan: &mut Plan, chance: &mut Chance) {
    for number in plan.people.len()..CROWD {
        let more = person(number, chance);
        plan.people.push(more);
    }
    for person in plan.people.iter_mut().filter(|person| person.email.is_empty()) {
        person.email = format!("pat{0}+silent@practice{0}.example", person.number);
    }
    mails_first(plan, chance);
    plan.caps = json!({ "one_campaign": false });
    let mut limits = || json!({ "zone": chance.pick(&FAR_AWAY), "per_day": 2 + chance.below(2) });
    plan.mailbox_limits = Some(limits());
    plan.second_mailbox = plan.second_mailbox.take().map(|_| limits());
}

/// Longer than what is late, now and then; whoever knows it has mail to come meanwhile, and could get it elsewhere.
fn mailbox_paused_for_days(plan: &mut Plan, chance: &mut Chance) {
    mails_first(plan, chance);
    plan.second_mailbox.get_or_insert(Value::Null);
    plan.when_mailbox_gone = *chance.pick(&["reassign", "reassign", "exit"]);
    let whose = PausedScope::Mailbox(chance.below(2));
    let (minutes, lasts) = (chance.between(20, 3 * 60), chance.between(20 * 60, 75 * 60));
    plan.actions.push(PlannedAction::at(minutes, UserAction::PauseFor(whose, lasts)));
}

/// What waits for them is late, and nobody goes on from another mailbox.
pub fn providers_out_of_reach(plan: &mut Plan, chance: &mut Chance) {
    mails_first(plan, chance);
    plan.when_mailbox_gone = "hold";
    plan.when_late = *chance.pick(&["hold", "skip"]);
    let (minutes, lasts) = (chance.between(1, 12 * 60), chance.between(52 * 60, 70 * 60));
    plan.actions.push(PlannedAction::at(minutes, UserAction::Outage(lasts)));
}

/// Providers refuse on one channel for good, while others are open and more was to go out there.
fn refused_for_good(plan: &mut Plan, chance: &mut Chance) {
    let ways = [Does::Mail, Does::Text, Does::Mail, Does::Chat(false), Does::Text, Does::Chat(false)];
    for (step, does) in plan.steps.iter_mut().zip(ways) {
        send_soon(step, does, chance.between(0, 12));
    }
    plan.rules.push(Rule { kind: Kind::RefusedForGood, most: 4, times: 3 });
}

/// One-off messages go out by the mailbox whose provider honours a key: a second function would send at once.
fn one_offs_at_once(plan: &mut Plan, chance: &mut Chance) {
    plan.second_mailbox.get_or_insert(Value::Null);
    (plan.keyed, plan.one_offs_from) = (true, 1);
    for _ in 0..3 + chance.below(4) {
        let to = chance.below(plan.people.len());
        let minutes = chance.between(5, 2 * 24 * 60);
        plan.actions.push(PlannedAction::at(minutes, UserAction::Write { to, minutes: 0 }));
    }
    plan.rules.push(Rule { kind: Kind::OneOffOverlaps, most: 6, times: 1 });
}

/// Begins with two mails at any hour: the first at once, the second hours later.
pub fn mails_first(plan: &mut Plan, chance: &mut Chance) {
    plan.window = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] });
    plan.mailbox_hours = Value::Null;
    plan.days_off.clear();
    for (step, hours) in plan.steps.iter_mut().zip([0, chance.between(3, 18)]) {
        send_soon(step, Does::Mail, hours);
    }
}

pub fn send_soon(step: &mut Step, does: Does, hours: i64) {
    (step.does, step.amount, step.unit, step.days) = (does, hours, "hours", [None; 2]);
    if !matches!(does, Does::Mail | Does::Text) {
        step.variants = 0;
    }
}
