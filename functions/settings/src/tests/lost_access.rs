//! What an admin's access has made ends when the admin is disabled or demoted: keys, invitations, reset links.

use super::team::{come_in, invite, token_of};
use super::{suite, text};
use application::Clock;
use application::Ports;
use application::identity::password_reset::reset_password;
use application::ports::sign_up_rule::SignUpRule;
use domain::UserId;
use domain::event::{Event, EventKind};
use domain::workspace::user::{Role, User};
use serde_json::{Value, json};
use test_stage::Suite;

const LIST: &str = "/api/settings/suppressions";

/// What Ben, an admin, has made, and the owner, who is signed in.
struct Scene {
    suite: Suite,
    ben: String,
    key: String,
    invited: Value,
    /// The token of a link that sets Rita's password.
    reset: String,
}

async fn scene() -> Scene {
    let mut suite = suite().await;
    let owner = suite.user.clone();
    let rita = suite.stage.add_user(&suite.workspace, "rita", Role::Rep).await;
    let ben = suite.stage.add_user(&suite.workspace, "ben", Role::Admin).await;
    suite.user = ben.clone();
    suite.sign_in(Role::Admin);
    let new = json!({"name": "Form", "scopes": ["suppressions:read"]});
    let key = text(&suite.post("/api/keys", new).await.expect(201)["secret"]);
    let invited = invite(&suite, "cleo@northquay.example", "admin").await.expect(201);
    let offered = suite.post(&format!("/api/team/{rita}/reset-link"), json!({})).await.expect(201);
    suite.user = owner;
    suite.sign_in(Role::Owner);
    Scene { ben: format!("/api/team/{ben}"), key, invited, reset: token_of(&offered), suite }
}

async fn resets(suite: &Suite, token: &str) -> bool {
    let ports = &suite.stage.ports;
    let (logins, users, ids) = (ports.logins(), ports.users(), ports.ids());
    let (stores, link) = ((&*logins, &*users, SignUpRule::First), (token, "another password"));
    reset_password(stores, &*ids, link, suite.stage.clock.now()).await.unwrap().is_ok()
}

async fn key_works(suite: &mut Suite, key: &str) -> bool {
    suite.use_key(key);
    let status = suite.get(LIST).await.status.as_u16();
    suite.sign_in(Role::Owner);
    status == 200
}

async fn is_shown_as_ended(suite: &Suite) -> bool {
    suite.get("/api/team/invitations").await.expect(200)["items"][0]["ended"] == true
}

fn losses() -> [Value; 2] {
    [json!({"disabled": true}), json!({"role": "rep"})]
}

#[tokio::test]
async fn invitation_and_reset_link_of_an_active_admin_work() {
    let Scene { suite, invited, reset, .. } = scene().await;
    assert!(!is_shown_as_ended(&suite).await);
    assert!(come_in(&suite, &invited).await.is_ok() && resets(&suite, &reset).await);
}

#[tokio::test]
async fn invitation_and_reset_link_of_an_admin_who_is_disabled_or_demoted_open_nothing() {
    for loss in losses() {
        let Scene { suite, ben, invited, reset, .. } = scene().await;
        suite.patch(&ben, loss.clone()).await.expect(200);
        assert!(is_shown_as_ended(&suite).await, "{loss}");
        assert!(come_in(&suite, &invited).await.is_err(), "{loss}");
        assert!(!resets(&suite, &reset).await, "{loss}");
    }
}

#[tokio::test]
async fn invitation_and_reset_link_stay_ended_when_their_maker_is_an_admin_again() {
    for loss in losses() {
        let Scene { suite, ben, invited, reset, .. } = scene().await;
        suite.patch(&ben, loss.clone()).await.expect(200);
        suite.patch(&ben, json!({"disabled": false, "role": "admin"})).await.expect(200);
        assert!(is_shown_as_ended(&suite).await, "{loss}");
        assert!(come_in(&suite, &invited).await.is_err(), "{loss}");
        assert!(!resets(&suite, &reset).await, "{loss}");
    }
}

