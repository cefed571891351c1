//! Checks web addresses that users enter: only safe ones are accepted.

use http_api::FieldErrors;
use url::{Host, Url};

/// An `http` or `https` address that a visitor's browser may be sent to.
pub fn page(errors: &mut FieldErrors, field: &str, text: Option<String>) -> Option<String> {
    let text = errors.text(field, text, 500)?;
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    errors.take(field, url.ok_or("is not an address that begins with https://")).map(|url| url.to_string())
}

/// The base URL of a provider: `https`, or plain `http` on this machine. Without a slash at its end.
pub fn endpoint(errors: &mut FieldErrors, field: &str, text: &str) -> String {
    let text = errors.required(field, text, 500);
    if text.is_empty() {
        return text;
    }
    let safe = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    let clean = |url: &Url| url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let url = Url::parse(&text).ok().filter(|url| url.has_host() && safe(url) && clean(url));
    let url = errors.take(field, url.ok_or("is not an https:// address"));
    url.map(|url| url.as_str().trim_end_matches('/').to_owned()).unwrap_or_default()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

pub fn is_local_host(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
