//! Sign-up, sign-in, sessions, passwords and invitations.

mod access_log;
mod addresses;
mod ended_sessions;
mod lost_access;
mod passkeys;
mod provider_sign_in;
mod second_factor;

use crate::{App, routes};
use application::identity::api_keys::KeysOfLeaver;
use application::identity::invitations::create_invitation;
use application::identity::memberships::{LastOwner, MemberStores, save_member};
use application::identity::password_reset::create_reset_token;
use application::ports::sign_up_rule::SignUpRule;
use application::queue_messages::Queue;
use application::{Clock, Ports, StoreError};
use domain::InvitationId;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Actor, Event, EventKind};
use domain::lead::suppression::{Endings, Ends};
use domain::workspace::invitation::{Invitation, LinkDelivery};
use domain::workspace::login::{AddressProof, Login, Membership};
use domain::workspace::user::{Role, User};
use http::StatusCode;
use http_api::ClientNetwork;
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::{Reply, Suite};

async fn suite() -> Suite {
    let mut suite = Suite::new(routes(), App::new).await;
    suite.sign_out();
    suite
}

fn maya() -> Value {
    json!({"email": "Maya@Harbour.example", "password": "correct horse", "name": "Maya Lind",
        "workspace_name": "Harbour Labs", "country": "GB"})
}

async fn bearer(suite: &Suite, method: http::Method, path: &str, session: &Value) -> Reply {
    let token = format!("Bearer {}", session["access_token"].as_str().unwrap());
    suite.send(method, path, None, &[("authorization", &token)]).await
}

async fn me(suite: &Suite, session: &Value) -> Reply {
    bearer(suite, http::Method::GET, "/api/auth/me", session).await
}

async fn refresh(suite: &Suite, session: &Value) -> Reply {
    suite.post("/api/auth/refresh", json!({"refresh_token": session["refresh_token"]})).await
}

#[tokio::test]
async fn routes_refuse_callers_without_the_role() {
    suite().await.refuses_those_who_may_not(routes().rows()).await;
}

#[tokio::test]
async fn sign_up_creates_a_workspace_with_starter_texts() {
    let suite = suite().await;
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    assert_eq!(session["user"]["role"], "owner");
    assert_eq!(session["user"]["email"], "maya@harbour.example");
    assert_eq!(session["workspace"]["zone"], "Europe/London");
    let known = me(&suite, &session).await.expect(200);
    assert_eq!(known["workspace"], session["workspace"]);
    let workspace = session["workspace"]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(suite.stage.ports.templates().list(&workspace).await.unwrap().len(), 8);
    let sequences = suite.stage.ports.sequences().list(&workspace).await.unwrap();
    assert_eq!((sequences.len(), sequences[0].steps.len()), (1, 3));
    assert!(sequences[0].steps.iter().all(|step| step.kind.templates().next().is_some()));
    let stored = suite.stage.ports.workspaces().get(&workspace).await.unwrap();
    assert_eq!(stored.endings, Endings { bounce: Ends::Everything, text_stop: Ends::Everything });
    assert_eq!(stored.company_hold_days, 5);
}

#[tokio::test]
async fn sign_up_with_a_used_address_is_refused() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    let problem = suite.post("/api/auth/signup", maya()).await.expect(409);
    assert_eq!((problem["code"].clone(), problem["field"].clone()), (json!("email_taken"), json!("email")));
}

/// An installation without users.
async fn new_installation(rule: SignUpRule) -> Suite {
    Suite::empty(routes(), |ports| App { sign_up_rule: rule, ..App::new(ports) }).await
}

async fn door(suite: &Suite) -> Value {
    suite.get("/api/auth/signup").await.expect(200)["state"].clone()
}

fn with_code(mut body: Value, code: &str) -> Value {
    body["setup_code"] = json!(code);
    body
}

#[tokio::test]
async fn first_sign_up_without_the_setup_code_is_refused() {
    for rule in [SignUpRule::First, SignUpRule::Open] {
        let suite = new_installation(rule).await;
        assert_eq!(door(&suite).await, "needs_code");
        for body in [maya(), with_code(maya(), "aaaa-aaaa-aaaa-aaaa"), with_code(maya(), "")] {
            let problem = suite.post("/api/auth/signup", body).await.expect(403);
            assert_eq!(
                (&problem["code"], &problem["field"]),
                (&json!("setup_code_wrong"), &json!("setup_code"))
            );
        }
        let code = suite.stage.ports.keys().setup_code().to_uppercase().replace('-', " ");
        suite.post("/api/auth/signup", with_code(maya(), &code)).await.expect(201);
    }
}

