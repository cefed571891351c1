//! The addresses that Graph can call.

use std::net::IpAddr;

/// Whether a provider can call an address: it calls by https alone, and knows no names of a local network.
pub(crate) fn reaches(public_url: &str) -> bool {
    let Some(rest) = public_url.strip_prefix("https://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified())
        }
        Ok(IpAddr::V6(ip)) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
        Err(_) => {
            let name = host.to_ascii_lowercase();
            name.contains('.') && ![".localhost", ".local", ".internal"].iter().any(|end| name.ends_with(end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_for_notices_is_public_and_https() {
        for public in [
            "https://leadflow.example",
            "https://a.example:8443",
            "https://203.0.113.7",
            "https://[2001:db8::1]:444",
        ] {
            assert!(reaches(public), "{public}");
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
            assert!(!reaches(local), "{local}");
        }
    }
}
