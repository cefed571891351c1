//! Prices and costs of messages. Most cost less than a cent, so a price is in millionths; it depends on
//! provider, country and contract, and only the workspace knows it.

use crate::money::Currency;
use serde::{Deserialize, Serialize};

/// A thousand units of the currency; a higher price is taken for a typing error.
const MOST: u64 = 1_000_000_000;

/// Prices in millionths of the workspace's currency; without a currency no price can be set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The price of an e-mail: up to 1,000,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_micros: Option<u64>,
    /// The price of one SMS segment: up to 1,000,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms_segment_micros: Option<u64>,
    /// The price of a WhatsApp message: up to 1,000,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whatsapp_micros: Option<u64>,
}

impl Prices {
    pub fn are_unset(&self) -> bool {
        *self == Self::default()
    }

    /// Each invalid field, and what was expected.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let all = [
            ("email_micros", self.email_micros),
            ("sms_segment_micros", self.sms_segment_micros),
            ("whatsapp_micros", self.whatsapp_micros),
        ];
        let dear = all.into_iter().filter(|(_, price)| price.is_some_and(|price| price > MOST));
        dear.map(|(field, _)| (field, "is up to 1,000,000,000")).collect()
    }

    pub fn emails(&self, count: u32) -> Option<u64> {
        self.email_micros.map(|price| price.saturating_mul(u64::from(count)))
    }

    pub fn sms(&self, segments: u32) -> Option<u64> {
        self.sms_segment_micros.map(|price| price.saturating_mul(u64::from(segments)))
    }

    pub fn whatsapp(&self, count: u32) -> Option<u64> {
        self.whatsapp_micros.map(|price| price.saturating_mul(u64::from(count)))
    }
}

/// The cost of messages. A channel without a price has no cost here, which does not mean that it is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Costs {
    pub currency: Currency,
    pub emails: u32,
    /// The cost of the e-mails, in millionths of the currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_micros: Option<u64>,
    pub sms_segments: u32,
    /// The cost of the SMS segments, in millionths of the currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms_micros: Option<u64>,
    pub whatsapp: u32,
    /// The cost of the WhatsApp messages, in millionths of the currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whatsapp_micros: Option<u64>,
}

/// The number of units sent of everything that has a price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    pub emails: u32,
    /// Segments of all SMS that were rendered.
    pub sms_segments: u32,
    pub whatsapp: u32,
}

impl Costs {
    pub fn of(prices: &Prices, currency: Currency, amounts: Amounts) -> Self {
        let Amounts { emails, sms_segments, whatsapp } = amounts;
        Self {
            currency,
            emails,
            email_micros: prices.emails(emails),
            sms_segments,
            sms_micros: prices.sms(sms_segments),
            whatsapp,
            whatsapp_micros: prices.whatsapp(whatsapp),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channel_without_a_price_has_no_cost() {
        let prices =
            Prices { email_micros: None, sms_segment_micros: Some(7_900), whatsapp_micros: Some(65_000) };
        let amounts = Amounts { emails: 40, sms_segments: 3, whatsapp: 2 };
        let costs = Costs::of(&prices, Currency::USD, amounts);
        assert_eq!((costs.email_micros, costs.sms_micros), (None, Some(23_700)));
        assert_eq!((costs.whatsapp, costs.whatsapp_micros), (2, Some(130_000)));
        assert_eq!(Costs::of(&Prices::default(), Currency::USD, amounts).sms_micros, None);
        assert!(prices.faults().is_empty());
        let dear = Prices { email_micros: Some(MOST + 1), whatsapp_micros: Some(MOST + 1), ..prices };
        assert_eq!(dear.faults().len(), 2);
    }
}
