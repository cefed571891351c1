//! An IANA time zone that exists, and how it became known as a lead's.

mod near_zone;

use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName(String);

/// What is said of a text that names no time zone, with a zone that it may mean.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownZone {
    #[error("is not an IANA time zone: did you mean {0}?")]
    Near(ZoneName),
    #[error("is not an IANA time zone such as Europe/Berlin")]
    Unlike,
}

impl ZoneName {
    /// Reads the name of a zone in IANA or in Windows.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let of_windows = || jiff::tz::TimeZone::get(near_zone::of_windows(text)?).ok();
        let zone = jiff::tz::TimeZone::get(text).ok().or_else(of_windows)?;
        zone.iana_name().map(|name| Self(name.to_owned()))
    }

    /// Reads a name that a person or a program gives; what is wrong with another one names a zone that is near.
    pub fn parse_given(text: &str) -> Result<Self, UnknownZone> {
        let near = || near_zone::near(text).and_then(|name| Self::parse(&name));
        Self::parse(text).ok_or_else(|| near().map_or(UnknownZone::Unlike, UnknownZone::Near))
    }

    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.0).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ZoneName {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse_given(&text).map_err(|error| format!("'{text}' {error}"))
    }
}

impl From<ZoneName> for String {
    fn from(zone: ZoneName) -> String {
        zone.0
    }
}

/// The source of a lead's time zone, in falling order of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ZoneSource {
    Given,
    Address,
    Phone,
    Country,
    /// The lead's zone is not known: it is the most populous of those in which the lead may be.
    Unknown,
    /// Not even the lead's country is known.
    Campaign,
}

impl ZoneSource {
    /// The source as a user reads it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Given => "the lead's own time zone",
            Self::Address => "time zone of the location",
            Self::Phone => "time zone of the phone number",
            Self::Country => "time zone of the country",
            Self::Unknown => "time zone unknown, read as the most populous one",
            Self::Campaign => "time zone unknown, read as the campaign's",
        }
    }

    /// Whether the lead's local time can be told by it.
    pub fn tells_the_time(self) -> bool {
        !matches!(self, Self::Unknown | Self::Campaign)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneFact {
    pub zone: ZoneName,
    pub source: ZoneSource,
    /// Confidence, 0–100.
    pub confidence: u8,
}
