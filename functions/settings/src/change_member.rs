//! `PATCH /api/team/{id}`: changes a user's role, disables the user, or switches AI off for the user. At least one owner remains.
//! What lost access has made ends with it.

use crate::App;
use crate::member_view::MemberView;
use application::identity::api_keys::KeysOfLeaver;
use application::identity::memberships::{LastOwner, MemberStores, save_member};
use axum::extract::State;
use domain::UserId;
use domain::event::{Event, EventKind};
use domain::workspace::user::{Role, User};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChanges {
    name: Option<String>,
    role: Option<Role>,
    /// `true`: the user cannot enter this workspace, and is signed out of it within a minute.
    disabled: Option<bool>,
    /// What becomes of the API keys of a user who is disabled with this change, or no admin any more: `true` hands them over
    /// to the caller, else they are revoked. The user may know their secrets.
    #[serde(default)]
    keep_keys: bool,
    /// `true`: the user's own requests to language models are refused.
    ai_off: Option<bool>,
}

#[utoipa::path(patch, path = "/api/team/{id}", operation_id = "change_member", params(("id" = UserId, Path)),
    request_body = MemberChanges, responses((status = 200, body = MemberView)))]
pub async fn change_member(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<UserId>,
    JsonBody(changes): JsonBody<MemberChanges>,
) -> ApiResult<JsonBody<MemberView>> {
    let before = app.users.get(&caller.workspace, &id).await?;
    let mut user = before.clone();
    let mut errors = FieldErrors::default();
    if let Some(name) = &changes.name {
        user.name = errors.required("name", name, 120);
    }
    if changes.keep_keys && id == caller.signed_in()?.user {
        errors.add("keep_keys", "hands over the keys of somebody else; your own end with your access");
    }
    errors.finish()?;
    let (role, disabled) = (changes.role.unwrap_or(user.role), changes.disabled.unwrap_or(user.disabled));
    let ai_off = changes.ai_off.unwrap_or(user.ai_off);
    if (role, disabled, ai_off) != (user.role, user.disabled, user.ai_off) || changes.keep_keys {
        check(&caller, &before, role)?;
        // Whoever takes access away may have to be quick.
        if role != user.role || user.disabled && !disabled || changes.keep_keys {
            caller.demand_proof().await?;
        }
        (user.role, user.ai_off) = (role, ai_off);
        match disabled {
            true => user.disable(),
            false => user.disabled = false,
        }
    }
    let event = Event::new(EventKind::UserChanged, caller.actor(), app.clock.now());
    let become_of = match changes.keep_keys {
        true => KeysOfLeaver::HandedOver(&caller.signed_in()?.user),
        false => KeysOfLeaver::Revoked,
    };
    let stores = MemberStores { users: &*app.users, logins: &*app.logins, api_keys: &*app.api_keys };
    user.rev = save_member(stores, (&before, &user), become_of, &event)
        .await?
        .map_err(|LastOwner| ApiError::conflict("last_owner", "A workspace keeps at least one owner."))?;
    let shown = app.members(&caller, vec![user]).await?.pop();
    shown.map(JsonBody).ok_or_else(|| ApiError::internal("one user was shown"))
}

fn check(caller: &Caller, user: &User, role: Role) -> ApiResult<()> {
    if user.role > caller.signed_in()?.role {
        return Err(ApiError::forbidden());
    }
    if role > caller.signed_in()?.role {
        return Err(ApiError::invalid("role", "is above your own"));
    }
    Ok(())
}
