//! The ways to sign in beside the password: an authenticator app, a passkey, and an account at a provider.

use super::super::story::{APP, Story};
use crate::account::{EMAIL, PASSWORD};
use anyhow::{Context, Result};
use application::Clock;
use http::{Method, Request, header};
use sandbox::{AppClient, PasskeyDevice, authenticator_code};
use serde_json::{Value, json};

/// Switches two-step sign-in on, signs in with it, and switches it off.
pub async fn two_steps(story: &mut Story) -> Result<()> {
    story.post("/api/auth/confirm", json!({ "password": PASSWORD })).await?;
    let begun = story.post("/api/auth/totp", json!({})).await?;
    let secret = begun["secret"].as_str().context("a secret")?;
    let first = json!({ "setup": begun["setup"], "code": authenticator_code(secret, story.clock.now()) });
    let first = story.post("/api/auth/totp/confirm", first).await?["first"].clone();
    let codes = first["codes"].clone();
    story.api.take_token(&first["session"])?;
    let login = json!({ "email": EMAIL, "password": PASSWORD });
    let challenge = story.post("/api/auth/login", login).await?["second_factor"]["token"].clone();
    story.post("/api/auth/totp/verify", json!({ "token": challenge, "code": codes[0] })).await?;
    assert_eq!(story.get("/api/auth/totp").await?["recovery_codes_left"], 9);
    story.post("/api/auth/totp/recovery-codes", json!({ "code": codes[1] })).await?;
    story.delete("/api/auth/totp").await.map(drop)
}

/// Adds a passkey, signs in with it, renames it, and removes it.
pub async fn by_passkey(story: &mut Story) -> Result<()> {
    let mut phone = PasskeyDevice::new(1, APP);
    let made = phone.make(&story.post("/api/auth/passkeys", json!({})).await?);
    let added = story.post("/api/auth/passkeys/new", made).await?;
    story.api.take_token(&added["first"]["session"])?;
    let challenge = story.post("/api/auth/passkey/begin", json!({})).await?;
    let used = json!({ "passkey": phone.answer(&challenge) });
    assert_eq!(story.post("/api/auth/passkey/sign-in", used).await?["user"]["email"], EMAIL);
    let path = format!("/api/auth/passkeys/{}", added["passkey"]["id"].as_str().context("an id")?);
    story.patch(&path, json!({ "name": "Phone" })).await?;
    assert_eq!(story.get("/api/auth/passkeys").await?["items"][0]["name"], "Phone");
    story.delete(&path).await.map(drop)
}

/// Connects an account at a provider, signs in by it, and disconnects it.
pub async fn by_provider(story: &Story) -> Result<()> {
    assert_eq!(story.get("/api/auth/providers").await?["items"].as_array().map(Vec::len), Some(4));
    let (ticket, cookie) = from_provider(story, "maya@gmail.example").await?;
    let token = story.api.token().context("a session")?;
    let headers = [("cookie", cookie.as_str()), ("authorization", token.as_str())];
    assert_eq!(send(story, "/api/auth/identities", json!({ "ticket": ticket }), &headers).await?.0, 204);
    assert_eq!(story.get("/api/auth/identities").await?["items"][0]["provider"], "oidc");
    let (ticket, cookie) = from_provider(story, "maya@gmail.example").await?;
    let (status, session) =
        send(story, "/api/auth/provider-sign-in", json!({ "ticket": ticket }), &[("cookie", &cookie)])
            .await?;
    assert_eq!((status, &session["user"]["email"]), (200, &json!(EMAIL)));
    story.delete("/api/auth/identities/oidc").await.map(drop)
}

/// Opens a workspace by an account at a provider, and joins this one by another, who leaves again.
pub async fn new_by_provider(story: &Story) -> Result<()> {
    let (ticket, cookie) = from_provider(story, "nora@gmail.example").await?;
    let body = json!({ "ticket": ticket, "name": "Nora", "workspace_name": "Nora's" });
    let (status, session) = send(story, "/api/auth/provider-sign-up", body, &[("cookie", &cookie)]).await?;
    assert_eq!((status, &session["user"]["email"]), (201, &json!("nora@gmail.example")), "{session}");
    let new = json!({ "email": "rosa@gmail.example", "name": "Rosa", "role": "rep" });
    let invited = story.post("/api/team", new).await?;
    let token = invited["link"].as_str().and_then(|link| link.split_once("#token=")).context("a link")?.1;
    let (ticket, cookie) = from_provider(story, "rosa@gmail.example").await?;
    let body = json!({ "ticket": ticket, "token": token, "name": "Rosa" });
    let (status, joined) = send(story, "/api/auth/provider-invitation", body, &[("cookie", &cookie)]).await?;
    assert_eq!(status, 201, "{joined}");
    let path = format!("/api/team/{}", joined["user"]["id"].as_str().context("an id")?);
    story.patch(&path, json!({ "disabled": true })).await.map(drop)
}

/// Signs in at the provider, and comes back with a ticket and the cookie of the attempt.
async fn from_provider(story: &Story, email: &str) -> Result<(String, String)> {
    let (page, cookie) = follow(story, "/api/auth/oidc/start", "").await?;
    let back = story.world.sandbox.sign_in_at(&page, email).map_err(anyhow::Error::msg)?;
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

async fn send(story: &Story, path: &str, body: Value, headers: &[(&str, &str)]) -> Result<(u16, Value)> {
    let mut request = Request::builder().method(Method::POST).uri(format!("{APP}{path}"));
    for (name, value) in headers.iter().chain(&[("content-type", "application/json")]) {
        request = request.header(*name, *value);
    }
    let answer = story.recorder.call(request.body(body.to_string().into_bytes())?).await;
    Ok((answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default()))
}
