//! Webhooks as providers send them.

mod call_reports;
mod mailbox_notices;
mod signed_mail;

use crate::{App, routes};
use application::Clock;
use application::Ports;
use application::ports::accounts::SecretFields;
use application::queue_messages::Queue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Event, EventKind};
use domain::workspace::account::{Account, AccountSettings, InboundVia};
use domain::{AccountId, WorkspaceId};
use hmac::{Hmac, Mac};
use http::{Method, Request, StatusCode};
use jiff::SignedDuration;
use local_cloud::Principal;
use serde_json::json;
use sha1::Sha1;
use sha2::Sha256;
use test_stage::{Reply, Suite};

const FORM: &str = "AccountSid=AC1&From=%2B447400123456&To=%2B447400000000&Body=Yes+please&MessageSid=SM1";

async fn suite() -> Suite {
    let mut suite = Suite::new(routes(), App::new).await;
    suite.sign_out();
    suite
}

async fn connect(suite: &Suite, settings: AccountSettings, secret: SecretFields) -> AccountId {
    connect_for(suite, &suite.workspace, settings, secret).await
}

async fn connect_for(
    suite: &Suite,
    workspace: &WorkspaceId,
    settings: AccountSettings,
    secret: SecretFields,
) -> AccountId {
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let id = AccountId::derived(now, &[workspace.as_str(), &format!("{:?}", settings.kind())]);
    let account = Account {
        id: id.clone(),
        workspace: workspace.clone(),
        name: "Account".to_owned(),
        settings,
        sealed_secret: ports.vault().seal(workspace, &id, &secret),
        hours: None,
        limits: None,
        enabled: true,
        pause: None,
        works_since: Some(now),
        last_error: None,
        created_at: now,
        rev: 0,
    };
    ports.accounts().save(&account, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    id
}

fn twilio_settings() -> AccountSettings {
    AccountSettings::Twilio {
        base_url: "https://sms.example".to_owned(),
        account_sid: "AC1".to_owned(),
        from_number: PhoneNumber::try_from("+447400000000".to_owned()).unwrap(),
        places_calls: false,
    }
}

async fn twilio(suite: &Suite) -> AccountId {
    connect(suite, twilio_settings(), SecretFields::one("auth_token", "token")).await
}

/// Signs the URL, then every field and value in the order of names.
fn twilio_signature(url: &str, key: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(url.as_bytes());
    mac.update(b"AccountSidAC1BodyYes pleaseFrom+447400123456MessageSidSM1To+447400000000");
    STANDARD.encode(mac.finalize().into_bytes())
}

async fn text(suite: &Suite, path: &str, signature: &str) -> Reply {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-twilio-signature", signature)];
    suite.send_bytes(Method::POST, path, FORM.as_bytes().to_vec(), &headers).await
}

#[tokio::test]
async fn text_webhook_is_verified_under_our_address_and_enqueued() {
    let suite = suite().await;
    let id = twilio(&suite).await;
    for path in ["/api/webhooks/twilio".to_owned(), format!("/api/webhooks/twilio/{id}?message=msg_1")] {
        let signature = twilio_signature(&format!("https://leadflow.example{path}"), "token");
        let reply = text(&suite, &path, &signature).await;
        assert_eq!(reply.headers["content-type"], "text/xml; charset=utf-8");
        assert!(reply.expect(200).as_str().unwrap().ends_with("<Response/>"));
        let events = suite.stage.messages(Queue::Inbound);
        assert_eq!(events.len(), 1);
        assert_eq!((&events[0]["ingest"], &events[0]["kind"]), (&json!("webhook"), &json!("twilio")));
        assert_eq!(events[0]["workspace"], suite.workspace.as_str());
        assert_eq!(events[0]["account"], id.as_str());
        assert_eq!(
            events[0]["settings"]["account_sid"], "AC1",
            "what it takes to read it, whatever becomes of the account"
        );
        assert_eq!(events[0]["event_id"], "SM1:received");
        assert!(events[0]["body"]["inline"].as_str().unwrap().contains("Yes please"));
    }
}

#[tokio::test]
async fn account_named_first_by_another_workspace_still_belongs_to_its_owner() {
    let suite = suite().await;
    for stranger in ["a", "b", "c"] {
        let workspace = WorkspaceId::derived(suite.stage.clock.now(), &[stranger]);
        connect_for(&suite, &workspace, twilio_settings(), SecretFields::one("auth_token", stranger)).await;
    }
    let owner = twilio(&suite).await;
    let path = "/api/webhooks/twilio";
    let signature = twilio_signature(&format!("https://leadflow.example{path}"), "token");
    text(&suite, path, &signature).await.expect(200);
    let events = suite.stage.messages(Queue::Inbound);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["workspace"], suite.workspace.as_str());
    assert_eq!(events[0]["account"], owner.as_str());
}

