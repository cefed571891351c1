//! Users, invitations and password reset links.

use super::{smtp, suite, text};
use crate::{App, routes};
use application::identity::invitations::{NotJoined, Proof, join_by_invitation};
use application::queue_messages::Queue;
use application::{Clock, Ports};
use domain::UserId;
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::workspace::login::{AddressProof, Login, Membership};
use domain::workspace::own_phone::PhoneProof;
use domain::workspace::second_factor::AuthenticatorApp;
use domain::workspace::user::{Role, User};
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::{Reply, Stage, Suite};

pub(super) async fn invite(suite: &Suite, email: &str, role: &str) -> Reply {
    suite.post("/api/team", json!({"email": email, "name": "Ben", "role": role})).await
}

pub(super) fn token_of(answer: &Value) -> String {
    let link = text(&answer["link"]);
    link.split_once("#token=").expect("a link carries its token behind the #").1.to_owned()
}

/// Accepts an invitation, as its route does.
pub(super) async fn come_in(suite: &Suite, invited: &Value) -> Result<User, NotJoined> {
    let ports = &suite.stage.ports;
    let (logins, users, ids) = (ports.logins(), ports.users(), ports.ids());
    let who = (&*token_of(invited), "Ben", Proof::Password("a long password"));
    join_by_invitation((&*logins, &*users), &*ids, who, suite.stage.clock.now())
        .await
        .unwrap()
        .map(|(_, user)| user)
}

#[tokio::test]
async fn invitation_works_once_by_its_newest_link() {
    let suite = suite().await;
    let first = invite(&suite, "ben@northquay.example", "rep").await.expect(201);
    assert_eq!(first["mailed"], false, "the installation has no sender of its own");
    assert!(text(&first["link"]).starts_with("https://leadflow.example/invitation#token=ws_"));
    let again = invite(&suite, "ben@northquay.example", "rep").await.expect(422);
    assert_eq!((&again["field"], &again["existing_id"]), (&json!("email"), &first["id"]));
    let listed = suite.get("/api/team/invitations").await.expect(200);
    assert_eq!(listed["items"][0]["email"], "ben@northquay.example");
    assert!(!listed.to_string().contains(&token_of(&first)), "a list tells no link");
    let path = format!("/api/team/invitations/{}", text(&first["id"]));
    let second = suite.post(&format!("{path}/resend"), json!({})).await.expect(200);
    assert!(come_in(&suite, &first).await.is_err(), "the link before is dead");
    let ben = come_in(&suite, &second).await.unwrap();
    assert_eq!((ben.role, ben.email.as_str()), (Role::Rep, "ben@northquay.example"));
    assert!(come_in(&suite, &second).await.is_err(), "it works once");
    assert_eq!(suite.get("/api/team/invitations").await.expect(200)["total"], 0);
    suite.post(&format!("{path}/resend"), json!({})).await.expect(404);
}

#[tokio::test]
async fn workspace_invites_a_hundred_times_a_day() {
    let suite = suite().await;
    for number in 0..100 {
        invite(&suite, &format!("rep{number}@northquay.example"), "rep").await.expect(201);
    }
    let refused = invite(&suite, "one.more@northquay.example", "rep").await.expect(429);
    assert_eq!(refused["code"], "quota_reached");
    assert!(text(&refused["detail"]).contains("100 invitations"), "{refused}");
}

#[tokio::test]
async fn invitation_ends_after_seven_days_and_when_revoked() {
    let mut suite = suite().await;
    let revoked = invite(&suite, "ann@northquay.example", "rep").await.expect(201);
    suite.delete(&format!("/api/team/invitations/{}", text(&revoked["id"]))).await.expect(204);
    assert!(come_in(&suite, &revoked).await.is_err());
    let late = invite(&suite, "ben@northquay.example", "rep").await.expect(201);
    suite.stage.advance(SignedDuration::from_hours(7 * 24));
    assert!(come_in(&suite, &late).await.is_err());
    suite.sign_in(Role::Owner);
    assert_eq!(suite.get("/api/team/invitations").await.expect(200)["total"], 0);
    invite(&suite, "ben@northquay.example", "rep").await.expect(201);
}

