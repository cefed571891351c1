//! The request to clone something: the name of the copy.

use crate::error::ApiResult;
use crate::field_errors::FieldErrors;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloneRequest {
    /// The name of the copy; if left out, the old name with "copy" behind it.
    pub name: Option<String>,
}

/// The longest name.
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
