//! Translates Hunter's statuses into our verdicts.

use super::Hunter;
use super::refusal::refusal;
use crate::calls::broken;
use crate::data_connectors::VerifiesEmail;
use crate::question::Question;
use crate::wire::excerpt;
use application::ports::provider_calls::{CallError, Verification};
use domain::contact::email_address::EmailAddress;
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

const OBJECTED: Verification = Verification { verdict: Deliverability::Unknown, score: None, objected: true };

impl VerifiesEmail for Hunter {
    fn question(&self, email: &EmailAddress) -> Question {
        Question::get("/email-verifier").with("email", email.as_str())
    }

    fn verdict(&self, response: &Response<Vec<u8>>) -> Result<Verification, CallError> {
        match response.status().as_u16() {
            200 => {
                let answer: Answer = serde_json::from_slice(response.body()).map_err(|_| broken(response))?;
                Ok(verification(&answer.data))
            }
            451 => Ok(OBJECTED),
            _ => Err(refusal(response)),
        }
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