#[tokio::test]
async fn sign_up_after_the_first_owner_is_refused_even_with_the_code() {
    let suite = new_installation(SignUpRule::First).await;
    let code = suite.stage.ports.keys().setup_code();
    suite.post("/api/auth/signup", with_code(maya(), &code)).await.expect(201);
    let mut stranger = with_code(maya(), &code);
    stranger["email"] = json!("stranger@elsewhere.example");
    assert_eq!(suite.post("/api/auth/signup", stranger).await.expect(403)["code"], "sign_up_closed");
    assert_eq!(door(&suite).await, "closed");
    assert_eq!(suite.stage.ports.workspaces().ids().await.unwrap().len(), 1);
}

#[tokio::test]
async fn sign_up_in_an_open_installation_needs_no_code() {
    let suite = new_installation(SignUpRule::Open).await;
    let code = suite.stage.ports.keys().setup_code();
    suite.post("/api/auth/signup", with_code(maya(), &code)).await.expect(201);
    assert_eq!(door(&suite).await, "open");
    let mut other = maya();
    other["email"] = json!("other@elsewhere.example");
    suite.post("/api/auth/signup", other).await.expect(201);
}

#[tokio::test]
async fn network_opens_a_limited_number_of_workspaces_a_day() {
    let suite = new_installation(SignUpRule::Open).await;
    let app = App::new(&suite.stage.ports);
    let (one, other) = (ClientNetwork("192.0.2.7".to_owned()), ClientNetwork("192.0.2.8".to_owned()));
    for _ in 0..50 {
        app.count_sign_up(&one).await.unwrap();
    }
    assert_eq!(app.count_sign_up(&one).await.unwrap_err().status, StatusCode::TOO_MANY_REQUESTS);
    app.count_sign_up(&other).await.unwrap();
}

#[tokio::test]
async fn sign_up_names_every_invalid_field() {
    let suite = suite().await;
    let body =
        json!({"email": "x", "password": "short", "name": " ", "workspace_name": "", "zone": "Mars/Base"});
    let problem = suite.post("/api/auth/signup", body).await.expect(422);
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["email", "password", "name", "workspace_name", "zone"]);
    assert_eq!(suite.post("/api/auth/signup", json!({})).await.expect(422)["field"], "email");
}

#[tokio::test]
async fn password_that_everybody_tries_first_is_refused_at_every_door() {
    let suite = suite().await;
    let mut new = maya();
    new["password"] = json!("Password123!");
    let problem = suite.post("/api/auth/signup", new).await.expect(422);
    assert_eq!(problem["field"], "password");
    assert!(problem["detail"].as_str().unwrap().contains("tried first"), "{problem}");
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    let change = json!({"current_password": "correct horse", "new_password": "qwertyuiop"});
    let path = "/api/auth/password";
    let refused = send_as(&suite, http::Method::POST, path, &session, change).await.expect(422);
    assert_eq!(refused["field"], "new_password");
    let token = reset_token(&suite, &stored(&suite).await, LinkDelivery::Mailed).await;
    let reset = json!({"token": token, "password": "leadflow2026"});
    assert_eq!(suite.post("/api/auth/reset", reset).await.expect(422)["field"], "password");
    let token = invite(&suite, "joe@harbour.example").await;
    let refused = suite.post("/api/auth/invitation", accepted(&token, "1234567890")).await.expect(422);
    assert_eq!(refused["field"], "password");
    log_in(&suite, "correct horse").await.expect(200);
}

#[tokio::test]
async fn sign_in_answers_alike_to_a_wrong_password_and_an_unknown_address() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    let login = |email: &str, password: &str| json!({"email": email, "password": password});
    let right = login("maya@harbour.example", "correct horse");
    let session = suite.post("/api/auth/login", right).await.expect(200);
    me(&suite, &session).await.expect(200);
    let wrong = suite.post("/api/auth/login", login("maya@harbour.example", "wrong")).await.expect(401);
    let stranger = suite.post("/api/auth/login", login("nobody@harbour.example", "wrong")).await.expect(401);
    assert_eq!(wrong["detail"], stranger["detail"]);
}

#[tokio::test]
async fn password_guessing_gets_429_until_a_quarter_of_an_hour_is_over() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    let wrong = json!({"email": "maya@harbour.example", "password": "guess"});
    for _ in 0..10 {
        suite.post("/api/auth/login", wrong.clone()).await.expect(401);
    }
    let reply = suite.post("/api/auth/login", wrong.clone()).await;
    assert!(reply.headers.contains_key("retry-after"));
    reply.expect(429);
    suite.stage.advance(SignedDuration::from_mins(16));
    suite.post("/api/auth/login", wrong).await.expect(401);
}

#[tokio::test]
async fn refresh_from_one_network_is_allowed_often() {
    let suite = suite().await;
    for _ in 0..150 {
        suite.post("/api/auth/refresh", json!({"refresh_token": "nonsense"})).await.expect(401);
    }
}

