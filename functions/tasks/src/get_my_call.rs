//! `GET /api/calls/mine`: the caller's present or latest call, and whether the workspace places calls at all.

use crate::App;
use crate::call_view::CallView;
use application::ports::store::found;
use application::tasks::place_call::calling_account;
use axum::extract::State;
use domain::contact::phone_number::PhoneNumber;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MyCall {
    /// The number that leads see who know none from texts; null where no account of the workspace places calls.
    pub calls_from: Option<PhoneNumber>,
    /// The call that goes on, or the latest one. One that has ended is null where its lead is not among those that the
    /// caller sees; one that goes on is always there, because the caller has to end it.
    pub call: Option<CallView>,
}

#[utoipa::path(get, path = "/api/calls/mine", operation_id = "get_my_call",
    responses((status = 200, body = MyCall)))]
pub async fn get_my_call(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<MyCall>> {
    let user = &caller.signed_in()?.user;
    let account = calling_account(&*app.calling.accounts, &caller.workspace).await?;
    let calls_from = account.and_then(|account| account.settings.calls_from().cloned());
    let call = app.calling.calls.of_user(&caller.workspace, user).await?;
    let now = app.clock.now();
    let call = match call {
        Some(call) if call.end(now).is_none() => Some(call),
        Some(call) => found(caller.check_lead(&call.id.lead()).await)?.map(|()| call),
        None => None,
    };
    Ok(JsonBody(MyCall { calls_from, call: call.map(|call| CallView::of(call, now)) }))
}
