//! Money in whole minor units of one currency.

use crate::contact::country::Country;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A currency code by ISO 4217, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    pub const USD: Self = Self(*b"USD");

    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        match text.as_bytes() {
            [a, b, c] if text.bytes().all(|x| x.is_ascii_uppercase()) => Some(Self([*a, *b, *c])),
            _ => None,
        }
    }

    /// The currency of a workspace in that country, until a user chooses another: its own where it is a common one,
    /// US dollars elsewhere.
    pub fn usual_in(country: Country) -> Self {
        Self(*match country.as_str() {
            "AT" | "BE" | "BG" | "HR" | "CY" | "EE" | "FI" | "FR" | "DE" | "GR" | "IE" | "IT" | "LV"
            | "LT" | "LU" | "MT" | "NL" | "PT" | "SK" | "SI" | "ES" | "MC" | "SM" | "AD" | "VA" | "ME"
            | "XK" => b"EUR",
            "GB" | "GG" | "JE" | "IM" => b"GBP",
            "CH" | "LI" => b"CHF",
            "SE" => b"SEK",
            "NO" => b"NOK",
            "DK" => b"DKK",
            "PL" => b"PLN",
            "CZ" => b"CZK",
            "HU" => b"HUF",
            "RO" => b"RON",
            "CA" => b"CAD",
            "AU" => b"AUD",
            "NZ" => b"NZD",
            "JP" => b"JPY",
            "IN" => b"INR",
            "SG" => b"SGD",
            "HK" => b"HKD",
            "BR" => b"BRL",
            "MX" => b"MXN",
            "ZA" => b"ZAR",
            "AE" => b"AED",
            "IL" => b"ILS",
            _ => return Self::USD,
        })
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII letters by construction")
    }

    /// The number of decimal digits of the minor unit (ISO 4217).
    pub fn digits(&self) -> u32 {
        match self.as_str() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI"
            | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            "CLF" | "UYW" => 4,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("'{text}' is not a three-letter currency code"))
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.as_str().to_owned()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    pub amount_minor: i64,
    pub currency: Currency,
}

/// Amounts in several currencies, each summed on its own: amounts in different currencies are never added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums(BTreeMap<Currency, i64>);

impl Sums {
    /// Adds to the sum of the amount's currency. A sum of nothing is left out.
    pub fn add(&mut self, money: Money) {
        let sum = self.0.entry(money.currency).or_default();
        *sum = sum.saturating_add(money.amount_minor);
        if *sum == 0 {
            self.0.remove(&money.currency);
        }
    }

    pub fn amount_minor(&self, currency: Currency) -> i64 {
        self.0.get(&currency).copied().unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sums, by the currencies' codes.
    pub fn iter(&self) -> impl Iterator<Item = Money> + '_ {
        self.0.iter().map(|(currency, amount)| Money { amount_minor: *amount, currency: *currency })
    }
}

impl FromIterator<Money> for Sums {
    fn from_iter<T: IntoIterator<Item = Money>>(amounts: T) -> Self {
        let mut sums = Self::default();
        amounts.into_iter().for_each(|money| sums.add(money));
        sums
    }
}

impl Money {
    pub fn negated(self) -> Self {
        Self { amount_minor: self.amount_minor.saturating_neg(), ..self }
    }
}

/// Shown like `49.00 USD`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.digits();
        let unit = 10_u64.pow(digits);
        let (sign, amount) = (if self.amount_minor < 0 { "-" } else { "" }, self.amount_minor.unsigned_abs());
        write!(f, "{sign}{}", amount / unit)?;
        if digits > 0 {
            write!(f, ".{:0width$}", amount % unit, width = digits as usize)?;
        }
        write!(f, " {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspace_has_the_currency_of_its_country_or_dollars() {
        let usual = |code: &str| Currency::usual_in(Country::parse(code).unwrap()).to_string();
        assert_eq!(["GB", "DE", "US", "KE"].map(usual), ["GBP", "EUR", "USD", "USD"]);
    }

    #[test]
    fn sums_keep_currencies_apart_and_drop_nothing_sums() {
        let money = |amount_minor, code| Money { amount_minor, currency: Currency::parse(code).unwrap() };
        let sums: Sums = [money(4_900, "EUR"), money(4_900, "JPY"), money(100, "EUR")].into_iter().collect();
        assert_eq!(sums.iter().collect::<Vec<_>>(), [money(5_000, "EUR"), money(4_900, "JPY")]);
        let mut left = sums.clone();
        left.add(money(4_900, "JPY").negated());
        assert_eq!((left.iter().count(), left.amount_minor(money(0, "JPY").currency)), (1, 0));
    }

    #[test]
    fn amount_is_shown_with_the_digits_of_its_currency() {
        let shown =
            |amount_minor, code| Money { amount_minor, currency: Currency::parse(code).unwrap() }.to_string();
        assert_eq!(shown(4_905, "usd"), "49.05 USD");
        assert_eq!(shown(-5, "EUR"), "-0.05 EUR");
        assert_eq!(shown(4_900, "JPY"), "4900 JPY");
        assert_eq!(shown(4_900, "KWD"), "4.900 KWD");
        assert_eq!(shown(i64::MIN, "USD"), "-92233720368547758.08 USD");
    }
}
