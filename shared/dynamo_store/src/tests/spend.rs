//! Budgets under a cap: whoever reserves, and however many at a time, no cap is passed and nothing is booked twice.

use super::*;
use application::ports::spend::SpendStore;
use application::{PageRequest, StoreError};
use domain::spend::{
    Booking, BookingOutcome, Budget, BudgetScope, Reservation, Reserving, SpendLimit, Tally, Usd,
};
use domain::time::calendar_month::CalendarMonth;
use domain::{CampaignId, ColumnId, ColumnRunId, UserId};
use futures::future::{join_all, try_join_all};

fn month() -> BudgetScope {
    BudgetScope::Month { month: CalendarMonth::at(Still.now()) }
}

fn run() -> BudgetScope {
    BudgetScope::Run { run: ColumnRunId::derived(Still.now(), &["run"]) }
}

fn reservation(id: &str, cents: u64, limits: &[(BudgetScope, Option<u64>)]) -> Reservation {
    let limit = |(scope, cap): &(BudgetScope, Option<u64>)| SpendLimit {
        scope: scope.clone(),
        cap: cap.map(Usd::cents),
    };
    Reservation {
        workspace: workspace(),
        id: id.to_owned(),
        limits: limits.iter().map(limit).collect(),
        amount: Usd::cents(cents),
        made_at: Still.now(),
    }
}

fn booked(outcome: BookingOutcome, calls: u64, cents: u64) -> Booking {
    Booking { provider: "hunter".to_owned(), outcome, calls, amount: Usd::cents(cents), model: None }
}

async fn budget(world: &World, scope: BudgetScope) -> Budget {
    world.table.budgets(&workspace(), &[scope]).await.unwrap().remove(0)
}

#[tokio::test]
async fn reservations_side_by_side_never_pass_the_cap() {
    let world = World::new();
    let limits = [(run(), Some(100)), (month(), Some(50))];
    let asked: Vec<Reservation> = (0..30).map(|n| reservation(&format!("r{n}"), 3, &limits)).collect();
    let answers = join_all(asked.iter().map(|each| world.table.reserve(each))).await;
    let granted = answers.iter().filter(|answer| matches!(answer, Ok(Reserving::Reserved))).count();
    assert_eq!(granted, 16, "{answers:?}");
    let month = budget(&world, month()).await;
    assert_eq!((month.spent, month.reserved), (Usd::ZERO, Usd::cents(48)));
    assert_eq!(budget(&world, run()).await.reserved, Usd::cents(48), "a refused one took from no budget");
}

#[tokio::test]
async fn refusal_names_the_budget_and_what_it_has_left() {
    let world = World::new();
    let limits = [(run(), Some(100)), (month(), Some(10))];
    let first = world.table.reserve(&reservation("first", 7, &limits)).await.unwrap();
    assert_eq!(first, Reserving::Reserved);
    let second = world.table.reserve(&reservation("second", 4, &limits)).await.unwrap();
    assert_eq!(second, Reserving::Refused { scope: month(), left: Usd::cents(3) });
    let third = world.table.reserve(&reservation("third", 3, &limits)).await.unwrap();
    assert_eq!(third, Reserving::Reserved);
}

#[tokio::test]
async fn cap_below_the_amount_refuses_in_an_untouched_budget() {
    let world = World::new();
    let refused = world.table.reserve(&reservation("r", 4, &[(month(), Some(3))])).await.unwrap();
    assert_eq!(refused, Reserving::Refused { scope: month(), left: Usd::cents(3) });
    let unlimited = world.table.reserve(&reservation("r", 4, &[(month(), None)])).await.unwrap();
    assert_eq!(unlimited, Reserving::Reserved, "a refused id was not used up");
}

#[tokio::test]
async fn settling_books_by_outcome_and_gives_the_rest_back() {
    let world = World::new();
    let limits = [(run(), Some(20)), (month(), None)];
    world.table.reserve(&reservation("r", 20, &limits)).await.unwrap();
    let bookings = [
        booked(BookingOutcome::Hit, 3, 6),
        booked(BookingOutcome::Miss, 2, 1),
        booked(BookingOutcome::Hit, 1, 2),
        booked(BookingOutcome::Lost, 1, 2),
    ];
    for _ in 0..3 {
        world.table.settle(&workspace(), "r", &bookings, later(5)).await.unwrap();
    }
    for scope in [run(), month()] {
        let budget = budget(&world, scope).await;
        assert_eq!((budget.spent, budget.reserved), (Usd::cents(11), Usd::ZERO));
        assert_eq!(budget.left(Usd::cents(20)), Usd::cents(9));
        let of_hunter = &budget.tallies["hunter"];
        assert_eq!(of_hunter[&BookingOutcome::Hit], Tally { calls: 4, amount: Usd::cents(8) });
        assert_eq!(of_hunter[&BookingOutcome::Miss], Tally { calls: 2, amount: Usd::cents(1) });
        assert_eq!(of_hunter[&BookingOutcome::Lost], Tally { calls: 1, amount: Usd::cents(2) });
    }
}

