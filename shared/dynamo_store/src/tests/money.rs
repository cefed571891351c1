use super::*;
use application::ports::commissions::CommissionStore;
use application::ports::revenue::{Booking, RevenueStore};
use application::ports::targets::TargetStore;
use application::{PageRequest, StoreError};
use domain::money::{Currency, Money, Sums};
use domain::revenue::commission::{CommissionPlan, CommissionStatement, CommissionTier, Credit, Earnings};
use domain::revenue::{
    Client, Fraction, Subscription, SubscriptionReport, SubscriptionStatus, Transaction, TransactionKind,
};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::target::{TargetFigures, TargetPlan};
use domain::{ClientId, UserId};
use local_cloud::{Cancellation, Fault, Moment};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

fn usd(amount_minor: i64) -> Money {
    Money { amount_minor, currency: Currency::USD }
}

pub(crate) fn client() -> Client {
    Client {
        id: ClientId::derived(Still.now(), &["client"]),
        workspace: workspace(),
        lead: Some(lead(1).id),
        name: "Billy Knapp".into(),
        email: Some("billy1@hanson.example.com".into()),
        external_id: "cus_1".into(),
        campaign: None,
        since: Still.now(),
        mrr: Sums::default(),
        mrr_is_unsure: false,
        ending: Sums::default(),
        ends_at: None,
        collected: [usd(4900)].into_iter().collect(),
        disputes: Vec::new(),
        credits: vec![Credit::whole(rep())],
        rev: 0,
    }
}

pub(crate) fn payment(id: &str, seconds: i64) -> Transaction {
    Transaction {
        workspace: workspace(),
        client: client().id,
        lead: Some(lead(1).id),
        external_id: id.into(),
        also_known_as: vec![format!("ch_of_{id}")],
        kind: TransactionKind::Payment,
        amount: usd(4900),
        credits: vec![Credit::whole(rep())],
        of_payment: None,
        at: later(seconds),
        booked_at: later(seconds),
    }
}

pub(crate) fn commission_plan() -> CommissionPlan {
    let tiers = vec![
        CommissionTier { from_minor: 0, basis_points: 1_000 },
        CommissionTier { from_minor: 500_000, basis_points: 1_500 },
    ];
    let own = BTreeMap::from([(rep(), vec![CommissionTier { from_minor: 0, basis_points: 800 }])]);
    CommissionPlan { tiers, own, ..CommissionPlan::none(workspace()) }
}

pub(crate) fn commission_statement() -> CommissionStatement {
    CommissionStatement {
        workspace: workspace(),
        month: CalendarMonth::parse("2026-10").unwrap(),
        earnings: vec![Earnings {
            user: rep(),
            credited: [usd(98_700)].into_iter().collect(),
            earned: [usd(7_896)].into_iter().collect(),
            taken_back: [usd(-4_900)].into_iter().collect(),
        }],
        not_credited: [usd(4_900)].into_iter().collect(),
        closed_by: rep(),
        closed_at: Still.now(),
    }
}

pub(crate) fn target_plan() -> TargetPlan {
    let month = CalendarMonth::parse("2026-11").unwrap();
    let own = TargetFigures { calls: Some(40), collected_minor: Some(500_000), ..TargetFigures::default() };
    let team = TargetFigures { calls: Some(400), meetings: Some(20), won: Some(6), ..own };
    TargetPlan { team, members: BTreeMap::from([(rep(), own)]), ..TargetPlan::none(workspace(), month) }
}

#[tokio::test]
async fn targets_of_a_month_are_saved_at_the_revision_that_was_read() {
    let world = World::new();
    let (plan, changed) = (target_plan(), event(EventKind::TargetsChanged));
    assert_eq!(world.table.save_targets(&plan, &changed).await.unwrap(), 1);
    let stored = world.table.targets(&workspace(), &plan.month).await.unwrap();
    assert_eq!(stored, TargetPlan { rev: 1, ..plan.clone() });
    let other = world.table.targets(&workspace(), &plan.month.before()).await.unwrap();
    assert_eq!(other, TargetPlan::none(workspace(), plan.month.before()));
    let late = world.table.save_targets(&plan, &changed).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
}

fn rep() -> UserId {
    UserId::derived(Still.now(), &["rep"])
}

#[tokio::test]
async fn month_has_what_was_booked_in_it_whenever_the_money_moved() {
    let world = World::new();
    let day = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let (october, november) = (day("2026-10-31T23:50:00Z"), day("2026-11-01T00:10:00Z"));
    let mut client = client();
    for (id, at, booked_at) in
        [("in_1", october, october), ("in_2", october, november), ("in_3", november, november)]
    {
        let transaction = Transaction { at, booked_at, ..payment(id, 0) };
        world.table.book(&transaction, &client, &event(EventKind::PaymentBooked)).await.unwrap();
        client.rev += 1;
    }
    let booked = |month: &str| {
        let month = CalendarMonth::parse(month).unwrap();
        let table = &world.table;
        async move {
            let found = table.booked_in(&workspace(), &month).await.unwrap();
            found.into_iter().map(|transaction| transaction.external_id).collect::<Vec<_>>()
        }
    };
    assert_eq!(booked("2026-10").await, ["in_1"]);
    assert_eq!(booked("2026-11").await, ["in_2", "in_3"]);
}

