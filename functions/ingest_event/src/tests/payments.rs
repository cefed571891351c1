//! Payments as they really arrive: in any order, the lead named by one event and the money by another.

use crate::App;
use application::ingesting::context::IngestError;
use application::ingesting::ingest;
use application::ports::accounts::SecretFields;
use application::ports::leads::Creation;
use application::ports::store::PageRequest;
use application::queue_messages::{IngestEvent, Payload};
use application::{Clock, Ports};
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::{Lead, LeadStatus};
use domain::revenue::Client;
use domain::workspace::account::{Account, AccountKind, AccountSettings};
use domain::{AccountId, LeadId, WorkspaceId};
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

    async fn ingest(&self, kind: &str, object: Value, received_at: Timestamp) -> Result<(), IngestError> {
        let body = json!({
            "id": format!("evt_{kind}"), "object": "event", "type": kind, "livemode": false,
            "created": self.stage.clock.now().as_second(), "data": {"object": object},
        });
        let event = IngestEvent::Webhook {
            workspace: self.workspace.clone(),
            account: self.account.clone(),
            kind: AccountKind::Stripe,
            settings: None,
            received_at,
            event_id: format!("evt_{kind}"),
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

    async fn status(&self) -> LeadStatus {
        self.stage.ports.leads().get(&self.workspace, &self.lead).await.unwrap().status
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
    assert_eq!((world.status().await, world.bookings().await), (LeadStatus::Won, Vec::new()));
    world.invoice().await;
    assert_eq!((world.status().await, world.bookings().await), (LeadStatus::Won, vec![4900]));
    assert_eq!(world.client().await.unwrap().name, "Alder Dental");
}

#[tokio::test]
async fn payment_before_its_checkout_counts_once_the_lead_is_named() {
    let world = World::new().await;
    world.invoice().await;
    assert_eq!((world.status().await, world.bookings().await), (LeadStatus::New, vec![4900]));
    world.session("subscription", "paid").await;
    world.session("subscription", "paid").await;
    assert_eq!((world.status().await, world.bookings().await), (LeadStatus::Won, vec![4900]));
    assert_eq!(world.client().await.unwrap().collected.amount_minor, 4900);
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
            (LeadStatus::New, Vec::new()),
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
    assert_eq!(world.client().await.unwrap().collected.amount_minor, 3_200);
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
