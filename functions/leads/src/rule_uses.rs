//! What selects leads by a saved rule or an option, as a refusal names it.

use crate::App;
use application::lead::rule_uses::rule_uses;
use domain::lead::filter::LeadFilter;
use http_api::{ApiError, ApiResult, Caller, FieldError};

/// The views and the automatic enrolments whose filter is one of these, by their ids.
pub async fn uses_of(
    app: &App,
    caller: &Caller,
    is_used: impl Fn(&LeadFilter) -> bool,
) -> ApiResult<Vec<FieldError>> {
    let is_used = |filter: &LeadFilter, _: Option<&str>| is_used(filter);
    let uses = rule_uses(&app.rule_uses, &caller.workspace, caller.user(), is_used).await?;
    Ok(uses.into_iter().map(|used| FieldError { field: used.id, detail: used.what }).collect())
}

/// Answers 409 with everything that uses a thing, if anything does.
pub fn refuse_in_use(what: &str, uses: Vec<FieldError>) -> ApiResult<()> {
    if uses.is_empty() { Ok(()) } else { Err(ApiError::in_use(what, uses)) }
}
