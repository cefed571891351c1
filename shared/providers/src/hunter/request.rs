//! The request for one address.

use crate::wire::{BadSettings, get, join, secret_header};
use domain::contact::email_address::EmailAddress;
use http::Request;
use http::header::HeaderName;
use url::form_urlencoded::Serializer;

/// Makes the request. The base URL may be with or without its version.
pub(crate) fn verification(
    base_url: &str,
    api_key: &str,
    email: &EmailAddress,
) -> Result<Request<Vec<u8>>, BadSettings> {
    let root = base_url.trim().trim_end_matches('/').trim_end_matches("/v2");
    let query = Serializer::new(String::new()).append_pair("email", email.as_str()).finish();
    let key = secret_header(HeaderName::from_static("x-api-key"), api_key)?;
    get(&format!("{}?{query}", join(root, "/v2/email-verifier")), Some(key))
}
