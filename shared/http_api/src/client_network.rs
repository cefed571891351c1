//! The network that a request comes from, as rate limits need it: the address that API Gateway saw, never a header.
//! The network of an IPv6 address is its first half, which is one household or office.

use application::identity::access_log::Origin;
use axum::extract::FromRequestParts;
use http::Extensions;
use http::request::Parts;
use lambda_http::request::RequestContext;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientNetwork(pub String);

impl ClientNetwork {
    pub(crate) fn of(request: &Extensions) -> Self {
        let address = match request.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
            _ => None,
        };
        Self(network_of(&address.unwrap_or_else(|| "unknown".to_owned())))
    }

    /// Tells whether the network is that of a client. Requests of this machine and of its neighbours come by a proxy, which
    /// stands for all its clients.
    pub fn is_of_a_client(&self) -> bool {
        match self.0.trim_end_matches("/64").parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => {
                !(address.is_loopback() || address.is_private() || address.is_link_local())
            }
            Ok(IpAddr::V6(address)) => {
                let is_own = address.is_unspecified() || address.is_loopback();
                !(is_own || address.is_unique_local() || address.is_unicast_link_local())
            }
            Err(_) => false,
        }
    }

    /// The origin of a request whose device is not asked for.
    pub fn origin(&self) -> Origin<'_> {
        Origin { network: &self.0, device: None }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientNetwork {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_of_a_proxy_is_that_of_no_client() {
        let is_of_a_client = |address: &str| ClientNetwork(network_of(address)).is_of_a_client();
        for own in
            ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.1.1", "::1", "fd00::7", "fe80::1", "unknown"]
        {
            assert!(!is_of_a_client(own), "{own}");
        }
        for client in ["192.0.2.7", "2001:db8:1:2::7", "::ffff:192.0.2.1"] {
            assert!(is_of_a_client(client), "{client}");
        }
    }

    #[test]
    fn addresses_of_one_household_are_one_network() {
        let (one, other) = ("2001:db8:1:2::7", "2001:db8:1:2:aaaa::1");
        assert_eq!(network_of(one), network_of(other));
        assert_ne!(network_of(one), network_of("2001:db8:1:3::7"));
        assert_eq!(network_of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(network_of("unknown"), "unknown");
    }
}