#[tokio::test]
async fn repeat_of_a_reservation_takes_nothing_more_and_tells_how_far_it_came() {
    let world = World::new();
    let asked = reservation("r", 5, &[(month(), Some(100))]);
    let answers = join_all((0..5).map(|_| world.table.reserve(&asked))).await;
    let granted = answers.iter().filter(|answer| matches!(answer, Ok(Reserving::Reserved))).count();
    let open = answers.iter().filter(|answer| matches!(answer, Ok(Reserving::OpenAlready))).count();
    assert_eq!((granted, open), (1, 4), "{answers:?}");
    assert_eq!(budget(&world, month()).await.reserved, Usd::cents(5));
    world.table.settle(&workspace(), "r", &[], later(1)).await.unwrap();
    assert_eq!(world.table.reserve(&asked).await.unwrap(), Reserving::SettledAlready);
    assert_eq!(budget(&world, month()).await.reserved, Usd::ZERO);
}

#[tokio::test]
async fn settling_at_the_same_time_books_once() {
    let world = World::new();
    world.table.reserve(&reservation("r", 9, &[(month(), None)])).await.unwrap();
    let bookings = [booked(BookingOutcome::Hit, 1, 9)];
    let workspace = workspace();
    let settling = (0..8).map(|_| world.table.settle(&workspace, "r", &bookings, later(1)));
    try_join_all(settling).await.unwrap();
    let budget = budget(&world, month()).await;
    assert_eq!((budget.spent, budget.reserved), (Usd::cents(9), Usd::ZERO));
}

#[tokio::test]
async fn more_than_was_reserved_cannot_be_booked() {
    let world = World::new();
    world.table.reserve(&reservation("r", 2, &[(month(), None)])).await.unwrap();
    let too_much =
        world.table.settle(&workspace(), "r", &[booked(BookingOutcome::Hit, 1, 3)], later(1)).await;
    assert!(matches!(too_much, Err(StoreError::Corrupt { .. })), "{too_much:?}");
    assert_eq!(budget(&world, month()).await.reserved, Usd::cents(2));
    let unknown = world.table.settle(&workspace(), "unknown", &[], later(1)).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)), "{unknown:?}");
}

#[tokio::test]
async fn open_reservations_are_listed_until_they_are_settled() {
    let world = World::new();
    for id in ["b", "a", "c"] {
        world.table.reserve(&reservation(id, 1, &[(month(), None)])).await.unwrap();
    }
    world.table.settle(&workspace(), "b", &[], later(1)).await.unwrap();
    let open = world.table.open(&workspace(), PageRequest::first(10)).await.unwrap();
    let ids: Vec<&str> = open.items.iter().map(|open| open.id.as_str()).collect();
    assert_eq!(ids, ["a", "c"]);
    assert_eq!(open.items[0], reservation("a", 1, &[(month(), None)]));
    let elsewhere = world.table.open(&other_workspace(), PageRequest::first(10)).await.unwrap();
    assert_eq!(elsewhere.items, []);
}

#[tokio::test]
async fn month_lists_its_own_budgets_and_those_of_its_users_and_columns() {
    let world = World::new();
    let month_of = |at| CalendarMonth::at(at);
    let now = month_of(Still.now());
    let user = BudgetScope::User { user: UserId::derived(Still.now(), &["u"]), month: now.clone() };
    let column = BudgetScope::Column { column: ColumnId::derived(Still.now(), &["c"]), month: now.clone() };
    let campaign = BudgetScope::Campaign { campaign: CampaignId::derived(Still.now(), &["x"]) };
    let next = BudgetScope::Month { month: month_of(at("2026-12-01T00:00:00Z")) };
    let all = [month(), user.clone(), column.clone(), campaign, next, run()].map(|scope| (scope, None));
    world.table.reserve(&reservation("r", 1, &all)).await.unwrap();
    let listed = world.table.budgets_in_month(&workspace(), &now).await.unwrap();
    let mut scopes: Vec<BudgetScope> = listed.into_iter().map(|budget| budget.scope).collect();
    scopes.sort();
    let mut expected = vec![month(), user, column];
    expected.sort();
    assert_eq!(scopes, expected);
}

#[tokio::test]
async fn page_of_calls_costs_two_transactions() {
    let world = World::new();
    let limits = [(run(), Some(100)), (month(), Some(100))];
    let (_, reserving) =
        world.write_units(async { world.table.reserve(&reservation("r", 50, &limits)).await.unwrap() }).await;
    let bookings = [booked(BookingOutcome::Hit, 20, 40)];
    let workspace = workspace();
    let settling = world.table.settle(&workspace, "r", &bookings, later(1));
    let (_, settled) = world.write_units(async { settling.await.unwrap() }).await;
    assert_eq!((reserving, settled), (7.0, 7.0), "three items twice each, and the list's entry");
}