#[tokio::test]
async fn refresh_token_works_once_and_its_reuse_ends_the_session() {
    let suite = suite().await;
    let first = suite.post("/api/auth/signup", maya()).await.expect(201);
    suite.stage.advance(SignedDuration::from_mins(15));
    assert_eq!(me(&suite, &first).await.expect(401)["code"], "token_expired");
    let second = refresh(&suite, &first).await.expect(200);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    me(&suite, &second).await.expect(200);
    suite.stage.advance(SignedDuration::from_secs(31));
    assert_eq!(refresh(&suite, &first).await.expect(401)["code"], "token_reused");
    refresh(&suite, &second).await.expect(401);
    suite.post("/api/auth/refresh", json!({"refresh_token": "nonsense"})).await.expect(401);
}

#[tokio::test]
async fn refresh_whose_answer_was_lost_is_answered_again_with_the_same_token() {
    let suite = suite().await;
    let first = suite.post("/api/auth/signup", maya()).await.expect(201);
    let lost = refresh(&suite, &first).await.expect(200);
    suite.stage.advance(SignedDuration::from_secs(30));
    let again = refresh(&suite, &first).await.expect(200);
    assert_eq!(again["refresh_token"], lost["refresh_token"], "one token has one child");
    me(&suite, &again).await.expect(200);
    // Once the child was used, its parent is no token whose answer was lost.
    let third = refresh(&suite, &again).await.expect(200);
    assert_eq!(refresh(&suite, &first).await.expect(401)["code"], "token_reused");
    refresh(&suite, &third).await.expect(401);
}

#[tokio::test]
async fn refreshes_with_one_token_at_the_same_moment_get_the_same_child() {
    let suite = suite().await;
    let first = suite.post("/api/auth/signup", maya()).await.expect(201);
    let (one, other) = tokio::join!(refresh(&suite, &first), refresh(&suite, &first));
    let (one, other) = (one.expect(200), other.expect(200));
    assert_eq!(one["refresh_token"], other["refresh_token"]);
    refresh(&suite, &one).await.expect(200);
}

#[tokio::test]
async fn session_ends_after_thirty_days_and_at_sign_out() {
    let suite = suite().await;
    let first = suite.post("/api/auth/signup", maya()).await.expect(201);
    bearer(&suite, http::Method::POST, "/api/auth/logout", &first).await.expect(204);
    refresh(&suite, &first).await.expect(401);
    let credentials = json!({"email": "maya@harbour.example", "password": "correct horse"});
    let mut session = suite.post("/api/auth/login", credentials).await.expect(200);
    for _ in 0..2 {
        suite.stage.advance(SignedDuration::from_hours(24 * 14));
        session = refresh(&suite, &session).await.expect(200);
    }
    suite.stage.advance(SignedDuration::from_hours(24 * 3));
    refresh(&suite, &session).await.expect(401);
}

#[tokio::test]
async fn disabled_user_cannot_sign_in() {
    let suite = suite().await;
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    let users = &suite.stage.ports.users();
    let (_, mut user) = stored(&suite).await;
    user.disabled = true;
    users.save(&user, &disabled(&suite)).await.unwrap();
    refresh(&suite, &session).await.expect(401);
    let credentials = json!({"email": "maya@harbour.example", "password": "correct horse"});
    suite.post("/api/auth/login", credentials).await.expect(401);
}

fn with_password(password: &str) -> Value {
    json!({"email": "maya@harbour.example", "password": password})
}

async fn log_in(suite: &Suite, password: &str) -> Reply {
    suite.post("/api/auth/login", with_password(password)).await
}

async fn send_as(suite: &Suite, method: http::Method, path: &str, session: &Value, body: Value) -> Reply {
    let token = format!("Bearer {}", session["access_token"].as_str().unwrap());
    suite.send(method, path, Some(body), &[("authorization", &token)]).await
}

fn disabled(suite: &Suite) -> Event {
    Event::system(EventKind::UserChanged, suite.stage.clock.now())
}

async fn stored(suite: &Suite) -> (Login, User) {
    let address = EmailAddress::parse("maya@harbour.example").unwrap();
    let login = suite.stage.ports.logins().by_email(&address).await.unwrap().unwrap();
    let Membership { workspace, user } = &login.memberships[0];
    let user = suite.stage.ports.users().get(workspace, user).await.unwrap();
    (login, user)
}

async fn prove_address(suite: &Suite) {
    let (login, user) = stored(suite).await;
    let login = Login { address: AddressProof::Proven, ..login };
    suite.stage.ports.logins().save_login_of(&login, &user, &disabled(suite)).await.unwrap();
}

async fn reset_token(suite: &Suite, (login, user): &(Login, User), delivery: LinkDelivery) -> String {
    let ports = &suite.stage.ports;
    let made = (delivery, suite.stage.clock.now());
    create_reset_token(&*ports.users(), &*ports.ids(), (login, user), Actor::System, made).await.unwrap()
}

