//! Networks in CIDR notation, and those of makers of mail security, privacy proxies and clouds: `networks.toml`.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// A range of addresses, such as `192.0.2.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NetworkRange {
    /// The first address of the range.
    first: IpAddr,
    bits: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a network such as 192.0.2.0/24 or 2001:db8::/48")]
pub struct BadNetwork;

fn all_bits(address: IpAddr) -> (u128, u8) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

/// The part of a visitor's network that is stored: an office's or a small provider's.
const STORED_BITS: (u8, u8) = (24, 48);

impl NetworkRange {
    /// Makes the range of all addresses that share the first `bits` of this one.
    pub fn new(address: IpAddr, bits: u8) -> Result<Self, BadNetwork> {
        let address = address.to_canonical();
        let (value, length) = all_bits(address);
        if bits > length {
            return Err(BadNetwork);
        }
        let free = u32::from(length - bits);
        let first = value.checked_shr(free).unwrap_or(0).checked_shl(free).unwrap_or(0);
        let first = match address {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from(u32::try_from(first).map_err(|_| BadNetwork)?)),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(first)),
        };
        Ok(Self { first, bits })
    }

    pub fn contains(self, other: Self) -> bool {
        self.first.is_ipv4() == other.first.is_ipv4()
            && other.bits >= self.bits
            && Self::new(other.first, self.bits) == Ok(self)
    }

    /// Returns the larger network that is stored in place of an address.
    #[must_use]
    pub fn around(self) -> Self {
        let bits = if self.first.is_ipv4() { STORED_BITS.0 } else { STORED_BITS.1 };
        Self::new(self.first, self.bits.min(bits)).unwrap_or(self)
    }

    /// Tells whether the range has more addresses than one organisation has.
    pub fn is_too_wide(self) -> bool {
        self.bits < if self.first.is_ipv4() { 16 } else { 32 }
    }
}

impl FromStr for NetworkRange {
    type Err = BadNetwork;

    /// Reads a range, or a single address.
    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| BadNetwork)?;
        let address = if bits.is_none() { address.to_canonical() } else { address };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| BadNetwork)?,
            None => all_bits(address).1,
        };
        Self::new(address, bits)
    }
}

impl fmt::Display for NetworkRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bits == all_bits(self.first).1 {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}/{}", self.first, self.bits)
        }
    }
}

impl TryFrom<String> for NetworkRange {
    type Error = BadNetwork;

    fn try_from(text: String) -> Result<Self, BadNetwork> {
        text.parse()
    }
}

impl From<NetworkRange> for String {
    fn from(network: NetworkRange) -> Self {
        network.to_string()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkKind {
    /// A maker of mail security, whose servers follow links before the mail is delivered.
    Security,
    /// Loads the pictures of mails in place of the reader.
    Privacy,
    /// A data centre, in which no reader sits.
    Cloud,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Network {
    pub name: String,
    pub kind: NetworkKind,
    ranges: Vec<NetworkRange>,
}

#[derive(Deserialize)]
struct Networks {
    network: Vec<Network>,
}

static NETWORKS: LazyLock<Vec<Network>> = LazyLock::new(|| {
    let read = toml::from_str::<Networks>(include_str!("networks.toml"));
    read.expect("a test reads the list of networks").network
});

/// Returns the network of the list that this one is part of.
pub(super) fn known(network: NetworkRange) -> Option<&'static Network> {
    NETWORKS.iter().find(|known| known.ranges.iter().any(|range| range.contains(network)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> NetworkRange {
        text.parse().unwrap()
    }

    #[test]
    fn range_contains_its_addresses_and_narrower_ranges() {
        assert!(range("192.0.2.0/24").contains(range("192.0.2.7")));
        assert!(range("192.0.2.0/24").contains(range("192.0.2.128/25")));
        assert!(!range("192.0.2.128/25").contains(range("192.0.2.0/24")));
        assert!(!range("192.0.2.0/24").contains(range("192.0.3.7")));
        assert!(range("2001:db8::/32").contains(range("2001:db8:1:2::/64")));
        assert!(!range("0.0.0.0/0").contains(range("::1")));
        assert_eq!(range("192.0.2.77").around(), range("192.0.2.0/24"));
        assert_eq!(range("2001:db8:1:2::/64").around(), range("2001:db8:1::/48"));
        assert_eq!(range("10.0.0.0/8").around(), range("10.0.0.0/8"));
    }

    #[test]
    fn range_is_read_as_it_is_written() {
        for text in ["192.0.2.0/24", "192.0.2.7", "2001:db8::/48", "0.0.0.0/0"] {
            assert_eq!(range(text).to_string(), text);
        }
        assert_eq!(range(" 192.0.2.9/24 ").to_string(), "192.0.2.0/24");
        assert_eq!(range("::ffff:192.0.2.7").to_string(), "192.0.2.7");
        for bad in
            ["", "192.0.2.0/33", "192.0.2/24", "2001:db8::/129", "192.0.2.0/-1", "here", "192.0.2.0/24/1"]
        {
            assert_eq!(bad.parse::<NetworkRange>(), Err(BadNetwork), "{bad}");
        }
    }

    #[test]
    fn listed_networks_are_no_narrower_than_what_is_stored_of_an_address() {
        assert!(NETWORKS.iter().flat_map(|network| &network.ranges).all(|range| range.around() == *range));
        assert_eq!(known(range("17.58.1.0/24")).map(|known| known.kind), Some(NetworkKind::Privacy));
        assert_eq!(known(range("192.0.2.0/24")).map(|known| known.kind), None);
    }
}
