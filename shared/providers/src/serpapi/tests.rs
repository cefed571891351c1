//! Golden request; recorded responses; every error by class.

use crate::tests::{account, answering, no_smtp, providers};
use application::ports::accounts::SecretFields;
use application::ports::data_providers::{ProspectQuery, ProspectSearch};
use application::ports::provider_calls::{CallError, PlaceLookup};
use domain::lead::data_field::DataField;
use domain::lead::enrichment::Place;
use domain::workspace::account::AccountSettings;

async fn ask(status: u16, body: &str) -> (Result<Option<Place>, CallError>, String) {
    let (http, asked) = answering(status, body);
    let settings = AccountSettings::SerpApi { base_url: "https://serpapi.com".to_owned() };
    let account = account(settings, SecretFields::one("api_key", "k3y"));
    let place = providers(http, no_smtp()).find_place(&account, Some("Ace & Co"), "12 Main St, Dallas").await;
    let uri = asked.lock().unwrap()[0].uri().to_string();
    (place, uri)
}

#[tokio::test]
async fn single_match_is_read_from_an_object() {
    let (place, uri) = ask(200, include_str!("fixtures/place.json")).await;
    assert_eq!(
        uri,
        "https://serpapi.com/search.json?engine=google_maps&type=search&q=Ace+%26+Co+12+Main+St%2C+Dallas&hl=en&api_key=k3y"
    );
    let place = place.unwrap().unwrap();
    assert_eq!((place.latitude, place.longitude), (32.7831, -96.8067));
    assert_eq!(place.zone.as_deref(), Some("America/Chicago"));
    assert_eq!(place.category.as_deref(), Some("Roofing contractor"));
    assert_eq!((place.rating, place.reviews), (Some(4.6), Some(213)));
    assert_eq!(place.website.as_deref(), Some("https://aceroofing.test/"));
}

#[tokio::test]
async fn several_matches_return_the_first() {
    let place = ask(200, include_str!("fixtures/list.json")).await.0.unwrap().unwrap();
    assert_eq!(
        (place.name.as_deref(), place.category.as_deref()),
        (Some("Café de Roo"), Some("Coffee shop"))
    );
    assert_eq!(place.phone, None);
}

#[tokio::test]
async fn no_match_is_no_error() {
    let nothing = r#"{"error":"Google hasn't returned any results for this query."}"#;
    assert_eq!(ask(200, nothing).await.0.unwrap(), None);
    assert_eq!(ask(200, r#"{"local_results":[]}"#).await.0.unwrap(), None);
    let nowhere = r#"{"place_results":{"title":"x","gps_coordinates":{"latitude":0,"longitude":0}}}"#;
    assert_eq!(ask(200, nowhere).await.0.unwrap(), None);
}

#[tokio::test]
async fn errors_are_classified_by_what_can_be_done() {
    let told = |text: &str| format!(r#"{{"error":"{text}"}}"#);
    let credit = told("Your account has run out of searches.");
    assert!(matches!(ask(429, &credit).await.0, Err(CallError::Account(_))));
    let hourly = told("You are exceeding your hourly throughput limit.");
    assert!(matches!(ask(429, &hourly).await.0, Err(CallError::RateLimited { .. })));
    assert!(matches!(ask(401, &told("Invalid API key.")).await.0, Err(CallError::Account(_))));
    assert!(matches!(ask(400, &told("Missing query `q` parameter.")).await.0, Err(CallError::Rejected(_))));
    assert!(matches!(ask(503, "<html>").await.0, Err(CallError::Unavailable(_))));
    assert!(matches!(ask(200, "<html>").await.0, Err(CallError::Unavailable(_))));
}

#[tokio::test]
async fn businesses_are_listed_page_by_page() {
    let body = include_str!("fixtures/list.json");
    let (http, asked) = answering(200, body);
    let settings = AccountSettings::SerpApi { base_url: "https://serpapi.com".to_owned() };
    let account = account(settings, SecretFields::one("api_key", "k3y"));
    let providers = providers(http, no_smtp());
    let query = ProspectQuery {
        keywords: vec!["coffee".to_owned()],
        locations: vec!["Dallas".to_owned()],
        after: Some("80".to_owned()),
        ..ProspectQuery::default()
    };
    let page = providers.search_prospects(&account, &query).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("100"));
    assert_eq!(page.prospects[0].values[&DataField::CompanyName], "Café de Roo");
    assert_eq!(page.prospects[0].has_phone, Some(false));
    let uri = asked.lock().unwrap()[0].uri().to_string();
    assert!(uri.contains("q=coffee+in+Dallas&hl=en&start=80&api_key=k3y"), "{uri}");
    let last = ProspectQuery { after: Some("100".to_owned()), ..query.clone() };
    assert_eq!(providers.search_prospects(&account, &last).await.unwrap().next, None);
    let odd = ProspectQuery { after: Some("7".to_owned()), ..query };
    assert!(matches!(providers.search_prospects(&account, &odd).await, Err(CallError::Rejected(_))));
}
