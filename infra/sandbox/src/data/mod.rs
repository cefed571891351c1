//! The providers of data about people and companies: Apollo, People Data Labs, ZeroBounce, Serper and Apify, and the calls
//! of Hunter besides its verifier. All of them read one directory, so they tell the same of a person; each of them lacks
//! others.

pub(crate) mod apify;
pub(crate) mod apollo;
mod directory;
pub(crate) mod hunter;
pub(crate) mod people_data_labs;
mod search;
pub(crate) mod serper;
pub(crate) mod zerobounce;

use axum::http::HeaderMap;

use crate::doors::{Provider, Refusal};
use crate::sandbox::Sandbox;
use crate::seed::Seed;

/// Gaps in the providers' knowledge do not change with the sandbox's seed.
const GAPS: Seed = Seed(46);

/// Whether the provider knows this person or company, as `percent` of all.
fn knows(provider: &str, key: &str, percent: u64) -> bool {
    GAPS.roll(&["gap", provider, key]).percent(percent)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn bearer(headers: &HeaderMap) -> &str {
    header(headers, "authorization").strip_prefix("Bearer ").unwrap_or_default()
}

/// Lets a request in whose key is right, as outages, credit and rate allow.
fn admit(sandbox: &Sandbox, provider: Provider) -> Result<(), Refusal> {
    if sandbox.turns_away(provider) {
        return Err(Refusal::Outage);
    }
    sandbox.admit(provider)
}

/// The parameters of a query, in their order; a name may come several times.
fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect()
}

/// The first value of a parameter that is not empty.
fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim());
    values.find(|value| !value.is_empty())
}
