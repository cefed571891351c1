//! Returns the first place found. "Nothing found" comes as an error with status 200; used-up credit and rate limits
//! share a status.

use super::Serpapi;
use crate::calls::broken;
use crate::data_connectors::FindsPlaces;
use crate::question::Question;
use crate::wire::{excerpt, retry_after};
use crate::zone;
use application::ports::provider_calls::CallError;
use domain::lead::enrichment::Place;
use http::Response;
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    error: Option<String>,
    place_results: Option<Found>,
    #[serde(default)]
    local_results: Vec<Found>,
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

impl FindsPlaces for Serpapi {
    fn question(&self, business: Option<&str>, address: &str) -> Question {
        let words = [business.unwrap_or_default(), address].map(str::trim);
        let sought = words.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(" ");
        Question::get("/search.json")
            .with("engine", "google_maps")
            .with("type", "search")
            .with("q", sought)
            .with("hl", "en")
    }

    fn place(&self, response: &Response<Vec<u8>>) -> Result<Option<Place>, CallError> {
        outcome(response)
    }
}

fn outcome(response: &Response<Vec<u8>>) -> Result<Option<Place>, CallError> {
    let answer: Option<Answer> = serde_json::from_slice(response.body()).ok();
    let error = answer.as_ref().and_then(|answer| answer.error.as_deref()).unwrap_or_default();
    let lower = error.to_ascii_lowercase();
    match response.status().as_u16() {
        200 if lower.contains("hasn't returned any results") => Ok(None),
        200 if !error.is_empty() => Err(CallError::Rejected(excerpt(error))),
        200 => answer.map(place).ok_or_else(|| broken(response)),
        401 | 403 | 404 | 410 => Err(CallError::Account(excerpt(error))),
        429 if lower.contains("run out of searches") => Err(CallError::Account(excerpt(error))),
        429 => Err(CallError::RateLimited { after: retry_after(response) }),
        400..=499 => Err(CallError::Rejected(excerpt(error))),
        _ => Err(broken(response)),
    }
}

fn place(answer: Answer) -> Option<Place> {
    let found = answer.place_results.or_else(|| answer.local_results.into_iter().next())?;
    let at = found.gps_coordinates.filter(Coordinates::has_location)?;
    let text = |value: Option<String>| value.map(|text| excerpt(&text)).filter(|text| !text.is_empty());
    Some(Place {
        latitude: at.latitude,
        longitude: at.longitude,
        zone: zone::nearest(at.latitude, at.longitude).map(str::to_owned),
        name: text(found.title),
        category: text(found.kind.and_then(OneOrMany::first)),
        rating: found.rating.filter(|rating| (0.0..=5.0).contains(rating)),
        reviews: found.reviews,
        phone: text(found.phone),
        website: text(found.website),
        address: text(found.address),
        place_id: text(found.place_id),
    })
}

impl Coordinates {
    /// Tells whether the coordinates are real: zero, zero is what maps return for an unknown place.
    fn has_location(&self) -> bool {
        self.latitude.abs() <= 90.0
            && self.longitude.abs() <= 180.0
            && !(self.latitude == 0.0 && self.longitude == 0.0)
    }
}
