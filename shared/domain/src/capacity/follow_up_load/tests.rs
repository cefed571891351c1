use super::*;
use crate::ids::SequenceId;
use crate::sequence::Step;
use crate::sequence::condition::Condition;
use crate::sequence::step_kind::StepKind;
use crate::time::days_off::DayOff;
use crate::time::weekly_hours::SendingWindow;
use jiff::Timestamp;
use std::sync::LazyLock;

fn id(name: &str) -> StepId {
    StepId::derived(Timestamp::UNIX_EPOCH, &[name])
}

fn step(name: &str, (amount, unit): (u32, DelayUnit), kind: StepKind) -> Step {
    Step { id: id(name), delay: Delay { amount, unit }, not_before: None, not_after: None, kind }
}

fn mail() -> StepKind {
    StepKind::Email { subject: String::new(), body: String::new(), template: None, variants: Vec::new() }
}

fn text() -> StepKind {
    StepKind::Sms { body: String::new(), template: None, variants: Vec::new() }
}

fn branch(yes: &str, no: &str) -> StepKind {
    StepKind::Branch { condition: Condition::Opened {}, yes: id(yes), no: id(no) }
}

/// A version that sends Monday to Friday.
fn version(steps: Vec<Step>) -> SequenceVersion {
    let sequence = SequenceId::derived(Timestamp::UNIX_EPOCH, &["s"]);
    SequenceVersion { sequence, version: 1, steps, window: SendingWindow::default() }
}

fn after(follow_ups: &FollowUps<'_>, day: Date) -> Vec<u16> {
    follow_ups.after(day).collect()
}

fn campaign() -> &'static CampaignId {
    static OURS: LazyLock<CampaignId> =
        LazyLock::new(|| CampaignId::derived(Timestamp::UNIX_EPOCH, &["campaign"]));
    &OURS
}

fn of<'a>(version: &'a SequenceVersion, step: &str) -> FollowUps<'a> {
    FollowUps::counted_with((campaign(), version), &id(step), true, DaysOff::NONE)
}

/// A day of March 2026, whose second day is a Monday.
fn march(day: i8) -> Date {
    Date::constant(2026, 3, day)
}

const NOW: (u32, DelayUnit) = (0, DelayUnit::Minutes);

#[test]
fn working_days_follow_the_window_and_other_delays_end_on_a_working_day() {
    let steps = vec![
        step("first", NOW, mail()),
        step("second", (3, DelayUnit::WorkingDays), mail()),
        step("third", (2, DelayUnit::Days), mail()),
        step("fourth", (47, DelayUnit::Hours), mail()),
    ];
    let version = version(steps);
    let found = of(&version, "first");
    // Thursday; Saturday, moved to Monday; Tuesday.
    assert_eq!(after(&found, march(2)), [3, 7, 8]);
    // Wednesday; Friday; Saturday, moved to Monday.
    assert_eq!(after(&found, march(6)), [5, 7, 10]);
    assert_eq!([6, 7, 8, 9].map(|day| found.allow(march(day))), [true, false, false, true]);
}

#[test]
fn delays_of_steps_between_count_and_messages_of_other_channels_do_not() {
    let steps = vec![
        step("first", NOW, mail()),
        step("wait", (1, DelayUnit::Days), StepKind::Wait {}),
        step("text", (1, DelayUnit::Days), text()),
        step("second", (1, DelayUnit::Days), mail()),
        step("end", (1, DelayUnit::Days), StepKind::End {}),
        step("never", (1, DelayUnit::Days), mail()),
    ];
    let version = version(steps);
    assert_eq!(after(&of(&version, "first"), march(2)), [3]);
    assert_eq!(after(&of(&version, "text"), march(2)), [0_u16; 0]);
    assert_eq!(after(&of(&version, "second"), march(2)), [0_u16; 0]);
    assert_eq!(after(&of(&version, "gone"), march(2)), [0_u16; 0]);
    let counted_before = FollowUps::counted_with((campaign(), &version), &id("first"), false, DaysOff::NONE);
    assert_eq!(after(&counted_before, march(2)), [0_u16; 0]);
}

#[test]
fn branch_counts_the_way_with_more_messages() {
    let steps = vec![
        step("first", NOW, mail()),
        step("asked", (1, DelayUnit::Days), branch("yes", "no")),
        step("no", (1, DelayUnit::Days), mail()),
        step("no, again", (1, DelayUnit::Days), mail()),
        step("over", NOW, StepKind::End {}),
        step("yes", (1, DelayUnit::Days), mail()),
    ];
    let version = version(steps);
    assert_eq!(after(&of(&version, "first"), march(2)), [2, 3]);
}

#[test]
fn days_off_are_no_working_days_and_get_no_messages() {
    let steps = vec![
        step("first", NOW, mail()),
        step("second", (1, DelayUnit::WorkingDays), mail()),
        step("third", (1, DelayUnit::Days), mail()),
    ];
    let version = version(steps);
    let own = [3, 6].map(|day| DayOff { date: march(day), name: "Off".to_owned(), yearly: false });
    let days_off = DaysOff::of_workspace(&own);
    let found = FollowUps::counted_with((campaign(), &version), &id("first"), true, days_off);
    assert!(!found.allow(march(3)));
    assert_eq!(after(&found, march(2)), [2, 3]);
    // Thursday; Friday, moved to Monday.
    assert_eq!(after(&found, march(4)), [1, 5]);
}
