//! Accepting a message: each fault that the real API refuses, with its code.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::refusal::Refused;
use super::{person_with, wa_id, wamid};
use crate::people::{self, PhonePersona};
use crate::sandbox::Sandbox;
use crate::world::{Text, World};

const LONGEST_TEXT: usize = 4_096;
const PARAMETERS: [&str; 9] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "text",
    "template",
    "context",
    "biz_opaque_callback_data",
];
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(24);
const PAIR_RATE: SignedDuration = SignedDuration::from_secs(6);

pub(super) fn accept(sandbox: &Sandbox, ours: &str, body: &[u8]) -> Result<Value, Refused> {
    let message: Value = serde_json::from_slice(body).map_err(|_| Refused::bad(100, "Invalid JSON"))?;
    let field = |name: &str| message[name].as_str().filter(|text| !text.is_empty());
    if field("messaging_product") != Some("whatsapp") {
        return Err(Refused::bad(100, "The parameter messaging_product is required."));
    }
    let mut given = message.as_object().into_iter().flat_map(|message| message.keys());
    if let Some(unknown) = given.find(|name| !PARAMETERS.contains(&name.as_str())) {
        return Err(Refused::bad(100, format!("Unexpected key \"{unknown}\" on param.")));
    }
    if field("recipient_type").is_some_and(|kind| kind != "individual") {
        return Err(Refused::bad(131009, "Parameter value is not valid: recipient_type"));
    }
    // Of a number and an id the number counts.
    let (input, number) = match (field("to"), field("recipient")) {
        (Some(to), _) => (to, Some(number_in(to)?)),
        (None, Some(id)) if is_user_id(id) => (id, None),
        (None, Some(_)) => return Err(Refused::bad(131009, "Parameter value is not valid: recipient")),
        (None, None) => return Err(Refused::bad(131008, "Parameter 'to' is missing")),
    };
    if number.as_deref() == Some(ours) {
        return Err(Refused::bad(131021, "Recipient cannot be sender"));
    }
    let tag = field("biz_opaque_callback_data");
    if tag.is_some_and(|tag| tag.len() > 512) {
        return Err(Refused::bad(100, "biz_opaque_callback_data must be at most 512 characters"));
    }
    let now = sandbox.now();
    let (text, is_free) = match field("type") {
        Some("template") => (template(sandbox, &message["template"], number.is_none())?, false),
        Some("text") => (free_text(&message["text"])?, true),
        Some(other) => return Err(Refused::bad(131051, format!("Unsupported message type: {other}"))),
        None => return Err(Refused::bad(131008, "Parameter 'type' is missing")),
    };
    let mut world = sandbox.world();
    let by_id = number.is_none();
    let known = number.or_else(|| person_with(&world, input));
    let person = known.filter(|person| sandbox.phone_persona(person) != PhonePersona::Landline);
    let person = person.ok_or_else(|| Refused::bad(131026, "Message undeliverable"))?;
    if is_free && !wrote_lately(&world, (ours, &person), now) {
        let details =
            "Message failed to send because more than 24 hours have passed since the customer last replied";
        return Err(Refused::bad(131047, details));
    }
    if sent_just_now(&world, (ours, &person), now) {
        return Err(Refused::new(429, 131056, "(Business Account, Consumer Account) pair rate limit hit"));
    }
    let serial = world.serial();
    let id = world.keep_text(Text {
        id: 0,
        sid: wamid(sandbox, serial),
        at: now,
        updated: now,
        from: ours.to_owned(),
        to: person,
        body: text,
        inbound: false,
        status: "accepted".to_owned(),
        error_code: None,
        status_callback: None,
        service_sid: None,
        segments: 1,
        read: false,
        chat: true,
        tag: tag.map(str::to_owned),
    });
    people::text_arrived(sandbox, &mut world, id, SignedDuration::ZERO);
    let Text { sid, to: person, .. } = &world.texts[id];
    let (name, known) = if by_id { ("user_id", input.to_owned()) } else { ("wa_id", wa_id(person)) };
    Ok(json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": input, name: known }],
        "messages": [{ "id": sid, "message_status": "accepted" }],
    }))
}

