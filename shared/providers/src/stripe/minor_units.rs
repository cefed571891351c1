//! Converts Stripe's amounts into ours. Stripe has its own list of currencies without or with three decimals, which
//! differs from ISO 4217 in a few.

use super::monthly::Ratio;
use application::ports::provider_events::Unreadable;
use domain::money::{Currency, Money};

/// Returns the number of decimals of the amounts that Stripe sends. Two of the currencies without any, ISK and UGX,
/// are nevertheless sent in hundredths.
fn sent_digits(currency: Currency) -> u32 {
    match currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

pub(super) fn currency(code: &str) -> Result<Currency, Unreadable> {
    Currency::parse(code).ok_or_else(|| Unreadable("a currency that is no three letters".to_owned()))
}

/// Returns how many of our minor units one of Stripe's makes.
pub(super) fn scale(currency: Currency) -> Option<Ratio> {
    Ratio::new(10_i128.pow(currency.digits()), 10_i128.pow(sent_digits(currency)))
}

pub(super) fn money(amount: i64, code: &str) -> Result<Money, Unreadable> {
    let currency = currency(code)?;
    let amount_minor = Ratio::new(amount.into(), 1)
        .and_then(|sent| sent.times(scale(currency)?))
        .and_then(Ratio::into_fraction)
        .ok_or_else(|| Unreadable("an amount that no payment has".to_owned()))?
        .rounded();
    Ok(Money { amount_minor, currency })
}
