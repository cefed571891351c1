//! A user's own phone: rung with a code, and only called from once the code was entered.

use super::placing::{Asked, REP, connect, number, provider_accepts, ready, wanted};
use super::*;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::spend::{SpendSettings, Usd};
use domain::workspace::user::{Role, User};
use http::{Request, Response};
use jiff::SignedDuration;
use providers::transport::TransportError;
use std::io;

const OTHER: &str = "+442079460959";

/// A workspace whose account places calls, and a user without a phone.
async fn scene() -> (Suite, Asked) {
    let (suite, _) = suite().await;
    connect(&suite).await;
    let asked = provider_accepts(&suite);
    (suite, asked)
}

async fn me(suite: &Suite) -> User {
    suite.stage.ports.users().get(&suite.workspace, &suite.user).await.unwrap()
}

async fn ask(suite: &Suite, phone: &str, status: u16) -> Value {
    suite.post("/api/calls/phone", json!({"phone": phone})).await.expect(status)
}

async fn enter(suite: &Suite, code: &str, status: u16) -> Value {
    suite.post("/api/calls/phone/confirm", json!({"code": code})).await.expect(status)
}

/// The code that the provider was told to read last.
fn heard(asked: &Asked) -> String {
    let (_, form) = asked.lock().unwrap().last().unwrap().clone();
    let (_, code) = form.split_once("code+is+").unwrap();
    code.split('.').next().unwrap().replace("%2C+", "")
}

/// A code of six digits that is not this one.
fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

async fn booked(suite: &Suite) -> (u64, Usd) {
    let spend = suite.stage.ports.spend();
    let settings = spend.settings(&suite.workspace).await.unwrap();
    let month = settings.month(suite.stage.clock.now()).scope;
    let budget = spend.budgets(&suite.workspace, &[month]).await.unwrap().remove(0);
    assert_eq!(budget.reserved, Usd::ZERO, "nothing stays set aside");
    let tallies = budget.tallies.values().flat_map(|outcomes| outcomes.values());
    (tallies.map(|tally| tally.calls).sum(), budget.spent)
}

#[tokio::test]
async fn phone_is_the_users_own_once_the_code_that_was_read_to_it_is_entered() {
    let (suite, asked) = scene().await;
    let answer = ask(&suite, REP, 202).await;
    assert_eq!((&answer["phone"], &answer["expires_at"]), (&json!(REP), &json!("2026-11-20T09:10:00Z")));
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(me(&suite).await.phone, None);
    let code = heard(&asked);
    assert_eq!(code.len(), 6, "{code}");
    let refused = enter(&suite, wrong(&code), 422).await;
    assert_eq!(refused["errors"][0]["field"], "code");
    let spaced = format!(" {} {}", &code[..3], &code[3..]);
    assert_eq!(enter(&suite, &spaced, 200).await["phone"], REP);
    assert_eq!(me(&suite).await.proven_phone(), Some(&number(REP)));
    assert_eq!(enter(&suite, &code, 409).await["code"], "no_code");
    let price = SpendSettings::usual(suite.workspace.clone()).prices;
    let minute = price.call("twilio", domain::spend::CallKind::Minute).hit;
    assert_eq!(booked(&suite).await, (1, minute), "a minute is paid");
}

#[tokio::test]
async fn call_is_placed_only_from_a_phone_that_is_proven() {
    let (suite, lead, asked) = ready().await;
    let mut user = me(&suite).await;
    user.phone_proof.proven = Some(number(OTHER));
    let event = Event::system(EventKind::UserChanged, suite.stage.clock.now());
    suite.stage.ports.users().save(&user, &event).await.unwrap();
    assert_eq!(suite.post("/api/calls", wanted(&lead)).await.expect(409)["code"], "phone_not_proven");
    assert!(asked.lock().unwrap().is_empty(), "nothing rings");
    ask(&suite, REP, 202).await;
    let code = heard(&asked);
    enter(&suite, &code, 200).await;
    suite.post("/api/calls", wanted(&lead)).await.expect(201);
}

