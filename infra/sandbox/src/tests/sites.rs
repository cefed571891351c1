//! The websites and the webhook program, as the product's own crawler and runner see them.

use super::connectors::connected;
use super::fixture::world;
use crate::companies::{self, Company};
use crate::sites::{Health, WEBHOOK_HOST, health};
use application::ports::data_providers::{
    CrawlError, CrawlLimits, CrawledSite, SiteCrawler, WebhookCall, WebhookMethod, WebhookReply,
    WebhookRunner,
};
use application::ports::provider_calls::CallError;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const LIMITS: CrawlLimits =
    CrawlLimits { pages: 4, bytes_a_page: 200_000, time: SignedDuration::from_secs(20) };

fn text(site: &CrawledSite) -> String {
    site.pages.iter().map(|page| format!("{}\n{}\n", page.title, page.text)).collect()
}

/// The first company of each state of health that has a person, a number and a note.
fn company(wanted: Health) -> &'static Company {
    let mut usable = companies::all()
        .iter()
        .filter(|row| !row.note.is_empty() && companies::at_host(&row.host).len() == 1);
    usable.find(|row| health(&row.host) == wanted).unwrap()
}

#[tokio::test]
async fn site_says_what_the_row_says() {
    let row = company(Health::Works);
    let site = connected(&world()).crawl(&format!("http://www.{}/", row.host), &LIMITS).await.unwrap();
    assert_eq!(site.pages.len(), 4);
    let text = text(&site);
    for said in
        [&row.company, &row.note, &row.phone, &row.email, &format!("{} {}", row.first_name, row.last_name)]
    {
        assert!(text.contains(said.as_str()), "{said}: {text}");
    }
    assert_eq!((&site.emails, site.phones.len()), (&vec![row.email.clone()], 1));
    assert!(!text.contains("visits") && !text.contains("sans-serif"), "{text}");
}

#[tokio::test]
async fn broken_sites_are_told_apart() {
    let providers = connected(&world());
    let crawl = async |wanted| providers.crawl(&company(wanted).host, &LIMITS).await.unwrap_err();
    assert!(matches!(crawl(Health::Missing).await, CrawlError::NotThere(_)));
    assert!(
        matches!(crawl(Health::Broken).await, CrawlError::Unavailable(_)),
        "its robots file is broken, too"
    );
    assert!(matches!(crawl(Health::Closed).await, CrawlError::NotAllowed(_)));
    assert!(matches!(crawl(Health::Moved).await, CrawlError::NotThere(_)));
    assert!(matches!(providers.crawl("nobody.test", &LIMITS).await, Err(CrawlError::NotThere(_))));
    let listing = providers.crawl("https://www.alderplumber.example", &LIMITS).await;
    assert!(
        listing.is_ok_and(|site| text(&site).contains("alderplumber"))
            || health("alderplumber.example") != Health::Works
    );
}

#[test]
fn fifth_of_the_sites_does_not_work() {
    let mut counts: BTreeMap<bool, usize> = BTreeMap::new();
    for row in companies::all().iter().filter(|row| !row.host.is_empty()) {
        *counts.entry(health(&row.host) == Health::Works).or_default() += 1;
    }
    let share = counts[&false] * 100 / (counts[&true] + counts[&false]);
    assert!((17..=23).contains(&share), "{counts:?}");
}

fn call(path: &str, body: &Value) -> WebhookCall {
    WebhookCall {
        method: WebhookMethod::Post,
        url: format!("https://{WEBHOOK_HOST}{path}"),
        headers: vec![("X-Key".to_owned(), "sandbox-webhook-key".to_owned())],
        body: Some(body.to_string()),
    }
}

fn json_of(reply: &WebhookReply) -> Value {
    serde_json::from_str(&reply.body).unwrap()
}

#[tokio::test]
async fn webhook_answers_at_once_or_calls_back_later() {
    let world = world();
    let providers = connected(&world);
    let reply = providers.run(&call("/echo", &json!({"company": "Acme", "size": 3}))).await.unwrap();
    assert_eq!((reply.status, json_of(&reply)["value"].as_str()), (200, Some("Acme")));
    let stranger =
        WebhookCall { headers: vec![("x-key".to_owned(), "other".to_owned())], ..call("/echo", &json!({})) };
    assert_eq!(providers.run(&stranger).await.unwrap().status, 401);
    assert_eq!(providers.run(&call("/later", &json!({"company": "Acme"}))).await.unwrap().status, 422);
    let url = "http://localhost:8787/api/hooks/columns/t0ken";
    let later = call("/later", &json!({"company": "Acme", "callback": url}));
    assert_eq!(providers.run(&later).await.unwrap().status, 202);
    assert!(world.app.calls("/api/hooks").is_empty(), "not yet");
    world.live(1).await;
    let calls = world.app.json("/api/hooks");
    assert_eq!((calls.len(), calls[0]["value"].as_str()), (1, Some("Acme")));
}

#[tokio::test]
async fn webhook_that_fails_is_seen_as_it_is() {
    let providers = connected(&world());
    assert_eq!(providers.run(&call("/broken", &json!({}))).await.unwrap().status, 500);
    assert_eq!(providers.run(&call("/text", &json!({}))).await.unwrap().body, "no JSON here");
    let nowhere = WebhookCall { url: "https://nowhere.test/".to_owned(), ..call("/echo", &json!({})) };
    assert!(matches!(providers.run(&nowhere).await, Err(CallError::Unavailable(_))));
}
