//! Payments as they really arrive: in any order, the lead named by one event and the money by another.

use crate::App;
use application::ingesting::context::IngestError;
use application::ingesting::ingest;
use application::ports::accounts::SecretFields;
use application::ports::leads::{Activity, ActivityKind, Creation};
use application::ports::store::PageRequest;
use application::queue_messages::{IngestEvent, Payload};
use application::{Clock, Ports};
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::money::Currency;
use domain::revenue::Client;
use domain::revenue::commission::Credit;
use domain::workspace::account::{Account, AccountKind, AccountSettings};
use domain::{AccountId, ClientId, LeadId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use test_stage::Stage;

struct World {
    stage: Stage,
    workspace: WorkspaceId,
    account: AccountId,
    lead: LeadId,
    app: App,
}

impl World {
    /// A workspace with a Stripe account, and a lead whose address is not the one that pays.
    async fn new() -> Self {
        let stage = Stage::new().await;
        let now = stage.clock.now();
        let (workspace, _) = stage.workspace("northquay").await;
        let id = AccountId::derived(now, &["stripe"]);
        let lead = LeadId::derived(now, &["lead"]);
        let ports = &stage.ports;
        let secret = SecretFields::one("signing_secret", "whsec_x");
        let account = Account {
            id: id.clone(),
            workspace: workspace.clone(),
            name: "Stripe".to_owned(),
            settings: AccountSettings::Stripe { account_id: None, livemode: false },
            sealed_secret: ports.vault().seal(&workspace, &id, &secret),
            hours: None,
            limits: None,
            enabled: true,
            pause: None,
            works_since: Some(now),
            last_error: None,
            created_at: now,
            rev: 0,
        };
        ports.accounts().save(&account, &Event::system(EventKind::AccountCreated, now)).await.unwrap();
        let mut person = Lead::blank(lead.clone(), workspace.clone(), now);
        person.email = EmailAddress::parse("ann@lead.test").ok();
        person.company = Some("Alder Dental".to_owned());
        let created =
            ports.leads().create(&person, &Event::system(EventKind::LeadCreated, now)).await.unwrap();
        assert_eq!(created, Creation::Created);
        let app = App::new(ports);
        Self { stage, workspace, account: id, lead, app }
    }

    async fn hear(&self, kind: &str, object: Value) {
        self.ingest(kind, object, self.stage.clock.now()).await.unwrap();
    }

    /// Hears an event that the provider made at this second.
    async fn hear_at(&self, second: i64, kind: &str, object: Value) {
        let body = json!({
            "id": format!("evt_{kind}_{second}"), "object": "event", "type": kind, "livemode": false,
            "created": second, "data": {"object": object},
        });
        self.take_in(body, self.stage.clock.now()).await.unwrap();
    }

    async fn ingest(&self, kind: &str, object: Value, received_at: Timestamp) -> Result<(), IngestError> {
        let body = json!({
            "id": format!("evt_{kind}"), "object": "event", "type": kind, "livemode": false,
            "created": self.stage.clock.now().as_second(), "data": {"object": object},
        });
        self.take_in(body, received_at).await
    }

    async fn take_in(&self, body: Value, received_at: Timestamp) -> Result<(), IngestError> {
        let event = IngestEvent::Webhook {
            workspace: self.workspace.clone(),
            account: self.account.clone(),
            kind: AccountKind::Stripe,
            settings: None,
            received_at,
            event_id: body["id"].as_str().unwrap().to_owned(),
            body: Payload::Inline(body.to_string()),
        };
        ingest(&self.app.ports, &event).await
    }

    async fn session(&self, mode: &str, status: &str) {
        self.hear(
            "checkout.session.completed",
            json!({
                "id": "cs_1", "mode": mode, "payment_status": status, "client_reference_id": self.lead.as_str(),
                "customer": "cus_1", "customer_details": {"email": "billing@corp.test", "name": "Corp"},
                "amount_total": 4900, "currency": "usd", "payment_intent": null, "invoice": null,
            }),
        )
        .await;
    }

    async fn invoice(&self) {
        self.hear(
            "invoice.paid",
            json!({
                "id": "in_1", "customer": "cus_1", "customer_email": "billing@corp.test", "customer_name": "Corp",
                "amount_paid": 4900, "currency": "usd",
            }),
        )
        .await;
    }

    async fn client(&self) -> Option<Client> {
        self.stage.ports.revenue().client_by_external(&self.workspace, "cus_1").await.unwrap()
    }

    async fn status(&self) -> StageId {
        self.stage.ports.leads().get(&self.workspace, &self.lead).await.unwrap().status
    }

    /// The clients that the payments on the lead's timeline name.
    async fn payers(&self) -> Vec<Option<ClientId>> {
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead).await.unwrap();
        let payer = |entry: Activity| match entry.kind {
            ActivityKind::Paid { client, .. } => Some(client),
            _ => None,
        };
        file.activities.into_iter().filter_map(payer).collect()
    }

    async fn bookings(&self) -> Vec<i64> {
        let all =
            self.stage.ports.revenue().transactions(&self.workspace, PageRequest::first(50)).await.unwrap();
        all.items.iter().map(|transaction| transaction.amount.amount_minor).collect()
    }
}

