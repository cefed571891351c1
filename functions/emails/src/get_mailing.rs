//! `GET /api/emails/bulk/{id}`: one bulk message and its progress.

use crate::App;
use crate::mailing_view::MailingView;
use axum::extract::State;
use domain::MailingId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/emails/bulk/{id}", operation_id = "get_mailing", params(("id" = MailingId, Path)),
    responses((status = 200, body = MailingView)))]
pub async fn get_mailing(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<MailingId>,
) -> ApiResult<JsonBody<MailingView>> {
    let mailing = app.mailings.mailings.get(&caller.workspace, &id).await?;
    Ok(JsonBody(app.mailing_view(mailing).await?))
}
