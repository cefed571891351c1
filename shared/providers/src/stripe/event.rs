//! Translates events by type. Fields are those of API versions from 2025-03-31 on; where an older version had them
//! elsewhere, they are read there, too.

use super::dispute;
use super::minor_units::money;
use super::subscription;
use application::ports::provider_events::{Checkout, PaymentReceived, ProviderEvent, Unreadable};
use domain::revenue::SubscriptionReport;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// The metadata keys under which a payment link or subscription carries our lead id.
const REFERENCE_KEYS: [&str; 3] = ["client_reference_id", "leadflow_lead", "lead"];

pub(super) type Metadata = HashMap<String, String>;

/// The `object` of events that name what has changed and do not hold it.
const THIN: &str = "v2.core.event";

const THIN_TOLD: &str = "Stripe sends thin events here, which hold no data. Set the destination's payload style to \
                         Snapshot in Stripe; payments are not seen until then.";

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    object: Value,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    livemode: bool,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

/// An object, or its id alone.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Named {
    Id(String),
    Object { id: String },
}

impl Named {
    pub(super) fn into_id(self) -> String {
        match self {
            Self::Id(id) | Self::Object { id } => id,
        }
    }
}

#[derive(Deserialize)]
struct Session {
    id: String,
    mode: String,
    payment_status: String,
    client_reference_id: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
    customer: Option<Named>,
    customer_details: Option<CustomerDetails>,
    amount_total: Option<i64>,
    currency: Option<String>,
    payment_intent: Option<Named>,
    invoice: Option<Named>,
}

