//! `POST /api/settings/accounts/{id}/resume`: resumes an account; what fell due meanwhile is planned again
//! from now.

use crate::App;
use crate::account_view::AccountView;
use application::campaign::resume::{put_recovery_hint, schedule_campaigns_of_account};
use axum::extract::State;
use domain::AccountId;
use domain::enrolment::pause::PausedScope;
use domain::enrolment::resume_order::Resumption;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/settings/accounts/{id}/resume", operation_id = "resume_account",
    params(("id" = AccountId, Path)), responses((status = 200, body = AccountView)))]
pub async fn resume_account(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<AccountId>,
) -> ApiResult<JsonBody<AccountView>> {
    let mut account = app.pausable(&caller, &id).await?;
    let now = app.clock.now();
    let pause = account.pause.take();
    let mut in_case = None;
    if pause.is_some() {
        let scope = PausedScope::Account(id.clone());
        in_case = Some(put_recovery_hint(&*app.due, &caller.workspace, scope, now).await?);
        let event = Event::new(EventKind::AccountResumed, caller.actor(), now);
        account.rev = app.accounts.save(&account, &event).await?;
    }
    let resumed = pause.map(|pause| Resumption { since: pause.since, at: now });
    schedule_campaigns_of_account(&*app.campaigns, &*app.outbox, &caller.workspace, &id, resumed).await?;
    if let Some(in_case) = in_case {
        in_case.over(&*app.due).await;
    }
    Ok(JsonBody(app.as_it_stands(account).await?))
}
