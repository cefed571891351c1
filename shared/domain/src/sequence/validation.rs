//! Checks a sequence before it is saved; each fault names its field.

use crate::campaign::calendar::Calendar;
use crate::contact::channel::Channel;
use crate::message::whatsapp;
use crate::planning::send_window::Hours;
use crate::sequence::Step;
use crate::sequence::condition::Condition;
use crate::sequence::merge_fields::is_of_lead;
use crate::sequence::render::check;
use crate::sequence::step_kind::{StepAction, StepKind, WayOn};
use crate::sequence::variant::{MAX_VARIANTS, MAX_WEIGHT, Variant};
use crate::time::days_off::DaysOff;
use crate::time::weekly_hours::SendingWindow;
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub const MAX_STEPS: usize = 50;
/// The most characters that a carrier accepts in one message.
pub const MAX_SMS_CHARS: usize = 1_600;
pub const MAX_SUBJECT_CHARS: usize = 300;
pub const MAX_TASK_CHARS: usize = 2_000;
pub const MAX_NAME_CHARS: usize = 60;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceFault {
    /// The field's path, such as `steps.2.body`, `steps.2.variants.0.body` or `window`.
    pub field: String,
    pub reason: String,
}

/// All faults; empty if the sequence may be saved.
pub fn sequence_faults(steps: &[Step], window: &SendingWindow) -> Vec<SequenceFault> {
    let mut faults = Vec::new();
    let mut fault = |field: String, reason: String| faults.push(SequenceFault { field, reason });
    if let Some(reason) = window_fault(steps, window) {
        fault("window".to_owned(), reason);
    }
    if steps.len() > MAX_STEPS {
        fault("steps".to_owned(), format!("at most {MAX_STEPS} steps"));
    }
    let threadless = threadless(steps);
    for (i, step) in steps.iter().enumerate().take(MAX_STEPS) {
        let mut at = |name: &str, reason: String| fault(format!("steps.{i}.{name}"), reason);
        if steps[..i].iter().any(|other| other.id == step.id) {
            at("id", "another step has the same id".to_owned());
        }
        if let Err(error) = step.delay.validate() {
            at("delay", error.to_string());
        }
        if step.not_after.is_some() && !step.kind.may_be_left_out() {
            let name = step_name(steps, i);
            at(
                "not_after",
                format!("is only for steps that can be skipped; {name} decides where a lead goes"),
            );
        } else if step.not_before.zip(step.not_after).is_some_and(|(first, last)| first > last) {
            at("not_after", "is before not_before".to_owned());
        }
        let texts = step.kind.texts();
        match step.kind.action() {
            StepAction::Send => {
                check_message(&step.kind, texts.approved, threadless[i], &mut at);
                if !texts.free_text.is_empty() {
                    check_text("free_text", texts.free_text, whatsapp::MAX_TEXT_CHARS, &mut at);
                }
            }
            StepAction::OpenTask(_) => {
                if texts.headline.trim().is_empty() {
                    at("title", "is empty".to_owned());
                }
                check_line("title", texts.headline, &mut at);
                if !texts.body.is_empty() {
                    check_text("body", texts.body, MAX_TASK_CHARS, &mut at);
                }
            }
            StepAction::Pass | StepAction::End => {}
        }
        if let StepKind::Branch { condition, .. } = &step.kind {
            check_condition(condition, &mut at);
        }
        for (name, target) in step.kind.targets() {
            match steps.iter().position(|other| other.id == *target) {
                None => at(name, "is not a step of this sequence".to_owned()),
                Some(found) if found <= i => {
                    at(name, format!("must be further down; {} is not", step_name(steps, found)));
                }
                Some(_) => {}
            }
        }
    }
    faults
}

/// Checks the words of a step that sends: its own, or those of its variants.
fn check_message(
    kind: &StepKind,
    approved: (&str, &str),
    threadless: bool,
    at: &mut impl FnMut(&str, String),
) {
    let variants = kind.variants();
    if variants.is_empty() {
        return check_words(kind, (kind.headline(), kind.body()), approved, threadless, at);
    }
    if !kind.has_only_variants() {
        at("body", "must be empty: the texts stand in the variants".to_owned());
    }
    if variants.len() == 1 || variants.len() > MAX_VARIANTS {
        at("variants", format!("are two to {MAX_VARIANTS}, or none"));
    } else if variants.iter().all(|variant| variant.paused) {
        at("variants", "are all paused; at least one must be active".to_owned());
    }
    for (i, variant) in variants.iter().enumerate().take(MAX_VARIANTS) {
        let Variant { id, name, weight, subject, body, .. } = variant;
        let mut at = |field: &str, reason| at(&format!("variants.{i}.{field}"), reason);
        if variants[..i].iter().any(|other| other.id.tail() == id.tail()) {
            at("id", "another variant has the same id, or the same text".to_owned());
        }
        if name.chars().count() > MAX_NAME_CHARS || name.contains(['\r', '\n']) {
            at("name", format!("is one line of at most {MAX_NAME_CHARS} characters"));
        }
        if !(1..=MAX_WEIGHT).contains(weight) {
            at("weight", format!("is 1 to {MAX_WEIGHT}"));
        }
        check_words(kind, (subject, body), variant.approved(), threadless, &mut at);
    }
}

