//! A workspace in an installation in memory, with a record of its requests and their answers.

use crate::account::{Accounts, SandboxAddress, furnish, open_workspace};
use crate::api::Api;
use crate::drive::live_through;
use crate::seed;
use crate::world::{App, World};
use anyhow::{Context, Result};
use application::Clock;
use async_trait::async_trait;
use http::{Method, Request, Response};
use jiff::SignedDuration;
use local_cloud::{LocalCloud, SeededIds, VirtualClock};
use sandbox::{AppClient, Pace, Sandbox, SandboxConfig};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

pub const APP: &str = "http://localhost:8787";
pub const SANDBOX: &str = "http://localhost:8788";

/// A request and the status of its answer.
pub type Asked = (Method, String, u16);

/// The product, with a record of all requests.
pub struct Recorder {
    app: App,
    asked: Mutex<Vec<Asked>>,
    /// Each request with the status of its answer.
    requests: Mutex<Vec<(Request<Vec<u8>>, u16)>>,
    /// The number of calls to the cloud that each request made which succeeded.
    calls: Mutex<Vec<(Method, String, u64)>>,
}

impl Recorder {
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often each request that succeeded called the cloud, in their order.
    pub fn calls(&self) -> Vec<(Method, String, u64)> {
        self.calls.lock().unwrap().clone()
    }

    /// All requests to a path, so that they can be sent once more.
    pub fn told(&self, path: &str) -> Vec<Request<Vec<u8>>> {
        let requests = self.requests.lock().unwrap();
        let told = requests.iter().map(|(request, _)| request);
        told.filter(|request| request.uri().path() == path).cloned().collect()
    }

    /// All requests that succeeded, in their order.
    pub fn succeeded(&self) -> Vec<Request<Vec<u8>>> {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|(_, status)| *status < 400).map(|(request, _)| request.clone()).collect()
    }
}

#[async_trait]
impl AppClient for Recorder {
    async fn call(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let told = request.clone();
        let calls = || self.app.host.cloud().ledger().sum(|_| true).calls;
        let before = calls();
        let answer = self.app.call(request).await;
        if answer.status().as_u16() < 400 {
            self.calls.lock().unwrap().push((method.clone(), path.clone(), calls() - before));
        }
        self.requests.lock().unwrap().push((told, answer.status().as_u16()));
        self.asked.lock().unwrap().push((method, path, answer.status().as_u16()));
        answer
    }
}

pub struct Story {
    pub world: World,
    pub clock: Arc<VirtualClock>,
    pub recorder: Arc<Recorder>,
    pub api: Api,
    pub accounts: Accounts,
}

impl Story {
    /// Begins with connected providers and without leads.
    pub async fn begin() -> Result<Self> {
        Self::begin_with(|_| {}).await
    }

    /// Begins with providers that are configured differently.
    pub async fn begin_with(change: impl FnOnce(&mut SandboxConfig)) -> Result<Self> {
        let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse()?));
        let dynamic: Arc<dyn Clock> = clock.clone();
        let mut config = SandboxConfig::demo(dynamic.clone(), 7).with_urls(APP, SANDBOX);
        config.pace = Pace::BRISK;
        change(&mut config);
        let sandbox = Sandbox::new(config);
        let cloud = LocalCloud::in_memory(dynamic.clone())?;
        let ids = Arc::new(SeededIds::new(dynamic.clone(), 7));
        let world = World::in_process(cloud, dynamic, ids, sandbox, APP).await?;
        let recorder = Arc::new(Recorder {
            app: world.app(),
            asked: Mutex::default(),
            requests: Mutex::default(),
            calls: Mutex::default(),
        });
        let mut api = Api::over(recorder.clone());
        open_workspace(&mut api, &world.host.setup_code(), "US").await?;
        let address =
            SandboxAddress { url: SANDBOX.to_owned(), smtp_host: "localhost".to_owned(), smtp_port: 2525 };
        let accounts = furnish(&api, &address).await?;
        Ok(Self { world, clock, recorder, api, accounts })
    }

    /// Signs another tenant up, with a workspace of his own.
    pub async fn another_tenant(&self) -> Result<Api> {
        let mut other = Api::over(self.recorder.clone());
        let owner = json!({
            "email": "owner@other.example", "password": "a good long password", "name": "Olga",
            "workspace_name": "Other", "country": "GB",
        });
        other.sign_up("owner@other.example", "a good long password", owner).await?;
        Ok(other)
    }

    /// Imports the first leads of the sample, with enrichment and opening line.
    pub async fn import_leads(&mut self, count: usize) -> Result<()> {
        let lines: Vec<&str> = seed::SAMPLE.lines().take(count + 1).collect();
        seed::import(&self.api, seed::SAMPLE_NAME, lines.join("\n").into_bytes(), "US").await?;
        self.live(60).await
    }

    /// Lets this time pass and signs in again afterwards.
    pub async fn live(&mut self, minutes: i64) -> Result<()> {
        let end = self.clock.now() + SignedDuration::from_mins(minutes);
        live_through(&self.world, &*self.recorder, &self.clock, end, &|_| {}).await?;
        self.api.sign_in().await
    }

    /// Moves the clock and does only what is due at the end.
    pub async fn skip(&mut self, hours: i64) -> Result<()> {
        self.clock.advance_to(self.clock.now() + SignedDuration::from_hours(hours));
        self.live(2).await
    }

    /// Writes a sequence that sends at any hour, with `minutes` between the steps.
    pub async fn sequence(&self, minutes: u32) -> Result<String> {
        let delay = |amount: u32| json!({ "amount": amount, "unit": "minutes" });
        let sequence = seed::write_sequence(&self.api, delay(0), delay(minutes)).await?;
        let always = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] });
        self.api.patch(&format!("/api/sequences/{sequence}"), json!({ "window": always })).await?;
        Ok(sequence)
    }

    pub async fn campaign(&self, sequence: &str) -> Result<String> {
        seed::create_campaign(&self.api, sequence, &self.accounts, "Clinics").await
    }

    /// Ids of all leads, in the order of the list.
    pub async fn leads(&self) -> Result<Vec<String>> {
        // The list follows what was changed once the stream has been read.
        self.world.host.run_until_quiet().await?;
        let list = self.api.get("/api/leads?limit=100").await?;
        let items = list["items"].as_array().context("a list of leads")?;
        Ok(items.iter().filter_map(|lead| lead["id"].as_str()).map(str::to_owned).collect())
    }

    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        self.ask_with(method, path, "application/json", bytes).await
    }

    /// Returns the answer's JSON, or its text if it is none; a refusal is an error.
    pub async fn ask_with(&self, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Result<Value> {
        let answer = self.api.answer(method.clone(), path, kind, body).await?;
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        let denied = || self.world.host.cloud().denied_permissions();
        let status = answer.status();
        anyhow::ensure!(status.as_u16() < 400, "{method} {path}: {status} {text} {:?}", denied());
        Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}
