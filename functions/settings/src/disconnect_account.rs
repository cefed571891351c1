//! `POST /api/settings/accounts/{id}/disconnect`: forgets the grant of a mailbox. Nothing is read or sent from it until it
//! is connected again. The permission itself stays listed at the provider, where its owner may take it back.

use crate::App;
use crate::account_view::AccountView;
use application::workspace::account_grant::forget_grant;
use axum::extract::State;
use domain::AccountId;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/settings/accounts/{id}/disconnect", operation_id = "disconnect_account",
    params(("id" = AccountId, Path)), responses((status = 200, body = AccountView)))]
pub async fn disconnect_account(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<AccountId>,
) -> ApiResult<JsonBody<AccountView>> {
    let account = app.connectable(&caller, &id).await?;
    let event = Event::new(EventKind::AccountChanged, caller.actor(), app.clock.now());
    let account = forget_grant(&app.grant_ports(), &account, &event).await?;
    Ok(JsonBody(app.as_it_stands(account).await?))
}
