//! The whole demo without a browser: in memory, on a virtual clock, without a socket.

use crate::account::{SandboxAddress, furnish, open_workspace};
use crate::api::Api;
use crate::checks::{check, value};
use crate::drive::live_until;
use crate::faults::let_calls_fail;
use crate::recount::recount;
use crate::report::{Details, Report, Sent};
use crate::seed;
use crate::world::World;
use anyhow::{Context, Result};
use application::Ports;
use application::ports::stats::{Counters, Metric};
use application::{Clock, Ids};
use domain::WorkspaceId;
use jiff::{SignedDuration, Timestamp};
use local_cloud::{LocalCloud, SeededIds, Service, VirtualClock};
use sandbox::{Sandbox, SandboxConfig};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

#[derive(Clone)]
pub struct DemoOptions {
    /// The file of leads; None: the built-in sample.
    pub leads: Option<PathBuf>,
    pub days: u32,
    pub country: String,
    pub seed: u64,
    /// How many of a thousand calls that functions make to the cloud fail; see `faults`.
    pub faults: u32,
    /// Called at the beginning of each virtual day, with its number.
    pub day_begins: fn(i64),
}

/// A Monday morning before work.
const START: &str = "2026-11-16T06:00:00Z";
const APP: &str = "http://localhost:8787";
const SANDBOX: &str = "http://localhost:8788";

pub async fn demo(options: &DemoOptions) -> Result<Report> {
    let began = Instant::now();
    let (name, content) = read(options)?;
    let start: Timestamp = START.parse()?;
    let clock = Arc::new(VirtualClock::at(start));
    let dynamic: Arc<dyn Clock> = clock.clone();
    let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(dynamic.clone(), options.seed));
    let cloud = LocalCloud::in_memory(dynamic.clone()).context("no local cloud")?;
    let sandbox = Sandbox::new(SandboxConfig::demo(dynamic.clone(), options.seed).with_urls(APP, SANDBOX));
    let world = World::in_process(cloud, dynamic, ids, sandbox, APP).await?;
    if options.faults > 0 {
        let_calls_fail(world.host.cloud(), options.faults, options.seed);
    }
    let mut api = Api::new(&world.host);

    open_workspace(&mut api, &world.host.setup_code(), &options.country).await?;
    let address =
        SandboxAddress { url: SANDBOX.to_owned(), smtp_host: "localhost".to_owned(), smtp_port: 2525 };
    let accounts = furnish(&api, &address).await?;
    let import =
        seed::import(&api, &name, content, &options.country).await.context("the file was not imported")?;
    // Providers may ask for a delay; an hour is longer than all retries take.
    let settled = start.checked_add(SignedDuration::from_hours(1))?;
    if options.days == 0 {
        world.host.run_until_quiet().await?;
    } else {
        live_until(&world, &clock, settled, &|_| {}).await?;
    }
    api.sign_in().await?;
    let import = seed::imported(&api, &import).await?;
    if options.days > 0 {
        let tell = |at: Timestamp| (options.day_begins)(at.duration_since(start).as_hours() / 24 + 1);
        live_campaign(&world, &clock, &mut api, &accounts, start, options.days, &tell).await?;
    }
    report(&world, &api, &import, &clock, start, began).await
}

fn read(options: &DemoOptions) -> Result<(String, Vec<u8>)> {
    let Some(path) = &options.leads else {
        return Ok((seed::SAMPLE_NAME.to_owned(), seed::SAMPLE.as_bytes().to_vec()));
    };
    let content = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let name =
        path.file_name().map_or_else(|| "leads.csv".to_owned(), |name| name.to_string_lossy().into_owned());
    Ok((name, content))
}

