//! Translates Hunter's statuses into our verdicts. 403 is its rate limit; 202 means that it is still working.

use crate::calls::{broken, lost};
use crate::transport::TransportError;
use crate::wire::{excerpt, retry_after};
use application::ports::provider_calls::{CallError, Verification};
use domain::lead::enrichment::Deliverability;
use http::Response;
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    status: String,
    score: Option<f64>,
}

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

const OBJECTED: Verification = Verification { verdict: Deliverability::Unknown, score: None, objected: true };

pub(crate) fn outcome(result: Result<Response<Vec<u8>>, TransportError>) -> Result<Verification, CallError> {
    let response = result.map_err(lost)?;
    let refusals =
        || serde_json::from_slice::<Refusals>(response.body()).map_or(Vec::new(), |told| told.errors);
    let refusal = refusals().into_iter().next();
    let told =
        refusal.map_or_else(String::new, |refusal| excerpt(&format!("{} {}", refusal.id, refusal.details)));
    let about_quota = ["usage", "quota", "credit", "upgrade", "limit of"]
        .iter()
        .any(|word| told.to_lowercase().contains(word));
    match response.status().as_u16() {
        200 => {
            let answer: Answer = serde_json::from_slice(response.body()).map_err(|_| broken(&response))?;
            Ok(verification(&answer.data))
        }
        // 202: it is still working; 222: the mail server answered oddly.
        202 | 222 => Err(broken(&response)),
        451 => Ok(OBJECTED),
        401 | 402 | 404 => Err(CallError::Account(told)),
        429 if about_quota => Err(CallError::Account(told)),
        403 | 429 => Err(CallError::RateLimited { after: retry_after(&response) }),
        400..=499 => Err(CallError::Rejected(told)),
        _ => Err(broken(&response)),
    }
}

fn verification(data: &Data) -> Verification {
    let score = data.score.filter(|score| (0.0..=100.0).contains(score)).map(|score| score.round() as u8);
    let verdict = match data.status.as_str() {
        "valid" => Deliverability::Deliverable,
        "webmail" if score.is_some_and(|score| score >= 90) => Deliverability::Deliverable,
        "webmail" => Deliverability::Risky,
        "accept_all" => Deliverability::AcceptAll,
        "invalid" | "disposable" => Deliverability::Undeliverable,
        "unknown" => Deliverability::Unknown,
        other => {
            tracing::warn!(
                provider.status = excerpt(other),
                "a verification status that is not in the table"
            );
            Deliverability::Unknown
        }
    };
    Verification { verdict, score, objected: false }
}
