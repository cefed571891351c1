//! `PlaceLookup` through SerpAPI's Google Maps engine: finds a business or address on the map.

mod request;
mod response;

pub(crate) use request::search;
pub(crate) use response::outcome;

#[cfg(test)]
mod tests;
