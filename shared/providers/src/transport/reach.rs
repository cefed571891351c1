//! The hosts that may be called. Users type in provider addresses, so an installation on the internet must not be led
//! to its own loopback, to private networks or to metadata addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Only public addresses, checked on the address that is connected to; HTTP only with TLS.
    Public,
    /// Any address, for one machine with its own sandbox.
    Anywhere,
}

#[derive(Debug, thiserror::Error)]
#[error("the host has no address that may be called")]
pub struct OutOfReach;

/// The reason why a mail server is not called.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadTarget {
    #[error("mail without encryption is allowed to this very machine only")]
    Unencrypted,
    #[error(transparent)]
    OutOfReach(#[from] OutOfReach),
}

impl Reach {
    pub fn allows(self, address: IpAddr) -> bool {
        self == Self::Anywhere || is_public(address)
    }

    pub(super) fn filter(
        self,
        found: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, OutOfReach> {
        let allowed: Vec<_> = found.filter(|address| self.allows(address.ip())).collect();
        if allowed.is_empty() { Err(OutOfReach) } else { Ok(allowed) }
    }
}

impl Reach {
    /// Filters as `filter` does; without encryption only this machine may be called.
    pub(super) fn mail_server(
        self,
        found: impl Iterator<Item = SocketAddr>,
        encrypted: bool,
    ) -> Result<Vec<SocketAddr>, BadTarget> {
        let allowed = self.filter(found)?;
        if encrypted || allowed.iter().all(|address| address.ip().is_loopback()) {
            return Ok(allowed);
        }
        Err(BadTarget::Unencrypted)
    }
}

/// The address of Azure's own services on each of its machines, which looks like a public one.
const AZURE_OWN: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b))
        || address == AZURE_OWN)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    // Only global unicast, less the tunnels and the ranges kept for documentation and benchmarks.
    (s[0] & 0xe000) == 0x2000
        && s[0] != 0x2002
        && !(s[0] == 0x2001 && (s[1] == 0 || s[1] == 0x0db8 || s[1] == 2))
        && !(s[0] == 0x3fff && s[1] < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_out_of_reach_from_the_internet() {
        for text in [
            "127.0.0.1",
            "10.0.0.5",
            "172.16.3.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "168.63.129.16",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "2001:db8::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001::1",
            "3fff::1",
            "5f00::1",
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert!(!Reach::Public.allows(address), "{text}");
            assert!(Reach::Anywhere.allows(address), "{text}");
        }
        for text in ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "100.128.0.1", "172.32.0.1"] {
            assert!(Reach::Public.allows(text.parse().unwrap()), "{text}");
        }
    }
}
