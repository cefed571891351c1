//! Converts Stripe's amounts into ours.

use application::ports::provider_events::Unreadable;
use domain::money::{Currency, Money};

/// Currencies without minor units that Stripe nevertheless sends in hundredths.
const SENT_IN_HUNDREDTHS: [&str; 2] = ["ISK", "UGX"];

pub(super) fn currency(code: &str) -> Result<Currency, Unreadable> {
    Currency::parse(code).ok_or_else(|| Unreadable("a currency that is no three letters".to_owned()))
}

/// Returns how many of Stripe's smallest units make one of ours: one, or a hundred.
pub(super) fn divisor(currency: Currency) -> i64 {
    if SENT_IN_HUNDREDTHS.contains(&currency.as_str()) { 100 } else { 1 }
}

pub(super) fn money(amount: i64, code: &str) -> Result<Money, Unreadable> {
    let currency = currency(code)?;
    Ok(Money { amount_minor: amount / divisor(currency), currency })
}
