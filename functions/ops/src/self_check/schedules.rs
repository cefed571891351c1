//! Checks that each schedule ran within twice its period.

use super::CheckGroup::Work;
use super::finding::{Part, PartCheck};
use crate::App;
use application::ports::parts::Looked;
use application::ports::schedules::{Schedule, ScheduleRuns};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};

pub type Runs = Vec<(Schedule, Looked<Option<ScheduleRuns>>)>;

impl App {
    pub(super) async fn schedule_runs(&self) -> Runs {
        let looks = Schedule::ALL.map(|schedule| async move {
            let runs = async { Ok(self.schedules.runs(schedule).await?) };
            (schedule, self.within(runs).await)
        });
        join_all(looks).await
    }
}

pub fn id_of(schedule: Schedule) -> String {
    format!("schedule_{}", schedule.as_str())
}

/// `known_since` is the time of the first workspace of this installation.
pub fn checks(runs: &Runs, known_since: Option<Timestamp>, now: Timestamp) -> Vec<PartCheck> {
    let noted = runs.iter().filter_map(|(_, runs)| runs.as_ref().ok().copied().flatten());
    let noted_since = noted.map(|runs| runs.first).min();
    let each = runs.iter().map(|(schedule, runs)| check(*schedule, runs, (known_since, noted_since), now));
    each.collect()
}

fn check(
    schedule: Schedule,
    runs: &Looked<Option<ScheduleRuns>>,
    (known_since, noted_since): (Option<Timestamp>, Option<Timestamp>),
    now: Timestamp,
) -> PartCheck {
    let (what, resource) = described(schedule);
    let part = Part::new(id_of(schedule), Work, format!("Schedule {}: {what}", schedule.as_str()));
    let period = schedule.period();
    let is_overdue = |since: Timestamp| now.duration_since(since) > period * 2;
    let fix = format!(
        "In EventBridge Scheduler the schedule that begins with {resource} must be enabled. If it is, the log of the function {name} says why \
         it fails: a run is noted only when it ends. Due work waits and is done later.",
        name = schedule.as_str()
    );
    match runs {
        Err(fault) => part.fault(fault.clone(), "Fix the table first."),
        Ok(Some(runs)) if is_overdue(runs.last) => part.broken(
            format!("It last ran {} ago and should run every {}.", span(now.duration_since(runs.last)), span(period)),
            fix,
        ),
        Ok(Some(runs)) => part.fine(format!("It last ran {} ago.", span(now.duration_since(runs.last)))),
        Ok(None) if noted_since.is_some_and(is_overdue) => {
            part.broken(format!("It never ran, and should every {}.", span(period)), fix)
        }
        Ok(None) if noted_since.is_none() && known_since.is_some_and(is_overdue) => part.warning(
            "No run of any schedule is noted yet.",
            format!("After an update the first run of due_steps is noted within two minutes: check again then. {fix}"),
        ),
        Ok(None) => part.fine(format!("It has not run yet, and will within {}.", span(period))),
    }
}

/// The schedule's purpose, and the prefix of its resources in the template.
fn described(schedule: Schedule) -> (&'static str, &'static str) {
    match schedule {
        Schedule::DueSteps => ("finds due work", "DueSteps"),
        Schedule::Monitor => ("repairs what events missed", "Monitor"),
        Schedule::Nightly => ("lowers old scores", "Nightly"),
    }
}

/// The length in its largest whole unit.
pub fn span(length: SignedDuration) -> String {
    let of = |count: i64, unit: &str| match count {
        1 => format!("1 {unit}"),
        count => format!("{count} {unit}s"),
    };
    let seconds = length.as_secs().max(0);
    match seconds {
        0..120 if seconds != 60 => of(seconds, "second"),
        0..7_200 if seconds != 3_600 => of(seconds / 60, "minute"),
        0..172_800 => of(seconds / 3_600, "hour"),
        _ => of(seconds / 86_400, "day"),
    }
}
