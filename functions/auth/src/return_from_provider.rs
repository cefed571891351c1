//! `GET /api/auth/{provider}/callback`: the browser comes back from the provider's page. It goes on to the app with a
//! ticket, which opens nothing without the cookie of the same attempt.

use crate::App;
use crate::attempt_cookie::AttemptCookie;
use application::identity::provider_sign_in::SignInAttempt;
use application::ports::sign_in_providers::SignInFailure;
use axum::extract::State;
use axum::response::Response;
use domain::workspace::identity::SignInProvider;
use http_api::{ApiResult, ClientNetwork, PathOf, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

/// What the provider's page has added to our address. Providers add more, which means nothing to us.
#[derive(Deserialize)]
pub struct FromProvider {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
}

#[utoipa::path(get, path = "/api/auth/{provider}/callback", operation_id = "return_from_provider",
    params(("provider" = SignInProvider, Path)), responses((status = 303)))]
pub async fn return_from_provider(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    PathOf(provider): PathOf<SignInProvider>,
    QueryOf(back): QueryOf<FromProvider>,
    AttemptCookie(cookie): AttemptCookie,
) -> ApiResult<Response> {
    app.limit_flood("provider", &network).await?;
    let now = app.clock.now();
    let attempt = SignInAttempt::open(&app.keys, &cookie, now).filter(|attempt| attempt.provider == provider);
    let Some(attempt) = attempt else { return Ok(app.back_to_the_app("problem=expired")) };
    if !attempt.takes(&*app.limits, &back.state, now).await? {
        return Ok(app.back_to_the_app("problem=expired"));
    }
    if !back.error.is_empty() || back.code.is_empty() {
        return Ok(app.back_to_the_app("problem=refused"));
    }
    let code = attempt.code(back.code, app.redirect_uri(provider));
    match app.sign_in_providers.who(provider, &code).await {
        Ok(account) => {
            let ticket = attempt.ticket(account).seal(&app.keys);
            Ok(app.back_to_the_app(&format!("ticket={ticket}")))
        }
        Err(failure) => {
            tracing::warn!(provider = provider.as_str(), error = %failure, "a sign-in at a provider has failed");
            let is_down = matches!(failure, SignInFailure::Unavailable(_));
            Ok(app.back_to_the_app(if is_down { "problem=unavailable" } else { "problem=failed" }))
        }
    }
}
