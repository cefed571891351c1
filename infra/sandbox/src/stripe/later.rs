//! What becomes of a sale after its checkout: renewals, refunds, disputes, the end of a subscription, and a direct debit
//! that is collected or fails days later. Each is told to the app by the events that Stripe sends for it.

use serde_json::Value;

use super::events::event;
use super::sale::{DisputeMade, Sale};
use super::{Price, read_link};
use crate::agenda::Action;
use crate::inbound::Delivery;
use crate::sandbox::Sandbox;

macro_rules! laters {
    ($($name:ident = $word:literal, $label:literal;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Later { $($name),+ }

        impl Later {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word in forms.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The words on its button.
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }
        }
    };
}

laters! {
    DebitArrives = "debit_arrives", "The debit is collected";
    DebitFails = "debit_fails", "The debit fails";
    Renews = "renews", "Pay the next invoice";
    RenewalFails = "renewal_fails", "Fail the next invoice";
    RefundHalf = "refund_half", "Refund half";
    RefundAll = "refund_all", "Refund all";
    Dispute = "dispute", "Dispute the payment";
    DisputeWon = "dispute_won", "Win the dispute";
    DisputeLost = "dispute_lost", "Lose the dispute";
    Cancel = "cancel", "Cancel at the period's end";
    GoOn = "go_on", "Do not cancel";
    End = "end", "End the subscription";
}

impl Later {
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|later| later.word() == word)
    }

    /// Whether it can happen to the sale as it stands.
    pub fn may_happen_to(self, sale: &Sale) -> bool {
        let state = &sale.state;
        let is_paid = !state.is_pending && !state.has_failed;
        let runs = sale.is_recurring() && !state.has_ended;
        let disputed = state.dispute.as_ref().map(|made| made.status.as_str());
        match self {
            Self::DebitArrives | Self::DebitFails => state.is_pending,
            Self::Renews | Self::RenewalFails => runs,
            Self::RefundHalf => is_paid && disputed.is_none() && state.refunded == 0,
            Self::RefundAll => is_paid && disputed.is_none() && state.refunded < sale.price.unit_amount,
            Self::Dispute => is_paid && disputed.is_none() && state.refunded < sale.price.unit_amount,
            Self::DisputeWon | Self::DisputeLost => disputed == Some("needs_response"),
            Self::Cancel => runs && !state.cancels,
            Self::GoOn => runs && state.cancels,
            Self::End => runs,
        }
    }
}

impl Sandbox {
    /// Lets it happen to a sale, and tells the app. False if it cannot happen to the sale as it stands.
    pub(crate) fn happens_later(&self, sale: usize, later: Later) -> bool {
        let (now, account) = (self.now(), self.webhook_urls());
        let mut world = self.world();
        let serial = world.serial();
        let Some(sale) = world.sales.get_mut(sale).filter(|sale| later.may_happen_to(sale)) else {
            return false;
        };
        let mut roll = self.seed().roll(&["later", &sale.email, &serial.to_string()]);
        let mut ids = || roll.hex(24);
        let events = become_of(sale, later, now, &mut ids);
        let deliveries: Vec<Delivery> = events
            .into_iter()
            .map(|(kind, object)| {
                let id = format!("evt_{}", ids());
                Delivery::stripe(&account, id.clone(), &event(self, &id, kind, object, now))
            })
            .collect();
        for delivery in deliveries {
            world.agenda.add(now, Action::Deliver(delivery));
        }
        true
    }
}

/// A purchase by direct debit: the checkout is complete, and the money is only promised.
pub(crate) fn debit(sandbox: &Sandbox, email: &str, link: &str) {
    let (price, reference) = read_link(link);
    let once = Price { interval: None, ..price };
    let serial = sandbox.world().serial();
    let mut roll = sandbox.seed().roll(&["debit", email, &serial.to_string()]);
    let mut sale = Sale::new(sandbox, email, once, reference, true, &mut roll);
    (sale.by_debit, sale.state.is_pending) = (true, true);
    let id = format!("evt_{}", roll.hex(24));
    let told = event(sandbox, &id, "checkout.session.completed", sale.session(), sale.now);
    let delivery = Delivery::stripe(&sandbox.webhook_urls(), id, &told);
    let mut world = sandbox.world();
    world.sales.push(sale);
    world.agenda.add(sandbox.now(), Action::Deliver(delivery));
}

