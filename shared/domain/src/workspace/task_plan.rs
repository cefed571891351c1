//! What comes after a task: the next of a repeated one, a call back, another try of a call that reached nobody. And when
//! its owner is reminded.

use crate::ids::TaskId;
use crate::time::time_zone::ZoneName;
use crate::workspace::task::{Task, TaskKind, TaskOutcome};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

/// The most calls of a lead, the first one included, before a call that reaches nobody is not made again.
pub const MOST_TRIES: u8 = 3;

/// The furthest that a task may be repeated ahead, as days.
const MOST_REPEATS: i64 = 36_500;

/// How a task is repeated: at the hour of the first one, on the clock of the user who planned it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    pub every: RepeatEvery,
    pub zone: ZoneName,
    /// When the first one was due. Monthly tasks keep its day, also after a shorter month.
    pub since: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RepeatEvery {
    Day,
    /// Monday to Friday.
    Weekday,
    Week,
    Month,
}

impl Repeat {
    /// Returns the first time of the series that is later than `after`.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let zone = self.zone.zone();
        let first = self.since.to_zoned(zone.clone());
        let day = after.to_zoned(zone).date();
        // Some steps before the one that is looked for; those that are too early are passed over.
        let days = i64::from(first.date().until(day).map_or(0, |span| span.get_days()));
        let from = match self.every {
            RepeatEvery::Day | RepeatEvery::Weekday => days,
            RepeatEvery::Week => days / 7,
            RepeatEvery::Month => days / 31,
        };
        (from.max(1)..MOST_REPEATS).find_map(|nth| {
            let at = first.checked_add(self.span(nth)).ok()?;
            let fits = self.every != RepeatEvery::Weekday || !is_weekend(&at);
            (fits && at.timestamp() > after).then(|| at.timestamp())
        })
    }

    fn span(&self, nth: i64) -> Span {
        match self.every {
            RepeatEvery::Day | RepeatEvery::Weekday => nth.days(),
            RepeatEvery::Week => nth.weeks(),
            RepeatEvery::Month => nth.months(),
        }
    }
}

