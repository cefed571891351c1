//! Proven addresses: a mailed link proves one, and a login of a stranger's address is had back by a mail.

use super::*;
use application::identity::address_proof::AddressLink;
use domain::workspace::login::LONGEST_IDLE;
use test_stage::Stage;

/// Maya has signed up where everybody may, and the installation has a sender of its own.
async fn scene() -> (Suite, Value) {
    let stage = Stage::with_variables(&[("SYSTEM_SENDER", "accounts@leadflow.example")]).await;
    let mut suite =
        Suite::over(stage, routes(), |ports| App { sign_up_rule: SignUpRule::Open, ..App::new(ports) }).await;
    suite.sign_out();
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    (suite, session)
}

async fn link_token(suite: &Suite) -> String {
    let (login, _) = stored(suite).await;
    let link = AddressLink::new(&login, suite.stage.clock.now());
    let address = link.address(&suite.stage.ports.keys(), "https://leadflow.example");
    address.split_once("#token=").unwrap().1.to_owned()
}

async fn open_link(suite: &Suite, session: &Value, token: &str) -> Reply {
    send_as(suite, http::Method::POST, "/api/auth/address", session, json!({"token": token})).await
}

#[tokio::test]
async fn address_is_proven_by_its_link_where_the_person_is_signed_in() {
    let (suite, session) = scene().await;
    assert_eq!(session["user"]["email_proof"], "unproven");
    bearer(&suite, http::Method::POST, "/api/auth/address/link", &session).await.expect(202);
    let queued = suite.stage.messages(Queue::Send);
    assert_eq!((queued.len(), &queued[0]["send"]), (1, &json!("address_link")));
    let token = link_token(&suite).await;
    suite.post("/api/auth/address", json!({"token": token})).await.expect(401);
    open_link(&suite, &session, "nonsense").await.expect(410);
    open_link(&suite, &session, &token).await.expect(204);
    assert_eq!(me(&suite, &session).await.expect(200)["user"]["email_proof"], "proven");
    bearer(&suite, http::Method::POST, "/api/auth/address/link", &session).await.expect(202);
    assert!(suite.stage.messages(Queue::Send).is_empty(), "a proven address gets no mail");
}

#[tokio::test]
async fn sixth_link_within_an_hour_is_refused() {
    let (suite, session) = scene().await;
    for status in [202, 202, 202, 202, 202, 429] {
        bearer(&suite, http::Method::POST, "/api/auth/address/link", &session).await.expect(status);
    }
    assert_eq!(suite.stage.messages(Queue::Send).len(), 5);
}

#[tokio::test]
async fn link_of_another_login_or_of_yesterday_proves_nothing() {
    let (suite, session) = scene().await;
    let mut joe = maya();
    joe["email"] = json!("joe@harbour.example");
    let joe = suite.post("/api/auth/signup", joe).await.expect(201);
    let token = link_token(&suite).await;
    open_link(&suite, &joe, &token).await.expect(410);
    suite.stage.advance(SignedDuration::from_hours(24));
    let session = refresh(&suite, &session).await.expect(200);
    open_link(&suite, &session, &token).await.expect(410);
    assert_eq!(me(&suite, &session).await.expect(200)["user"]["email_proof"], "unproven");
}

#[tokio::test]
async fn address_stays_unproven_where_the_installation_has_no_sender() {
    let mut suite =
        Suite::new(routes(), |ports| App { sign_up_rule: SignUpRule::Open, ..App::new(ports) }).await;
    suite.sign_out();
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    assert_eq!(session["user"]["email_proof"], "no_sender");
    let asked = bearer(&suite, http::Method::POST, "/api/auth/address/link", &session).await;
    assert_eq!(asked.expect(409)["code"], "no_sender");
}

#[tokio::test]
async fn owner_who_signed_up_by_the_setup_code_has_a_proven_address() {
    let suite = new_installation(SignUpRule::Open).await;
    let code = suite.stage.ports.keys().setup_code();
    let session = suite.post("/api/auth/signup", with_code(maya(), &code)).await.expect(201);
    assert_eq!(session["user"]["email_proof"], "proven");
}

/// A login that was made before addresses were proven: in an open installation anybody may have made it.
#[tokio::test]
async fn login_of_before_counts_as_proven_unless_everybody_may_sign_up() {
    for (rule, proof) in [(SignUpRule::First, "proven"), (SignUpRule::Open, "no_sender")] {
        let suite = new_installation(rule).await;
        let code = suite.stage.ports.keys().setup_code();
        let session = suite.post("/api/auth/signup", with_code(maya(), &code)).await.expect(201);
        let (login, user) = stored(&suite).await;
        let login = Login { address: AddressProof::NeverAsked, ..login };
        suite.stage.ports.logins().save_login_of(&login, &user, &disabled(&suite)).await.unwrap();
        assert_eq!(me(&suite, &session).await.expect(200)["user"]["email_proof"], proof, "{rule:?}");
    }
}

// A stranger signed up with Maya's address, and planted an authenticator app, before she had a login.
#[tokio::test]
async fn first_mailed_password_link_drops_what_a_stranger_planted() {
    let (suite, stranger) = scene().await;
    second_factor::switched_on(&suite, stranger).await;
    let reset = |token: String| json!({"token": token, "password": "a new horse"});
    let handed_over = reset_token(&suite, &stored(&suite).await, LinkDelivery::HandedOver).await;
    let asked = suite.post("/api/auth/reset", reset(handed_over)).await.expect(200);
    assert!(asked.get("second_factor").is_some(), "a link that others saw proves nothing: {asked}");
    let mailed = reset_token(&suite, &stored(&suite).await, LinkDelivery::Mailed).await;
    let opened = suite.post("/api/auth/reset", reset(mailed)).await.expect(200);
    assert_eq!(opened["user"]["email_proof"], "proven");
    let (login, _) = stored(&suite).await;
    assert!(!login.has_second_factor() && login.recovery_codes.is_empty());
    // From now on her own factors outlast a link.
    second_factor::switched_on(&suite, opened).await;
    let mailed = reset_token(&suite, &stored(&suite).await, LinkDelivery::Mailed).await;
    let asked = suite.post("/api/auth/reset", reset(mailed)).await.expect(200);
    assert!(asked.get("second_factor").is_some(), "{asked}");
}

#[tokio::test]
async fn device_that_was_not_used_for_two_weeks_signs_in_again() {
    let (suite, session) = scene().await;
    suite.stage.advance(LONGEST_IDLE);
    let session = refresh(&suite, &session).await.expect(200);
    suite.stage.advance(LONGEST_IDLE + SignedDuration::from_secs(1));
    assert_eq!(refresh(&suite, &session).await.expect(401)["code"], "session_expired");
}
