//! The golden request of a verification; the whole table of verdicts; every error by class.

use crate::tests::{account, answering, no_smtp, providers};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{CallError, EmailVerifier, Verification};
use domain::contact::email_address::EmailAddress;
use domain::lead::enrichment::Deliverability;
use domain::workspace::account::AccountSettings;

async fn ask(status: u16, body: &str) -> Result<Verification, CallError> {
    let (http, asked) = answering(status, body);
    let settings = AccountSettings::Hunter { base_url: "https://api.hunter.io/v2/".to_owned() };
    let account = account(settings, SecretFields::one("api_key", "k3y"));
    let email = EmailAddress::parse("ann+x@lead.test").unwrap();
    let verification = providers(http, no_smtp()).verify_email(&account, &email).await;
    let request = asked.lock().unwrap().pop().unwrap();
    assert_eq!(request.uri(), "https://api.hunter.io/v2/email-verifier?email=ann%2Bx%40lead.test");
    assert_eq!(request.headers()["x-api-key"], "k3y");
    assert!(!format!("{request:?}").contains("k3y"));
    verification
}

#[tokio::test]
async fn recorded_response_is_read() {
    let found = ask(200, include_str!("../fixtures/valid.json")).await.unwrap();
    let expected = Verification { verdict: Deliverability::Deliverable, score: Some(97), objected: false };
    assert_eq!(found, expected);
}

#[tokio::test]
async fn each_status_has_its_verdict() {
    for (status, score, verdict) in [
        ("valid", 90, Deliverability::Deliverable),
        ("webmail", 90, Deliverability::Deliverable),
        ("webmail", 89, Deliverability::Risky),
        ("accept_all", 60, Deliverability::AcceptAll),
        ("invalid", 0, Deliverability::Undeliverable),
        ("disposable", 10, Deliverability::Undeliverable),
        ("unknown", 45, Deliverability::Unknown),
        ("of_tomorrow", 45, Deliverability::Unknown),
    ] {
        let body = format!(r#"{{"data":{{"status":"{status}","score":{score}}}}}"#);
        assert_eq!(ask(200, &body).await.unwrap().verdict, verdict, "{status}");
    }
}

#[tokio::test]
async fn errors_are_classified_by_what_can_be_done() {
    let told = |id: &str, details: &str| {
        format!(r#"{{"errors":[{{"id":"{id}","code":400,"details":"{details}"}}]}}"#)
    };
    assert!(matches!(ask(202, r#"{"data":{"status":"unknown"}}"#).await, Err(CallError::Unavailable(_))));
    assert!(matches!(ask(401, &told("authentication_failed", "no")).await, Err(CallError::Account(_))));
    assert!(matches!(ask(403, &told("rate", "slow down")).await, Err(CallError::RateLimited { .. })));
    let used_up = told("too_many_requests", "You've exceeded your usage for this billing period");
    assert!(matches!(ask(429, &used_up).await, Err(CallError::Account(_))));
    assert!(matches!(ask(429, &told("too_many_requests", "slow")).await, Err(CallError::RateLimited { .. })));
    assert!(matches!(ask(422, &told("invalid", "x")).await, Err(CallError::Rejected(_))));
    assert!(matches!(ask(500, "").await, Err(CallError::Unavailable(_))));
    assert!(ask(451, &told("claimed_email", "objected")).await.unwrap().objected);
}
