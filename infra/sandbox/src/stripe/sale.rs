//! A sale in Stripe's words: the objects that its events are about.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Price;
use crate::people;
use crate::sandbox::Sandbox;
use crate::seed::Roll;

/// A purchase, and what has become of it since.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sale {
    pub email: String,
    name: String,
    pub price: Price,
    reference: Option<String>,
    /// The time of the purchase, and of the last renewal.
    pub now: Timestamp,
    customer: String,
    pub subscription: String,
    item: String,
    /// The latest invoice, and the payment of it.
    pub invoice: String,
    session: String,
    pub intent: String,
    price_id: String,
    payment_link: Option<String>,
    /// A direct debit: promised at the checkout, and collected days later.
    #[serde(default)]
    pub by_debit: bool,
    #[serde(default)]
    pub state: SaleState,
}

/// The state of the latest payment of a sale, and of its subscription.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct SaleState {
    /// A direct debit that is not collected yet.
    pub is_pending: bool,
    pub has_failed: bool,
    pub refunded: i64,
    pub dispute: Option<DisputeMade>,
    pub renewals: u32,
    pub cancels: bool,
    pub has_ended: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DisputeMade {
    pub id: String,
    pub at: Timestamp,
    /// Stripe's word for its state.
    pub status: String,
}

impl Sale {
    pub(super) fn new(
        sandbox: &Sandbox,
        email: &str,
        price: Price,
        reference: Option<String>,
        by_link: bool,
        roll: &mut Roll,
    ) -> Self {
        let plan = format!("{}{}{}{:?}", price.name, price.unit_amount, price.currency, price.interval);
        let mut of_plan = sandbox.seed().roll(&["price", &plan]);
        Self {
            name: people::display_name(email),
            customer: format!("cus_{}", sandbox.seed().roll(&["customer", email]).hex(14)),
            price_id: format!("price_{}", of_plan.hex(24)),
            payment_link: by_link.then(|| format!("plink_{}", of_plan.hex(24))),
            subscription: format!("sub_{}", roll.hex(24)),
            item: format!("si_{}", roll.hex(14)),
            invoice: format!("in_{}", roll.hex(24)),
            session: format!("cs_test_{}", roll.hex(58)),
            intent: format!("pi_{}", roll.hex(24)),
            now: sandbox.now(),
            email: email.to_owned(),
            price,
            reference,
            by_debit: false,
            state: SaleState::default(),
        }
    }

    pub fn is_recurring(&self) -> bool {
        self.price.interval.is_some()
    }

    pub(super) fn period(&self) -> (i64, i64) {
        let span = if self.price.interval.as_deref() == Some("year") { 1.year() } else { 1.month() };
        let start = self.now.to_zoned(TimeZone::UTC);
        let end = start.checked_add(span).map_or(self.now, |end| end.timestamp());
        (self.now.as_second(), end.as_second())
    }

    pub(super) fn session(&self) -> Value {
        json!({
            "id": self.session,
            "object": "checkout.session",
            "amount_subtotal": self.price.unit_amount,
            "amount_total": self.price.unit_amount,
            "client_reference_id": self.reference,
            "created": self.now.as_second(),
            "currency": self.price.currency,
            "customer": self.customer,
            "customer_creation": if self.is_recurring() { Value::Null } else { json!("always") },
            "customer_details": {
                "address": {"country": "US"}, "email": self.email, "name": self.name, "phone": Value::Null,
                "tax_exempt": "none", "tax_ids": [],
            },
            "customer_email": Value::Null,
            "invoice": self.is_recurring().then_some(&self.invoice),
            "livemode": false,
            "metadata": {},
            "mode": if self.is_recurring() { "subscription" } else { "payment" },
            "payment_intent": (!self.is_recurring()).then_some(&self.intent),
            "payment_link": self.payment_link,
            "payment_method_types": self.method(),
            "payment_status": if self.state.is_pending || self.state.has_failed { "unpaid" } else { "paid" },
            "status": "complete",
            "subscription": self.is_recurring().then_some(&self.subscription),
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
        })
    }

    pub(super) fn subscription(&self) -> Value {
        let (start, end) = self.period();
        json!({
            "id": self.subscription,
            "object": "subscription",
            "billing_cycle_anchor": start,
            "cancel_at": self.state.cancels.then_some(end),
            "cancel_at_period_end": self.state.cancels,
            "canceled_at": Value::Null,
            "collection_method": "charge_automatically",
            "created": start,
            "currency": self.price.currency,
            "customer": self.customer,
            "discounts": [],
            "ended_at": Value::Null,
            "items": {
                "object": "list", "has_more": false, "total_count": 1,
                "url": format!("/v1/subscription_items?subscription={}", self.subscription),
                "data": [{
                    "id": self.item,
                    "object": "subscription_item",
                    "created": start,
                    "current_period_start": start,
                    "current_period_end": end,
                    "discounts": [],
                    "metadata": {},
                    "price": self.price_object(),
                    "quantity": 1,
                    "subscription": self.subscription,
                    "tax_rates": [],
                }],
            },
            "latest_invoice": self.invoice,
            "livemode": false,
            "metadata": {},
            "pause_collection": Value::Null,
            "start_date": start,
            "status": "active",
            "trial_end": Value::Null,
            "trial_start": Value::Null,
        })
    }

    fn method(&self) -> [&'static str; 1] {
        [if self.by_debit { "sepa_debit" } else { "card" }]
    }

