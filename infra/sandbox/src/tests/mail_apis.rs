//! Mailboxes at Google and Microsoft: connected by clicking, sent from, and answered into.

use std::collections::HashMap;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use http::{Request, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt as _;
use url::form_urlencoded::Serializer;

use super::fixture::{World, world};
use crate::Credentials;

const MAYA: &str = "maya@northquay.example";
const REDIRECT: &str = "http://localhost:8787/settings/accounts/connected";
const SCOPES: &str =
    "https://www.googleapis.com/auth/gmail.readonly https://www.googleapis.com/auth/gmail.compose";
const VERIFIER: &str = "a-verifier-of-forty-three-letters-at-least-1234567";

fn page(client: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let query = Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", client)
        .append_pair("redirect_uri", REDIRECT)
        .append_pair("scope", SCOPES)
        .append_pair("state", "st")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .append_pair("login_hint", MAYA)
        .finish();
    format!("/google/o/oauth2/v2/auth?{query}")
}

#[tokio::test]
async fn page_of_a_provider_is_not_loaded_anew_while_its_form_is_sent() {
    let world = world();
    for client in [Credentials::GOOGLE_CLIENT_ID, "another"] {
        let (_, shown) = world.get(&page(client)).await;
        assert!(!shown.to_string().contains("refresh.js"), "{client}");
    }
}

/// Clicks a button on the page, and returns what it returns to the app with.
async fn click(world: &World, choice: &str) -> HashMap<String, String> {
    let mut form = Serializer::new(String::new());
    form.append_pair("address", MAYA).append_pair("choice", choice);
    for scope in SCOPES.split(' ') {
        form.append_pair("scope", scope);
    }
    let request = Request::post(page(Credentials::GOOGLE_CLIENT_ID)).body(Body::from(form.finish())).unwrap();
    let answer = world.sandbox.router().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 303);
    let back = url::Url::parse(answer.headers()[header::LOCATION].to_str().unwrap()).unwrap();
    assert!(back.as_str().starts_with(REDIRECT));
    back.query_pairs().into_owned().collect()
}

async fn token(world: &World, code: &str) -> (u16, Value) {
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("client_id", Credentials::GOOGLE_CLIENT_ID)
        .append_pair("client_secret", Credentials::GOOGLE_CLIENT_SECRET)
        .append_pair("code", code)
        .append_pair("redirect_uri", REDIRECT)
        .append_pair("code_verifier", VERIFIER)
        .finish();
    world.call(Request::post("/google/token").body(Body::from(form)).unwrap()).await
}