#[tokio::test]
async fn password_change_ends_other_sessions_with_a_reason() {
    let suite = suite().await;
    let here = suite.post("/api/auth/signup", maya()).await.expect(201);
    let elsewhere = log_in(&suite, "correct horse").await.expect(200);
    let path = "/api/auth/password";
    let change = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    let post = http::Method::POST;
    let wrong =
        send_as(&suite, post.clone(), path, &here, change("guess", "a better horse")).await.expect(422);
    assert_eq!(wrong["field"], "current_password");
    let short =
        send_as(&suite, post.clone(), path, &here, change("correct horse", "short")).await.expect(422);
    assert_eq!(short["field"], "new_password");
    let on = send_as(&suite, post, path, &here, change("correct horse", "a better horse")).await.expect(200);
    refresh(&suite, &on).await.expect(200);
    for over in [&here, &elsewhere] {
        assert_eq!(refresh(&suite, over).await.expect(401)["code"], "credentials_changed");
    }
    log_in(&suite, "correct horse").await.expect(401);
    log_in(&suite, "a better horse").await.expect(200);
}

#[tokio::test]
async fn password_change_with_a_stolen_token_is_rate_limited() {
    let suite = suite().await;
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    let guess = json!({"current_password": "guess", "new_password": "a better horse"});
    for _ in 0..10 {
        let path = "/api/auth/password";
        send_as(&suite, http::Method::POST, path, &session, guess.clone()).await.expect(422);
    }
    send_as(&suite, http::Method::POST, "/api/auth/password", &session, guess).await.expect(429);
}

#[tokio::test]
async fn log_out_others_keeps_this_session_and_change_me_changes_the_name() {
    let suite = suite().await;
    let here = suite.post("/api/auth/signup", maya()).await.expect(201);
    let elsewhere = log_in(&suite, "correct horse").await.expect(200);
    let on = bearer(&suite, http::Method::POST, "/api/auth/logout-others", &here).await.expect(200);
    assert_eq!(refresh(&suite, &elsewhere).await.expect(401)["code"], "credentials_changed");
    let name = json!({"name": "Maya L."});
    let me = send_as(&suite, http::Method::PATCH, "/api/auth/me", &on, name).await.expect(200);
    assert_eq!(me["user"]["name"], "Maya L.");
    bearer(&suite, http::Method::POST, "/api/auth/logout", &on).await.expect(204);
    assert_eq!(refresh(&suite, &on).await.expect(401)["code"], "session_ended");
}

#[tokio::test]
async fn phone_is_removed_with_the_profile_and_not_entered() {
    let suite = suite().await;
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    let (_, mut user) = stored(&suite).await;
    user.phone = PhoneNumber::parse("+442079460958", None).ok();
    user.phone_proof.proven = user.phone.clone();
    suite.stage.ports.users().save(&user, &disabled(&suite)).await.unwrap();
    let change = async |phone: Value| {
        send_as(&suite, http::Method::PATCH, "/api/auth/me", &session, json!({"phone": phone})).await
    };
    let refused = change(json!("+442079460959")).await.expect(422);
    assert_eq!(refused["errors"][0]["field"], "phone");
    let me = bearer(&suite, http::Method::GET, "/api/auth/me", &session).await.expect(200);
    assert_eq!((&me["user"]["phone"], &me["user"]["phone_proven"]), (&json!("+442079460958"), &json!(true)));
    let me = change(Value::Null).await.expect(200);
    assert_eq!((&me["user"]["phone"], &me["user"]["phone_proven"]), (&Value::Null, &json!(false)));
}

#[tokio::test]
async fn password_reset_request_reveals_no_accounts() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    for email in ["maya@harbour.example", "nobody@harbour.example"] {
        assert_eq!(suite.post("/api/auth/forgot", json!({"email": email})).await.expect(202), Value::Null);
    }
    let queued = suite.stage.messages(Queue::Send);
    assert_eq!(queued.len(), 2);
    assert!(!format!("{queued:?}").contains("harbour"), "a queue tells no address");
    for _ in 0..9 {
        suite.post("/api/auth/forgot", json!({"email": "maya@harbour.example"})).await.expect(202);
    }
    suite.post("/api/auth/forgot", json!({"email": "maya@harbour.example"})).await.expect(429);
}

