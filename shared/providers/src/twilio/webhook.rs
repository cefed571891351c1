//! Status callbacks and inbound texts. Twilio signs the URL and the form, and no time; the callback's URL carries our
//! message id, so the stored payload holds both: `{"url": …, "form": [[name, value], …]}`.

use super::error_code::{Meaning, meaning};
use application::ports::provider_events::{
    Addressee, Forged, OptOutWord, ProviderEvent, Unreadable, Verified, WebhookRequest,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::message::failure_class::FailureClass;
use domain::message::{Failure, MessageState};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

const SIGNATURE: &str = "x-twilio-signature";

#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    url: String,
    form: Vec<(String, String)>,
}

impl Payload {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns a parameter of the address, which is ours.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        query(&self.url).find(|(key, _)| key == name).map(|(_, value)| value)
    }

    fn message(&self) -> Option<MessageId> {
        MessageId::parse(&self.parameter("message")?).ok()
    }
}

pub(crate) fn account(request: &WebhookRequest) -> Option<String> {
    form_urlencoded::parse(&request.body)
        .find(|(key, _)| key == "AccountSid")
        .map(|(_, sid)| sid.into_owned())
}

pub(crate) fn verify(request: &WebhookRequest, auth_token: &str) -> Result<Verified, Forged> {
    let given = request.header(SIGNATURE).ok_or(Forged::Missing)?;
    let body_digest = query(&request.url).find(|(key, _)| key == "bodySHA256").map(|(_, value)| value);
    let fields = match &body_digest {
        Some(digest) => {
            let actual = hex::encode(Sha256::digest(&request.body));
            if !same(actual.as_bytes(), digest.to_ascii_lowercase().as_bytes()) {
                return Err(Forged::Mismatch);
            }
            String::new()
        }
        None => sorted_fields(&request.body),
    };
    let matches = spellings(&request.url)
        .into_iter()
        .filter(|url| same(sign(auth_token, url, &fields).as_bytes(), given.as_bytes()))
        .count();
    if matches == 0 {
        return Err(Forged::Mismatch);
    }
    let payload = to_payload(&request.url, &request.body);
    Ok(Verified { event_id: event_id(&payload), payload: to_json(&payload) })
}

pub(crate) fn translate(payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
    let payload: Payload = serde_json::from_str(payload).map_err(|error| Unreadable(error.to_string()))?;
    let Some(sid) = payload.field("MessageSid").or_else(|| payload.field("SmsSid")) else {
        return Ok(Vec::new());
    };
    let event = match payload.field("MessageStatus") {
        Some(status) => status_event(&payload, sid, status),
        None => inbound_event(&payload, sid),
    };
    Ok(event.into_iter().collect())
}

/// Translates a status that is final or accepting; others are still on their way.
pub(super) fn state_of(status: &str) -> Option<MessageState> {
    Some(match status {
        "sent" => MessageState::Accepted,
        "delivered" | "read" => MessageState::Delivered,
        "undelivered" => MessageState::Bounced,
        "failed" | "canceled" => MessageState::Failed,
        _ => return None,
    })
}

/// Returns why a message failed, if its state says that it did, and whether its address will refuse everything.
/// `code` is that of the error, or 0.
pub(super) fn failure_of(state: MessageState, status: &str, code: Option<&str>) -> (Option<Failure>, bool) {
    if !matches!(state, MessageState::Bounced | MessageState::Failed) {
        return (None, false);
    }
    let code = code.filter(|code| !code.is_empty() && *code != "0");
    let (class, suppress) = match code.and_then(|code| code.parse().ok()).map(meaning) {
        Some(Meaning::Refused { class, suppress }) => (class, suppress),
        Some(Meaning::Account) => (FailureClass::AccountRefused, false),
        _ => (FailureClass::Unknown, false),
    };
    let detail = format!("the provider reports {status}");
    (Some(Failure { class, code: code.map(str::to_owned), detail }), suppress)
}

