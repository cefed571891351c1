//! The routes of settings.

mod access_log;
mod calls;
mod connecting;
mod keys;
mod lost_access;
mod model_suppressions;
mod proof;
mod routing;
mod rules;
mod slack;
mod spend;
mod suppression_list;
mod team;
mod tracking;
mod tracking_domain;
mod trials;

use crate::{App, routes};
use application::Ports;
use application::ports::accounts::SecretFields;
use application::queue_messages::Queue;
use domain::campaign::{Campaign, CampaignState, WhenMailboxGone};
use domain::capacity::capacity_calendar::DayBooking;
use domain::capacity::circuit_breaker::{Breaker, Health};
use domain::capacity::follow_up_load::FollowUps;
use domain::capacity::quota::{Quota, SlotRequest};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::time::time_zone::ZoneName;
use domain::time::weekly_hours::Week;
use domain::workspace::account::AccountSettings;
use domain::workspace::user::Role;
use domain::{AccountId, LeadId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

async fn suite() -> Suite {
    Suite::new(routes(), App::new).await
}

fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn smtp() -> Value {
    json!({"name": "Maya's mailbox", "secret": {"password": "hunter2"}, "settings": {"kind": "smtp",
        "host": "smtp.northquay.example", "port": 587, "security": "start_tls", "username": "maya",
        "from_address": "maya@northquay.example", "from_name": "Maya", "reply_to": null}})
}

#[tokio::test]
async fn routes_refuse_callers_without_the_role() {
    suite().await.refuses_those_who_may_not(routes().rows()).await;
}

#[tokio::test]
async fn company_is_changed_field_by_field() {
    let suite = suite().await;
    let before = suite.get("/api/settings").await.expect(200);
    assert_eq!(before["sending"]["state"], "running");
    let changes = json!({"company": {"offer_headline": "Fewer gaps", "booking_url": "https://book.example"},
        "default_country": "Germany", "currency": "eur", "ai_enabled": false, "ai_reads_answers": true,
        "ai_drafts_answers": true, "rev": before["rev"]});
    let after = suite.patch("/api/settings", changes).await.expect(200);
    assert_eq!(after["company"]["offer_headline"], "Fewer gaps");
    assert_eq!(after["company"]["sender_name"], before["company"]["sender_name"]);
    assert_eq!((after["default_country"].clone(), after["currency"].clone()), (json!("DE"), json!("EUR")));
    assert_eq!((&before["ai_reads_answers"], &after["ai_reads_answers"]), (&json!(false), &json!(true)));
    assert_eq!((&before["ai_drafts_answers"], &after["ai_drafts_answers"]), (&json!(false), &json!(true)));
    assert_eq!(after["ai_enabled"], false);
    suite.patch("/api/settings", json!({"name": "Old", "rev": before["rev"]})).await.expect(409);
    let bad = json!({"name": "", "default_zone": "Mars", "company": {"payment_url": "javascript:alert(1)"}});
    let problem = suite.patch("/api/settings", bad).await.expect(422);
    assert_eq!(fields(&problem), ["name", "company.payment_url", "default_zone"]);
}

#[tokio::test]
async fn undeclared_provider_is_refused() {
    let suite = suite().await;
    let senders = suite.get("/api/settings/senders").await.expect(200);
    let known =
        |provider: &str| senders["items"].as_array().unwrap().iter().any(|s| s["provider"] == provider);
    for provider in ["pigeon_post", "twilio", "hunter", "sms_sender", "../x"] {
        assert!(!known(provider));
        let new = json!({"name": "Pigeons", "secret": {"api_key": "k"}, "settings": {"kind": "sms_sender",
            "provider": provider, "base_url": "https://api.pigeons.example", "from_number": "+12025550142"}});
        let problem = suite.post("/api/settings/accounts", new).await.expect(422);
        assert_eq!(fields(&problem), ["settings.provider"], "{provider}");
    }
}

#[tokio::test]
async fn provider_of_data_is_connected_as_its_folder_declares() {
    let suite = suite().await;
    let senders = suite.get("/api/settings/senders").await.expect(200);
    let declared =
        senders["items"].as_array().unwrap().iter().find(|s| s["provider"] == "apollo").unwrap().clone();
    assert_eq!(
        (&declared["kind"], &declared["api_url"]),
        (&json!("data_provider"), &json!("https://api.apollo.io"))
    );
    assert_eq!(declared["secrets"], json!(["api_key"]));
    let account = |provider: &str, secret: Value, fields: Value| {
        json!({"name": "Data", "secret": secret, "settings": {"kind": "data_provider", "provider": provider,
            "base_url": "https://api.apollo.io/", "fields": fields}})
    };
    let made =
        suite.post("/api/settings/accounts", account("apollo", json!({"api_key": "k3y"}), json!({}))).await;
    let made = made.expect(201);
    assert_eq!(
        (&made["kind"], &made["settings"]["base_url"]),
        (&json!("data_provider"), &json!("https://api.apollo.io"))
    );
    assert!(!made.to_string().contains("k3y"));
    for (provider, secret, more, field) in [
        ("pigeon_post", json!({"api_key": "k"}), json!({}), "settings.provider"),
        ("resend", json!({"api_key": "k"}), json!({}), "settings.provider"),
        ("apollo", json!({}), json!({}), "secret.api_key"),
        ("apollo", json!({"api_key": "k", "token": "t"}), json!({}), "secret.token"),
        ("apollo", json!({"api_key": "k"}), json!({"region": "eu"}), "settings.fields.region"),
    ] {
        let problem = suite.post("/api/settings/accounts", account(provider, secret, more)).await.expect(422);
        assert_eq!(fields(&problem), [field], "{provider}");
    }
}

#[tokio::test]
async fn days_off_are_sorted_and_invalid_ones_named() {
    let suite = suite().await;
    assert_eq!(suite.get("/api/settings").await.expect(200)["days_off"], json!([]));
    let day = |date: &str, name: &str, yearly: bool| json!({"date": date, "name": name, "yearly": yearly});
    let (eve, outing) =
        (day("2026-12-24", "Christmas Eve", true), day("2026-06-11", "Company outing", false));
    let days = json!({"days_off": [eve, day("2026-06-11", " Company outing ", false)]});
    let saved = suite.patch("/api/settings", days).await.expect(200);
    assert_eq!(saved["days_off"], json!([outing, eve]));
    suite.patch("/api/settings", json!({"name": "Northquay Ltd"})).await.expect(200);
    assert_eq!(suite.get("/api/settings").await.expect(200)["days_off"], json!([outing, eve]));
    let bad = json!({"days_off": [eve, day("2027-12-24", "Again", false), day("2027-01-02", "", false)]});
    let problem = suite.patch("/api/settings", bad).await.expect(422);
    assert_eq!(fields(&problem), ["days_off[1].date", "days_off[2].name"]);
    let no_date = json!({"days_off": [day("2027-02-30", "Never", false)]});
    assert_eq!(suite.patch("/api/settings", no_date).await.expect(422)["field"], "days_off[0].date");
    let many: Vec<Value> =
        (0..201).map(|n| day(&format!("{}-{:02}-01", 2030 + n / 12, n % 12 + 1), "First", false)).collect();
    assert_eq!(
        suite.patch("/api/settings", json!({"days_off": many})).await.expect(422)["field"],
        "days_off"
    );
    let most = json!({"days_off": many[..200]});
    assert_eq!(
        suite.patch("/api/settings", most).await.expect(200)["days_off"].as_array().unwrap().len(),
        200
    );
    let cleared = suite.patch("/api/settings", json!({"days_off": []})).await.expect(200);
    assert_eq!(cleared["days_off"], json!([]));
}

#[tokio::test]
async fn sending_hours_are_for_sending_accounts_only() {
    let suite = suite().await;
    let hours =
        json!({"zone": "Europe/London", "weekdays": [1, 2, 3], "ranges": [{"start": 540, "end": 1020}]});
    let mut mailbox = smtp();
    mailbox["hours"] = hours.clone();
    let made = suite.post("/api/settings/accounts", mailbox).await.expect(201);
    assert_eq!(made["hours"], hours);
    let path = format!("/api/settings/accounts/{}", text(&made["id"]));
    assert_eq!(suite.patch(&path, json!({"name": "Sales"})).await.expect(200)["hours"], hours);
    assert_eq!(suite.patch(&path, json!({"hours": null})).await.expect(200)["hours"], Value::Null);
    for bad in [
        json!({"zone": "UTC", "weekdays": [], "ranges": [{"start": 540, "end": 1020}]}),
        json!({"zone": "UTC", "weekdays": [1], "ranges": [{"start": 540, "end": 540}]}),
    ] {
        assert_eq!(suite.patch(&path, json!({"hours": bad})).await.expect(422)["field"], "hours");
    }
    let nowhere = json!({"hours": {"zone": "Mars", "weekdays": [1], "ranges": [{"start": 0, "end": 60}]}});
    assert_eq!(suite.patch(&path, nowhere).await.expect(422)["field"], "hours.zone");
    let hunter = json!({"name": "Look-ups", "secret": {"api_key": "k"}, "hours": hours,
        "settings": {"kind": "hunter", "base_url": "https://api.hunter.example"}});
    assert_eq!(suite.post("/api/settings/accounts", hunter).await.expect(422)["field"], "hours");
}

#[tokio::test]
async fn secret_is_stored_and_never_shown() {
    let suite = suite().await;
    let reply = suite.post("/api/settings/accounts", smtp()).await;
    assert!(!String::from_utf8_lossy(&reply.body).contains("hunter2"));
    let made = reply.expect(201);
    assert_eq!(made["secrets"], json!(["password"]));
    let path = format!("/api/settings/accounts/{}", text(&made["id"]));
    let changed = suite.patch(&path, json!({"name": "Sales", "enabled": false})).await.expect(200);
    assert_eq!((changed["name"].clone(), changed["enabled"].clone()), (json!("Sales"), json!(false)));
    assert_eq!(changed["secrets"], json!(["password"]));
    let id = text(&made["id"]).parse().unwrap();
    let stored = suite.stage.ports.accounts().get(&suite.workspace, &id).await.unwrap();
    let opened = suite.stage.ports.vault().open(&suite.workspace, &id, &stored.sealed_secret).unwrap();
    assert_eq!(opened.get("password"), Some("hunter2"));
    assert_eq!(suite.get("/api/settings/accounts?kind=smtp").await.expect(200)["total"], 1);
    assert_eq!(suite.get("/api/settings/accounts?kind=twilio").await.expect(200)["total"], 0);
    suite.delete(&path).await.expect(204);
    suite.get(&path).await.expect(404);
}

#[tokio::test]
async fn secret_must_be_given_again_for_another_server() {
    let suite = suite().await;
    let made = suite.post("/api/settings/accounts", smtp()).await.expect(201);
    let path = format!("/api/settings/accounts/{}", text(&made["id"]));
    let mut elsewhere = smtp()["settings"].clone();
    elsewhere["from_name"] = json!("Maya O.");
    suite.patch(&path, json!({ "settings": elsewhere })).await.expect(200);
    for (field, value) in [("host", json!("smtp.elsewhere.example")), ("port", json!(2525))] {
        let mut elsewhere = elsewhere.clone();
        elsewhere[field] = value;
        let refused = suite.patch(&path, json!({ "settings": elsewhere })).await.expect(422);
        assert_eq!(fields(&refused), ["secret.password"]);
        let both = json!({ "settings": elsewhere, "secret": { "password": "another" } });
        suite.patch(&path, both).await.expect(200);
    }
    let id = text(&made["id"]).parse().unwrap();
    let stored = suite.stage.ports.accounts().get(&suite.workspace, &id).await.unwrap();
    let opened = suite.stage.ports.vault().open(&suite.workspace, &id, &stored.sealed_secret).unwrap();
    assert_eq!(opened.get("password"), Some("another"));
}

#[tokio::test]
async fn mailbox_may_have_a_server_of_sent_mail() {
    let suite = suite().await;
    let with = |imap: Value| {
        let mut new = smtp();
        new["settings"]["imap"] = imap;
        new
    };
    let server = json!({"host": " IMAP.northquay.example", "port": 993, "security": "tls", "username": " "});
    let made = suite.post("/api/settings/accounts", with(server)).await.expect(201);
    let kept = json!({"host": "imap.northquay.example", "port": 993, "security": "tls"});
    assert_eq!(made["settings"]["imap"], kept);
    assert_eq!(made["secrets"], json!(["password"]), "its own is good for both");
    let path = format!("/api/settings/accounts/{}", text(&made["id"]));

    // A password is not sent to another server just because a request names it.
    let elsewhere = json!({"host": "imap.elsewhere.example", "port": 993, "security": "tls"});
    let moved = with(elsewhere)["settings"].clone();
    let refused = suite.patch(&path, json!({ "settings": moved })).await.expect(422);
    assert_eq!(fields(&refused), ["secret.password"]);
    let both = json!({"password": "hunter2", "imap_password": "hunter3"});
    let changed = suite.patch(&path, json!({ "settings": moved, "secret": both })).await.expect(200);
    assert_eq!(changed["secrets"], json!(["imap_password", "password"]));
    let back = with(kept)["settings"].clone();
    let one = json!({ "settings": back, "secret": {"password": "hunter2"} });
    assert_eq!(fields(&suite.patch(&path, one).await.expect(422)), ["secret.imap_password"]);
    // A password is not asked for if it is not used any more.
    let mut alone = smtp()["settings"].clone();
    alone["host"] = json!("smtp.elsewhere.example");
    let one = json!({ "settings": alone, "secret": {"password": "hunter2"} });
    let mail_alone = suite.patch(&path, one).await.expect(200);
    assert_eq!(mail_alone["secrets"], json!(["password"]));
    let all = json!({ "settings": moved, "secret": {"password": "hunter2", "imap_password": "hunter3"} });
    suite.patch(&path, all).await.expect(200);
    // Without a server of sent mail its password is deleted.
    let without = suite.patch(&path, json!({ "settings": smtp()["settings"] })).await.expect(200);
    assert_eq!((&without["settings"]["imap"], &without["secrets"]), (&Value::Null, &json!(["password"])));

    let bad = json!({"host": "a b", "port": 0, "security": "none"});
    let problem = suite.post("/api/settings/accounts", with(bad)).await.expect(422);
    assert_eq!(fields(&problem), ["settings.imap.host", "settings.imap.port", "settings.imap.security"]);
    let mut open = with(json!({"host": "imap.northquay.example", "port": 993, "security": "tls"}));
    open["settings"]["username"] = json!("");
    open["secret"] = json!({});
    let problem = suite.post("/api/settings/accounts", open).await.expect(422);
    assert_eq!(fields(&problem), ["settings.imap.username", "secret.imap_password"]);
}

#[tokio::test]
async fn invalid_account_is_refused_field_by_field() {
    let suite = suite().await;
    let mut bad = smtp();
    bad["settings"]["security"] = json!("none");
    bad["settings"]["port"] = json!(0);
    bad["secret"] = json!({"api_key": "x"});
    let problem = suite.post("/api/settings/accounts", bad).await.expect(422);
    assert_eq!(fields(&problem), ["settings.port", "settings.security", "secret.api_key", "secret.password"]);
    let twilio = json!({"name": "SMS", "secret": {"auth_token": "t"}, "settings": {"kind": "twilio",
        "base_url": "http://api.twilio.example", "account_sid": "AC1", "from_number": "+15005550006"}});
    let problem = suite.post("/api/settings/accounts", twilio).await.expect(422);
    assert_eq!(fields(&problem), ["settings.base_url", "settings.account_sid"]);
}

/// Clouds block outgoing port 25, and servers there accept no login.
#[tokio::test]
async fn mailbox_on_port_25_is_refused_with_advice() {
    let suite = suite().await;
    let mut mailbox = smtp();
    mailbox["settings"]["port"] = json!(25);
    let problem = suite.post("/api/settings/accounts", mailbox).await.expect(422);
    assert_eq!(fields(&problem), ["settings.port"]);
    assert!(text(&problem["detail"]).contains("587"), "{problem}");
}

#[tokio::test]
async fn mailbox_over_http_is_accepted() {
    let suite = suite().await;
    let account =
        |settings: Value, secret: Value| json!({ "name": "R", "settings": settings, "secret": secret });
    let good = json!({ "kind": "resend", "base_url": "https://api.resend.com", "from_address": "maya@northquay.example",
        "from_name": "Maya", "reply_to": null });
    let key = json!({ "api_key": "re_1" });
    let made = suite.post("/api/settings/accounts", account(good.clone(), key.clone())).await.expect(201);
    assert_eq!((&made["kind"], &made["secrets"]), (&json!("resend"), &json!(["api_key"])));
    let bad = json!({ "kind": "resend", "base_url": "ftp://x", "from_address": "maya@northquay.example",
        "from_name": "Ma\r\nya", "reply_to": null });
    let refused = suite.post("/api/settings/accounts", account(bad, json!({}))).await.expect(422);
    let named = fields(&refused);
    for field in ["settings.base_url", "settings.from_name", "secret.api_key"] {
        assert!(named.contains(&field), "{field}: {refused}");
    }
}

#[tokio::test]
async fn sending_account_has_limits() {
    let suite = suite().await;
    suite.stage.mail.know(|_| Ok(()));
    let path = "/api/settings/accounts";
    let made = suite.post(path, smtp()).await.expect(201);
    assert_eq!((&made["limits"]["per_day"], &made["limits"]["gap_seconds"]), (&json!(40), &json!(90)));
    assert_eq!((&made["today"]["allowed"], &made["today"]["taken"]), (&json!(40), &json!(0)));
    let one = format!("{path}/{}", text(&made["id"]));
    let limits = json!({ "zone": "Europe/Berlin", "per_day": 30, "new_per_day": 10, "per_hour": 31, "gap_seconds": 3,
        "ramp_up": { "from": "2026-01-05", "first_day": 5, "daily_increase": 0 } });
    let refused = suite.patch(&one, json!({ "limits": limits })).await.expect(422);
    assert_eq!(fields(&refused), ["limits.per_hour", "limits.gap_seconds", "limits.ramp_up.daily_increase"]);
    let good = json!({ "zone": "Europe/Berlin", "per_day": 30, "new_per_day": 10, "gap_seconds": 30 });
    let changed = suite.patch(&one, json!({ "limits": good })).await.expect(200);
    assert_eq!((&changed["limits"]["new_per_day"], &changed["today"]["allowed"]), (&json!(10), &json!(30)));
    let why = suite.get(&format!("{one}/why")).await.expect(200);
    let rules: Vec<&str> =
        why["checks"].as_array().unwrap().iter().map(|check| check["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["workspace_sending", "sender_enabled", "provider_takes_messages", "sender_has_room"]);
    assert_eq!(why["sends"], true);
    suite.post("/api/settings/sending", json!({ "action": "stop" })).await.expect(200);
    let stopped = suite.get("/api/settings/why").await.expect(200);
    assert_eq!((&stopped["sends"], &stopped["checks"][0]["passed"]), (&json!(false), &json!(false)));
    suite.post("/api/settings/sending", json!({ "action": "start" })).await.expect(200);
    let ahead = changed["ahead"].as_array().unwrap();
    assert_eq!((ahead.len(), &ahead[0]["day"]), (7, &changed["today"]["day"]));
    assert_eq!((&ahead[6]["allowed"], &ahead[6]["expected"]), (&json!(30), &json!(0)));
    let without = suite.patch(&one, json!({ "limits": null })).await.expect(200);
    assert!(without["limits"].is_null() && without["today"].is_null());
    assert_eq!(without["ahead"], json!([]));
    let unlimited = suite
        .post(
            path,
            json!({ "limits": null, "name": "B", "secret": smtp()["secret"],
        "settings": smtp()["settings"] }),
        )
        .await
        .expect(201);
    assert!(unlimited["limits"].is_null());
    let hunter = json!({ "name": "H", "secret": { "api_key": "k" }, "limits": good,
        "settings": { "kind": "hunter", "base_url": "https://api.hunter.io" } });
    assert_eq!(fields(&suite.post(path, hunter).await.expect(422)), ["limits"]);
}

/// The new choice also applies to messages that are already held as late.
#[tokio::test]
async fn changed_choice_for_late_messages_checks_held_enrolments() {
    let suite = suite().await;
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["first"]).await;
    for (name, state) in [("On", CampaignState::Active), ("Off", CampaignState::Paused)] {
        suite.stage.campaign(name, &sequence, state, |_| {}).await;
    }
    for (choice, looked_at) in [("send", 1), ("send", 0), ("skip", 1), ("hold", 0)] {
        suite.patch("/api/settings", json!({ "when_late": choice })).await.expect(200);
        assert_eq!(suite.stage.messages(Queue::Enrolments).len(), looked_at, "{choice}");
    }
}

#[tokio::test]
async fn uncertain_late_and_ending_settings_are_changed() {
    let suite = suite().await;
    assert_eq!(suite.get("/api/settings").await.expect(200)["when_uncertain"], "hold");
    let changed = suite.patch("/api/settings", json!({ "when_uncertain": "resend" })).await.expect(200);
    assert_eq!(changed["when_uncertain"], "resend");
    suite.patch("/api/settings", json!({ "when_uncertain": "guess" })).await.expect(422);
    assert_eq!(suite.get("/api/settings").await.expect(200)["when_late"], "hold");
    let changed = suite.patch("/api/settings", json!({ "when_late": "skip" })).await.expect(200);
    assert_eq!(changed["when_late"], "skip");
    assert_eq!(changed["endings"], json!({ "bounce": "everything", "text_stop": "everything" }));
    suite.patch("/api/settings", json!({ "endings": { "bounce": "channel" } })).await.expect(200);
    let changed =
        suite.patch("/api/settings", json!({ "endings": { "text_stop": "channel" } })).await.expect(200);
    assert_eq!(changed["endings"], json!({ "bounce": "channel", "text_stop": "channel" }));
    let everything = json!({ "bounce": "everything", "text_stop": "everything" });
    let changed = suite.patch("/api/settings", json!({ "endings": everything })).await.expect(200);
    assert_eq!(changed["endings"], everything);
}

#[tokio::test]
async fn postal_address_can_be_changed_but_not_removed() {
    let suite = suite().await;
    let change = |address: &str| json!({"company": {"postal_address": address}});
    suite.patch("/api/settings", change("2 Mill Lane, Bristol")).await.expect(200);
    let refused = suite.patch("/api/settings", change("  ")).await.expect(422);
    assert_eq!(fields(&refused), ["company.postal_address"]);
    let kept = suite.get("/api/settings").await.expect(200);
    assert_eq!(kept["company"]["postal_address"], "2 Mill Lane, Bristol");
}

#[tokio::test]
async fn company_hold_days_are_set() {
    let suite = suite().await;
    assert_eq!(suite.get("/api/settings").await.expect(200)["company_hold_days"], 0);
    let changed = suite.patch("/api/settings", json!({ "company_hold_days": 5 })).await.expect(200);
    assert_eq!(changed["company_hold_days"], 5);
    let never = suite.patch("/api/settings", json!({ "company_hold_days": 0 })).await.expect(200);
    assert_eq!(never["company_hold_days"], 0);
    let refused = suite.patch("/api/settings", json!({ "company_hold_days": 91 })).await.expect(422);
    assert_eq!(fields(&refused), ["company_hold_days"]);
}

#[tokio::test]
async fn prices_are_set_and_unset_with_the_currency() {
    let suite = suite().await;
    assert_eq!(suite.get("/api/settings").await.expect(200)["prices"], json!({}));
    let prices = json!({ "sms_segment_micros": 7_900 });
    let saved = suite.patch("/api/settings", json!({ "prices": prices })).await.expect(200);
    assert_eq!(saved["prices"], prices);
    let dear = json!({ "prices": { "email_micros": 2_000_000_000 } });
    let problem = suite.patch("/api/settings", dear).await.expect(422);
    assert_eq!(problem["errors"][0]["field"], "prices.email_micros");
    let same = suite.patch("/api/settings", json!({ "currency": saved["currency"] })).await.expect(200);
    assert_eq!(same["prices"], prices);
    let other = suite.patch("/api/settings", json!({ "currency": "JPY" })).await.expect(200);
    assert_eq!(other["prices"], json!({}), "they were meant in another currency");
    let both = json!({ "currency": "SEK", "prices": prices });
    assert_eq!(suite.patch("/api/settings", both).await.expect(200)["prices"], prices);
}

#[tokio::test]
async fn inbound_mail_secret_is_generated_and_shown_once() {
    let suite = suite().await;
    let body = json!({"name": "Replies", "settings": {"kind": "inbound_email", "addresses": ["in@northquay.example"]}});
    let made = suite.post("/api/settings/accounts", body).await.expect(201);
    assert!(text(&made["generated_secret"]).starts_with("whsec_"));
    let id = text(&made["id"]);
    assert_eq!(made["webhook_url"], format!("https://leadflow.example/api/webhooks/inbound-email/{id}"));
    let read = suite.get(&format!("/api/settings/accounts/{id}")).await.expect(200);
    assert_eq!(read.get("generated_secret"), None);
}

#[tokio::test]
async fn inbound_mail_of_a_provider_has_its_own_address_and_kind_of_secret() {
    let suite = suite().await;
    let body = |via: &str, secret: Value| {
        let settings = json!({"kind": "inbound_email", "via": via, "addresses": ["in@northquay.example"]});
        json!({"name": via, "settings": settings, "secret": secret})
    };
    for via in ["postmark", "sendgrid"] {
        let made = suite.post("/api/settings/accounts", body(via, json!({}))).await.expect(201);
        let (id, password) = (text(&made["id"]), text(&made["generated_secret"]));
        assert!(password.bytes().all(|b| b.is_ascii_hexdigit()), "it stands in an address: {password}");
        assert_eq!(made["webhook_url"], format!("https://leadflow.example/api/webhooks/{via}/{id}"));
    }
    let problem = suite.post("/api/settings/accounts", body("mailgun", json!({}))).await.expect(422);
    assert_eq!(problem["errors"][0]["field"], "secret.signing_secret");
    let key = json!({"signing_secret": "key-1"});
    let made = suite.post("/api/settings/accounts", body("mailgun", key)).await.expect(201);
    assert_eq!(made["settings"]["via"], "mailgun");
    suite.post("/api/settings/accounts", body("carrier_pigeon", json!({}))).await.expect(422);
}

/// The former secret cannot be decrypted any more, so a verify token is generated again, and must be entered
/// at Meta.
#[tokio::test]
async fn regenerated_verify_token_is_shown_once() {
    let suite = suite().await;
    let settings = json!({"kind": "whatsapp", "base_url": "https://graph.example/v23.0",
        "phone_number_id": "106540352242922", "from_number": "+12065550100"});
    let secret = json!({"access_token": "token", "app_secret": "secret"});
    let body = json!({"name": "Chats", "settings": settings, "secret": secret});
    let made = suite.post("/api/settings/accounts", body).await.expect(201);
    let path = format!("/api/settings/accounts/{}", text(&made["id"]));
    let renamed = suite.patch(&path, json!({"name": "Talk"})).await.expect(200);
    assert_eq!(renamed["generated_secret"], json!(null));
    let accounts = suite.stage.ports.accounts();
    let id = domain::AccountId::parse(&text(&made["id"])).unwrap();
    let mut stored = accounts.get(&suite.workspace, &id).await.unwrap();
    stored.sealed_secret = "of another key".to_owned();
    accounts
        .save(&stored, &Event::system(EventKind::LeadChanged, suite.stage.ports.clock().now()))
        .await
        .unwrap();
    let given = suite.patch(&path, json!({"secret": secret})).await.expect(200);
    let token = text(&given["generated_secret"]);
    assert!(token.len() == 64 && token != text(&made["generated_secret"]));
    assert_eq!(suite.get(&path).await.expect(200).get("generated_secret"), None);
}

#[tokio::test]
async fn sending_stops_within_ten_seconds_and_a_manager_starts_it() {
    let mut suite = suite().await;
    suite.sign_in(Role::Rep);
    let stopped = suite.post("/api/settings/sending", json!({"action": "stop"})).await.expect(200);
    assert_eq!(stopped["state"], "stopping");
    suite.stage.advance(SignedDuration::from_secs(10));
    suite.sign_in(Role::Rep);
    assert_eq!(suite.get("/api/settings").await.expect(200)["sending"]["state"], "stopped");
    suite.post("/api/settings/sending", json!({"action": "start"})).await.expect(403);
    suite.sign_in(Role::Manager);
    let started = suite.post("/api/settings/sending", json!({"action": "start"})).await.expect(200);
    assert_eq!(started["state"], "running");
    assert!(suite.stage.messages(Queue::Enrolments).is_empty());
}

#[tokio::test]
async fn own_addresses_numbers_and_domains_are_not_suppressed() {
    let suite = suite().await;
    let (stage, workspace) = (&suite.stage, &suite.workspace);
    stage.inbound_mail(workspace).await;
    stage.text_account(workspace).await;
    let user = stage.ports.users().list(workspace).await.unwrap().remove(0).email.to_string();
    for (scope, value) in [
        ("email", "replies@northquay.example"),
        ("email", "replies+token@northquay.example"),
        ("email", "sales@northquay.example"),
        ("email", user.as_str()),
        ("domain", "northquay.example"),
        ("phone", "+1 500 555 0006"),
    ] {
        let entry = json!({"scope": scope, "value": value});
        let refused = suite.post("/api/settings/suppressions", entry).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], "value", "{value} {refused}");
    }
    let listed = suite.get("/api/settings/suppressions").await.expect(200);
    assert_eq!(listed["items"], json!([]));
    // A lead at our own domain is a lead.
    let email = EmailAddress::parse("eva@northquay.example").ok();
    stage.lead(workspace, "eva", |lead| lead.email = email).await;
    let entry = json!({"scope": "email", "value": "eva@northquay.example"});
    suite.post("/api/settings/suppressions", entry).await.expect(201);
}

