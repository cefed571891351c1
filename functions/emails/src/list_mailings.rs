//! `GET /api/emails/bulk`: the last twenty bulk messages, newest first.

use crate::App;
use crate::mailing_view::MailingView;
use axum::extract::State;
use futures::future::try_join_all;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

const SHOWN: usize = 20;

#[utoipa::path(get, path = "/api/emails/bulk", operation_id = "list_mailings",
    responses((status = 200, body = PageBody<MailingView>)))]
pub async fn list_mailings(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<MailingView>>> {
    let mut mailings = app.mailings.mailings.list(&caller.workspace).await?;
    mailings.truncate(SHOWN);
    let items = try_join_all(mailings.into_iter().map(|mailing| app.mailing_view(mailing))).await?;
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}
