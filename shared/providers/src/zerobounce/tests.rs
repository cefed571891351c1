//! The golden request; the whole table of verdicts; every error by class.

use crate::tests::{answering, data_account, no_smtp, providers};
use application::ports::provider_calls::{CallError, EmailVerifier, Verification};
use domain::contact::email_address::EmailAddress;
use domain::lead::enrichment::Deliverability;
use serde_json::json;

async fn ask(status: u16, body: &str) -> Result<Verification, CallError> {
    let (http, asked) = answering(status, body);
    let account = data_account("zerobounce", "https://api.zerobounce.net");
    let email = EmailAddress::parse("ann+x@lead.test").unwrap();
    let verification = providers(http, no_smtp()).verify_email(&account, &email).await;
    assert_eq!(
        asked.lock().unwrap()[0].uri(),
        "https://api.zerobounce.net/v2/validate?email=ann%2Bx%40lead.test&api_key=k3y"
    );
    verification
}

#[tokio::test]
async fn each_status_has_its_verdict() {
    for (status, sub_status, verdict) in [
        ("valid", "", Deliverability::Deliverable),
        ("valid", "alternate", Deliverability::Deliverable),
        ("invalid", "mailbox_not_found", Deliverability::Undeliverable),
        ("catch-all", "", Deliverability::AcceptAll),
        ("valid", "accept_all", Deliverability::AcceptAll),
        ("do_not_mail", "role_based", Deliverability::Risky),
        ("do_not_mail", "mx_forward", Deliverability::Risky),
        ("do_not_mail", "role_based_catch_all", Deliverability::AcceptAll),
        ("do_not_mail", "disposable", Deliverability::Undeliverable),
        ("spamtrap", "", Deliverability::Undeliverable),
        ("abuse", "", Deliverability::Undeliverable),
        ("unknown", "greylisted", Deliverability::Unknown),
        ("of_tomorrow", "", Deliverability::Unknown),
    ] {
        let body = json!({"address": "ann@lead.test", "status": status, "sub_status": sub_status, "mx_found": "true"});
        assert_eq!(ask(200, &body.to_string()).await.unwrap().verdict, verdict, "{status} {sub_status}");
    }
}

#[tokio::test]
async fn errors_are_classified_by_what_can_be_done() {
    let told = |text: &str| json!({"error": text}).to_string();
    let both = told("Invalid API key or your account ran out of credits");
    assert!(matches!(ask(200, &both).await, Err(CallError::Account(_))), "a good status that failed");
    assert!(matches!(ask(400, &told("Missing parameter: api_key.")).await, Err(CallError::Account(_))));
    assert!(matches!(ask(400, &told("Missing parameter: email.")).await, Err(CallError::Rejected(_))));
    assert!(matches!(ask(403, "").await, Err(CallError::RateLimited { .. })));
    assert!(matches!(ask(429, "").await, Err(CallError::RateLimited { .. })));
    for status in [500, 520, 524] {
        assert!(matches!(ask(status, "").await, Err(CallError::Unavailable(_))), "{status}");
    }
    assert!(matches!(ask(200, "<html>").await, Err(CallError::Lost(_))));
    assert!(matches!(ask(504, "").await, Err(CallError::Lost(_))));
}
