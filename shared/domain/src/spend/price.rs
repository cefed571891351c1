//! The price list: what a call to a provider costs, found or not, and what a model's tokens cost. Users correct it to
//! their own contract.

use super::Usd;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a provider is asked for, as far as it has a price of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    FindEmail,
    VerifyEmail,
    FindPhone,
    Person,
    Company,
    Place,
    /// A page of people or companies that match a search.
    Search,
    /// A run of an actor or of a webhook.
    Run,
    /// A started minute of a phone call, for the phones of the user and the lead together. Its price for a miss is not
    /// asked for.
    Minute,
}

impl CallKind {
    pub const ALL: [Self; 9] = [
        Self::FindEmail,
        Self::VerifyEmail,
        Self::FindPhone,
        Self::Person,
        Self::Company,
        Self::Place,
        Self::Search,
        Self::Run,
        Self::Minute,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::FindEmail => "find_email",
            Self::VerifyEmail => "verify_email",
            Self::FindPhone => "find_phone",
            Self::Person => "person",
            Self::Company => "company",
            Self::Place => "place",
            Self::Search => "search",
            Self::Run => "run",
            Self::Minute => "minute",
        }
    }
}

/// The price of a call, by whether the provider knew something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CallPrice {
    pub hit: Usd,
    pub miss: Usd,
}

impl CallPrice {
    pub const FREE: Self = Self { hit: Usd::ZERO, miss: Usd::ZERO };

    /// Returns the most that one call may cost.
    pub fn most(self) -> Usd {
        self.hit.max(self.miss)
    }
}

/// The price of a model's tokens, for a million of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ModelPrice {
    pub input: Usd,
    pub output: Usd,
}

impl ModelPrice {
    /// Returns what a call with so many tokens costs, rounded up.
    pub fn of(self, input_tokens: u64, output_tokens: u64) -> Usd {
        let millionths = |price: Usd, tokens: u64| u128::from(price.as_micros()) * u128::from(tokens);
        let sum = millionths(self.input, input_tokens) + millionths(self.output, output_tokens);
        Usd::micros(u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX))
    }
}

/// The prices that differ from the usual ones in a workspace, and the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// Prices by provider, then by what it is asked for.
    #[serde(default)]
    pub calls: BTreeMap<String, BTreeMap<CallKind, CallPrice>>,
    /// Prices by the model's name.
    #[serde(default)]
    pub models: BTreeMap<String, ModelPrice>,
}

/// A call without a price in the list costs this.
const UNKNOWN_CALL: CallPrice = CallPrice { hit: Usd::cents(10), miss: Usd::cents(10) };

/// The usual prices, from the providers' public lists of 2026: the smallest paid plan, divided by its credits.
const USUAL: &[(&str, CallKind, u64, u64)] = &[
    ("serpapi", CallKind::Place, 25_000, 0),
    ("serpapi", CallKind::Search, 25_000, 0),
    ("serper", CallKind::Place, 1_000, 1_000),
    ("serper", CallKind::Search, 1_000, 1_000),
    ("hunter", CallKind::FindEmail, 24_500, 0),
    ("hunter", CallKind::VerifyEmail, 12_250, 0),
    ("hunter", CallKind::Person, 24_500, 0),
    ("hunter", CallKind::Company, 24_500, 0),
    ("hunter", CallKind::Search, 24_500, 0),
    ("apollo", CallKind::FindEmail, 20_000, 0),
    ("apollo", CallKind::FindPhone, 160_000, 0),
    ("apollo", CallKind::Person, 20_000, 0),
    ("apollo", CallKind::Company, 20_000, 0),
    ("apollo", CallKind::Search, 0, 0),
    ("people_data_labs", CallKind::FindEmail, 280_000, 0),
    ("people_data_labs", CallKind::FindPhone, 280_000, 0),
    ("people_data_labs", CallKind::Person, 280_000, 0),
    ("people_data_labs", CallKind::Company, 100_000, 0),
    ("people_data_labs", CallKind::Search, 280_000, 0),
    ("zerobounce", CallKind::VerifyEmail, 9_900, 9_900),
    ("apify", CallKind::Run, 50_000, 50_000),
    ("website", CallKind::Company, 0, 0),
    ("website", CallKind::FindEmail, 0, 0),
    ("website", CallKind::FindPhone, 0, 0),
    ("webhook", CallKind::Run, 0, 0),
    // An estimate: a minute costs from two cents to a quarter, by the countries of the two phones.
    ("twilio", CallKind::Minute, 100_000, 0),
];

impl PriceList {
    /// The price of a model that has none in the list: that of a large one, so that a cap rather stops early.
    pub const UNKNOWN_MODEL: ModelPrice = ModelPrice { input: Usd::cents(300), output: Usd::cents(1_500) };

    /// Returns the price of a call: the workspace's own, else the usual one.
    pub fn call(&self, provider: &str, kind: CallKind) -> CallPrice {
        let own = self.calls.get(provider).and_then(|prices| prices.get(&kind));
        own.copied().or_else(|| usual_call(provider, kind)).unwrap_or(UNKNOWN_CALL)
    }

    /// Returns the price of a model's tokens: the workspace's own, else that of a large model.
    pub fn model(&self, name: &str) -> ModelPrice {
        self.models.get(name).copied().unwrap_or(Self::UNKNOWN_MODEL)
    }

    /// Lists all prices of calls in force: the usual ones with the workspace's own in their place, and its further ones.
    pub fn all_calls(&self) -> BTreeMap<(String, CallKind), CallPrice> {
        let usual = USUAL.iter().map(|(provider, kind, ..)| ((*provider).to_owned(), *kind));
        let own = self.calls.iter();
        let own = own.flat_map(|(provider, kinds)| kinds.keys().map(|kind| (provider.clone(), *kind)));
        usual
            .chain(own)
            .map(|(provider, kind)| ((provider.clone(), kind), self.call(&provider, kind)))
            .collect()
    }
}

/// Returns the usual price of a call, from the provider's public list.
fn usual_call(provider: &str, kind: CallKind) -> Option<CallPrice> {
    let row = USUAL.iter().find(|(name, its, ..)| *name == provider && *its == kind);
    row.map(|(.., hit, miss)| CallPrice { hit: Usd::micros(*hit), miss: Usd::micros(*miss) })
}

#[cfg(test)]
mod tests {
    use super::{CallKind, CallPrice, ModelPrice, PriceList, UNKNOWN_CALL, Usd};

    #[test]
    fn own_price_of_a_workspace_outranks_the_usual_one() {
        let mut list = PriceList::default();
        assert_eq!(list.call("hunter", CallKind::VerifyEmail).hit, Usd::micros(12_250));
        let own = CallPrice { hit: Usd::cents(1), miss: Usd::ZERO };
        list.calls.entry("hunter".to_owned()).or_default().insert(CallKind::VerifyEmail, own);
        assert_eq!(list.call("hunter", CallKind::VerifyEmail), own);
        assert_eq!(list.all_calls()[&("hunter".to_owned(), CallKind::VerifyEmail)], own);
        assert_eq!(list.call("nobody_knows", CallKind::Person), UNKNOWN_CALL);
    }

    #[test]
    fn tokens_cost_their_share_of_a_million_rounded_up() {
        let price = ModelPrice { input: Usd::cents(15), output: Usd::cents(60) };
        assert_eq!(price.of(1_000_000, 1_000_000), Usd::cents(75));
        assert_eq!(price.of(1, 0), Usd::micros(1));
        assert_eq!(price.of(0, 0), Usd::ZERO);
    }
}
