//! `If-Match`: a change is made on the revision that its author saw, or not at all.

use crate::error::{ApiError, ApiResult};
use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;

/// The revision that the caller saw, where they tell it: `If-Match: "7"`.
pub struct IfMatch(pub Option<u64>);

impl IfMatch {
    /// Returns a 409 when the caller saw another revision. `in_body` is the revision in the body, where that may tell
    /// it instead.
    pub fn check(&self, in_body: Option<u64>, stored: u64) -> ApiResult<()> {
        match self.0.or(in_body) {
            Some(seen) if seen != stored => Err(ApiError::conflict(
                "changed_meanwhile",
                "Someone else changed this. Reload and try again.",
            )),
            _ => Ok(()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or("").trim().trim_start_matches("W/").trim_matches('"');
        if text == "*" {
            return Ok(Self(None));
        }
        let rev = text.parse().map_err(|_| ApiError::invalid("if-match", "must be a revision number"))?;
        Ok(Self(Some(rev)))
    }
}