#[derive(Deserialize, Default)]
struct CustomerDetails {
    email: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Invoice {
    id: String,
    customer: Option<Named>,
    customer_email: Option<String>,
    customer_name: Option<String>,
    amount_paid: i64,
    currency: String,
    #[serde(default)]
    metadata: Option<Metadata>,
    parent: Option<Parent>,
    /// The place of these details before 2025-03-31.
    subscription_details: Option<SubscriptionDetails>,
    status_transitions: Option<Transitions>,
    amount_due: Option<i64>,
    /// The payments of the invoice, if the event has them.
    payments: Option<Payments>,
    /// The places of these ids before 2025-03-31.
    charge: Option<Named>,
    payment_intent: Option<Named>,
}

#[derive(Deserialize)]
struct Payments {
    data: Vec<InvoicePayment>,
}

#[derive(Deserialize)]
struct InvoicePayment {
    invoice: Option<Named>,
    payment: Option<PaymentIds>,
}

/// The ids of a payment: an intent, and the charge that carried it out.
#[derive(Deserialize)]
struct PaymentIds {
    charge: Option<Named>,
    payment_intent: Option<Named>,
}

impl PaymentIds {
    fn into_ids(self) -> impl Iterator<Item = String> {
        self.charge.into_iter().chain(self.payment_intent).map(Named::into_id)
    }
}

/// The ids of one payment that are kept.
const IDS_KEPT: usize = 8;

#[derive(Deserialize)]
struct Parent {
    subscription_details: Option<SubscriptionDetails>,
}

#[derive(Deserialize)]
struct SubscriptionDetails {
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Transitions {
    paid_at: Option<i64>,
}

#[derive(Deserialize)]
struct Charge {
    id: String,
    payment_intent: Option<Named>,
    customer: Option<Named>,
    amount_refunded: i64,
    currency: String,
}

#[derive(Deserialize)]
struct ChargeMade {
    id: String,
    customer: Option<Named>,
    payment_intent: Option<Named>,
}

/// Translates an event. Events of the other mode, test or live, do not concern this account.
pub(crate) fn translate(livemode: bool, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
    let form: Form = serde_json::from_str(payload).map_err(|error| Unreadable(error.to_string()))?;
    if form.object == THIN {
        return Ok(vec![ProviderEvent::WrongForm(THIN_TOLD)]);
    }
    let event: Event = serde_json::from_str(payload).map_err(|error| Unreadable(error.to_string()))?;
    if event.livemode != livemode {
        return Ok(Vec::new());
    }
    let at = instant(event.created)?;
    let object = event.data.object;
    let translated = match event.kind.as_str() {
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
            checkout(read(object)?, at)?
        }
        "checkout.session.async_payment_failed" => failed_checkout(read(object)?, at)?,
        "invoice.paid" => invoice(read(object)?, at)?.map(ProviderEvent::Payment),
        "invoice.payment_failed" => failed_invoice(read(object)?, at)?,
        "invoice_payment.paid" => invoice_payment(read(object)?),
        "charge.succeeded" => charge_made(read(object)?),
        "charge.dispute.created" | "charge.dispute.updated" | "charge.dispute.closed" => {
            Some(dispute::disputed(read(object)?, at)?)
        }
        "customer.subscription.created" => changed(object, at, SubscriptionReport::Created)?,
        "customer.subscription.updated" => changed(object, at, SubscriptionReport::Updated)?,
        "customer.subscription.deleted" => changed(object, at, SubscriptionReport::Deleted)?,
        "charge.refunded" => Some(refund(read(object)?, at)?),
        _ => None,
    };
    Ok(translated.into_iter().collect())
}

fn changed(
    object: Value,
    at: Timestamp,
    reported: SubscriptionReport,
) -> Result<Option<ProviderEvent>, Unreadable> {
    let state = subscription::state(read(object)?, at, reported)?;
    Ok(Some(ProviderEvent::SubscriptionChanged(state)))
}

fn read<T: DeserializeOwned>(object: Value) -> Result<T, Unreadable> {
    serde_json::from_value(object).map_err(|error| Unreadable(error.to_string()))
}

pub(super) fn instant(seconds: i64) -> Result<Timestamp, Unreadable> {
    Timestamp::from_second(seconds).map_err(|error| Unreadable(error.to_string()))
}

pub(super) fn reference(metadata: Option<&Metadata>) -> Option<String> {
    REFERENCE_KEYS.iter().find_map(|key| metadata?.get(*key)).filter(|text| !text.is_empty()).cloned()
}

/// Translates a checkout. It counts as a payment only once it is paid, and where no invoice will report the money.
fn checkout(session: Session, at: Timestamp) -> Result<Option<ProviderEvent>, Unreadable> {
    let reference =
        session.client_reference_id.filter(|text| !text.is_empty()).or(reference(session.metadata.as_ref()));
    let details = session.customer_details.unwrap_or_default();
    // A guest has no customer object: the session's id stands in for one.
    let customer = session.customer.map_or_else(|| session.id.clone(), Named::into_id);
    let paid = session.payment_status == "paid";
    let total = money(session.amount_total.unwrap_or(0), session.currency.as_deref().unwrap_or("usd"))?;
    let without_invoice = session.mode == "payment" && session.invoice.is_none();
    if !(paid && without_invoice && total.amount_minor > 0) {
        return Ok(Some(ProviderEvent::CheckedOut(Checkout {
            external_id: session.id,
            customer,
            customer_email: details.email,
            reference,
            currency: total.currency,
            paid,
            at,
        })));
    }
    Ok(Some(ProviderEvent::Payment(PaymentReceived {
        external_id: session.payment_intent.map_or(session.id, Named::into_id),
        also_known_as: Vec::new(),
        customer,
        customer_email: details.email,
        customer_name: details.name,
        reference,
        amount: total,
        at,
    })))
}

/// Translates a checkout whose promised payment, such as a direct debit, did not come.
fn failed_checkout(session: Session, at: Timestamp) -> Result<Option<ProviderEvent>, Unreadable> {
    let paid =
        Session { payment_status: "paid".to_owned(), mode: "payment".to_owned(), invoice: None, ..session };
    Ok(match checkout(paid, at)? {
        Some(ProviderEvent::Payment(payment)) => Some(ProviderEvent::PaymentFailed(payment)),
        _ => None,
    })
}

fn failed_invoice(due: Invoice, at: Timestamp) -> Result<Option<ProviderEvent>, Unreadable> {
    let amount_paid = due.amount_due.unwrap_or(0);
    let failed = invoice(Invoice { amount_paid, status_transitions: None, ..due }, at)?;
    Ok(failed.map(ProviderEvent::PaymentFailed))
}

fn invoice_payment(payment: InvoicePayment) -> Option<ProviderEvent> {
    Some(ProviderEvent::PaymentNamed {
        external_id: payment.invoice?.into_id(),
        customer: None,
        also_known_as: payment.payment?.into_ids().collect(),
    })
}

fn charge_made(charge: ChargeMade) -> Option<ProviderEvent> {
    Some(ProviderEvent::PaymentNamed {
        external_id: charge.payment_intent.map_or_else(|| charge.id.clone(), Named::into_id),
        customer: Some(charge.customer?.into_id()),
        also_known_as: vec![charge.id],
    })
}

fn invoice(invoice: Invoice, at: Timestamp) -> Result<Option<PaymentReceived>, Unreadable> {
    let Some(customer) = invoice.customer.map(Named::into_id) else { return Ok(None) };
    if invoice.amount_paid <= 0 {
        return Ok(None);
    }
    let details =
        invoice.parent.and_then(|parent| parent.subscription_details).or(invoice.subscription_details);
    let of_subscription = details.and_then(|details| details.metadata);
    let paid_at = invoice.status_transitions.and_then(|times| times.paid_at);
    let of_payments = invoice.payments.into_iter().flat_map(|payments| payments.data);
    let ids = of_payments.filter_map(|made| made.payment).flat_map(PaymentIds::into_ids);
    let ids = ids.chain(invoice.charge.into_iter().chain(invoice.payment_intent).map(Named::into_id));
    Ok(Some(PaymentReceived {
        external_id: invoice.id,
        also_known_as: ids.collect::<BTreeSet<_>>().into_iter().take(IDS_KEPT).collect(),
        customer,
        customer_email: invoice.customer_email,
        customer_name: invoice.customer_name,
        reference: reference(of_subscription.as_ref()).or(reference(invoice.metadata.as_ref())),
        amount: money(invoice.amount_paid, &invoice.currency)?,
        at: paid_at.map_or(Ok(at), instant)?,
    }))
}

fn refund(charge: Charge, at: Timestamp) -> Result<ProviderEvent, Unreadable> {
    Ok(ProviderEvent::Refunded {
        refunded_total: money(charge.amount_refunded, &charge.currency)?,
        charge: charge.id,
        payment: charge.payment_intent.map(Named::into_id),
        customer: charge.customer.map(Named::into_id),
        at,
    })
}
