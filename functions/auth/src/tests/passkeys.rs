//! Passkeys: added, used in place of password and code, renamed, removed, and what is refused on the way.

use super::second_factor::{switched_on, verify};
use super::*;
use application::PageRequest;
use domain::workspace::access_record::AccessKind;
use sandbox::PasskeyDevice;

const DELETE: http::Method = http::Method::DELETE;
const GET: http::Method = http::Method::GET;
const PATCH: http::Method = http::Method::PATCH;
const POST: http::Method = http::Method::POST;
const ORIGIN: &str = "https://leadflow.example";

async fn asked(suite: &Suite, session: &Value) -> Value {
    bearer(suite, POST, "/api/auth/passkeys", session).await.expect(200)
}

async fn add(suite: &Suite, session: &Value, made: Value) -> Reply {
    send_as(suite, POST, "/api/auth/passkeys/new", session, made).await
}

async fn challenge(suite: &Suite) -> Value {
    suite.post("/api/auth/passkey/begin", json!({})).await.expect(200)
}

async fn sign_in(suite: &Suite, answer: Value) -> Reply {
    suite.post("/api/auth/passkey/sign-in", json!({"passkey": answer})).await
}

/// Maya with a passkey on her phone: her session, the recovery codes, the phone.
struct WithPasskey {
    session: Value,
    codes: Vec<String>,
    phone: PasskeyDevice,
    id: String,
}

async fn maya_with(suite: &Suite, mut phone: PasskeyDevice) -> WithPasskey {
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    let mut made = phone.make(&asked(suite, &session).await);
    made["name"] = json!("Maya's phone");
    let added = add(suite, &session, made).await.expect(201);
    let codes = added["first"]["codes"].as_array().expect("the first second factor brings recovery codes");
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    let id = added["passkey"]["id"].as_str().unwrap().to_owned();
    WithPasskey { session: added["first"]["session"].clone(), codes, phone, id }
}

async fn maya_with_phone(suite: &Suite) -> WithPasskey {
    maya_with(suite, PasskeyDevice::new(1, ORIGIN)).await
}

