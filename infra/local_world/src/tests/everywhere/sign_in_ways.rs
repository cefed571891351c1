//! The ways to sign in beside the password: an authenticator app, and an account at a provider.

use super::super::story::{APP, Story};
use crate::account::{EMAIL, PASSWORD};
use anyhow::{Context, Result};
use application::Clock;
use http::{Method, Request, header};
use sandbox::{AppClient, authenticator_code};
use serde_json::{Value, json};

/// Switches two-step sign-in on, signs in with it, and switches it off.
pub async fn two_steps(story: &Story) -> Result<()> {
    let password = json!({ "password": PASSWORD });
    let begun = story.post("/api/auth/totp", password.clone()).await?;
    let secret = begun["secret"].as_str().context("a secret")?;
    let first = json!({ "setup": begun["setup"], "code": authenticator_code(secret, story.clock.now()) });
    let codes = story.post("/api/auth/totp/confirm", first).await?["codes"].clone();
    let login = json!({ "email": EMAIL, "password": PASSWORD });
    let challenge = story.post("/api/auth/login", login).await?["second_factor"]["token"].clone();
    story.post("/api/auth/totp/verify", json!({ "token": challenge, "code": codes[0] })).await?;
    assert_eq!(story.get("/api/auth/totp").await?["recovery_codes_left"], 9);
    story.post("/api/auth/totp/recovery-codes", json!({ "code": codes[1] })).await?;
    story.post("/api/auth/totp/off", password).await.map(drop)
}

/// Connects an account at a provider, signs in by it, and disconnects it.
pub async fn by_provider(story: &Story) -> Result<()> {
    assert_eq!(story.get("/api/auth/providers").await?["items"].as_array().map(Vec::len), Some(4));
    let (ticket, cookie) = from_provider(story).await?;
    let token = story.api.token().context("a session")?;
    let headers = [("cookie", cookie.as_str()), ("authorization", token.as_str())];
    assert_eq!(send(story, "/api/auth/identities", &ticket, &headers).await?.0, 204);
    assert_eq!(story.get("/api/auth/identities").await?["items"][0]["provider"], "oidc");
    let (ticket, cookie) = from_provider(story).await?;
    let (status, session) =
        send(story, "/api/auth/provider-sign-in", &ticket, &[("cookie", &cookie)]).await?;
    assert_eq!((status, &session["user"]["email"]), (200, &json!(EMAIL)));
    story.delete("/api/auth/identities/oidc").await.map(drop)
}

/// Signs in at the provider, and comes back with a ticket and the cookie of the attempt.
async fn from_provider(story: &Story) -> Result<(String, String)> {
    let (page, cookie) = follow(story, "/api/auth/oidc/start", "").await?;
    let back = story.world.sandbox.sign_in_at(&page, "maya@gmail.example").map_err(anyhow::Error::msg)?;
    let (at, _) = follow(story, back.trim_start_matches(APP), &cookie).await?;
    let ticket = at.split_once("#ticket=").with_context(|| format!("a ticket in {at}"))?.1;
    Ok((ticket.to_owned(), cookie))
}

/// Returns where the browser is led, and the cookie that it is given.
async fn follow(story: &Story, path: &str, cookie: &str) -> Result<(String, String)> {
    let request = Request::get(format!("{APP}{path}")).header(header::COOKIE, cookie).body(Vec::new())?;
    let answer = story.recorder.call(request).await;
    let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let cookie = text(header::SET_COOKIE).split(';').next().unwrap_or_default();
    Ok((text(header::LOCATION).to_owned(), cookie.to_owned()))
}

async fn send(story: &Story, path: &str, ticket: &str, headers: &[(&str, &str)]) -> Result<(u16, Value)> {
    let mut request = Request::builder().method(Method::POST).uri(format!("{APP}{path}"));
    for (name, value) in headers.iter().chain(&[("content-type", "application/json")]) {
        request = request.header(*name, *value);
    }
    let body = json!({ "ticket": ticket }).to_string().into_bytes();
    let answer = story.recorder.call(request.body(body)?).await;
    Ok((answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default()))
}
