//! Enrichment: what providers and models found out about a lead, field by field, with source, status, error and date.

use crate::ai_prompt::written_with::WrittenWith;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Latitude, longitude, time zone and what the business listing says.
    Place,
    EmailVerification,
    /// What the company's own website says.
    Website,
    FirstLine,
}

impl Field {
    pub const ALL: [Self; 4] = [Self::Place, Self::EmailVerification, Self::Website, Self::FirstLine];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::EmailVerification => "email_verification",
            Self::Website => "website",
            Self::FirstLine => "first_line",
        }
    }
}

/// The source of what a user wrote.
pub const BY_USER: &str = "user";

/// One field's latest result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldResult {
    pub field: Field,
    #[serde(flatten)]
    pub status: FieldStatus,
    /// The provider or rule that gave it: `serpapi`, `serper`, `hunter`, `zerobounce`, `website`, `chat_model`,
    /// `fallback`, `user`.
    pub source: String,
    pub at: Timestamp,
    /// Digest of the inputs: a retry with the same inputs costs nothing.
    pub input_digest: String,
    /// The reason why the default text stands in the place of an opening line, or why nothing of a website was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The model that was asked and the prompt that it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_with: Option<WrittenWith>,
}

impl FieldResult {
    /// Whether it is the default text, in the place of a model's opening line.
    pub fn is_default_text(&self) -> bool {
        self.source == "fallback"
    }

    /// Whether a user wrote it. It then stays until a user asks for another.
    pub fn is_by_user(&self) -> bool {
        self.source == BY_USER
    }
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
    Website(Website),
    /// An opening line, with the facts that it rests on as the model was given them.
    FirstLine {
        text: String,
        #[serde(deserialize_with = "cited")]
        facts: Vec<CitedFact>,
    },
}

/// A fact that an opening line rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CitedFact {
    pub number: u32,
    pub text: String,
    /// The field that it comes from, such as `lead.category`, `place.rating` or `website`.
    pub source: String,
    /// The time at which it was looked up; none for what the lead's own fields say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// Reads the facts of a line. Earlier ones are numbers alone, which say nothing any more, and are left out.
fn cited<'de, D: serde::Deserializer<'de>>(stored: D) -> Result<Vec<CitedFact>, D::Error> {
    let facts = Vec::<serde_json::Value>::deserialize(stored)?;
    let facts = facts.into_iter().filter(|fact| !fact.is_string());
    facts.map(|fact| serde_json::from_value(fact).map_err(serde::de::Error::custom)).collect()
}

/// What a company's own website says. It is text of strangers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Website {
    /// The address of the page that was read.
    pub address: String,
    /// A few short statements, those that name the company first; none where the site may not be read.
    pub statements: Vec<String>,
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