#[tokio::test]
async fn forged_and_unknown_webhooks_have_no_effect() {
    let suite = suite().await;
    let id = twilio(&suite).await;
    let path = "/api/webhooks/twilio";
    let url = format!("https://leadflow.example{path}");
    text(&suite, path, &twilio_signature(&url, "another token")).await.expect(401);
    text(&suite, path, "").await.expect(401);
    let other_url = twilio_signature("https://evil.example/api/webhooks/twilio", "token");
    text(&suite, path, &other_url).await.expect(401);
    let good = twilio_signature(&url, "token");
    text(&suite, "/api/webhooks/carrier-pigeon", &good).await.expect(404);
    text(&suite, "/api/webhooks/twilio/nobody", &good).await.expect(404);
    let stranger = AccountId::derived(suite.stage.clock.now(), &["stranger"]);
    text(&suite, &format!("{path}/{stranger}"), &good).await.expect(404);
    // An account of one provider does not accept webhooks of another.
    text(&suite, &format!("/api/webhooks/stripe/{id}"), &good).await.expect(404);
    let body = FORM.replace("AC1", "AC2").into_bytes();
    suite.send_bytes(Method::POST, path, body, &[("x-twilio-signature", &good)]).await.expect(404);
    assert!(suite.stage.messages(Queue::Inbound).is_empty());
}

#[tokio::test]
async fn account_that_is_flooded_waits_and_forgeries_take_nothing_from_it() {
    let suite = suite().await;
    let id = twilio(&suite).await;
    let path = format!("/api/webhooks/twilio/{id}");
    let good = twilio_signature(&format!("https://leadflow.example{path}"), "token");
    for _ in 0..50 {
        text(&suite, &path, "forged").await.expect(401);
    }
    for _ in 0..3_000 {
        text(&suite, &path, &good).await.expect(200);
    }
    let refused = text(&suite, &path, &good).await;
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(refused.expect(429)["code"], "too_many_requests");
    let workspace = WorkspaceId::derived(suite.stage.clock.now(), &["stranger"]);
    let other =
        connect_for(&suite, &workspace, twilio_settings(), SecretFields::one("auth_token", "other")).await;
    let path = format!("/api/webhooks/twilio/{other}");
    let theirs = twilio_signature(&format!("https://leadflow.example{path}"), "other");
    text(&suite, &path, &theirs).await.expect(200);
}