fn number_in(to: &str) -> Result<String, Refused> {
    let digits = to.strip_prefix('+').unwrap_or(to);
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refused::bad(131009, "Parameter value is not valid: to"));
    }
    Ok(format!("+{digits}"))
}

/// Whether it is two letters, a dot, perhaps `ENT.`, and up to 128 letters and digits.
fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let id = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=128).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn free_text(text: &Value) -> Result<String, Refused> {
    let body = text["body"].as_str().unwrap_or_default();
    if body.is_empty() {
        return Err(Refused::bad(131008, "Parameter 'text.body' is missing"));
    }
    if body.chars().count() > LONGEST_TEXT {
        return Err(Refused::bad(100, "Param text['body'] must be at most 4096 characters long."));
    }
    Ok(body.to_owned())
}

/// The text as it arrives: the approved text with its parameters filled in.
fn template(sandbox: &Sandbox, asked: &Value, by_id: bool) -> Result<String, Refused> {
    let name = asked["name"].as_str().unwrap_or_default();
    let language = asked["language"]["code"].as_str().unwrap_or_default();
    let templates = &sandbox.config().credentials.whatsapp_templates;
    let Some(known) = templates.iter().find(|known| known.name == name && known.language == language) else {
        return Err(Refused::new(
            404,
            132001,
            format!("template name ({name}) does not exist in {language}"),
        ));
    };
    if known.needs_number && by_id {
        return Err(Refused::bad(131062, "BSUID recipients are not supported for this message"));
    }
    if known.is_paused {
        return Err(Refused::bad(132015, "Template is paused"));
    }
    let mut parameters = Vec::new();
    for component in asked["components"].as_array().into_iter().flatten() {
        if component["type"] != "body" {
            return Err(Refused::bad(132000, "The template has no such component"));
        }
        for parameter in component["parameters"].as_array().into_iter().flatten() {
            let text = parameter["text"].as_str().filter(|_| parameter["type"] == "text").unwrap_or_default();
            if text.is_empty() {
                return Err(Refused::bad(131008, "Parameter of type text is missing text value"));
            }
            if text.contains(['\n', '\t']) || text.contains("    ") {
                let details =
                    "Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
                return Err(Refused::bad(132012, details));
            }
            parameters.push(text);
        }
    }
    let wanted = (1..).take_while(|n| known.body.contains(&format!("{{{{{n}}}}}"))).count();
    if parameters.len() != wanted {
        let details =
            format!("body: number of localizable_params ({}) does not match ({wanted})", parameters.len());
        return Err(Refused::bad(132000, details));
    }
    let fill = |body: String, (n, text): (usize, &&str)| body.replace(&format!("{{{{{}}}}}", n + 1), text);
    let text = parameters.iter().enumerate().fold(known.body.clone(), fill);
    if text.chars().count() > 1_024 {
        return Err(Refused::bad(132005, "Translated text too long"));
    }
    Ok(text)
}

fn between<'a>(world: &'a World, (ours, person): (&'a str, &'a str)) -> impl Iterator<Item = &'a Text> {
    let ids = world.phones.get(person).into_iter().flatten().rev();
    let by_this = move |text: &&Text| text.chat && (text.from == ours || text.to == ours);
    ids.map(|id| &world.texts[*id]).filter(by_this)
}

fn wrote_lately(world: &World, pair: (&str, &str), now: Timestamp) -> bool {
    between(world, pair).any(|text| text.inbound && now.duration_since(text.at) < OPEN_FOR)
}

fn sent_just_now(world: &World, pair: (&str, &str), now: Timestamp) -> bool {
    between(world, pair).any(|text| !text.inbound && now.duration_since(text.at) < PAIR_RATE)
}
