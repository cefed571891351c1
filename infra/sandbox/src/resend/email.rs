//! One request to send: the errors of the real API, and the message that it becomes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::refusal::Refused;

const MOST_RECIPIENTS: usize = 50;
const LONGEST_TAG: usize = 256;
/// Headers that the provider sets itself.
const RESERVED: [&str; 6] = ["from", "to", "subject", "date", "message-id", "content-type"];

#[derive(Debug)]
pub(super) struct Email {
    pub from: Sender,
    pub to: Vec<String>,
    subject: String,
    html: Option<String>,
    text: Option<String>,
    reply_to: Vec<String>,
    headers: Vec<(String, String)>,
    /// The tags as its events repeat them: an object of names and values.
    pub tags: Value,
}

#[derive(Debug)]
pub(super) struct Sender {
    pub address: String,
    whole: String,
}

pub(super) fn message_id(id: &str) -> String {
    format!("{id}@email.resend.test")
}

pub(super) fn parse(body: &[u8], verified: &[String]) -> Result<Email, Refused> {
    let body: Value =
        serde_json::from_slice(body).map_err(|_| invalid("The request body is not valid JSON"))?;
    let body = body.as_object().ok_or_else(|| invalid("The request body is not an object"))?;
    let from = sender(required(body, "from")?, verified)?;
    let to = addresses(body, "to")?;
    if to.is_empty() {
        return Err(missing("to"));
    }
    for address in &to {
        if address.ends_with("@example.com") || address.ends_with("@test.com") {
            return Err(invalid(
                "Invalid `to` field. Please use our testing email address instead of domains like example.com",
            ));
        }
    }
    let (html, text) = (optional(body, "html")?, optional(body, "text")?);
    if html.is_none() && text.is_none() {
        return Err(Refused::new(422, "missing_required_field", "Missing `html` or `text` field."));
    }
    let tags = tags(body)?;
    attachments(body)?;
    Ok(Email {
        from,
        to,
        subject: required(body, "subject")?.to_owned(),
        html,
        text,
        reply_to: addresses(body, "reply_to")?,
        headers: headers(body)?,
        tags,
    })
}

impl Email {
    /// The message as it reaches the recipients, with a Message-ID of the provider.
    pub fn as_message(&self, id: &str, now: Timestamp) -> String {
        let mut lines = vec![
            format!("From: {}", self.from.whole),
            format!("To: {}", self.to.join(", ")),
            format!("Subject: =?utf-8?B?{}?=", STANDARD.encode(&self.subject)),
            format!("Date: {}", now.strftime("%a, %d %b %Y %H:%M:%S +0000")),
            format!("Message-ID: <{}>", message_id(id)),
            "MIME-Version: 1.0".to_owned(),
            format!("Content-Type: multipart/alternative; boundary=\"{id}\""),
        ];
        if !self.reply_to.is_empty() {
            lines.push(format!("Reply-To: {}", self.reply_to.join(", ")));
        }
        lines.extend(self.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.push(String::new());
        let parts = [("plain", &self.text), ("html", &self.html)];
        for (kind, part) in
            parts.into_iter().filter_map(|(kind, part)| part.as_ref().map(|part| (kind, part)))
        {
            lines.push(format!("--{id}"));
            lines.push(format!("Content-Type: text/{kind}; charset=utf-8"));
            lines.push("Content-Transfer-Encoding: base64".to_owned());
            lines.push(String::new());
            let encoded = STANDARD.encode(part);
            lines
                .extend(encoded.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()));
        }
        lines.push(format!("--{id}--"));
        lines.push(String::new());
        lines.join("\r\n")
    }
}

fn invalid(message: impl Into<String>) -> Refused {
    Refused::new(422, "validation_error", message)
}

fn missing(field: &str) -> Refused {
    Refused::new(422, "missing_required_field", format!("Missing `{field}` field."))
}

fn required<'a>(body: &'a Map<String, Value>, field: &str) -> Result<&'a str, Refused> {
    let text = body.get(field).ok_or_else(|| missing(field))?;
    let text = text.as_str().ok_or_else(|| invalid(format!("The `{field}` field must be a string.")))?;
    if text.is_empty() { Err(missing(field)) } else { Ok(text) }
}

fn optional(body: &Map<String, Value>, field: &str) -> Result<Option<String>, Refused> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(invalid(format!("The `{field}` field must be a string."))),
    }
}

