//! A web address that strangers have given: of leads, or for a column that calls a user's own program. It must not lead
//! to this machine, its network or the cloud's own services.

use super::Reach;
use std::net::IpAddr;
use url::{Host, Url};

/// An address on the public web, as far as the address itself tells. What its name leads to is checked when it is
/// connected to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WebAddress(Url);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RefusedAddress(&'static str);

const LONGEST: usize = 2_000;
/// Endings of names that exist inside a network only.
const INNER_NAMES: [&str; 6] = ["localhost", "local", "internal", "lan", "home.arpa", "onion"];

impl WebAddress {
    pub fn parse(text: &str) -> Result<Self, RefusedAddress> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(RefusedAddress("it is longer than 2,000 characters"));
        }
        let url = Url::parse(text).map_err(|_| RefusedAddress("it is not a web address"))?;
        Self::check(url)
    }

    fn check(mut url: Url) -> Result<Self, RefusedAddress> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RefusedAddress("it does not begin with https:// or http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(RefusedAddress("it holds a login"));
        }
        if !matches!(url.port(), None | Some(80 | 443)) {
            return Err(RefusedAddress("it names another port than 80 or 443"));
        }
        url.set_fragment(None);
        match url.host() {
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.').to_owned();
                if !name.contains('.') {
                    return Err(RefusedAddress("its name has no dot"));
                }
                let is_inner = |ending: &str| {
                    name.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                };
                if INNER_NAMES.into_iter().any(is_inner) {
                    return Err(RefusedAddress("its name exists inside a network only"));
                }
                url.set_host(Some(&name)).map_err(|_| RefusedAddress("it is not a web address"))?;
            }
            Some(Host::Ipv4(address)) => check_number(address.into())?,
            Some(Host::Ipv6(address)) => check_number(address.into())?,
            None => return Err(RefusedAddress("it has no host")),
        }
        Ok(Self(url))
    }

    /// Reads a link on the page at this address.
    pub fn join(&self, link: &str) -> Result<Self, RefusedAddress> {
        let url = self.0.join(link.trim()).map_err(|_| RefusedAddress("it is not a web address"))?;
        if url.as_str().len() > LONGEST {
            return Err(RefusedAddress("it is longer than 2,000 characters"));
        }
        Self::check(url)
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    pub fn path(&self) -> &str {
        self.0.path()
    }

    pub fn query(&self) -> Option<&str> {
        self.0.query()
    }

    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Makes the same address without encryption.
    pub fn without_encryption(&self) -> Option<Self> {
        let mut url = self.0.clone();
        url.set_scheme("http").ok()?;
        Self::check(url).ok()
    }

    /// Whether both are on one site: the same host, with or without `www.`.
    pub fn is_same_site(&self, other: &Self) -> bool {
        site(self.host()) == site(other.host())
    }
}

fn site(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

fn check_number(address: IpAddr) -> Result<(), RefusedAddress> {
    match Reach::Public.allows(address) {
        true => Ok(()),
        false => Err(RefusedAddress("its number belongs to a private network")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_that_may_lead_inside_is_refused() {
        for (text, why) in [
            ("ftp://acme.example/", "begin with"),
            ("file:///etc/passwd", "begin with"),
            ("acme.example", "not a web address"),
            ("https://joe:secret@acme.example/", "login"),
            ("https://joe@acme.example/", "login"),
            ("https://acme.example:8080/", "port"),
            ("http://acme.example:22/", "port"),
            ("http://localhost/", "no dot"),
            ("http://intranet/", "no dot"),
            ("http://intranet./", "no dot"),
            ("http://app.localhost/", "inside a network"),
            ("http://printer.local/", "inside a network"),
            ("http://metadata.google.internal/", "inside a network"),
            ("http://metadata.google.internal./", "inside a network"),
            ("http://127.0.0.1/", "private"),
            ("http://127.1/", "private"),
            ("http://0x7f000001/", "private"),
            ("http://2130706433/", "private"),
            ("http://0251.254.169.254/", "private"),
            ("http://169.254.169.254/latest/meta-data", "private"),
            ("http://10.0.0.5/", "private"),
            ("http://100.100.100.200/", "private"),
            ("http://168.63.129.16/", "private"),
            ("http://224.0.0.1/", "private"),
            ("http://[::1]/", "private"),
            ("http://[::ffff:10.0.0.5]/", "private"),
            ("http://[fd00:ec2::254]/", "private"),
            ("http://[fe80::1]/", "private"),
            ("http://[ff02::1]/", "private"),
            ("https:///", "web address"),
        ] {
            let told = WebAddress::parse(text).map_err(|error| error.to_string());
            assert!(told.as_ref().is_err_and(|told| told.contains(why)), "{text}: {told:?}");
        }
        let long = format!("https://acme.example/{}", "x".repeat(2_000));
        assert!(WebAddress::parse(&long).is_err());
    }

    #[test]
    fn public_address_is_kept_without_its_fragment() {
        let address = WebAddress::parse(" HTTPS://WWW.Acme.Example.:443/a?b=1#c ").unwrap();
        assert_eq!(address.as_str(), "https://www.acme.example/a?b=1");
        assert!(
            address.is_https() && address.is_same_site(&WebAddress::parse("http://acme.example").unwrap())
        );
        assert!(!address.is_same_site(&WebAddress::parse("https://blog.acme.example").unwrap()));
        assert_eq!(address.join("../team").unwrap().as_str(), "https://www.acme.example/team");
        assert!(address.join("http://169.254.169.254/").is_err());
        assert!(address.join("javascript:alert(1)").is_err());
        assert_eq!(WebAddress::parse("https://bäcker.example").unwrap().host(), "xn--bcker-gra.example");
    }
}