#[tokio::test]
async fn month_is_closed_once() {
    let world = World::new();
    let (statement, closing) = (commission_statement(), event(EventKind::CommissionMonthClosed));
    let plan = world.table.plan(&workspace()).await.unwrap();
    world.table.close(&statement, &plan, &closing).await.unwrap();
    assert_eq!(
        world.table.closed_months(&workspace()).await.unwrap(),
        std::slice::from_ref(&statement.month)
    );
    let stored = world.table.statement(&workspace(), &statement.month).await.unwrap();
    assert_eq!(stored, Some(statement.clone()));
    let plan = world.table.plan(&workspace()).await.unwrap();
    let twice = world.table.close(&statement, &plan, &closing).await;
    assert!(matches!(twice, Err(StoreError::Conflict)), "{twice:?}");
}

#[tokio::test]
async fn same_payment_is_booked_once() {
    let world = World::new();
    let mut client = client();
    let booked = event(EventKind::PaymentBooked);
    world.table.book(&payment("in_1", 0), &client, &booked).await.unwrap();
    client = world.table.client_by_external(&workspace(), "cus_1").await.unwrap().unwrap();
    assert_eq!(client.rev, 1);
    let twice = world.table.book(&payment("in_1", 5), &client, &booked).await;
    assert_eq!(twice.unwrap(), Booking::Before);
    client.collected.add(usd(4900));
    world.table.book(&payment("in_2", 9), &client, &booked).await.unwrap();
    let stale = world.table.book(&payment("in_3", 9), &client, &booked).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
    let page = world.table.transactions(&workspace(), PageRequest::first(10)).await.unwrap();
    assert_eq!(page.items, vec![payment("in_2", 9), payment("in_1", 0)]);
    let read = RevenueStore::client(&world.table, &workspace(), &client.id).await.unwrap();
    assert_eq!(read, Client { rev: 2, ..client.clone() });
    let other = Client { id: ClientId::derived(later(1), &["other"]), rev: 0, ..client };
    let taken = world.table.save_client(&other, &booked).await;
    assert!(matches!(taken, Err(StoreError::Conflict)), "the customer is known");
    assert_eq!(world.table.clients(&workspace(), PageRequest::first(1)).await.unwrap().next_cursor, None);
}

#[tokio::test]
async fn client_is_found_by_every_id_of_its_payment() {
    let world = World::new();
    let booked = event(EventKind::PaymentBooked);
    world.table.book(&payment("in_1", 0), &client(), &booked).await.unwrap();
    let known = Client { rev: 1, ..client() };
    world.table.name_payment(&known, "in_1", "pi_1").await.unwrap();
    world.table.name_payment(&known, "in_1", "pi_1").await.unwrap();
    for id in ["in_1", "ch_of_in_1", "pi_1"] {
        let found = world.table.client_of_payment(&workspace(), id).await.unwrap();
        assert_eq!(found, Some(known.clone()), "{id}");
    }
    assert_eq!(world.table.client_of_payment(&workspace(), "ch_2").await.unwrap(), None);
}

/// Makes the next calls of an operation meet another transaction, this many times.
fn clashes(world: &World, operation: &'static str, times: u32, fault: Fault) {
    let left = AtomicU32::new(times);
    world.cloud.faults().inject(move |moment, call| {
        let is_next = call.operation == operation && moment == Moment::Before;
        let is_struck = |left: u32| left.checked_sub(1).filter(|_| is_next);
        left.fetch_update(SeqCst, SeqCst, is_struck).is_ok().then(|| fault.clone())
    });
}

#[tokio::test]
async fn met_transaction_is_retried_and_is_no_conflict() {
    let world = World::new();
    let booked = event(EventKind::PaymentBooked);
    let transactions = || Fault::TransactionCancelled(Cancellation::Conflict);
    clashes(&world, "TransactWriteItems", 3, transactions());
    assert_eq!(world.table.book(&payment("in_1", 0), &client(), &booked).await.unwrap(), Booking::Now);
    let client = Client { rev: 1, ..client() };
    clashes(&world, "TransactWriteItems", 4, transactions());
    let lost = world.table.book(&payment("in_2", 5), &client, &booked).await;
    assert!(
        matches!(lost, Err(StoreError::Unavailable(_))),
        "four clashes tell nothing of the money: {lost:?}"
    );
    assert_eq!(world.table.book(&payment("in_2", 5), &client, &booked).await.unwrap(), Booking::Now);

    let alone = || Fault::Fail {
        status: 400,
        code: "TransactionConflictException".into(),
        message: "Transaction is ongoing for the item".into(),
    };
    clashes(&world, "PutItem", 3, alone());
    assert_eq!(world.table.save_entity(&lead(1), Some(&booked)).await.unwrap(), 1);
    clashes(&world, "PutItem", 4, alone());
    let lost = world.table.save_entity(&lead(2), Some(&booked)).await;
    assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
}

pub(crate) fn subscription() -> Subscription {
    Subscription {
        workspace: workspace(),
        client: client().id,
        external_id: "sub_1".into(),
        status: SubscriptionStatus::Active,
        monthly: Fraction { numerator: 4900, denominator: 1 },
        currency: Currency::USD,
        is_unsure: false,
        ends_at: None,
        started_at: Still.now(),
        ended_at: None,
        as_of: Still.now(),
        reported: SubscriptionReport::Created,
        rev: 0,
    }
}

#[tokio::test]
async fn subscription_and_client_are_saved_together() {
    let world = World::new();
    let mut subscription = subscription();
    let event = event(EventKind::SubscriptionChanged);
    world.table.save_subscription(&subscription, &client(), &event).await.unwrap();
    let stale = world.table.save_subscription(&subscription, &Client { rev: 1, ..client() }, &event).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
    subscription.rev = 1;
    assert_eq!(world.table.subscriptions(&workspace(), &client().id).await.unwrap(), vec![subscription]);
}
