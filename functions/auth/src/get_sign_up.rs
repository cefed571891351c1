//! `GET /api/auth/signup`: whether this installation takes sign-ups, and whether they need the setup code.

use crate::App;
use application::StoreResult;
use application::ports::sign_up_rule::SignUpRule;
use axum::extract::State;
use http_api::{ApiResult, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The installation has no user yet: the first sign-up needs the setup code.
    NeedsCode,
    Open,
    /// New users need an invitation from a user of this installation.
    Closed,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignUpState {
    pub state: Door,
}

#[utoipa::path(get, path = "/api/auth/signup", operation_id = "get_sign_up",
    responses((status = 200, body = SignUpState)))]
pub async fn get_sign_up(State(app): State<Arc<App>>) -> ApiResult<JsonBody<SignUpState>> {
    Ok(JsonBody(SignUpState { state: app.door().await? }))
}

impl App {
    pub async fn door(&self) -> StoreResult<Door> {
        let owned = self.users.first_workspace().await?.is_some();
        Ok(match (owned, self.sign_up_rule) {
            (false, _) => Door::NeedsCode,
            (true, SignUpRule::Open) => Door::Open,
            (true, SignUpRule::First) => Door::Closed,
        })
    }
}
