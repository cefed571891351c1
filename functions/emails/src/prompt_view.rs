//! A prompt and the versions of its instructions as the API shows them.

use domain::UserId;
use domain::ai_prompt::{PromptVersion, built_in_text, built_in_version, may_be_tried, takes_instructions};
use domain::spend::AiUse;
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PromptView {
    pub name: AiUse,
    /// The version of our own text.
    pub built_in_version: u32,
    /// Our own text: the rules, which the instructions never change.
    pub built_in_text: String,
    /// Whether a workspace may add instructions.
    pub takes_instructions: bool,
    /// Whether instructions can be tried before they are saved.
    pub may_be_tried: bool,
    /// The workspace's instructions; empty where the built-in text stands alone.
    pub instructions: String,
    /// The version of the instructions in force; 0 where there have never been any.
    pub version: u32,
    pub by: Option<UserId>,
    pub at: Option<Timestamp>,
}

impl PromptView {
    pub fn of(name: AiUse, latest: Option<PromptVersion>) -> Self {
        Self {
            name,
            built_in_version: built_in_version(name),
            built_in_text: built_in_text(name),
            takes_instructions: takes_instructions(name),
            may_be_tried: may_be_tried(name),
            version: latest.as_ref().map_or(0, |latest| latest.version),
            at: latest.as_ref().map(|latest| latest.at),
            by: latest.as_ref().and_then(|latest| latest.by.clone()),
            instructions: latest.map(|latest| latest.instructions).unwrap_or_default(),
        }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PromptVersionView {
    pub version: u32,
    /// Empty: from then on the built-in text stood alone.
    pub instructions: String,
    pub by: Option<UserId>,
    pub at: Timestamp,
}

impl From<PromptVersion> for PromptVersionView {
    fn from(version: PromptVersion) -> Self {
        let PromptVersion { version, instructions, by, at, .. } = version;
        Self { version, instructions, by, at }
    }
}