#[tokio::test]
async fn invitation_is_mailed_by_the_system_sender_and_its_token_is_not_stored() {
    let stage = Stage::with_variables(&[("SYSTEM_SENDER", "accounts@leadflow.example")]).await;
    let suite = Suite::over(stage, routes(), App::new).await;
    let body = json!({"email": "ben@northquay.example", "name": "Ben", "role": "rep"});
    let keyed = [("idempotency-key", "once")];
    let once = suite.send(http::Method::POST, "/api/team", Some(body.clone()), &keyed).await.expect(201);
    let again = suite.send(http::Method::POST, "/api/team", Some(body), &keyed).await.expect(201);
    assert_eq!((&once["mailed"], &once), (&json!(true), &again), "whoever repeats it learns the same");
    assert_eq!(once["not_mailed_because"], Value::Null);
    let queued = suite.stage.messages(Queue::Send);
    assert_eq!(queued[0]["send"], "invitation");
    let secret = token_of(&once).rsplit('.').next().unwrap().to_owned();
    let stored = format!("{:?} {queued:?}", suite.stage.stream());
    assert!(stored.contains("INVITATIONS") && !stored.contains(&secret));
}

#[tokio::test]
async fn invitation_is_mailed_by_no_mailbox_of_the_workspace() {
    let suite = suite().await;
    suite.post("/api/settings/accounts", smtp()).await.expect(201);
    let offered = invite(&suite, "ben@northquay.example", "admin").await.expect(201);
    assert_eq!(offered["mailed"], false, "who reads the mailbox would accept in Ben's name");
    assert!(text(&offered["link"]).contains("/invitation#token="), "the inviter hands it over");
    assert_eq!(suite.stage.messages(Queue::Send), Vec::<Value>::new());
}

#[tokio::test]
async fn member_of_other_workspaces_is_invited_and_gets_no_password_link() {
    let suite = suite().await;
    suite.other_workspace().await;
    let ports = &suite.stage.ports;
    let email = EmailAddress::parse("owner@elsewhere.example").unwrap();
    invite(&suite, email.as_str(), "rep").await.expect(201);
    let mut login = ports.logins().by_email(&email).await.unwrap().unwrap();
    let now = suite.stage.clock.now();
    let user = User {
        id: UserId::derived(now, &["both"]),
        workspace: suite.workspace.clone(),
        login: login.id.clone(),
        email: email.clone(),
        name: "Owner".to_owned(),
        role: Role::Rep,
        created_at: now,
        disabled: false,
        ai_off: false,
        phone: None,
        phone_proof: PhoneProof::default(),
        offers_ended: 0,
        rev: 0,
    };
    login.put_first(Membership::of(&user));
    ports.users().add(&login, &user).await.unwrap();
    assert_eq!(
        invite(&suite, email.as_str(), "rep").await.expect(422)["detail"],
        "email: is in this team already"
    );
    let refused = suite.post(&format!("/api/team/{}/reset-link", user.id), json!({})).await.expect(409);
    assert_eq!(refused["code"], "in_other_workspaces");
}

#[tokio::test]
async fn invitation_and_reset_of_a_higher_role_are_refused() {
    let mut suite = suite().await;
    let owner = format!("/api/team/{}/reset-link", suite.user);
    let above = invite(&suite, "ann@northquay.example", "owner").await.expect(201);
    let founder = suite.user.clone();
    suite.user = suite.stage.add_user(&suite.workspace, "ada", Role::Admin).await;
    suite.sign_in(Role::Admin);
    assert_eq!(invite(&suite, "ben@northquay.example", "owner").await.expect(422)["field"], "role");
    let resend = format!("/api/team/invitations/{}/resend", text(&above["id"]));
    suite.post(&resend, json!({})).await.expect(403);
    suite.post(&owner, json!({})).await.expect(403);
    suite.user = founder;
    suite.sign_in(Role::Owner);
    let offered = suite.post(&owner, json!({})).await.expect(201);
    assert!(text(&offered["link"]).starts_with("https://leadflow.example/reset#token=ws_"));
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.post(&owner, json!({})).await.expect(404);
    suite.post(&resend, json!({})).await.expect(404);
    suite.delete(&resend.replace("/resend", "")).await.expect(404);
}

#[tokio::test]
async fn team_keeps_an_owner_and_roles_are_limited_to_the_callers() {
    let mut suite = suite().await;
    let ben =
        come_in(&suite, &invite(&suite, "ben@northquay.example", "rep").await.expect(201)).await.unwrap();
    assert_eq!(suite.get("/api/team").await.expect(200)["total"], 2);
    assert_eq!(invite(&suite, "ben@northquay.example", "rep").await.expect(422)["field"], "email");
    let path = format!("/api/team/{}", ben.id);
    assert_eq!(suite.patch(&path, json!({"role": "manager"})).await.expect(200)["role"], "manager");
    let me = format!("/api/team/{}", suite.user);
    assert_eq!(suite.patch(&me, json!({"role": "rep"})).await.expect(409)["code"], "last_owner");
    suite.patch(&me, json!({"disabled": true})).await.expect(409);
    suite.user = suite.stage.add_user(&suite.workspace, "ada", Role::Admin).await;
    suite.sign_in(Role::Admin);
    assert_eq!(suite.patch(&path, json!({"role": "owner"})).await.expect(422)["field"], "role");
    suite.patch(&me, json!({"role": "rep"})).await.expect(403);
    assert_eq!(suite.patch(&path, json!({"disabled": true})).await.expect(200)["disabled"], true);
}