#[tokio::test]
async fn opt_out_is_removed_only_with_a_typed_reason() {
    let suite = suite().await;
    let at = suite.stage.ports.clock().now();
    let mut lead = Lead::blank(LeadId::derived(at, &["ana"]), suite.workspace.clone(), at);
    lead.email = Some(EmailAddress::parse("ana@quay.example").unwrap());
    suite.stage.ports.leads().create(&lead, &Event::system(EventKind::LeadCreated, at)).await.unwrap();
    let entry = json!({"scope": "email", "value": " ANA@quay.example", "reason": "opted_out"});
    let added = suite.post("/api/settings/suppressions", entry.clone()).await.expect(201);
    assert_eq!(
        (added["value"].clone(), added["reason"].clone()),
        (json!("ana@quay.example"), json!("opted_out"))
    );
    let list = suite.get("/api/settings/suppressions").await.expect(200);
    assert_eq!(list["items"][0]["value"], "ana@quay.example");
    let lift = |reason: &str| json!({"scope": "email", "value": "ana@quay.example", "reason": reason});
    assert_eq!(
        suite.post("/api/settings/suppressions/lift", lift("pls")).await.expect(422)["field"],
        "reason"
    );
    let before = suite.stage.ports.suppressions();
    let scope = domain::lead::suppression::SuppressionScope::Email("ana@quay.example".to_owned());
    let entry = before.find(&suite.workspace, std::slice::from_ref(&scope)).await.unwrap().remove(0);
    suite.stage.advance(jiff::SignedDuration::from_mins(5));
    let lifted =
        suite.post("/api/settings/suppressions/lift", lift("Asked us by phone to go on")).await.expect(200);
    assert!(
        suite.get("/api/settings/suppressions").await.expect(200)["items"].as_array().unwrap().is_empty()
    );
    suite.post("/api/settings/suppressions/lift", lift("Asked us by phone to go on")).await.expect(404);
    let file = suite.stage.ports.leads().file(&suite.workspace, &lead.id).await.unwrap();
    assert_eq!(file.activities.len(), 1);
    assert_eq!(file.activities[0].actor, Some(suite.user.clone().into()));
    // The restored entry has its former source and date; a forged one is refused.
    let forged = json!({"undo": "AAAA"});
    assert_eq!(suite.post("/api/settings/suppressions/restore", forged).await.expect(422)["field"], "undo");
    suite.post("/api/settings/suppressions/restore", lifted).await.expect(200);
    let again = before.find(&suite.workspace, &[scope]).await.unwrap();
    assert_eq!(again, [entry]);
    let file = suite.stage.ports.leads().file(&suite.workspace, &lead.id).await.unwrap();
    assert_eq!(file.activities.len(), 2);
    let odd = json!({"scope": "phone", "value": "12"});
    assert_eq!(suite.post("/api/settings/suppressions", odd).await.expect(422)["field"], "value");
}