#[tokio::test]
async fn paid_checkout_wins_the_lead_and_its_invoice_is_booked() {
    let world = World::new().await;
    world.session("subscription", "paid").await;
    assert_eq!(world.client().await.unwrap().lead, Some(world.lead.clone()));
    assert_eq!((world.status().await, world.bookings().await), (StageId::WON, Vec::new()));
    world.invoice().await;
    assert_eq!((world.status().await, world.bookings().await), (StageId::WON, vec![4900]));
    let client = world.client().await.unwrap();
    assert_eq!((client.name.as_str(), world.payers().await), ("Alder Dental", vec![Some(client.id)]));
}

#[tokio::test]
async fn payment_before_its_checkout_counts_once_the_lead_is_named() {
    let world = World::new().await;
    world.invoice().await;
    assert_eq!((world.status().await, world.bookings().await), (StageId::NEW, vec![4900]));
    world.session("subscription", "paid").await;
    world.session("subscription", "paid").await;
    assert_eq!((world.status().await, world.bookings().await), (StageId::WON, vec![4900]));
    let client = world.client().await.unwrap();
    assert_eq!(client.collected.amount_minor(Currency::USD), 4900);
    assert_eq!(world.payers().await, [Some(client.id)]);
}

#[tokio::test]
async fn unpaid_checkout_wins_no_lead() {
    let world = World::new().await;
    for (mode, status) in
        [("payment", "unpaid"), ("subscription", "unpaid"), ("subscription", "no_payment_required")]
    {
        world.session(mode, status).await;
        assert_eq!(
            (world.status().await, world.bookings().await),
            (StageId::NEW, Vec::new()),
            "{mode} {status}"
        );
    }
}

#[tokio::test]
async fn refunds_are_running_totals_per_charge() {
    let world = World::new().await;
    world.invoice().await;
    let refund = |charge: &'static str, total: i64| {
        let charge =
            json!({ "id": charge, "customer": "cus_1", "amount_refunded": total, "currency": "usd" });
        world.hear("charge.refunded", charge)
    };
    refund("ch_10", 1_000).await;
    refund("ch_1", 500).await;
    refund("ch_1", 500).await;
    refund("ch_1", 700).await;
    let mut bookings = world.bookings().await;
    bookings.sort_unstable();
    assert_eq!(bookings, [-1_000, -500, -200, 4_900]);
    assert_eq!(world.client().await.unwrap().collected.amount_minor(Currency::USD), 3_200);
}

