//! An account is tested when it is saved, and shows the result.

use super::*;
use application::Clock;
use domain::workspace::account_fault::AccountFault;
use domain::workspace::account_fault::LastError;
use mailbox_fakes::ImapAccount;
use providers::transport::{SmtpFailure, SmtpReply, SmtpStage};
use std::sync::Arc;
use std::sync::atomic::Ordering;

const NOT_ACCEPTED: &str = "5.7.8 Username and Password not accepted";

fn refused() -> SmtpFailure {
    SmtpFailure::replied(SmtpStage::Auth, 535, NOT_ACCEPTED)
}

async fn standing(suite: &Suite, id: &Value) -> Value {
    suite.get(&format!("/api/settings/accounts/{}/why", text(id))).await.expect(200)
}

fn failed(standing: &Value) -> Vec<&str> {
    let checks = standing["checks"].as_array().unwrap().iter().filter(|check| check["passed"] == false);
    checks.map(|check| check["rule"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn mailbox_with_a_wrong_password_is_saved_as_failing() {
    let suite = suite().await;
    suite.stage.mail.know(|_| Err(refused()));
    let made = suite.post("/api/settings/accounts", smtp()).await.expect(201);
    assert_eq!((&made["state"], &made["last_error"]["fault"]), (&json!("failing"), &json!("login_refused")));
    assert_eq!(made["last_error"]["detail"], format!("535 {NOT_ACCEPTED}"));
    let why = standing(&suite, &made["id"]).await;
    assert_eq!((&why["sends"], failed(&why)), (&json!(false), vec!["sender_works"]));
    assert_eq!(why["next"]["what"], "await_person");
    assert_eq!(why["accounts"][0]["fault"], "login_refused");
    // A corrected account is tested again automatically; a new name changes nothing.
    let path = format!("/api/settings/accounts/{}", text(&made["id"]));
    assert_eq!(suite.patch(&path, json!({"name": "Sales"})).await.expect(200)["state"], "failing");
    suite.stage.mail.know(|target| match target.password.expose() {
        "right" => Ok(()),
        _ => Err(refused()),
    });
    let mended = suite.patch(&path, json!({"secret": {"password": "right"}})).await.expect(200);
    assert_eq!((&mended["state"], &mended["last_error"]), (&json!("works"), &Value::Null));
    let why = standing(&suite, &made["id"]).await;
    assert_eq!((&why["sends"], failed(&why).len()), (&json!(true), 0));
    assert_eq!(suite.stage.mail.logged_in.load(Ordering::Relaxed), 2);
    assert_eq!(suite.stage.mail.calls(), (0, 0), "no mail was brought");
}

#[tokio::test]
async fn account_test_on_demand_is_rate_limited() {
    let suite = suite().await;
    let made = suite.post("/api/settings/accounts", smtp()).await.expect(201);
    assert_eq!(made["last_error"]["fault"], "not_reached");
    suite.stage.mail.know(|_| Ok(()));
    let path = format!("/api/settings/accounts/{}/test", text(&made["id"]));
    let tried = suite.post(&path, json!({})).await.expect(200);
    assert_eq!(tried["state"], "works");
    assert_ne!(tried["last_error"]["over_at"], Value::Null);
    for _ in 0..9 {
        suite.post(&path, json!({})).await.expect(200);
    }
    suite.post(&path, json!({})).await.expect(429);
}

#[tokio::test]
async fn untested_account_says_so_and_sends() {
    let suite = suite().await;
    let id = suite.stage.mailbox(&suite.workspace).await;
    let accounts = suite.stage.ports.accounts();
    let mut account = accounts.get(&suite.workspace, &id).await.unwrap();
    account.forget_tries();
    let event = Event::system(EventKind::AccountChanged, suite.stage.clock.now());
    accounts.save(&account, &event).await.unwrap();
    let id = json!(id.to_string());
    let view = suite.get(&format!("/api/settings/accounts/{}", text(&id))).await.expect(200);
    assert_eq!(view["state"], "untested");
    let why = standing(&suite, &id).await;
    assert_eq!((&why["sends"], failed(&why)), (&json!(true), vec!["sender_tried"]));
    assert_eq!(why["accounts"][0]["state"], "untested");
}

#[tokio::test]
async fn enrolment_held_by_a_failing_account_resumes_after_a_successful_test() {
    let suite = suite().await;
    let id = suite.stage.mailbox(&suite.workspace).await;
    let accounts = suite.stage.ports.accounts();
    let mut account = accounts.get(&suite.workspace, &id).await.unwrap();
    let at = suite.stage.clock.now();
    let fault = Some(AccountFault::LoginRefused);
    account.last_error = Some(LastError { detail: "535".to_owned(), since: None, at, over_at: None, fault });
    accounts.save(&account, &Event::system(EventKind::AccountFailed, at)).await.unwrap();
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["first"]).await;
    let of = id.clone();
    suite.stage.campaign("Warm", &sequence, CampaignState::Active, |c| c.mailboxes = vec![of]).await;
    suite.stage.mail.know(|_| Ok(()));
    suite.post(&format!("/api/settings/accounts/{id}/test"), json!({})).await.expect(200);
    assert_eq!(suite.stage.messages(Queue::Enrolments).len(), 1);
}

#[tokio::test]
async fn test_mail_goes_to_the_caller_and_shows_the_servers_answer() {
    let suite = suite().await;
    suite.stage.mail.know(|_| Ok(()));
    let made = suite.post("/api/settings/accounts", smtp()).await.expect(201);
    let path = format!("/api/settings/accounts/{}/test-mail", text(&made["id"]));
    let own = suite.stage.ports.users().get(&suite.workspace, &suite.user).await.unwrap().email;
    let wanted = own.to_string();
    suite.stage.mail.take(move |envelope| {
        assert_eq!(
            (envelope.from.as_str(), envelope.to.as_str()),
            ("maya@northquay.example", wanted.as_str())
        );
        Ok(SmtpReply { code: 250, text: "2.0.0 taken".to_owned() })
    });
    let sent = suite.post(&path, json!({})).await.expect(200);
    assert_eq!((&sent["accepted"], &sent["to"]), (&json!(true), &json!(own.to_string())));
    suite.stage.mail.take(|_| Err(refused()));
    let sent = suite.post(&path, json!({})).await.expect(200);
    assert_eq!((&sent["accepted"], &sent["account"]["state"]), (&json!(false), &json!("failing")));
    assert!(text(&sent["detail"]).contains(NOT_ACCEPTED), "{sent}");
    assert_eq!(sent["account"]["last_error"]["fault"], "login_refused");
}

#[tokio::test]
async fn account_that_sends_nothing_cannot_be_tested() {
    let suite = suite().await;
    let hunter = json!({"name": "Look-ups", "secret": {"api_key": "k"},
        "settings": {"kind": "hunter", "base_url": "https://api.hunter.example"}});
    let made = suite.post("/api/settings/accounts", hunter).await.expect(201);
    assert_eq!((&made["state"], &made["hears_replies"]), (&json!("works"), &Value::Null));
    for what in ["test", "test-mail"] {
        suite
            .post(&format!("/api/settings/accounts/{}/{what}", text(&made["id"])), json!({}))
            .await
            .expect(409);
    }
}

#[tokio::test]
async fn mailbox_shows_whether_replies_reach_us() {
    let suite = suite().await;
    let made = suite.post("/api/settings/accounts", smtp()).await.expect(201);
    assert_eq!(made["hears_replies"], false);
    let replies = json!({"name": "Replies", "settings": {"kind": "inbound_email",
        "addresses": ["maya@northquay.example"]}});
    suite.post("/api/settings/accounts", replies).await.expect(201);
    let listed = suite.get("/api/settings/accounts?kind=smtp").await.expect(200);
    assert_eq!((&listed["total"], &listed["items"][0]["hears_replies"]), (&json!(1), &json!(true)));
}

#[tokio::test]
async fn webhook_password_of_ones_own_is_too_long_to_be_guessed() {
    let suite = suite().await;
    let replies = |via: &str, secret: Value| {
        let settings = json!({"kind": "inbound_email", "addresses": ["maya@northquay.example"], "via": via});
        suite.post("/api/settings/accounts", json!({"name": via, "settings": settings, "secret": secret}))
    };
    for (via, short) in [("postmark", "p"), ("sendgrid", "  nineteen characters")] {
        let refused = replies(via, json!({"signing_secret": short})).await.expect(422).to_string();
        assert!(refused.contains("secret.signing_secret") && refused.contains("20 characters"), "{refused}");
    }
    replies("sendgrid", json!({"signing_secret": "twenty characters :-)"})).await.expect(201);
    replies("postmark", json!({})).await.expect(201);
    replies("mailgun", json!({"signing_secret": "key"})).await.expect(201);
}

#[tokio::test]
async fn mailbox_at_resend_shows_that_replies_reach_us_once_its_webhook_is_set_up() {
    let suite = suite().await;
    let settings = json!({"kind": "resend", "base_url": "https://api.resend.example", "from_address": "maya@northquay.example",
        "from_name": "Maya", "reply_to": null});
    let new = json!({"name": "Maya", "settings": settings, "secret": {"api_key": "re_key"}});
    let made = suite.post("/api/settings/accounts", new).await.expect(201);
    assert_eq!(made["hears_replies"], false);
    let path = format!("/api/settings/accounts/{}", made["id"].as_str().unwrap());
    let secret =
        json!({"rev": made["rev"], "secret": {"signing_secret": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="}});
    suite.patch(&path, secret).await.expect(200);
    let listed = suite.get("/api/settings/accounts?kind=resend").await.expect(200);
    assert_eq!(listed["items"][0]["hears_replies"], true);
}

#[tokio::test]
async fn mailbox_is_heard_whichever_provider_posts_its_replies() {
    let suite = suite().await;
    suite.post("/api/settings/accounts", smtp()).await.expect(201);
    for (via, secret) in [("relay", ""), ("mailgun", "key"), ("postmark", ""), ("sendgrid", ""), ("ses", "")]
    {
        let mut settings =
            json!({"kind": "inbound_email", "addresses": ["maya@northquay.example"], "via": via});
        if via == "ses" {
            settings["topic_arn"] = json!(TOPIC);
        }
        let secret = if secret.is_empty() { json!({}) } else { json!({"signing_secret": secret}) };
        let new = json!({"name": via, "settings": settings, "secret": secret});
        let made = suite.post("/api/settings/accounts", new).await.expect(201);
        let listed = suite.get("/api/settings/accounts?kind=smtp").await.expect(200);
        assert_eq!(listed["items"][0]["hears_replies"], true, "{via}");
        let path = format!("/api/settings/accounts/{}", made["id"].as_str().unwrap());
        suite.delete(&path).await.expect(204);
        let listed = suite.get("/api/settings/accounts?kind=smtp").await.expect(200);
        assert_eq!(listed["items"][0]["hears_replies"], false, "{via} is gone");
    }
}

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:leadflow";

#[tokio::test]
async fn account_of_ses_needs_a_topic_and_no_secret_and_shows_its_folder() {
    let suite = suite().await;
    let account = |settings: Value, secret: Value| {
        suite.post("/api/settings/accounts", json!({"name": "SES", "settings": settings, "secret": secret}))
    };
    let settings =
        |topic: Value| json!({"kind": "inbound_email", "addresses": [], "via": "ses", "topic_arn": topic});
    let refused = account(settings(json!(null)), json!({})).await.expect(422).to_string();
    assert!(refused.contains("settings.topic_arn") && refused.contains("required"), "{refused}");
    for bad in ["arn:aws:sqs:eu-west-1:123456789012:x", "arn:aws:sns:evil.example/:123456789012:x"] {
        account(settings(json!(bad)), json!({})).await.expect(422);
    }
    let refused =
        account(settings(json!(TOPIC)), json!({"signing_secret": "x"})).await.expect(422).to_string();
    assert!(refused.contains("secret.signing_secret") && refused.contains("not needed"), "{refused}");
    let relay = json!({"kind": "inbound_email", "addresses": ["a@northquay.example"], "topic_arn": TOPIC});
    let refused = account(relay, json!({})).await.expect(422).to_string();
    assert!(refused.contains("Amazon SES only"), "{refused}");
    let made = account(settings(json!(TOPIC)), json!({})).await.expect(201);
    assert_eq!((&made["generated_secret"], &made["secrets"]), (&json!(null), &json!([])));
    let id = made["id"].as_str().unwrap();
    assert!(made["webhook_url"].as_str().unwrap().ends_with(&format!("/api/webhooks/ses/{id}")));
    assert_eq!(made["mail_folder"], format!("{}/inbound/{id}/ses/", suite.workspace));
}

#[tokio::test]
async fn public_keys_of_sendgrid_replace_the_password() {
    let suite = suite().await;
    let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    let account = |via: &str, keys: Value| {
        let settings = json!({"kind": "inbound_email", "addresses": ["a@northquay.example"], "via": via,
            "public_keys": keys});
        suite.post("/api/settings/accounts", json!({"name": via, "settings": settings}))
    };
    let made = account("sendgrid", json!([key])).await.expect(201);
    assert_eq!((&made["generated_secret"], &made["mail_folder"]), (&json!(null), &json!(null)));
    assert_eq!(made["settings"]["public_keys"], json!([key]));
    let made = account("sendgrid", json!([])).await.expect(201);
    assert_eq!(made["generated_secret"].as_str().map(str::len), Some(64), "a password, as before");
    account("sendgrid", json!(["MFkwEwYH"])).await.expect(422);
    let refused = account("sendgrid", json!([key, key, key, key, key])).await.expect(422).to_string();
    assert!(refused.contains("settings.public_keys"), "{refused}");
    let refused = account("postmark", json!([key])).await.expect(422).to_string();
    assert!(refused.contains("settings.public_keys") && refused.contains("SendGrid only"), "{refused}");
}

const PROPOSAL: &str = "/api/settings/mailbox-proposal";

#[tokio::test]
async fn address_is_answered_with_the_settings_of_its_provider() {
    let suite = suite().await;
    let gmail = suite.post(PROPOSAL, json!({"address": " Maya@Gmail.com "})).await.expect(200);
    let gmail = &gmail["proposal"];
    assert_eq!((&gmail["sign_in"], &gmail["found_by"]), (&json!("app_password"), &json!("address")));
    assert_eq!(
        gmail["smtp"],
        json!({"host": "smtp.gmail.com", "port": 465, "security": "tls", "username": "maya@gmail.com"})
    );
    suite.stage.providers_answer(|request| {
        let of_google = r#"{"Status":0,"Answer":[{"type":15,"data":"1 aspmx.l.google.com."}]}"#;
        assert_eq!(request.uri().query(), Some("name=northquay.example&type=MX"));
        Ok(http::Response::new(of_google.as_bytes().to_vec()))
    });
    let company = suite.post(PROPOSAL, json!({"address": "maya@northquay.example"})).await.expect(200);
    assert_eq!(company["proposal"]["sign_in"], "google");
    assert_eq!(company["proposal"]["found_by"], "mail_servers");
}

#[tokio::test]
async fn address_of_which_nothing_is_known_gets_no_settings_and_look_ups_are_limited() {
    let suite = suite().await;
    let bad = suite.post(PROPOSAL, json!({"address": "maya"})).await.expect(422);
    assert_eq!(fields(&bad), ["address"]);
    for _ in 0..30 {
        let none = suite.post(PROPOSAL, json!({"address": "maya@northquay.example"})).await.expect(200);
        assert_eq!(none["proposal"], Value::Null);
    }
    suite.post(PROPOSAL, json!({"address": "maya@northquay.example"})).await.expect(429);
}

#[tokio::test]
async fn reading_is_tested_apart_from_sending_and_names_its_own_failure() {
    let suite = suite().await;
    suite.stage.mail.know(|_| Ok(()));
    let mailbox = Arc::new(ImapAccount::new("maya", "hunter3"));
    suite.stage.mail.hold(Some(mailbox.clone()));
    let mut new = smtp();
    new["settings"]["imap"] = json!({"host": "imap.northquay.example", "port": 993, "security": "tls"});
    let made = suite.post("/api/settings/accounts", new).await.expect(201);
    let path = format!("/api/settings/accounts/{}/test", text(&made["id"]));
    let tried = suite.post(&path, json!({})).await.expect(200);
    assert_eq!(
        (&tried["sending_test"]["state"], &tried["reading_test"]["state"]),
        (&json!("works"), &json!("failing"))
    );
    assert_eq!(tried["reading_test"]["fault"], "refused", "{tried}");
    assert!(!tried.to_string().contains("hunter"), "{tried}");

    mailbox.change_password("hunter2");
    let tried = suite.post(&path, json!({})).await.expect(200);
    assert_eq!(tried["reading_test"]["state"], "works", "{tried}");
    suite.stage.mail.hold(None);
    let tried = suite.post(&path, json!({})).await.expect(200);
    assert_eq!(tried["reading_test"]["fault"], "not_reached", "{tried}");
}