#[tokio::test]
async fn settings_of_another_workspace_are_not_found() {
    let mut suite = suite().await;
    let made = suite.post("/api/settings/accounts", smtp()).await.expect(201);
    let path = format!("/api/settings/accounts/{}", text(&made["id"]));
    let member = format!("/api/team/{}", suite.user);
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.get(&path).await.expect(404);
    suite.patch(&path, json!({"enabled": false})).await.expect(404);
    suite.delete(&path).await.expect(404);
    suite.patch(&member, json!({"name": "Mine"})).await.expect(404);
    assert_eq!(suite.get("/api/settings/accounts").await.expect(200)["total"], 0);
    assert_eq!(suite.get("/api/settings").await.expect(200)["name"], "elsewhere");
}

#[tokio::test]
async fn account_shows_an_outage_until_it_is_changed() {
    let suite = suite().await;
    let made = suite.post("/api/settings/accounts", smtp()).await.expect(201);
    let path = format!("/api/settings/accounts/{}", text(&made["id"]));
    assert!(made["health"].is_null(), "{made}");
    let ports = &suite.stage.ports;
    let now = ports.clock().now();
    let id = AccountId::parse(&text(&made["id"])).unwrap();
    let mut breaker = Breaker::closed(suite.workspace.clone(), id.clone());
    while !breaker.is_down() {
        breaker.failed(false, None, None, now);
    }
    let Health::Down { since, next_try } = breaker.health(now) else { panic!("{breaker:?}") };
    ports.breakers().save(&breaker, &Event::system(EventKind::ProviderDown, now)).await.unwrap();
    let health = json!({"state": "down", "since": since, "next_try": next_try});
    assert_eq!(suite.get(&path).await.expect(200)["health"], health);
    let all = suite.get("/api/settings/accounts").await.expect(200);
    assert_eq!(all["items"][0]["health"], health);
    let changed = suite.patch(&path, json!({"name": "Another"})).await.expect(200);
    assert!(changed["health"].is_null());
    assert!(suite.get(&path).await.expect(200)["health"].is_null());
    ports.breakers().save(&breaker, &Event::system(EventKind::ProviderDown, now)).await.unwrap();
    suite.delete(&path).await.expect(204);
    assert!(ports.breakers().get(&suite.workspace, &id).await.unwrap().is_none());
}

