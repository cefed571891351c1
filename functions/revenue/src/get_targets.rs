//! `GET /api/targets`: what team members are to reach in a month, and what they have reached.

use crate::App;
use crate::target_view::{TargetsView, is_shown, targets_view};
use axum::extract::State;
use domain::time::calendar_month::CalendarMonth;
use http_api::{ApiError, ApiResult, Caller, JsonBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TargetsQuery {
    /// A month such as `2026-11`, from eleven months before the present one to twelve after it; the present one if left
    /// out.
    month: Option<String>,
}

/// A rep gets their own figures alone, a manager of a team those of its members.
#[utoipa::path(get, path = "/api/targets", operation_id = "get_targets", params(TargetsQuery),
    responses((status = 200, body = TargetsView)))]
pub async fn get_targets(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<TargetsQuery>,
) -> ApiResult<JsonBody<TargetsView>> {
    let now = app.clock.now();
    let month = match query.month.as_deref().map(CalendarMonth::parse) {
        None => CalendarMonth::at(now),
        Some(Some(month)) if is_shown(&month, now) => month,
        Some(Some(_)) => {
            let expected = "is at most eleven months before the present one, or twelve after it";
            return Err(ApiError::invalid("query.month", expected));
        }
        Some(None) => return Err(ApiError::invalid("query.month", "is not a month such as 2026-11")),
    };
    let plan = app.targets.targets(&caller.workspace, &month).await?;
    Ok(JsonBody(targets_view(&app, &caller, plan).await?))
}