#[tokio::test]
async fn payment_is_credited_to_the_owner_and_a_refund_takes_it_back_from_them() {
    let world = World::new().await;
    let now = world.stage.clock.now();
    let (ann, ben) = (UserId::derived(now, &["ann"]), UserId::derived(now, &["ben"]));
    let leads = world.stage.ports.leads();
    let mut lead = leads.get(&world.workspace, &world.lead).await.unwrap();
    lead.owner = Some(ann.clone());
    leads.save(&lead, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    world.session("subscription", "paid").await;
    world.invoice().await;
    let named =
        json!({ "invoice": "in_1", "payment": { "type": "payment_intent", "payment_intent": "pi_1" } });
    world.hear("invoice_payment.paid", named).await;
    let charge = json!({ "id": "ch_1", "customer": "cus_1", "payment_intent": "pi_1" });
    world.hear("charge.succeeded", charge).await;
    let mut client = world.client().await.unwrap();
    assert_eq!(client.credits, [Credit::whole(ann.clone())]);
    // A manager has credited another member with what comes from now on.
    client.credits = vec![Credit::whole(ben)];
    let event = Event::system(EventKind::ClientCredited, now);
    world.stage.ports.revenue().save_client(&client, &event).await.unwrap();
    let charge = json!({ "id": "ch_1", "customer": "cus_1", "payment_intent": null,
        "amount_refunded": 500, "currency": "usd" });
    world.hear("charge.refunded", charge).await;
    let page =
        world.stage.ports.revenue().transactions(&world.workspace, PageRequest::first(9)).await.unwrap();
    assert_eq!(page.items.len(), 2);
    for transaction in page.items {
        assert_eq!(transaction.credits, [Credit::whole(ann.clone())], "{:?}", transaction.kind);
    }
}

#[tokio::test]
async fn refund_of_a_guest_is_booked_at_the_client_of_its_payment() {
    let world = World::new().await;
    let received_at = world.stage.clock.now();
    let refund = |total: i64| {
        let charge = json!({ "id": "ch_1", "customer": null, "payment_intent": "pi_1",
            "amount_refunded": total, "currency": "usd" });
        world.ingest("charge.refunded", charge, received_at)
    };
    assert!(matches!(refund(500).await, Err(IngestError::Early(_))));
    let session = json!({
        "id": "cs_1", "mode": "payment", "payment_status": "paid", "client_reference_id": world.lead.as_str(),
        "customer": null, "customer_details": {"email": "billing@corp.test", "name": "Corp"},
        "amount_total": 4900, "currency": "usd", "payment_intent": "pi_1", "invoice": null,
    });
    world.hear("checkout.session.completed", session).await;
    for total in [500, 500, 700] {
        refund(total).await.unwrap();
    }
    let mut bookings = world.bookings().await;
    bookings.sort_unstable();
    assert_eq!(bookings, [-500, -200, 4_900]);
    let client = world.stage.ports.revenue().client_by_external(&world.workspace, "cs_1").await.unwrap();
    assert_eq!(client.unwrap().collected.amount_minor(Currency::USD), 4_200);
}

#[tokio::test]
async fn refund_before_its_payment_is_retried() {
    let world = World::new().await;
    let received_at = world.stage.clock.now();
    let refund = || {
        let charge = json!({ "id": "ch_1", "customer": "cus_1", "amount_refunded": 500, "currency": "usd" });
        world.ingest("charge.refunded", charge, received_at)
    };
    assert!(matches!(refund().await, Err(IngestError::Early(_))));
    world.invoice().await;
    refund().await.unwrap();
    let mut bookings = world.bookings().await;
    bookings.sort_unstable();
    assert_eq!(bookings, [-500, 4_900]);
}

/// The payment was made before the account was connected.
#[tokio::test]
async fn refund_of_an_unknown_payment_is_discarded() {
    let world = World::new().await;
    let received_at = world.stage.clock.now();
    world.stage.advance(SignedDuration::from_mins(30));
    let charge = json!({ "id": "ch_9", "customer": "cus_9", "amount_refunded": 500, "currency": "usd" });
    world.ingest("charge.refunded", charge, received_at).await.unwrap();
    assert_eq!(world.bookings().await, Vec::<i64>::new());
}

const BEGAN: i64 = 1_795_000_000;
const ENDS: i64 = 1_798_675_200;

fn plan(status: &str, cancel_at: Option<i64>) -> Value {
    json!({
        "id": "sub_1", "customer": "cus_1", "status": status, "currency": "usd", "created": BEGAN,
        "cancel_at": cancel_at, "cancel_at_period_end": false, "discounts": [],
        "items": {"data": [{"quantity": 1, "price": {"currency": "usd", "unit_amount": 4900,
            "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"}}}]},
    })
}

