//! Hunter's errors. 403 is its rate limit; 202 means that it is still working, and the same request asks again for no
//! further credit.

use crate::calls::{broken, unreadable};
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::CallError;
use http::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Refusals {
    errors: Vec<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    id: String,
    #[serde(default)]
    details: String,
}

/// The person wants no address of theirs looked up: it is not asked again.
pub(super) const OBJECTED: &str = "the person objected to being looked up";

#[derive(Deserialize)]
struct Answer<T> {
    data: Option<T>,
}

/// Reads the data of an answer; `None` where Hunter knows nothing.
pub(super) fn data<T: DeserializeOwned>(response: &Response<Vec<u8>>) -> Result<Option<T>, CallError> {
    match response.status().as_u16() {
        200 => match serde_json::from_slice::<Answer<T>>(response.body()) {
            Ok(answer) => Ok(answer.data),
            Err(_) => Err(unreadable(response)),
        },
        404 if is_told(response) => Ok(None),
        _ => Err(refusal(response)),
    }
}

/// Whether the answer is Hunter's own, and not that of another server at a wrong address.
fn is_told(response: &Response<Vec<u8>>) -> bool {
    serde_json::from_slice::<Refusals>(response.body()).is_ok()
}

/// Translates any answer but a good one.
pub(super) fn refusal(response: &Response<Vec<u8>>) -> CallError {
    let refusals = serde_json::from_slice::<Refusals>(response.body()).map_or(Vec::new(), |told| told.errors);
    let first = refusals.into_iter().next();
    let told =
        first.map_or_else(String::new, |refusal| excerpt(&format!("{} {}", refusal.id, refusal.details)));
    let lower = told.to_lowercase();
    let about_quota =
        ["usage", "quota", "credit", "upgrade", "limit of"].iter().any(|word| lower.contains(word));
    match response.status().as_u16() {
        // 202: it is still working; 222: the mail server answered oddly.
        202 | 222 => broken(response),
        401 | 402 | 404 => CallError::Account(told),
        429 if about_quota => CallError::Account(told),
        403 | 429 => CallError::RateLimited { after: retry_after(response) },
        451 => CallError::Rejected(OBJECTED.to_owned()),
        400..=499 => CallError::Rejected(told),
        _ => broken(response),
    }
}
