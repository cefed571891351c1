//! The request for one text message, as a form.

use crate::wire::{BadSettings, FORM, authorization, join, post};
use application::ports::provider_calls::{OutgoingSms, SendError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::contact::phone_number::PhoneNumber;
use domain::message::failure_class::FailureClass;
use http::Request;
use http::header::{HeaderName, HeaderValue};
use url::form_urlencoded::Serializer;

/// The longest text in characters.
const LONGEST: usize = 1_600;

pub(super) fn within_length(text: &str) -> Result<(), SendError> {
    if text.chars().count() <= LONGEST {
        return Ok(());
    }
    let detail = format!("the text is longer than {LONGEST} characters");
    Err(SendError::Rejected { class: FailureClass::TooLarge, code: None, detail, suppress: false })
}

pub(super) fn message(
    base_url: &str,
    account_sid: &str,
    auth_token: &str,
    from: &PhoneNumber,
    sms: &OutgoingSms,
) -> Result<Request<Vec<u8>>, BadSettings> {
    let (url, login) = resource(base_url, account_sid, auth_token)?;
    let form = Serializer::new(String::new())
        .append_pair("To", sms.to.as_str())
        .append_pair("From", from.as_str())
        .append_pair("Body", &sms.text)
        .append_pair("StatusCallback", &sms.status_callback)
        .finish();
    post(&url, login, FORM, form.into_bytes())
}

/// Returns the address of the account's messages, and the login.
pub(super) fn resource(
    base_url: &str,
    account_sid: &str,
    auth_token: &str,
) -> Result<(String, (HeaderName, HeaderValue)), BadSettings> {
    account_url(base_url, account_sid, auth_token, "Messages.json")
}

/// Returns the address of one of the account's resources, and the login.
pub(super) fn account_url(
    base_url: &str,
    account_sid: &str,
    auth_token: &str,
    resource: &str,
) -> Result<(String, (HeaderName, HeaderValue)), BadSettings> {
    if account_sid.is_empty() || !account_sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(BadSettings("the account SID is not one".to_owned()));
    }
    let url = join(base_url, &format!("/2010-04-01/Accounts/{account_sid}/{resource}"));
    let login = authorization(&format!("Basic {}", STANDARD.encode(format!("{account_sid}:{auth_token}"))))?;
    Ok((url, login))
}
