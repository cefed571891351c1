//! What providers and models found out about a lead, field by field: value, source, status, error and date.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Latitude, longitude, zone and what the listing says.
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
    /// Provider or rule that gave it: `serpapi`, `hunter`, `chat_model`, `fallback`.
    pub source: String,
    pub at: Timestamp,
    /// A retry with the same digest of the inputs is free.
    pub input_digest: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum FieldStatus {
    Found {
        value: FieldValue,
    },
    /// The provider knows nothing: a normal result.
    NotFound,
    /// Nothing was asked: `no input`, `switched off`, `no connection`.
    Skipped {
        reason: String,
    },
    /// Asked in vain; `attempts` so far.
    Failed {
        error: String,
        attempts: u32,
    },
}

impl FieldStatus {
    /// The line, if this is one that was found.
    pub fn first_line(&self) -> Option<&str> {
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
    /// `facts` are the numbers of the facts that the line rests on, as they were given to the model.
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
