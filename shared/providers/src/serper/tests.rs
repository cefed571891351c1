//! Golden requests; recorded responses; every error by class.

use crate::tests::{answering, data_account, no_smtp, providers};
use application::ports::data_providers::{ProspectQuery, ProspectSearch};
use application::ports::provider_calls::{CallError, OpenAccount, PlaceLookup};
use domain::lead::data_field::DataField;
use domain::lead::enrichment::Place;
use serde_json::{Value, json};

const FOUND: &str = include_str!("fixtures/maps.json");

fn ours() -> OpenAccount {
    data_account("serper", "https://google.serper.dev")
}

async fn ask(status: u16, body: &str) -> Result<Option<Place>, CallError> {
    providers(answering(status, body).0, no_smtp())
        .find_place(&ours(), Some("Ace & Co"), "12 Main St, Dallas")
        .await
}

#[tokio::test]
async fn place_is_found_on_the_map() {
    let (http, asked) = answering(200, FOUND);
    let place = providers(http, no_smtp()).find_place(&ours(), Some("Ace & Co"), "12 Main St, Dallas").await;
    let place = place.unwrap().unwrap();
    assert_eq!((place.zone.as_deref(), place.reviews), (Some("America/Chicago"), Some(213)));
    assert_eq!(place.phone.as_deref(), Some("+1 214-555-0101"));
    let asked = asked.lock().unwrap();
    assert_eq!(
        (asked[0].uri().to_string().as_str(), &asked[0].headers()["x-api-key"]),
        ("https://google.serper.dev/maps", &http::HeaderValue::from_static("k3y"))
    );
    let sent: Value = serde_json::from_slice(asked[0].body()).unwrap();
    assert_eq!(sent, json!({"q": "Ace & Co 12 Main St, Dallas", "hl": "en"}));
}

#[tokio::test]
async fn no_match_is_no_error() {
    assert_eq!(ask(200, r#"{"places":[],"credits":1}"#).await.unwrap(), None);
    assert_eq!(ask(200, r#"{"credits":1}"#).await.unwrap(), None);
}

#[tokio::test]
async fn businesses_are_listed_page_by_page_around_the_first() {
    let one: Value = serde_json::from_str(FOUND).unwrap();
    let full = json!({"places": vec![one["places"][0].clone(); 20]});
    let (http, asked) = answering(200, &full.to_string());
    let providers = providers(http, no_smtp());
    let query = ProspectQuery {
        keywords: vec!["roofer".to_owned()],
        locations: vec!["Dallas".to_owned()],
        ..ProspectQuery::default()
    };
    let page = providers.search_prospects(&ours(), &query).await.unwrap();
    assert_eq!((page.prospects.len(), page.next.as_deref()), (20, Some("2 @32.7831,-96.8067,12z")));
    let first = &page.prospects[0];
    assert_eq!(
        (first.values[&DataField::CompanyName].as_str(), first.has_phone, first.has_email),
        ("Ace & Co", Some(true), None)
    );
    let second = ProspectQuery { after: page.next, ..query.clone() };
    let page = providers.search_prospects(&ours(), &second).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("3 @32.7831,-96.8067,12z"));
    let sent: Value = serde_json::from_slice(asked.lock().unwrap()[1].body()).unwrap();
    assert_eq!(sent, json!({"q": "roofer in Dallas", "hl": "en", "page": 2, "ll": "@32.7831,-96.8067,12z"}));
    for query in [
        ProspectQuery { keywords: Vec::new(), ..query.clone() },
        ProspectQuery { locations: Vec::new(), ..query.clone() },
        ProspectQuery { titles: vec!["owner".to_owned()], ..query.clone() },
        ProspectQuery { after: Some("2".to_owned()), ..query.clone() },
    ] {
        assert!(matches!(providers.search_prospects(&ours(), &query).await, Err(CallError::Rejected(_))));
    }
}

#[tokio::test]
async fn errors_are_classified_by_what_can_be_done() {
    let told = |text: &str, status: u16| json!({"message": text, "statusCode": status}).to_string();
    assert!(matches!(ask(403, &told("Unauthorized.", 403)).await, Err(CallError::Account(_))));
    assert!(matches!(ask(400, &told("Not enough credits", 400)).await, Err(CallError::Account(_))));
    assert!(matches!(ask(400, &told("Missing query", 400)).await, Err(CallError::Rejected(_))));
    assert!(matches!(ask(429, &told("Too many requests", 429)).await, Err(CallError::RateLimited { .. })));
    assert!(matches!(ask(503, "").await, Err(CallError::Unavailable(_))));
    assert!(matches!(ask(200, "<html>").await, Err(CallError::Lost(_))));
}
