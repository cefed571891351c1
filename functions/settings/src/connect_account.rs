//! `POST /api/settings/accounts/{id}/connect`: begins to connect a mailbox. The answer is the address of the provider's
//! page, where the mailbox's owner allows the access.

use crate::App;
use application::workspace::connect_mailbox::provider_page;
use axum::extract::State;
use domain::AccountId;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProviderPage {
    /// The page's address, valid for ten minutes and this user alone.
    pub url: String,
}

#[utoipa::path(post, path = "/api/settings/accounts/{id}/connect", operation_id = "connect_account",
    params(("id" = AccountId, Path)), responses((status = 200, body = ProviderPage)))]
pub async fn connect_account(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<AccountId>,
) -> ApiResult<JsonBody<ProviderPage>> {
    let account = app.connectable(&caller, &id).await?;
    let url =
        provider_page(&app.connect_ports(), &account, &caller.signed_in()?.user).map_err(|failure| {
            ApiError::conflict("cannot_connect", format!("{failure}. {}", failure.next_step()))
        })?;
    Ok(JsonBody(ProviderPage { url }))
}
