//! The address at which others reach an installation on one machine, and the one at which it listens.

use anyhow::{Context, Result, bail};
use http::Uri;
use http_api::only_this_machine_reaches;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The address that links in mails, webhooks and sign-ins carry, such as `https://app.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAddress {
    url: String,
}

impl PublicAddress {
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || format!("{text:?} is not an address such as https://app.example.com");
        let text = text.trim().trim_end_matches('/');
        let uri: Uri = text.parse().with_context(wrong)?;
        if !matches!(uri.scheme_str(), Some("https" | "http")) {
            bail!("{}: it begins with https://", wrong());
        }
        if uri.path() != "/"
            || uri.query().is_some()
            || uri.authority().is_none_or(|a| a.as_str().contains('@'))
        {
            bail!("{}: it has no path, query or user", wrong());
        }
        Ok(Self { url: text.to_owned() })
    }

    /// The address of the app on this machine alone.
    pub fn here(port: u16) -> Self {
        Self { url: format!("http://localhost:{port}") }
    }

    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Tells why nothing may be sent: its links would lead every reader to their own machine.
    pub fn why_nothing_is_sent(&self) -> Option<String> {
        only_this_machine_reaches(&self.url).then(|| {
            format!(
                "nothing is sent while the installation's address is {}: links would lead nowhere. Start it with --url",
                self.url
            )
        })
    }
}

/// Reads where to listen: an IP address, or one with a port. Without one, on this machine alone.
pub fn listen_at(text: Option<&str>, port: u16) -> Result<SocketAddr> {
    let Some(text) = text else { return Ok((Ipv4Addr::LOCALHOST, port).into()) };
    if let Ok(ip) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok((ip, port).into());
    }
    text.parse().with_context(|| format!("--listen {text:?} is not an IP address, with or without a port"))
}

/// Reads the addresses of proxies, with commas between them.
pub fn read_proxies(text: &str) -> Result<Vec<IpAddr>> {
    let named = text.split(',').map(str::trim).filter(|one| !one.is_empty());
    named.map(|one| one.parse().with_context(|| format!("--proxy {one:?} is not an IP address"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> PublicAddress {
        PublicAddress::parse(text).unwrap()
    }

    #[test]
    fn address_that_only_this_machine_reaches_sends_nothing() {
        for here in [
            "http://localhost:8787",
            "http://127.0.0.1",
            "http://[::1]:80",
            "http://app.localhost",
            "http://127.0.0.2",
        ] {
            let why = parsed(here).why_nothing_is_sent();
            assert!(why.is_some_and(|why| why.contains("--url")), "{here}");
        }
        for public in ["https://app.example.com", "https://app.example.com:8443", "http://192.168.1.9:8787"] {
            assert_eq!(parsed(public).why_nothing_is_sent(), None, "{public}");
        }
        assert!(PublicAddress::here(9).why_nothing_is_sent().is_some());
    }

    #[test]
    fn address_has_a_scheme_and_a_host_alone() {
        assert_eq!(parsed(" https://app.example.com/ ").as_str(), "https://app.example.com");
        for wrong in
            ["app.example.com", "ftp://app.example.com", "https://app.example.com/app", "https://a@b.example"]
        {
            assert!(PublicAddress::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn proxies_are_ip_addresses_with_commas_between_them() {
        let two: Vec<IpAddr> = vec!["10.0.0.5".parse().unwrap(), "fd00::5".parse().unwrap()];
        assert_eq!(read_proxies(" 10.0.0.5, fd00::5,").unwrap(), two);
        assert!(read_proxies("").unwrap().is_empty());
        for wrong in ["10.0.0.0/8", "proxy", "10.0.0.5;10.0.0.6"] {
            assert!(read_proxies(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn listening_address_may_have_a_port_of_its_own() {
        let at = |text| listen_at(text, 8787).unwrap().to_string();
        assert_eq!(at(None), "127.0.0.1:8787");
        assert_eq!(at(Some("0.0.0.0")), "0.0.0.0:8787");
        assert_eq!(at(Some("0.0.0.0:80")), "0.0.0.0:80");
        assert_eq!(at(Some("::1")), "[::1]:8787");
        assert!(listen_at(Some("everywhere"), 1).is_err());
    }
}
