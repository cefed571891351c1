//! Deals and moves between stages.

use super::*;
use application::PageRequest;
use application::ports::deals::{DealList, DealStore};
use application::ports::leads::LeadStore;
use application::ports::stages::StageStore;
use domain::DealId;
use domain::deal::{Deal, DealOutcome};
use domain::event::EventKind;
use domain::lead::stage::{LostReasonId, StageId, StageMove};
use domain::money::{Currency, Money};
use domain::time::calendar_month::CalendarMonth;

pub(crate) fn deal(n: i64) -> Deal {
    let first = Still.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    Deal {
        id: DealId::derived(&lead(1).id, &[&n.to_string()]),
        workspace: workspace(),
        lead: lead(1).id,
        name: format!("Deal {n}"),
        value: Money { amount_minor: 1_000 * n, currency: Currency::USD },
        probability: None,
        close_on: first.saturating_sub(jiff::Span::new().days(n)),
        closed: None,
        open_since: Still.now(),
        created_at: later(n),
        rev: 0,
    }
}

pub(crate) fn lost_deal() -> Deal {
    let mut lost = Deal { probability: Some(40), ..deal(2) };
    lost.close(DealOutcome::Lost, Some(LostReasonId::TOO_EARLY), later(60));
    lost
}

#[tokio::test]
async fn open_deals_are_listed_by_their_day_and_closed_ones_by_their_closing() {
    let world = World::new();
    for n in 1..=3 {
        DealStore::save(&world.table, &deal(n), &event(EventKind::DealCreated)).await.unwrap();
    }
    let mut won = DealStore::get(&world.table, &workspace(), &deal(3).id).await.unwrap();
    assert_eq!(won, Deal { rev: 1, ..deal(3) });
    won.close(DealOutcome::Won, None, later(600));
    DealStore::save(&world.table, &won, &event(EventKind::DealWon)).await.unwrap();
    let stale = DealStore::save(&world.table, &won, &event(EventKind::DealWon)).await;
    assert!(matches!(stale, Err(application::StoreError::Conflict)));
    let names = |deals: Vec<Deal>| deals.into_iter().map(|deal| deal.name).collect::<Vec<_>>();
    let table = &world.table;
    assert_eq!(names(DealStore::open(table, &workspace(), 10).await.unwrap()), ["Deal 2", "Deal 1"]);
    assert_eq!(names(DealStore::open(table, &workspace(), 1).await.unwrap()), ["Deal 2"]);
    assert_eq!(names(table.closed_since(&workspace(), later(599), 10).await.unwrap()), ["Deal 3"]);
    assert!(table.closed_since(&workspace(), later(601), 10).await.unwrap().is_empty());
    let month = CalendarMonth::at(later(600));
    for (closed, month, wanted) in [
        (true, Some(month.clone()), vec!["Deal 3"]),
        (true, Some(month.before()), vec![]),
        (false, None, vec!["Deal 2", "Deal 1"]),
    ] {
        let list = DealList { closed, month };
        let page = DealStore::page(table, &workspace(), &list, PageRequest::first(10)).await.unwrap();
        assert_eq!(names(page.items), wanted, "{list:?}");
    }
    let of_lead = table.of_leads(&workspace(), &[lead(1).id, lead(2).id]).await.unwrap();
    assert_eq!(names(of_lead), ["Deal 1", "Deal 2", "Deal 3"]);
}

#[tokio::test]
async fn deleted_deal_is_gone_and_an_erased_lead_takes_its_deals_along() {
    let world = World::new();
    let table = &world.table;
    LeadStore::create(table, &lead(1), &event(EventKind::LeadCreated)).await.unwrap();
    for n in 1..=2 {
        DealStore::save(table, &deal(n), &event(EventKind::DealCreated)).await.unwrap();
    }
    let first = DealStore::get(table, &workspace(), &deal(1).id).await.unwrap();
    DealStore::delete(table, &first, &event(EventKind::DealDeleted)).await.unwrap();
    assert_eq!(DealStore::open(table, &workspace(), 10).await.unwrap().len(), 1);
    table.erase(&workspace(), &lead(1).id, &event(EventKind::LeadErased)).await.unwrap();
    assert!(DealStore::open(table, &workspace(), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn moves_between_stages_are_read_by_time_and_a_repeat_changes_nothing() {
    let world = World::new();
    let made = |n: i64| StageMove {
        workspace: workspace(),
        lead: lead(1).id,
        owner: lead(1).owner,
        from: StageId::NEW,
        to: StageId::REPLIED,
        entered_at: Still.now(),
        at: later(n),
    };
    for n in [20, 10, 20] {
        world.table.put_move(&made(n)).await.unwrap();
    }
    assert_eq!(world.table.moves_since(&workspace(), later(0), 10).await.unwrap(), [made(10), made(20)]);
    assert_eq!(world.table.moves_since(&workspace(), later(15), 10).await.unwrap(), [made(20)]);
    // The oldest are cut.
    assert_eq!(world.table.moves_since(&workspace(), later(0), 1).await.unwrap(), [made(20)]);
}

#[tokio::test]
async fn erased_lead_takes_its_moves_along_and_leaves_those_of_others() {
    let world = World::new();
    let table = &world.table;
    let made = |of: i64, at: i64| StageMove {
        workspace: workspace(),
        lead: lead(of).id,
        owner: None,
        from: StageId::NEW,
        to: StageId::REPLIED,
        entered_at: Still.now(),
        at: later(at),
    };
    table.create(&lead(1), &event(EventKind::LeadChanged)).await.unwrap();
    for made in [made(1, 10), made(2, 20), made(1, 30)] {
        table.put_move(&made).await.unwrap();
    }
    table.erase(&workspace(), &lead(1).id, &event(EventKind::LeadErased)).await.unwrap();
    assert_eq!(table.moves_since(&workspace(), later(0), 10).await.unwrap(), [made(2, 20)]);
}
