//! The fields of a task that a user fills in.

use domain::time::time_zone::ZoneName;
use domain::workspace::task::{Task, TaskKind};
use domain::workspace::task_plan::{Repeat, RepeatEvery};
use http_api::{FieldErrors, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The earliest reminder: four weeks before the task is due.
const MOST_MINUTES: u32 = 4 * 7 * 24 * 60;
const LONGEST_CALL: u32 = 24 * 60 * 60;

pub const LONGEST_TITLE: usize = 300;
pub const LONGEST_TEXT: usize = 4_000;

/// How often the task is repeated. The next one is made when this one is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskRepeat {
    pub every: RepeatEvery,
    /// The IANA time zone in which the hour stays the same.
    pub zone: ZoneName,
}

impl TaskRepeat {
    pub fn since(self, due_at: Timestamp) -> Repeat {
        Repeat { every: self.every, zone: self.zone, since: due_at }
    }
}

/// Takes the kind of a task that a user creates or changes.
pub fn kind(errors: &mut FieldErrors, kind: TaskKind) -> TaskKind {
    if !is_by_hand(kind) {
        errors.add("kind", "must be manual, follow_up, call or email");
    }
    kind
}

fn is_by_hand(kind: TaskKind) -> bool {
    matches!(kind, TaskKind::Manual | TaskKind::FollowUp | TaskKind::Call | TaskKind::Email)
}

/// Whether a user may change what the task is. The kind of a task that a sequence or an event made says what it is about.
pub fn kind_is_free(task: &Task) -> bool {
    task.campaign.is_none() && task.message.is_none() && is_by_hand(task.kind)
}

pub fn remind_minutes(errors: &mut FieldErrors, minutes: Option<u32>) -> Option<u32> {
    if minutes.is_some_and(|minutes| minutes > MOST_MINUTES) {
        errors.add("remind_minutes", format!("must be at most {MOST_MINUTES}, which is four weeks"));
    }
    minutes
}

pub fn call_seconds(errors: &mut FieldErrors, seconds: u32) -> u32 {
    if seconds > LONGEST_CALL {
        errors.add("call_seconds", format!("must be at most {LONGEST_CALL}, which is a day"));
    }
    seconds
}
