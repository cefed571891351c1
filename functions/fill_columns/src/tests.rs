//! A run is filled from its own queue, page by page, whatever other queues hold.

use crate::handler;
use application::columns::ColumnPorts;
use application::columns::runs::{Chosen, NewRun, start};
use application::ports::outbox::send_all;
use application::queue_messages::{EnrichLead, Queue};
use application::{Clock, Ports};
use domain::column::recipe::Recipe;
use domain::column::run::{RunMode, RunState};
use domain::column::target::{ColumnTarget, FilledField};
use domain::column::{LeadColumn, Triggers};
use domain::event::{Event, EventKind};
use domain::{ColumnId, ColumnRunId};
use test_stage::Stage;

#[tokio::test]
async fn run_is_done_while_a_thousand_look_ups_wait() {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let ports = ColumnPorts::new(&stage.ports);
    let now = stage.clock.now();
    let mut leads = Vec::new();
    for number in 0..30 {
        leads.push(stage.lead(&workspace, &format!("lead{number:02}"), |_| {}).await.id);
    }
    let look_up = |number: usize| {
        let (workspace, lead) = (workspace.clone(), leads[number % leads.len()].clone());
        EnrichLead { workspace, lead, force: false, attempt: 0 }
    };
    let look_ups: Vec<EnrichLead> = (0..1_000).map(look_up).collect();
    send_all(&*stage.ports.outbox(), &look_ups, 0).await.unwrap();
    let column = LeadColumn {
        id: ColumnId::derived(now, &["shout"]),
        workspace: workspace.clone(),
        name: "Shout".to_owned(),
        target: ColumnTarget::LeadField { field: FilledField::JobTitle },
        recipe: Recipe::Formula { expression: "email | upper".to_owned() },
        condition: None,
        triggers: Triggers::default(),
        fresh_days: 30,
        month_cap: None,
        version: 1,
        scheduled_through: None,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    ports.columns.save(&column, &Event::system(EventKind::ColumnChanged, now)).await.unwrap();
    let id = ColumnRunId::new(ports.ids.next());
    let chosen = Chosen::Named(leads.clone());
    let new = NewRun { columns: vec![column.id], chosen, mode: RunMode::default(), cap: None, by: None };
    start(&ports, &workspace, id.clone(), new).await.unwrap();
    assert_eq!(stage.drain(Queue::Columns, &handler(&stage.ports)).await, 2, "a message for each page");
    let run = ports.column_runs.get(&workspace, &id).await.unwrap();
    assert_eq!((run.state, run.done), (RunState::Done {}, 30));
    let last = ports.leads.get(&workspace, &leads[29]).await.unwrap();
    assert_eq!(last.job_title.as_deref(), Some("LEAD29@ONE.EXAMPLE"));
    assert_eq!(stage.messages(Queue::Enrichment).len(), 1_000);
}
