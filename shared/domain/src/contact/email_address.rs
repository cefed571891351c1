//! An e-mail address that could exist: trimmed, NFKC, lower case, domain in its ASCII (IDNA) form.

mod free_mail;
mod given;

pub use free_mail::is_free_mail;
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
    #[error("is not an e-mail address")]
    NoAt,
    #[error("has a character that is not allowed")]
    BadCharacter,
    #[error("has no valid domain after the @")]
    BadDomain,
    #[error("is longer than 254 characters")]
    TooLong,
    #[error("is a placeholder, not somebody's address")]
    Placeholder,
    #[error("has letters that only look like those of the address: type it anew")]
    LooksLikeAnother,
    #[error("holds several addresses: give one")]
    Several,
}

impl EmailAddress {
    pub fn parse(text: &str) -> Result<Self, BadEmail> {
        if let Some(plain) = parse_plain(text) {
            return Ok(Self(plain));
        }
        let text: String = text.nfkc().filter(|c| !is_invisible(*c)).collect::<String>().to_lowercase();
        let text: String = text.nfkc().collect();
        let text = text.trim();
        let text = text.strip_prefix("mailto:").unwrap_or(text);
        if text.is_empty() {
            return Err(BadEmail::Empty);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(BadEmail::NoAt)?;
        // A no-break space often comes along before the sign.
        let (local, domain) = (local.trim_end(), domain.trim_start());
        let domain = domain.strip_suffix('.').unwrap_or(domain);
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

    /// The domain as a company's; none for a free-mail domain, where the public can have an address.
    pub fn company_domain(&self) -> Option<&str> {
        Some(self.domain()).filter(|domain| !is_free_mail(domain))
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

/// Parses an address of plain characters quickly; none leaves the decision to the full rules.
fn parse_plain(text: &str) -> Option<String> {
    let text = text.trim_matches(' ');
    let at = text.find('@')?;
    let (local, domain) = (&text.as_bytes()[..at], &text.as_bytes()[at + 1..]);
    if !(1..=64).contains(&local.len()) || !(4..=180).contains(&domain.len()) {
        return None;
    }
    let mut before = b'.';
    for &b in local {
        let plain =
            b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+') || b == b'.' && before != b'.';
        if !plain {
            return None;
        }
        before = b;
    }
    if before == b'.' {
        return None;
    }
    let (mut dots, mut label, mut letters) = (0, 0, true);
    before = b'.';
    for &b in domain {
        match b {
            b'.' if label > 0 && before != b'-' => (dots, label, letters) = (dots + 1, 0, true),
            b'-' if label > 0 && before != b'-' => (label, letters) = (label + 1, false),
            _ if b.is_ascii_alphabetic() => label += 1,
            _ if b.is_ascii_digit() => (label, letters) = (label + 1, false),
            _ => return None,
        }
        if label > 63 {
            return None;
        }
        before = b;
    }
    (dots > 0 && label >= 2 && letters).then(|| text.to_ascii_lowercase())
}

/// Characters that nobody sees, which come along when text is copied: Unicode's `Default_Ignorable_Code_Point`.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `{:?}` hides the address, so that it never reaches a log.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Result<String, BadEmail> {
        EmailAddress::parse(text).map(String::from)
    }

    #[test]
    fn addresses_are_normalised() {
        for (text, expected) in [
            ("  Anna.Berg@Example.COM ", "anna.berg@example.com"),
            ("mailto:anna@example.com", "anna@example.com"),
            ("anna+news@example.com", "anna+news@example.com"),
            ("a_b-c@sub.example.co.uk", "a_b-c@sub.example.co.uk"),
            ("anna@example.com.", "anna@example.com"),
            ("info@bücher.example", "info@xn--bcher-kva.example"),
            ("Jörg@BÜCHER.example", "jörg@xn--bcher-kva.example"),
            ("info@BÜCHER.example", "info@xn--bcher-kva.example"),
            ("info@xn--bcher-kva.example", "info@xn--bcher-kva.example"),
            ("ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "anna@example.com"),
            ("\u{feff}anna@example.com\u{200b}", "anna@example.com"),
            ("o'neill@example.com", "o'neill@example.com"),
            ("\u{a0}anna@example.com\t", "anna@example.com"),
            ("1@2.example", "1@2.example"),
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn invalid_address_is_refused_with_a_reason() {
        for (text, why) in [
            ("", BadEmail::Empty),
            (" \t", BadEmail::Empty),
            ("anna", BadEmail::NoAt),
            ("@example.com", BadEmail::NoAt),
            ("anna@", BadEmail::NoAt),
            ("anna@localhost", BadEmail::BadDomain),
            ("anna@127.0.0.1", BadEmail::BadDomain),
            ("anna@example..com", BadEmail::BadDomain),
            ("anna@-example.com", BadEmail::BadDomain),
            ("anna@exa_mple.com", BadEmail::BadDomain),
            ("anna@example.c", BadEmail::BadDomain),
            (".anna@example.com", BadEmail::BadCharacter),
            ("anna.@example.com", BadEmail::BadCharacter),
            ("an..na@example.com", BadEmail::BadCharacter),
            ("anna berg@example.com", BadEmail::BadCharacter),
            ("a@b@example.com", BadEmail::BadCharacter),
            ("anna\r\nBcc: x@example.com", BadEmail::BadCharacter),
        ] {
            assert_eq!(parsed(text), Err(why), "{text}");
        }
        assert_eq!(parsed(&format!("{}@example.com", "a".repeat(65))), Err(BadEmail::TooLong));
    }

    #[test]
    fn free_mail_domain_is_no_company() {
        assert_eq!(EmailAddress::parse("a@gmail.com").unwrap().company_domain(), None);
        assert_eq!(
            EmailAddress::parse("a@harbour.example").unwrap().company_domain(),
            Some("harbour.example")
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn accepted_address_parses_to_itself(text in "\\PC{0,12}@\\PC{0,12}|\\PC{1,8}@[a-z.\u{e0}-\u{ff}-]{1,8}\\.[a-z]{2,3}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
                prop_assert!(!address.as_str().contains(|c: char| c.is_whitespace() || c.is_control()));
            }
        }

        #[test]
        fn quick_parser_agrees_with_the_full_one(text in " ?[A-Za-z0-9._+-]{1,10}@[A-Za-z0-9.-]{1,12}\\.[a-zA-Z]{1,3}") {
            if let Some(quick) = parse_plain(&text) {
                let slowly = format!("\u{feff}{text}");
                prop_assert_eq!(EmailAddress::parse(&slowly), Ok(EmailAddress(quick)));
            }
        }
    }
}
