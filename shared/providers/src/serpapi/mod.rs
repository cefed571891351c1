//! SerpAPI's Google Maps engine: finds a business or address on the map, and businesses of a trade.

mod maps;

use crate::data_connectors::{DataAccount, DataConnector, FindsPlaces, SearchesProspects};
use crate::question::{KeyPlace, Question};
use crate::wire::BadSettings;
use http::Request;

pub(crate) struct Serpapi;

impl DataConnector for Serpapi {
    fn request(
        &self,
        question: &Question,
        account: &DataAccount<'_>,
    ) -> Result<Request<Vec<u8>>, BadSettings> {
        question.request(account.base_url, "", KeyPlace::Query("api_key", account.key.to_owned()))
    }

    fn searches_prospects(&self) -> Option<&dyn SearchesProspects> {
        Some(self)
    }

    fn finds_places(&self) -> Option<&dyn FindsPlaces> {
        Some(self)
    }
}

#[cfg(test)]
mod tests;
