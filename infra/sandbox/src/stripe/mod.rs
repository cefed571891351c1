//! Stripe as a lead sees it (a payment page) and as the app does (signed events).

mod checkout;
mod events;
mod later;
mod sale;

use axum::Router;
use axum::routing::get;
use serde::{Deserialize, Serialize};

use crate::sandbox::Sandbox;
pub(crate) use events::purchase;
pub(crate) use later::{Later, debit};
pub(crate) use sale::Sale;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/pay/{plan}", get(checkout::show).post(checkout::submit))
}

/// The offer of a payment link, read from its last path segment: `growth-4900-eur-month`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Price {
    pub name: String,
    pub unit_amount: i64,
    pub currency: String,
    /// None for a single payment.
    pub interval: Option<String>,
}

impl Price {
    pub fn of_plan(plan: &str) -> Self {
        let words: Vec<String> = plan.split(['-', '_']).map(str::to_lowercase).collect();
        let has = |options: &[&str]| words.iter().any(|word| options.contains(&word.as_str()));
        let amount = words.iter().find_map(|word| word.parse().ok()).filter(|amount| *amount > 0);
        let interval = if has(&["once", "onetime"]) {
            None
        } else if has(&["year", "yearly", "annual"]) {
            Some("year")
        } else {
            Some("month")
        };
        const CURRENCIES: [&str; 12] =
            ["usd", "eur", "gbp", "chf", "aud", "cad", "inr", "jpy", "sek", "nok", "dkk", "pln"];
        let currency = words.iter().find(|word| CURRENCIES.contains(&word.as_str()));
        let name = words.first().filter(|word| !word.is_empty() && word.parse::<i64>().is_err());
        Self {
            name: name.cloned().unwrap_or_else(|| "growth".to_owned()),
            unit_amount: amount.unwrap_or(4_900),
            currency: currency.cloned().unwrap_or_else(|| "usd".to_owned()),
            interval: interval.map(str::to_owned),
        }
    }

    pub fn shown(&self) -> String {
        let amount = if self.currency == "jpy" {
            self.unit_amount.to_string()
        } else {
            format!("{}.{:02}", self.unit_amount / 100, self.unit_amount % 100)
        };
        let every = self.interval.as_ref().map_or_else(String::new, |interval| format!(" a {interval}"));
        format!("{} {amount}{every}", self.currency.to_uppercase())
    }
}

/// The price and the client reference of a payment link.
pub(crate) fn read_link(link: &str) -> (Price, Option<String>) {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let plan = path.split("/stripe/pay/").nth(1).unwrap_or_default().trim_end_matches('/');
    let query: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let reference = query.into_iter().find(|(name, _)| name == "client_reference_id").map(|(_, value)| value);
    (Price::of_plan(plan), reference.filter(|reference| !reference.is_empty() && reference.len() <= 200))
}
