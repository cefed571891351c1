//! Two-step sign-in: set up, asked for at every door, renewed and switched off.

use super::*;
use sandbox::authenticator_code;

const POST: http::Method = http::Method::POST;

/// Maya with two-step sign-in: her session, the app's secret and the recovery codes.
pub(super) struct TwoSteps {
    pub(super) session: Value,
    secret: String,
    pub(super) codes: Vec<String>,
}

async fn begin(suite: &Suite, session: &Value) -> Value {
    bearer(suite, POST, "/api/auth/totp", session).await.expect(200)
}

fn code(suite: &Suite, secret: &str) -> String {
    authenticator_code(secret, suite.stage.clock.now())
}

pub(super) async fn switched_on(suite: &Suite, session: Value) -> TwoSteps {
    let begun = begin(suite, &session).await;
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let first = json!({"setup": begun["setup"], "code": code(suite, &secret)});
    let made = send_as(suite, POST, "/api/auth/totp/confirm", &session, first).await.expect(200);
    let (session, codes) = match &made["first"] {
        Value::Null => (session, Vec::new()),
        first => (first["session"].clone(), first["codes"].as_array().unwrap().clone()),
    };
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    // The code that confirmed is used up.
    suite.stage.advance(SignedDuration::from_secs(30));
    TwoSteps { session, secret, codes }
}

async fn maya_in_two_steps(suite: &Suite) -> TwoSteps {
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    switched_on(suite, session).await
}

async fn challenged(suite: &Suite) -> Value {
    let answer = log_in(suite, "correct horse").await.expect(200);
    assert_eq!(answer.as_object().unwrap().len(), 1, "no session: {answer}");
    answer["second_factor"]["token"].clone()
}

pub(super) async fn verify(suite: &Suite, token: &Value, code: &str) -> Reply {
    suite.post("/api/auth/totp/verify", json!({"token": token, "code": code})).await
}

#[tokio::test]
async fn password_alone_opens_no_session_once_two_step_sign_in_is_on() {
    let suite = suite().await;
    let TwoSteps { session, secret, codes } = maya_in_two_steps(&suite).await;
    assert_eq!(codes.len(), 10);
    let shown = bearer(&suite, http::Method::GET, "/api/auth/totp", &session).await.expect(200);
    assert!(shown["since"].is_string() && shown["recovery_codes_left"] == 10, "{shown}");
    let token = challenged(&suite).await;
    let wrong = verify(&suite, &token, "000000").await.expect(422);
    assert_eq!(wrong["field"], "code");
    let opened = verify(&suite, &token, &code(&suite, &secret)).await.expect(200);
    me(&suite, &opened).await.expect(200);
    refresh(&suite, &opened).await.expect(200);
}

#[tokio::test]
async fn code_of_the_app_is_accepted_once() {
    let suite = suite().await;
    let TwoSteps { secret, .. } = maya_in_two_steps(&suite).await;
    let (token, now) = (challenged(&suite).await, code(&suite, &secret));
    verify(&suite, &token, &now).await.expect(200);
    verify(&suite, &token, &now).await.expect(422);
    verify(&suite, &challenged(&suite).await, &now).await.expect(422);
    suite.stage.advance(SignedDuration::from_secs(30));
    verify(&suite, &challenged(&suite).await, &code(&suite, &secret)).await.expect(200);
}

#[tokio::test]
async fn recovery_code_signs_in_once_and_new_ones_void_the_rest() {
    let suite = suite().await;
    let TwoSteps { session, secret, codes } = maya_in_two_steps(&suite).await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    verify(&suite, &challenged(&suite).await, &typed).await.expect(200);
    verify(&suite, &challenged(&suite).await, &codes[3]).await.expect(422);
    let path = "/api/auth/totp/recovery-codes";
    send_as(&suite, POST, path, &session, json!({"code": "000000"})).await.expect(422);
    let with = json!({"code": code(&suite, &secret)});
    let renewed = send_as(&suite, POST, path, &session, with).await.expect(200);
    verify(&suite, &challenged(&suite).await, &codes[4]).await.expect(422);
    let new = renewed["codes"][0].as_str().unwrap();
    verify(&suite, &challenged(&suite).await, new).await.expect(200);
    let kept = format!("{:?}", suite.stage.stream());
    for secret in [&secret, new, &new.replace('-', ""), &codes[0].replace('-', "")] {
        assert!(!kept.contains(secret), "no secret is stored readable");
    }
}

