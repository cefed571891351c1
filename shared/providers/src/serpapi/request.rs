//! The request for one search.

use crate::wire::{BadSettings, get, join};
use http::Request;
use url::form_urlencoded::Serializer;

/// Makes the request. The key travels in the URL, as this provider wants it, so the request is never printed.
pub(crate) fn search(
    base_url: &str,
    api_key: &str,
    business: Option<&str>,
    address: &str,
) -> Result<Request<Vec<u8>>, BadSettings> {
    let words = [business.unwrap_or_default(), address].map(str::trim);
    let sought = words.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(" ");
    let query = Serializer::new(String::new())
        .append_pair("engine", "google_maps")
        .append_pair("type", "search")
        .append_pair("q", &sought)
        .append_pair("hl", "en")
        .append_pair("api_key", api_key)
        .finish();
    get(&format!("{}?{query}", join(base_url, "/search.json")), None)
}
