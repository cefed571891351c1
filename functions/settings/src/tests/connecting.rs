//! A mailbox is connected on its provider's page, used by its grant, and disconnected.

use super::*;
use application::Clock;
use application::ports::store::PageRequest;
use domain::AccountId;
use domain::workspace::mailbox_reading::MailboxReading;
use mailbox_fakes::{Client, Gmail, GrantRules};
use std::sync::Arc;

const OWNER: &str = "maya@northquay.example";

fn google() -> Value {
    json!({"name": "Maya at Google", "secret": {"client_secret": "cl13nt-s3cret"}, "settings": {
        "kind": "email_sender", "provider": "google", "base_url": "https://gmail.googleapis.com",
        "from_address": OWNER, "from_name": "Maya", "reply_to": null, "fields": {"client_id": "client-1"}}})
}

/// A suite whose providers are one mailbox at Google.
async fn with_gmail(address: &str) -> (Suite, Arc<Gmail>) {
    let suite = suite().await;
    let client = Client {
        id: "client-1".to_owned(),
        secret: "cl13nt-s3cret".to_owned(),
        redirect_uri: "https://leadflow.example/settings/accounts/connected".to_owned(),
    };
    let gmail = Arc::new(Gmail::new(address, client, GrantRules::default()));
    let (served, clock) = (gmail.clone(), suite.stage.clock.clone());
    suite.stage.providers_answer(move |request| Ok(served.answer(&request, clock.now())));
    (suite, gmail)
}

fn path(account: &Value, what: &str) -> String {
    format!("/api/settings/accounts/{}/{what}", text(&account["id"]))
}

/// Clicks *Connect* and allows the access. Returns what the provider's page returns with.
async fn allowed(suite: &Suite, gmail: &Gmail, account: &Value) -> Value {
    let page = suite.post(&path(account, "connect"), json!({})).await.expect(200);
    let back = gmail.allow(page["url"].as_str().unwrap(), &[]).unwrap();
    let back = url::Url::parse(&back).unwrap();
    let of = |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    json!({"state": of("state"), "code": of("code")})
}

const FINISH: &str = "/api/settings/accounts/connected";

#[tokio::test]
async fn mailbox_is_connected_and_tested_by_clicking() {
    let (suite, gmail) = with_gmail(OWNER).await;
    let made = suite.post("/api/settings/accounts", google()).await.expect(201);
    assert_eq!((&made["state"], &made["grant"]["state"]), (&json!("failing"), &json!("not_connected")));
    assert_eq!(made["last_error"]["fault"], "not_connected");
    let why = suite.get(&path(&made, "why")).await.expect(200);
    assert_eq!(why["sends"], false);

    let answer = allowed(&suite, &gmail, &made).await;
    let connected = suite.post(FINISH, answer.clone()).await.expect(200);
    assert_eq!((&connected["id"], &connected["state"]), (&made["id"], &json!("works")));
    assert_eq!((&connected["grant"]["state"], &connected["last_error"]), (&json!("connected"), &Value::Null));
    assert_eq!(connected["secrets"], json!(["client_secret"]), "tokens are no fields of the form");
    let shown = suite.get(&path(&made, "")[..path(&made, "").len() - 1]).await.expect(200).to_string();
    assert!(!shown.contains("refresh-") && !shown.contains("access-"), "{shown}");
    // The same answer of the page works once.
    let again = suite.post(FINISH, answer).await.expect(409);
    assert_eq!(again["code"], "request_used");
}

#[tokio::test]
async fn mailbox_that_is_connected_again_is_read_at_once_and_hears_replies() {
    let (suite, gmail) = with_gmail(OWNER).await;
    let made = suite.post("/api/settings/accounts", google()).await.expect(201);
    let account: AccountId = AccountId::parse(&text(&made["id"])).unwrap();
    let now = suite.stage.clock.now();
    let mailbox = format!("google {OWNER}");
    let mut reading = MailboxReading::begin(suite.workspace.clone(), account.clone(), mailbox, now);
    reading.note_failure("The mailbox is not connected.", true, now);
    let readings = suite.stage.ports.mailbox_readings();
    readings.save(&reading).await.unwrap();
    let answer = allowed(&suite, &gmail, &made).await;
    let connected = suite.post(FINISH, answer).await.expect(200);
    assert_eq!(connected["hears_replies"], true);
    let known = readings.get(&suite.workspace, &account).await.unwrap().unwrap();
    assert_eq!((known.failure, known.next_at), (None, now));
}