#[tokio::test]
async fn recovery_code_has_more_than_112_bits_and_a_shorter_one_of_before_still_signs_in() {
    let suite = suite().await;
    let TwoSteps { codes, .. } = maya_in_two_steps(&suite).await;
    for code in &codes {
        let characters = code.chars().filter(|c| *c != '-').count();
        assert!(characters * 5 >= 112 && code.split('-').all(|group| group.len() == 4), "{code}");
    }
    let (mut login, _) = stored(&suite).await;
    // The digest of `abcd2345efgh6723`.
    login.recovery_codes[0] = "37efd7c759eca8b9ef3b1d66ec3e93a0ed007dfb8da3746fcdd0477fb288db8a".to_owned();
    suite.stage.ports.logins().save_login(&login).await.unwrap();
    verify(&suite, &challenged(&suite).await, "ABCD-2345-efgh-6723").await.expect(200);
    verify(&suite, &challenged(&suite).await, &codes[1]).await.expect(200);
}

#[tokio::test]
async fn challenge_is_dead_after_five_minutes_and_after_a_new_password() {
    let suite = suite().await;
    let TwoSteps { session, secret, .. } = maya_in_two_steps(&suite).await;
    let (late, other) = (challenged(&suite).await, challenged(&suite).await);
    suite.stage.advance(SignedDuration::from_mins(5));
    let refused = verify(&suite, &late, &code(&suite, &secret)).await.expect(401);
    assert_eq!(refused["code"], "challenge_expired");
    let open = challenged(&suite).await;
    let session = refresh(&suite, &session).await.expect(200);
    let change = json!({"current_password": "correct horse", "new_password": "a better horse"});
    send_as(&suite, POST, "/api/auth/password", &session, change).await.expect(200);
    for void in [open, other, json!("nonsense"), json!("")] {
        verify(&suite, &void, &code(&suite, &secret)).await.expect(401);
    }
}

#[tokio::test]
async fn guessed_codes_get_429_with_the_right_one_among_them() {
    let suite = suite().await;
    let TwoSteps { secret, .. } = maya_in_two_steps(&suite).await;
    for _ in 0..10 {
        verify(&suite, &challenged(&suite).await, "000000").await.expect(422);
    }
    let token = challenged(&suite).await;
    let refused = verify(&suite, &token, &code(&suite, &secret)).await;
    assert!(refused.headers.contains_key("retry-after"));
    assert!(refused.expect(429)["detail"].as_str().unwrap().contains("Try again in"));
    suite.stage.advance(SignedDuration::from_mins(15));
    verify(&suite, &challenged(&suite).await, &code(&suite, &secret)).await.expect(200);
}

#[tokio::test]
async fn reset_link_asks_for_the_code_too() {
    let suite = suite().await;
    let TwoSteps { secret, .. } = maya_in_two_steps(&suite).await;
    prove_address(&suite).await;
    let token = reset_token(&suite, &stored(&suite).await, LinkDelivery::Mailed).await;
    let with = json!({"token": token, "password": "a new horse"});
    let answer = suite.post("/api/auth/reset", with).await.expect(200);
    assert!(answer.get("access_token").is_none(), "{answer}");
    let challenge = &answer["second_factor"]["token"];
    verify(&suite, challenge, "000000").await.expect(422);
    let opened = verify(&suite, challenge, &code(&suite, &secret)).await.expect(200);
    me(&suite, &opened).await.expect(200);
}

