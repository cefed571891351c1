//! An amount of US dollars, in which providers of data and models bill.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul};

/// An amount in millionths of a US dollar: a single call costs less than a cent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Usd(u64);

impl Usd {
    pub const ZERO: Self = Self(0);

    pub const fn micros(micros: u64) -> Self {
        Self(micros)
    }

    pub const fn cents(cents: u64) -> Self {
        Self(cents * 10_000)
    }

    pub const fn as_micros(self) -> u64 {
        self.0
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Returns what is left after `other` is taken away, or nothing.
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Returns how many times `price` fits in; as often as one likes, if it costs nothing.
    pub fn times(self, price: Self) -> u64 {
        self.0.checked_div(price.0).unwrap_or(u64::MAX)
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Mul<u64> for Usd {
    type Output = Self;

    fn mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Usd {
    /// Writes whole cents as `$4.30`, and smaller parts as far as they go: `$0.0049`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, micros) = (self.0 / 1_000_000, self.0 % 1_000_000);
        let digits = format!("{micros:06}");
        let digits = digits.trim_end_matches('0');
        write!(f, "${whole}.{digits:0<2}")
    }
}

#[cfg(test)]
mod tests {
    use super::Usd;

    #[test]
    fn amount_is_written_with_cents_and_as_far_as_it_goes() {
        let texts = [4_300_000, 4_900, 12_000_000, 1].map(|micros| Usd::micros(micros).to_string());
        assert_eq!(texts, ["$4.30", "$0.0049", "$12.00", "$0.000001"]);
    }

    #[test]
    fn price_fits_a_whole_number_of_times() {
        assert_eq!(Usd::cents(10).times(Usd::cents(3)), 3);
        assert_eq!(Usd::cents(10).times(Usd::ZERO), u64::MAX);
    }
}
