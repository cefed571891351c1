//! The addresses that Graph can call.

use url::{Host, Url};

/// Whether Graph can call an address: it calls by https alone, and knows no names of a local network. What stands for Graph on
/// one machine, such as the sandbox, reaches that machine.
pub(crate) fn reaches(api: &str, public_url: &str) -> bool {
    let (Ok(api), Ok(address)) = (Url::parse(api), Url::parse(public_url)) else { return false };
    let is_web = matches!(address.scheme(), "http" | "https");
    address.scheme() == "https" && is_public(&address) || is_web && is_loopback(&api) && is_loopback(&address)
}

fn is_public(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => {
            name.contains('.') && ![".localhost", ".local", ".internal"].iter().any(|end| name.ends_with(end))
        }
        Some(Host::Ipv4(ip)) => {
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified())
        }
        Some(Host::Ipv6(ip)) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
        None => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str = "https://graph.microsoft.com";

    #[test]
    fn address_for_notices_is_public_and_https() {
        for public in [
            "https://leadflow.example",
            "https://a.example:8443",
            "https://203.0.113.7",
            "https://[2001:db8::1]:444",
        ] {
            assert!(reaches(GRAPH, public), "{public}");
        }
        for local in [
            "http://leadflow.example",
            "http://localhost:3000",
            "https://localhost",
            "https://app.localhost:8443",
            "https://nas",
            "https://nas.local",
            "https://127.0.0.1:3000",
            "https://192.168.1.4",
            "https://10.0.0.2",
            "https://[::1]:3000",
            "https://[fd00::1]",
            "https://",
        ] {
            assert!(!reaches(GRAPH, local), "{local}");
        }
    }

    #[test]
    fn graph_of_this_machine_reaches_addresses_of_this_machine() {
        let here = "http://localhost:8788/microsoft";
        for local in ["http://localhost:8787", "http://127.0.0.1:3000", "https://[::1]:3000"] {
            assert!(reaches(here, local), "{local}");
        }
        for elsewhere in
            ["http://leadflow.example", "http://192.168.1.4", "ftp://localhost", "localhost:8787"]
        {
            assert!(!reaches(here, elsewhere), "{elsewhere}");
        }
        assert!(!reaches("https://localhost.graph.example", "http://localhost:8787"));
    }
}
