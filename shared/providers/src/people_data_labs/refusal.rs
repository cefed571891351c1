//! The errors of People Data Labs. 404 is a miss, 402 no credit; it never says how long to wait.

use crate::calls::{broken, unreadable};
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::CallError;
use http::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Refusal {
    error: Fault,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(rename = "type", default)]
    kind: Kind,
    #[serde(default)]
    message: String,
}

/// The error's type: a word, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kind {
    Word(String),
    Words(Vec<String>),
}

impl Default for Kind {
    fn default() -> Self {
        Self::Words(Vec::new())
    }
}

/// Reads an answer; `None` where nobody is known.
pub(super) fn read<T: DeserializeOwned>(response: &Response<Vec<u8>>) -> Result<Option<T>, CallError> {
    let told = serde_json::from_slice::<Refusal>(response.body()).ok().map(|refusal| {
        let kind = match refusal.error.kind {
            Kind::Word(word) => word,
            Kind::Words(words) => words.join(" "),
        };
        excerpt(&format!("{kind} {}", refusal.error.message))
    });
    let is_theirs = told.is_some();
    let told = told.unwrap_or_default();
    Err(match response.status().as_u16() {
        200 => match serde_json::from_slice(response.body()) {
            Ok(answer) => return Ok(Some(answer)),
            Err(_) => unreadable(response),
        },
        404 if is_theirs => return Ok(None),
        401..=404 => CallError::Account(told),
        429 => CallError::RateLimited { after: retry_after(response) },
        400..=499 => CallError::Rejected(told),
        _ => broken(response),
    })
}