    /// The id of the charge that carried out the payment.
    pub(super) fn charge_id(&self) -> String {
        format!("ch_{}", &self.intent[3..])
    }

    /// The charge of the latest payment, with what of it was refunded.
    pub(super) fn charge(&self) -> Value {
        json!({
            "id": self.charge_id(),
            "object": "charge",
            "amount": self.price.unit_amount,
            "amount_captured": self.price.unit_amount,
            "amount_refunded": self.state.refunded,
            "billing_details": {"address": {"country": "US"}, "email": self.email, "name": self.name},
            "captured": true,
            "created": self.now.as_second(),
            "currency": self.price.currency,
            "customer": self.customer,
            "disputed": self.state.dispute.is_some(),
            "livemode": false,
            "metadata": {},
            "paid": true,
            "payment_intent": self.intent,
            "refunded": self.state.refunded == self.price.unit_amount,
            "status": "succeeded",
        })
    }

    /// The dispute of the latest payment. It names the payment and not the customer.
    pub(super) fn dispute(&self, made: &DisputeMade) -> Value {
        json!({
            "id": made.id,
            "object": "dispute",
            "amount": self.price.unit_amount - self.state.refunded,
            "balance_transactions": [],
            "charge": self.charge_id(),
            "created": made.at.as_second(),
            "currency": self.price.currency,
            "evidence_details": {
                "due_by": made.at.as_second() + 14 * 86_400, "has_evidence": false, "past_due": false,
                "submission_count": 0,
            },
            "is_charge_refundable": false,
            "livemode": false,
            "metadata": {},
            "payment_intent": self.intent,
            "reason": "product_not_received",
            "status": made.status,
        })
    }

    fn price_object(&self) -> Value {
        json!({
            "id": self.price_id,
            "object": "price",
            "active": true,
            "billing_scheme": "per_unit",
            "currency": self.price.currency,
            "livemode": false,
            "metadata": {},
            "nickname": self.price.name,
            "product": format!("prod_{}", self.price_id.trim_start_matches("price_").get(..14).unwrap_or_default()),
            "recurring": {
                "interval": self.price.interval, "interval_count": 1, "meter": Value::Null,
                "trial_period_days": Value::Null, "usage_type": "licensed",
            },
            "tax_behavior": "exclusive",
            "tiers_mode": Value::Null,
            "transform_quantity": Value::Null,
            "type": "recurring",
            "unit_amount": self.price.unit_amount,
            "unit_amount_decimal": self.price.unit_amount.to_string(),
        })
    }

    pub(super) fn invoice(&self) -> Value {
        let (start, end) = self.period();
        let amount = self.price.unit_amount;
        let details = json!({
            "type": "subscription_details",
            "quote_details": Value::Null,
            "subscription_details": {"metadata": {}, "subscription": self.subscription},
        });
        json!({
            "id": self.invoice,
            "object": "invoice",
            "amount_due": amount,
            "amount_paid": amount,
            "amount_remaining": 0,
            "attempt_count": 1,
            "attempted": true,
            "billing_reason": if self.state.renewals == 0 { "subscription_create" } else { "subscription_cycle" },
            "collection_method": "charge_automatically",
            "created": start,
            "currency": self.price.currency,
            "customer": self.customer,
            "customer_email": self.email,
            "customer_name": self.name,
            "lines": {
                "object": "list", "has_more": false, "total_count": 1,
                "data": [{
                    "id": format!("il_{}", &self.invoice[3..]),
                    "object": "line_item",
                    "amount": amount,
                    "currency": self.price.currency,
                    "description": format!("1 × {} (at {})", self.price.name, self.price.shown()),
                    "parent": {
                        "type": "subscription_item_details",
                        "subscription_item_details": {
                            "proration": false, "subscription": self.subscription,
                            "subscription_item": self.item, "invoice_item": Value::Null,
                        },
                    },
                    "period": {"start": start, "end": end},
                    "pricing": {
                        "type": "price_details",
                        "price_details": {"price": self.price_id, "product": self.price_object()["product"]},
                        "unit_amount_decimal": amount.to_string(),
                    },
                    "quantity": 1,
                    "taxes": [],
                }],
            },
            "livemode": false,
            "metadata": {},
            "parent": details,
            "payments": {"object": "list", "data": [{
                "object": "invoice_payment", "amount_paid": amount, "amount_requested": amount,
                "currency": self.price.currency, "invoice": self.invoice, "status": "paid", "is_default": true,
                "payment": {"type": "payment_intent", "payment_intent": self.intent},
            }]},
            "period_start": start,
            "period_end": start,
            "status": "paid",
            "status_transitions": {"paid_at": start, "finalized_at": start},
            "subtotal": amount,
            "total": amount,
            "total_excluding_tax": amount,
            "total_taxes": [],
        })
    }

    pub(super) fn payment_intent(&self) -> Value {
        json!({
            "id": self.intent,
            "object": "payment_intent",
            "amount": self.price.unit_amount,
            "amount_received": self.price.unit_amount,
            "created": self.now.as_second(),
            "currency": self.price.currency,
            "customer": self.customer,
            "latest_charge": format!("ch_{}", &self.intent[3..]),
            "livemode": false,
            "metadata": {},
            "payment_method_types": self.method(),
            "receipt_email": self.email,
            "status": "succeeded",
        })
    }
}