#[tokio::test]
async fn account_test_renews_the_access_first() {
    let (mut suite, gmail) = with_gmail(OWNER).await;
    let made = suite.post("/api/settings/accounts", google()).await.expect(201);
    let answer = allowed(&suite, &gmail, &made).await;
    suite.post(FINISH, answer).await.expect(200);
    suite.stage.advance(SignedDuration::from_hours(2));
    suite.sign_in(Role::Owner);
    assert_eq!(suite.post(&path(&made, "test"), json!({})).await.expect(200)["state"], "works");
    assert_eq!(gmail.renewals(), 1);
    // A token that was taken back before its end is renewed as well.
    gmail.void_access();
    assert_eq!(suite.post(&path(&made, "test"), json!({})).await.expect(200)["state"], "works");
    assert_eq!(gmail.renewals(), 2);
    let sent = suite.post(&path(&made, "test-mail"), json!({})).await.expect(200);
    assert_eq!((&sent["accepted"], gmail.sent().len()), (&json!(true), 1));
}

#[tokio::test]
async fn lost_grant_is_shown_told_and_mended_by_connecting_again() {
    let (mut suite, gmail) = with_gmail(OWNER).await;
    let made = suite.post("/api/settings/accounts", google()).await.expect(201);
    let answer = allowed(&suite, &gmail, &made).await;
    suite.post(FINISH, answer).await.expect(200);
    gmail.revoke();
    suite.stage.advance(SignedDuration::from_hours(2));
    suite.sign_in(Role::Owner);
    let lost = suite.post(&path(&made, "test"), json!({})).await.expect(200);
    assert_eq!((&lost["state"], &lost["grant"]["state"]), (&json!("failing"), &json!("lost")));
    assert_eq!(lost["last_error"]["fault"], "not_connected");
    assert!(text(&lost["last_error"]["detail"]).contains("Connect the mailbox again"), "{lost}");
    let page = PageRequest::first(10);
    let told = suite.stage.ports.notifications().list(&suite.workspace, &suite.user, page).await.unwrap();
    assert_eq!(told.items[0].title, "Maya at Google is no longer connected");
    let refused = suite.post(&path(&made, "test-mail"), json!({})).await.expect(409);
    assert_eq!(refused["code"], "not_connected");

    let answer = allowed(&suite, &gmail, &made).await;
    let mended = suite.post(FINISH, answer).await.expect(200);
    assert_eq!((&mended["state"], &mended["grant"]["state"]), (&json!("works"), &json!("connected")));
}

#[tokio::test]
async fn answer_of_the_page_is_refused_plainly() {
    let (suite, gmail) = with_gmail("boss@northquay.example").await;
    let made = suite.post("/api/settings/accounts", google()).await.expect(201);
    let state = allowed(&suite, &gmail, &made).await["state"].clone();
    let refused = suite.post(FINISH, json!({"state": state, "error": "access_denied"})).await.expect(409);
    assert_eq!(refused["code"], "access_denied");
    assert!(text(&refused["detail"]).contains("allow the access on the provider's page"), "{refused}");
    let answer = allowed(&suite, &gmail, &made).await;
    let other = suite.post(FINISH, answer).await.expect(409);
    assert_eq!(other["code"], "other_mailbox");
    assert!(text(&other["detail"]).contains("boss@northquay.example"), "{other}");
    let state = allowed(&suite, &gmail, &made).await["state"].clone();
    let stale = suite.post(FINISH, json!({"state": state, "code": "code-77"})).await.expect(409);
    assert_eq!(stale["code"], "code_void");
    let late = allowed(&suite, &gmail, &made).await;
    suite.stage.advance(SignedDuration::from_mins(11));
    assert_eq!(suite.post(FINISH, late).await.expect(409)["code"], "request_void");
    let forged = suite.post(FINISH, json!({"state": "x", "code": "y"})).await.expect(409);
    assert_eq!(forged["code"], "request_void");
    suite.post(FINISH, json!({"state": "x"})).await.expect(422);
    let view = suite.get("/api/settings/accounts").await.expect(200);
    assert_eq!(view["items"][0]["grant"]["state"], "not_connected");
}

#[tokio::test]
async fn wrong_client_is_named_as_such() {
    let (suite, gmail) = with_gmail(OWNER).await;
    let mut wrong = google();
    wrong["secret"]["client_secret"] = json!("mistyped");
    let made = suite.post("/api/settings/accounts", wrong).await.expect(201);
    let answer = allowed(&suite, &gmail, &made).await;
    let refused = suite.post(FINISH, answer).await.expect(409);
    assert_eq!(refused["code"], "client_refused");
    assert!(text(&refused["detail"]).contains("invalid_client"), "{refused}");
}