/// The access token still names the former role.
#[tokio::test]
async fn role_that_was_taken_away_acts_within_a_minute() {
    let mut suite = suite().await;
    suite.sign_in(Role::Admin);
    suite.get("/api/keys").await.expect(200);
    let users = suite.stage.ports.users();
    let mut user = users.get(&suite.workspace, &suite.user).await.unwrap();
    user.role = Role::Rep;
    users.save(&user, &Event::system(EventKind::UserChanged, suite.stage.clock.now())).await.unwrap();
    suite.stage.advance(SignedDuration::from_secs(60));
    assert_eq!(suite.get("/api/keys").await.expect(403)["code"], "forbidden");
}

#[tokio::test]
async fn ai_is_switched_off_for_a_user_by_an_admin_and_never_for_one_above() {
    let mut suite = suite().await;
    let invited = invite(&suite, "ben@northquay.example", "rep").await.expect(201);
    let ben = come_in(&suite, &invited).await.unwrap();
    let path = format!("/api/team/{}", ben.id);
    assert_eq!(suite.patch(&path, json!({"ai_off": true})).await.expect(200)["ai_off"], true);
    assert_eq!(suite.patch(&path, json!({"name": "Benjamin"})).await.expect(200)["ai_off"], true);
    assert_eq!(suite.patch(&path, json!({"ai_off": false})).await.expect(200)["ai_off"], false);
    let owner = format!("/api/team/{}", suite.user);
    suite.user = suite.stage.add_user(&suite.workspace, "ada", Role::Admin).await;
    suite.sign_in(Role::Admin);
    suite.patch(&owner, json!({"ai_off": true})).await.expect(403);
}

#[tokio::test]
async fn two_steps_are_asked_of_members_by_a_user_who_has_a_second_factor() {
    let mut suite = suite().await;
    let required = json!({"two_steps_required": true});
    let refused = suite.patch("/api/settings", required.clone()).await.expect(422);
    assert_eq!(refused["field"], "two_steps_required");
    let shown = suite.get("/api/team").await.expect(200);
    assert_eq!(shown["items"][0]["second_factor"], false);
    let (logins, users) = (suite.stage.ports.logins(), suite.stage.ports.users());
    let owner = users.get(&suite.workspace, &suite.user).await.unwrap();
    let login = logins.login(&owner.login).await.unwrap();
    let since = suite.stage.clock.now();
    let authenticator = Some(AuthenticatorApp { secret: "sealed".to_owned(), last_step: 0, since });
    logins.save_login(&Login { authenticator, ..login }).await.unwrap();
    let changed = suite.patch("/api/settings", required).await.expect(200);
    assert_eq!(changed["two_steps_required"], true);
    assert_eq!(suite.get("/api/team").await.expect(200)["items"][0]["second_factor"], true);
    suite.sign_in(Role::Rep);
    assert_eq!(suite.get("/api/team").await.expect(200)["items"][0]["second_factor"], Value::Null);
}

#[tokio::test]
async fn invitation_of_a_user_whose_address_is_not_proven_is_not_mailed() {
    let stage = Stage::with_variables(&[("SYSTEM_SENDER", "accounts@leadflow.example")]).await;
    let suite = Suite::over(stage, routes(), App::new).await;
    let logins = suite.stage.ports.logins();
    let mut login =
        logins.by_email(&EmailAddress::parse("owner@northquay.example").unwrap()).await.unwrap().unwrap();
    login.address = AddressProof::Unproven;
    logins.save_login(&login).await.unwrap();
    let offered = invite(&suite, "ben@northquay.example", "rep").await.expect(201);
    assert_eq!(
        (&offered["mailed"], &offered["not_mailed_because"]),
        (&json!(false), &json!("address_not_proven"))
    );
    assert!(text(&offered["link"]).contains("/invitation#token="));
    assert_eq!(suite.stage.messages(Queue::Send), Vec::<serde_json::Value>::new());
}
