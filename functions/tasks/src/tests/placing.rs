//! Calls that are placed: the provider is asked once, and only for a lead who may be called.

use super::*;
use application::ports::accounts::SecretFields;
use application::tasks::place_call::{CallPorts, NewCall, NotPlaced, hang_up, place_call};
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::opt_out_hold::Doubt;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::{Direction, Message};
use domain::workspace::account::AccountSettings;
use domain::workspace::call::LeadNumber;
use domain::workspace::user::Role;
use domain::{AccountId, CallId, MessageId};
use http::{Method, Request, Response};
use jiff::SignedDuration;
use providers::transport::TransportError;
use std::sync::{Arc, Mutex};

const LEAD: &str = "+442074960351";
pub(super) const REP: &str = "+442079460958";

pub(super) type Asked = Arc<Mutex<Vec<(String, String)>>>;

pub(super) fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text, None).unwrap()
}

pub(super) async fn change_lead(suite: &Suite, lead: &Lead, change: impl FnOnce(&mut Lead)) {
    let leads = suite.stage.ports.leads();
    let before = leads.get(&suite.workspace, &lead.id).await.unwrap();
    let mut after = before.clone();
    change(&mut after);
    let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
    leads.change_identity(&before, &after, &event).await.unwrap();
}

pub(super) async fn connect(suite: &Suite) {
    connect_number(suite, "+14155552671").await;
}

async fn connect_number(suite: &Suite, from: &str) -> AccountId {
    let settings = AccountSettings::Twilio {
        base_url: "https://api.twilio.example".to_owned(),
        account_sid: format!("AC{}", "0".repeat(32)),
        from_number: number(from),
        places_calls: true,
    };
    suite.stage.account(&suite.workspace, settings, SecretFields::one("auth_token", "token")).await
}

async fn enter_phone(suite: &Suite) {
    let users = suite.stage.ports.users();
    for mut user in users.list(&suite.workspace).await.unwrap() {
        user.phone = Some(number(REP));
        user.phone_proof.proven = user.phone.clone();
        users.save(&user, &Event::system(EventKind::UserChanged, suite.stage.clock.now())).await.unwrap();
    }
}

