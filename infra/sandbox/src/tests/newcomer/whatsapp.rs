//! Accepting a message: each fault that the real API refuses, with its code.

use jiff::SignedDuration;
use serde::Deserialize;

use super::Refused;
use crate::people;
use crate::sandbox::Sandbox;
use crate::world::Text;

/// The fake's own number, which no other fake has.
pub(super) const NUMBER: Option<&str> = Some("+12025550100");

/// The longest text, in characters.
const LONGEST: usize = 4_096;
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(24);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    from: String,
    to: String,
    text: Option<String>,
    template: Option<Template>,
    reference: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    name: String,
    language: String,
    parameters: Vec<String>,
}

pub(super) fn accept(sandbox: &Sandbox, body: &[u8]) -> Result<String, Refused> {
    let asked: Asked = serde_json::from_slice(body)
        .map_err(|error| Refused::new(422, "invalid_content", error.to_string()))?;
    let Asked { from, to, text, template, reference } = asked;
    if Some(from.as_str()) != NUMBER {
        return Err(Refused::new(403, "bad_sender", "The number is not the account's"));
    }
    let digits = to.strip_prefix('+').unwrap_or_default();
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) || to == from {
        return Err(Refused::new(422, "invalid_recipient", format!("{to} is no number")));
    }
    let is_free = template.is_none();
    let text = match (text, template) {
        (Some(text), None) => text,
        (None, Some(template)) => filled(sandbox, &template)?,
        _ => return Err(Refused::new(422, "invalid_content", "Either a text or a template")),
    };
    if text.is_empty() {
        return Err(Refused::new(422, "invalid_content", "The text is empty"));
    }
    if text.chars().count() > LONGEST {
        return Err(Refused::new(422, "too_long", "The text is too long"));
    }
    let mut world = sandbox.world();
    let (now, serial) = (sandbox.now(), world.serial());
    let between = world.phones.get(&to).into_iter().flatten().map(|id| &world.texts[*id]);
    let mut lately = between.filter(|text| text.to == from && now.duration_since(text.at) < OPEN_FOR);
    if is_free && lately.next().is_none() {
        return Err(Refused::new(422, "window_closed", "They have not written for 24 hours"));
    }
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
        status_callback: None,
        service_sid: None,
        segments: 1,
        read: false,
        chat: true,
        tag: reference,
    });
    people::text_arrived(sandbox, &mut world, id, jiff::SignedDuration::ZERO);
    Ok(world.texts[id].sid.clone())
}

/// The approved text with its parameters filled in.
fn filled(sandbox: &Sandbox, asked: &Template) -> Result<String, Refused> {
    let templates = &sandbox.config().credentials.whatsapp_templates;
    let known = templates.iter().find(|known| known.name == asked.name && known.language == asked.language);
    let known = known.ok_or_else(|| Refused::new(422, "invalid_template", "There is no such template"))?;
    let place = |number: usize| format!("{{{{{number}}}}}");
    let wanted = (1..).take_while(|number| known.body.contains(&place(*number))).count();
    if known.is_paused || asked.parameters.len() != wanted {
        let told = format!("The template is paused, or takes {wanted} parameters");
        return Err(Refused::new(422, "invalid_template", told));
    }
    let fill = |body: String, (at, text): (usize, &String)| body.replace(&place(at + 1), text);
    Ok(asked.parameters.iter().enumerate().fold(known.body.clone(), fill))
}

/// A request that is accepted.
#[cfg(test)]
pub(super) fn sample() -> serde_json::Value {
    let template = serde_json::json!({ "name": "nudge", "language": "en_US", "parameters": [] });
    serde_json::json!({ "from": NUMBER, "to": "+12125550123", "template": template, "reference": "msg_1" })
}

/// Faulty requests: a field, another value for it, and the code.
#[cfg(test)]
pub(super) fn faults() -> Vec<(&'static str, serde_json::Value, &'static str)> {
    let of = |name: &str| serde_json::json!({ "name": name, "language": "en_US", "parameters": [] });
    vec![
        ("from", "+12025550999".into(), "bad_sender"),
        ("to", "12125550123".into(), "invalid_recipient"),
        ("to", NUMBER.into(), "invalid_recipient"),
        ("text", "And more".into(), "invalid_content"),
        ("template", of("nothing"), "invalid_template"),
        ("template", of("introduction"), "invalid_template"),
        ("template", of("too_pushy"), "invalid_template"),
        ("colour", "red".into(), "invalid_content"),
    ]
}
