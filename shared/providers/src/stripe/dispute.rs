//! A disputed payment. The dispute names the charge and the payment intent, not the customer.

use super::event::{Named, instant};
use super::minor_units::money;
use application::ports::provider_events::{ProviderEvent, Unreadable};
use domain::revenue::dispute::{Dispute, DisputeOutcome};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct StripeDispute {
    id: String,
    amount: i64,
    currency: String,
    charge: Option<Named>,
    payment_intent: Option<Named>,
    reason: Option<String>,
    status: String,
    evidence_details: Option<EvidenceDetails>,
}

#[derive(Deserialize)]
struct EvidenceDetails {
    due_by: Option<i64>,
}

/// Translates a dispute. Its status decides, not the kind of the event: a direct debit that is called back is lost from
/// the start. The fee is not part of the amount.
pub(super) fn disputed(dispute: StripeDispute, at: Timestamp) -> Result<ProviderEvent, Unreadable> {
    let amount = money(dispute.amount, &dispute.currency)?;
    let due_by = dispute.evidence_details.and_then(|details| details.due_by).filter(|due| *due > 0);
    let payments = dispute.charge.into_iter().chain(dispute.payment_intent).map(Named::into_id).collect();
    let dispute = Dispute {
        id: dispute.id,
        amount_minor: amount.amount_minor,
        currency: amount.currency,
        reason: dispute.reason,
        outcome: match dispute.status.as_str() {
            "won" | "warning_closed" | "prevented" => DisputeOutcome::Won,
            "lost" => DisputeOutcome::Lost,
            _ => DisputeOutcome::Open,
        },
        due_by: due_by.map(instant).transpose()?,
        at,
    };
    Ok(ProviderEvent::Disputed { dispute, payments })
}
