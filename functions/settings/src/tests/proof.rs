//! Access that lasts is made only by a user who has shown within ten minutes that it is them.

use super::{smtp, suite, text};
use application::{Clock, Ports};
use domain::event::{Event, EventKind};
use domain::workspace::user::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

/// A team of an owner and Ben, who was deactivated, with an open invitation and a key, ten minutes after the owner signed in.
async fn scene() -> (Suite, String, String) {
    let suite = suite().await;
    let ben = suite.stage.add_user(&suite.workspace, "ben", Role::Rep).await;
    let ann = json!({"email": "ann@northquay.example", "name": "Ann", "role": "rep"});
    let invited = suite.post("/api/team", ann).await.expect(201);
    suite.stage.advance(SignedDuration::from_mins(10));
    (suite, format!("/api/team/{ben}"), text(&invited["id"]).to_owned())
}

#[tokio::test]
async fn access_that_lasts_is_not_made_ten_minutes_after_the_last_proof() {
    let (suite, ben, invitation) = scene().await;
    let key = json!({"name": "Nightly", "scopes": ["leads:read"]});
    let cleo = json!({"email": "cleo@northquay.example", "name": "Cleo", "role": "rep"});
    let slack =
        json!({"url": "https://hooks.slack.com/services/T1/B1/x", "kinds": ["reply"], "with_details": false});
    let posts = [
        ("/api/keys".to_owned(), key),
        ("/api/team".to_owned(), cleo),
        (format!("/api/team/invitations/{invitation}/resend"), json!({})),
        (format!("{ben}/reset-link"), json!({})),
    ];
    for (path, body) in posts {
        assert_eq!(suite.post(&path, body).await.expect(403)["code"], "proof_needed", "{path}");
    }
    assert_eq!(suite.put("/api/settings/slack", slack).await.expect(403)["code"], "proof_needed");
    assert_eq!(suite.patch(&ben, json!({"role": "admin"})).await.expect(403)["code"], "proof_needed");
    assert_eq!(suite.get("/api/keys").await.expect(200)["total"], 0);
    assert_eq!(suite.get("/api/settings/slack").await.expect(200)["ending"], Value::Null);
}

/// The process still remembers the admin's standing of before.
#[tokio::test]
async fn admin_who_was_just_disabled_or_demoted_gets_no_access_back() {
    for change in [json!({"disabled": true}), json!({"role": "rep"})] {
        let mut suite = suite().await;
        suite.sign_in(Role::Admin);
        suite.get("/api/keys").await.expect(200);
        let (workspace, user) = (suite.workspace.clone(), suite.user.clone());
        let users = suite.stage.ports.users();
        let mut admin = users.get(&workspace, &user).await.unwrap();
        admin.disabled = change["disabled"] == true;
        admin.role = if admin.disabled { Role::Admin } else { Role::Rep };
        let event = Event::system(EventKind::UserChanged, suite.stage.clock.now());
        users.save(&admin, &event).await.unwrap();
        let refused = if admin.disabled { 401 } else { 403 };
        let key = json!({"name": "Nightly", "scopes": ["leads:read"]});
        suite.post("/api/keys", key).await.expect(refused);
        let back = json!({"disabled": false, "role": "admin"});
        let own = format!("/api/team/{user}");
        let answer = suite.patch(&own, back).await;
        assert!([401, 403].contains(&answer.status.as_u16()), "{change}: {}", answer.status);
        assert!(users.get(&workspace, &user).await.unwrap().role < Role::Admin || admin.disabled);
    }
}

#[tokio::test]
async fn keys_are_handed_over_with_a_proof_alone_and_never_to_who_leaves() {
    let (suite, ben, _) = scene().await;
    let kept = json!({"disabled": true, "keep_keys": true});
    assert_eq!(suite.patch(&ben, kept.clone()).await.expect(403)["code"], "proof_needed");
    suite.patch(&ben, json!({"disabled": true})).await.expect(200);
    assert_eq!(suite.patch(&ben, kept.clone()).await.expect(403)["code"], "proof_needed");
    let own = format!("/api/team/{}", suite.user);
    assert_eq!(suite.patch(&own, kept).await.expect(422)["field"], "keep_keys");
}

#[tokio::test]
async fn access_is_taken_away_without_a_proof_and_given_back_with_one() {
    let (suite, ben, invitation) = scene().await;
    suite.patch(&ben, json!({"name": "Benjamin"})).await.expect(200);
    suite.patch(&ben, json!({"disabled": true})).await.expect(200);
    assert_eq!(suite.patch(&ben, json!({"disabled": false})).await.expect(403)["code"], "proof_needed");
    suite.delete(&format!("/api/team/invitations/{invitation}")).await.expect(204);
}

#[tokio::test]
async fn account_is_added_and_pointed_elsewhere_with_a_proof_alone() {
    let (mut suite, _, _) = scene().await;
    let path = "/api/settings/accounts";
    assert_eq!(suite.post(path, smtp()).await.expect(403)["code"], "proof_needed");
    suite.sign_in(Role::Owner);
    let made = suite.post(path, smtp()).await.expect(201);
    suite.stage.advance(SignedDuration::from_mins(10));
    let path = format!("{path}/{}", text(&made["id"]));
    let mut elsewhere = smtp()["settings"].clone();
    elsewhere["host"] = json!("smtp.elsewhere.example");
    for change in [
        json!({"settings": elsewhere, "secret": {"password": "another"}}),
        json!({"secret": {"password": "another"}}),
    ] {
        assert_eq!(suite.patch(&path, change.clone()).await.expect(403)["code"], "proof_needed", "{change}");
    }
    let same = json!({"settings": smtp()["settings"], "name": "Sales", "enabled": false});
    suite.patch(&path, same).await.expect(200);
    suite.delete(&path).await.expect(204);
}
