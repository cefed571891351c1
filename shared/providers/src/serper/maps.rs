//! The search on the map. Its second page needs a position, for which that of the first result is taken.

use super::Serper;
use crate::calls::{broken, unreadable};
use crate::data_connectors::{FindsPlaces, SearchesProspects};
use crate::listing::{Listing, sought};
use crate::question::Question;
use crate::wire::{excerpt, retry_after};
use application::ports::data_providers::{ProspectCriterion, ProspectPage, ProspectQuery};
use application::ports::provider_calls::CallError;
use domain::lead::enrichment::Place;
use http::Response;
use serde::Deserialize;
use serde_json::json;

const MAPS: &str = "/maps";
/// The businesses of a full page.
const A_PAGE: usize = 20;
const MOST_PAGES: u32 = 6;

impl FindsPlaces for Serper {
    fn question(&self, business: Option<&str>, address: &str) -> Question {
        let words = [business.unwrap_or_default(), address].map(str::trim);
        let sought = words.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(" ");
        Question::post(MAPS).with_body(json!({"q": sought, "hl": "en"}))
    }

    fn place(&self, response: &Response<Vec<u8>>) -> Result<Option<Place>, CallError> {
        Ok(read(response)?.into_iter().next().and_then(|found| found.listing().place()))
    }
}

impl SearchesProspects for Serper {
    fn criteria(&self) -> &'static [ProspectCriterion] {
        &[ProspectCriterion::Keywords, ProspectCriterion::Locations]
    }

    fn question(&self, query: &ProspectQuery) -> Result<Question, String> {
        let mut body = json!({"q": sought(query)?, "hl": "en"});
        if let Some((page, position)) = page_of(query)? {
            body["page"] = json!(page);
            body["ll"] = json!(position);
        }
        Ok(Question::post(MAPS).with_body(body))
    }

    fn page(&self, query: &ProspectQuery, response: &Response<Vec<u8>>) -> Result<ProspectPage, CallError> {
        let found = read(response)?;
        let before = page_of(query).map_err(CallError::Rejected)?;
        let is_full = found.len() >= A_PAGE;
        let first = found.first().and_then(|first| Some((first.latitude?, first.longitude?)));
        let (page, position) = match before {
            Some((page, position)) => (page, Some(position)),
            None => (1, first.map(|(latitude, longitude)| format!("@{latitude},{longitude},12z"))),
        };
        let next = position.filter(|_| is_full && page < MOST_PAGES);
        let next = next.map(|position| format!("{} {position}", page + 1));
        let prospects = found.into_iter().filter_map(|found| found.listing().prospect()).collect();
        Ok(ProspectPage { total: None, prospects, next })
    }
}

/// The number of a later page, and the position that it is searched around.
fn page_of(query: &ProspectQuery) -> Result<Option<(u32, String)>, String> {
    let Some(after) = &query.after else { return Ok(None) };
    let parts = after.split_once(' ').and_then(|(page, position)| Some((page.parse().ok()?, position)));
    let known = parts.filter(|(page, position)| (2..=MOST_PAGES).contains(page) && position.starts_with('@'));
    let (page, position) = known.ok_or("the page is not one of this search")?;
    Ok(Some((page, position.to_owned())))
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    places: Vec<Found>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    title: Option<String>,
    address: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    rating: Option<f64>,
    rating_count: Option<u32>,
    #[serde(rename = "type")]
    kind: Option<String>,
    website: Option<String>,
    phone_number: Option<String>,
    place_id: Option<String>,
}

impl Found {
    fn listing(self) -> Listing {
        Listing {
            name: self.title,
            latitude: self.latitude,
            longitude: self.longitude,
            category: self.kind,
            rating: self.rating,
            reviews: self.rating_count,
            phone: self.phone_number,
            website: self.website,
            address: self.address,
            place_id: self.place_id,
        }
    }
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    message: String,
}

fn read(response: &Response<Vec<u8>>) -> Result<Vec<Found>, CallError> {
    let told: Refusal = serde_json::from_slice(response.body()).unwrap_or_default();
    let told = excerpt(&told.message);
    Err(match response.status().as_u16() {
        200 => match serde_json::from_slice::<Answer>(response.body()) {
            Ok(answer) => return Ok(answer.places),
            Err(_) => unreadable(response),
        },
        401..=404 => CallError::Account(told),
        400 if told.to_lowercase().contains("not enough credits") => CallError::Account(told),
        429 => CallError::RateLimited { after: retry_after(response) },
        400..=499 => CallError::Rejected(told),
        _ => broken(response),
    })
}
