//! `GET /api/webhooks/{provider}/{account}`: lets a provider verify that this address is ours before it
//! sends reports.

use crate::App;
use crate::answer::{forged, unknown_webhook};
use crate::receive::request;
use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use domain::AccountId;
use http::HeaderMap;
use http_api::{ApiResult, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/webhooks/{provider}/{account}", operation_id = "confirm_webhook",
    params(("provider" = String, Path, description = "`whatsapp`"), ("account" = String, Path)),
    responses((status = 200, description = "The provider's challenge", body = String, content_type = "text/plain")))]
pub async fn confirm_webhook(
    State(app): State<Arc<App>>,
    Path((provider, account)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> ApiResult<String> {
    let provider = app.webhooks.provider_at(&provider).ok_or_else(unknown_webhook)?;
    let request = request(&app, &uri, &headers, Bytes::new());
    let id = AccountId::parse(&account).map_err(|_| unknown_webhook())?;
    let account = app.account(provider, &id).await?.ok_or_else(unknown_webhook)?;
    let secret = app.secret(&account)?;
    app.webhooks.confirm(provider, &request, &secret).ok_or_else(forged)
}
