//! Builds requests and reads responses: what is the same for every provider that speaks HTTP.

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Method, Request, Response};
use jiff::SignedDuration;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";

/// The user's settings cannot become a request; the text names no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadSettings(pub String);

pub(crate) fn post(
    url: &str,
    key: (HeaderName, HeaderValue),
    content_type: &'static str,
    body: Vec<u8>,
) -> Result<Request<Vec<u8>>, BadSettings> {
    finish(
        Request::builder()
            .method(Method::POST)
            .uri(url)
            .header(key.0, key.1)
            .header(CONTENT_TYPE, content_type),
        body,
    )
}

/// Makes a GET request. `key` is a header, unless the key travels in the URL.
pub(crate) fn get(
    url: &str,
    key: Option<(HeaderName, HeaderValue)>,
) -> Result<Request<Vec<u8>>, BadSettings> {
    let mut builder = Request::builder().method(Method::GET).uri(url);
    if let Some((name, value)) = key {
        builder = builder.header(name, value);
    }
    finish(builder, Vec::new())
}

pub(crate) fn delete(url: &str, key: (HeaderName, HeaderValue)) -> Result<Request<Vec<u8>>, BadSettings> {
    finish(Request::builder().method(Method::DELETE).uri(url).header(key.0, key.1), Vec::new())
}

fn finish(builder: http::request::Builder, body: Vec<u8>) -> Result<Request<Vec<u8>>, BadSettings> {
    let request = builder.body(body).map_err(|_| BadSettings("the base URL is not valid".to_owned()))?;
    let scheme = request.uri().scheme_str();
    if request.uri().host().is_none() || !matches!(scheme, Some("http" | "https")) {
        return Err(BadSettings("the base URL does not begin with https://".to_owned()));
    }
    Ok(request)
}

/// Joins a path, which begins with a slash, to the base URL.
pub(crate) fn join(base_url: &str, path: &str) -> String {
    format!("{}{path}", base_url.trim().trim_end_matches('/'))
}

pub(crate) fn authorization(text: &str) -> Result<(HeaderName, HeaderValue), BadSettings> {
    secret_header(AUTHORIZATION, text)
}

/// Makes a header that is marked sensitive: its `Debug` does not show it.
pub(crate) fn secret_header(name: HeaderName, text: &str) -> Result<(HeaderName, HeaderValue), BadSettings> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| BadSettings("the key has characters that no key has".to_owned()))?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// Reads `Retry-After` in seconds, at most a day.
pub(crate) fn retry_after(response: &Response<Vec<u8>>) -> Option<SignedDuration> {
    retry_after_in(response.headers())
}

/// Reads the same from the headers of an answer.
pub(crate) fn retry_after_in(headers: &HeaderMap) -> Option<SignedDuration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: f64 = text.trim().parse().ok()?;
    (seconds.is_finite() && seconds >= 0.0)
        .then(|| SignedDuration::from_secs(seconds.ceil().min(86_400.0) as i64))
}

/// Makes a provider's text fit to be kept and shown: one line, at most 300 characters.
pub(crate) fn excerpt(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(300).collect()
}