#[tokio::test]
async fn code_counts_five_wrong_entries_and_ten_minutes() {
    let (suite, asked) = scene().await;
    ask(&suite, REP, 202).await;
    let code = heard(&asked);
    for _ in 0..5 {
        enter(&suite, wrong(&code), 422).await;
    }
    assert_eq!(enter(&suite, &code, 409).await["code"], "no_code");
    suite.stage.advance(SignedDuration::from_mins(2));
    ask(&suite, REP, 202).await;
    let code = heard(&asked);
    suite.stage.advance(SignedDuration::from_mins(10));
    assert_eq!(enter(&suite, &code, 409).await["code"], "no_code");
    assert_eq!(me(&suite).await.phone, None);
    for odd in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
        assert_eq!(enter(&suite, odd, 422).await["errors"][0]["field"], "code", "{odd}");
    }
}

#[tokio::test]
async fn code_is_read_again_after_a_while_and_five_times_a_day() {
    let (suite, asked) = scene().await;
    ask(&suite, REP, 202).await;
    assert_eq!(ask(&suite, OTHER, 409).await["code"], "code_read_just_now");
    for _ in 0..4 {
        suite.stage.advance(SignedDuration::from_secs(80));
        ask(&suite, OTHER, 202).await;
    }
    suite.stage.advance(SignedDuration::from_mins(5));
    assert_eq!(ask(&suite, REP, 409).await["code"], "code_read_often");
    assert_eq!(asked.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn phone_abroad_of_a_higher_rate_or_beyond_the_cap_is_not_rung() {
    let (suite, asked) = scene().await;
    assert_eq!(ask(&suite, "+33142685300", 409).await["code"], "country_not_allowed");
    assert_eq!(ask(&suite, "+449012345678", 409).await["code"], "higher_rate");
    set_cap(&suite, Some(Usd::ZERO)).await;
    assert_eq!(ask(&suite, REP, 409).await["code"], "cap_reached");
    assert!(asked.lock().unwrap().is_empty(), "nothing rings");
    let before = me(&suite).await.phone_proof;
    assert!(before.read_at.is_empty(), "and no code counts: {before:?}");
}

#[tokio::test]
async fn refused_call_costs_nothing_and_a_lost_answer_a_minute() {
    let (suite, _) = scene().await;
    suite.stage.providers_answer(|_: Request<Vec<u8>>| {
        let body = br#"{"code":21215,"message":"Account not authorized to call this number","status":400}"#;
        Ok(Response::builder().status(400).body(body.to_vec()).unwrap())
    });
    assert_eq!(ask(&suite, REP, 409).await["code"], "call_refused");
    assert_eq!(booked(&suite).await, (0, Usd::ZERO));
    suite.stage.providers_answer(|_: Request<Vec<u8>>| {
        Err(TransportError::Ambiguous(io::Error::from(io::ErrorKind::TimedOut).into()))
    });
    suite.stage.advance(SignedDuration::from_secs(80));
    ask(&suite, REP, 202).await;
    assert_eq!(booked(&suite).await.0, 1);
}

fn refuse(suite: &Suite) {
    suite.stage.providers_answer(|_: Request<Vec<u8>>| {
        let body = br#"{"code":20429,"message":"Too Many Requests","status":429}"#;
        Ok(Response::builder().status(429).body(body.to_vec()).unwrap())
    });
}

#[tokio::test]
async fn refused_calls_leave_the_code_that_was_heard_and_the_days_number() {
    let (suite, asked) = scene().await;
    ask(&suite, REP, 202).await;
    let code = heard(&asked);
    refuse(&suite);
    for _ in 0..6 {
        suite.stage.advance(SignedDuration::from_secs(80));
        assert_eq!(ask(&suite, REP, 409).await["code"], "call_refused");
    }
    enter(&suite, &code, 200).await;
    provider_accepts(&suite);
    suite.stage.advance(SignedDuration::from_secs(1));
    ask(&suite, OTHER, 202).await;
}

#[tokio::test]
async fn refused_calls_end_for_the_day_after_twenty() {
    let (mut suite, _) = scene().await;
    refuse(&suite);
    for _ in 0..20 {
        assert_eq!(ask(&suite, REP, 409).await["code"], "call_refused");
        suite.stage.advance(SignedDuration::from_secs(1));
    }
    let asked = provider_accepts(&suite);
    assert_eq!(ask(&suite, REP, 409).await["code"], "code_refused_often");
    // A colleague's calls are their own, and the number has all its codes of the day.
    suite.user = suite.stage.add_user(&suite.workspace, "anna", Role::Rep).await;
    suite.sign_in(Role::Rep);
    for _ in 0..5 {
        ask(&suite, REP, 202).await;
        suite.stage.advance(SignedDuration::from_secs(80));
    }
    assert_eq!(asked.lock().unwrap().len(), 5);
}

async fn set_cap(suite: &Suite, cap: Option<Usd>) {
    let spend = suite.stage.ports.spend();
    let mut settings = spend.settings(&suite.workspace).await.unwrap();
    settings.month_cap = cap;
    let event = Event::system(EventKind::SpendSettingsChanged, suite.stage.clock.now());
    spend.save_settings(&settings, &event).await.unwrap();
}

#[tokio::test]
async fn cap_that_allows_no_call_uses_up_no_code_of_the_number() {
    let (suite, asked) = scene().await;
    set_cap(&suite, Some(Usd::ZERO)).await;
    for _ in 0..6 {
        assert_eq!(ask(&suite, REP, 409).await["code"], "cap_reached");
        suite.stage.advance(SignedDuration::from_secs(1));
    }
    set_cap(&suite, None).await;
    ask(&suite, REP, 202).await;
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn phone_of_somebody_who_opted_out_is_not_rung() {
    let (suite, asked) = scene().await;
    let now = suite.stage.clock.now();
    let entry = Suppression {
        workspace: suite.workspace.clone(),
        scope: SuppressionScope::phone(&number(OTHER)),
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: now,
        expires_at: None,
        sign: None,
    };
    let event = Event::system(EventKind::AddressSuppressed, now);
    suite.stage.ports.suppressions().put(&entry, &event).await.unwrap();
    assert_eq!(ask(&suite, OTHER, 409).await["code"], "suppressed");
    assert!(asked.lock().unwrap().is_empty(), "nothing rings");
}

#[tokio::test]
async fn phone_is_rung_five_times_a_day_whoever_asks() {
    let (mut suite, asked) = scene().await;
    for name in ["anna", "bela", "cleo", "dora", "elsa"] {
        suite.user = suite.stage.add_user(&suite.workspace, name, Role::Rep).await;
        suite.sign_in(Role::Rep);
        ask(&suite, OTHER, 202).await;
    }
    suite.user = suite.stage.add_user(&suite.workspace, "fred", Role::Rep).await;
    suite.sign_in(Role::Rep);
    assert_eq!(ask(&suite, OTHER, 409).await["code"], "code_read_often");
    ask(&suite, REP, 202).await;
    assert_eq!(asked.lock().unwrap().len(), 6);
}

#[tokio::test]
async fn code_is_stored_as_its_digest_alone() {
    let (suite, asked) = scene().await;
    ask(&suite, REP, 202).await;
    let stored = format!("{:?}", me(&suite).await);
    assert!(!stored.contains(&heard(&asked)), "{stored}");
}

#[tokio::test]
async fn read_only_user_has_no_code_read() {
    let (mut suite, asked) = scene().await;
    suite.user = suite.stage.add_user(&suite.workspace, "rita", Role::ReadOnly).await;
    suite.sign_in(Role::ReadOnly);
    suite.post("/api/calls/phone", json!({"phone": REP})).await.expect(403);
    suite.post("/api/calls/phone/confirm", json!({"code": "123456"})).await.expect(403);
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn rep_who_sees_their_own_leads_alone_confirms_a_phone() {
    let (mut suite, asked) = scene().await;
    suite.stage.reps_see_own_leads(&suite.workspace).await;
    suite.user = suite.stage.add_user(&suite.workspace, "rhea", Role::Rep).await;
    suite.sign_in(Role::Rep);
    ask(&suite, REP, 202).await;
    let code = heard(&asked);
    enter(&suite, &code, 200).await;
}