async fn gmail(world: &World, token: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = Request::builder().method(method).uri(format!("/google/gmail/v1/users/me/{path}"));
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    world.call(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn mailbox_is_connected_by_clicking_and_its_replies_arrive_in_it() {
    let world = world();
    let (status, shown) = world.get(&page(Credentials::GOOGLE_CLIENT_ID)).await;
    assert_eq!(status, 200);
    assert!(shown.to_string().contains(MAYA) && shown.to_string().contains("Allow"));
    let back = click(&world, "allow").await;
    assert_eq!(back["state"], "st");
    let (status, granted) = token(&world, &back["code"]).await;
    assert_eq!(status, 200, "{granted}");
    let access = granted["access_token"].as_str().unwrap();
    assert_eq!(gmail(&world, access, "GET", "profile", json!(null)).await.1["emailAddress"], MAYA);

    let raw = format!(
        "From: Maya <{MAYA}>\r\nTo: zoe@clinic.example\r\nSubject: Booking\r\nMessage-ID: <m1@northquay.example>\r\n\
         Date: Tue, 17 Nov 2026 17:00:00 +0000\r\n\r\nHello Zoe\r\n"
    );
    let draft = json!({ "message": { "raw": URL_SAFE.encode(raw) } });
    let (status, draft) = gmail(&world, access, "POST", "drafts", draft).await;
    assert_eq!(status, 200, "{draft}");
    gmail(&world, access, "POST", "drafts/send", json!({ "id": draft["id"] })).await;
    let mail = world.sandbox.latest_mail("zoe@clinic.example").expect("it has arrived");
    world.sandbox.reply_to_mail(mail, "Tell me more");
    world.live(1).await;
    // The access lasts an hour.
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "refresh_token")
        .append_pair("client_id", Credentials::GOOGLE_CLIENT_ID)
        .append_pair("client_secret", Credentials::GOOGLE_CLIENT_SECRET)
        .append_pair("refresh_token", granted["refresh_token"].as_str().unwrap())
        .finish();
    let (status, renewed) = world.call(Request::post("/google/token").body(Body::from(form)).unwrap()).await;
    assert_eq!(status, 200, "{renewed}");
    let access = renewed["access_token"].as_str().unwrap();
    let (_, listed) = gmail(&world, access, "GET", "messages?labelIds=INBOX", json!(null)).await;
    assert!(!listed["messages"].as_array().unwrap().is_empty(), "{listed}");
}

/// Connects Maya's mailbox. Returns an access token, which lasts an hour.
async fn connect(world: &World) -> String {
    let back = click(world, "allow").await;
    let (_, granted) = token(world, &back["code"]).await;
    granted["access_token"].as_str().unwrap().to_owned()
}

/// Sends a mail from Maya's mailbox by so many drafts.
async fn send(world: &World, times: usize) {
    let access = connect(world).await;
    let raw = format!(
        "From: Maya <{MAYA}>\r\nTo: zoe@clinic.example\r\nSubject: Booking\r\nMessage-ID: <m1@northquay.example>\r\n\
         Date: Tue, 17 Nov 2026 17:00:00 +0000\r\n\r\nHello Zoe\r\n"
    );
    for _ in 0..times {
        let draft = json!({ "message": { "raw": URL_SAFE.encode(&raw) } });
        let (_, draft) = gmail(world, &access, "POST", "drafts", draft).await;
        gmail(world, &access, "POST", "drafts/send", json!({ "id": draft["id"] })).await;
    }
}

#[tokio::test]
async fn mail_that_is_sent_by_two_drafts_reaches_its_recipient_twice() {
    let world = world();
    send(&world, 2).await;
    assert_eq!(world.sandbox.observed().emails.len(), 2);
}

#[tokio::test]
async fn letter_in_mailbox_is_unread_until_it_is_handed_out_whole() {
    let world = world();
    send(&world, 1).await;
    let mail = world.sandbox.latest_mail("zoe@clinic.example").expect("it has arrived");
    world.sandbox.reply_to_mail(mail, "Tell me more");
    world.live(1).await;
    let access = connect(&world).await;
    let (_, listed) = gmail(&world, &access, "GET", "messages", json!(null)).await;
    let of = |message: &Value| message["id"].as_str().unwrap_or_default().to_owned();
    let ids: Vec<String> = listed["messages"].as_array().unwrap().iter().map(of).collect();
    gmail(&world, &access, "GET", &format!("messages/{}?format=metadata", ids[0]), json!(null)).await;
    assert!(world.sandbox.has_unread_letter(MAYA));
    for id in ids {
        gmail(&world, &access, "GET", &format!("messages/{id}?format=raw"), json!(null)).await;
    }
    assert!(!world.sandbox.has_unread_letter(MAYA));
    assert!(world.sandbox.unread_letters().is_empty());
}

#[tokio::test]
async fn page_refuses_another_client_and_a_cancelled_access_returns_so() {
    let world = world();
    let (status, shown) = world.get(&page("another")).await;
    assert_eq!(status, 400);
    assert!(shown.to_string().contains("invalid_client"));
    let back = click(&world, "refuse").await;
    assert_eq!((back["error"].as_str(), back["state"].as_str()), ("access_denied", "st"));
    assert_eq!(token(&world, "code-77").await.0, 400);
    assert_eq!(gmail(&world, "access-77", "GET", "profile", json!(null)).await.0, 401);
}

#[tokio::test]
async fn access_that_its_owner_took_back_is_refused_until_it_is_allowed_anew() {
    let world = world();
    let back = click(&world, "allow").await;
    let access = token(&world, &back["code"]).await.1["access_token"].as_str().unwrap().to_owned();
    let revoke = async |address: &str| {
        let form = Serializer::new(String::new()).append_pair("address", address).finish();
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post("/grants").header(header::CONTENT_TYPE, kind);
        world.call(request.body(Body::from(form)).unwrap()).await.0
    };
    assert!(world.get("/").await.1.to_string().contains("Take back the access to"));
    assert_eq!((revoke("zoe@clinic.example").await, revoke(MAYA).await), (404, 303));
    assert_eq!(gmail(&world, &access, "GET", "profile", json!(null)).await.0, 401);
    let back = click(&world, "allow").await;
    let granted = token(&world, &back["code"]).await.1;
    let access = granted["access_token"].as_str().unwrap();
    assert_eq!(gmail(&world, access, "GET", "profile", json!(null)).await.0, 200);
}
