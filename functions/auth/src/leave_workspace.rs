//! `POST /api/auth/leave`: takes the signed-in user out of this workspace. The last owner stays.

use crate::App;
use application::identity::memberships::{LastOwner, save_member};
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::workspace::user::User;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, axum, utoipa};
use std::sync::Arc;

/// The user is deactivated, as an admin would do it, and can be activated again. Leads stay the user's until they are
/// handed over.
#[utoipa::path(post, path = "/api/auth/leave", operation_id = "leave_workspace", responses((status = 204)))]
pub async fn leave_workspace(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<StatusCode> {
    let (_, before) = app.open_session(&caller).await?;
    let user = User { disabled: true, ..before.clone() };
    let event = Event::new(EventKind::UserChanged, caller.actor(), app.clock.now());
    match save_member(&*app.users, (&before, &user), &event).await? {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(LastOwner) => {
            let detail = "You are the last owner. Make another member an owner before you leave.";
            Err(ApiError::conflict("last_owner", detail))
        }
    }
}
