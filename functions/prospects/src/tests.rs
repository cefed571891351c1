//! Prospects as users search for, price and add them.

mod adding;
mod broken_off;
mod searching;

use crate::{App, routes};
use application::ports::accounts::SecretFields;
use application::{Clock, Ports};
use domain::event::{Event, EventKind};
use domain::spend::{BookingOutcome, Budget, BudgetScope, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::account::AccountSettings;
use http::{Method, Request, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use test_stage::Suite;

/// The calls that the provider has answered: searches, and addresses.
#[derive(Clone, Default)]
struct Asked {
    searches: Arc<AtomicUsize>,
    addresses: Arc<AtomicUsize>,
}

impl Asked {
    fn counts(&self) -> (usize, usize) {
        (self.searches.load(Ordering::Relaxed), self.addresses.load(Ordering::Relaxed))
    }
}

async fn suite() -> Suite {
    let suite = Suite::new(routes(), App::new).await;
    connect(&suite, "apollo").await;
    suite
}

async fn connect(suite: &Suite, provider: &str) {
    let base_url = format!("https://{provider}.example");
    let settings = match provider {
        "hunter" => AccountSettings::Hunter { base_url },
        other => AccountSettings::DataProvider {
            provider: other.to_owned(),
            base_url,
            fields: std::collections::BTreeMap::new(),
        },
    };
    suite.stage.account(&suite.workspace, settings, SecretFields::one("api_key", "k3y")).await;
}

/// A person as Apollo's free search tells it.
fn person(id: &str, first: &str, last: &str, has_email: bool) -> Value {
    json!({"id": id, "first_name": first, "last_name_obfuscated": last, "title": "Owner",
        "has_email": has_email, "has_direct_phone": "No",
        "organization": {"name": "Acme Roofs", "primary_domain": "acme.example", "website_url": "http://www.acme.example",
            "industry": "construction"}})
}

/// Ann and Bo have addresses, Cy has none.
fn people() -> Value {
    json!({"total_entries": 3, "people": [
        person("p-ann", "Ann", "L*e", true), person("p-bo", "Bo", "M*x", true), person("p-cy", "Cy", "N*y", false)]})
}

/// The person with this id as Apollo's paid look-up tells it; nobody for `p-bo`.
fn matched(id: &str) -> Value {
    match id {
        "p-ann" => {
            json!({"person": {"id": "p-ann", "name": "Ann Lee", "title": "Owner", "email": "ann@acme.example",
            "email_status": "verified", "city": "Dallas", "country": "United States",
            "organization": {"name": "Acme Roofs"}}})
        }
        _ => json!({"person": null}),
    }
}

fn reply(status: u16, body: &Value) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.to_string().into_bytes()).unwrap()
}

fn asked_for(request: &Request<Vec<u8>>) -> String {
    let query = request.uri().query().unwrap_or_default().to_owned();
    format!("{query}&{}", String::from_utf8_lossy(request.body()))
}

/// Apollo answers.
fn apollo_answers(suite: &Suite) -> Asked {
    let asked = Asked::default();
    let counts = asked.clone();
    suite.stage.providers_answer(move |request| {
        if request.uri().path().contains("api_search") {
            counts.searches.fetch_add(1, Ordering::Relaxed);
            return Ok(reply(200, &people()));
        }
        counts.addresses.fetch_add(1, Ordering::Relaxed);
        let id = if asked_for(&request).contains("p-ann") { "p-ann" } else { "p-bo" };
        Ok(reply(200, &matched(id)))
    });
    asked
}

fn owners() -> Value {
    json!({"provider": "apollo", "filters": {"titles": ["Owner"]}})
}

async fn search(suite: &Suite) -> Value {
    suite.post("/api/prospects/search", owners()).await.expect(200)
}

fn ids(search: &Value) -> Vec<&str> {
    search["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

async fn keyed(suite: &Suite, path: &str, body: Value, key: &str) -> test_stage::Reply {
    suite.send(Method::POST, path, Some(body), &[("idempotency-key", key)]).await
}

async fn month(suite: &Suite) -> Budget {
    let now = suite.stage.clock.now();
    let scope = BudgetScope::Month { month: CalendarMonth::at(now) };
    suite.stage.ports.spend().budgets(&suite.workspace, &[scope]).await.unwrap().remove(0)
}

async fn calls(suite: &Suite, provider: &str, outcome: BookingOutcome) -> (u64, Usd) {
    let budget = month(suite).await;
    let tally = budget.tallies.get(provider).and_then(|by| by.get(&outcome)).copied().unwrap_or_default();
    (tally.calls, tally.amount)
}

async fn cap(suite: &Suite, cap: Usd) {
    let spend = suite.stage.ports.spend();
    let mut settings = spend.settings(&suite.workspace).await.unwrap();
    settings.month_cap = Some(cap);
    let event = Event::system(EventKind::SpendSettingsChanged, suite.stage.clock.now());
    spend.save_settings(&settings, &event).await.unwrap();
}

fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
}
