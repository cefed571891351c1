//! The request for one mail, as JSON. The same mail gives the same bytes, because the idempotency key is valid for no
//! others.

use super::webhook::TAG;
use crate::accounts::Unusable;
use crate::mail_headers::{body, name, own_headers, refused, subject};
use crate::wire::{BadSettings, JSON, authorization, join, post};
use application::ports::provider_calls::{OutgoingMail, SendError};
use domain::contact::email_address::EmailAddress;
use domain::message::failure_class::FailureClass;
use http::Request;
use http::header::{HeaderName, HeaderValue};
use serde::Serialize;
use std::collections::BTreeMap;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const LONGEST_KEY: usize = 256;
/// The largest mail with everything in it.
const LARGEST: usize = 40 * 1024 * 1024;

#[derive(Serialize)]
struct Email {
    from: String,
    to: [String; 1],
    subject: String,
    html: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    headers: BTreeMap<&'static str, String>,
    tags: [Tag; 1],
}

#[derive(Serialize)]
struct Tag {
    name: &'static str,
    value: String,
}

pub(crate) fn email(
    base_url: &str,
    api_key: &str,
    mail: &OutgoingMail,
) -> Result<Request<Vec<u8>>, SendError> {
    let key = HeaderValue::from_str(&mail.tag).ok().filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    let key = key.ok_or_else(|| refused(FailureClass::BadContent, "the tag cannot be a key"))?;
    let whole = Email {
        from: sender(&mail.from_name, &mail.from)?,
        to: [plain(&mail.to)?],
        subject: subject(mail)?,
        html: body(&mail.html),
        text: body(&mail.text),
        reply_to: mail.reply_to.as_ref().map(plain).transpose()?,
        headers: own_headers(mail, " ")?.into_iter().collect(),
        tags: [Tag { name: TAG, value: mail.tag.clone() }],
    };
    let bytes =
        serde_json::to_vec(&whole).map_err(|error| refused(FailureClass::BadContent, error.to_string()))?;
    if bytes.len() > LARGEST {
        let detail = format!("the mail is {} bytes, and {LARGEST} is the most that is taken", bytes.len());
        return Err(refused(FailureClass::TooLarge, detail));
    }
    let mut request = addressed(base_url, api_key, bytes).map_err(Unusable::from)?;
    request.headers_mut().insert(KEY, key);
    Ok(request)
}

fn addressed(base_url: &str, api_key: &str, bytes: Vec<u8>) -> Result<Request<Vec<u8>>, BadSettings> {
    post(&join(base_url, "/emails"), authorization(&format!("Bearer {api_key}"))?, JSON, bytes)
}

fn plain(address: &EmailAddress) -> Result<String, SendError> {
    if address.as_str().is_ascii() {
        return Ok(address.as_str().to_owned());
    }
    let detail = "the part before the @ has letters beyond ASCII, which the provider does not take";
    Err(refused(FailureClass::AddressNotSupported, detail))
}

/// Writes the sender, with the name in quotes whatever is in it.
fn sender(text: &str, address: &EmailAddress) -> Result<String, SendError> {
    let address = plain(address)?;
    Ok(match name(text) {
        Some(name) => format!("\"{}\" <{address}>", name.replace('\\', "\\\\").replace('"', "\\\"")),
        None => address,
    })
}
