//! `POST /api/settings/accounts/{id}/pause`: an admin, or the user whose own mailbox it is, pauses the account. It is `pausing` for 10 s, then `paused`. From then on nothing goes
//! out from the account until the given end, if any.

use crate::App;
use crate::account_view::AccountView;
use application::campaign::resume::put_end_of_pause;
use axum::extract::State;
use domain::AccountId;
use domain::enrolment::pause::{PausedScope, read_until};
use domain::event::{Event, EventKind};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountPauseOrder {
    /// When it resumes automatically: a day or a time in the workspace's time zone (`2026-12-01`,
    /// `2026-12-01T09:00`), or a time with an offset; at most a year ahead. If left out, only a user resumes
    /// it. Another pause changes the end.
    until: Option<String>,
}

#[utoipa::path(post, path = "/api/settings/accounts/{id}/pause", operation_id = "pause_account",
    request_body = AccountPauseOrder, params(("id" = AccountId, Path)),
    responses((status = 200, body = AccountView)))]
pub async fn pause_account(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<AccountId>,
    JsonBody(order): JsonBody<AccountPauseOrder>,
) -> ApiResult<JsonBody<AccountView>> {
    let now = app.clock.now();
    let mut account = app.pausable(&caller, &id).await?;
    if !account.settings.kind().sends() {
        return Err(ApiError::conflict("sends_nothing", "This account sends no messages to leads."));
    }
    let until = match &order.until {
        None => None,
        Some(text) => {
            let zone = app.workspaces.get(&caller.workspace).await?.default_zone;
            let until = read_until(text, &zone, now);
            Some(until.map_err(|bad| ApiError::invalid("until", bad.to_string()))?)
        }
    };
    if account.pause(until, now) {
        put_end_of_pause(&*app.due, &caller.workspace, PausedScope::Account(id), until).await?;
        let event = Event::new(EventKind::AccountPaused, caller.actor(), now);
        account.rev = app.accounts.save(&account, &event).await?;
    }
    Ok(JsonBody(app.as_it_stands(account).await?))
}
