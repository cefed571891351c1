//! `POST /api/team`: an account for a colleague, with a first password to be handed over.

use crate::App;
use crate::member_view::MemberView;
use application::StoreError;
use application::passwords::{hash_password, unfit};
use axum::extract::State;
use domain::UserId;
use domain::email_address::EmailAddress;
use domain::user::{Role, User};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    email: String,
    name: String,
    /// At most your own.
    role: Role,
    /// At least 10 characters.
    password: String,
}

#[utoipa::path(post, path = "/api/team", operation_id = "add_member", request_body = NewMember,
    responses((status = 201, body = MemberView)))]
pub async fn add_member(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewMember>,
) -> ApiResult<(StatusCode, JsonBody<MemberView>)> {
    let mut errors = FieldErrors::default();
    let email = errors.take("email", EmailAddress::parse(&new.email));
    let name = errors.required("name", &new.name, 120);
    if let Some(why) = unfit(&new.password) {
        errors.add("password", why);
    }
    if new.role > caller.role {
        errors.add("role", "is above your own");
    }
    errors.finish()?;
    let email = email.ok_or_else(|| ApiError::internal("a missing address is an error above"))?;
    let user = User {
        id: UserId::new(app.ids.next()),
        workspace: caller.workspace,
        email,
        name,
        role: new.role,
        password_hash: hash_password(&new.password, &*app.ids),
        created_at: app.clock.now(),
        disabled: false,
        rev: 0,
    };
    match app.users.add(&user).await {
        Ok(()) => Ok((StatusCode::CREATED, JsonBody(user.into()))),
        Err(StoreError::Conflict) => Err(ApiError::invalid("email", "has an account already")),
        Err(other) => Err(other.into()),
    }
}
