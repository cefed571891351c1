//! The events of a first purchase in the format of the 2025-03-31 API and later.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::read_link;
use super::sale::Sale;
use crate::inbound::Delivery;
use crate::sandbox::Sandbox;

const API_VERSION: &str = "2026-07-29.dahlia";

/// All events of one purchase, in an order that cannot be relied on; one event in eight comes twice.
pub(crate) fn purchase(sandbox: &Sandbox, email: &str, link: Option<&str>, deed: usize) -> Vec<Delivery> {
    let (price, reference) = read_link(link.unwrap_or_default());
    let serial = sandbox.world().serial();
    let mut roll = sandbox.seed().roll(&["purchase", email, &serial.to_string()]);
    let sale = Sale::new(sandbox, email, price, reference, link.is_some(), &mut roll);
    sandbox.world().sales.push(sale.clone());
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
        let mut delivery = Delivery::stripe(&urls, id.clone(), &event(sandbox, &id, kind, object, sale.now));
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

/// An event as Stripe sends it, around the object that it is about.
pub(super) fn event(sandbox: &Sandbox, id: &str, kind: &str, object: Value, at: Timestamp) -> Value {
    json!({
        "id": id,
        "object": "event",
        "account": sandbox.config().credentials.stripe_account,
        "api_version": API_VERSION,
        "created": at.as_second(),
        "data": {"object": object},
        "livemode": false,
        "pending_webhooks": 1,
        "request": {"id": Value::Null, "idempotency_key": Value::Null},
        "type": kind,
    })
}
