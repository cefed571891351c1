//! Columns, cells and runs, as they are stored and read.

use super::*;
use application::StoreError;
use application::ports::columns::{CellStore, ColumnRunStore, ColumnStore};
use domain::column::cell::{Cell, CellOutcome, CellState, CellStep, StepOutcome};
use domain::column::recipe::{HookHeader, HookMethod, HookWait, Recipe, WebhookRecipe};
use domain::column::run::{
    ColumnRun, RunCounts, RunLease, RunMode, RunSelection, RunSources, RunState, SourceSum,
};
use domain::column::target::ColumnTarget;
use domain::column::{ColumnSchedule, LeadColumn, Triggers};
use domain::lead::filter::LeadFilter;
use domain::spend::{BudgetScope, Usd};
use domain::{ColumnId, ColumnRunId};
use std::collections::BTreeMap;

fn column_id() -> ColumnId {
    ColumnId::derived(Still.now(), &["column"])
}

fn run_id() -> ColumnRunId {
    ColumnRunId::derived(Still.now(), &["run"])
}

pub fn column() -> LeadColumn {
    let header =
        HookHeader { name: "X-Key".into(), value: None, secret: true, sealed: Some("sealed".into()) };
    LeadColumn {
        id: column_id(),
        workspace: workspace(),
        name: "Score".into(),
        target: ColumnTarget::CustomField { key: "Score".into() },
        recipe: Recipe::Webhook(WebhookRecipe {
            method: HookMethod::Post,
            url: "https://hooks.example/run".into(),
            headers: vec![header],
            body: Some(r#"{"company": "{{ company }}"}"#.into()),
            answer: "/score".into(),
            wait: HookWait::AtOnce,
        }),
        condition: Some("rating > 3".into()),
        triggers: Triggers { on_new: true, on_change: false, schedule: Some(ColumnSchedule::Weekly) },
        fresh_days: 30,
        month_cap: Some(Usd::cents(500)),
        version: 2,
        scheduled_through: Some(at("2026-11-19T02:00:00Z")),
        created_at: Still.now(),
        updated_at: Still.now(),
        rev: 0,
    }
}

pub fn cell() -> Cell {
    let step = CellStep {
        provider: "hunter".into(),
        asked_for: "find_email".into(),
        at: Still.now(),
        price: Usd::micros(24_500),
        outcome: StepOutcome::NotTaken,
        why: Some("its confidence 40 is below 70".into()),
        confidence: Some(40),
        reservation: Some("column_run_1:0:0".into()),
        model: None,
    };
    Cell {
        state: CellState::Failed { error: "busy".into(), attempts: 1, retry_at: Some(Still.now()) },
        value: Some("Owner".into()),
        source: Some("hunter".into()),
        confidence: Some(90),
        price: Usd::micros(24_500),
        digest: "d1".into(),
        steps: vec![step],
        run: Some(run_id()),
        token: Some("t1".into()),
        ..Cell::empty(workspace(), lead(1).id, column_id(), Still.now())
    }
}

pub fn run() -> ColumnRun {
    let filter = LeadFilter { q: Some("roof".into()), ..LeadFilter::default() };
    ColumnRun {
        id: run_id(),
        workspace: workspace(),
        columns: vec![column_id()],
        selection: RunSelection::Filter { filter: Box::new(filter) },
        mode: RunMode { only_gaps: true, overwrite: false, again: false },
        cap: Some(Usd::cents(100)),
        state: RunState::OutOfMoney { budget: BudgetScope::Run { run: run_id() }, left: Usd::micros(1) },
        counts: RunCounts::from([(column_id(), BTreeMap::from([(CellOutcome::NotFound, 3)]))]),
        sources: RunSources::from([(
            column_id(),
            BTreeMap::from([("not_found".to_owned(), SourceSum { rows: 3, spent: Usd::micros(49_000) })]),
        )]),
        spent: Usd::micros(49_000),
        total: 60,
        done: 25,
        not_before: Some(Still.now()),
        lease: Some(RunLease { by: "worker".into(), until: Still.now() }),
        started_by: None,
        started_at: Still.now(),
        finished_at: None,
        rev: 0,
    }
}

#[tokio::test]
async fn column_cell_and_run_are_read_as_they_were_stored() {
    let table = World::new().table;
    let mut column = column();
    column.rev = ColumnStore::save(&table, &column, &event(EventKind::ColumnCreated)).await.unwrap();
    assert_eq!(ColumnStore::list(&table, &workspace()).await.unwrap(), [column.clone()]);
    let mut cell = cell();
    cell.rev = CellStore::save(&table, &cell, &event(EventKind::CellFilled)).await.unwrap();
    let read = table.get_many(&workspace(), &[lead(1).id, lead(2).id], &[column_id()]).await.unwrap();
    assert_eq!(read, [cell.clone()]);
    let mut run = run();
    run.rev = ColumnRunStore::save(&table, &run, &event(EventKind::ColumnRunStarted)).await.unwrap();
    assert_eq!(ColumnRunStore::get(&table, &workspace(), &run.id).await.unwrap(), run);
    assert_eq!(ColumnRunStore::list(&table, &workspace()).await.unwrap().len(), 1);
    table.delete(&column, &event(EventKind::ColumnDeleted)).await.unwrap();
    let gone = ColumnStore::get(&table, &workspace(), &column.id).await;
    assert!(matches!(gone, Err(StoreError::NotFound)), "{gone:?}");
}

#[tokio::test]
async fn cell_that_another_worker_has_saved_is_not_overwritten() {
    let table = World::new().table;
    let cell = cell();
    CellStore::save(&table, &cell, &event(EventKind::CellAsked)).await.unwrap();
    let second = CellStore::save(&table, &cell, &event(EventKind::CellAsked)).await;
    assert!(matches!(second, Err(StoreError::Conflict)), "{second:?}");
}
