//! What is asked of a copy: its name.

use crate::error::ApiResult;
use crate::field_errors::FieldErrors;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloneRequest {
    /// The old one with "copy" behind it, if left out.
    pub name: Option<String>,
}

/// The longest name there is.
const NAME: usize = 120;

impl CloneRequest {
    pub fn name_for(self, original: &str) -> ApiResult<String> {
        let mut errors = FieldErrors::default();
        let copy = || {
            let kept: String = original.chars().take(NAME - 5).collect();
            format!("{kept} copy")
        };
        let name = self.name.map_or_else(copy, |name| errors.required("name", &name, NAME));
        errors.finish()?;
        Ok(name)
    }
}
