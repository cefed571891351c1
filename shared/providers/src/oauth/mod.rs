//! OAuth 2.0 (RFC 6749 with PKCE of RFC 7636), as far as Google's and Microsoft's mailboxes need it: the address of the
//! page where an owner allows the access, the two requests for tokens, and what the answers mean. Nothing is sent here.

mod request;
mod response;

pub(crate) use request::{authorization_url, exchange, renewal};
pub(crate) use response::tokens;

/// A provider's authorization server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuthorizationServer {
    pub authorize_url: String,
    pub token_url: String,
    /// The permissions that are asked for.
    pub scopes: &'static [&'static str],
    /// The permissions without which the mailbox cannot be used, as the server spells them when it grants them.
    pub needed: &'static [&'static str],
    /// Further parameters of the page's address.
    pub more: &'static [(&'static str, &'static str)],
}

/// The app as it is registered at the provider.
#[derive(Clone, Copy)]
pub(crate) struct Client<'a> {
    pub id: &'a str,
    pub secret: &'a str,
}

#[cfg(test)]
mod tests;