async fn listed(suite: &Suite, session: &Value) -> Vec<Value> {
    let shown = bearer(suite, GET, "/api/auth/passkeys", session).await.expect(200);
    shown["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn passkey_signs_in_without_password_and_code() {
    for phone in [PasskeyDevice::new(1, ORIGIN), PasskeyDevice::with_rsa(1, ORIGIN)] {
        let suite = suite().await;
        let WithPasskey { session, phone, .. } = maya_with(&suite, phone).await;
        let shown = listed(&suite, &session).await;
        assert_eq!((&shown[0]["name"], &shown[0]["used_at"]), (&json!("Maya's phone"), &Value::Null));
        let opened = sign_in(&suite, phone.answer(&challenge(&suite).await)).await.expect(200);
        assert_eq!(opened["user"]["email"], "maya@harbour.example");
        me(&suite, &opened).await.expect(200);
        assert!(listed(&suite, &opened).await[0]["used_at"].is_string());
    }
}

#[tokio::test]
async fn first_passkey_ends_other_sessions_and_the_password_alone_signs_in_no_more() {
    let suite = suite().await;
    let before = suite.post("/api/auth/signup", maya()).await.expect(201);
    let elsewhere = log_in(&suite, "correct horse").await.expect(200);
    let mut phone = PasskeyDevice::new(1, ORIGIN);
    let added = add(&suite, &before, phone.make(&asked(&suite, &before).await)).await.expect(201);
    for over in [&before, &elsewhere] {
        assert_eq!(refresh(&suite, over).await.expect(401)["code"], "credentials_changed");
    }
    refresh(&suite, &added["first"]["session"]).await.expect(200);
    let answer = log_in(&suite, "correct horse").await.expect(200)["second_factor"].clone();
    assert_eq!((&answer["app"], &answer["passkey"]), (&json!(false), &json!(true)));
    let answered = phone.answer(&challenge(&suite).await);
    let second = json!({"passkey": answered, "token": answer["token"]});
    let opened = suite.post("/api/auth/passkey/sign-in", second).await.expect(200);
    me(&suite, &opened).await.expect(200);
    let code = added["first"]["codes"][0].as_str().unwrap();
    verify(&suite, &answer["token"], code).await.expect(200);
    verify(&suite, &answer["token"], code).await.expect(422);
}

#[tokio::test]
async fn second_passkey_brings_no_codes_and_ends_no_session() {
    let suite = suite().await;
    let WithPasskey { session, .. } = maya_with_phone(&suite).await;
    let again = PasskeyDevice::new(1, ORIGIN).make(&asked(&suite, &session).await);
    assert_eq!(add(&suite, &session, again).await.expect(409)["code"], "passkey_known");
    let added = add(&suite, &session, PasskeyDevice::new(2, ORIGIN).make(&asked(&suite, &session).await));
    assert_eq!(added.await.expect(201)["first"], Value::Null);
    refresh(&suite, &session).await.expect(200);
    assert_eq!(listed(&suite, &session).await.len(), 2);
}

#[tokio::test]
async fn answer_for_another_site_challenge_or_login_or_without_a_check_of_the_user_is_refused() {
    let suite = suite().await;
    let WithPasskey { phone, .. } = maya_with_phone(&suite).await;
    let refused = async |answer: Value| sign_in(&suite, answer).await.expect(422)["field"].clone();

    let phishing = phone.at("https://leadflow.example.evil");
    assert_eq!(refused(phishing.answer(&challenge(&suite).await)).await, "passkey");
    let mut other_host = challenge(&suite).await;
    other_host["host"] = json!("evil.example");
    refused(phone.answer(&other_host)).await;

    let mut mixed = challenge(&suite).await;
    mixed["challenge"] = challenge(&suite).await["challenge"].clone();
    refused(phone.answer(&mixed)).await;

    let careless = phone.unverified();
    let detail = sign_in(&suite, careless.answer(&challenge(&suite).await)).await.expect(422);
    assert!(detail["errors"][0]["detail"].as_str().unwrap().contains("PIN"), "{detail}");

    let joe = json!({"email": "joe@elsewhere.example", "password": "another horse", "name": "Joe",
        "workspace_name": "Elsewhere"});
    let joe = suite.post("/api/auth/signup", joe).await.expect(201);
    let mut his = PasskeyDevice::new(2, ORIGIN);
    add(&suite, &joe, his.make(&asked(&suite, &joe).await)).await.expect(201);
    let (mut hers, mine) = (phone.answer(&challenge(&suite).await), his.answer(&challenge(&suite).await));
    hers["user_handle"] = mine["user_handle"].clone();
    refused(hers).await;
    let mut borrowed = his.answer(&challenge(&suite).await);
    borrowed["credential"] = phone.answer(&challenge(&suite).await)["credential"].clone();
    borrowed["user_handle"] = phone.answer(&challenge(&suite).await)["user_handle"].clone();
    refused(borrowed).await;

    for (field, nonsense) in
        [("user_handle", ""), ("signature", "AAAA"), ("client_data", "e30"), ("client_data", "?")]
    {
        let mut broken = phone.answer(&challenge(&suite).await);
        broken[field] = json!(nonsense);
        refused(broken).await;
    }
    sign_in(&suite, phone.answer(&challenge(&suite).await)).await.expect(200);
}

#[tokio::test]
async fn answer_works_once_and_for_five_minutes() {
    let suite = suite().await;
    let WithPasskey { phone, session, .. } = maya_with_phone(&suite).await;
    let answer = phone.answer(&challenge(&suite).await);
    sign_in(&suite, answer.clone()).await.expect(200);
    assert_eq!(sign_in(&suite, answer).await.expect(410)["code"], "attempt_expired");
    let adding = asked(&suite, &session).await;
    sign_in(&suite, phone.answer(&adding)).await.expect(410);
    let (late, made) = (phone.answer(&challenge(&suite).await), PasskeyDevice::new(2, ORIGIN).make(&adding));
    suite.stage.advance(SignedDuration::from_mins(5));
    sign_in(&suite, late).await.expect(410);
    add(&suite, &session, made).await.expect(410);
}

#[tokio::test]
async fn passkey_that_counted_fewer_signatures_than_before_is_refused_and_told_of() {
    let suite = suite().await;
    let WithPasskey { mut phone, .. } = maya_with_phone(&suite).await;
    for counter in [5, 6] {
        phone.counter = counter;
        sign_in(&suite, phone.answer(&challenge(&suite).await)).await.expect(200);
    }
    for counter in [6, 5, 0] {
        phone.counter = counter;
        let refused = sign_in(&suite, phone.answer(&challenge(&suite).await)).await.expect(403);
        assert_eq!(refused["code"], "passkey_copied");
    }
    assert!(
        format!("{:?}", suite.stage.stream()).contains("passkey_copied"),
        "the log of the workspace tells"
    );
    phone.counter = 7;
    sign_in(&suite, phone.answer(&challenge(&suite).await)).await.expect(200);
}

#[tokio::test]
async fn passkey_is_made_for_the_login_that_asked_and_with_a_check_of_the_user() {
    let suite = suite().await;
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    let joe = json!({"email": "joe@elsewhere.example", "password": "another horse", "name": "Joe",
        "workspace_name": "Elsewhere"});
    let joe = suite.post("/api/auth/signup", joe).await.expect(201);
    let device = || PasskeyDevice::new(1, ORIGIN);
    let his = device().make(&asked(&suite, &joe).await);
    assert_eq!(add(&suite, &session, his).await.expect(410)["code"], "attempt_expired");
    let careless = device().unverified().make(&asked(&suite, &session).await);
    assert_eq!(add(&suite, &session, careless).await.expect(422)["field"], "passkey");
    let elsewhere = PasskeyDevice::new(1, "https://evil.example").make(&asked(&suite, &session).await);
    assert_eq!(add(&suite, &session, elsewhere).await.expect(422)["field"], "authenticator_data");
    let made = device().make(&asked(&suite, &session).await);
    let twice = made.clone();
    add(&suite, &session, made).await.expect(201);
    add(&suite, &session, twice).await.expect(401);
}

#[tokio::test]
async fn passkey_is_renamed_and_removed_and_the_password_signs_in_again() {
    let suite = suite().await;
    let WithPasskey { session, phone, id, .. } = maya_with_phone(&suite).await;
    let path = format!("/api/auth/passkeys/{id}");
    let named = send_as(&suite, PATCH, &path, &session, json!({"name": "Old phone"})).await.expect(200);
    assert_eq!(named["name"], "Old phone");
    send_as(&suite, PATCH, &path, &session, json!({"name": " "})).await.expect(422);
    bearer(&suite, DELETE, "/api/auth/passkeys/unknown", &session).await.expect(404);
    bearer(&suite, DELETE, &path, &session).await.expect(204);
    sign_in(&suite, phone.answer(&challenge(&suite).await)).await.expect(422);
    let state = bearer(&suite, GET, "/api/auth/totp", &session).await.expect(200);
    assert_eq!((&state["on"], &state["recovery_codes_left"]), (&json!(false), &json!(0)));
    me(&suite, &log_in(&suite, "correct horse").await.expect(200)).await.expect(200);
}

#[tokio::test]
async fn recovery_codes_stay_while_an_app_or_a_passkey_is_there() {
    let suite = suite().await;
    let WithPasskey { session, codes, id, .. } = maya_with_phone(&suite).await;
    let two = switched_on(&suite, session).await;
    assert!(two.codes.is_empty(), "the codes of the first second factor go on");
    bearer(&suite, DELETE, &format!("/api/auth/passkeys/{id}"), &two.session).await.expect(204);
    let answer = log_in(&suite, "correct horse").await.expect(200)["second_factor"].clone();
    assert_eq!((&answer["app"], &answer["passkey"]), (&json!(true), &json!(false)));
    verify(&suite, &answer["token"], &codes[0]).await.expect(200);
}

#[tokio::test]
async fn last_way_to_sign_in_is_not_removed() {
    let suite = suite().await;
    let WithPasskey { session, id, .. } = maya_with_phone(&suite).await;
    let (login, _) = stored(&suite).await;
    let without = Login { password_hash: String::new(), ..login };
    suite.stage.ports.logins().save_login(&without).await.unwrap();
    log_in(&suite, "").await.expect(401);
    let path = format!("/api/auth/passkeys/{id}");
    assert_eq!(bearer(&suite, DELETE, &path, &session).await.expect(409)["code"], "last_way_in");
}

#[tokio::test]
async fn way_to_sign_in_is_changed_only_within_ten_minutes_of_a_proof() {
    let suite = suite().await;
    let WithPasskey { session, phone, id, codes } = maya_with_phone(&suite).await;
    suite.stage.advance(SignedDuration::from_mins(10));
    let session = refresh(&suite, &session).await.expect(200);
    let session = bearer(&suite, POST, "/api/auth/logout-others", &session).await.expect(200);
    let passkey = format!("/api/auth/passkeys/{id}");
    let refused = async || {
        for (method, path, body) in [
            (POST, "/api/auth/totp", None),
            (DELETE, "/api/auth/totp", None),
            (POST, "/api/auth/passkeys", None),
            (PATCH, &*passkey, Some(json!({"name": "Stolen"}))),
            (DELETE, &*passkey, None),
            (DELETE, "/api/auth/identities/oidc", None),
            (POST, "/api/auth/identities", Some(json!({"ticket": "any"}))),
        ] {
            let token = format!("Bearer {}", session["access_token"].as_str().unwrap());
            let reply = suite.send(method, path, body, &[("authorization", &token)]).await;
            assert_eq!(reply.expect(403)["code"], "proof_needed", "{path}");
        }
    };
    refused().await;
    let confirm = async |body: Value| send_as(&suite, POST, "/api/auth/confirm", &session, body).await;
    let answer = phone.answer(&challenge(&suite).await);
    for wrong in [
        json!({}),
        json!({"password": "guess"}),
        json!({"password": "correct horse"}),
        json!({"code": "000000"}),
        json!({"password": "correct horse", "code": codes[0]}),
        json!({"code": codes[0], "passkey": answer}),
    ] {
        confirm(wrong).await.expect(422);
    }
    refused().await;
    let change = json!({"current_password": "correct horse", "new_password": "a better horse"});
    let mut session = send_as(&suite, POST, "/api/auth/password", &session, change).await.expect(200);
    bearer(&suite, POST, "/api/auth/passkeys", &session).await.expect(403);
    for way in ["code", "passkey"] {
        let proof = match way {
            "code" => json!(codes[1]),
            _ => phone.answer(&challenge(&suite).await),
        };
        send_as(&suite, POST, "/api/auth/confirm", &session, json!({way: proof})).await.expect(204);
        asked(&suite, &session).await;
        suite.stage.advance(SignedDuration::from_mins(10));
        session = refresh(&suite, &session).await.expect(200);
        bearer(&suite, POST, "/api/auth/passkeys", &session).await.expect(403);
    }
}

#[tokio::test]
async fn password_is_a_proof_of_a_login_without_a_second_factor() {
    let suite = suite().await;
    let session = suite.post("/api/auth/signup", maya()).await.expect(201);
    suite.stage.advance(SignedDuration::from_mins(10));
    bearer(&suite, POST, "/api/auth/passkeys", &session).await.expect(403);
    let password = json!({"password": "correct horse"});
    send_as(&suite, POST, "/api/auth/confirm", &session, password).await.expect(204);
    asked(&suite, &session).await;
}

#[tokio::test]
async fn passkey_of_another_login_is_no_proof() {
    let suite = suite().await;
    let WithPasskey { phone, .. } = maya_with_phone(&suite).await;
    let joe = json!({"email": "joe@elsewhere.example", "password": "another horse", "name": "Joe",
        "workspace_name": "Elsewhere"});
    let joe = suite.post("/api/auth/signup", joe).await.expect(201);
    let answer = phone.answer(&challenge(&suite).await);
    let refused =
        send_as(&suite, POST, "/api/auth/confirm", &joe, json!({"passkey": answer})).await.expect(422);
    assert_eq!(refused["field"], "passkey");
}

#[tokio::test]
async fn refused_passkeys_are_in_the_access_log() {
    let suite = suite().await;
    let WithPasskey { phone, .. } = maya_with_phone(&suite).await;
    let refusals = async || {
        let (_, user) = stored(&suite).await;
        let page = PageRequest { limit: 100, cursor: None };
        let noted = suite.stage.ports.access_log().list(&user.workspace, page).await.unwrap().items;
        noted.iter().filter(|entry| entry.kind == AccessKind::SignInRefused).count()
    };
    let mut forged = phone.answer(&challenge(&suite).await);
    forged["signature"] = json!("AAAA");
    sign_in(&suite, forged).await.expect(422);
    assert_eq!(refusals().await, 1);
    suite.stage.advance(SignedDuration::from_secs(60));
    sign_in(&suite, phone.unverified().answer(&challenge(&suite).await)).await.expect(422);
    assert_eq!(refusals().await, 2);
}

#[tokio::test]
async fn recovery_codes_are_renewed_with_a_passkey() {
    let suite = suite().await;
    let WithPasskey { session, phone, codes, .. } = maya_with_phone(&suite).await;
    let path = "/api/auth/totp/recovery-codes";
    send_as(&suite, POST, path, &session, json!({})).await.expect(422);
    let answer = phone.answer(&challenge(&suite).await);
    let renewed = send_as(&suite, POST, path, &session, json!({"passkey": answer})).await.expect(200);
    let token = log_in(&suite, "correct horse").await.expect(200)["second_factor"]["token"].clone();
    verify(&suite, &token, &codes[0]).await.expect(422);
    verify(&suite, &token, renewed["codes"][0].as_str().unwrap()).await.expect(200);
}