/// Reads one text or a list of texts.
fn addresses(body: &Map<String, Value>, field: &str) -> Result<Vec<String>, Refused> {
    let bad = || {
        invalid(format!(
            "Invalid `{field}` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format."
        ))
    };
    let listed: Vec<&str> = match body.get(field) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => {
            many.iter().map(|one| one.as_str().ok_or_else(bad)).collect::<Result<_, _>>()?
        }
        Some(_) => return Err(bad()),
    };
    if listed.len() > MOST_RECIPIENTS {
        return Err(invalid(format!("The `{field}` field takes at most {MOST_RECIPIENTS} addresses.")));
    }
    listed.into_iter().map(|text| address_in(text).map(str::to_lowercase).ok_or_else(bad)).collect()
}

fn sender(text: &str, verified: &[String]) -> Result<Sender, Refused> {
    let bad = || {
        let text = "Invalid `from` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.";
        Refused::new(422, "invalid_from_address", text)
    };
    let address = address_in(text).ok_or_else(bad)?;
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase();
    if !verified.contains(&domain) {
        let text = format!("The {domain} domain is not verified. Please, add and verify your domain");
        return Err(Refused::new(403, "validation_error", text));
    }
    Ok(Sender { address: address.to_owned(), whole: encoded(text, address) })
}

/// Encodes a name beyond ASCII as an encoded word.
fn encoded(text: &str, address: &str) -> String {
    let name = text.strip_suffix(&format!("<{address}>")).map(str::trim).unwrap_or_default();
    match name {
        "" => format!("<{address}>"),
        name if name.is_ascii() => format!("{name} <{address}>"),
        name => format!("=?utf-8?B?{}?= <{address}>", STANDARD.encode(name.trim_matches('"'))),
    }
}

/// The bare address of `a@b.c` or `Name <a@b.c>`, in ASCII and on one line.
fn address_in(text: &str) -> Option<&str> {
    let address = match text.strip_suffix('>') {
        Some(rest) => rest.rsplit_once('<')?.1,
        None => text,
    };
    let (local, domain) = address.rsplit_once('@')?;
    let sound = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"(),:;@[\\]".contains(&b))
    };
    let one_line = !text.contains(['\r', '\n']);
    (one_line && sound(local) && sound(domain) && domain.contains('.')).then_some(address)
}

fn headers(body: &Map<String, Value>) -> Result<Vec<(String, String)>, Refused> {
    let Some(given) = body.get("headers") else { return Ok(Vec::new()) };
    let given = given.as_object().ok_or_else(|| invalid("The `headers` field must be an object."))?;
    let mut headers = Vec::new();
    for (name, value) in given {
        let value = value.as_str().ok_or_else(|| invalid("Header values must be strings."))?;
        let sound = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
        if !sound || value.contains(['\r', '\n']) || RESERVED.contains(&name.to_lowercase().as_str()) {
            return Err(invalid(format!("The header `{name}` is not allowed.")));
        }
        headers.push((name.clone(), value.to_owned()));
    }
    Ok(headers)
}

fn tags(body: &Map<String, Value>) -> Result<Value, Refused> {
    let Some(tags) = body.get("tags") else { return Ok(json!({})) };
    let tags = tags.as_array().ok_or_else(|| invalid("The `tags` field must be an array."))?;
    let word = |tag: &Value, field: &str| {
        tag.get(field).and_then(Value::as_str).is_some_and(|text| {
            (1..=LONGEST_TAG).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        })
    };
    if tags.iter().all(|tag| word(tag, "name") && word(tag, "value")) {
        let named = |tag: &Value| Some((tag["name"].as_str()?.to_owned(), tag["value"].clone()));
        return Ok(tags.iter().filter_map(named).collect::<Map<_, _>>().into());
    }
    Err(invalid("Tags should only contain ASCII letters, numbers, underscores, or dashes."))
}

fn attachments(body: &Map<String, Value>) -> Result<(), Refused> {
    let listed = body.get("attachments").and_then(Value::as_array);
    let empty = |attachment: &Value| attachment.get("content").is_none() && attachment.get("path").is_none();
    if listed.is_some_and(|listed| listed.iter().any(empty)) {
        let text = "Attachment must have either a `content` or `path`.";
        return Err(Refused::new(422, "invalid_attachment", text));
    }
    Ok(())
}
