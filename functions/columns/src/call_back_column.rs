//! `POST /api/hooks/columns/{token}`: a webhook answers later. The token is sealed by us and fills its cell once.

use crate::App;
use application::columns::callback_token::CallbackToken;
use application::columns::waiting::{Came, called_back};
use axum::extract::{Path, State};
use http_api::{ApiError, ApiResult, JsonBody, RawBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

const LONGEST_TOKEN: usize = 1_000;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CallbackTaken {
    /// Whether this answer has filled the cell; `false` if it has one already, or waits for another.
    pub taken: bool,
}

#[utoipa::path(post, path = "/api/hooks/columns/{token}", operation_id = "call_back_column",
    params(("token" = String, Path)), responses((status = 200, body = CallbackTaken)))]
pub async fn call_back_column(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    body: RawBody,
) -> ApiResult<JsonBody<CallbackTaken>> {
    let token = Some(token).filter(|token| token.len() <= LONGEST_TOKEN);
    let token = token.and_then(|token| CallbackToken::open(&app.ports.keys, &token));
    let Some(token) = token else { return Err(ApiError::not_found("address")) };
    let body = String::from_utf8_lossy(&body.bytes);
    let came = called_back(&app.ports, &token, &body).await?;
    Ok(JsonBody(CallbackTaken { taken: came == Came::Filled }))
}
