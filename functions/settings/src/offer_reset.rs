//! `POST /api/team/{id}/reset-link`: creates a link by which another user can choose a new password. No user
//! sets another user's password.

use crate::App;
use application::identity::password_reset::{create_reset_token, reset_link};
use axum::extract::State;
use domain::UserId;
use domain::workspace::invitation::LinkDelivery;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferedReset {
    /// Works once. The password stays as it is until the link is used.
    pub link: String,
    pub expires_at: Timestamp,
}

#[utoipa::path(post, path = "/api/team/{id}/reset-link", operation_id = "offer_reset", params(("id" = UserId, Path)),
    responses((status = 201, body = OfferedReset)))]
pub async fn offer_reset(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<UserId>,
) -> ApiResult<(StatusCode, JsonBody<OfferedReset>)> {
    let user = app.users.get(&caller.workspace, &id).await?;
    if user.role > caller.signed_in()?.role {
        return Err(ApiError::forbidden());
    }
    if user.disabled {
        return Err(ApiError::conflict(
            "disabled",
            "This team member is deactivated. Reactivate them first.",
        ));
    }
    let login = app.logins.login(&user.login).await?;
    // The link opens every workspace of the login.
    if login.memberships.len() > 1 {
        return Err(ApiError::conflict(
            "in_other_workspaces",
            "This team member is in other workspaces, too, which the link would open. Ask them to use Forgot password, or the operator of this installation for a link.",
        ));
    }
    caller.demand_proof().await?;
    let now = app.clock.now();
    let by = caller.actor();
    let handed_over = (LinkDelivery::HandedOver, now);
    let token = create_reset_token(&*app.users, &*app.ids, (&login, &user), by, handed_over).await?;
    let link = reset_link(&app.public_url, &token);
    let expires_at = now.checked_add(LinkDelivery::HandedOver.lasts()).unwrap_or(now);
    Ok((StatusCode::CREATED, JsonBody(OfferedReset { link, expires_at })))
}