fn check_words(
    kind: &StepKind,
    (subject, body): (&str, &str),
    (template_name, language): (&str, &str),
    threadless: bool,
    at: &mut impl FnMut(&str, String),
) {
    if kind.channel() != Some(Channel::Email) && !subject.is_empty() {
        at("subject", "is only for an e-mail".to_owned());
    }
    if kind.channel() == Some(Channel::Whatsapp) {
        if !whatsapp::is_template_name(template_name) {
            at("template_name", "is 1 to 512 of a-z, 0-9 and _".to_owned());
        }
        if !whatsapp::is_language(language) {
            at("language", "is a code such as en or en_US".to_owned());
        }
        check_text("body", body, whatsapp::MAX_TEMPLATE_CHARS, at);
        if let Err(why) = whatsapp::parts(body) {
            at("body", why.to_string());
        }
        return;
    }
    for (field, value) in [("template_name", template_name), ("language", language)] {
        if !value.is_empty() {
            at(field, "is only for a WhatsApp message".to_owned());
        }
    }
    if kind.channel() == Some(Channel::Sms) {
        return check_text("body", body, MAX_SMS_CHARS, at);
    }
    check_text("body", body, usize::MAX, at);
    if subject.trim().is_empty() && threadless {
        at("subject", "the first mail of a sequence needs a subject".to_owned());
    }
    check_line("subject", subject, at);
}

/// Why nothing, or one of these steps, could ever go out.
pub fn window_fault(steps: &[Step], window: &SendingWindow) -> Option<String> {
    if let Err(error) = window.validate() {
        return Some(error.to_string());
    }
    let i = steps.iter().position(|step| !has_time(step, window))?;
    Some(format!("leaves {} no time: it goes out from 08:00 to 21:00 only", step_name(steps, i)))
}

/// Whether the step ever has time; UTC stands for all zones, because every clock shows the same hours.
fn has_time(step: &Step, window: &SendingWindow) -> bool {
    let calendar = Calendar::default();
    let hours = Hours::of_window(window, TimeZone::UTC, DaysOff::NONE).for_step(&step.kind, &calendar, None);
    !step.kind.is_touch() || hours.next(Timestamp::UNIX_EPOCH).is_some()
}

/// The step as users call it: `step 3, the call 'Ring them'`.
fn step_name(steps: &[Step], index: usize) -> String {
    let kind = &steps[index].kind;
    match kind.headline() {
        "" => format!("step {}, the {},", index + 1, kind.as_str()),
        headline => format!("step {}, the {} '{headline}',", index + 1, kind.as_str()),
    }
}

fn check_text(name: &str, text: &str, most: usize, at: &mut impl FnMut(&str, String)) {
    if text.trim().is_empty() {
        at(name, "is empty".to_owned());
    } else if let Err(error) = check(text) {
        at(name, error.to_string());
    }
    if text.chars().count() > most {
        at(name, format!("has at most {most} characters"));
    }
}

fn check_line(name: &str, text: &str, at: &mut impl FnMut(&str, String)) {
    if text.chars().count() > MAX_SUBJECT_CHARS || text.contains(['\r', '\n']) {
        at(name, format!("is one line of at most {MAX_SUBJECT_CHARS} characters"));
    } else if let Err(error) = check(text) {
        at(name, error.to_string());
    }
}

fn check_condition(condition: &Condition, at: &mut impl FnMut(&str, String)) {
    match condition {
        Condition::FieldPresent { field } | Condition::FieldEquals { field, .. } if !is_of_lead(field) => {
            at("condition.field", format!("unknown lead field '{field}'"));
        }
        Condition::ScoreAtLeast { score } if *score > 100 => {
            at("condition.score", "a score is at most 100".to_owned());
        }
        _ => {}
    }
}

/// Whether each step can be reached without a mail sent before. All ways lead down.
fn threadless(steps: &[Step]) -> Vec<bool> {
    let mut reached = vec![false; steps.len()];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for (i, step) in steps.iter().enumerate() {
        if !reached[i] {
            continue;
        }
        // A mail begins the thread for whoever comes after it.
        if step.kind.channel() == Some(Channel::Email) {
            continue;
        }
        match step.kind.onward() {
            WayOn::Nowhere => {}
            WayOn::Either { yes, no } => {
                for target in [yes, no] {
                    if let Some(found) = steps.iter().skip(i + 1).position(|other| other.id == *target) {
                        reached[i + 1 + found] = true;
                    }
                }
            }
            WayOn::Below => {
                if let Some(below) = reached.get_mut(i + 1) {
                    *below = true;
                }
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests;
