//! The page's address and the meaning of each answer about tokens.

use super::{AuthorizationServer, Client, authorization_url, exchange, renewal, tokens};
use crate::transport::TransportError;
use application::ports::mailbox_grants::{
    AuthorizationCode, AuthorizationRequest, GrantFailure, GrantLoss, GrantTokens,
};
use http::Response;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;

fn server() -> AuthorizationServer {
    AuthorizationServer {
        authorize_url: "https://login.test/authorize".to_owned(),
        token_url: "https://login.test/token".to_owned(),
        scopes: &["https://api.test/Mail.Send", "offline_access"],
        needed: &["Mail.Send"],
        more: &[("prompt", "consent")],
    }
}

const CLIENT: Client<'_> = Client { id: "client-1", secret: "cl13nt-s3cret" };

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn answered(status: u16, body: &Value) -> Result<GrantTokens, GrantFailure> {
    let answer = Response::builder().status(status).body(body.to_string().into_bytes()).unwrap();
    tokens(&server(), Ok(answer), now())
}

#[test]
fn page_is_asked_with_pkce_state_and_exact_redirect() {
    let asked = AuthorizationRequest {
        redirect_uri: "https://app.test/connect?x=1".to_owned(),
        state: "st&te".to_owned(),
        code_challenge: "challenge".to_owned(),
    };
    let url =
        Url::parse(&authorization_url(&server(), "client-1", "joe@acme.test", &asked).unwrap()).unwrap();
    let pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "client-1"),
        ("redirect_uri", "https://app.test/connect?x=1"),
        ("scope", "https://api.test/Mail.Send offline_access"),
        ("state", "st&te"),
        ("code_challenge", "challenge"),
        ("code_challenge_method", "S256"),
        ("login_hint", "joe@acme.test"),
        ("prompt", "consent"),
    ] {
        assert_eq!(pairs.get(name).map(String::as_str), Some(value), "{name}");
    }
}

#[test]
fn requests_for_tokens_are_forms_with_the_clients_secret() {
    let code = AuthorizationCode {
        code: "4/c0de".to_owned(),
        code_verifier: "verifier".to_owned(),
        redirect_uri: "https://app.test/connect".to_owned(),
    };
    let request = exchange(&server(), CLIENT, &code).unwrap();
    assert_eq!(request.uri(), "https://login.test/token");
    let body = String::from_utf8(request.body().clone()).unwrap();
    assert!(body.contains("grant_type=authorization_code&code=4%2Fc0de&redirect_uri=https%3A%2F%2Fapp.test"));
    assert!(body.contains("code_verifier=verifier") && body.contains("client_secret=cl13nt-s3cret"));
    let body = String::from_utf8(renewal(&server(), CLIENT, "r1").unwrap().body().clone()).unwrap();
    assert!(body.ends_with("grant_type=refresh_token&refresh_token=r1"), "{body}");
    assert!(!format!("{code:?}").contains("c0de"));
}

#[test]
fn tokens_come_with_their_ends() {
    let all = json!({
        "access_token": "a", "token_type": "Bearer", "expires_in": 3599, "refresh_token": "r",
        "refresh_token_expires_in": 604_799, "scope": "https://api.test/Mail.Send"
    });
    let got = answered(200, &all).unwrap();
    assert_eq!(got.expires_at, "2026-11-20T12:59:59Z".parse().unwrap());
    assert_eq!(got.refresh_token.as_deref(), Some("r"));
    assert_eq!(got.refresh_expires_at, Some("2026-11-27T11:59:59Z".parse().unwrap()));
    assert!(!format!("{got:?}").contains("\"a\""));
    let bare = answered(200, &json!({ "access_token": "a" })).unwrap();
    assert_eq!((bare.refresh_token, bare.refresh_expires_at), (None, None));

    let less = answered(200, &json!({ "access_token": "a", "scope": "openid Mail.Read" }));
    let Err(GrantFailure::PermissionsMissing(missing)) = less else { panic!("{less:?}") };
    assert_eq!(missing, ["Mail.Send"]);
    assert!(answered(200, &json!({ "access_token": "a", "scope": "openid mail.send" })).is_ok());
    for odd in [json!({}), json!([]), json!({ "access_token": "a", "token_type": "mac" })] {
        assert!(matches!(answered(200, &odd), Err(GrantFailure::Unavailable { .. })), "{odd}");
    }
}

#[test]
fn refusal_of_a_grant_says_who_has_to_act() {
    use GrantLoss::{ConsentWithdrawn, RevokedOrExpired, SignInNeeded};
    let loss = |body: Value| match answered(400, &body) {
        Err(GrantFailure::Lost { loss, .. }) => loss,
        other => panic!("{body}: {other:?}"),
    };
    assert_eq!(loss(json!({ "error": "invalid_grant" })), RevokedOrExpired);
    assert_eq!(loss(json!({ "error": "invalid_grant", "error_codes": [700_082] })), RevokedOrExpired);
    assert_eq!(loss(json!({ "error": "invalid_grant", "error_codes": [50173] })), SignInNeeded);
    assert_eq!(loss(json!({ "error": "invalid_grant", "error_codes": [99_999_999] })), RevokedOrExpired);
    assert_eq!(
        loss(json!({ "error": "invalid_grant", "error_codes": [65001], "suberror": "consent_required" })),
        ConsentWithdrawn
    );
    assert_eq!(loss(json!({ "error": "interaction_required", "error_codes": [50076] })), SignInNeeded);
    assert_eq!(loss(json!({ "error": "invalid_grant", "error_subtype": "invalid_rapt" })), SignInNeeded);
    assert_eq!(loss(json!({ "error": "consent_required" })), ConsentWithdrawn);
    let admin = answered(400, &json!({ "error": "interaction_required", "error_codes": [53003] }));
    assert!(matches!(admin, Err(GrantFailure::AdministratorNeeded { .. })), "{admin:?}");
    for (status, error) in [
        (401, "invalid_client"),
        (400, "redirect_uri_mismatch"),
        (400, "invalid_scope"),
        (400, "unauthorized_client"),
    ] {
        let refused = answered(status, &json!({ "error": error }));
        assert!(matches!(refused, Err(GrantFailure::ClientRefused { .. })), "{refused:?}");
    }
    let busy = answered(400, &json!({ "error": "invalid_grant", "error_codes": [50033] }));
    assert!(matches!(busy, Err(GrantFailure::Unavailable { .. })), "{busy:?}");
    for status in [429, 500, 503] {
        let busy = answered(status, &json!({ "error": "invalid_grant" }));
        assert!(matches!(busy, Err(GrantFailure::Unavailable { .. })), "{status} {busy:?}");
    }
    let lost = tokens(&server(), Err(TransportError::NotSent("nobody there".into())), now());
    assert!(matches!(lost, Err(GrantFailure::Unavailable { .. })));
}

#[test]
fn failure_shows_codes_and_no_text_of_the_provider() {
    let told = json!({
        "error": "invalid_grant", "error_codes": [70008],
        "error_description": "AADSTS70008: the token eyJ0oken of joe@acme.test has expired"
    });
    let shown = answered(400, &told).unwrap_err().to_string();
    assert!(shown.contains("AADSTS70008") && !shown.contains("joe") && !shown.contains("eyJ"), "{shown}");
    let odd = answered(400, &json!({ "error": "a <b>\r\nc" })).unwrap_err().to_string();
    assert!(odd.contains("(abc)"), "{odd}");
}
