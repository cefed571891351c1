//! Finds out whether a text arrived whose answer was lost. The list of messages names neither our tag nor the
//! callback's URL: only the two numbers, the text and the time tell which one is ours.

use super::request::resource;
use super::webhook::{failure_of, state_of};
use crate::calls::{broken, lost};
use crate::transport::TransportError;
use crate::wire::{BadSettings, excerpt, get, retry_after};
use application::ports::provider_calls::{CallError, ProviderRecord, StatusQuery};
use domain::contact::phone_number::PhoneNumber;
use domain::message::MessageState;
use http::{Request, Response};
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use url::form_urlencoded::Serializer;

/// The tolerance between the clocks of both sides.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);
/// The longest time after the first attempt. A claim lasts two minutes, so a message made later is another one.
const TRIED_FOR: SignedDuration = SignedDuration::from_mins(10);

#[derive(Deserialize)]
struct Listed {
    messages: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    sid: String,
    body: Option<String>,
    status: String,
    direction: String,
    date_created: String,
    error_code: Option<u32>,
}

/// Asks for the messages from our number to theirs, latest first.
pub(crate) fn messages(
    base_url: &str,
    account_sid: &str,
    auth_token: &str,
    from: &PhoneNumber,
    sought: &StatusQuery,
) -> Result<Request<Vec<u8>>, BadSettings> {
    let (url, login) = resource(base_url, account_sid, auth_token)?;
    let query = Serializer::new(String::new())
        .append_pair("To", &sought.to)
        .append_pair("From", from.as_str())
        .append_pair("PageSize", "100")
        .finish();
    get(&format!("{url}?{query}"), Some(login))
}

/// Returns the message if exactly one fits. Several are as good as none: which of them is ours cannot be told.
pub(crate) fn seen(
    result: Result<Response<Vec<u8>>, TransportError>,
    sought: &StatusQuery,
) -> Result<Option<ProviderRecord>, CallError> {
    let response = result.map_err(lost)?;
    match response.status().as_u16() {
        200 => {}
        429 => return Err(CallError::RateLimited { after: retry_after(&response) }),
        401 | 403 | 404 => {
            let told = excerpt(&String::from_utf8_lossy(response.body()));
            return Err(CallError::Account(told));
        }
        _ => return Err(broken(&response)),
    }
    let listed: Listed = serde_json::from_slice(response.body()).map_err(|_| broken(&response))?;
    let mut fitting = listed.messages.into_iter().filter(|message| fits(message, sought));
    Ok(match (fitting.next(), fitting.next()) {
        (Some(one), None) => {
            let state = state_of(&one.status).unwrap_or(MessageState::Accepted);
            let code = one.error_code.map(|code| code.to_string());
            let (failure, suppress) = failure_of(state, &one.status, code.as_deref());
            Some(ProviderRecord { provider_id: Some(one.sid), state, failure, suppress })
        }
        _ => None,
    })
}

fn fits(message: &Resource, sought: &StatusQuery) -> bool {
    let made: Option<Timestamp> = rfc2822::parse(&message.date_created).ok().map(|at| at.timestamp());
    let in_time = made.is_some_and(|at| {
        let later = at.duration_since(sought.since);
        later >= -CLOCKS_DIFFER && later <= TRIED_FOR
    });
    // A trial account puts a text of its own before ours.
    let same_words = message.body.as_ref().is_some_and(|body| body.trim().ends_with(sought.text.trim()));
    message.direction.starts_with("outbound")
        && in_time
        && same_words
        && !sought.text.trim().is_empty()
        && !sought.others.contains(&message.sid)
}