#[tokio::test]
async fn mailbox_in_use_is_deleted_only_after_a_warning() {
    let suite = suite().await;
    let made = suite.post("/api/settings/accounts", smtp()).await.expect(201);
    let path = format!("/api/settings/accounts/{}", text(&made["id"]));
    let id = AccountId::parse(&text(&made["id"])).unwrap();
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["first"]).await;
    let ways = [WhenMailboxGone::Hold, WhenMailboxGone::Reassign, WhenMailboxGone::Exit];
    for (name, way) in ["One", "Two", "Three"].into_iter().zip(ways) {
        let sends = |campaign: &mut Campaign| {
            (campaign.mailboxes, campaign.when_mailbox_gone) = (vec![id.clone()], way);
        };
        suite.stage.campaign(name, &sequence, CampaignState::Active, sends).await;
    }
    let refused = suite.delete(&path).await.expect(409);
    assert_eq!(refused["code"], "mailbox_in_use");
    let said = text(&refused["detail"]);
    assert!(said.starts_with("3 campaigns send from it."), "{said}");
    assert!(said.contains("“One”: leads it has written to wait until it is back."), "{said}");
    assert!(said.contains("“Three”: leads it has written to leave the sequence."), "{said}");
    suite.delete(&format!("{path}?anyway=true")).await.expect(204);
    suite.get(&path).await.expect(404);
    // Texts have no other account to go out from.
    let texts = suite.stage.text_account(&suite.workspace).await;
    let sends = |campaign: &mut Campaign| campaign.sms_sender = Some(texts.clone());
    suite.stage.campaign("Texts", &sequence, CampaignState::Paused, sends).await;
    let path = format!("/api/settings/accounts/{texts}?anyway=true");
    assert_eq!(suite.delete(&path).await.expect(409)["code"], "in_use");
}