#[tokio::test]
async fn outdated_payment_webhook_is_refused() {
    let suite = suite().await;
    let settings = AccountSettings::Stripe { account_id: Some("acct_1".to_owned()), livemode: false };
    let id = connect(&suite, settings, SecretFields::one("signing_secret", "whsec_x")).await;
    let body = json!({"id": "evt_1", "account": "acct_1", "type": "invoice.paid"}).to_string();
    let sent = suite.stage.clock.now().as_second();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"whsec_x").unwrap();
    mac.update(format!("{sent}.{body}").as_bytes());
    let signature = format!("t={sent},v1={}", hex::encode(mac.finalize().into_bytes()));
    let post = |path: String, body: String| {
        let signature = signature.clone();
        let suite = &suite;
        async move {
            let headers = [("stripe-signature", signature.as_str())];
            suite.send_bytes(Method::POST, &path, body.into_bytes(), &headers).await
        }
    };
    for path in ["/api/webhooks/stripe".to_owned(), format!("/api/webhooks/stripe/{id}")] {
        assert_eq!(post(path, body.clone()).await.expect(200)["received"], true);
        assert_eq!(suite.stage.messages(Queue::Inbound)[0]["event_id"], "evt_1");
    }
    post("/api/webhooks/stripe".to_owned(), body.replace("evt_1", "evt_2")).await.expect(401);
    suite.stage.advance(SignedDuration::from_mins(6));
    post("/api/webhooks/stripe".to_owned(), body).await.expect(401);
    assert!(suite.stage.messages(Queue::Inbound).is_empty());
}

async fn inbound_mail(suite: &Suite) -> AccountId {
    let address = EmailAddress::parse("replies@northquay.example").unwrap();
    let settings = AccountSettings::InboundEmail {
        addresses: vec![address],
        via: InboundVia::Relay,
        topic_arn: None,
        public_keys: Vec::new(),
    };
    let key = STANDARD.encode(b"key");
    connect(suite, settings, SecretFields::one("signing_secret", format!("whsec_{key}"))).await
}