#[tokio::test]
async fn reset_link_works_once_and_ends_every_session() {
    let suite = suite().await;
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    let who = stored(&suite).await;
    let token = reset_token(&suite, &who, LinkDelivery::Mailed).await;
    let other = reset_token(&suite, &who, LinkDelivery::Mailed).await;
    let with = |token: &str| json!({"token": token, "password": "a new horse"});
    let guessed = token.replace(token.rsplit('.').next().unwrap(), &"A".repeat(43));
    for dead in ["", "nonsense", &guessed] {
        assert_eq!(suite.post("/api/auth/reset", with(dead)).await.expect(410)["code"], "link_dead");
    }
    assert_eq!(
        suite.post("/api/auth/reset", json!({"token": token, "password": "short"})).await.expect(422)["field"],
        "password"
    );
    let signed_in = suite.post("/api/auth/reset", with(&token)).await.expect(200);
    me(&suite, &signed_in).await.expect(200);
    for spent in [&token, &other] {
        suite.post("/api/auth/reset", with(spent)).await.expect(410);
    }
    refresh(&suite, &session).await.expect(401);
    log_in(&suite, "correct horse").await.expect(401);
    let kept = format!("{:?}", suite.stage.stream());
    assert!(kept.contains("RESETS") && !kept.contains(token.rsplit('.').next().unwrap()));
}

#[tokio::test]
async fn reset_link_expires_and_dies_with_the_account() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    let mut who = stored(&suite).await;
    let with = |token: String| json!({"token": token, "password": "a new horse"});
    let late = reset_token(&suite, &who, LinkDelivery::Mailed).await;
    suite.stage.advance(SignedDuration::from_hours(1));
    suite.post("/api/auth/reset", with(late)).await.expect(410);
    let open = reset_token(&suite, &who, LinkDelivery::Mailed).await;
    who.1.disabled = true;
    suite.stage.ports.users().save(&who.1, &disabled(&suite)).await.unwrap();
    suite.post("/api/auth/reset", with(open)).await.expect(410);
}

/// Invites an address to the suite's own workspace, and returns the link's token.
async fn invite(suite: &Suite, email: &str) -> String {
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let mut invitation = Invitation {
        id: InvitationId::new(ports.ids().next()),
        workspace: suite.workspace.clone(),
        email: EmailAddress::parse(email).unwrap(),
        name: "Ben".to_owned(),
        role: Role::Rep,
        invited_by: suite.user.clone(),
        offers_ended: None,
        token_hash: String::new(),
        created_at: now,
        expires_at: now,
        rev: 0,
    };
    create_invitation(&*ports.users(), &*ports.ids(), &mut invitation, (Actor::System, now)).await.unwrap()
}

fn accepted(token: &str, password: &str) -> Value {
    json!({"token": token, "name": "Benjamin", "password": password})
}

#[tokio::test]
async fn invited_user_joins_with_own_name_and_password() {
    let suite = suite().await;
    let token = invite(&suite, "ben@northquay.example").await;
    let read = json!({"token": token});
    let offered = suite.post("/api/auth/invitation/read", read.clone()).await.expect(200);
    assert_eq!((&offered["workspace_name"], &offered["role"]), (&json!("northquay"), &json!("rep")));
    assert_eq!(offered["has_login"], false);
    let session = suite.post("/api/auth/invitation", accepted(&token, "a long password")).await.expect(201);
    let user = &session["user"];
    assert_eq!((&user["name"], &user["email"]), (&json!("Benjamin"), &json!("ben@northquay.example")));
    assert_ne!(user["email_proof"], "proven", "the inviter has seen the link");
    me(&suite, &session).await.expect(200);
    suite.post("/api/auth/invitation", accepted(&token, "a long password")).await.expect(410);
    suite.post("/api/auth/invitation/read", read).await.expect(410);
}

#[tokio::test]
async fn invited_person_with_a_login_joins_by_its_password_alone() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    let token = invite(&suite, "maya@harbour.example").await;
    let offered = suite.post("/api/auth/invitation/read", json!({"token": token})).await.expect(200);
    assert_eq!(offered["has_login"], true);
    let path = "/api/auth/invitation";
    let wrong = suite.post(path, accepted(&token, "a new password")).await.expect(422);
    assert_eq!(wrong["field"], "password", "the user who invites knows the link, and opens no login with it");
    let joined = suite.post(path, accepted(&token, "correct horse")).await.expect(201);
    assert_eq!((&joined["user"]["role"], &joined["workspace"]["name"]), (&json!("rep"), &json!("northquay")));
    let again = invite(&suite, "maya@harbour.example").await;
    let refused = suite.post(path, accepted(&again, "correct horse")).await.expect(409);
    assert_eq!(refused["code"], "already_in_team");
}

#[tokio::test]
async fn guesses_at_an_invitation_count_as_guesses_at_sign_in() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    let token = invite(&suite, "maya@harbour.example").await;
    for _ in 0..10 {
        suite.post("/api/auth/invitation", accepted(&token, "a guessed word")).await.expect(422);
    }
    suite.post("/api/auth/invitation", accepted(&token, "correct horse")).await.expect(429);
    log_in(&suite, "correct horse").await.expect(429);
}

/// Signs Maya up with a workspace of her own, and lets her join the suite's.
async fn maya_in_two_workspaces(suite: &Suite) -> (Value, Value) {
    let own = suite.post("/api/auth/signup", maya()).await.expect(201);
    let token = invite(suite, "maya@harbour.example").await;
    let joined = suite.post("/api/auth/invitation", accepted(&token, "correct horse")).await.expect(201);
    (own, joined)
}

