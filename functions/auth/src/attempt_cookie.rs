//! The cookie that binds a sign-in at a provider to the browser that began it.

use crate::App;
use axum::extract::FromRequestParts;
use http::header::COOKIE;
use http::request::Parts;
use http_api::axum;
use std::convert::Infallible;
use std::sync::Arc;

/// Names the cookie. A browser takes the prefix from no page without HTTPS, so no such page of a neighbouring host can set
/// this cookie.
fn name_at(public_url: &str) -> &'static str {
    match public_url.starts_with("https://") {
        true => "__Secure-leadflow_sign_in",
        false => "leadflow_sign_in",
    }
}

/// The sealed attempt that the browser has sent; empty where it has sent none.
pub struct AttemptCookie(pub String);

impl FromRequestParts<Arc<App>> for AttemptCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let wanted = name_at(&app.public_url);
        let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let found = pairs.find(|(name, _)| *name == wanted);
        Ok(Self(found.map(|(_, value)| value.to_owned()).unwrap_or_default()))
    }
}

/// Makes the header that sets the cookie. `Lax`: it comes along when the provider's page leads back.
pub fn set_attempt(sealed: &str, seconds: i64, public_url: &str) -> String {
    let secure = if public_url.starts_with("https://") { "; Secure" } else { "" };
    let name = name_at(public_url);
    format!("{name}={sealed}; Path=/api/auth; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}
