//! Columns that look something up, that run an actor, and that fill themselves by a schedule; what a run counts by source.

use crate::scene::{HIT, Scene, outcomes};
use application::Clock;
use application::columns::ColumnPorts;
use application::columns::fill_lead::fill_all;
use application::columns::runs::cells_of_run;
use application::columns::schedule::{ColumnSchedulePorts, start_due_columns};
use application::columns::waiting::look_at_actor;
use application::lead::enrichment::field_ports::Asked;
use application::ports::accounts::SecretFields;
use application::ports::data_providers::{ActorRun, ActorRunner};
use application::ports::provider_calls::{CallError, OpenAccount};
use application::queue_messages::{FillColumns, Queue};
use async_trait::async_trait;
use domain::column::cell::{CellOutcome, CellState};
use domain::column::recipe::{CompanyPart, LookupSource, Recipe};
use domain::column::run::{RunSelection, RunState, SourceSum};
use domain::column::target::ColumnTarget;
use domain::column::{ColumnSchedule, LeadColumn, Triggers};
use domain::spend::Usd;
use domain::workspace::account::AccountSettings;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

fn custom(column: &mut LeadColumn, key: &str, recipe: Recipe) {
    column.target = ColumnTarget::CustomField { key: key.to_owned() };
    column.recipe = recipe;
}

#[tokio::test]
async fn look_up_takes_what_is_known_of_the_company_and_of_a_colleague_for_free() {
    let scene = Scene::new(3).await;
    let mut first = scene.lead(0).await;
    first.job_title = Some("Owner".to_owned());
    scene.ports.leads.save(&first, &scene.event()).await.unwrap();
    scene.stage.record_changes().await;
    let domain = LookupSource::Company { part: CompanyPart::Domain };
    let domain = Recipe::Lookup { from: domain };
    let domain = scene.column("Domain", |column| custom(column, "Domain", domain)).await;
    let boss = Recipe::Lookup { from: LookupSource::Colleague { field: "job_title".to_owned() } };
    let boss = scene.column("Boss", |column| custom(column, "Boss", boss)).await;
    let run = scene.start(&[&domain, &boss], &scene.leads, None).await;
    scene.work().await;
    let run = scene.run(&run).await;
    assert_eq!((run.state, run.spent), (RunState::Done {}, Usd::ZERO));
    let values = |key: &'static str| async {
        let mut values = Vec::new();
        for number in 0..3 {
            values.push(scene.lead(number).await.custom.get(key).cloned());
        }
        values
    };
    assert_eq!(values("Domain").await, vec![Some("one.example".to_owned()); 3]);
    let owner = Some("Owner".to_owned());
    assert_eq!(values("Boss").await, [None, owner.clone(), owner], "nobody is a colleague of oneself");
    assert_eq!(run.counts[&boss.id], BTreeMap::from([(CellOutcome::Found, 2), (CellOutcome::NotFound, 1)]));
    assert_eq!(scene.cell(1, &boss).await.source.as_deref(), Some("lookup"));
    assert_eq!(scene.cell(0, &boss).await.state, CellState::NotFound {});
}

/// An actor whose runs are looked at twice before they are done.
#[derive(Default)]
struct Scraper {
    inputs: Mutex<Vec<String>>,
    looks: AtomicU32,
}

#[async_trait]
impl ActorRunner for Scraper {
    async fn start(&self, _: &OpenAccount, _: &str, input: &str) -> Result<String, CallError> {
        self.inputs.lock().unwrap().push(input.to_owned());
        Ok("run_1".to_owned())
    }

    async fn read(&self, _: &OpenAccount, _: &str) -> Result<ActorRun, CallError> {
        let is_first = self.looks.fetch_add(1, Ordering::Relaxed) == 0;
        let items = r#"[{"text": "We repair roofs."}]"#.to_owned();
        Ok(if is_first { ActorRun::Running } else { ActorRun::Done { items } })
    }
}