#[tokio::test]
async fn disconnected_mailbox_shows_it_and_can_be_connected_again() {
    let (suite, gmail) = with_gmail(OWNER).await;
    let made = suite.post("/api/settings/accounts", google()).await.expect(201);
    let answer = allowed(&suite, &gmail, &made).await;
    suite.post(FINISH, answer).await.expect(200);
    let gone = suite.post(&path(&made, "disconnect"), json!({})).await.expect(200);
    assert_eq!((&gone["state"], &gone["grant"]["state"]), (&json!("failing"), &json!("not_connected")));
    let answer = allowed(&suite, &gmail, &made).await;
    assert_eq!(suite.post(FINISH, answer).await.expect(200)["state"], "works");
    // Another client, or another address, has no grant.
    let mut other = google()["settings"].clone();
    other["fields"]["client_id"] = json!("client-2");
    let account = path(&made, "");
    let moved = suite.patch(account.trim_end_matches('/'), json!({"settings": other})).await.expect(200);
    assert_eq!(moved["grant"]["state"], "not_connected");
}

#[tokio::test]
async fn rep_connects_own_mailbox_alone() {
    let (mut suite, _) = with_gmail(OWNER).await;
    let own = suite.stage.ports.users().get(&suite.workspace, &suite.user).await.unwrap().email;
    let others = suite.post("/api/settings/accounts", google()).await.expect(201);
    let mut mine = google();
    mine["settings"]["from_address"] = json!(own.as_str());
    let mine = suite.post("/api/settings/accounts", mine).await.expect(201);
    let ordinary = suite.post("/api/settings/accounts", smtp()).await.expect(201);
    suite.sign_in(Role::Rep);
    for what in ["connect", "disconnect"] {
        suite.post(&path(&others, what), json!({})).await.expect(403);
        suite.post(&path(&mine, what), json!({})).await.expect(200);
        assert_eq!(suite.post(&path(&ordinary, what), json!({})).await.expect(409)["code"], "no_grant");
    }
}

#[tokio::test]
async fn senders_tell_api_and_redirect_address_of_a_mailbox_by_grant() {
    let suite = suite().await;
    let senders = suite.get("/api/settings/senders").await.expect(200);
    let of = |name: &str| {
        let items = senders["items"].as_array().unwrap();
        items.iter().find(|sender| sender["provider"] == name).unwrap().clone()
    };
    let google = of("google");
    assert_eq!(google["redirect_uri"], "https://leadflow.example/settings/accounts/connected");
    assert_eq!((&google["fields"], &google["secrets"]), (&json!(["client_id"]), &json!(["client_secret"])));
    assert_eq!(google["api_url"], "https://gmail.googleapis.com");
    assert_eq!(of("microsoft")["fields"], json!(["client_id", "tenant"]));
}

#[tokio::test]
async fn connected_mailbox_shows_when_it_was_last_read_and_why_it_cannot_be() {
    let (suite, gmail) = with_gmail(OWNER).await;
    let made = suite.post("/api/settings/accounts", google()).await.expect(201);
    let nothing = json!({"last_read_at": null, "failure": null});
    assert_eq!(made["reading"], nothing);
    let answer = allowed(&suite, &gmail, &made).await;
    suite.post(FINISH, answer).await.expect(200);
    let readings = suite.stage.ports.mailbox_readings();
    let id: AccountId = text(&made["id"]).parse().unwrap();
    let now = suite.stage.clock.now();
    let mut reading = MailboxReading::begin(suite.workspace.clone(), id, "google".to_owned(), now);
    reading.note_page("12".to_owned(), true, now);
    reading.rev = readings.save(&reading).await.unwrap();
    let listed = suite.get("/api/settings/accounts").await.expect(200);
    assert_eq!(listed["items"][0]["reading"]["last_read_at"], json!(now.to_string()));
    reading.note_failure("the grant is lost", true, now);
    readings.save(&reading).await.unwrap();
    let shown = suite.get(&format!("/api/settings/accounts/{}", text(&made["id"]))).await.expect(200);
    assert_eq!(shown["reading"]["failure"], json!({"detail": "the grant is lost", "since": now.to_string()}));
    let resend = json!({"name": "Resend", "secret": {"api_key": "k"}, "settings": {"kind": "resend",
        "base_url": "https://api.resend.com", "from_address": "maya@northquay.example", "from_name": "Maya",
        "reply_to": null}});
    assert_eq!(suite.post("/api/settings/accounts", resend).await.expect(201)["reading"], Value::Null);
}
