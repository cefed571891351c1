//! Accepting a mail: each fault that the real API refuses, with its code.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Refused;
use crate::sandbox::Sandbox;

/// A provider of mail has no number.
pub(super) const NUMBER: Option<&str> = None;

/// Headers that the provider sets itself.
const RESERVED: [&str; 6] = ["from", "to", "subject", "date", "message-id", "content-type"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    from: Sender,
    to: String,
    reply_to: Option<String>,
    subject: String,
    text: String,
    html: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    reference: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sender {
    address: String,
    name: Option<String>,
}

pub(super) fn accept(sandbox: &Sandbox, body: &[u8]) -> Result<String, Refused> {
    let asked: Asked = serde_json::from_slice(body)
        .map_err(|error| Refused::new(422, "invalid_content", error.to_string()))?;
    let verified = &sandbox.config().credentials.resend_domains;
    let domain = asked.from.address.rsplit_once('@').map_or("", |(_, domain)| domain);
    if !is_address(&asked.from.address) || !verified.iter().any(|known| known == domain) {
        return Err(Refused::new(403, "bad_sender", "The domain is not verified"));
    }
    if !is_address(&asked.to) {
        return Err(Refused::new(422, "invalid_recipient", format!("{} is no address", asked.to)));
    }
    if asked.subject.is_empty() || asked.text.is_empty() && asked.html.is_empty() {
        return Err(Refused::new(422, "invalid_content", "The mail says nothing"));
    }
    let sound = |(name, value): (&String, &String)| {
        !RESERVED.contains(&name.to_lowercase().as_str()) && !value.contains(['\r', '\n'])
    };
    if !asked.headers.iter().all(sound) || !asked.reply_to.iter().all(|address| is_address(address)) {
        return Err(Refused::new(422, "invalid_content", "A header is not allowed"));
    }
    let serial = sandbox.world().serial();
    let id = sandbox.seed().roll(&["newcomer", &serial.to_string()]).hex(24);
    let message = written(&asked, &id, sandbox.now());
    sandbox
        .accept_mail(&asked.from.address, std::slice::from_ref(&asked.to), message.as_bytes())
        .map_err(|why| Refused::new(422, "invalid_content", why))?;
    Ok(id)
}

/// The message as it reaches the recipients, with a Message-ID of the provider.
fn written(asked: &Asked, id: &str, now: jiff::Timestamp) -> String {
    let Asked { from, to, reply_to, subject, text, html, headers, reference } = asked;
    let name = from.name.as_deref().map(|name| format!("=?utf-8?B?{}?= ", STANDARD.encode(name)));
    let mut lines = vec![
        format!("From: {}<{}>", name.unwrap_or_default(), from.address),
        format!("To: <{to}>"),
        format!("Subject: =?utf-8?B?{}?=", STANDARD.encode(subject)),
        format!("Date: {}", now.strftime("%a, %d %b %Y %H:%M:%S +0000")),
        format!("Message-ID: <{id}@newcomer.test>"),
        "MIME-Version: 1.0".to_owned(),
        format!("Content-Type: multipart/alternative; boundary=\"{id}\""),
    ];
    lines.extend(reply_to.iter().map(|address| format!("Reply-To: <{address}>")));
    lines.extend(reference.iter().map(|reference| format!("X-Reference: {reference}")));
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    for (kind, part) in [("plain", text), ("html", html)] {
        lines.push(format!("\r\n--{id}\r\nContent-Type: text/{kind}; charset=utf-8"));
        lines.push("Content-Transfer-Encoding: base64\r\n".to_owned());
        let encoded = STANDARD.encode(part);
        lines.extend(encoded.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()));
    }
    lines.push(format!("--{id}--\r\n"));
    lines.join("\r\n")
}

fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"(),:;@[\\]".contains(&b))
    };
    text.rsplit_once('@').is_some_and(|(local, domain)| plain(local) && plain(domain) && domain.contains('.'))
}

/// A request that is accepted.
#[cfg(test)]
pub(super) fn sample() -> serde_json::Value {
    serde_json::json!({
        "from": { "address": "joe@sandbox.leadflow.test", "name": "Joe" },
        "to": "ann@lead.test",
        "reply_to": "reply@sandbox.leadflow.test",
        "subject": "Hello",
        "text": "Hi Ann",
        "html": "<p>Hi Ann</p>",
        "headers": { "X-Leadflow-Message": "msg_1" },
        "reference": "msg_1",
    })
}

/// Faulty requests: a field, another value for it, and the code.
#[cfg(test)]
pub(super) fn faults() -> Vec<(&'static str, serde_json::Value, &'static str)> {
    let from = serde_json::json!({ "address": "joe@elsewhere.test", "name": null });
    vec![
        ("from", from, "bad_sender"),
        ("to", "nobody".into(), "invalid_recipient"),
        ("subject", "".into(), "invalid_content"),
        ("headers", serde_json::json!({ "Subject": "Another" }), "invalid_content"),
        ("reply_to", "nobody".into(), "invalid_content"),
        ("colour", "red".into(), "invalid_content"),
    ]
}