/// Translates a status callback. A status without a final or accepting meaning is *pending*: no event.
fn status_event(payload: &Payload, sid: &str, status: &str) -> Option<ProviderEvent> {
    let state = state_of(status)?;
    let (failure, suppress) = failure_of(state, status, payload.field("ErrorCode"));
    Some(ProviderEvent::MessageStatus {
        message: payload.message()?,
        state,
        failure,
        suppress,
        provider_id: Some(sid.to_owned()),
        addressee: Addressee::to(payload.field("To").map(str::to_owned)),
    })
}

fn inbound_event(payload: &Payload, sid: &str) -> Option<ProviderEvent> {
    let text = payload.field("Body")?.to_owned();
    let opt_out = match payload.field("OptOutType") {
        Some("STOP") => Some(OptOutWord::Stop),
        Some("START") => Some(OptOutWord::Start),
        Some("HELP") => Some(OptOutWord::Help),
        _ => None,
    };
    Some(ProviderEvent::TextReceived {
        channel: Channel::Sms,
        from: payload.field("From")?.to_owned(),
        user: None,
        to: payload.field("To")?.to_owned(),
        wordless: text.trim().is_empty(),
        text,
        provider_id: sid.to_owned(),
        opt_out,
        at: None,
    })
}

fn to_payload(url: &str, body: &[u8]) -> Payload {
    let form = form_urlencoded::parse(body).map(|(key, value)| (key.into_owned(), value.into_owned()));
    Payload { url: url.to_owned(), form: form.collect() }
}

fn to_json(payload: &Payload) -> String {
    serde_json::to_string(payload).expect("strings always become JSON")
}

/// Makes the event's id from signed fields only: whoever replays a request could change the header meant for this.
fn event_id(payload: &Payload) -> String {
    match payload.field("MessageSid").or_else(|| payload.field("SmsSid")) {
        Some(sid) => format!("{sid}:{}", payload.field("MessageStatus").unwrap_or("received")),
        None => hex::encode(Sha256::digest(to_json(payload).as_bytes())),
    }
}

fn query(url: &str) -> impl Iterator<Item = (String, String)> {
    let text = url.split_once('?').map_or("", |(_, query)| query);
    let text = text.split_once('#').map_or(text, |(query, _)| query);
    form_urlencoded::parse(text.as_bytes()).map(|(key, value)| (key.into_owned(), value.into_owned()))
}

/// Joins the fields for signing: names in order, each with its distinct values in order, nothing between.
fn sorted_fields(body: &[u8]) -> String {
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, value) in form_urlencoded::parse(body) {
        fields.entry(key.into_owned()).or_default().insert(value.into_owned());
    }
    let mut text = String::new();
    for (key, values) in &fields {
        for value in values {
            text.push_str(key);
            text.push_str(value);
        }
    }
    text
}

/// Signs that a query may have plain or encoded.
const PLAIN_OR_ENCODED: [(&str, &str); 6] =
    [("'", "%27"), ("!", "%21"), ("(", "%28"), (")", "%29"), ("*", "%2A"), ("~", "%7E")];

/// Returns the URL with and without its scheme's port, and with some signs of its query plain and encoded: Twilio signs
/// now one, now the other.
fn spellings(url: &str) -> Vec<String> {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let mut all = vec![url.to_owned()];
    if let Some((scheme, rest)) = url.split_once("://") {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => {
                all.push(format!("{scheme}://{host}{path}"));
            }
            _ => {
                let port = if scheme == "https" { 443 } else { 80 };
                all.push(format!("{scheme}://{authority}:{port}{path}"));
            }
        }
    }
    let queries = |url: &String| {
        let (path, query) = url.split_once('?')?;
        let plain = PLAIN_OR_ENCODED.iter().fold(query.to_owned(), |query, (plain, encoded)| {
            query.replace(encoded, plain).replace(&encoded.to_ascii_lowercase(), plain)
        });
        let encode = |query: String, (plain, encoded): &(&str, &str)| query.replace(plain, encoded);
        let encoded = PLAIN_OR_ENCODED.iter().fold(plain.clone(), encode);
        Some([plain, encoded].map(|query| format!("{path}?{query}")))
    };
    let more: Vec<String> = all.iter().filter_map(queries).flatten().collect();
    all.extend(more);
    all
}

fn sign(auth_token: &str, url: &str, fields: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(url.as_bytes());
    mac.update(fields.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
