//! The steps of a sequence as the API has them, and what is wrong with those that cannot be sent.

use application::Ids;
use domain::sequence::{Channel, Delay, SendingWindow, Step};
use domain::sequence_check::sequence_faults;
use domain::{StepId, TemplateId};
use http_api::{FieldErrors, utoipa};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StepBody {
    /// Of a step that exists; left out for a new one.
    #[serde(default)]
    pub id: Option<StepId>,
    pub channel: Channel,
    /// From the completion of the step before; for the first from enrolment.
    pub delay: Delay,
    #[serde(default = "yes")]
    pub only_if_no_reply: bool,
    /// Empty on a follow-up: the mail goes on in its thread. Not used by SMS.
    #[serde(default)]
    pub subject: String,
    pub body: String,
    #[serde(default)]
    pub template: Option<TemplateId>,
}

fn yes() -> bool {
    true
}

impl From<Step> for StepBody {
    fn from(step: Step) -> Self {
        Self {
            id: Some(step.id),
            channel: step.channel,
            delay: step.delay,
            only_if_no_reply: step.only_if_no_reply,
            subject: step.subject,
            body: step.body,
            template: step.template,
        }
    }
}

/// Gives new steps their id. `known` are the ids this sequence has given out.
pub fn read_steps(
    bodies: Vec<StepBody>,
    known: &BTreeSet<StepId>,
    ids: &dyn Ids,
    errors: &mut FieldErrors,
) -> Vec<Step> {
    let mut steps = Vec::with_capacity(bodies.len());
    for (i, body) in bodies.into_iter().enumerate() {
        if body.id.as_ref().is_some_and(|id| !known.contains(id)) {
            errors.add(format!("steps[{i}].id"), "is no step of this sequence");
        }
        let mailed = body.channel == Channel::Email;
        steps.push(Step {
            id: body.id.unwrap_or_else(|| StepId::new(ids.next())),
            channel: body.channel,
            delay: body.delay,
            only_if_no_reply: body.only_if_no_reply,
            subject: if mailed { body.subject.trim().to_owned() } else { String::new() },
            body: body.body,
            template: body.template,
        });
    }
    steps
}

/// Every fault of steps and window, under the names that the request has for them.
pub fn check_steps(steps: &[Step], window: &SendingWindow, errors: &mut FieldErrors) {
    for fault in sequence_faults(steps, window) {
        errors.add(as_in_request(&fault.field), fault.reason);
    }
}

/// `steps.2.body` is `steps[2].body` in JSON.
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