/// A provider that accepts every call, and what it is asked.
pub(super) fn provider_accepts(suite: &Suite) -> Asked {
    let asked = Asked::default();
    let seen = asked.clone();
    suite.stage.providers_answer(move |request: Request<Vec<u8>>| {
        let body = String::from_utf8(request.body().clone()).unwrap();
        seen.lock().unwrap().push((request.uri().path().to_owned(), body));
        Ok(Response::builder().status(201).body(br#"{"sid":"CA1","status":"queued"}"#.to_vec()).unwrap())
    });
    asked
}

/// A workspace where everything is there for a call of Elena.
pub(super) async fn ready() -> (Suite, Lead, Asked) {
    let (suite, lead) = suite().await;
    connect(&suite).await;
    enter_phone(&suite).await;
    change_lead(&suite, &lead, |lead| lead.phone = Some(number(LEAD))).await;
    let asked = provider_accepts(&suite);
    (suite, lead, asked)
}

pub(super) fn wanted(lead: &Lead) -> Value {
    json!({"lead_id": lead.id, "number": LEAD})
}

#[tokio::test]
async fn call_rings_the_users_own_phone_once_and_is_hung_up() {
    let (suite, lead, asked) = ready().await;
    let keyed = [("idempotency-key", "call-1")];
    let call = suite.send(Method::POST, "/api/calls", Some(wanted(&lead)), &keyed).await.expect(201);
    assert_eq!((&call["state"], &call["lead_id"]), (&json!("calling"), &json!(lead.id)));
    let again = suite.send(Method::POST, "/api/calls", Some(wanted(&lead)), &keyed).await.expect(201);
    assert_eq!(again["id"], call["id"]);
    assert_eq!(suite.post("/api/calls", wanted(&lead)).await.expect(409)["code"], "call_goes_on");
    {
        let asked = asked.lock().unwrap();
        let [(path, form)] = asked.as_slice() else { panic!("{asked:?}") };
        assert!(path.ends_with("/Calls.json"), "{path}");
        assert!(form.contains("To=%2B442079460958&From=%2B14155552671"), "{form}");
        assert!(!form.contains("442074960351"), "the lead's number is told once the user is there: {form}");
    }
    let mine = suite.get("/api/calls/mine").await.expect(200);
    assert_eq!((&mine["calls_from"], &mine["call"]["id"]), (&json!("+14155552671"), &call["id"]));
    let path = format!("/api/calls/{}/hang-up", call["id"].as_str().unwrap());
    let ended = suite.post(&path, json!({})).await.expect(200);
    assert_eq!((&ended["state"], &ended["end"]), (&json!("ended"), &json!("hung_up")));
    suite.post(&path, json!({})).await.expect(200);
    let paths: Vec<String> = asked.lock().unwrap().iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(paths.len(), 2, "an ended call is not ended again: {paths:?}");
    assert!(paths[1].ends_with("/Calls/CA1.json"));
    suite.post("/api/calls", wanted(&lead)).await.expect(201);
    let gone = suite.post(&path, json!({})).await;
    assert_eq!(gone.expect(404)["code"], "not_found", "the next call is not hung up by the id of the last");
}

#[tokio::test]
async fn lead_is_called_from_the_number_that_it_wrote_to() {
    let (suite, lead, asked) = ready().await;
    suite.stage.advance(SignedDuration::from_secs(60));
    let second = connect_number(&suite, "+14155552672").await;
    let now = suite.stage.clock.now();
    let text = Message {
        account: Some(second),
        to: "+14155552672".to_owned(),
        ..Message::blank(
            MessageId::derived(&lead.id, &["text"]),
            suite.workspace.clone(),
            Direction::In,
            Channel::Sms,
            now,
        )
    };
    let event = Event::system(EventKind::LeadChanged, now);
    suite.stage.ports.messages().create(&text, &event).await.unwrap();
    suite.post("/api/calls", wanted(&lead)).await.expect(201);
    let form = asked.lock().unwrap()[0].1.clone();
    assert!(form.contains("From=%2B14155552672"), "{form}");
}

#[tokio::test]
async fn call_whose_account_is_gone_or_refused_is_given_up() {
    let (suite, lead, _) = ready().await;
    let place = async || {
        let call = suite.post("/api/calls", wanted(&lead)).await.expect(201);
        format!("/api/calls/{}/hang-up", call["id"].as_str().unwrap())
    };
    let path = place().await;
    suite.stage.providers_answer(|request: Request<Vec<u8>>| {
        let is_new = request.uri().path().ends_with("/Calls.json");
        let (status, body) = match is_new {
            true => (201_u16, r#"{"sid":"CA1","status":"queued"}"#),
            false => (401, r#"{"code":20003,"message":"Authenticate","status":401}"#),
        };
        Ok(Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
    });
    assert_eq!(suite.post(&path, json!({})).await.expect(200)["end"], "hung_up");
    let path = place().await;
    let (accounts, event) =
        (suite.stage.ports.accounts(), Event::system(EventKind::AccountDeleted, suite.stage.clock.now()));
    for account in accounts.list(&suite.workspace).await.unwrap() {
        accounts.delete(&suite.workspace, &account.id, &event).await.unwrap();
    }
    assert_eq!(suite.post(&path, json!({})).await.expect(200)["end"], "hung_up");
}

#[tokio::test]
async fn lost_answer_is_not_known_and_not_repeated_until_the_user_gives_it_up() {
    let (suite, lead, _) = ready().await;
    let asked = Arc::new(Mutex::new(0));
    let count = asked.clone();
    suite.stage.providers_answer(move |_| {
        *count.lock().unwrap() += 1;
        Err(TransportError::Ambiguous("the line broke".into()))
    });
    let keyed = [("idempotency-key", "call-1")];
    let call = suite.send(Method::POST, "/api/calls", Some(wanted(&lead)), &keyed).await.expect(201);
    assert_eq!((&call["state"], &call["end"]), (&json!("not_known"), &Value::Null));
    suite.send(Method::POST, "/api/calls", Some(wanted(&lead)), &keyed).await.expect(201);
    assert_eq!(suite.post("/api/calls", wanted(&lead)).await.expect(409)["code"], "call_goes_on");
    let path = format!("/api/calls/{}/hang-up", call["id"].as_str().unwrap());
    assert_eq!(suite.post(&path, json!({})).await.expect(200)["state"], "ended");
    assert_eq!(*asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn refused_call_has_ended_and_says_why() {
    let (suite, lead, _) = ready().await;
    suite.stage.providers_answer(|_| {
        let body = br#"{"code":21215,"message":"Not authorized to call +442079460958","status":400}"#;
        Ok(Response::builder().status(400).body(body.to_vec()).unwrap())
    });
    let problem = suite.post("/api/calls", wanted(&lead)).await.expect(409);
    assert_eq!(problem["code"], "call_refused");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("Not authorized") && !detail.contains(REP), "{detail}");
    let mine = suite.get("/api/calls/mine").await.expect(200);
    assert_eq!((&mine["call"]["end"], &mine["call"]["proposed"]), (&json!("refused"), &Value::Null));
}

#[tokio::test]
async fn call_to_a_lead_that_must_not_be_contacted_is_refused() {
    let (mut suite, lead, asked) = ready().await;
    let code =
        async |suite: &Suite| suite.post("/api/calls", wanted(&lead)).await.expect(409)["code"].clone();
    let stranger = json!({"lead_id": lead.id, "number": "+442074960352"});
    assert_eq!(suite.post("/api/calls", stranger).await.expect(422)["field"], "number");
    let todo = task(&suite, &lead, "Send the offer", "2026-11-21T09:00:00Z").await;
    let odd = json!({"lead_id": lead.id, "number": LEAD, "task_id": todo["id"]});
    assert_eq!(suite.post("/api/calls", odd).await.expect(422)["field"], "task_id");
    change_lead(&suite, &lead, |lead| lead.do_not_contact = true).await;
    assert_eq!(code(&suite).await, "do_not_contact");
    change_lead(&suite, &lead, |lead| lead.do_not_contact = false).await;
    let message = domain::MessageId::derived(&lead.id, &["in"]);
    let (channel, at) = (Channel::Sms, suite.stage.clock.now());
    let doubt = Doubt { message: &message, channel, sentence: "", at };
    change_lead(&suite, &lead, |lead| assert!(lead.hold_for(doubt))).await;
    assert_eq!(code(&suite).await, "possible_opt_out");
    change_lead(&suite, &lead, |lead| assert!(lead.settle_hold(&message))).await;
    let now = suite.stage.clock.now();
    let entry = |scope| Suppression {
        workspace: suite.workspace.clone(),
        scope,
        reason: SuppressionReason::Manual,
        source: None,
        created_by: None,
        created_at: now,
        expires_at: None,
        sign: None,
    };
    let suppressions = suite.stage.ports.suppressions();
    let event = Event::system(EventKind::AddressSuppressed, now);
    for scope in [
        SuppressionScope::phone(&number(LEAD)),
        SuppressionScope::Email("elena@linden.example".to_owned()),
        SuppressionScope::Domain("linden.example".to_owned()),
    ] {
        let listed = entry(scope);
        suppressions.put(&listed, &event).await.unwrap();
        assert_eq!(code(&suite).await, "suppressed", "{:?}", listed.scope);
        suppressions.lift(&listed, &event).await.unwrap();
    }
    let of_number = entry(SuppressionScope::phone(&number(LEAD)));
    let over = Suppression { expires_at: Some(now), ..of_number };
    suppressions.put(&over, &event).await.unwrap();
    // The entry has expired. It is nine in London now, and half past nine in the evening twelve and a half hours later.
    suite.stage.advance(jiff::SignedDuration::from_mins(750));
    suite.sign_in(Role::Rep);
    assert_eq!(code(&suite).await, "quiet_hours");
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn call_needs_a_phone_in_the_profile_and_an_account_that_places_calls() {
    let (suite, lead) = suite().await;
    change_lead(&suite, &lead, |lead| lead.phone = Some(number(LEAD))).await;
    assert_eq!(suite.post("/api/calls", wanted(&lead)).await.expect(409)["code"], "no_phone");
    enter_phone(&suite).await;
    suite.stage.text_account(&suite.workspace).await;
    assert_eq!(suite.post("/api/calls", wanted(&lead)).await.expect(409)["code"], "no_calling_account");
    let mine = suite.get("/api/calls/mine").await.expect(200);
    assert_eq!((&mine["calls_from"], &mine["call"]), (&Value::Null, &Value::Null));
}

async fn set_workspace(suite: &Suite, change: impl FnOnce(&mut domain::workspace::Workspace)) {
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    change(&mut workspace);
    let event = Event::system(EventKind::SettingsChanged, suite.stage.clock.now());
    workspaces.save(&workspace, &event).await.unwrap();
}

#[tokio::test]
async fn phones_in_countries_that_the_workspace_does_not_allow_are_not_rung() {
    let (suite, lead, asked) = ready().await;
    let country = |code: &str| domain::contact::country::Country::parse(code);
    let home = |code: &'static str| {
        set_workspace(&suite, move |workspace| workspace.default_country = country(code).unwrap())
    };
    let refused = async |whose: &str| {
        let refused = suite.post("/api/calls", wanted(&lead)).await.expect(409);
        assert_eq!(refused["code"], "country_not_allowed");
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.starts_with(whose) && detail.contains("United Kingdom"), "{detail}");
    };
    home("FR").await;
    refused("This lead's phone").await;
    change_lead(&suite, &lead, |lead| lead.country = country("GB")).await;
    refused("Your own phone").await;
    assert!(asked.lock().unwrap().is_empty(), "nothing rings");
    set_workspace(&suite, |workspace| workspace.calls.countries.extend(country("GB"))).await;
    change_lead(&suite, &lead, |lead| lead.country = country("DE")).await;
    suite.post("/api/calls", wanted(&lead)).await.expect(201);
}

#[tokio::test]
async fn number_of_a_higher_rate_is_not_rung_as_the_users_own_phone_or_a_leads() {
    const DEAR: &str = "+449012345678";
    let (suite, lead, asked) = ready().await;
    let users = suite.stage.ports.users();
    let own = async |phone: &str| {
        for mut user in users.list(&suite.workspace).await.unwrap() {
            user.phone = Some(number(phone));
            user.phone_proof.proven = user.phone.clone();
            users.save(&user, &Event::system(EventKind::UserChanged, suite.stage.clock.now())).await.unwrap();
        }
    };
    own(DEAR).await;
    let refused = suite.post("/api/calls", wanted(&lead)).await.expect(409);
    assert_eq!(refused["code"], "higher_rate");
    assert!(refused["detail"].as_str().unwrap().starts_with("Your own phone"));
    own(REP).await;
    change_lead(&suite, &lead, |lead| lead.phone = Some(number(DEAR))).await;
    let body = json!({"lead_id": lead.id, "number": DEAR});
    let refused = suite.post("/api/calls", body).await.expect(409);
    assert_eq!(refused["code"], "higher_rate");
    assert!(refused["detail"].as_str().unwrap().starts_with("This lead's phone"));
    assert!(asked.lock().unwrap().is_empty(), "nothing rings");
}

#[tokio::test]
async fn call_is_its_users_own() {
    let (mut suite, lead, _) = ready().await;
    let call = suite.post("/api/calls", wanted(&lead)).await.expect(201);
    let path = format!("/api/calls/{}/hang-up", call["id"].as_str().unwrap());
    suite.user = domain::UserId::derived(suite.stage.clock.now(), &["ben"]);
    suite.sign_in(Role::Rep);
    assert_eq!(suite.get("/api/calls/mine").await.expect(200)["call"], Value::Null);
    suite.post(&path, json!({})).await.expect(404);
}

#[tokio::test]
async fn call_is_hung_up_by_its_user_though_the_lead_was_handed_over() {
    let (mut suite, lead, _) = ready().await;
    suite.user = suite.stage.add_user(&suite.workspace, "eve", Role::Rep).await;
    enter_phone(&suite).await;
    suite.sign_in(Role::Rep);
    let call = suite.post("/api/calls", wanted(&lead)).await.expect(201);
    suite.stage.reps_see_own_leads(&suite.workspace).await;
    let mine = suite.get("/api/calls/mine").await.expect(200);
    assert_eq!(mine["call"]["id"], call["id"], "a call that goes on is shown to the user who has to end it");
    let path = format!("/api/calls/{}/hang-up", call["id"].as_str().unwrap());
    assert_eq!(suite.post(&path, json!({})).await.expect(200)["end"], "hung_up");
    assert_eq!(suite.get("/api/calls/mine").await.expect(200)["call"], Value::Null);
}

#[tokio::test]
async fn late_repeat_of_a_request_rings_no_phone_after_the_next_call() {
    let (suite, lead, asked) = ready().await;
    let lead = suite.stage.ports.leads().get(&suite.workspace, &lead.id).await.unwrap();
    let ports = CallPorts::new(&suite.stage.ports);
    let place = async |name: &str| {
        let (id, number) = (CallId::derived(&lead.id, &[name]), LeadNumber::First);
        place_call(&ports, NewCall { id, user: &suite.user, lead: &lead, number, task: None }).await
    };
    for name in ["first", "second"] {
        let placed = place(name).await.unwrap();
        hang_up(&ports, &placed).await.unwrap();
    }
    let rung = asked.lock().unwrap().len();
    assert!(matches!(place("first").await, Err(NotPlaced::PlacedBefore)));
    assert!(place("second").await.is_ok(), "a repeat of the latest request finds its call");
    assert_eq!(asked.lock().unwrap().len(), rung);
    place("third").await.unwrap();
    assert_eq!(asked.lock().unwrap().len(), rung + 1, "a new request rings");
}

#[tokio::test]
async fn call_whose_accounts_secret_cannot_be_read_is_given_up() {
    let (suite, lead, asked) = ready().await;
    let call = suite.post("/api/calls", wanted(&lead)).await.expect(201);
    let accounts = suite.stage.ports.accounts();
    for mut account in accounts.list(&suite.workspace).await.unwrap() {
        account.sealed_secret = "unreadable".to_owned();
        let event = Event::system(EventKind::AccountChanged, suite.stage.clock.now());
        accounts.save(&account, &event).await.unwrap();
    }
    let path = format!("/api/calls/{}/hang-up", call["id"].as_str().unwrap());
    assert_eq!(suite.post(&path, json!({})).await.expect(200)["end"], "hung_up");
    assert_eq!(asked.lock().unwrap().len(), 1, "the provider is not asked without the secret");
}