#[tokio::test]
async fn ended_invitation_works_again_once_another_admin_sends_it() {
    let Scene { suite, ben, invited, .. } = scene().await;
    suite.patch(&ben, json!({"disabled": true})).await.expect(200);
    let resend = format!("/api/team/invitations/{}/resend", text(&invited["id"]));
    let again = suite.post(&resend, json!({})).await.expect(200);
    assert_eq!((&again["ended"], &again["invited_by"]), (&json!(false), &json!(suite.user)));
    assert!(!is_shown_as_ended(&suite).await);
    assert!(come_in(&suite, &invited).await.is_err(), "the link before stays dead");
    assert!(come_in(&suite, &again).await.is_ok());
}

#[tokio::test]
async fn invitation_to_a_role_above_its_makers_present_one_opens_nothing() {
    let mut suite = suite().await;
    let founder = suite.user.clone();
    let olga = suite.stage.add_user(&suite.workspace, "olga", Role::Owner).await;
    suite.user = olga.clone();
    suite.sign_in(Role::Owner);
    let invited = invite(&suite, "cleo@northquay.example", "owner").await.expect(201);
    suite.user = founder;
    suite.sign_in(Role::Owner);
    suite.patch(&format!("/api/team/{olga}"), json!({"role": "admin"})).await.expect(200);
    assert!(come_in(&suite, &invited).await.is_err());
}

/// The stored invitation names no number of its maker, as before there was one.
#[tokio::test]
async fn invitation_of_before_works_while_its_maker_is_an_admin() {
    for lost in [false, true] {
        let Scene { suite, ben, invited, .. } = scene().await;
        let users = suite.stage.ports.users();
        let id = text(&invited["id"]).parse().unwrap();
        let mut old = users.invitation(&suite.workspace, &id).await.unwrap();
        assert_eq!(old.offers_ended.take(), Some(0));
        let event = Event::system(EventKind::InvitationRenewed, suite.stage.clock.now());
        users.save_invitation(&old, &event).await.unwrap();
        if lost {
            suite.patch(&ben, json!({"disabled": true})).await.expect(200);
        }
        assert_eq!(come_in(&suite, &invited).await.is_err(), lost);
    }
}

#[tokio::test]
async fn keys_of_a_demoted_admin_are_revoked_unless_another_takes_them_over() {
    for keep in [false, true] {
        let Scene { mut suite, ben, key, .. } = scene().await;
        suite.patch(&ben, json!({"role": "manager", "keep_keys": keep})).await.expect(200);
        assert_eq!(key_works(&mut suite, &key).await, keep);
        let shown = suite.get("/api/keys").await.expect(200);
        assert_eq!(shown["items"][0]["created_by"] == json!(suite.user), keep);
    }
}

#[tokio::test]
async fn keys_go_on_where_an_owner_becomes_an_admin_or_a_member_is_renamed() {
    let Scene { mut suite, ben, key, .. } = scene().await;
    suite.patch(&ben, json!({"role": "owner"})).await.expect(200);
    suite.patch(&ben, json!({"role": "admin"})).await.expect(200);
    suite.patch(&ben, json!({"name": "Benjamin"})).await.expect(200);
    assert!(key_works(&mut suite, &key).await);
}

#[tokio::test]
async fn sessions_of_before_stay_ended_when_a_member_comes_back() {
    let Scene { suite, ben, .. } = scene().await;
    let (logins, users) = (suite.stage.ports.logins(), suite.stage.ports.users());
    let id: UserId = ben.rsplit('/').next().unwrap().parse().unwrap();
    let User { login, .. } = users.get(&suite.workspace, &id).await.unwrap();
    let open = async || {
        let all = logins.sessions(&login).await.unwrap();
        all.iter().filter(|session| !session.revoked).count()
    };
    assert_eq!(open().await, 1);
    suite.patch(&ben, json!({"disabled": true})).await.expect(200);
    suite.patch(&ben, json!({"disabled": false})).await.expect(200);
    assert_eq!(open().await, 0);
}
