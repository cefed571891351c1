//! The device that a request comes from, as its browser names itself, and its network.

use crate::client_network::ClientNetwork;
use application::identity::access_log::Origin;
use axum::extract::FromRequestParts;
use http::header::USER_AGENT;
use http::request::Parts;
use std::convert::Infallible;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The browser and the system, such as `Firefox on Linux`. It helps a user to recognise a session and proves nothing.
    pub name: Option<String>,
    pub network: ClientNetwork,
}

impl Device {
    pub fn origin(&self) -> Origin<'_> {
        Origin { network: &self.network.0, device: self.name.as_deref() }
    }
}

/// The browsers by what only their own header contains, the more particular first: others name Chrome and Safari, too.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

fn device_of(user_agent: &str) -> Option<String> {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, name)| *name)
    };
    match (first(&BROWSERS), first(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser} on {system}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let network = ClientNetwork::from_request_parts(parts, state).await?;
        let header = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self { name: header.and_then(device_of), network })
    }
}

#[cfg(test)]
mod tests {
    use super::device_of;

    #[test]
    fn device_is_named_by_browser_and_system_and_never_in_the_headers_own_words() {
        for (header, device) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                Some("Firefox on Linux"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                 Safari/537.36 Edg/140.0.0.0",
                Some("Edge on Windows"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/19.0 Mobile/15E148 Safari/604.1",
                Some("Safari on iPhone"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                 Mobile Safari/537.36",
                Some("Chrome on Android"),
            ),
            ("curl/8.9.1", None),
            ("<script>alert(1)</script> Windows", Some("Windows")),
        ] {
            assert_eq!(device_of(header).as_deref(), device, "{header}");
        }
    }
}