async fn switch(suite: &Suite, session: &Value, workspace: &Value) -> Reply {
    let to = json!({"workspace": workspace, "refresh_token": session["refresh_token"]});
    send_as(suite, http::Method::POST, "/api/auth/switch", session, to).await
}

#[tokio::test]
async fn login_switches_between_its_workspaces_and_signs_in_to_the_one_used_last() {
    let suite = suite().await;
    let (own, joined) = maya_in_two_workspaces(&suite).await;
    let listed = bearer(&suite, http::Method::GET, "/api/auth/workspaces", &joined).await.expect(200);
    let rows = listed["items"].as_array().unwrap();
    let shown: Vec<_> = rows.iter().map(|row| (&row["name"], &row["role"], &row["current"])).collect();
    let (northquay, harbour) = (&json!("northquay"), &json!("Harbour Labs"));
    assert_eq!(shown, [(northquay, &json!("rep"), &json!(true)), (harbour, &json!("owner"), &json!(false))]);
    let back = switch(&suite, &joined, &own["workspace"]["id"]).await.expect(200);
    assert_eq!((&back["user"]["role"], &back["workspace"]["name"]), (&json!("owner"), harbour));
    let refreshed = refresh(&suite, &back).await.expect(200);
    assert_eq!(refreshed["workspace"]["name"], *harbour, "the session stays there");
    let known = me(&suite, &refreshed).await.expect(200);
    assert_eq!((&known["workspace"]["name"], &known["user"]["id"]), (harbour, &own["user"]["id"]));
    assert_eq!(log_in(&suite, "correct horse").await.expect(200)["workspace"]["name"], *harbour);
    suite.stage.advance(SignedDuration::from_secs(31));
    assert_eq!(switch(&suite, &joined, &joined["workspace"]["id"]).await.expect(401)["code"], "token_reused");
}

#[tokio::test]
async fn joining_another_workspace_ends_the_sessions_of_before() {
    let suite = suite().await;
    let (own, joined) = maya_in_two_workspaces(&suite).await;
    // A session of before, perhaps opened by a link that an admin made, does not reach the workspace joined.
    switch(&suite, &own, &joined["workspace"]["id"]).await.expect(401);
    bearer(&suite, http::Method::POST, "/api/auth/logout-others", &own).await.expect(401);
    assert_eq!(refresh(&suite, &own).await.expect(401)["code"], "credentials_changed");
    refresh(&suite, &joined).await.expect(200);
}

#[tokio::test]
async fn ended_session_begins_no_other_one() {
    let suite = suite().await;
    let stolen = suite.post("/api/auth/signup", maya()).await.expect(201);
    let here = log_in(&suite, "correct horse").await.expect(200);
    let rows = bearer(&suite, http::Method::GET, "/api/auth/sessions", &here).await.expect(200);
    let other = rows["items"].as_array().unwrap().iter().find(|row| row["current"] == false).unwrap();
    let path = format!("/api/auth/sessions/{}", other["id"].as_str().unwrap());
    bearer(&suite, http::Method::DELETE, &path, &here).await.expect(204);
    let refused = bearer(&suite, http::Method::POST, "/api/auth/logout-others", &stolen).await.expect(401);
    assert_eq!(refused["code"], "session_ended", "its access token lives on for minutes");
    switch(&suite, &stolen, &stolen["workspace"]["id"]).await.expect(401);
    let change = json!({"current_password": "correct horse", "new_password": "a better horse"});
    send_as(&suite, http::Method::POST, "/api/auth/password", &stolen, change).await.expect(401);
    let (_, mut user) = stored(&suite).await;
    user.disabled = true;
    suite.stage.ports.users().save(&user, &disabled(&suite)).await.unwrap();
    bearer(&suite, http::Method::POST, "/api/auth/logout-others", &here).await.expect(401);
}

#[tokio::test]
async fn switch_to_a_workspace_that_the_login_does_not_open_finds_none() {
    let suite = suite().await;
    let own = suite.post("/api/auth/signup", maya()).await.expect(201);
    let elsewhere = suite.workspace.to_string();
    switch(&suite, &own, &json!(elsewhere)).await.expect(404);
    let joined = {
        let token = invite(&suite, "maya@harbour.example").await;
        suite.post("/api/auth/invitation", accepted(&token, "correct horse")).await.expect(201)
    };
    // Deactivated in one workspace, she goes on in the other.
    let users = suite.stage.ports.users();
    let id = joined["user"]["id"].as_str().unwrap().parse().unwrap();
    let mut there = users.get(&suite.workspace, &id).await.unwrap();
    there.disabled = true;
    users.save(&there, &disabled(&suite)).await.unwrap();
    assert_eq!(refresh(&suite, &joined).await.expect(401)["code"], "account_disabled");
    let here = log_in(&suite, "correct horse").await.expect(200);
    switch(&suite, &here, &json!(elsewhere)).await.expect(404);
    refresh(&suite, &here).await.expect(200);
    assert_eq!(log_in(&suite, "correct horse").await.expect(200)["workspace"]["name"], "Harbour Labs");
}

