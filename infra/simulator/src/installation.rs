//! An installation in memory for one run, with everything around it that can go wrong.

use crate::disorder::Disorder;
use crate::oracle::{Home, Oracle};
use crate::outside::Outside;
use crate::plan::{PLACES, Plan};
use crate::postman::Postman;
use crate::seam;
use anyhow::{Context, Result};
use application::{Clock, Ids};
use jiff::Timestamp;
use local_cloud::{LocalCloud, SeededIds, VirtualClock};
use local_host::{EventSource, LocalHost};
use local_world::{Accounts, Api, SandboxAddress, World, furnish, open_workspace};
use sandbox::{Sandbox, SandboxConfig};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

const APP: &str = "http://localhost:8787";
const SANDBOX: &str = "http://localhost:8788";

#[derive(Clone)]
pub struct Installation {
    pub world: World,
    pub disorder: Disorder,
    pub postman: Postman,
    pub oracle: Arc<Mutex<Oracle>>,
    pub api: Api,
    pub accounts: Accounts,
}

impl Installation {
    pub async fn open(plan: &Plan) -> Result<Self> {
        let start: Timestamp = plan.start.parse()?;
        let clock = Arc::new(VirtualClock::at(start));
        let dynamic: Arc<dyn Clock> = clock.clone();
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(dynamic.clone(), plan.seed));
        let cloud = LocalCloud::in_memory(dynamic.clone()).context("no local cloud")?;
        let config = SandboxConfig::demo(dynamic.clone(), plan.seed).with_urls(APP, SANDBOX);
        let sandbox = Sandbox::new(config);
        let disorder = Disorder::new(plan.seed, &plan.rules, clock);
        let outside = Outside::new(disorder.clone(), &sandbox);
        let (http, smtp) = (Arc::new(outside.clone()), Arc::new(outside.clone()));
        seam::install(&cloud, &disorder);
        let world = World::start(cloud, dynamic, ids, sandbox, APP, http, smtp).await?;
        let mut api = Api::new(&world.host);
        open_workspace(&mut api, "US").await?;
        let address =
            SandboxAddress { url: SANDBOX.to_owned(), smtp_host: "localhost".to_owned(), smtp_port: 2525 };
        let accounts = furnish(&api, &address).await?;
        let postman = Postman::new(world.app(), disorder.clone());
        let oracle = Arc::new(Mutex::new(Oracle::new(&table_of(&world.host)?, homes(plan))));
        let installation = Self { world, disorder, postman, oracle, api, accounts };
        installation.watch(&outside);
        Ok(installation)
    }

    /// The oracle sees each acceptance as it happens, and webhooks may overtake the answer to what they are about.
    fn watch(&self, outside: &Outside) {
        let here = self.clone();
        let taken = Arc::new(move || here.look());
        let here = self.clone();
        let meanwhile = Arc::new(move || {
            let here = here.clone();
            let happens: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
                let clock = here.disorder.clock();
                clock.advance_to(here.disorder.now() + jiff::SignedDuration::from_secs(7));
                here.world.sandbox.run_due(here.disorder.now(), &here.postman).await;
                for source in here.sources_of("ingest_event") {
                    if let Err(error) = here.world.host.step(source).await {
                        here.disorder.tell(format!("ingest failed meanwhile: {error:#}"));
                    }
                }
            });
            happens
        });
        outside.watch(taken, meanwhile);
    }

    pub fn sources_of(&self, function: &str) -> Vec<usize> {
        let host = &self.world.host;
        (0..host.sources()).filter(|source| host.source(*source).0 == function).collect()
    }

    /// The oracle takes in what has happened.
    pub fn look(&self) {
        let now = self.disorder.now();
        let mut oracle = self.oracle.lock().unwrap_or_else(PoisonError::into_inner);
        oracle.catch_up(self.world.host.cloud(), now);
        oracle.look_outside(&self.world.sandbox.observed(), now);
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
    for person in &plan.people {
        let (_, _, country, zone, _) = PLACES[person.place];
        for who in [&person.email, &person.phone] {
            homes.insert(who.clone(), Home { zone, country });
        }
    }
    homes
}
