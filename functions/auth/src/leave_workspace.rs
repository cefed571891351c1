//! `POST /api/auth/leave`: takes the signed-in user out of this workspace. The last owner stays.

use crate::App;
use application::identity::api_keys::KeysOfLeaver;
use application::identity::memberships::{LastOwner, MemberStores, save_member};
use axum::extract::State;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, axum, utoipa};
use std::sync::Arc;

/// The user is deactivated, as an admin would do it, and can be activated again. Their API keys are revoked, and the invitations
/// and links that they made work no more. Leads stay the user's until they are handed over.
#[utoipa::path(post, path = "/api/auth/leave", operation_id = "leave_workspace", responses((status = 204)))]
pub async fn leave_workspace(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<StatusCode> {
    let (_, before) = app.open_session(&caller).await?;
    let mut user = before.clone();
    user.disable();
    let event = Event::new(EventKind::UserChanged, caller.actor(), app.clock.now());
    let stores = MemberStores { users: &*app.users, logins: &*app.logins, api_keys: &*app.api_keys };
    save_member(stores, (&before, &user), KeysOfLeaver::Revoked, &event).await?.map_err(|LastOwner| {
        let detail = "You are the last owner. Make another member an owner before you leave.";
        ApiError::conflict("last_owner", detail)
    })?;
    Ok(StatusCode::NO_CONTENT)
}
