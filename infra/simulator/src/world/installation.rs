//! An installation in memory for one run, with everything around it that can go wrong.

use crate::actions::mailboxes::connect_all;
use crate::actions::meanwhile::stop_lead_meanwhile;
use crate::actions::roster::Roster;
use crate::actions::second_tenant::SecondTenant;
use crate::oracle::{Home, Oracle, retry_waits};
use crate::plan::places::PLACES;
use crate::plan::{Person, Plan, elsewhere};
use crate::trouble::attempts::Attempts;
use crate::trouble::blocked_senders::Blocking;
use crate::trouble::cloud_faults;
use crate::trouble::disorder::Disorder;
use crate::trouble::late_reports::LateReports;
use crate::trouble::late_writes::LateWrites;
use crate::trouble::provider_faults::{Meantime, Outside, Refusals, Watchers};
use crate::trouble::webhook_delivery::WebhookDelivery;
use crate::world::table_changes::TableChanges;
use anyhow::{Context, Result};
use application::{Clock, Ids};
use jiff::Timestamp;
use local_cloud::{LocalCloud, SeededIds, VirtualClock};
use local_host::{EventSource, HostOptions, LocalHost};
use local_world::{Accounts, Api, SandboxAddress, World, furnish, open_workspace, web_to};
use sandbox::{Observed, RateLimits, Sandbox, SandboxConfig};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

const APP: &str = "http://localhost:8787";
pub const SANDBOX: &str = "http://localhost:8788";

#[derive(Clone)]
pub struct Installation {
    pub world: World,
    pub disorder: Disorder,
    pub webhooks: WebhookDelivery,
    pub oracle: Arc<Mutex<Oracle>>,
    pub api: Api,
    pub accounts: Accounts,
    pub plan: Arc<Plan>,
    pub blocking: Blocking,
    pub outside: Outside,
    pub late_writes: LateWrites,
    late_reports: LateReports,
    changes: TableChanges,
    table: String,
    refusals: Refusals,
    attempts: Attempts,
    roster: Arc<Mutex<Roster>>,
    second_tenant: Arc<OnceLock<SecondTenant>>,
}

