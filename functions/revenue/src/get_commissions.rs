//! `GET /api/commissions`: what each team member earned in a month.

use crate::App;
use crate::commission_view::{CommissionsView, commissions, month_of, only_of};
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommissionsQuery {
    /// A month such as `2026-11`; the present one if left out.
    month: Option<String>,
}

/// A rep gets their own figures alone.
#[utoipa::path(get, path = "/api/commissions", operation_id = "get_commissions", params(CommissionsQuery),
    responses((status = 200, body = CommissionsView)))]
pub async fn get_commissions(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<CommissionsQuery>,
) -> ApiResult<JsonBody<CommissionsView>> {
    let only = only_of(&caller)?;
    let month = month_of(&app, query.month.as_deref())?;
    Ok(JsonBody(commissions(&app, &caller.workspace, month, only.as_ref()).await?))
}