impl World {
    async fn mrr(&self) -> i64 {
        self.client().await.map_or(0, |client| client.mrr.amount_minor(Currency::USD))
    }

    async fn told(&self) -> Vec<String> {
        let user = domain::UserId::derived(Timestamp::UNIX_EPOCH, &["anybody"]);
        let ports = &self.stage.ports;
        let page = ports.notifications().list(&self.workspace, &user, PageRequest::first(50)).await.unwrap();
        page.items.into_iter().rev().map(|note| note.title).collect()
    }

    async fn tasks(&self) -> Vec<String> {
        let ports = &self.stage.ports;
        let open = ports.tasks().open(&self.workspace, None, PageRequest::first(50)).await.unwrap();
        open.items.into_iter().map(|task| task.title).collect()
    }
}

#[tokio::test]
async fn cancelled_subscription_counts_until_its_end_and_is_told_once() {
    let world = World::new().await;
    world.session("subscription", "paid").await;
    world.hear_at(BEGAN, "customer.subscription.created", plan("active", None)).await;
    assert_eq!((world.mrr().await, world.tasks().await), (4900, Vec::new()));
    for _ in 0..2 {
        world.hear_at(BEGAN + 800, "customer.subscription.updated", plan("active", Some(ENDS))).await;
    }
    let client = world.client().await.unwrap();
    assert_eq!(client.ends_at.map(Timestamp::as_second), Some(ENDS));
    assert_eq!((world.mrr().await, client.ending.amount_minor(Currency::USD)), (4900, 4900));
    assert_eq!(world.tasks().await, ["Alder Dental cancelled: ends on 31 Dec 2026"]);
    assert_eq!(world.told().await, ["Alder Dental cancelled"]);
    world.hear_at(BEGAN + 900, "customer.subscription.updated", plan("active", None)).await;
    let client = world.client().await.unwrap();
    assert_eq!((client.ends_at, client.ending.is_empty()), (None, true));
    assert_eq!((world.mrr().await, world.tasks().await), (4900, Vec::new()));
    assert_eq!(world.told().await, ["Alder Dental cancelled", "Alder Dental stays"]);
}

#[tokio::test]
async fn reports_of_one_second_give_one_state_in_any_order() {
    let created = |_: ()| (BEGAN, "customer.subscription.created", plan("incomplete", None));
    let updated = |_: ()| (BEGAN, "customer.subscription.updated", plan("active", None));
    let half = |_: ()| (BEGAN, "customer.subscription.updated", plan("incomplete", None));
    let deleted = |_: ()| (BEGAN + 9, "customer.subscription.deleted", plan("canceled", None));
    let late = |_: ()| (BEGAN + 9, "customer.subscription.updated", plan("active", None));
    let orders = [
        (vec![created(()), updated(())], 4900),
        (vec![updated(()), created(())], 4900),
        (vec![updated(()), half(()), created(())], 4900),
        (vec![created(()), updated(()), deleted(()), late(())], 0),
        (vec![late(()), deleted(()), updated(()), created(())], 0),
        (vec![deleted(()), created(()), updated(())], 0),
    ];
    for (at, (events, mrr)) in orders.into_iter().enumerate() {
        let world = World::new().await;
        for (second, kind, object) in events {
            world.hear_at(second, kind, object).await;
        }
        assert_eq!(world.mrr().await, mrr, "order {at}");
    }
}

fn dispute(status: &str) -> Value {
    json!({
        "id": "dp_1", "amount": 4900, "currency": "usd", "charge": "ch_1", "reason": "product_not_received",
        "status": status,
    })
}

impl World {
    /// Books a payment whose charge is `ch_1`, and disputes it.
    async fn disputed(&self) {
        self.session("subscription", "paid").await;
        self.invoice().await;
        self.hear("charge.succeeded", json!({"id": "ch_1", "customer": "cus_1", "payment_intent": "pi_1"}))
            .await;
        for _ in 0..2 {
            self.hear("charge.dispute.created", dispute("needs_response")).await;
        }
    }

