//! Enrichment: what providers and models found out about a lead, field by field, with source, status, error and date.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Latitude, longitude, time zone and what the business listing says.
    Place,
    EmailVerification,
    FirstLine,
}

impl Field {
    pub const ALL: [Self; 3] = [Self::Place, Self::EmailVerification, Self::FirstLine];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::EmailVerification => "email_verification",
            Self::FirstLine => "first_line",
        }
    }
}

/// One field's latest result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldResult {
    pub field: Field,
    #[serde(flatten)]
    pub status: FieldStatus,
    /// The provider or rule that gave it: `serpapi`, `serper`, `hunter`, `zerobounce`, `chat_model`, `fallback`.
    pub source: String,
    pub at: Timestamp,
    /// Digest of the inputs: a retry with the same inputs costs nothing.
    pub input_digest: String,
    /// The reason why the default text stands in the place of an opening line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The version of the prompt that a model was given, with that of the workspace's instructions, such as `1.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum FieldStatus {
    Found {
        value: FieldValue,
    },
    /// The provider knows nothing; this is a normal result.
    NotFound,
    /// Nothing was asked: `no input`, `switched off`, `no account`.
    Skipped {
        reason: String,
    },
    /// The request failed, `attempts` times so far.
    Failed {
        error: String,
        attempts: u32,
    },
}

impl FieldStatus {
    /// The opening line, if one was found.
    pub fn opening_line(&self) -> Option<&str> {
        match self {
            Self::Found { value: FieldValue::FirstLine { text, .. } } => Some(text),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum FieldValue {
    Place(Place),
    EmailVerification {
        verdict: Deliverability,
        score: Option<u8>,
    },
    /// An opening line; `facts` are the numbers of the facts that it rests on, as the model was given them.
    FirstLine {
        text: String,
        facts: Vec<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    pub latitude: f64,
    pub longitude: f64,
    pub zone: Option<String>,
    pub name: Option<String>,
    pub category: Option<String>,
    pub rating: Option<f64>,
    pub reviews: Option<u32>,
    pub phone: Option<String>,
    pub website: Option<String>,
    pub address: Option<String>,
    pub place_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Deliverability {
    Deliverable,
    Risky,
    AcceptAll,
    Undeliverable,
    Unknown,
}
