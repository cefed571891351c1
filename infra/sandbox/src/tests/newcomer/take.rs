//! Accepting a text: each fault that the real API refuses, with its code.

use serde::Deserialize;

use super::Refused;
use crate::people;
use crate::sandbox::Sandbox;
use crate::world::Text;

/// The fake's own number, which no other fake has.
pub(super) const NUMBER: Option<&str> = Some("+12025550100");

/// The longest text, in characters.
const LONGEST: usize = 1_600;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    from: String,
    to: String,
    text: String,
    reference: Option<String>,
    report_to: Option<String>,
}

pub(super) fn accept(sandbox: &Sandbox, body: &[u8]) -> Result<String, Refused> {
    let asked: Asked = serde_json::from_slice(body)
        .map_err(|error| Refused::new(422, "invalid_content", error.to_string()))?;
    let Asked { from, to, text, reference, report_to } = asked;
    if Some(from.as_str()) != NUMBER {
        return Err(Refused::new(403, "bad_sender", "The number is not the account's"));
    }
    let digits = to.strip_prefix('+').unwrap_or_default();
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) || to == from {
        return Err(Refused::new(422, "invalid_recipient", format!("{to} is no number")));
    }
    if text.is_empty() {
        return Err(Refused::new(422, "invalid_content", "The text is empty"));
    }
    if text.chars().count() > LONGEST {
        return Err(Refused::new(422, "too_long", "The text is too long"));
    }
    let mut world = sandbox.world();
    if world.opted_out.contains(&(from.clone(), to.clone())) {
        return Err(Refused::new(422, "opted_out", format!("{to} wants nothing from this number")));
    }
    let (now, serial) = (sandbox.now(), world.serial());
    let id = world.keep_text(Text {
        id: 0,
        sid: sandbox.seed().roll(&["newcomer", &serial.to_string()]).hex(24),
        at: now,
        updated: now,
        from,
        to,
        body: text,
        inbound: false,
        status: "queued".to_owned(),
        error_code: None,
        status_callback: report_to,
        service_sid: None,
        segments: 1,
        read: false,
        chat: false,
        tag: reference,
    });
    people::text_arrived(sandbox, &mut world, id, jiff::SignedDuration::ZERO);
    Ok(world.texts[id].sid.clone())
}

/// A request that is accepted.
#[cfg(test)]
pub(super) fn sample() -> serde_json::Value {
    serde_json::json!({ "from": NUMBER, "to": "+12125550123", "text": "Hi", "reference": "msg_1" })
}

/// Faulty requests: a field, another value for it, and the code.
#[cfg(test)]
pub(super) fn faults() -> Vec<(&'static str, serde_json::Value, &'static str)> {
    vec![
        ("from", "+12025550999".into(), "bad_sender"),
        ("to", "12125550123".into(), "invalid_recipient"),
        ("to", NUMBER.into(), "invalid_recipient"),
        ("text", "".into(), "invalid_content"),
        ("text", "x".repeat(LONGEST + 1).into(), "too_long"),
        ("colour", "red".into(), "invalid_content"),
    ]
}
