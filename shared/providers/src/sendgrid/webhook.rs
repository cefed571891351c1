//! Takes the mail out of the form, or the events out of the JSON. A text that SendGrid has taken out of a mail is in the
//! mail's own character set, which `charsets` names.

use crate::fields::Fields;
use crate::inbound_email::payload;
use crate::rebuilt::{TextPart, header_lines, rebuild};
use application::ports::provider_events::{Forged, Verified, WebhookRequest};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

#[derive(Default, Deserialize)]
struct Envelope {
    #[serde(default)]
    to: Vec<String>,
    from: Option<String>,
}

pub(super) fn read(request: &WebhookRequest) -> Result<Verified, Forged> {
    let kind = request.header("content-type").unwrap_or_default().trim_start().to_ascii_lowercase();
    match kind.starts_with("application/json") {
        true => events(&request.body),
        false => mail(request),
    }
}

/// The events of a request have an id each; a repeated request has the same body.
fn events(body: &[u8]) -> Result<Verified, Forged> {
    let payload = std::str::from_utf8(body).ok().filter(|text| text.trim_start().starts_with('['));
    let payload = payload.ok_or(Forged::Incomplete("a list of events"))?.to_owned();
    Ok(Verified { event_id: hex::encode(Sha256::digest(body)), payload })
}

fn mail(request: &WebhookRequest) -> Result<Verified, Forged> {
    let fields = Fields::of(request).ok_or(Forged::Incomplete("a form"))?;
    let mail = match fields.bytes("email") {
        Some(raw) => raw.to_vec(),
        None => taken_apart(&fields).ok_or(Forged::Incomplete("a mail: email, or headers and text"))?,
    };
    let envelope = fields.text("envelope").and_then(|json| serde_json::from_str(json).ok());
    let Envelope { to, from } = envelope.unwrap_or_default();
    // SendGrid names the request by no id: a repeat has the same mail for the same recipients.
    let mut hash = Sha256::new_with_prefix(&mail);
    to.iter().for_each(|to| hash.update(format!("\0{to}")));
    Ok(Verified { event_id: hex::encode(hash.finalize()), payload: payload(from.as_deref(), to, &mail) })
}

fn taken_apart(fields: &Fields) -> Option<Vec<u8>> {
    let charsets = fields.text("charsets").and_then(|json| serde_json::from_str(json).ok());
    let charsets: BTreeMap<String, String> = charsets.unwrap_or_default();
    let part = |name: &str| {
        let charset = charsets.get(name).map_or("utf-8", String::as_str);
        fields.bytes(name).map(|bytes| TextPart { charset, bytes })
    };
    let block = fields.bytes("headers").map(String::from_utf8_lossy).unwrap_or_default();
    rebuild(&header_lines(&block), part("text"), part("html"))
}
