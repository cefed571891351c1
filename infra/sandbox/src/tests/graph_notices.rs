//! Graph's handshake with the app's address, and its notices of mail.

use super::fixture::{World, message, world};
use crate::Credentials;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, header};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt as _;
use url::form_urlencoded::Serializer;

const MAYA: &str = "maya@northquay.example";
const REDIRECT: &str = "http://localhost:8787/settings/accounts/connected";
const SCOPE: &str = "https://graph.microsoft.com/Mail.ReadWrite";
const VERIFIER: &str = "a-verifier-of-forty-three-letters-at-least-1234567";
const NOTICES: &str = "http://localhost:8787/api/webhooks/microsoft/account_1/mailbox";

/// Connects Maya's mailbox on the provider's page. Returns an access token.
async fn connect(world: &World) -> String {
    let query = Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", Credentials::MICROSOFT_CLIENT_ID)
        .append_pair("redirect_uri", REDIRECT)
        .append_pair("scope", SCOPE)
        .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)))
        .append_pair("code_challenge_method", "S256")
        .finish();
    let form = Serializer::new(String::new())
        .append_pair("address", MAYA)
        .append_pair("choice", "allow")
        .append_pair("scope", SCOPE)
        .finish();
    let page = format!("/microsoft/organizations/oauth2/v2.0/authorize?{query}");
    let answer =
        world.sandbox.router().oneshot(Request::post(page).body(Body::from(form)).unwrap()).await.unwrap();
    let back = url::Url::parse(answer.headers()[header::LOCATION].to_str().unwrap()).unwrap();
    let (_, code) = back.query_pairs().find(|(name, _)| name == "code").unwrap();
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("client_id", Credentials::MICROSOFT_CLIENT_ID)
        .append_pair("client_secret", Credentials::MICROSOFT_CLIENT_SECRET)
        .append_pair("code", &code)
        .append_pair("redirect_uri", REDIRECT)
        .append_pair("code_verifier", VERIFIER)
        .finish();
    let request = Request::post("/microsoft/organizations/oauth2/v2.0/token").body(Body::from(form)).unwrap();
    world.call(request).await.1["access_token"].as_str().unwrap().to_owned()
}

async fn subscribe(world: &World, token: &str, url: &str) -> (u16, Value) {
    let wish = json!({
        "changeType": "created", "notificationUrl": url, "lifecycleNotificationUrl": url,
        "resource": "me/mailFolders('inbox')/messages", "clientState": "s3cret",
        "expirationDateTime": (world.sandbox.now() + SignedDuration::from_hours(24)).to_string(),
    });
    let request = Request::post("/microsoft/v1.0/subscriptions");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    world.call(request.body(Body::from(wish.to_string())).unwrap()).await
}

fn arrives(world: &World, number: u32) {
    let raw = message(MAYA, &format!("m{number}"));
    assert!(world.sandbox.arrives_in_mail_api(MAYA, raw.as_bytes()));
}

#[tokio::test]
async fn mail_is_told_to_an_address_that_has_sent_the_token_back() {
    let world = world();
    world.sandbox.reach_app(world.app.clone());
    let token = connect(&world).await;
    arrives(&world, 1);
    assert_eq!(world.sandbox.waiting(), 0, "nothing is subscribed");
    let (status, made) = subscribe(&world, &token, NOTICES).await;
    assert_eq!((status, &made["clientState"]), (201, &json!(null)), "{made}");
    let asked = world.app.calls("/api/webhooks/microsoft/");
    assert!(asked.len() == 1 && asked[0].uri().query().unwrap().starts_with("validationToken=Validation%3A"));

    world.app.webhook_failures.lock().unwrap().push(503);
    arrives(&world, 2);
    world.clock.forward(3);
    assert_eq!(world.sandbox.run_due(world.sandbox.now(), &*world.app).await, 1);
    world.clock.forward(11);
    assert_eq!(
        world.sandbox.run_due(world.sandbox.now(), &*world.app).await,
        1,
        "the refused one comes again"
    );
    let told = world.app.calls("/api/webhooks/microsoft/account_1/mailbox").split_off(1);
    assert_eq!((told.len(), told[0].body()), (2, told[1].body()));
    let told: Value = serde_json::from_slice(told[0].body()).unwrap();
    let [notice] = told["value"].as_array().unwrap().as_slice() else { panic!("{told}") };
    assert_eq!((&notice["clientState"], &notice["subscriptionId"]), (&json!("s3cret"), &made["id"]));
    assert_eq!(world.sandbox.waiting(), 0);
}

#[tokio::test]
async fn no_other_address_than_the_apps_is_called_or_subscribed() {
    let world = world();
    world.sandbox.reach_app(world.app.clone());
    let token = connect(&world).await;
    for elsewhere in [
        "https://graph-caller.example/api/webhooks/microsoft/account_1/mailbox",
        "http://localhost:9999/api/webhooks/microsoft/account_1/mailbox",
        "http://localhost:8787@other.example/api/webhooks/microsoft/account_1/mailbox",
        "http://10.0.0.2/mailbox",
    ] {
        assert_eq!(subscribe(&world, &token, elsewhere).await.0, 400, "{elsewhere}");
    }
    assert!(world.app.calls("").is_empty());
    assert_eq!(subscribe(&world, "access-of-another-process", NOTICES).await.0, 401);
    assert!(world.app.calls("").is_empty(), "only a request with a token has anything called");
}

#[tokio::test]
async fn address_that_sends_another_text_back_is_not_subscribed() {
    let world = world();
    world.sandbox.reach_app(world.app.clone());
    let token = connect(&world).await;
    let (status, refused) = subscribe(&world, &token, "http://localhost:8787/api/webhooks/stripe").await;
    assert_eq!((status, &refused["error"]["code"]), (400, &json!("ValidationError")));
    assert_eq!(world.app.calls("/api/webhooks/stripe").len(), 1);
    let alone = self::world();
    let token = connect(&alone).await;
    assert_eq!(
        subscribe(&alone, &token, NOTICES).await.0,
        400,
        "an app that is not reached sends nothing back"
    );
}
