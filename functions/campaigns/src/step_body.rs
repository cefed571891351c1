//! The steps of a sequence as the API has them, and what is wrong with those that cannot be sent.

use application::Ids;
use domain::render;
use domain::sequence::{Channel, Delay, SendingWindow, Step};
use domain::{StepId, TemplateId};
use http_api::{FieldErrors, utoipa};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const MOST_STEPS: usize = 30;
const LONGEST_SMS: usize = 1_600;

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

/// Checks each step and gives new ones their id. `known` are the ids this sequence has given out.
pub fn read_steps(
    bodies: Vec<StepBody>,
    known: &BTreeSet<StepId>,
    ids: &dyn Ids,
    errors: &mut FieldErrors,
) -> Vec<Step> {
    if bodies.len() > MOST_STEPS {
        errors.add("steps", format!("has more than {MOST_STEPS} steps"));
        return Vec::new();
    }
    let (mut steps, mut seen, mut mailed) = (Vec::with_capacity(bodies.len()), BTreeSet::new(), false);
    for (i, body) in bodies.into_iter().enumerate() {
        let at = |field: &str| format!("steps[{i}].{field}");
        check_texts(&body, &at, mailed, errors);
        mailed |= body.channel == Channel::Email;
        errors.take(&at("delay"), body.delay.validate());
        let id = match body.id {
            Some(id) if !known.contains(&id) => {
                errors.add(at("id"), "is no step of this sequence");
                id
            }
            Some(id) => id,
            None => StepId::new(ids.next()),
        };
        if !seen.insert(id.clone()) {
            errors.add(at("id"), "is used twice");
        }
        let subject =
            if body.channel == Channel::Email { body.subject.trim().to_owned() } else { String::new() };
        steps.push(Step {
            id,
            channel: body.channel,
            delay: body.delay,
            only_if_no_reply: body.only_if_no_reply,
            subject,
            body: body.body,
            template: body.template,
        });
    }
    steps
}

fn check_texts(body: &StepBody, at: &dyn Fn(&str) -> String, mailed: bool, errors: &mut FieldErrors) {
    if body.body.trim().is_empty() {
        errors.add(at("body"), "is required");
    }
    errors.take(&at("body"), render::check(&body.body));
    match body.channel {
        Channel::Sms if body.body.chars().count() > LONGEST_SMS => {
            errors.add(at("body"), format!("is longer than {LONGEST_SMS} characters"));
        }
        Channel::Sms => {}
        Channel::Email => {
            if body.subject.trim().is_empty() && !mailed {
                errors.add(at("subject"), "is required on the first e-mail");
            }
            if body.subject.contains(['\n', '\r']) {
                errors.add(at("subject"), "is one line");
            }
            errors.take(&at("subject"), render::check(&body.subject));
        }
    }
}

pub fn check_window(window: &SendingWindow, errors: &mut FieldErrors) {
    errors.take("window", window.validate());
}
