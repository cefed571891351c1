//! The steps of a sequence in requests and answers, and the check of their faults.

use application::Ids;
use domain::StepId;
use domain::sequence::Step;
use domain::sequence::step_kind::StepKind;
use domain::sequence::validation::sequence_faults;
use domain::time::delay::Delay;
use domain::time::weekly_hours::SendingWindow;
use http_api::{FieldErrors, utoipa};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StepBody {
    /// If left out, a new id is given; a branch needs the ids of its targets.
    #[serde(default)]
    pub id: Option<StepId>,
    /// Counted from the completion of the step before; for the first step from enrolment.
    pub delay: Delay,
    /// A day in the lead's time zone.
    #[serde(default)]
    pub not_before: Option<Date>,
    /// The step is skipped if it could only happen after this day.
    #[serde(default)]
    pub not_after: Option<Date>,
    #[serde(flatten)]
    pub kind: StepKind,
}

impl From<Step> for StepBody {
    fn from(step: Step) -> Self {
        let Step { id, delay, not_before, not_after, kind } = step;
        Self { id: Some(id), delay, not_before, not_after, kind }
    }
}

/// Reads the steps; new ones get their id.
pub fn read_steps(bodies: Vec<StepBody>, ids: &dyn Ids) -> Vec<Step> {
    let step = |body: StepBody| {
        let StepBody { id, delay, not_before, not_after, mut kind } = body;
        kind.trim_lines();
        Step { id: id.unwrap_or_else(|| StepId::new(ids.next())), delay, not_before, not_after, kind }
    };
    bodies.into_iter().map(step).collect()
}

/// Adds every fault of steps and window, under the field names of the request.
pub fn check_steps(steps: &[Step], window: &SendingWindow, errors: &mut FieldErrors) {
    for fault in sequence_faults(steps, window) {
        errors.add(as_in_request(&fault.field), fault.reason);
    }
}

/// Translates `steps.2.body` to the request's `steps[2].body`.
fn as_in_request(field: &str) -> String {
    let mut path = String::with_capacity(field.len() + 1);
    for part in field.split('.') {
        if part.bytes().all(|b| b.is_ascii_digit()) {
            path.push_str(&format!("[{part}]"));
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
        }
    }
    path
}
