//! `GET /api/auth/providers`: the providers by which users may sign in to this installation.

use crate::App;
use axum::extract::State;
use domain::workspace::identity::SignInProvider;
use http_api::{JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferedProviders {
    pub items: Vec<OfferedSignIn>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferedSignIn {
    pub provider: SignInProvider,
    /// The name that users know it by.
    pub name: String,
}

#[utoipa::path(get, path = "/api/auth/providers", operation_id = "list_sign_in_providers",
    responses((status = 200, body = OfferedProviders)))]
pub async fn list_sign_in_providers(State(app): State<Arc<App>>) -> JsonBody<OfferedProviders> {
    let offered = app.sign_in_providers.offered().into_iter();
    let items = offered.map(|one| OfferedSignIn { provider: one.provider, name: one.name });
    JsonBody(OfferedProviders { items: items.collect() })
}