#[tokio::test]
async fn login_with_a_second_factor_joins_a_team_by_its_code_and_not_before() {
    let suite = suite().await;
    let TwoSteps { session, secret, .. } = maya_in_two_steps(&suite).await;
    let token = invite(&suite, "maya@harbour.example").await;
    let path = "/api/auth/invitation";
    suite.post(path, accepted(&token, "a wrong password")).await.expect(422);
    let answer = suite.post(path, accepted(&token, "correct horse")).await.expect(200);
    assert!(answer.get("access_token").is_none(), "{answer}");
    refresh(&suite, &session).await.expect(200);
    assert_eq!(stored(&suite).await.0.memberships.len(), 1, "the password alone joins nothing");
    let challenge = &answer["second_factor"]["token"];
    verify(&suite, challenge, "000000").await.expect(422);
    let joined = verify(&suite, challenge, &code(&suite, &secret)).await.expect(200);
    assert_eq!(
        (&joined["workspace"]["name"], &joined["user"]["name"]),
        (&json!("northquay"), &json!("Benjamin"))
    );
    assert_eq!(stored(&suite).await.0.memberships.len(), 2);
}

#[tokio::test]
async fn authenticator_app_is_set_up_with_its_first_code_and_ends_other_sessions() {
    let suite = suite().await;
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    let begun = begin(&suite, &session).await;
    let secret = begun["secret"].as_str().unwrap();
    let uri = format!("otpauth://totp/leadflow:maya@harbour.example?secret={secret}&issuer=leadflow");
    assert_eq!(begun["uri"], uri);
    let elsewhere = log_in(&suite, "correct horse").await.expect(200);
    elsewhere["access_token"].as_str().expect("nothing is on yet");
    let confirm = async |session: &Value, setup: &Value, code: &str| {
        let body = json!({"setup": setup, "code": code});
        send_as(&suite, POST, "/api/auth/totp/confirm", session, body).await
    };
    let wrong = confirm(&session, &begun["setup"], "000000").await.expect(422);
    assert_eq!(wrong["field"], "code");
    let joe = json!({"email": "joe@elsewhere.example", "password": "another horse", "name": "Joe",
        "workspace_name": "Elsewhere"});
    let joe = suite.post("/api/auth/signup", joe).await.expect(201);
    let theirs = begin(&suite, &joe).await;
    let foreign = code(&suite, theirs["secret"].as_str().unwrap());
    let refused = confirm(&session, &theirs["setup"], &foreign).await.expect(410);
    assert_eq!(refused["code"], "setup_expired");
    let on = confirm(&session, &begun["setup"], &code(&suite, secret)).await.expect(200);
    for over in [&session, &elsewhere] {
        assert_eq!(refresh(&suite, over).await.expect(401)["code"], "credentials_changed");
    }
    let session = refresh(&suite, &on["first"]["session"]).await.expect(200);
    let again = confirm(&session, &begun["setup"], &code(&suite, secret)).await.expect(409);
    assert_eq!(again["code"], "second_factor_on");
    bearer(&suite, POST, "/api/auth/totp", &session).await.expect(409);
}

#[tokio::test]
async fn password_alone_signs_in_again_once_the_app_is_switched_off() {
    let suite = suite().await;
    let TwoSteps { session, .. } = maya_in_two_steps(&suite).await;
    bearer(&suite, http::Method::DELETE, "/api/auth/totp", &session).await.expect(204);
    let state = bearer(&suite, http::Method::GET, "/api/auth/totp", &session).await.expect(200);
    assert_eq!((&state["on"], &state["recovery_codes_left"]), (&json!(false), &json!(0)));
    me(&suite, &log_in(&suite, "correct horse").await.expect(200)).await.expect(200);
}

