//! Computes what a subscription's items bring a month, exactly: year 1/12, week 52/12, day 365/12; metered and
//! one-time prices bring nothing. Discounts count when they last for ever, included taxes are taken out. Tiered
//! prices carry no amount in an event and count as zero; a discount of which only the id is known counts as none. Both
//! are told as unsure.

use domain::revenue::Fraction;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    pub(super) const ZERO: Self = Self { numerator: 0, denominator: 1 };
    const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// Makes a reduced ratio with a positive denominator; `None` for a zero denominator.
    pub(super) fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        if denominator == 0 {
            return None;
        }
        let divisor = i128::try_from(divisor).ok()?.checked_mul(denominator.signum())?;
        Some(Self { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        // Both are reduced against each other first, so that the product fits whenever it can.
        let a = Self::new(self.numerator, other.denominator)?;
        let b = Self::new(other.numerator, self.denominator)?;
        Self::new(a.numerator.checked_mul(b.numerator)?, a.denominator.checked_mul(b.denominator)?)
    }

    fn plus(self, other: Self) -> Option<Self> {
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        Self::new(left.checked_add(right)?, self.denominator.checked_mul(other.denominator)?)
    }

    /// Reads a decimal: `12.5` → 25/2.
    fn decimal(text: &str) -> Option<Self> {
        let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        if part.len() > 12 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits: i128 = format!("{whole}{part}").parse().ok()?;
        Self::new(digits, 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?)
    }

    pub(super) fn into_fraction(self) -> Option<Fraction> {
        Some(Fraction {
            numerator: self.numerator.try_into().ok()?,
            denominator: self.denominator.try_into().ok()?,
        })
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

#[derive(Deserialize)]
pub(super) struct Item {
    price: Option<Price>,
    quantity: Option<i64>,
    #[serde(default)]
    discounts: Option<Vec<Value>>,
    #[serde(default)]
    tax_rates: Option<Vec<TaxRate>>,
    current_period_end: Option<i64>,
}

impl Item {
    pub(super) fn period_end(&self) -> Option<i64> {
        self.current_period_end
    }

    /// Tells whether a discount or the price comes without its amount.
    pub(super) fn is_unsure(&self) -> bool {
        let discounts = self.discounts.as_deref().unwrap_or_default();
        let rebates = Rebate::expanded(discounts);
        let is_tiered = self.price.as_ref().is_some_and(Price::is_tiered);
        is_tiered || rebates.len() < discounts.len() || rebates.iter().any(Rebate::is_unknown)
    }

    pub(super) fn currency(&self) -> Option<&str> {
        self.price.as_ref()?.currency.as_deref()
    }
}

#[derive(Deserialize)]
struct Price {
    currency: Option<String>,
    unit_amount: Option<i64>,
    unit_amount_decimal: Option<Number>,
    recurring: Option<Recurring>,
    transform_quantity: Option<TransformQuantity>,
}

#[derive(Deserialize)]
struct Recurring {
    interval: String,
    #[serde(default = "one")]
    interval_count: i64,
    #[serde(default)]
    usage_type: Option<String>,
}

#[derive(Deserialize)]
struct TransformQuantity {
    divide_by: i64,
    round: String,
}

#[derive(Deserialize)]
struct TaxRate {
    inclusive: bool,
    percentage: Number,
}

/// A discount: `percent_off` of each amount, `amount_off` of each invoice.
#[derive(Deserialize)]
pub(super) struct Rebate {
    coupon: Option<Value>,
    /// The coupon's place from 2025-09-30 on.
    source: Option<Source>,
}

#[derive(Deserialize)]
struct Source {
    coupon: Option<Value>,
}

#[derive(Deserialize, Clone)]
struct Coupon {
    duration: String,
    percent_off: Option<Number>,
    amount_off: Option<i64>,
}

/// A number, written as a JSON number or as text.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum Number {
    Text(String),
    Number(serde_json::Number),
}

impl Number {
    fn ratio(&self) -> Option<Ratio> {
        match self {
            Self::Text(text) => Ratio::decimal(text),
            Self::Number(number) => Ratio::decimal(&number.to_string()),
        }
    }
}

fn one() -> i64 {
    1
}

impl Rebate {
    /// Reads the discounts that came as objects, and not as ids.
    pub(super) fn expanded(values: &[Value]) -> Vec<Self> {
        values.iter().filter_map(|value| serde_json::from_value(value.clone()).ok()).collect()
    }

    /// Tells whether the coupon came as an id alone.
    pub(super) fn is_unknown(&self) -> bool {
        self.known().is_none()
    }

    fn known(&self) -> Option<Coupon> {
        let nested = || serde_json::from_value(self.source.as_ref()?.coupon.clone()?).ok();
        self.coupon.clone().and_then(|coupon| serde_json::from_value(coupon).ok()).or_else(nested)
    }

    fn lasting(&self) -> Option<Coupon> {
        self.known().filter(|coupon| coupon.duration == "forever")
    }
}

/// Returns the monthly total; `None` if a number is beyond any price.
pub(super) fn total(items: &[Item], rebates: &[Rebate]) -> Option<Ratio> {
    let mut sum = Ratio::ZERO;
    let mut billing = None;
    for item in items {
        if let Some((monthly, per_month)) = item.monthly()? {
            sum = sum.plus(monthly)?;
            billing = billing.or(Some(per_month));
        }
    }
    less(sum, rebates, billing.unwrap_or(Ratio::ONE))
}

impl Item {
    /// Returns the amount a month and the invoices a month; inner `None` for an item that does not recur.
    fn monthly(&self) -> Option<Option<(Ratio, Ratio)>> {
        let Some(price) = &self.price else { return Some(None) };
        let Some(recurring) = &price.recurring else { return Some(None) };
        if recurring.usage_type.as_deref() == Some("metered") {
            return Some(None);
        }
        let n = i128::from(recurring.interval_count.max(1));
        let per_month = match recurring.interval.as_str() {
            "month" => Ratio::new(1, n),
            "year" => Ratio::new(1, 12 * n),
            "week" => Ratio::new(52, 12 * n),
            "day" => Ratio::new(365, 12 * n),
            _ => return Some(None),
        }?;
        let whole = |amount: i64| Ratio::new(amount.into(), 1);
        let unit = match (&price.unit_amount_decimal, price.unit_amount) {
            (Some(decimal), _) => decimal.ratio()?,
            (None, Some(amount)) => whole(amount)?,
            (None, None) => Ratio::ZERO,
        };
        let quantity = price.transformed(self.quantity.unwrap_or(1));
        let gross = unit.times(whole(quantity)?)?.times(per_month)?;
        let discounted =
            less(gross, &Rebate::expanded(self.discounts.as_deref().unwrap_or_default()), per_month)?;
        Some(Some((self.without_tax(discounted)?, per_month)))
    }

    fn without_tax(&self, gross: Ratio) -> Option<Ratio> {
        let mut percent = Ratio::new(100, 1)?;
        for rate in self.tax_rates.iter().flatten().filter(|rate| rate.inclusive) {
            percent = percent.plus(rate.percentage.ratio()?)?;
        }
        gross.times(Ratio::new(percent.denominator.checked_mul(100)?, percent.numerator)?)
    }
}

impl Price {
    fn is_tiered(&self) -> bool {
        let recurs =
            self.recurring.as_ref().is_some_and(|rule| rule.usage_type.as_deref() != Some("metered"));
        recurs && self.unit_amount.is_none() && self.unit_amount_decimal.is_none()
    }

    fn transformed(&self, quantity: i64) -> i64 {
        match &self.transform_quantity {
            Some(rule) if rule.divide_by > 0 => {
                let up = i64::from(rule.round == "up" && quantity % rule.divide_by != 0);
                quantity / rule.divide_by + up
            }
            _ => quantity,
        }
    }
}

/// Subtracts the lasting discounts; the result is never below zero.
fn less(amount: Ratio, rebates: &[Rebate], per_month: Ratio) -> Option<Ratio> {
    let mut left = amount;
    for coupon in rebates.iter().filter_map(Rebate::lasting) {
        if let Some(percent) = coupon.percent_off {
            let percent = percent.ratio()?;
            let kept = Ratio::new(100, 1)?.plus(Ratio::new(-percent.numerator, percent.denominator)?)?;
            left = left.times(kept)?.times(Ratio::new(1, 100)?)?;
        }
        if let Some(off) = coupon.amount_off {
            left = left.plus(Ratio::new(-i128::from(off), 1)?.times(per_month)?)?;
        }
    }
    Some(if left.numerator < 0 { Ratio::ZERO } else { left })
}
