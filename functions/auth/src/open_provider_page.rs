//! `GET /api/auth/{provider}/start`: leads the browser to the provider's page. A cookie remembers the attempt.

use crate::App;
use crate::attempt_cookie::set_attempt;
use application::identity::provider_sign_in::{ATTEMPT_LASTS, SignInAttempt};
use application::ports::sign_in_providers::SignInFailure;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::workspace::identity::SignInProvider;
use http::{StatusCode, header};
use http_api::{ApiError, ApiResult, ClientNetwork, PathOf, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageOfProvider {
    /// Whether the provider is to ask the person again, so that the sign-in proves anew who it is.
    #[serde(default)]
    afresh: bool,
}

#[utoipa::path(get, path = "/api/auth/{provider}/start", operation_id = "open_provider_page",
    params(("provider" = SignInProvider, Path), PageOfProvider), responses((status = 303)))]
pub async fn open_provider_page(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    PathOf(provider): PathOf<SignInProvider>,
    QueryOf(asked): QueryOf<PageOfProvider>,
) -> ApiResult<Response> {
    app.limit_flood("provider", &network).await?;
    let attempt = SignInAttempt::begin(&*app.ids, provider, app.clock.now());
    let request = attempt.request(app.redirect_uri(provider), asked.afresh);
    let page = match app.sign_in_providers.page(provider, &request).await {
        Ok(page) => page,
        Err(SignInFailure::NotOffered) => return Err(ApiError::not_found("provider")),
        Err(failure) => {
            tracing::warn!(provider = provider.as_str(), error = %failure, "a provider's page is not known");
            return Ok(app.back_to_the_app("problem=unavailable"));
        }
    };
    let cookie = set_attempt(&attempt.seal(&app.keys), ATTEMPT_LASTS.as_secs(), &app.public_url);
    let headers = [
        (header::LOCATION, page),
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

impl App {
    pub fn redirect_uri(&self, provider: SignInProvider) -> String {
        format!("{}/api/auth/{}/callback", self.public_url, provider.as_str())
    }

    /// Leads the browser to the app's page. What follows the `#` no server sees.
    pub fn back_to_the_app(&self, fragment: &str) -> Response {
        let page = format!("{}/signed-in#{fragment}", self.public_url);
        let headers = [(header::LOCATION, page), (header::CACHE_CONTROL, "no-store".to_owned())];
        (StatusCode::SEE_OTHER, headers).into_response()
    }
}
