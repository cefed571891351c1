//! `GET /api/emails/bulk`: the last twenty messages to many, newest first.

use crate::App;
use crate::mailing_view::MailingView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

const SHOWN: usize = 20;

#[utoipa::path(get, path = "/api/emails/bulk", operation_id = "list_mailings",
    responses((status = 200, body = PageBody<MailingView>)))]
pub async fn list_mailings(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<MailingView>>> {
    let mut items = Vec::new();
    for mailing in app.mailings.mailings.list(&caller.workspace).await?.into_iter().take(SHOWN) {
        items.push(app.mailing_view(mailing).await?);
    }
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}
