//! What language models are asked for, and what each model's answers came to on a day.

use super::Usd;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

crate::codes! {
    /// What a language model is asked for.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum AiUse {
        OpeningLine = "opening_line",
        ReplyDraft = "reply_draft",
        Rewrite = "rewrite",
        Sequence = "sequence",
        IcpProposal = "icp_proposal",
        /// A column that AI fills.
        Column = "column",
        /// An answer that the rules are not sure of.
        AiReading = "ai_reading",
    }
}

/// What calls of one model for one use took, as it is booked with their price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUse {
    pub ai_use: AiUse,
    pub model: String,
    pub tokens: ModelTokens,
    /// The answers that were turned down by the checks.
    pub turned_down: u64,
}

impl ModelUse {
    /// Adds what other calls of the same model for the same use took.
    pub fn add(&mut self, other: &Self) {
        self.tokens.prompt += other.tokens.prompt;
        self.tokens.completion += other.tokens.completion;
        self.turned_down += other.turned_down;
    }

    pub fn is_alike(&self, other: &Self) -> bool {
        self.ai_use == other.ai_use && self.model == other.model
    }
}

/// The tokens that a model has read and written; none where it does not tell them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelTokens {
    pub prompt: u64,
    pub completion: u64,
}

/// What one model's calls for one use came to on one day, in UTC as providers bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AiUseOfDay {
    pub day: Date,
    pub ai_use: AiUse,
    pub model: String,
    /// The calls that were answered, whether or not the answer was taken.
    pub answered: u64,
    /// The calls whose answer was lost; they are booked in full.
    pub lost: u64,
    pub turned_down: u64,
    pub tokens: ModelTokens,
    pub cost: Usd,
}
