//! Lives one plan through, from the import to the rest after everything.

use crate::actions::user::User;
use crate::oracle::Rest;
use crate::plan::Plan;
use crate::profile::Seed;
use crate::trouble::disorder::CrashPoint;
use crate::trouble::kind::Kind;
use crate::world::installation::Installation;
use crate::world::page_reader::read_everything;
use crate::world::scheduler::Scheduler;
use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// What became of a run.
#[derive(Debug, Clone)]
pub struct Lived {
    pub seed: Seed,
    /// Why it failed, if it did.
    pub failure: Option<String>,
    pub fired: BTreeMap<Kind, u32>,
    pub faults: Vec<String>,
    pub trace: Vec<String>,
    pub hash: u64,
    pub virtual_seconds: i64,
    pub steps: u64,
    pub changes: u64,
    pub sends: usize,
    /// The most calls to providers about messages that were under way at one moment.
    pub calls_at_once: usize,
    pub ends: BTreeMap<String, u32>,
    /// Steps left behind, by kind.
    pub passed: BTreeMap<String, u32>,
    /// Calls of functions to the cloud and to providers, in order.
    pub calls: Vec<String>,
}

/// The time that imports and what follows them get before the launch.
const BEFORE_LAUNCH: SignedDuration = SignedDuration::from_hours(4);
/// Longer than an uncertain send waits for evidence.
const REST: SignedDuration = SignedDuration::from_hours(30);
const TOLD: usize = 60;

pub async fn live(plan: &Plan) -> Result<Lived> {
    live_broken(plan, &[]).await
}

/// Lives the plan with these calls of the run broken.
pub async fn live_broken(plan: &Plan, crashes: &[CrashPoint]) -> Result<Lived> {
    let world = Installation::open(plan).await?;
    world.disorder.crash_at(crashes);
    let start = world.disorder.now();
    let (failure, steps) = match through(plan, &world).await {
        Ok(steps) => (None, steps),
        Err(error) => (Some(format!("{error:#}")), 0),
    };
    let trace = world.disorder.trace();
    let now = world.disorder.now();
    let (changes, sends) = world.with_oracle(|oracle| (oracle.changes, oracle.sends()));
    let (ends, passed) = world.with_oracle(|oracle| (oracle.ends(), oracle.steps_passed()));
    world.world.host.cloud().faults().clear();
    world.outside.watch(None);
    Ok(Lived {
        seed: plan.seed,
        failure,
        fired: world.disorder.fired(),
        faults: world.disorder.list(),
        trace: trace.last(TOLD),
        hash: trace.hash(),
        virtual_seconds: now.duration_since(start).as_secs(),
        steps,
        changes,
        sends,
        calls_at_once: world.disorder.most_calls_at_once(),
        ends,
        passed,
        calls: world.disorder.calls(),
    })
}

async fn through(plan: &Plan, world: &Installation) -> Result<u64> {
    let disorder = world.disorder.clone();
    let mut user = User::new(plan);
    user.import(world).await?;
    world.open_second_tenant().await?;
    disorder.switch(true);
    let mut scheduler = Scheduler::new(world, plan.seed);
    scheduler.live_until(disorder.now() + BEFORE_LAUNCH, &mut user).await?;
    user.launch(world).await?;
    world.launch_second_tenant().await?;
    disorder.renew();
    scheduler.live_until(disorder.now() + SignedDuration::from_hours(24 * plan.days), &mut user).await?;
    disorder.switch(false);
    world.world.host.cure();
    scheduler.live_until(disorder.now() + REST, &mut user).await?;
    for _ in 0..2 {
        user.tidy_up(world).await?;
        scheduler.live_until(disorder.now() + REST, &mut user).await?;
    }
    world.look();
    let now = disorder.now();
    let observed = world.observed();
    let cloud = world.world.host.cloud();
    let verdict = |email: &str| world.world.sandbox.verdict(email);
    let rest = Rest { cloud, observed: &observed, verdict: &verdict, now };
    world.with_oracle(|oracle| oracle.settle(&rest));
    read(plan, world).await?;
    let violations = world.with_oracle(|oracle| oracle.violations().to_vec());
    if !violations.is_empty() {
        bail!("{}", violations.join("\n  "));
    }
    Ok(scheduler.steps)
}

/// Reads the pages of each workspace, a few rows at a time.
async fn read(plan: &Plan, world: &Installation) -> Result<()> {
    let limit = 1 + plan.seed.generation(9) as i64;
    let mut readers = vec![world.signed_in().await?];
    if let Some(second_tenant) = world.second_tenant() {
        readers.push(second_tenant.signed_in(world).await?);
    }
    for api in readers {
        let me = api.get("/api/auth/me").await?;
        let workspace = me["workspace"]["id"].as_str().context("nobody says whose workspace it is")?;
        let shown = read_everything(&api, limit).await;
        world.look();
        let now = world.disorder.now();
        world.with_oracle(|oracle| oracle.look_at_pages(workspace, &shown, now));
    }
    Ok(())
}
