//! Golden requests; a run from start to items; every error by class.

use crate::tests::{answering, data_account, no_smtp, providers};
use crate::transport::InProcessHttp;
use application::ports::data_providers::{ActorRun, ActorRunner};
use application::ports::provider_calls::{CallError, OpenAccount};

const RUN: &str = include_str!("fixtures/run.json");

fn ours() -> OpenAccount {
    data_account("apify", "https://api.apify.com/v2")
}

async fn start(status: u16, body: &str) -> Result<String, CallError> {
    providers(answering(status, body).0, no_smtp()).start(&ours(), "joe/places", r#"{"q":"Acme"}"#).await
}

#[tokio::test]
async fn run_is_started_once_with_its_input() {
    let (http, asked) = answering(201, RUN);
    let id = providers(http, no_smtp()).start(&ours(), "joe/places", r#"{"q":"Acme"}"#).await.unwrap();
    assert_eq!(id, "HG7ML7M8z78YcAPEB");
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].uri(), "https://api.apify.com/v2/acts/joe~places/runs?timeout=600&maxItems=100");
    assert_eq!(
        (asked[0].method().as_str(), asked[0].body().as_slice()),
        ("POST", br#"{"q":"Acme"}"#.as_slice())
    );
    assert_eq!(asked[0].headers()["authorization"], "Bearer k3y");
}

#[tokio::test]
async fn items_are_read_once_the_run_has_succeeded() {
    let read = |run: String| async move {
        let http = InProcessHttp::new(move |request: http::Request<Vec<u8>>| {
            let items = request.uri().path() == "/v2/datasets/3ZojQDdFTsyE7Moy4/items";
            let body = if items { r#"[{"title":"Acme"}]"#.to_owned() } else { run.clone() };
            async move { Ok(http::Response::new(body.into_bytes())) }
        });
        providers(http, no_smtp()).read(&ours(), "HG7ML7M8z78YcAPEB").await.unwrap()
    };
    assert_eq!(read(RUN.to_owned()).await, ActorRun::Running);
    let done = read(RUN.replace("RUNNING", "SUCCEEDED")).await;
    assert_eq!(done, ActorRun::Done { items: r#"[{"title":"Acme"}]"#.to_owned() });
    let failed = read(RUN.replace("RUNNING", "TIMED-OUT")).await;
    assert!(matches!(failed, ActorRun::Failed { why } if why == "timed-out"));
}

#[tokio::test]
async fn names_that_lead_elsewhere_are_never_asked() {
    let (http, asked) = answering(201, RUN);
    let providers = providers(http, no_smtp());
    for actor in ["", "../users/me", "a/b/c", "joe~places?token=x"] {
        let refused = providers.start(&ours(), actor, "{}").await;
        assert!(matches!(refused, Err(CallError::Rejected(_))), "{actor}: {refused:?}");
    }
    for input in ["", "[]", "{", "\"x\""] {
        assert!(matches!(providers.start(&ours(), "joe/places", input).await, Err(CallError::Rejected(_))));
    }
    assert!(matches!(providers.read(&ours(), "../acts").await, Err(CallError::Rejected(_))));
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn errors_are_classified_by_what_can_be_done() {
    let told = |kind: &str| format!(r#"{{"error":{{"type":"{kind}","message":"no"}}}}"#);
    for (status, kind) in [
        (401, "token-not-provided"),
        (402, "not-enough-usage-to-run-paid-actor"),
        (403, "actor-is-not-rented"),
        (403, "platform-feature-disabled"),
    ] {
        assert!(
            matches!(start(status, &told(kind)).await, Err(CallError::Account(said)) if said.contains(kind))
        );
    }
    for (status, kind) in
        [(400, "run-input-body-not-valid-json"), (404, "record-not-found"), (413, "too-large")]
    {
        assert!(matches!(start(status, &told(kind)).await, Err(CallError::Rejected(_))), "{kind}");
    }
    assert!(matches!(start(429, &told("rate-limit-exceeded")).await, Err(CallError::RateLimited { .. })));
    assert!(matches!(start(500, "").await, Err(CallError::Unavailable(_))));
    for (status, body) in [(504, ""), (408, ""), (201, "<html>")] {
        assert!(matches!(start(status, body).await, Err(CallError::Lost(_))), "{status}: it may run");
    }
}
