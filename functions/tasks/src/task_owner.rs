//! The user whose tasks or calls a list shows.

use domain::UserId;
use http_api::{ApiError, ApiResult, Caller};

/// Reads a user's id or `me`; none shows everything.
pub fn parse(caller: &Caller, field: &'static str, text: Option<&str>) -> ApiResult<Option<UserId>> {
    match text {
        None | Some("") => Ok(None),
        Some("me") => match caller.user() {
            Some(user) => Ok(Some(user.clone())),
            None => Err(ApiError::invalid(field, "is a user's id: an API key has no tasks")),
        },
        Some(id) => match UserId::parse(id) {
            Ok(user) => Ok(Some(user)),
            Err(error) => Err(ApiError::invalid(field, error.to_string())),
        },
    }
}
