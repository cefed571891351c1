//! A subscription as it stands, and what it brings a month.

use super::event::{Metadata, Named, instant, reference};
use super::minor_units::{currency, scale};
use super::monthly::{Item, Ratio, Rebate, total};
use application::ports::provider_events::{SubscriptionState, Unreadable};
use domain::revenue::{SubscriptionReport, SubscriptionStatus};
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
    /// The scheduled end; the customer portal sets it without `cancel_at_period_end`.
    cancel_at: Option<i64>,
    /// The place of the period before 2025-03-31; later each item has one.
    current_period_end: Option<i64>,
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
    mut subscription: Subscription,
    as_of: Timestamp,
    reported: SubscriptionReport,
) -> Result<SubscriptionState, Unreadable> {
    let of_item = subscription.items.data.iter().find_map(|item| item.currency());
    let currency = currency(subscription.currency.as_deref().or(of_item).unwrap_or("usd"))?;
    let deleted = reported == SubscriptionReport::Deleted;
    let discounts = subscription.discounts.as_deref().unwrap_or_default();
    let mut rebates = Rebate::expanded(discounts);
    let ids_alone = rebates.len() < discounts.len();
    rebates.extend(subscription.discount.take());
    let is_unsure = ids_alone
        || rebates.iter().any(Rebate::is_unknown)
        || subscription.items.data.iter().any(Item::is_unsure);
    let ends_at = subscription.scheduled_end(as_of)?;
    let too_large = || Unreadable("an amount that no subscription has".to_owned());
    let monthly = total(&subscription.items.data, &rebates)
        .and_then(|sum| sum.times(scale(currency)?))
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
        is_unsure,
        ends_at: ends_at.filter(|_| !deleted),
        started_at: instant(subscription.start_date.unwrap_or(subscription.created))?,
        ended_at: subscription.ended_at.map(instant).transpose()?.or(deleted.then_some(as_of)),
        as_of,
        reported,
    })
}

impl Subscription {
    /// Returns the end that is scheduled. The period's end is that of the longest running item.
    fn scheduled_end(&self, as_of: Timestamp) -> Result<Option<Timestamp>, Unreadable> {
        if let Some(at) = self.cancel_at {
            return instant(at).map(Some);
        }
        if !self.cancel_at_period_end {
            return Ok(None);
        }
        let of_items = self.items.data.iter().filter_map(Item::period_end).max();
        self.current_period_end.or(of_items).map_or(Ok(as_of), instant).map(Some)
    }
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
