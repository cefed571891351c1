//! What is wrong with a sequence before it is saved, field by field.

use crate::render::{TemplateError, check};
use crate::sequence::{Channel, SendingWindow, Step};

pub const MAX_STEPS: usize = 50;
/// What a carrier takes in one piece.
pub const MAX_SMS_CHARS: usize = 1_600;
pub const MAX_SUBJECT_CHARS: usize = 300;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceFault {
    /// `steps.2.body`, `window`.
    pub field: String,
    pub reason: String,
}

/// Empty: it may be saved.
pub fn sequence_faults(steps: &[Step], window: &SendingWindow) -> Vec<SequenceFault> {
    let mut faults = Vec::new();
    let mut fault = |field: String, reason: String| faults.push(SequenceFault { field, reason });
    if let Err(error) = window.validate() {
        fault("window".to_owned(), error.to_string());
    }
    if steps.len() > MAX_STEPS {
        fault("steps".to_owned(), format!("at most {MAX_STEPS} steps"));
    }
    let mut has_thread = false;
    for (i, step) in steps.iter().enumerate().take(MAX_STEPS) {
        let mut at = |name: &str, reason: String| fault(format!("steps.{i}.{name}"), reason);
        if steps[..i].iter().any(|other| other.id == step.id) {
            at("id", "another step has the same id".to_owned());
        }
        if let Err(error) = step.delay.validate() {
            at("delay", error.to_string());
        }
        if step.body.trim().is_empty() {
            at("body", "is empty".to_owned());
        } else if let Err(error) = check(&step.body) {
            at("body", error.to_string());
        }
        match step.channel {
            Channel::Email => {
                if step.subject.trim().is_empty() && !has_thread {
                    at("subject", "the first mail of a sequence needs a subject".to_owned());
                }
                if step.subject.chars().count() > MAX_SUBJECT_CHARS || step.subject.contains(['\r', '\n']) {
                    at("subject", format!("is one line of at most {MAX_SUBJECT_CHARS} characters"));
                } else if let Err(error) = check_subject(&step.subject) {
                    at("subject", error.to_string());
                }
                has_thread = true;
            }
            Channel::Sms if step.body.chars().count() > MAX_SMS_CHARS => {
                at("body", format!("an SMS has at most {MAX_SMS_CHARS} characters"));
            }
            Channel::Sms => {}
        }
    }
    faults
}

fn check_subject(subject: &str) -> Result<(), TemplateError> {
    check(subject).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::StepId;
    use crate::sequence::{Delay, DelayUnit};
    use jiff::Timestamp;

    fn step(channel: Channel, subject: &str, body: &str) -> Step {
        Step {
            id: StepId::derived(Timestamp::UNIX_EPOCH, &[subject, body]),
            channel,
            delay: Delay { amount: 1, unit: DelayUnit::Days },
            only_if_no_reply: true,
            subject: subject.to_owned(),
            body: body.to_owned(),
            template: None,
        }
    }

    #[test]
    fn faults_name_their_field() {
        let good = [
            step(Channel::Email, "Hi {{ first_name | default('there') }}", "{{ first_line }}"),
            step(Channel::Sms, "", "Hi"),
            step(Channel::Email, "", "Again"),
        ];
        assert_eq!(sequence_faults(&good, &SendingWindow::default()), []);
        let mut bad = [
            step(Channel::Email, "", "Hi"),
            step(Channel::Sms, "", &"x".repeat(1_601)),
            step(Channel::Email, "{{ nope }}", "a\n{% for %}"),
            step(Channel::Email, "a\nb", " "),
        ];
        bad[1].delay.amount = 999;
        bad[3].id = bad[0].id.clone();
        let window = SendingWindow { weekdays: vec![], ranges: vec![] };
        let fields: Vec<String> =
            sequence_faults(&bad, &window).into_iter().map(|fault| fault.field).collect();
        assert_eq!(
            fields,
            [
                "window",
                "steps.0.subject",
                "steps.1.delay",
                "steps.1.body",
                "steps.2.body",
                "steps.2.subject",
                "steps.3.id",
                "steps.3.body",
                "steps.3.subject"
            ]
        );
    }
}
