//! What a text of a model was written with, which is stored beside the text.

use serde::{Deserialize, Serialize};

/// The model and the prompt that a text was written with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WrittenWith {
    pub model: String,
    /// The version of our own text with that of the workspace's instructions, such as `1.3`; `1.0` has no instructions.
    pub prompt: String,
}
