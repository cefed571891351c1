//! The steps of a plan's sequence: what each does, how they are connected, and the bodies that are posted.

use crate::chance::Chance;
use crate::profile::{Profile, Seed};
use jiff::Span;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[derive(Debug, Clone)]
pub struct Step {
    /// The step's number in every version that has it.
    pub id: usize,
    pub does: Does,
    pub amount: i64,
    pub unit: &'static str,
    /// Texts that are tried against each other; nought and one are the step's own.
    pub variants: usize,
    /// Not before the one and not after the other.
    pub days: [Option<Date>; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    Mail,
    Text,
    /// A WhatsApp message; true if it has free words for leads that wrote there lately.
    Chat(bool),
    /// What a person does.
    Task(&'static str),
    Wait,
    /// What is asked, and the ids of the steps that follow a yes and a no.
    Branch(&'static str, usize, usize),
    /// The status aimed at, or that they pay, or that a meeting is booked.
    Goal(&'static str),
    End,
}

/// What WhatsApp has let through under the name of `introduction`.
const APPROVED: &str =
    "Hi {{ first_name }}, do you take bookings online at {{ company }} yet? A short answer is enough.";

/// The first is mostly a mail, so that others can go on in its thread.
pub fn step(number: usize, count: usize, chance: &mut Chance) -> Step {
    let (amount, unit) = match chance.below(5) {
        0 => (chance.between(0, 90), "minutes"),
        1 => (chance.between(1, 30), "hours"),
        2 => (chance.between(1, 3), "days"),
        _ => (chance.between(1, 3), "working_days"),
    };
    if number == 0 {
        let does = match chance.below(8) {
            0 => Does::Task("call"),
            1 => Does::Wait,
            2 => Does::Chat(true),
            _ => Does::Mail,
        };
        return Step { id: number, does, amount: 0, unit: "minutes", variants: 0, days: [None; 2] };
    }
    let does = match chance.below(30) {
        0..=3 => Does::Text,
        4..=8 => {
            let task = *chance.pick(&["call", "linkedin", "whatsapp", "generic"]);
            Does::Task(task)
        }
        9 | 10 => Does::Wait,
        11..=14 if number + 2 < count => fork(number, count, chance),
        15 | 16 => {
            let stage = *chance.pick(&["qualified", "qualified", "won"]);
            Does::Goal(stage)
        }
        17 => Does::End,
        18..=20 => Does::Chat(chance.per_mille(600)),
        _ => Does::Mail,
    };
    Step { id: number, does, amount, unit, variants: 0, days: [None; 2] }
}

/// Some of those that send have two to four texts.
pub fn vary(steps: &mut [Step], chance: &mut Chance) {
    for step in steps.iter_mut().filter(|step| matches!(step.does, Does::Mail | Does::Text)) {
        if chance.per_mille(350) {
            step.variants = 2 + chance.below(3);
        }
    }
}

/// Refines steps from the profile `two_tenants` on: more conditions and goals, and messages with a first or last day.
pub fn refine(seed: Seed, (start, days): (&str, i64), steps: &mut [Step]) {
    let mut chance = Chance::of(seed, "refined steps");
    let Some(first) = start
        .get(..10)
        .and_then(|day| day.parse::<Date>().ok())
        .filter(|_| seed.profile >= Profile::TwoTenants)
    else {
        return;
    };
    for step in steps {
        let sends = matches!(step.does, Does::Mail | Does::Text | Does::Chat(_));
        match &mut step.does {
            Does::Branch(asked, _, _) if chance.per_mille(500) => {
                *asked = *chance.pick(&["field_equals", "score_at_least", "temperature_at_least"]);
            }
            Does::Goal(reach) if chance.per_mille(500) => *reach = *chance.pick(&["paid", "booked"]),
            _ if sends && chance.per_mille(250) => {
                let from = chance.between(0, days);
                let day = |after: i64| first.checked_add(Span::new().days(after)).ok();
                step.days = match chance.below(3) {
                    0 => [day(from), None],
                    1 => [None, day(from)],
                    _ => [day(from), day(from + chance.between(0, 4))],
                };
            }
            _ => {}
        }
    }
}

fn fork(number: usize, count: usize, chance: &mut Chance) -> Does {
    let asked = *chance.pick(&["opened", "opened", "clicked", "replied", "not_replied", "field_present"]);
    let mut arms: Vec<usize> = (number + 1..count).collect();
    chance.shuffle(&mut arms);
    Does::Branch(asked, arms[0], arms[1])
}

/// The steps as the API takes them.
pub fn bodies(steps: &[Step], word: &str) -> Value {
    let in_thread = steps.first().is_some_and(|step| step.does == Does::Mail);
    let body = |(number, step): (usize, &Step)| {
        let mut body = match step.does {
            Does::Mail => {
                let follows = in_thread && !number.is_multiple_of(2);
                let subject = if follows { String::new() } else { format!("{word} {number}") };
                json!({ "kind": "email", "subject": subject,
                    "body": format!("Hello {{{{ first_name }}}}, {word} {number}: {{{{ preview_url }}}}") })
            }
            Does::Text => json!({ "kind": "sms",
                "body": format!("Hi {{{{ first_name }}}}, {word} {number}. Reply STOP to opt out.") }),
            Does::Chat(is_free) => {
                let freely = if is_free {
                    format!("Thanks, {{{{ first_name }}}}! {word} {number}?")
                } else {
                    String::new()
                };
                json!({ "kind": "whatsapp", "template_name": "introduction", "language": "en_US",
                    "body": APPROVED, "free_text": freely })
            }
            Does::Task(task) => json!({ "kind": "task", "task": task,
                "title": format!("{{{{ first_name }}}}: {word} {number}"), "body": "Hello {{ first_name }}" }),
            Does::Wait => json!({ "kind": "wait" }),
            Does::Branch(what, yes, no) => {
                let mut asked = json!({ "if": what });
                match what {
                    "field_present" => asked["field"] = json!("phone"),
                    "field_equals" => (asked["field"], asked["value"]) = (json!("city"), json!("seattle")),
                    "score_at_least" => asked["score"] = json!(35),
                    "temperature_at_least" => asked["temperature"] = json!("warm"),
                    _ => {}
                }
                json!({ "kind": "branch", "yes": step_id(yes), "no": step_id(no), "condition": asked })
            }
            Does::Goal(reach @ ("paid" | "booked")) => json!({ "kind": "goal", "goal": { "reach": reach } }),
            Does::Goal(stage) => json!({ "kind": "goal", "goal": { "reach": "stage", "stage": stage } }),
            Does::End => json!({ "kind": "end" }),
        };
        body["id"] = json!(step_id(step.id));
        body["delay"] = json!({ "amount": step.amount, "unit": step.unit });
        for (name, day) in ["not_before", "not_after"].iter().zip(&step.days) {
            if let Some(day) = day {
                body[*name] = json!(day.to_string());
            }
        }
        if step.variants > 1 {
            let own = (body["subject"].take(), body["body"].take());
            body["body"] = json!("");
            match body.as_object_mut() {
                Some(fields) if step.does == Does::Text => drop(fields.remove("subject")),
                _ => body["subject"] = json!(""),
            }
            body["variants"] = (0..step.variants).map(|at| variant(own.clone(), at)).collect();
        }
        body
    };
    steps.iter().enumerate().map(body).collect()
}

/// Steps taken out, put in and moved. Where it would leave a branch without a step further down, the branch waits instead.
pub fn edited(steps: &[Step], edition: u32, chance: &mut Chance) -> Vec<Step> {
    let mut steps = steps.to_vec();
    for change in 0..1 + chance.below(3) {
        let at = 1 + chance.below(steps.len());
        match chance.below(4) {
            0 | 1 if steps.len() > 2 => drop(steps.remove(at.min(steps.len() - 1))),
            2 if at + 1 < steps.len() => steps.swap(at, at + 1),
            _ => {
                let id = 100 * edition as usize + change;
                let does =
                    *chance.pick(&[Does::Mail, Does::Text, Does::Chat(true), Does::Wait, Does::Task("call")]);
                steps.insert(
                    at,
                    Step {
                        id,
                        does,
                        amount: chance.between(0, 30),
                        unit: "hours",
                        variants: 0,
                        days: [None; 2],
                    },
                );
            }
        }
    }
    let ids: Vec<usize> = steps.iter().map(|step| step.id).collect();
    for (at, step) in steps.iter_mut().enumerate() {
        if let Does::Branch(_, yes, no) = step.does
            && ![yes, no].iter().all(|arm| ids[at + 1..].contains(arm))
        {
            step.does = Does::Wait;
        }
    }
    steps
}

/// The mapping of a rollout: a target for every step that is gone, and now and then for another. Some rollouts begin
/// again with everybody.
pub fn mapping(known: &BTreeSet<&str>, there: &[&str], chance: &mut Chance) -> Value {
    let mut mapping = serde_json::Map::new();
    let from_the_top = chance.per_mille(250);
    for step in known {
        let goes = chance.per_mille(if from_the_top { 750 } else { 250 });
        if goes || !there.contains(step) {
            let target = match chance.below(5) {
                _ if from_the_top => json!({ "step": there[chance.below(there.len().min(2))] }),
                0 => json!("exit"),
                _ => json!({ "step": chance.pick(there) }),
            };
            mapping.insert((*step).to_owned(), target);
        }
    }
    Value::Object(mapping)
}

/// The same words with its own letter before them, and another share.
fn variant((subject, body): (Value, Value), at: usize) -> Value {
    let one_off = char::from(b'A' + at as u8);
    let body = format!("Variant {one_off}. {}", body.as_str().unwrap_or_default());
    let mut variant = json!({ "body": body, "weight": 10 + 20 * at });
    if subject.is_string() {
        variant["subject"] = subject;
    }
    variant
}

fn step_id(number: usize) -> String {
    format!("step_{number:026}")
}
