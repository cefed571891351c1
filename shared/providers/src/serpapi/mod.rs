//! A business or address on the map, through SerpAPI's Google Maps engine: `PlaceLookup`.

mod request;
mod response;

pub(crate) use request::search;
pub(crate) use response::outcome;

#[cfg(test)]
mod tests;
