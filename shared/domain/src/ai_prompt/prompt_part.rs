//! A prompt in parts, as users see it when they try instructions.

use serde::Serialize;

/// A part of what a model is told, for people to read: what it is, and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromptPart {
    pub what: String,
    pub text: String,
}
