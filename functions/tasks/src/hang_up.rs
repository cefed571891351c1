//! `POST /api/calls/{id}/hang-up`: ends the caller's call. One whose phone may ring or not is given up. A
//! caller ends their own call, even when its lead was handed over meanwhile.

use crate::App;
use crate::call_view::CallView;
use application::StoreError;
use application::tasks::place_call::{HangUpError, hang_up as end_call};
use axum::extract::State;
use domain::CallId;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/calls/{id}/hang-up", operation_id = "hang_up",
    params(("id" = CallId, Path)), responses((status = 200, body = CallView)))]
pub async fn hang_up(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CallId>,
) -> ApiResult<JsonBody<CallView>> {
    let user = &caller.signed_in()?.user;
    let call = app.calling.calls.of_user(&caller.workspace, user).await?;
    let call = call.filter(|call| call.id == id).ok_or(StoreError::NotFound)?;
    let ended = end_call(&app.calling, &call).await.map_err(failure)?;
    Ok(JsonBody(CallView::of(ended, app.clock.now())))
}

fn failure(error: HangUpError) -> ApiError {
    match error {
        HangUpError::Store(error) => error.into(),
        // A call whose secret cannot be read is given up.
        HangUpError::Seal(error) => ApiError::internal("an account's secret cannot be opened").because(error),
        HangUpError::Provider(error) => {
            let detail = "The provider did not answer. Hang up your phone.";
            ApiError::new(StatusCode::BAD_GATEWAY, "provider_silent", detail).because(error)
        }
    }
}
