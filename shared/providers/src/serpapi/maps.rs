//! The search on the map. "Nothing found" comes as an error with status 200; used-up credit and rate limits share a status.

use super::Serpapi;
use crate::calls::broken;
use crate::data_connectors::{FindsPlaces, SearchesProspects};
use crate::listing::{Listing, sought};
use crate::question::Question;
use crate::wire::{excerpt, retry_after};
use application::ports::data_providers::{ProspectCriterion, ProspectPage, ProspectQuery};
use application::ports::provider_calls::CallError;
use domain::lead::enrichment::Place;
use http::Response;
use serde::Deserialize;

/// The businesses of a page, and the first of the last page.
const A_PAGE: u32 = 20;
const LAST_START: u32 = 100;

#[derive(Deserialize)]
struct Answer {
    error: Option<String>,
    place_results: Option<Found>,
    #[serde(default)]
    local_results: Vec<Found>,
    #[serde(default)]
    serpapi_pagination: Option<Pagination>,
}

#[derive(Deserialize)]
struct Pagination {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Found {
    title: Option<String>,
    place_id: Option<String>,
    gps_coordinates: Option<Coordinates>,
    rating: Option<f64>,
    reviews: Option<u32>,
    #[serde(rename = "type")]
    kind: Option<OneOrMany>,
    address: Option<String>,
    phone: Option<String>,
    website: Option<String>,
}

#[derive(Deserialize)]
struct Coordinates {
    latitude: f64,
    longitude: f64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn first(self) -> Option<String> {
        match self {
            Self::One(text) => Some(text),
            Self::Many(texts) => texts.into_iter().next(),
        }
    }
}

impl Found {
    fn listing(self) -> Listing {
        Listing {
            name: self.title,
            latitude: self.gps_coordinates.as_ref().map(|at| at.latitude),
            longitude: self.gps_coordinates.as_ref().map(|at| at.longitude),
            category: self.kind.and_then(OneOrMany::first),
            rating: self.rating,
            reviews: self.reviews,
            phone: self.phone,
            website: self.website,
            address: self.address,
            place_id: self.place_id,
        }
    }
}

fn search(sought: String) -> Question {
    Question::get("/search.json")
        .with("engine", "google_maps")
        .with("type", "search")
        .with("q", sought)
        .with("hl", "en")
}

impl FindsPlaces for Serpapi {
    fn question(&self, business: Option<&str>, address: &str) -> Question {
        let words = [business.unwrap_or_default(), address].map(str::trim);
        search(words.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(" "))
    }

    fn place(&self, response: &Response<Vec<u8>>) -> Result<Option<Place>, CallError> {
        let Some(answer) = read(response)? else { return Ok(None) };
        let found = answer.place_results.or_else(|| answer.local_results.into_iter().next());
        Ok(found.and_then(|found| found.listing().place()))
    }
}

impl SearchesProspects for Serpapi {
    fn criteria(&self) -> &'static [ProspectCriterion] {
        &[ProspectCriterion::Keywords, ProspectCriterion::Locations]
    }

    fn question(&self, query: &ProspectQuery) -> Result<Question, String> {
        let question = search(sought(query)?);
        Ok(match start_of(query)? {
            0 => question,
            start => question.with("start", start.to_string()),
        })
    }

    fn page(&self, query: &ProspectQuery, response: &Response<Vec<u8>>) -> Result<ProspectPage, CallError> {
        let Some(answer) = read(response)? else { return Ok(ProspectPage::default()) };
        let start = start_of(query).map_err(CallError::Rejected)?;
        let is_more = answer.serpapi_pagination.is_some_and(|pages| pages.next.is_some());
        let next = (is_more && start < LAST_START).then(|| (start + A_PAGE).to_string());
        let found = answer.place_results.into_iter().chain(answer.local_results);
        let prospects = found.filter_map(|found| found.listing().prospect()).collect();
        Ok(ProspectPage { total: None, prospects, next })
    }
}

fn start_of(query: &ProspectQuery) -> Result<u32, String> {
    let start = query.after.as_deref().map_or(Ok(0), str::parse);
    let known = start.ok().filter(|start| start % A_PAGE == 0 && *start <= LAST_START);
    known.ok_or_else(|| "the page is not one of this search".to_owned())
}

/// Reads an answer; `None` where nothing is found.
fn read(response: &Response<Vec<u8>>) -> Result<Option<Answer>, CallError> {
    let answer: Option<Answer> = serde_json::from_slice(response.body()).ok();
    let error = excerpt(answer.as_ref().and_then(|answer| answer.error.as_deref()).unwrap_or_default());
    let lower = error.to_ascii_lowercase();
    match response.status().as_u16() {
        200 if lower.contains("hasn't returned any results") => Ok(None),
        200 if !error.is_empty() => Err(CallError::Rejected(error)),
        200 => answer.map(Some).ok_or_else(|| broken(response)),
        401 | 403 | 404 | 410 => Err(CallError::Account(error)),
        429 if lower.contains("run out of searches") => Err(CallError::Account(error)),
        429 => Err(CallError::RateLimited { after: retry_after(response) }),
        400..=499 => Err(CallError::Rejected(error)),
        _ => Err(broken(response)),
    }
}
