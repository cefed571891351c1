//! A subscription as it stands, and what it brings a month.

use super::event::{Metadata, Named, instant, reference};
use super::minor_units::{currency, divisor};
use super::monthly::{Item, Ratio, Rebate, total};
use application::ports::provider_events::{SubscriptionState, Unreadable};
use domain::revenue::SubscriptionStatus;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct Subscription {
    id: String,
    customer: Named,
    status: String,
    currency: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(default)]
    cancel_at_period_end: bool,
    pause_collection: Option<Value>,
    start_date: Option<i64>,
    created: i64,
    ended_at: Option<i64>,
    items: Items,
    /// The discount before 2025-03-31; later `discounts`, whose members are ids unless expanded.
    discount: Option<Rebate>,
    #[serde(default)]
    discounts: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct Items {
    data: Vec<Item>,
}

pub(super) fn state(
    subscription: Subscription,
    as_of: Timestamp,
    deleted: bool,
) -> Result<SubscriptionState, Unreadable> {
    let of_item = subscription.items.data.iter().find_map(|item| item.currency());
    let currency = currency(subscription.currency.as_deref().or(of_item).unwrap_or("usd"))?;
    let mut rebates: Vec<Rebate> = Rebate::expanded(subscription.discounts.as_deref().unwrap_or_default());
    rebates.extend(subscription.discount);
    let too_large = || Unreadable("an amount that no subscription has".to_owned());
    let monthly = total(&subscription.items.data, &rebates)
        .and_then(|sum| sum.times(Ratio::new(1, i128::from(divisor(currency)))?))
        .and_then(Ratio::into_fraction)
        .ok_or_else(too_large)?;
    Ok(SubscriptionState {
        external_id: subscription.id,
        customer: subscription.customer.into_id(),
        reference: reference(subscription.metadata.as_ref()),
        status: if deleted {
            SubscriptionStatus::Canceled
        } else {
            status(&subscription.status, subscription.pause_collection.is_some_and(|pause| !pause.is_null()))
        },
        monthly,
        currency,
        cancel_at_period_end: subscription.cancel_at_period_end,
        started_at: instant(subscription.start_date.unwrap_or(subscription.created))?,
        ended_at: subscription.ended_at.map(instant).transpose()?.or(deleted.then_some(as_of)),
        as_of,
    })
}

/// Translates the status. While collection is paused no money comes in, whatever the status says. An unknown status
/// counts as incomplete.
fn status(text: &str, collection_paused: bool) -> SubscriptionStatus {
    match text {
        "active" | "past_due" if collection_paused => SubscriptionStatus::Paused,
        "active" => SubscriptionStatus::Active,
        "past_due" => SubscriptionStatus::PastDue,
        "trialing" => SubscriptionStatus::Trialing,
        "unpaid" => SubscriptionStatus::Unpaid,
        "paused" => SubscriptionStatus::Paused,
        "canceled" | "incomplete_expired" => SubscriptionStatus::Canceled,
        _ => SubscriptionStatus::Incomplete,
    }
}
