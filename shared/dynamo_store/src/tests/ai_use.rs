//! The use of AI by day: counted once with the money, by use and model, and for models that cost nothing.

use super::*;
use application::ports::spend::SpendStore;
use domain::spend::{
    AiUse, AiUseOfDay, Booking, BookingOutcome, BudgetScope, ModelTokens, ModelUse, Reservation, SpendLimit,
    Usd,
};
use domain::time::calendar_month::CalendarMonth;
use futures::future::try_join_all;
use jiff::civil::{Date, date};

fn call(ai_use: AiUse, model: &str, turned_down: u64, cents: u64) -> Booking {
    let tokens = ModelTokens { prompt: 1_000, completion: 100 };
    let model = Some(ModelUse { ai_use, model: model.to_owned(), tokens, turned_down });
    let provider = "chat_model".to_owned();
    Booking { provider, outcome: BookingOutcome::Hit, calls: 1, amount: Usd::cents(cents), model }
}

fn row(day: Date, ai_use: AiUse, model: &str, (answered, turned_down, cents): (u64, u64, u64)) -> AiUseOfDay {
    AiUseOfDay {
        day,
        ai_use,
        model: model.to_owned(),
        answered,
        lost: 0,
        turned_down,
        tokens: ModelTokens { prompt: answered * 1_000, completion: answered * 100 },
        cost: Usd::cents(cents),
    }
}

async fn reserved(world: &World, id: &str) {
    let month = BudgetScope::Month { month: CalendarMonth::at(Still.now()) };
    let reservation = Reservation {
        workspace: workspace(),
        id: id.to_owned(),
        limits: vec![SpendLimit { scope: month, cap: None }],
        amount: Usd::cents(100),
        made_at: Still.now(),
    };
    world.table.reserve(&reservation).await.unwrap();
}

#[tokio::test]
async fn settling_side_by_side_counts_each_call_once_by_use_and_model() {
    let world = World::new();
    reserved(&world, "r").await;
    let bookings = [
        call(AiUse::OpeningLine, "large/v1#x", 0, 2),
        call(AiUse::OpeningLine, "small", 1, 1),
        call(AiUse::OpeningLine, "small", 0, 1),
        call(AiUse::Rewrite, "small", 0, 1),
        Booking { provider: "hunter".to_owned(), model: None, ..call(AiUse::Rewrite, "small", 0, 9) },
    ];
    let (workspace, at) = (workspace(), at("2026-11-29T23:59:59Z"));
    try_join_all((0..6).map(|_| world.table.settle(&workspace, "r", &bookings, at))).await.unwrap();
    let day = date(2026, 11, 29);
    let rows = world.table.ai_use(&workspace, day, day).await.unwrap();
    let expected = [
        row(day, AiUse::OpeningLine, "large/v1#x", (1, 0, 2)),
        row(day, AiUse::OpeningLine, "small", (2, 1, 2)),
        row(day, AiUse::Rewrite, "small", (1, 0, 1)),
    ];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn lost_answer_is_counted_as_lost_at_its_price() {
    let world = World::new();
    reserved(&world, "r").await;
    let lost = Booking { outcome: BookingOutcome::Lost, ..call(AiUse::Sequence, "small", 0, 100) };
    world.table.settle(&workspace(), "r", &[lost], Still.now()).await.unwrap();
    let day = date(2026, 11, 20);
    let rows = world.table.ai_use(&workspace(), date(2026, 1, 1), date(2027, 1, 1)).await.unwrap();
    assert_eq!((rows[0].day, rows[0].answered, rows[0].lost, rows[0].cost), (day, 0, 1, Usd::cents(100)));
}

#[tokio::test]
async fn days_are_told_from_the_first_to_the_last_and_of_one_workspace() {
    let world = World::new();
    let free = [call(AiUse::Column, "local", 0, 0)];
    for time in
        ["2026-11-27T12:00:00Z", "2026-11-28T00:00:00Z", "2026-11-29T23:59:59Z", "2026-11-30T00:00:00Z"]
    {
        world.table.count_free(&workspace(), &free, at(time)).await.unwrap();
    }
    world.table.count_free(&workspace(), &free, at("2026-11-29T08:00:00Z")).await.unwrap();
    world.table.count_free(&workspace(), &[], at("2026-11-29T08:00:00Z")).await.unwrap();
    let days = (date(2026, 11, 28), date(2026, 11, 29));
    let rows = world.table.ai_use(&workspace(), days.0, days.1).await.unwrap();
    assert_eq!(
        rows,
        [row(days.0, AiUse::Column, "local", (1, 0, 0)), row(days.1, AiUse::Column, "local", (2, 0, 0))]
    );
    assert_eq!(world.table.ai_use(&other_workspace(), days.0, days.1).await.unwrap(), []);
}