/// Sends a webhook signed by a relay with this key.
async fn relayed(suite: &Suite, path: &str, body: &str, key: &[u8]) -> Reply {
    let sent = suite.stage.clock.now().as_second().to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(format!("msg_1.{sent}.{body}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let headers =
        [("webhook-id", "msg_1"), ("webhook-timestamp", &*sent), ("webhook-signature", &*signature)];
    suite.send_bytes(Method::POST, path, body.as_bytes().to_vec(), &headers).await
}

#[tokio::test]
async fn large_mail_is_stored_in_the_bucket() {
    let suite = suite().await;
    inbound_mail(&suite).await;
    let body = json!({"type": "email.received", "data": {"from": "elena@linden.example",
        "to": ["replies+0abc@northquay.example"], "raw_base64": "QUFB".repeat(50_000)}});
    let body = body.to_string();
    relayed(&suite, "/api/webhooks/inbound-email", &body, b"key").await.expect(200);
    let events = suite.stage.messages(Queue::Inbound);
    let blob = events[0]["body"]["blob"].as_str().unwrap();
    assert!(blob.starts_with(suite.workspace.as_str()));
    assert_eq!(suite.stage.ports.blobs().get(blob).await.unwrap(), body.into_bytes());
}

#[tokio::test]
async fn upload_ticket_allows_one_object_of_one_size() {
    let suite = suite().await;
    let id = inbound_mail(&suite).await;
    let path = format!("/api/webhooks/inbound-email/{id}/uploads");
    let ask = |bytes: u64| json!({ "type": "email.upload", "data": { "size_bytes": bytes } }).to_string();
    let mail = vec![b'x'; 7_000_000];
    let ticket = relayed(&suite, &path, &ask(7_000_000), b"key").await.expect(200);
    let put = |url: &str, body: &[u8]| {
        let mut request = Request::put(url).header("content-length", body.len());
        request = request.header("content-type", ticket["headers"]["content-type"].as_str().unwrap());
        // The signature alone grants the upload, for any caller.
        let request = request.body(body.to_vec()).unwrap();
        suite.stage.cloud.s3_request(&Principal::root(), request).unwrap().status()
    };
    let url = ticket["url"].as_str().unwrap();
    let name = ticket["upload"].as_str().unwrap();
    assert_eq!(put(url, &mail[1..]), StatusCode::FORBIDDEN, "another size was signed");
    assert_eq!(put(&url.replace(name, &"0".repeat(64)), &mail), StatusCode::FORBIDDEN);
    assert_eq!(put(url, &mail), StatusCode::OK);
    let key = format!("{}/inbound/{id}/uploads/{name}", suite.workspace);
    assert_eq!(suite.stage.ports.blobs().get(&key).await.unwrap().len(), mail.len());
    suite.stage.advance(SignedDuration::from_mins(16));
    assert_eq!(put(url, &mail), StatusCode::FORBIDDEN, "it has expired");
    assert!(suite.stage.messages(Queue::Inbound).is_empty());
}

#[tokio::test]
async fn upload_ticket_needs_a_signature_and_a_valid_size() {
    let suite = suite().await;
    let id = inbound_mail(&suite).await;
    let path = format!("/api/webhooks/inbound-email/{id}/uploads");
    let ask = |bytes: u64| json!({ "type": "email.upload", "data": { "size_bytes": bytes } }).to_string();
    relayed(&suite, &path, &ask(1), b"other").await.expect(401);
    for bytes in [0, 40 * 1024 * 1024 + 1] {
        let refused = relayed(&suite, &path, &ask(bytes), b"key").await.expect(422);
        assert_eq!(refused["field"], "data.size_bytes");
    }
    relayed(&suite, &path, &json!({ "type": "email.received", "data": {} }).to_string(), b"key")
        .await
        .expect(404);
    let other = AccountId::derived(suite.stage.clock.now(), &["another"]);
    let path = format!("/api/webhooks/inbound-email/{other}/uploads");
    relayed(&suite, &path, &ask(1), b"key").await.expect(404);
}

/// SQS refuses these characters, and a provider would retry for days.
#[tokio::test]
async fn webhook_with_characters_outside_xml_is_enqueued_unchanged() {
    let suite = suite().await;
    inbound_mail(&suite).await;
    let body = json!({"type": "email.received", "data": {"from": "elena\u{fffe}@linden.example\u{ffff}",
        "to": ["replies+0abc@northquay.example"], "raw_base64": "QUFB"}});
    let body = body.to_string();
    relayed(&suite, "/api/webhooks/inbound-email", &body, b"key").await.expect(200);
    assert_eq!(suite.stage.messages(Queue::Inbound)[0]["body"]["inline"], body);
}

#[tokio::test]
async fn whatsapp_verifies_the_address_and_signed_webhooks_are_enqueued() {
    let suite = suite().await;
    let settings = AccountSettings::Whatsapp {
        base_url: "https://graph.example/v23.0".to_owned(),
        phone_number_id: "1065".to_owned(),
        from_number: PhoneNumber::try_from("+447400000000".to_owned()).unwrap(),
    };
    let mut secret = SecretFields::one("app_secret", "secret");
    secret.0.insert("verify_token".to_owned(), "token".to_owned());
    let id = connect(&suite, settings, secret).await;
    let asked = |token: &str, challenge: &str| {
        let query = format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge={challenge}");
        format!("/api/webhooks/whatsapp/{id}?{query}")
    };
    assert_eq!(suite.get(&asked("token", "42")).await.expect(200), 42);
    suite.get(&asked("another", "42")).await.expect(401);
    suite.get(&asked("token", "%3Cb%3E")).await.expect(401);
    suite.get("/api/webhooks/whatsapp/nobody?hub.mode=subscribe").await.expect(404);
    suite.get(&format!("/api/webhooks/stripe/{id}")).await.expect(404);

    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
        {"field": "messages", "value": {"metadata": {"phone_number_id": "1065"}}}]}]});
    let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").unwrap();
    mac.update(body.to_string().as_bytes());
    let good = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    for path in ["/api/webhooks/whatsapp".to_owned(), format!("/api/webhooks/whatsapp/{id}")] {
        let post = async |signature: &str| {
            let headers = [("x-hub-signature-256", signature)];
            suite.send_bytes(Method::POST, &path, body.to_string().into_bytes(), &headers).await
        };
        post(&good).await.expect(200);
        assert_eq!(suite.stage.messages(Queue::Inbound)[0]["kind"], "whatsapp");
        post(&good.replace('a', "b")).await.expect(401);
        assert!(suite.stage.messages(Queue::Inbound).is_empty());
    }
}

