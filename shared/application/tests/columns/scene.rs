//! A workspace with leads, a column that a provider fills, and the provider, which counts its calls.

use application::columns::ColumnPorts;
use application::columns::page::fill_page;
use application::columns::runs::{Chosen, NewRun, start};
use application::lead::enrichment::field_ports::Asked;
use application::ports::accounts::SecretFields;
use application::ports::data_providers::DataLookup;
use application::ports::provider_calls::{CallError, OpenAccount};
use application::queue_messages::{FillColumns, Queue};
use application::{Clock, StoreResult};
use async_trait::async_trait;
use domain::column::cell::Cell;
use domain::column::recipe::{Recipe, WaterfallStep};
use domain::column::run::{ColumnRun, RunMode};
use domain::column::target::ColumnTarget;
use domain::column::{LeadColumn, Triggers};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use domain::spend::{Budget, BudgetScope, SpendSettings, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::account::AccountSettings;
use domain::{ColumnId, ColumnRunId, LeadId, WorkspaceId};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use test_stage::Stage;

/// The price of a call that finds something, at the first and at the second provider.
pub const HIT: Usd = Usd::micros(24_500);

type Answering = dyn Fn(&str, &DataSubject) -> Result<Option<DataFound>, CallError> + Send + Sync;

/// A provider that keeps count of what it is asked.
#[derive(Clone)]
pub struct Directory {
    /// How often each provider was asked about each address.
    pub asked: Arc<Mutex<BTreeMap<(String, String), u32>>>,
    answer: Arc<Mutex<Box<Answering>>>,
}

impl Directory {
    pub fn calls(&self) -> u32 {
        self.asked.lock().unwrap().values().sum()
    }

    pub fn most_calls(&self) -> u32 {
        self.asked.lock().unwrap().values().copied().max().unwrap_or(0)
    }

    pub fn answers(
        &self,
        answer: impl Fn(&str, &DataSubject) -> Result<Option<DataFound>, CallError> + Send + Sync + 'static,
    ) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }
}

pub fn knows(field: DataField, value: &str, confidence: u8) -> DataFound {
    DataFound { values: BTreeMap::from([(field, value.to_owned())]), confidence: Some(confidence) }
}

#[async_trait]
impl DataLookup for Directory {
    fn question(&self, _: &OpenAccount, subject: &DataSubject, _: DataField) -> Option<String> {
        subject.email.clone()
    }

    async fn look_up(
        &self,
        account: &OpenAccount,
        subject: &DataSubject,
        _: DataField,
    ) -> Result<Option<DataFound>, CallError> {
        let provider = account.settings.provider().to_owned();
        let address = subject.email.clone().unwrap_or_default();
        *self.asked.lock().unwrap().entry((provider.clone(), address)).or_default() += 1;
        tokio::task::yield_now().await;
        self.answer.lock().unwrap()(&provider, subject)
    }
}

pub struct Scene {
    pub stage: Stage,
    pub workspace: WorkspaceId,
    pub ports: ColumnPorts,
    pub directory: Directory,
    pub leads: Vec<LeadId>,
}

