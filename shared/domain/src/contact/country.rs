//! A country as ISO 3166-1 alpha-2, read from codes and from the names people write.

mod names;

use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// Parses the two letters of a country that exists; `UK` is read as `GB`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().as_bytes();
        let code = match text {
            [a, b] => [a.to_ascii_uppercase(), b.to_ascii_uppercase()],
            _ => return None,
        };
        let code = if code == *b"UK" { *b"GB" } else { code };
        names::english(code).map(|_| Self(code))
    }

    /// Reads a code, or a name as people write it in English, German, French, Spanish, Italian, Dutch,
    /// Portuguese, Polish or a Scandinavian language; case, accents and punctuation do not matter.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| names::find(text).map(Self))
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two ASCII letters by construction")
    }

    /// The English name.
    pub fn name(&self) -> &'static str {
        names::english(self.0).unwrap_or("")
    }

    /// Every country, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        names::codes().map(Self)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Country {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("'{text}' is not a two-letter country code"))
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Option<String> {
        Country::from_name(text).map(String::from)
    }

    #[test]
    fn codes_and_names_in_several_languages_are_read() {
        for (text, code) in [
            ("us", "US"),
            ("UK", "GB"),
            ("United Kingdom", "GB"),
            ("GREAT BRITAIN", "GB"),
            ("Deutschland", "DE"),
            ("allemagne", "DE"),
            ("Netherlands", "NL"),
            ("The  Netherlands ", "NL"),
            ("Pays-Bas", "NL"),
            ("España", "ES"),
            ("Espana", "ES"),
            ("Österreich", "AT"),
            ("U.S.A.", "US"),
            ("DEU", "DE"),
            ("Côte d'Ivoire", "CI"),
            ("Türkiye", "TR"),
            ("Danmark", "DK"),
            ("Polska", "PL"),
        ] {
            assert_eq!(named(text).as_deref(), Some(code), "{text}");
        }
        for text in ["", "x", "XX", "Atlantis", "12", "🇩🇪x"] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn every_entry_of_the_table_reads_back() {
        assert!(Country::all().count() >= 249);
        for country in Country::all() {
            assert_eq!(Country::from_name(country.name()), Some(country), "{}", country.name());
        }
    }
}