fn is_weekend(at: &Zoned) -> bool {
    matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Returns the same hour on the next day that is no weekend in this zone.
pub fn next_working_day(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let from = at.to_zoned(zone.clone());
    let days = (1..=3).filter_map(|days| from.checked_add(Span::new().days(days)).ok());
    let next = days.into_iter().find(|day| !is_weekend(day));
    next.map_or(at, |day| day.timestamp())
}

impl Task {
    /// Returns when its owner is reminded, if they want it.
    pub fn remind_at(&self) -> Option<Timestamp> {
        let before = SignedDuration::from_mins(i64::from(self.remind_minutes?));
        self.due_at.checked_sub(before).ok()
    }

    /// Returns the tasks that follow this closed one: the call back at `again_at`, and the next of a series or one more try
    /// of a call. A call of a sequence is not tried again, because the sequence goes on. An outcome closes this task of a
    /// series alone, unless the task is cancelled or the lead must not be called any more. `zone` is the lead's.
    pub fn next(&self, again_at: Option<Timestamp>, zone: &TimeZone) -> Vec<Self> {
        let (Some(done), Some(outcome)) = (self.done_at, self.outcome) else { return Vec::new() };
        if matches!(outcome, TaskOutcome::Cancelled | TaskOutcome::DoNotCall) {
            return Vec::new();
        }
        let [next_id, back_id] = self.next_ids();
        let next = Self {
            id: next_id,
            message: None,
            campaign: None,
            due_at: done,
            done_at: None,
            outcome: None,
            done_by: None,
            note: None,
            call_seconds: None,
            call: None,
            after: Some(outcome),
            tries: 0,
            created_at: done,
            rev: 0,
            ..self.clone()
        };
        let back = again_at.filter(|_| outcome == TaskOutcome::Callback).map(|due_at| Self {
            id: back_id,
            kind: TaskKind::Call,
            title: "Call back".to_owned(),
            body: self.note.clone().unwrap_or_default(),
            due_at,
            repeat: None,
            remind_minutes: Some(0),
            ..next.clone()
        });
        let again = match &self.repeat {
            Some(repeat) => {
                let due_at = repeat.next(self.due_at.max(done));
                due_at.map(|due_at| Self { due_at, after: None, ..next })
            }
            None => self.next_try(next, zone),
        };
        back.into_iter().chain(again).collect()
    }

    /// Returns one more try of a call that reached nobody.
    fn next_try(&self, next: Self, zone: &TimeZone) -> Option<Self> {
        let reached_nobody = matches!(self.outcome, Some(TaskOutcome::NoAnswer | TaskOutcome::Busy));
        let is_tried_again = self.is_call() && reached_nobody;
        if !is_tried_again || self.campaign.is_some() || self.tries + 1 >= MOST_TRIES {
            return None;
        }
        let title = match self.kind {
            TaskKind::HotLead => "Call again".to_owned(),
            _ => self.title.clone(),
        };
        let due_at = next_working_day(self.done_at?, zone);
        Some(Self { kind: TaskKind::Call, title, due_at, tries: self.tries + 1, ..next })
    }

    /// The ids of the tasks that may follow this one, the same however often it is closed: the next of a series or the next
    /// try, and the call back.
    pub fn next_ids(&self) -> [TaskId; 2] {
        ["next", "call_back"].map(|what| TaskId::derived(&self.id.lead(), &[what, self.id.as_str()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{CampaignId, LeadId, WorkspaceId};
    use crate::lead::Lead;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn series(every: RepeatEvery, since: &str) -> Repeat {
        Repeat { every, zone: ZoneName::parse("Europe/London").unwrap(), since: at(since) }
    }

    fn call() -> Task {
        let now = at("2026-11-20T09:30:00Z");
        let workspace = WorkspaceId::derived(now, &["w"]);
        let lead = Lead::blank(LeadId::derived(now, &["ann"]), workspace, now);
        Task::about(&lead, TaskId::derived(&lead.id, &["call"]), TaskKind::Call, "Call Ann".to_owned(), now)
    }

    fn closed(outcome: TaskOutcome) -> Task {
        let mut task = call();
        // A Friday.
        task.close(outcome, at("2026-11-20T10:15:00Z"));
        task
    }

    /// The one task that follows.
    fn only(next: Vec<Task>) -> Task {
        let [next] = <[Task; 1]>::try_from(next).expect("one task");
        next
    }

    #[test]
    fn daily_task_keeps_its_hour_when_the_clocks_change() {
        let daily = series(RepeatEvery::Day, "2026-10-23T08:00:00Z");
        assert_eq!(daily.next(at("2026-10-23T08:00:00Z")), Some(at("2026-10-24T08:00:00Z")));
        assert_eq!(daily.next(at("2026-10-24T08:00:00Z")), Some(at("2026-10-25T09:00:00Z")));
    }

    #[test]
    fn weekday_task_skips_the_weekend_and_missed_days() {
        let series = series(RepeatEvery::Weekday, "2026-11-20T09:00:00Z");
        assert_eq!(series.next(at("2026-11-20T09:00:00Z")), Some(at("2026-11-23T09:00:00Z")));
        assert_eq!(series.next(at("2026-12-02T15:00:00Z")), Some(at("2026-12-03T09:00:00Z")));
    }

    #[test]
    fn weekly_task_keeps_its_weekday_after_a_late_one() {
        let weekly = series(RepeatEvery::Week, "2026-11-20T09:00:00Z");
        assert_eq!(weekly.next(at("2026-12-09T09:00:00Z")), Some(at("2026-12-11T09:00:00Z")));
    }

    #[test]
    fn monthly_task_returns_to_its_day_after_a_short_month() {
        let monthly = series(RepeatEvery::Month, "2026-01-31T09:00:00Z");
        assert_eq!(monthly.next(at("2026-01-31T09:00:00Z")), Some(at("2026-02-28T09:00:00Z")));
        assert_eq!(monthly.next(at("2026-02-28T09:00:00Z")), Some(at("2026-03-31T08:00:00Z")));
    }

    #[test]
    fn repeated_task_has_a_next_one_unless_it_was_cancelled() {
        let mut task = closed(TaskOutcome::Done);
        task.repeat = Some(series(RepeatEvery::Week, "2026-11-20T09:30:00Z"));
        let next = only(task.next(None, &TimeZone::UTC));
        assert_eq!((next.due_at, next.done_at, next.rev), (at("2026-11-27T09:30:00Z"), None, 0));
        assert_eq!(next.repeat, task.repeat);
        task.outcome = Some(TaskOutcome::Cancelled);
        assert_eq!(task.next(None, &TimeZone::UTC), []);
    }

    #[test]
    fn call_without_answer_is_tried_again_on_the_next_working_day_twice() {
        let first = closed(TaskOutcome::NoAnswer);
        let second = only(first.next(None, &TimeZone::UTC));
        assert_eq!(
            (second.due_at, second.tries, second.after),
            (at("2026-11-23T10:15:00Z"), 1, first.outcome)
        );
        let mut second = second;
        second.close(TaskOutcome::Busy, second.due_at);
        let mut third = only(second.next(None, &TimeZone::UTC));
        assert_ne!(third.id, second.id);
        third.close(TaskOutcome::NoAnswer, third.due_at);
        assert_eq!(third.next(None, &TimeZone::UTC), []);
    }

    #[test]
    fn call_of_a_sequence_without_answer_is_left_to_the_sequence() {
        let mut task = closed(TaskOutcome::NoAnswer);
        task.campaign = Some(CampaignId::derived(task.created_at, &["spring"]));
        assert_eq!(task.next(None, &TimeZone::UTC), []);
    }

    #[test]
    fn call_back_is_a_task_with_a_reminder_at_the_time_that_was_agreed() {
        let mut task = closed(TaskOutcome::Callback);
        task.note = Some("After the holidays.".to_owned());
        let when = at("2026-12-01T14:00:00Z");
        let next = only(task.next(Some(when), &TimeZone::UTC));
        assert_eq!(
            (next.due_at, next.remind_at(), next.body.as_str()),
            (when, Some(when), "After the holidays.")
        );
        assert_eq!(task.next(None, &TimeZone::UTC), []);
    }

    #[test]
    fn call_back_of_a_series_stands_beside_its_next_task() {
        let mut task = closed(TaskOutcome::Callback);
        task.repeat = Some(series(RepeatEvery::Week, "2026-11-20T09:30:00Z"));
        let when = at("2026-11-23T14:00:00Z");
        let next = task.next(Some(when), &TimeZone::UTC);
        let due: Vec<_> = next.iter().map(|next| (next.due_at, next.repeat.is_some())).collect();
        assert_eq!(due, [(when, false), (at("2026-11-27T09:30:00Z"), true)]);
        assert_ne!(next[0].id, next[1].id);
    }

    #[test]
    fn series_goes_on_after_every_outcome_but_do_not_call() {
        for outcome in [TaskOutcome::Booked, TaskOutcome::NotInterested] {
            let mut task = closed(outcome);
            assert_eq!(task.next(None, &TimeZone::UTC), [], "{outcome:?}");
            task.repeat = Some(series(RepeatEvery::Day, "2026-11-20T09:30:00Z"));
            assert_eq!(
                only(task.next(None, &TimeZone::UTC)).due_at,
                at("2026-11-21T09:30:00Z"),
                "{outcome:?}"
            );
        }
        let mut task = closed(TaskOutcome::DoNotCall);
        task.repeat = Some(series(RepeatEvery::Day, "2026-11-20T09:30:00Z"));
        assert_eq!(task.next(None, &TimeZone::UTC), []);
    }

    #[test]
    fn reminder_is_the_minutes_before_the_task_is_due() {
        let mut task = call();
        assert_eq!(task.remind_at(), None);
        task.remind_minutes = Some(15);
        assert_eq!(task.remind_at(), Some(at("2026-11-20T09:15:00Z")));
    }
}