#[tokio::test]
async fn reset_link_made_before_the_login_joined_another_workspace_is_dead() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    let handed_over = reset_token(&suite, &stored(&suite).await, LinkDelivery::HandedOver).await;
    let token = invite(&suite, "maya@harbour.example").await;
    suite.post("/api/auth/invitation", accepted(&token, "correct horse")).await.expect(201);
    let with = json!({"token": handed_over, "password": "a new horse"});
    suite.post("/api/auth/reset", with).await.expect(410);
    log_in(&suite, "correct horse").await.expect(200);
}

#[tokio::test]
async fn new_password_ends_the_sessions_in_every_workspace() {
    let suite = suite().await;
    let (own, joined) = maya_in_two_workspaces(&suite).await;
    let change = json!({"current_password": "correct horse", "new_password": "a better horse"});
    let elsewhere = log_in(&suite, "correct horse").await.expect(200);
    let there = switch(&suite, &elsewhere, &own["workspace"]["id"]).await.expect(200);
    send_as(&suite, http::Method::POST, "/api/auth/password", &there, change).await.expect(200);
    let refused = switch(&suite, &joined, &own["workspace"]["id"]).await.expect(401);
    assert_eq!(refused["code"], "session_ended", "a void session gets no new token");
    assert_eq!(refresh(&suite, &joined).await.expect(401)["code"], "credentials_changed");
}

#[tokio::test]
async fn sessions_are_listed_with_their_devices_and_ended_one_by_one() {
    let suite = suite().await;
    let here = suite.post("/api/auth/signup", maya()).await.expect(201);
    suite.stage.advance(SignedDuration::from_mins(1));
    let phone = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36";
    let body = with_password("correct horse");
    let there = suite
        .send(http::Method::POST, "/api/auth/login", Some(body), &[("user-agent", phone)])
        .await
        .expect(200);
    let list = async || {
        let reply = bearer(&suite, http::Method::GET, "/api/auth/sessions", &here).await.expect(200);
        reply["items"].as_array().unwrap().clone()
    };
    let listed = list().await;
    let shown: Vec<_> = listed.iter().map(|row| (&row["device"], &row["current"])).collect();
    assert_eq!(
        shown,
        [(&json!("Chrome on Android"), &json!(false)), (&Value::Null, &json!(true))],
        "the one used last comes first"
    );
    let path = format!("/api/auth/sessions/{}", listed[0]["id"].as_str().unwrap());
    bearer(&suite, http::Method::DELETE, &path, &here).await.expect(204);
    assert_eq!(refresh(&suite, &there).await.expect(401)["code"], "session_ended");
    assert_eq!(list().await.len(), 1);

    let other = json!({"email": "joe@elsewhere.example", "password": "another horse", "name": "Joe",
        "workspace_name": "Elsewhere"});
    let joe = suite.post("/api/auth/signup", other).await.expect(201);
    let path = format!("/api/auth/sessions/{}", list().await[0]["id"].as_str().unwrap());
    bearer(&suite, http::Method::DELETE, &path, &joe).await.expect(404);
    refresh(&suite, &here).await.expect(200);
}

/// Uses up what all networks together may guess for Maya.
async fn guess_everywhere(suite: &Suite) {
    let bucket = format!("login/address/{}", suite.stage.ports.keys().keyed_digest("maya@harbour.example"));
    let (limits, now) = (suite.stage.ports.limits(), suite.stage.clock.now());
    while limits.take(&bucket, 100, SignedDuration::from_mins(15), now).await.unwrap().is_ok() {}
}

#[tokio::test]
async fn guesses_from_other_networks_do_not_lock_out_a_known_network() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    guess_everywhere(&suite).await;
    log_in(&suite, "correct horse").await.expect(429);
    suite.stage.advance(SignedDuration::from_mins(16));
    log_in(&suite, "correct horse").await.expect(200);
    guess_everywhere(&suite).await;
    log_in(&suite, "correct horse").await.expect(200);
    for _ in 0..30 {
        log_in(&suite, "correct horse").await.expect(200);
    }
}

#[tokio::test]
async fn network_of_a_sign_in_a_second_before_the_next_thirty_days_is_still_known() {
    let suite = suite().await;
    suite.post("/api/auth/signup", maya()).await.expect(201);
    let window = 30 * 24 * 3600;
    let left = window - suite.stage.clock.now().as_second() % window;
    suite.stage.advance(SignedDuration::from_secs(left - 1));
    log_in(&suite, "correct horse").await.expect(200);
    suite.stage.advance(SignedDuration::from_secs(2));
    guess_everywhere(&suite).await;
    log_in(&suite, "correct horse").await.expect(200);
}