async fn inbound_via(suite: &Suite, via: InboundVia, secret: &str) -> AccountId {
    let address = EmailAddress::parse("replies@northquay.example").unwrap();
    let settings = AccountSettings::InboundEmail {
        addresses: vec![address],
        via,
        topic_arn: None,
        public_keys: Vec::new(),
    };
    connect(suite, settings, SecretFields::one("signing_secret", secret)).await
}

const REPLY: &str = "From: elena@linden.example\r\nTo: replies@northquay.example\r\nMessage-ID: <1@linden.example>\r\n\r\nYes.";

/// Posts a mail as Mailgun does.
async fn by_mailgun(suite: &Suite, id: &AccountId, token: &str, mail: &str) -> Reply {
    let sent = suite.stage.clock.now().as_second().to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"key").unwrap();
    mac.update(format!("{sent}{token}").as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let mut body = String::new();
    for (name, value) in
        [("timestamp", &*sent), ("token", token), ("signature", &*signature), ("body-mime", mail)]
    {
        body.push_str(&format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str("--b--\r\n");
    let path = format!("/api/webhooks/mailgun/{id}/mime");
    let headers = [("content-type", "multipart/form-data; boundary=b")];
    suite.send_bytes(Method::POST, &path, body.into_bytes(), &headers).await
}

#[tokio::test]
async fn token_of_mailgun_is_taken_with_one_mail_only() {
    let suite = suite().await;
    let id = inbound_via(&suite, InboundVia::Mailgun, "key").await;
    by_mailgun(&suite, &id, "token-1", REPLY).await.expect(200);
    by_mailgun(&suite, &id, "token-1", REPLY).await.expect(200);
    by_mailgun(&suite, &id, "token-1", "From: mallory@evil.example\r\n\r\nYes.").await.expect(401);
    by_mailgun(&suite, &id, "token-2", REPLY).await.expect(200);
    let events = suite.stage.messages(Queue::Inbound);
    assert_eq!(events.len(), 3, "a repeat is none that changes anything");
    assert_eq!(
        (&events[0]["event_id"], &events[0]["settings"]["via"]),
        (&json!("token-1"), &json!("mailgun"))
    );
    assert!(
        by_mailgun(&suite, &id, "token-3", "").await.expect(422)["detail"]
            .as_str()
            .unwrap()
            .contains("body-mime")
    );
    assert!(suite.stage.messages(Queue::Inbound).is_empty());
}

#[tokio::test]
async fn password_in_the_address_lets_postmark_and_sendgrid_in() {
    let suite = suite().await;
    let login = |password: &str| format!("Basic {}", STANDARD.encode(format!("leadflow:{password}")));
    let postmark = inbound_via(&suite, InboundVia::Postmark, "secret").await;
    let path = format!("/api/webhooks/postmark/{postmark}");
    let body = json!({ "MessageID": "m-1", "From": "elena@linden.example", "RawEmail": REPLY }).to_string();
    let post = |path: String, password: &str, body: String, kind: &'static str| {
        let (suite, login) = (&suite, login(password));
        async move {
            let headers = [("content-type", kind), ("authorization", login.as_str())];
            suite.send_bytes(Method::POST, &path, body.into_bytes(), &headers).await
        }
    };
    post(path.clone(), "secret", body.clone(), "application/json").await.expect(200);
    assert_eq!(suite.stage.messages(Queue::Inbound)[0]["event_id"], "m-1");
    post(path.clone(), "wrong", body.clone(), "application/json").await.expect(401);
    post(path.clone(), "secret", "{}".to_owned(), "application/json").await.expect(422);
    suite.send_bytes(Method::POST, &path, body.clone().into_bytes(), &[]).await.expect(401);
    // An account of one provider does not take in what another posts.
    post(path.replace("postmark", "sendgrid"), "secret", body, "application/json").await.expect(404);
    post("/api/webhooks/postmark".to_owned(), "secret", "{}".to_owned(), "application/json")
        .await
        .expect(404);
    assert!(suite.stage.messages(Queue::Inbound).is_empty());
}