    async fn collected_and_disputed(&self) -> (i64, i64) {
        let client = self.client().await.unwrap();
        let usd = Currency::USD;
        (client.collected.amount_minor(usd), client.disputed().amount_minor(usd))
    }
}

#[tokio::test]
async fn lost_dispute_is_booked_once_and_without_the_fee() {
    let world = World::new().await;
    world.disputed().await;
    assert_eq!(world.collected_and_disputed().await, (4900, 4900));
    assert_eq!(world.tasks().await, ["Answer the dispute of 49.00 USD in Stripe"]);
    for _ in 0..2 {
        world.hear("charge.dispute.closed", dispute("lost")).await;
    }
    // A report that comes late opens nothing again.
    world.hear("charge.dispute.updated", dispute("under_review")).await;
    assert_eq!(world.collected_and_disputed().await, (0, 0));
    let mut bookings = world.bookings().await;
    bookings.sort_unstable();
    assert_eq!((bookings, world.tasks().await), (vec![-4900, 4900], Vec::new()));
}

#[tokio::test]
async fn won_dispute_leaves_the_payment_booked() {
    let world = World::new().await;
    world.disputed().await;
    world.hear("charge.dispute.closed", dispute("won")).await;
    assert_eq!(world.collected_and_disputed().await, (4900, 0));
    assert_eq!((world.bookings().await, world.tasks().await), (vec![4900], Vec::new()));
}

#[tokio::test]
async fn dispute_of_an_unknown_payment_waits_and_is_then_told() {
    let world = World::new().await;
    let received_at = world.stage.clock.now();
    let hear = || world.ingest("charge.dispute.created", dispute("lost"), received_at);
    assert!(matches!(hear().await, Err(IngestError::Early(_))));
    world.stage.advance(SignedDuration::from_mins(30));
    hear().await.unwrap();
    assert_eq!(world.told().await, ["An unknown customer got a disputed payment back"]);
}

#[tokio::test]
async fn direct_debit_that_fails_books_nothing_and_is_told() {
    let world = World::new().await;
    world.session("payment", "unpaid").await;
    let failed = json!({
        "id": "cs_1", "mode": "payment", "payment_status": "unpaid", "client_reference_id": world.lead.as_str(),
        "customer": "cus_1", "amount_total": 4900, "currency": "eur", "payment_intent": "pi_1", "invoice": null,
    });
    world.hear("checkout.session.async_payment_failed", failed).await;
    assert_eq!((world.status().await, world.bookings().await), (StageId::NEW, Vec::new()));
    assert_eq!(world.told().await, ["The payment of Alder Dental failed"]);
}

#[tokio::test]
async fn payments_in_two_currencies_are_summed_apart() {
    let world = World::new().await;
    world.invoice().await;
    let yen = json!({"id": "in_2", "customer": "cus_1", "amount_paid": 5000, "currency": "jpy"});
    world.hear("invoice.paid", yen).await;
    let sums = world.client().await.unwrap().collected;
    let shown: Vec<String> = sums.iter().map(|money| money.to_string()).collect();
    assert_eq!(shown, ["5000 JPY", "49.00 USD"]);
}

#[tokio::test]
async fn thin_events_are_ignored_and_told_once_on_the_account() {
    let world = World::new().await;
    for id in ["evt_thin_1", "evt_thin_2"] {
        let thin = json!({
            "id": id, "object": "v2.core.event", "type": "v1.invoice.paid", "livemode": false,
            "created": "2026-11-27T08:14:05.000Z",
        });
        world.take_in(thin, world.stage.clock.now()).await.unwrap();
        world.stage.advance(SignedDuration::from_hours(3));
    }
    assert_eq!(world.told().await, ["Stripe sends events that cannot be used"]);
    let account = || async {
        let ports = &world.stage.ports;
        ports.accounts().get(&world.workspace, &world.account).await.unwrap().last_error.unwrap()
    };
    let error = account().await;
    assert!(error.detail.contains("Snapshot") && error.over_at.is_none(), "{error:?}");
    world.invoice().await;
    assert!(account().await.over_at.is_some(), "payments arrive by now");
}
