//! Monthly recurring revenue: what a subscription is worth a month, and how that moved.

use crate::money::{Currency, Money, Sums};
use crate::revenue::{Client, Fraction, Subscription, SubscriptionStatus};
use std::collections::BTreeSet;

impl SubscriptionStatus {
    pub fn counts(self) -> bool {
        matches!(self, Self::Active | Self::PastDue)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    Day,
    Week,
    Month,
    Year,
}

impl Interval {
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "year" => Self::Year,
            _ => return None,
        })
    }
}

/// The monthly value of one subscription item. Amounts are minor units for one of `quantity`, without tax.
/// None for an interval of no length, and for an amount that does not fit.
pub fn monthly(unit_amount_minor: i64, interval: Interval, count: u32, quantity: u32) -> Option<Fraction> {
    let (times, parts) = match interval {
        Interval::Month => (1, 1),
        Interval::Year => (1, 12),
        Interval::Week => (52, 12),
        Interval::Day => (365, 12),
    };
    let numerator = i128::from(unit_amount_minor) * i128::from(quantity) * times;
    Fraction::reduced(numerator, parts * i128::from(count))
}

impl Fraction {
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };

    pub fn whole(value: i64) -> Self {
        Self { numerator: value, denominator: 1 }
    }

    fn reduced(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let divisor =
            gcd(numerator.unsigned_abs(), denominator.unsigned_abs()).cast_signed() * denominator.signum();
        Some(Self {
            numerator: i64::try_from(numerator / divisor).ok()?,
            denominator: i64::try_from(denominator / divisor).ok()?,
        })
    }

    pub fn plus(self, other: Self) -> Option<Self> {
        let (a, b) = (i128::from(self.numerator), i128::from(self.denominator));
        let (c, d) = (i128::from(other.numerator), i128::from(other.denominator));
        Self::reduced(a * d + c * b, b * d)
    }

    /// The amount in whole minor units, halves rounded away from zero.
    pub fn rounded(self) -> i64 {
        let (n, d) = (i128::from(self.numerator), i128::from(self.denominator.max(1)));
        let rounded = (n.abs() * 2 + d) / (d * 2) * n.signum();
        i64::try_from(rounded).unwrap_or(i64::MAX)
    }

    /// The amount in hundredths of a minor unit, halves rounded away from zero: for currencies without minor units.
    pub fn hundredths(self) -> i64 {
        let scaled = Self::reduced(i128::from(self.numerator) * 100, i128::from(self.denominator.max(1)));
        scaled.map_or(i64::MAX, Self::rounded)
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// The exact sum of the subscriptions that count, in one currency.
pub fn total<'a>(
    subscriptions: impl IntoIterator<Item = &'a Subscription>,
    currency: Currency,
) -> Option<Fraction> {
    let counted = subscriptions.into_iter().filter(|s| s.status.counts() && s.currency == currency);
    counted.map(|s| s.monthly).try_fold(Fraction::ZERO, Fraction::plus)
}

/// The same sum, rounded once for display.
pub fn mrr<'a>(
    subscriptions: impl IntoIterator<Item = &'a Subscription>,
    currency: Currency,
) -> Option<Money> {
    Some(Money { amount_minor: total(subscriptions, currency)?.rounded(), currency })
}

/// The same sum for each currency. None if a sum is beyond any revenue.
pub fn mrr_by_currency<'a>(subscriptions: impl IntoIterator<Item = &'a Subscription>) -> Option<Sums> {
    let subscriptions: Vec<&Subscription> = subscriptions.into_iter().collect();
    let currencies: BTreeSet<Currency> = subscriptions.iter().map(|s| s.currency).collect();
    currencies.into_iter().map(|currency| mrr(subscriptions.iter().copied(), currency)).collect()
}

impl Client {
    /// Takes the revenue, and what of it is about to end, from all of the client's subscriptions. Sums beyond any
    /// revenue change nothing.
    pub fn sum_up(&mut self, subscriptions: &[Subscription]) {
        let ending = || subscriptions.iter().filter(|subscription| subscription.is_ending());
        if let (Some(all), Some(part)) = (mrr_by_currency(subscriptions), mrr_by_currency(ending())) {
            (self.mrr, self.ending) = (all, part);
        }
        self.ends_at = ending().filter_map(|subscription| subscription.ends_at).min();
        self.mrr_is_unsure = subscriptions.iter().any(|known| known.is_unsure && known.status.counts());
    }
}

#[cfg(test)]
mod tests;