#[tokio::test]
async fn account_shows_its_day_plan_and_its_campaigns() {
    let suite = suite().await;
    let now = suite.stage.ports.clock().now();
    let zone = ZoneName::parse("America/New_York").unwrap();
    let today = now.to_zoned(zone.zone()).date();
    let limits = json!({"zone": zone, "per_day": 20, "per_hour": 10,
        "ramp_up": {"from": today, "first_day": 12, "daily_increase": 4}});
    let mut new = smtp();
    new["limits"] = limits;
    let made = suite.post("/api/settings/accounts", new).await.expect(201);
    let path = format!("/api/settings/accounts/{}", text(&made["id"]));
    let id = AccountId::parse(&text(&made["id"])).unwrap();
    let untouched = suite.get(&path).await.expect(200);
    assert_eq!(untouched["hours_today"].as_array().unwrap().len(), 24);
    let allowed = |detail: &Value| {
        detail["ramp"]
            .as_array()
            .unwrap()
            .iter()
            .map(|day| day["allowed"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(allowed(&untouched), [12, 16, 20, 20, 20, 20, 20, 20, 20]);
    assert_eq!(untouched["campaigns"], json!([]));

    let account = suite.stage.ports.accounts().get(&suite.workspace, &id).await.unwrap();
    let limits = account.limits.as_ref().unwrap();
    let mut quota = Quota::unused(suite.workspace.clone(), id.clone());
    quota.place(limits, &[SlotRequest { at: now, opening: true }; 3], now);
    let follow_ups = &FollowUps::none(Week::ALWAYS);
    for _ in 0..5 {
        quota.book_day(limits, DayBooking { from: today, opening: true, follow_ups }, today);
    }
    suite.stage.ports.quotas().save(&quota, &Event::system(EventKind::SlotsTaken, now)).await.unwrap();
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["first"]).await;
    let states =
        [CampaignState::Draft, CampaignState::Active, CampaignState::Archived, CampaignState::Paused];
    for (name, state) in ["Draft", "Active", "Old", "Paused"].into_iter().zip(states) {
        suite.stage.campaign(name, &sequence, state, |campaign| campaign.mailboxes = vec![id.clone()]).await;
    }
    suite.stage.campaign("Another", &sequence, CampaignState::Active, |_| {}).await;
    suite
        .patch(
            "/api/settings",
            json!({"days_off": [{"date": today.tomorrow().unwrap(), "name": "Moving house"}]}),
        )
        .await
        .expect(200);

    let detail = suite.get(&path).await.expect(200);
    assert_eq!(detail["today"]["taken"], 3);
    let sum = |what: &str| {
        let hours = detail["hours_today"].as_array().unwrap().iter();
        hours.map(|hour| hour[what].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((sum("taken"), sum("expected")), (3, 2), "whoever has a slot is not expected once more");
    let off = json!([{"day": today.tomorrow().unwrap(), "name": "Moving house"}]);
    assert_eq!(detail["days_off"], off);
    let users: Vec<_> =
        detail["campaigns"].as_array().unwrap().iter().map(|user| text(&user["name"])).collect();
    assert_eq!(users, ["Active", "Paused", "Draft"]);
    assert_eq!(detail["campaigns"][0]["mailboxes"], 1);
}

#[tokio::test]
async fn stop_with_an_end_can_be_shortened_by_a_manager_only() {
    let mut suite = suite().await;
    let now = suite.stage.ports.clock().now();
    let at = |hours| (now + SignedDuration::from_hours(hours)).to_string();
    let stop = |until: Value| json!({ "action": "stop", "until": until });
    let path = "/api/settings/sending";
    suite.sign_in(Role::Rep);
    let stopped = suite.post(path, stop(json!(at(5)))).await.expect(200);
    assert_eq!((&stopped["state"], &stopped["until"]), (&json!("stopping"), &json!(at(5))));
    suite.post(path, stop(json!(at(4)))).await.expect(403);
    assert_eq!(suite.post(path, stop(json!(at(6)))).await.expect(200)["since"], stopped["since"]);
    assert_eq!(suite.post(path, stop(Value::Null)).await.expect(200)["until"], Value::Null);
    suite.post(path, stop(json!(at(6)))).await.expect(403);
    suite.sign_in(Role::Manager);
    assert_eq!(suite.post(path, stop(json!(at(4)))).await.expect(200)["until"], at(4));
    let why = suite.get("/api/settings/why").await.expect(200);
    assert!(text(&why["checks"][0]["seen"]).ends_with(&format!("until {}", at(4))), "{why}");
    for (until, field) in [("never", "until"), ("2020-01-01", "until"), ("2099-01-01", "until")] {
        assert_eq!(suite.post(path, stop(json!(until))).await.expect(422)["field"], field);
    }
    let both = json!({ "action": "start", "until": at(9) });
    assert_eq!(suite.post(path, both).await.expect(422)["field"], "until");
    let started = suite.post(path, json!({ "action": "start" })).await.expect(200);
    assert_eq!((&started["state"], &started["until"]), (&json!("running"), &Value::Null));
    let hints = suite.stage.ports.due().due(now + SignedDuration::from_hours(7), 99).await.unwrap();
    let hints = hints.iter().flat_map(|packed| &packed.hints);
    assert_eq!(hints.count(), 3, "one an end; the one in case the start breaks off is taken back");
}

#[tokio::test]
async fn account_is_paused_by_an_admin_or_by_the_user_whose_own_mailbox_it_is() {
    let mut suite = suite().await;
    let others = suite.stage.mailbox(&suite.workspace).await;
    let own = suite.stage.ports.users().get(&suite.workspace, &suite.user).await.unwrap().email;
    let settings = AccountSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: own,
        from_name: "Mine".to_owned(),
        reply_to: None,
    };
    let mine = suite.stage.account(&suite.workspace, settings, SecretFields::one("api_key", "re_key")).await;
    let number = suite.stage.text_account(&suite.workspace).await;
    for (role, account, status) in [
        (Role::Rep, &others, 403),
        (Role::Manager, &others, 403),
        (Role::Manager, &number, 403),
        (Role::Rep, &mine, 200),
        (Role::Admin, &others, 200),
        (Role::Admin, &number, 200),
    ] {
        suite.sign_in(role);
        for deed in ["pause", "resume"] {
            let path = format!("/api/settings/accounts/{account}/{deed}");
            suite.post(&path, json!({})).await.expect(status);
        }
    }
}

#[tokio::test]
async fn mailbox_pauses_after_ten_seconds_and_resume_reschedules_its_campaigns() {
    let mut suite = suite().await;
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["first"]).await;
    let sends = |campaign: &mut Campaign| campaign.mailboxes = vec![mailbox.clone()];
    for (name, state) in [("On", CampaignState::Active), ("Off", CampaignState::Paused)] {
        suite.stage.campaign(name, &sequence, state, sends).await;
    }
    suite.stage.campaign("Elsewhere", &sequence, CampaignState::Active, |_| {}).await;
    suite.sign_in(Role::Admin);
    let path = format!("/api/settings/accounts/{mailbox}");
    let now = suite.stage.ports.clock().now();
    let until = now + SignedDuration::from_hours(5);
    suite.get(&path).await.expect(200);
    let spent = suite.stage.cloud.ledger().snapshot();
    let paused = suite.post(&format!("{path}/pause"), json!({ "until": until })).await.expect(200);
    // One unit is the hint for the pause's end; the account and its pointer are written in one transaction,
    // which counts double.
    assert_eq!(suite.stage.cloud.ledger().since(&spent).write_units(), 5.0);
    let told = json!({ "state": "pausing", "since": now, "until": until });
    assert_eq!(paused["pause"], told);
    let why = suite.get(&format!("{path}/why")).await.expect(200);
    assert_eq!((&why["sends"], &why["checks"][2]["rule"]), (&json!(false), &json!("sender_not_paused")));
    assert!(text(&why["checks"][2]["seen"]).ends_with(&format!("until {until}")), "{why}");
    assert_eq!(why["next"]["at"], json!(until), "{why}");
    suite.stage.advance(SignedDuration::from_secs(10));
    assert_eq!(suite.get(&path).await.expect(200)["pause"]["state"], "paused");
    let refused = suite.post(&format!("{path}/pause"), json!({ "until": "2020-01-01" })).await.expect(422);
    assert_eq!(refused["field"], "until");
    let open = suite.post(&format!("{path}/pause"), json!({})).await.expect(200);
    assert_eq!(open["pause"], json!({ "state": "paused", "since": now, "until": null }));
    let resumed = suite.post(&format!("{path}/resume"), json!({})).await.expect(200);
    assert_eq!(resumed["pause"], Value::Null);
    let scheduled = suite.stage.messages(Queue::Enrolments);
    assert_eq!(scheduled.len(), 1, "the one campaign that is active and sends by it: {scheduled:?}");
    // When a paused account is disabled or deleted, nobody waits for its pause to end any more.
    suite.post(&format!("{path}/pause"), json!({})).await.expect(200);
    suite.sign_in(Role::Admin);
    let off = suite.patch(&path, json!({ "enabled": false })).await.expect(200);
    assert_eq!((&off["pause"], suite.stage.messages(Queue::Enrolments).len()), (&Value::Null, 1));
    suite.patch(&path, json!({ "enabled": true })).await.expect(200);
    assert_eq!(suite.stage.messages(Queue::Enrolments).len(), 1, "for those who wait for one beside it");
    suite.post(&format!("{path}/pause"), json!({})).await.expect(200);
    assert_eq!(suite.stage.messages(Queue::Enrolments).len(), 0);
    suite.delete(&format!("{path}?anyway=true")).await.expect(204);
    assert_eq!(suite.stage.messages(Queue::Enrolments).len(), 1);
}