impl Scene {
    pub async fn new(leads: usize) -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let base_url = || "https://provider.example".to_owned();
        for settings in [
            AccountSettings::Hunter { base_url: base_url() },
            AccountSettings::SerpApi { base_url: base_url() },
        ] {
            stage.account(&workspace, settings, SecretFields::one("api_key", "k3y")).await;
        }
        let found = |_: &str, subject: &DataSubject| {
            let name = subject.email.clone().unwrap_or_default();
            Ok(Some(knows(DataField::JobTitle, &format!("Head of {name}"), 90)))
        };
        let answer: Arc<Mutex<Box<Answering>>> = Arc::new(Mutex::new(Box::new(found)));
        let directory = Directory { asked: Arc::default(), answer };
        let ports =
            ColumnPorts { data_lookup: Arc::new(directory.clone()), ..ColumnPorts::new(&stage.ports) };
        let mut ids = Vec::new();
        for number in 0..leads {
            ids.push(stage.lead(&workspace, &format!("lead{number:03}"), |_| {}).await.id);
        }
        Self { stage, workspace, ports, directory, leads: ids }
    }

    pub fn event(&self) -> Event {
        Event::system(EventKind::ColumnChanged, self.stage.clock.now())
    }

    pub async fn cap_month(&self, cap: Usd) {
        let settings = SpendSettings { month_cap: Some(cap), ..SpendSettings::usual(self.workspace.clone()) };
        self.ports.spend.save_settings(&settings, &self.event()).await.unwrap();
    }

    /// A column that fills the job title, by Hunter.
    pub async fn title_column(&self) -> LeadColumn {
        self.column("Title", |_| {}).await
    }

    pub async fn column(&self, name: &str, change: impl FnOnce(&mut LeadColumn)) -> LeadColumn {
        let now = self.stage.clock.now();
        let step = WaterfallStep { provider: "hunter".to_owned(), min_confidence: 0 };
        let mut column = LeadColumn {
            id: ColumnId::derived(now, &[name]),
            workspace: self.workspace.clone(),
            name: name.to_owned(),
            target: ColumnTarget::LeadField { field: domain::column::target::FilledField::JobTitle },
            recipe: Recipe::Enrichment { field: DataField::JobTitle, providers: vec![step] },
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
        change(&mut column);
        column.rev = self.ports.columns.save(&column, &self.event()).await.unwrap();
        column
    }

    pub async fn start(&self, columns: &[&LeadColumn], leads: &[LeadId], cap: Option<Usd>) -> ColumnRun {
        self.start_as(columns, leads, cap, RunMode::default()).await
    }

    pub async fn start_as(
        &self,
        columns: &[&LeadColumn],
        leads: &[LeadId],
        cap: Option<Usd>,
        mode: RunMode,
    ) -> ColumnRun {
        let new = NewRun {
            columns: columns.iter().map(|column| column.id.clone()).collect(),
            chosen: Chosen::Named(leads.to_vec()),
            mode,
            cap,
            by: None,
        };
        let id = ColumnRunId::new(self.ports.ids.next());
        start(&self.ports, &self.workspace, id, new).await.unwrap()
    }

    /// The messages of the queue that fill pages.
    pub fn pages(&self) -> Vec<FillColumns> {
        let all = self.stage.messages(Queue::Columns);
        let read = all.into_iter().map(|message| serde_json::from_value(message).unwrap());
        read.filter(|message| matches!(message, FillColumns::Page { .. })).collect()
    }

    pub async fn page(&self, message: &FillColumns, worker: &str) -> StoreResult<Asked> {
        let FillColumns::Page { workspace, run, from } = message else { panic!("not a page: {message:?}") };
        fill_page(&self.ports, (workspace, run, *from), worker).await
    }

    /// Fills pages until none is left; each is delivered again while it wants it, a limited number of times.
    pub async fn work(&self) {
        let mut waiting = self.pages();
        for delivery in 0.. {
            assert!(delivery < 500, "the run never ends");
            if waiting.is_empty() {
                // Those that were put off become visible.
                self.stage.advance(SignedDuration::from_mins(16));
                waiting = self.pages();
            }
            let Some(message) = waiting.pop() else { return };
            match self.page(&message, &format!("worker {delivery}")).await.unwrap() {
                Asked::Settled => {}
                Asked::Again { after_seconds, .. } => {
                    self.stage.advance(SignedDuration::from_secs(i64::from(after_seconds)));
                    waiting.insert(0, message);
                }
            }
            waiting.extend(self.pages());
        }
    }

    pub async fn run(&self, run: &ColumnRun) -> ColumnRun {
        self.ports.column_runs.get(&self.workspace, &run.id).await.unwrap()
    }

    pub async fn lead(&self, number: usize) -> Lead {
        self.ports.leads.get(&self.workspace, &self.leads[number]).await.unwrap()
    }

    pub async fn cell(&self, number: usize, column: &LeadColumn) -> Cell {
        self.ports.cells.get(&self.workspace, &self.leads[number], &column.id).await.unwrap().unwrap()
    }

    pub async fn month(&self) -> Budget {
        let month = BudgetScope::Month { month: CalendarMonth::at(self.stage.clock.now()) };
        self.ports.spend.budgets(&self.workspace, &[month]).await.unwrap().remove(0)
    }

    pub async fn of_run(&self, run: &ColumnRun) -> Budget {
        let scope = BudgetScope::Run { run: run.id.clone() };
        self.ports.spend.budgets(&self.workspace, &[scope]).await.unwrap().remove(0)
    }
}

/// How many cells of the run came to each outcome, over all columns.
pub fn outcomes(run: &ColumnRun) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for (outcome, number) in run.counts.values().flatten() {
        *sums.entry(outcome.to_string()).or_default() += number;
    }
    sums
}
