//! Translates ZeroBounce's statuses into our verdicts. A wrong key and no credit come as a good status, with one text for
//! both.

use super::Zerobounce;
use crate::calls::{broken, unreadable};
use crate::data_connectors::VerifiesEmail;
use crate::question::Question;
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::{CallError, Verification};
use domain::contact::email_address::EmailAddress;
use domain::lead::enrichment::Deliverability;
use http::Response;
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    status: Option<String>,
    sub_status: Option<String>,
    error: Option<String>,
}

impl VerifiesEmail for Zerobounce {
    fn question(&self, email: &EmailAddress) -> Question {
        Question::get("/validate").with("email", email.as_str())
    }

    fn verdict(&self, response: &Response<Vec<u8>>) -> Result<Verification, CallError> {
        let answer: Option<Answer> = serde_json::from_slice(response.body()).ok();
        let told = excerpt(answer.as_ref().and_then(|answer| answer.error.as_deref()).unwrap_or_default());
        let is_about_key = told.to_lowercase().contains("api key") || told.to_lowercase().contains("credits");
        match response.status().as_u16() {
            200 if !told.is_empty() && is_about_key => Err(CallError::Account(told)),
            200 if !told.is_empty() => Err(CallError::Rejected(told)),
            200 => match answer.as_ref().and_then(|answer| Some((answer.status.as_deref()?, answer))) {
                Some((status, answer)) => {
                    let sub_status = answer.sub_status.as_deref().unwrap_or_default();
                    Ok(Verification { verdict: verdict(status, sub_status), score: None, objected: false })
                }
                None => Err(unreadable(response)),
            },
            401 | 402 | 404 => Err(CallError::Account(told)),
            // 403 is its shield against too many requests.
            403 | 429 => Err(CallError::RateLimited { after: retry_after(response) }),
            400 if told.contains("api_key") => Err(CallError::Account(told)),
            400..=499 => Err(CallError::Rejected(told)),
            _ => Err(broken(response)),
        }
    }
}

fn verdict(status: &str, sub_status: &str) -> Deliverability {
    let lower = status.trim().to_lowercase();
    match (lower.as_str(), sub_status.trim()) {
        (_, "accept_all" | "role_based_accept_all" | "role_based_catch_all") | ("catch-all", _) => {
            Deliverability::AcceptAll
        }
        ("valid", _) => Deliverability::Deliverable,
        ("do_not_mail", "role_based" | "mx_forward") => Deliverability::Risky,
        ("invalid" | "spamtrap" | "abuse" | "do_not_mail", _) => Deliverability::Undeliverable,
        ("unknown", _) => Deliverability::Unknown,
        (other, _) => {
            tracing::warn!(
                provider.status = excerpt(other),
                "a verification status that is not in the table"
            );
            Deliverability::Unknown
        }
    }
}
