//! A telephone number in E.164 that its country's plan allows. What does not parse stays text and is never messaged.

use crate::country::Country;
use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPhone {
    #[error("is empty")]
    Empty,
    #[error("is not a telephone number")]
    NotANumber,
    #[error("has no country code, and no default country is set")]
    NoCountry,
    #[error("is not valid in its country's numbering plan")]
    NotValid,
}

impl PhoneNumber {
    /// `region` tells the country of a number written without its code.
    pub fn parse(text: &str, region: Option<Country>) -> Result<Self, BadPhone> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadPhone::Empty);
        }
        let id = match region {
            Some(country) => Some(country.as_str().parse().map_err(|_| BadPhone::NoCountry)?),
            None if text.starts_with('+') => None,
            None => return Err(BadPhone::NoCountry),
        };
        let number = phonenumber::parse(id, text).map_err(|_| BadPhone::NotANumber)?;
        if !phonenumber::is_valid(&number) {
            return Err(BadPhone::NotValid);
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country the number's own code names, where it names one.
    pub fn country(&self) -> Option<Country> {
        let number = phonenumber::parse(None, &self.0).ok()?;
        number.country().id().and_then(|id| Country::parse(id.as_ref()))
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A number never reaches a log by `{:?}`.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({}…)", self.0.get(..3).unwrap_or("+"))
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = BadPhone;
    fn try_from(text: String) -> Result<Self, BadPhone> {
        let digits = text.strip_prefix('+').unwrap_or("");
        let plausible = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if plausible { Ok(Self(text)) } else { Err(BadPhone::NotANumber) }
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> String {
        number.0
    }
}