#[tokio::test]
async fn actor_is_started_once_and_looked_at_until_it_is_done() {
    let mut scene = Scene::new(1).await;
    let scraper = Arc::new(Scraper::default());
    scene.ports = ColumnPorts { actor_runner: scraper.clone(), ..scene.ports };
    let settings = AccountSettings::DataProvider {
        provider: "apify".to_owned(),
        base_url: "https://provider.example".to_owned(),
        fields: BTreeMap::new(),
    };
    scene.stage.account(&scene.workspace, settings, SecretFields::one("api_key", "k3y")).await;
    let recipe = Recipe::Actor {
        actor: "apify~website-content-crawler".to_owned(),
        input: r#"{"mail": "{{ email }}"}"#.to_owned(),
        answer: "/0/text".to_owned(),
    };
    let column = scene.column("Text", |column| custom(column, "Text", recipe)).await;
    let run = scene.start(&[&column], &scene.leads, None).await;
    let page = scene.pages().remove(0);
    assert_eq!(scene.page(&page, "one").await.unwrap(), Asked::Settled);
    assert_eq!(outcomes(&scene.run(&run).await)["waiting"], 1);
    let looks = || -> Vec<FillColumns> {
        let all = scene.stage.messages(Queue::Columns).into_iter();
        all.map(|message| serde_json::from_value(message).unwrap()).collect()
    };
    assert_eq!(looks(), [], "it is looked at later");
    let mut looked = 0;
    for _ in 0..4 {
        scene.stage.advance(SignedDuration::from_secs(60));
        for look in looks() {
            assert!(matches!(look, FillColumns::Actor { .. }), "{look:?}");
            look_at_actor(&scene.ports, &look).await.unwrap();
            looked += 1;
        }
    }
    assert_eq!((looked, scraper.inputs.lock().unwrap().len()), (2, 1));
    assert_eq!(scraper.inputs.lock().unwrap()[0], r#"{"mail":"lead000@one.example"}"#);
    assert_eq!(scene.lead(0).await.custom["Text"], "We repair roofs.");
    let (run, price) = (scene.run(&run).await, scene.cell(0, &column).await.price);
    assert_eq!((outcomes(&run)["waiting"], outcomes(&run)["found"]), (0, 1));
    assert!(!price.is_zero() && scene.month().await.spent == price);
    assert_eq!(run.sources[&column.id]["apify"], SourceSum { rows: 1, spent: price });
}

#[tokio::test]
async fn schedule_starts_one_run_over_all_leads_when_its_time_has_come() {
    let scene = Scene::new(3).await;
    let daily = Triggers { schedule: Some(ColumnSchedule::Daily), ..Triggers::default() };
    scene.column("Title", |column| (column.triggers, column.month_cap) = (daily, Some(HIT * 2))).await;
    let ports = ColumnSchedulePorts::new(&scene.stage.ports);
    let tick = || async {
        let until = scene.stage.clock.now() + SignedDuration::from_mins(5);
        let started = start_due_columns(&ports, until).await.unwrap();
        for message in scene.stage.messages(Queue::Columns) {
            let FillColumns::All { workspace, column, run } = serde_json::from_value(message).unwrap() else {
                panic!("not a run over all leads");
            };
            // Whoever gets the message twice starts one run.
            for _ in 0..2 {
                fill_all(&scene.ports, (&workspace, &column, &run)).await.unwrap();
            }
        }
        started
    };
    assert_eq!(tick().await, 0, "a column is due a day after it was made");
    scene.stage.advance(SignedDuration::from_hours(24));
    assert_eq!(tick().await, 1);
    scene.work().await;
    assert_eq!(tick().await, 0, "it has run today");
    let runs = scene.ports.column_runs.list(&scene.workspace).await.unwrap();
    assert_eq!((runs.len(), &runs[0].selection, runs[0].total), (1, &RunSelection::All {}, 3));
    assert!(matches!(runs[0].state, RunState::OutOfMoney { .. }), "its own cap holds: {:?}", runs[0].state);
    assert_eq!((runs[0].done, scene.directory.calls()), (2, 2));
}

#[tokio::test]
async fn run_counts_its_cells_and_their_cost_by_source_and_tells_the_failed_ones() {
    let scene = Scene::new(60).await;
    let column = scene.title_column().await;
    scene.directory.answers(|_, subject| {
        let number: u32 = subject.email.as_deref().unwrap_or_default()[4..7].parse().unwrap();
        match number % 10 {
            0 => Err(CallError::Rejected("no such person".to_owned())),
            1 | 2 => Ok(None),
            _ => Ok(Some(crate::scene::knows(domain::lead::data_field::DataField::JobTitle, "Owner", 90))),
        }
    });
    let run = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    let run = scene.run(&run).await;
    let sources = &run.sources[&column.id];
    assert_eq!(sources["hunter"], SourceSum { rows: 42, spent: HIT * 42 });
    assert_eq!((sources["not_found"].rows, sources["failed"]), (12, SourceSum { rows: 6, spent: Usd::ZERO }));
    assert_eq!(sources.values().map(|sum| sum.spent).sum::<Usd>(), run.spent);
    let columns = [column.id.clone()];
    let (mut failed, mut from) = (Vec::new(), Some(0));
    while let Some(at) = from {
        let wanted = (&columns[..], &[CellOutcome::Failed][..]);
        let (cells, next) = cells_of_run(&scene.ports, &run, wanted, (at, 4)).await.unwrap();
        failed.extend(cells.into_iter().map(|cell| cell.lead));
        from = next;
    }
    assert_eq!(failed, scene.leads.iter().step_by(10).cloned().collect::<Vec<_>>());
}
