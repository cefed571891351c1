//! The pages that list suppressions in order.

use super::settings::suppression;
use super::{World, event, other_workspace, workspace};
use crate::item::text;
use crate::keys;
use crate::suppressions::marked;
use crate::write::{Expression, update};
use application::StoreError;
use application::ports::suppressions::SuppressionStore;
use domain::listed::ListedPages;
use local_cloud::{Cancellation, Fault, Moment};
use std::sync::atomic::{AtomicU32, Ordering};

async fn pages(world: &World, from: Option<u32>) -> ListedPages {
    SuppressionStore::listed(&world.table, &workspace(), from).await.unwrap()
}

async fn list(world: &World, numbers: std::ops::Range<usize>) {
    for n in numbers {
        SuppressionStore::put(&world.table, &suppression(n), &event("address_suppressed")).await.unwrap();
    }
}

fn numbers(pages: &ListedPages) -> Vec<(u32, usize)> {
    pages.0.iter().map(|page| (page.number, page.marks.len())).collect()
}

#[tokio::test]
async fn suppression_is_stored_with_its_mark_for_four_units() {
    let world = World::new();
    assert_eq!(pages(&world, None).await, ListedPages::default());
    let ((), units) = world.write_units(list(&world, 1..2)).await;
    assert_eq!(units, 4.0);
    let ((), again) = world.write_units(list(&world, 1..2)).await;
    assert!(again <= 4.0, "{again}");
    let found = pages(&world, Some(0)).await;
    assert_eq!(numbers(&found), [(0, 1)]);
    assert!(found.0[0].marks.contains(&suppression(1).scope.mark()));
    let elsewhere = SuppressionStore::listed(&world.table, &other_workspace(), Some(0)).await.unwrap();
    assert_eq!(elsewhere, ListedPages::default());
}

#[tokio::test]
async fn full_page_is_followed_by_another() {
    let world = World::new();
    list(&world, 0..200).await;
    let ((), units) = world.write_units(list(&world, 199..200)).await;
    assert!(units <= 4.0, "a full page is one unit: {units}");
    list(&world, 200..405).await;
    assert_eq!(numbers(&pages(&world, Some(1)).await), [(2, 5), (1, 200)]);
    assert_eq!(numbers(&pages(&world, None).await), [(2, 5)]);
    let (found, units) = world.read_units(pages(&world, Some(0))).await;
    assert_eq!((found.newest(), found.reach_back_to(0), units), (2, true, 1.0));
}

#[tokio::test]
async fn look_up_reads_only_the_newest_pages() {
    let world = World::new();
    for page in 0..18 {
        world.table.write(marked(&suppression(1), page)).await.unwrap();
    }
    let (found, units) = world.read_units(pages(&world, Some(0))).await;
    assert_eq!((found.0.len(), found.newest(), units), (16, 17, 1.0));
    assert!(!found.reach_back_to(1) && found.reach_back_to(2));
    let (found, _) = world.read_units(pages(&world, Some(16))).await;
    assert_eq!(numbers(&found), [(17, 1), (16, 1)]);
}

#[tokio::test]
async fn unreadable_page_is_an_error() {
    let world = World::new();
    for page in 0..3 {
        world.table.write(marked(&suppression(1), page)).await.unwrap();
    }
    let spoil = Expression::new("SET marks = :marks").value(":marks", text("none"));
    world.table.write(update(&keys::listed_page(&workspace(), 1), spoil, None)).await.unwrap();
    let read = SuppressionStore::listed(&world.table, &workspace(), Some(0)).await;
    assert!(matches!(read, Err(StoreError::Corrupt { .. })), "{read:?}");
}

#[tokio::test]
async fn suppression_is_retried_when_others_write_the_same_page() {
    let world = World::new();
    list(&world, 0..1).await;
    let tries = AtomicU32::new(0);
    world.cloud.faults().inject(move |moment, call| {
        let clashes = call.operation == "TransactWriteItems"
            && moment == Moment::Before
            && tries.fetch_add(1, Ordering::SeqCst) < 2;
        clashes.then_some(Fault::TransactionCancelled(Cancellation::Conflict))
    });
    list(&world, 1..2).await;
    assert_eq!(numbers(&pages(&world, None).await), [(0, 2)]);
}

#[tokio::test]
async fn simultaneous_suppressions_are_all_marked() {
    let world = World::new();
    list(&world, 0..197).await;
    let at_once = (200..206).map(|n| async move { suppression(n) });
    let at_once = at_once.map(|entry| {
        let table = &world.table;
        async move { SuppressionStore::put(table, &entry.await, &event("address_suppressed")).await.unwrap() }
    });
    futures::future::join_all(at_once).await;
    assert_eq!(numbers(&pages(&world, Some(0)).await), [(1, 3), (0, 200)]);
}
