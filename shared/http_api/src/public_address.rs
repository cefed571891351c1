//! The address at which people reach the installation, and links in mails lead to.

use std::net::IpAddr;

/// Tells whether only the machine itself reaches this address, so that a link to it would lead every reader to their own
/// machine.
pub fn only_this_machine_reaches(url: &str) -> bool {
    let host = host_of(url.trim()).trim_end_matches('.').to_ascii_lowercase();
    match host.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(ip) => ip.is_loopback() || ip.is_unspecified(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// The host of an address such as `https://app.example.com:8443/`, an IPv6 address without its brackets.
fn host_of(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(ip) => ip.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_of_this_machine_alone_is_told_from_one_that_others_reach() {
        for here in [
            "http://localhost:8787",
            "http://LOCALHOST.",
            "https://localhost/",
            "http://app.localhost",
            "http://127.0.0.1",
            "http://127.0.0.2:8787",
            "http://0.0.0.0:8787",
            "http://[::1]:80",
            "http://[::]",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(only_this_machine_reaches(here), "{here}");
        }
        for public in [
            "https://app.example.com",
            "https://app.example.com:8443",
            "http://192.168.1.9:8787",
            "https://localhost.example.com",
            "https://127.0.0.1.example.com",
            "https://notlocalhost",
        ] {
            assert!(!only_this_machine_reaches(public), "{public}");
        }
    }
}