impl Installation {
    pub async fn open(plan: &Plan) -> Result<Self> {
        let start: Timestamp = plan.start.parse()?;
        let clock = Arc::new(VirtualClock::at(start));
        let dynamic: Arc<dyn Clock> = clock.clone();
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(dynamic.clone(), plan.seed.into()));
        let cloud = LocalCloud::in_memory(dynamic.clone()).context("no local cloud")?;
        let mut config = SandboxConfig::demo(dynamic.clone(), plan.seed.into()).with_urls(APP, SANDBOX);
        // How providers refuse and hold up is the disorder's alone.
        (config.limits, config.blocking_percent) = (RateLimits::unlimited(), 0);
        let sandbox = Sandbox::new(config);
        let disorder = Disorder::new(plan.seed, &plan.rules, clock);
        let blocking = Blocking::default();
        let late_reports = LateReports::default();
        let outside = Outside::new(disorder.clone(), (blocking.clone(), late_reports.clone()), &sandbox);
        let way = Arc::new(outside.clone());
        let late_writes = LateWrites::default();
        cloud_faults::install(&cloud, &disorder, &late_writes);
        let function_clock = Arc::new(disorder.function_clock().clone());
        let options = HostOptions {
            cloud,
            clock: dynamic,
            function_clock,
            ids,
            http: way.clone(),
            web: Arc::new(web_to(&sandbox)),
            smtp: way.clone(),
            imap: way,
            public_url: APP.to_owned(),
            open_sign_up: true,
            sign_in_clients: Vec::new(),
            system_sender: None,
            held: None,
            proxies: None,
        };
        let host = LocalHost::start(options).await.context("the functions could not be started")?;
        let world = World { host, sandbox };
        let mut api = Api::new(&world.host);
        open_workspace(&mut api, &world.host.setup_code(), "US").await?;
        let address =
            SandboxAddress { url: SANDBOX.to_owned(), smtp_host: "localhost".to_owned(), smtp_port: 2525 };
        let mut accounts = furnish(&api, &address).await?;
        let mailboxes = connect_all(plan, (&api, &world), &address, &mut accounts).await?;
        let roster = Arc::new(Mutex::new(Roster::of(mailboxes)));
        let webhooks = WebhookDelivery::new(world.app(), disorder.clone(), late_reports.clone());
        let table = table_of(&world.host)?;
        let oracle = Oracle::new(homes(plan), plan.clocks_may_be_far_off()).promptly(plan.is_prompt());
        let oracle = Arc::new(Mutex::new(oracle));
        let plan = Arc::new(plan.clone());
        let (refusals, attempts) = (outside.refusals(), outside.attempts());
        let installation = Self {
            world,
            disorder,
            webhooks,
            oracle,
            api,
            accounts,
            plan,
            blocking,
            outside,
            late_writes,
            late_reports,
            changes: TableChanges::default(),
            table,
            refusals,
            attempts,
            roster,
            second_tenant: Arc::default(),
        };
        installation.watch();
        Ok(installation)
    }

    /// The oracle sees each acceptance as it happens, and webhooks may overtake the answer to what they are about.
    fn watch(&self) {
        let here = self.clone();
        let taken = Arc::new(move || here.look());
        let here = self.clone();
        let meanwhile = Arc::new(move |meantime: Meantime| {
            let here = here.clone();
            let happens: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
                if let Meantime::Stopped { to } = meantime {
                    let who = |person: &&Person| {
                        let other = elsewhere(person);
                        [&person.email, &person.phone, &other.email, &other.phone].contains(&&to)
                    };
                    if let Some(number) = here.plan.people.iter().find(who).map(|person| person.number) {
                        stop_lead_meanwhile(&here, number).await;
                    }
                    return;
                }
                let clock = here.disorder.clock();
                clock.advance_to(here.disorder.now() + jiff::SignedDuration::from_secs(7));
                here.world.sandbox.run_due(here.disorder.now(), &here.webhooks).await;
                for source in here.sources_of("ingest_event") {
                    if let Err(error) = here.world.host.step(source).await {
                        here.disorder.log(format!("ingest failed meanwhile: {error:#}"));
                    }
                }
            });
            happens
        });
        self.outside.watch(Some(Watchers { taken, meanwhile }));
    }

    /// The second workspace signs up and imports its people.
    pub async fn open_second_tenant(&self) -> Result<()> {
        if let Some(second_tenant) = &self.plan.second_tenant {
            let moved_in = SecondTenant::open(self, second_tenant).await?;
            drop(self.second_tenant.set(moved_in));
        }
        Ok(())
    }

    pub async fn launch_second_tenant(&self) -> Result<()> {
        match (self.second_tenant(), &self.plan.second_tenant) {
            (Some(there), Some(second_tenant)) => there.launch(self, second_tenant).await,
            _ => Ok(()),
        }
    }

    pub fn second_tenant(&self) -> Option<&SecondTenant> {
        self.second_tenant.get()
    }

    pub fn sources_of(&self, function: &str) -> Vec<usize> {
        let host = &self.world.host;
        (0..host.sources()).filter(|source| host.source(*source).0 == function).collect()
    }

    /// The oracle takes in what has happened.
    pub fn look(&self) {
        let now = self.disorder.now();
        let mut oracle = self.oracle.lock().unwrap_or_else(PoisonError::into_inner);
        let refusals = std::mem::take(&mut *self.refusals.lock().unwrap_or_else(PoisonError::into_inner));
        oracle.look_at_refusals(&refusals);
        retry_waits::look(&mut oracle, now, &self.attempts.take());
        let (departed, lands) = self.outside.landing.changes();
        oracle.catch_up(&self.changes.take(self.world.host.cloud(), &self.table), now);
        oracle.look_at_departures(&departed, lands, now);
        oracle.reported_late(self.late_reports.take_reported());
        oracle.look_at_tokens(&self.outside.tokens.take());
        let (mails, texts) = oracle.seen_outside();
        let (mails, texts) = self.world.sandbox.accepted_since(mails, texts);
        if !mails.is_empty() {
            oracle.look_at_unread(self.world.sandbox.unread_letters());
        }
        oracle.look_outside(&mails, &texts, now);
    }

    /// The oracle asks whether what people did has had its consequences.
    pub fn check_stops(&self) {
        self.look();
        let observed = self.observed();
        let (cloud, now) = (self.world.host.cloud(), self.disorder.now());
        self.with_oracle(|oracle| oracle.check_stops(cloud, &observed, now));
    }

    /// Everything accepted and done so far. A letter in a mailbox is taken in once the product has noted that it read so far.
    pub fn observed(&self) -> Observed {
        let mut observed = self.world.sandbox.observed();
        self.with_oracle(|oracle| oracle.date_answers(&mut observed));
        observed
    }

    pub fn with_roster<T>(&self, ask: impl FnOnce(&mut Roster) -> T) -> T {
        ask(&mut self.roster.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn with_oracle<T>(&self, ask: impl FnOnce(&mut Oracle) -> T) -> T {
        ask(&mut self.oracle.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn table_of(host: &LocalHost) -> Result<String> {
    let table = (0..host.sources()).find_map(|source| match host.source(source).1 {
        EventSource::Stream { table, .. } => Some(table.clone()),
        _ => None,
    });
    table.context("no function reads a stream")
}

fn homes(plan: &Plan) -> BTreeMap<String, Home> {
    let mut homes = BTreeMap::new();
    let theirs = plan.second_tenant.iter().flat_map(|second_tenant| &second_tenant.people);
    for person in plan.people.iter().chain(theirs) {
        let (_, _, country, zone, _) = PLACES[person.place];
        let other = elsewhere(person);
        for who in [&person.email, &person.phone, &other.email, &other.phone] {
            homes.insert(who.clone(), Home { zone, country });
        }
    }
    homes
}