async fn live_campaign(
    world: &World,
    clock: &VirtualClock,
    api: &mut Api,
    accounts: &crate::account::Accounts,
    start: Timestamp,
    days: u32,
    day_begins: &(dyn Fn(Timestamp) + Sync),
) -> Result<()> {
    let sequence = seed::write_sequence(
        api,
        json!({ "amount": 0, "unit": "minutes" }),
        json!({ "amount": 3, "unit": "working_days" }),
    )
    .await?;
    let campaign = seed::create_campaign(api, &sequence, accounts, "Clinics, autumn").await?;
    seed::enrol_all(api, &campaign).await?;
    world.host.run_until_quiet().await?;
    seed::launch(api, &campaign).await?;
    let end = start.checked_add(SignedDuration::from_hours(24 * i64::from(days)))?;
    let two_thirds = start.checked_add(SignedDuration::from_hours(16 * i64::from(days)))?;
    live_until(world, clock, two_thirds, day_begins).await?;
    api.sign_in().await?;
    // Some of the leads pay of their own accord; if none did, one is made to, so that the report shows money.
    let clients = api.get("/api/clients?limit=1").await?;
    if clients["items"].as_array().is_none_or(Vec::is_empty)
        && let Some(email) = would_be_client(api).await?
    {
        world.sandbox.pay(&email, None);
    }
    live_until(world, clock, end, day_begins).await?;
    world.host.run_until_quiet().await?;
    api.sign_in().await
}

/// The first lead who replied and has not paid; else any lead with an address.
async fn would_be_client(api: &Api) -> Result<Option<String>> {
    for query in ["status=replied&", "status=contacted&", ""] {
        let page = api.get(&format!("/api/leads?{query}limit=50")).await?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        let payer = items.iter().find(|lead| lead["status"] != "won" && lead["email"].is_string());
        if let Some(email) = payer.and_then(|lead| lead["email"].as_str()) {
            return Ok(Some(email.to_owned()));
        }
    }
    Ok(None)
}

async fn report(
    world: &World,
    api: &Api,
    import: &Value,
    clock: &VirtualClock,
    start: Timestamp,
    began: Instant,
) -> Result<Report> {
    let ledger = world.host.cloud().ledger().snapshot();
    let ports = world.host.ports();
    let me = api.get("/api/auth/me").await?;
    let workspace = me["workspace"]["id"].as_str().context("who am I?")?;
    let workspace = WorkspaceId::parse(workspace)?;
    let currency = ports.workspaces().get(&workspace).await?.currency;
    let counted: Counters = ports.stats().total_in(&workspace, currency).await?;
    let found = recount(ports, &workspace, clock.now()).await?;
    let findings = check(world, &found, &counted).await?;
    let of = |metric| value(&counted, metric);
    let invocations = world.host.invocations();
    let count = |name: &str| import["counts"][name].as_u64().unwrap_or(0);
    let total = ledger.total();
    let by_function = ledger.by_principal().into_iter();
    let by_function = by_function.map(|(name, usage)| (name, (usage.write_units, usage.read_units)));
    Ok(Report {
        leads_imported: count("created"),
        rows_rejected: count("rejected"),
        duplicates: count("duplicates"),
        enriched: of(Metric::Enriched),
        personalised: of(Metric::Personalised),
        fallback_lines: of(Metric::PersonalisationFallback),
        sent: Sent { email: of(Metric::EmailsSent), sms: of(Metric::SmsSent) },
        delivered: of(Metric::EmailsDelivered) + of(Metric::SmsDelivered),
        opened: of(Metric::Opened),
        clicked: of(Metric::Clicked),
        replied: of(Metric::Replied),
        unsubscribed: of(Metric::OptedOut),
        bounced: of(Metric::Bounced),
        hot: of(Metric::TurnedHot),
        paid: of(Metric::Clients),
        mrr_minor: of(Metric::MrrMinor),
        duplicate_sends: findings.duplicate_sends,
        sends_after_stop: findings.sends_after_stop,
        counter_mismatches: findings.counter_mismatches.len() as u64,
        stuck: findings.stuck.len() as u64,
        unaccounted: findings.unaccounted.len() as u64,
        wru: total.write_units,
        rru: total.read_units,
        wall_seconds: began.elapsed().as_secs_f64(),
        virtual_seconds: clock.now().duration_since(start).as_secs(),
        details: Details {
            steps: found.steps,
            ended: found.ended,
            by_function: by_function.collect(),
            sqs_requests: ledger.of_service(Service::Sqs).requests as f64,
            invocations: (invocations.by_events, invocations.by_requests),
            events: invocations.changes,
            cloud_calls: total.calls,
            findings,
        },
    })
}
