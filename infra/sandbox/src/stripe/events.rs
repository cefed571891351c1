//! The events of a first purchase in the format of the 2025-03-31 API and later.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::{Price, read_link};
use crate::inbound::Delivery;
use crate::people;
use crate::sandbox::Sandbox;
use crate::seed::Roll;

const API_VERSION: &str = "2026-07-29.dahlia";

/// All events of one purchase, in an order that cannot be relied on; one event in eight comes twice.
pub(crate) fn purchase(sandbox: &Sandbox, email: &str, link: Option<&str>, deed: usize) -> Vec<Delivery> {
    let (price, reference) = read_link(link.unwrap_or_default());
    let serial = sandbox.world().serial();
    let mut roll = sandbox.seed().roll(&["purchase", email, &serial.to_string()]);
    let sale = Sale::new(sandbox, email, price, reference, link.is_some(), &mut roll);
    let money = if sale.is_recurring() { "invoice.paid" } else { "checkout.session.completed" };
    let mut events = vec![("checkout.session.completed", sale.session())];
    if sale.price.interval.is_some() {
        events.push(("customer.subscription.created", sale.subscription()));
        events.push(("invoice.paid", sale.invoice()));
    } else {
        events.push(("payment_intent.succeeded", sale.payment_intent()));
    }
    if roll.percent(40) {
        events.rotate_left(1);
    }
    let urls = sandbox.webhook_urls();
    let mut deliveries = Vec::new();
    for (kind, object) in events {
        let id = format!("evt_{}", roll.hex(24));
        let event = json!({
            "id": id,
            "object": "event",
            "account": sandbox.config().credentials.stripe_account,
            "api_version": API_VERSION,
            "created": sale.now.as_second(),
            "data": {"object": object},
            "livemode": false,
            "pending_webhooks": 1,
            "request": {"id": Value::Null, "idempotency_key": Value::Null},
            "type": kind,
        });
        let mut delivery = Delivery::stripe(&urls, id, &event);
        if kind == "checkout.session.completed" {
            delivery = delivery.about(deed);
        }
        if kind == money {
            delivery = delivery.money_of(deed);
        }
        if roll.percent(12) {
            deliveries.push(delivery.clone());
        }
        deliveries.push(delivery);
    }
    deliveries
}

struct Sale<'a> {
    email: &'a str,
    name: String,
    price: Price,
    reference: Option<String>,
    now: Timestamp,
    customer: String,
    subscription: String,
    item: String,
    invoice: String,
    session: String,
    intent: String,
    price_id: String,
    payment_link: Option<String>,
}

impl<'a> Sale<'a> {
    fn new(
        sandbox: &Sandbox,
        email: &'a str,
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
            email,
            price,
            reference,
        }
    }

    fn is_recurring(&self) -> bool {
        self.price.interval.is_some()
    }

    fn period(&self) -> (i64, i64) {
        let span = if self.price.interval == Some("year") { 1.year() } else { 1.month() };
        let start = self.now.to_zoned(TimeZone::UTC);
        let end = start.checked_add(span).map_or(self.now, |end| end.timestamp());
        (self.now.as_second(), end.as_second())
    }

    fn session(&self) -> Value {
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
            "payment_method_types": ["card"],
            "payment_status": "paid",
            "status": "complete",
            "subscription": self.is_recurring().then_some(&self.subscription),
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
        })
    }

    fn subscription(&self) -> Value {
        let (start, end) = self.period();
        json!({
            "id": self.subscription,
            "object": "subscription",
            "billing_cycle_anchor": start,
            "cancel_at": Value::Null,
            "cancel_at_period_end": false,
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

    fn invoice(&self) -> Value {
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
            "billing_reason": "subscription_create",
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

    fn payment_intent(&self) -> Value {
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
            "payment_method_types": ["card"],
            "receipt_email": self.email,
            "status": "succeeded",
        })
    }
}
