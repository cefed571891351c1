//! An e-mail address that could exist: trimmed, NFKC, lower case, domain in its ASCII (IDNA) form.

use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEmail {
    #[error("is empty")]
    Empty,
    #[error("has no @ with text on both sides")]
    NoAt,
    #[error("has a character that no address may carry")]
    BadCharacter,
    #[error("has a domain that cannot exist")]
    BadDomain,
    #[error("is longer than 254 characters")]
    TooLong,
}

impl EmailAddress {
    pub fn parse(text: &str) -> Result<Self, BadEmail> {
        let text: String = text.trim().nfkc().collect::<String>().to_lowercase();
        let text = text.strip_prefix("mailto:").unwrap_or(&text);
        if text.is_empty() {
            return Err(BadEmail::Empty);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(BadEmail::NoAt)?;
        if local.is_empty() || domain.is_empty() {
            return Err(BadEmail::NoAt);
        }
        let bad_local = |c: char| c.is_whitespace() || c.is_control() || "()<>[]:;@\\,\"".contains(c);
        if local.chars().any(bad_local)
            || local.starts_with('.')
            || local.ends_with('.')
            || local.contains("..")
        {
            return Err(BadEmail::BadCharacter);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| BadEmail::BadDomain)?;
        let labels: Vec<&str> = domain.split('.').collect();
        let numeric_end =
            labels.last().is_none_or(|tld| tld.len() < 2 || tld.bytes().all(|b| b.is_ascii_digit()));
        if labels.len() < 2 || numeric_end || labels.iter().any(|l| l.is_empty() || l.len() > 63) {
            return Err(BadEmail::BadDomain);
        }
        if local.len() > 64 || local.len() + domain.len() > 253 {
            return Err(BadEmail::TooLong);
        }
        Ok(Self(format!("{local}@{domain}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address never reaches a log by `{:?}`.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress(…@{})", self.domain())
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = BadEmail;
    fn try_from(text: String) -> Result<Self, BadEmail> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.0
    }
}