/// Changes the sale, and returns the events that tell of it, in their order.
fn become_of(
    sale: &mut Sale,
    later: Later,
    now: jiff::Timestamp,
    ids: &mut impl FnMut() -> String,
) -> Vec<(&'static str, Value)> {
    match later {
        Later::DebitArrives => {
            sale.state.is_pending = false;
            vec![
                ("payment_intent.succeeded", sale.payment_intent()),
                ("checkout.session.async_payment_succeeded", sale.session()),
            ]
        }
        Later::DebitFails => {
            (sale.state.is_pending, sale.state.has_failed) = (false, true);
            vec![("checkout.session.async_payment_failed", sale.session())]
        }
        Later::Renews => {
            next_invoice(sale, now, ids);
            let told = vec![
                ("invoice.paid", sale.invoice()),
                ("customer.subscription.updated", sale.subscription()),
            ];
            (sale.state.refunded, sale.state.dispute, sale.state.has_failed) = (0, None, false);
            told
        }
        Later::RenewalFails => {
            let paid = sale.clone();
            next_invoice(sale, now, ids);
            let mut invoice = sale.invoice();
            invoice["amount_paid"] = 0.into();
            invoice["amount_remaining"] = invoice["amount_due"].clone();
            invoice["status"] = "open".into();
            invoice["status_transitions"]["paid_at"] = Value::Null;
            invoice["payments"]["data"] = Value::Array(Vec::new());
            let mut subscription = sale.subscription();
            subscription["status"] = "past_due".into();
            // The money that was paid is still that of the invoice before.
            *sale = paid;
            vec![("invoice.payment_failed", invoice), ("customer.subscription.updated", subscription)]
        }
        Later::RefundHalf | Later::RefundAll => {
            let amount = sale.price.unit_amount;
            sale.state.refunded = if later == Later::RefundHalf { amount / 2 } else { amount };
            vec![("charge.refunded", sale.charge())]
        }
        Later::Dispute => {
            let made =
                DisputeMade { id: format!("du_{}", ids()), at: now, status: "needs_response".to_owned() };
            let told = sale.dispute(&made);
            sale.state.dispute = Some(made);
            vec![("charge.dispute.created", told.clone()), ("charge.dispute.funds_withdrawn", told)]
        }
        Later::DisputeWon | Later::DisputeLost => {
            let Some(mut made) = sale.state.dispute.take() else { return Vec::new() };
            made.status = if later == Later::DisputeWon { "won" } else { "lost" }.to_owned();
            let told = sale.dispute(&made);
            let mut events = vec![("charge.dispute.closed", told.clone())];
            if later == Later::DisputeWon {
                events.push(("charge.dispute.funds_reinstated", told));
            }
            sale.state.dispute = Some(made);
            events
        }
        Later::Cancel | Later::GoOn => {
            sale.state.cancels = later == Later::Cancel;
            let mut subscription = sale.subscription();
            if sale.state.cancels {
                subscription["canceled_at"] = now.as_second().into();
            }
            vec![("customer.subscription.updated", subscription)]
        }
        Later::End => {
            sale.state.has_ended = true;
            let mut subscription = sale.subscription();
            for field in ["ended_at", "canceled_at"] {
                subscription[field] = now.as_second().into();
            }
            subscription["status"] = "canceled".into();
            vec![("customer.subscription.deleted", subscription)]
        }
    }
}

fn next_invoice(sale: &mut Sale, now: jiff::Timestamp, ids: &mut impl FnMut() -> String) {
    sale.now = now;
    sale.state.renewals += 1;
    sale.invoice = format!("in_{}", ids());
    sale.intent = format!("pi_{}", ids());
}