#[tokio::test]
async fn wrong_codes_of_strangers_do_not_lock_out_a_known_network() {
    let suite = suite().await;
    let TwoSteps { secret, .. } = maya_in_two_steps(&suite).await;
    let login = stored(&suite).await.0.id;
    let (limits, keys) = (suite.stage.ports.limits(), suite.stage.ports.keys());
    let strangers_guess = async |bucket: &str, most: u32, window: SignedDuration| {
        let bucket = format!("code/{bucket}/{}", keys.keyed_digest(login.as_str()));
        let mut guesses = 0;
        while limits.take(&bucket, most, window, suite.stage.clock.now()).await.unwrap().is_ok() {
            guesses += 1;
        }
        guesses
    };
    let quarter = SignedDuration::from_mins(15);
    assert_eq!(strangers_guess("address", 20, quarter).await, 20);
    verify(&suite, &challenged(&suite).await, &code(&suite, &secret)).await.expect(429);
    suite.stage.advance(quarter);
    verify(&suite, &challenged(&suite).await, &code(&suite, &secret)).await.expect(200);
    strangers_guess("address", 20, quarter).await;
    strangers_guess("day", 100, SignedDuration::from_hours(24)).await;
    suite.stage.advance(SignedDuration::from_secs(30));
    verify(&suite, &challenged(&suite).await, &code(&suite, &secret)).await.expect(200);
}

#[tokio::test]
async fn unknown_network_gets_no_code_accepted_after_a_hundred_wrong_ones_in_a_day() {
    let suite = suite().await;
    let TwoSteps { secret, .. } = maya_in_two_steps(&suite).await;
    let login = stored(&suite).await.0.id;
    let bucket = format!("code/day/{}", suite.stage.ports.keys().keyed_digest(login.as_str()));
    let (limits, day) = (suite.stage.ports.limits(), SignedDuration::from_hours(24));
    while limits.take(&bucket, 100, day, suite.stage.clock.now()).await.unwrap().is_ok() {}
    suite.stage.advance(SignedDuration::from_mins(16));
    verify(&suite, &challenged(&suite).await, &code(&suite, &secret)).await.expect(429);
    suite.stage.advance(day);
    verify(&suite, &challenged(&suite).await, &code(&suite, &secret)).await.expect(200);
}

#[tokio::test]
async fn switch_of_workspace_asks_for_no_code() {
    let suite = suite().await;
    let (own, joined) = maya_in_two_workspaces(&suite).await;
    let TwoSteps { session, .. } = switched_on(&suite, joined).await;
    switch(&suite, &session, &own["workspace"]["id"]).await.expect(200);
}

#[tokio::test]
async fn member_without_a_second_factor_can_only_set_one_up_where_the_workspace_asks_for_two_steps() {
    let suite = suite().await;
    let (own, joined) = maya_in_two_workspaces(&suite).await;
    assert_eq!(joined["second_factor_needed"], false);
    let mut workspace = suite.stage.ports.workspaces().get(&suite.workspace).await.unwrap();
    workspace.two_steps_required = true;
    let event = Event::system(EventKind::SettingsChanged, suite.stage.clock.now());
    suite.stage.ports.workspaces().save(&workspace, &event).await.unwrap();
    let held = refresh(&suite, &joined).await.expect(200);
    assert_eq!(held["second_factor_needed"], true);
    assert_eq!(me(&suite, &held).await.expect(200)["second_factor_needed"], true);
    let refused = |reply: Reply| assert_eq!(reply.expect(403)["code"], "second_factor_needed");
    refused(send_as(&suite, http::Method::PATCH, "/api/auth/me", &held, json!({"name": "M"})).await);
    refused(bearer(&suite, http::Method::GET, "/api/auth/sessions", &held).await);
    refused(bearer(&suite, http::Method::GET, "/api/auth/identities", &held).await);

    let elsewhere = switch(&suite, &held, &own["workspace"]["id"]).await.expect(200);
    assert_eq!(elsewhere["second_factor_needed"], false, "her own workspace asks for nothing");
    bearer(&suite, http::Method::GET, "/api/auth/sessions", &elsewhere).await.expect(200);
    let held = switch(&suite, &elsewhere, &held["workspace"]["id"]).await.expect(200);
    let two = switched_on(&suite, held).await;
    assert_eq!(two.session["second_factor_needed"], false);
    bearer(&suite, http::Method::GET, "/api/auth/sessions", &two.session).await.expect(200);
}