/// A workspace with two owners: the suite's user and Maya.
async fn two_owners() -> (Suite, User, User) {
    let suite = suite().await;
    let token = invite(&suite, "maya@harbour.example").await;
    let second = suite.post("/api/auth/invitation", accepted(&token, "a long password")).await.expect(201);
    let id = second["user"]["id"].as_str().unwrap().parse().unwrap();
    let users = suite.stage.ports.users();
    let mut maya = users.get(&suite.workspace, &id).await.unwrap();
    maya.role = Role::Owner;
    maya.rev = users.save(&maya, &disabled(&suite)).await.unwrap();
    let first = users.get(&suite.workspace, &suite.user).await.unwrap();
    (suite, first, maya)
}

/// Saves a member as they are after a change.
async fn change(suite: &Suite, before: &User, after: &User) -> Result<u64, LastOwner> {
    let ports = &suite.stage.ports;
    let (users, logins, api_keys) = (ports.users(), ports.logins(), ports.api_keys());
    let stores = MemberStores { users: &*users, logins: &*logins, api_keys: &*api_keys };
    save_member(stores, (before, after), KeysOfLeaver::Revoked, &disabled(suite)).await.unwrap()
}

#[tokio::test]
async fn two_owners_who_leave_at_once_do_not_both_leave() {
    let (suite, first, maya) = two_owners().await;
    let (users, id) = (suite.stage.ports.users(), maya.id.clone());
    let gone = |user: &User| User { disabled: true, ..user.clone() };
    let event = disabled(&suite);
    // Both have read that the other one is an owner, whichever writes first.
    let alone = users.save_former_owner(&gone(&first), &maya, &event).await;
    assert_eq!(alone.unwrap(), first.rev + 1);
    assert!(matches!(users.save_former_owner(&gone(&maya), &first, &event).await, Err(StoreError::Conflict)));
    assert_eq!(change(&suite, &maya, &gone(&maya)).await, Err(LastOwner));
    let demoted = User { role: Role::Admin, ..maya.clone() };
    assert_eq!(change(&suite, &maya, &demoted).await, Err(LastOwner));

    let first = users.get(&suite.workspace, &suite.user).await.unwrap();
    let back = User { disabled: false, ..first.clone() };
    users.save(&back, &event).await.unwrap();
    let first = users.get(&suite.workspace, &suite.user).await.unwrap();
    let maya = users.get(&suite.workspace, &id).await.unwrap();
    let other = users.save_former_owner(&gone(&maya), &first, &event).await;
    assert_eq!(other.unwrap(), maya.rev + 1);
    assert!(matches!(users.save_former_owner(&gone(&first), &maya, &event).await, Err(StoreError::Conflict)));
    assert!(!users.get(&suite.workspace, &suite.user).await.unwrap().disabled);
}

#[tokio::test]
async fn workspace_keeps_an_owner_when_both_ask_to_leave_at_the_same_moment() {
    let (suite, first, maya) = two_owners().await;
    let users = suite.stage.ports.users();
    let leaves = async |user: &User| change(&suite, user, &User { disabled: true, ..user.clone() }).await;
    let (one, other) = tokio::join!(leaves(&first), leaves(&maya));
    assert_ne!(one.is_ok(), other.is_ok(), "{one:?} {other:?}");
    let team = users.list(&suite.workspace).await.unwrap();
    assert_eq!(team.iter().filter(|user| user.role == Role::Owner && !user.disabled).count(), 1);
}

#[tokio::test]
async fn member_leaves_a_workspace_unless_nobody_else_owns_it() {
    let suite = suite().await;
    let own = suite.post("/api/auth/signup", maya()).await.expect(201);
    assert_eq!(own["user"]["workspaces"], 1);
    let leave = async |session: &Value| bearer(&suite, http::Method::POST, "/api/auth/leave", session).await;
    assert_eq!(leave(&own).await.expect(409)["code"], "last_owner");
    let joined = {
        let token = invite(&suite, "maya@harbour.example").await;
        suite.post("/api/auth/invitation", accepted(&token, "correct horse")).await.expect(201)
    };
    assert_eq!(joined["user"]["workspaces"], 2);
    leave(&joined).await.expect(204);
    assert_eq!(refresh(&suite, &joined).await.expect(401)["code"], "account_disabled");
    leave(&joined).await.expect(401);
    let here = log_in(&suite, "correct horse").await.expect(200);
    assert_eq!(here["workspace"]["name"], "Harbour Labs");
    assert_eq!(here["user"]["workspaces"], 1, "the one that she left is not counted");
    let me = bearer(&suite, http::Method::GET, "/api/auth/me", &here).await.expect(200);
    assert_eq!(me["user"]["workspaces"], 1);
}
