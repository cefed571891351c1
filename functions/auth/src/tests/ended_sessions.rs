//! Sessions that are over: their access tokens are refused within a minute, although they would last longer.

use super::*;
use http::Method;

/// Passes the time in which every process looks at a session again.
fn minute_passes(suite: &Suite) {
    suite.stage.advance(SignedDuration::from_secs(60));
}

/// The owner of a new workspace, signed in on two devices that have both been used.
async fn two_devices(suite: &Suite) -> (Value, Value) {
    let here = suite.post("/api/auth/signup", maya()).await.expect(201);
    let there = log_in(suite, "correct horse").await.expect(200);
    for session in [&here, &there] {
        me(suite, session).await.expect(200);
    }
    (here, there)
}

#[tokio::test]
async fn access_token_is_refused_within_a_minute_of_sign_out() {
    let suite = suite().await;
    let (here, there) = two_devices(&suite).await;
    bearer(&suite, Method::POST, "/api/auth/logout", &there).await.expect(204);
    minute_passes(&suite);
    assert_eq!(me(&suite, &there).await.expect(401)["code"], "session_ended");
    me(&suite, &here).await.expect(200);
}

#[tokio::test]
async fn access_tokens_of_other_devices_are_refused_within_a_minute_of_a_new_password() {
    let suite = suite().await;
    let (here, there) = two_devices(&suite).await;
    let change = json!({"current_password": "correct horse", "new_password": "a better horse"});
    let on = send_as(&suite, Method::POST, "/api/auth/password", &here, change).await.expect(200);
    me(&suite, &on).await.expect(200);
    minute_passes(&suite);
    for over in [&here, &there] {
        assert_eq!(me(&suite, over).await.expect(401)["code"], "session_ended");
    }
    me(&suite, &on).await.expect(200);
}

#[tokio::test]
async fn access_token_of_a_session_that_another_device_ended_is_refused_within_a_minute() {
    let suite = suite().await;
    let (here, there) = two_devices(&suite).await;
    let on = bearer(&suite, Method::POST, "/api/auth/logout-others", &here).await.expect(200);
    minute_passes(&suite);
    me(&suite, &there).await.expect(401);
    me(&suite, &on).await.expect(200);
}

#[tokio::test]
async fn access_token_of_a_disabled_user_is_refused_within_a_minute() {
    let suite = suite().await;
    let (here, _) = two_devices(&suite).await;
    let (_, mut user) = stored(&suite).await;
    user.disabled = true;
    suite.stage.ports.users().save(&user, &disabled(&suite)).await.unwrap();
    minute_passes(&suite);
    me(&suite, &here).await.expect(401);
}

#[tokio::test]
async fn session_is_read_once_in_half_a_minute_at_half_the_price() {
    let suite = suite().await;
    let (here, _) = two_devices(&suite).await;
    let read_units = async |after: i64| {
        suite.stage.advance(SignedDuration::from_secs(after));
        let ledger = suite.stage.cloud.ledger();
        let before = ledger.snapshot();
        me(&suite, &here).await.expect(200);
        ledger.since(&before).read_units()
    };
    let known = read_units(29).await;
    let read = read_units(1).await;
    assert!((read - known - 1.5).abs() < 0.01, "{read} after {known}: three items of one unit each");
}

/// A stolen token is tried again and again.
#[tokio::test]
async fn ended_session_stays_ended_without_a_read_each_time() {
    let suite = suite().await;
    let (here, _) = two_devices(&suite).await;
    bearer(&suite, Method::POST, "/api/auth/logout", &here).await.expect(204);
    minute_passes(&suite);
    me(&suite, &here).await.expect(401);
    let ledger = suite.stage.cloud.ledger();
    let before = ledger.snapshot();
    me(&suite, &here).await.expect(401);
    assert_eq!(ledger.since(&before).total().calls, 0);
}
