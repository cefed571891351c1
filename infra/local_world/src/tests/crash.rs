//! An installation on disk is killed with signal 9 again and again while a campaign runs; then what its
//! people received is compared with what it has recorded.

use super::moments::STRIKES;
use super::process::{APP, Installation, Lived, Way};
use crate::account::{SandboxAddress, furnish, open_workspace};
use crate::api::Api;
use crate::checks::check;
use crate::drive::live_until;
use crate::recount::recount;
use crate::seed;
use crate::world::{Served, World};
use anyhow::Result;
use application::Clock;
use application::Ports;
use domain::WorkspaceId;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::lead::stage::StageId;
use domain::message::{Direction, Message};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Durability, LocalCloud, SeededIds, VirtualClock};
use sandbox::{Pace, Sandbox, SandboxConfig};
use serde_json::json;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const LEADS: usize = 18;

/// The simulated people, who outlive every installation, and the one that runs now.
struct Ride {
    folder: PathBuf,
    clock: Arc<VirtualClock>,
    sandbox: Sandbox,
    way: Arc<Way>,
    running: Installation,
    killed: usize,
}

impl Ride {
    async fn start_again(&mut self) -> Result<()> {
        self.killed += 1;
        let strike = (self.killed < STRIKES.len()).then_some(self.killed);
        self.running = Installation::start(&self.folder, self.clock.now(), self.killed, strike).await?;
        *self.way.to.lock().unwrap() = self.running.address;
        Ok(())
    }

    async fn live_until(&mut self, end: Timestamp) -> Result<()> {
        loop {
            let now = self.clock.now();
            let work = match self.running.live(now).await? {
                Lived::Killed => {
                    self.start_again().await?;
                    continue;
                }
                Lived::Quiet(next) => next,
            };
            if self.sandbox.next_due().is_some_and(|due| due <= now) {
                self.sandbox.run_due(now, &*self.way).await;
                continue;
            }
            match [work, self.sandbox.next_due()].into_iter().flatten().min().filter(|next| *next <= end) {
                Some(next) => self.clock.advance_to(next),
                None => {
                    self.clock.advance_to(end);
                    return Ok(());
                }
            }
        }
    }

    async fn live_for(&mut self, minutes: i64) -> Result<()> {
        self.live_until(self.clock.now() + SignedDuration::from_mins(minutes)).await
    }
}

/// Starts the sandbox on two sockets of its own.
async fn people(clock: Arc<dyn Clock>) -> Result<(Sandbox, SandboxAddress)> {
    let web = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let smtp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://localhost:{}", web.local_addr()?.port());
    let address = SandboxAddress {
        url: url.clone(),
        smtp_host: "localhost".to_owned(),
        smtp_port: smtp.local_addr()?.port(),
    };
    let mut config = SandboxConfig::demo(clock, 7).with_urls(APP, &url);
    config.pace = Pace::BRISK;
    let sandbox = Sandbox::new(config);
    let (router, server) = (sandbox.router(), sandbox.clone());
    tokio::spawn(async move { axum::serve(web, router).await });
    tokio::spawn(async move { server.listen_smtp(smtp).await });
    Ok((sandbox, address))
}

fn some_leads() -> Vec<u8> {
    let lines: Vec<&str> = seed::SAMPLE.lines().take(LEADS + 1).collect();
    lines.join("\n").into_bytes()
}

#[tokio::test]
async fn installation_killed_repeatedly_loses_and_repeats_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse()?));
    let dynamic: Arc<dyn Clock> = clock.clone();
    let (sandbox, address) = people(dynamic.clone()).await?;
    let running = Installation::start(folder.path(), clock.now(), 0, Some(0)).await?;
    let way = Arc::new(Way::new(Arc::new(Mutex::new(running.address))));
    let folder_path = folder.path().to_owned();
    let mut ride = Ride { folder: folder_path, clock: clock.clone(), sandbox, way, running, killed: 0 };

    let mut api = Api::over(ride.way.clone());
    open_workspace(&mut api, &ride.running.setup_code, "US").await?;
    let accounts = furnish(&api, &address).await?;
    let import = seed::import(&api, seed::SAMPLE_NAME, some_leads(), "US").await?;
    ride.live_for(60).await?;
    api.sign_in().await?;
    let imported = seed::imported(&api, &import).await?;
    assert_eq!(imported["state"], "done", "{imported}");
    assert_eq!(imported["counts"]["created"], json!(LEADS), "{imported}");

    let minutes = |amount: u32| json!({ "amount": amount, "unit": "minutes" });
    let sequence = seed::write_sequence(&api, minutes(0), minutes(40)).await?;
    let always = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] });
    api.patch(&format!("/api/sequences/{sequence}"), json!({ "window": always })).await?;
    let campaign = seed::create_campaign(&api, &sequence, &accounts, "Clinics").await?;
    seed::enrol_all(&api, &campaign).await?;
    ride.live_for(10).await?;
    api.sign_in().await?;
    seed::launch(&api, &campaign).await?;
    ride.live_for(3 * 60).await?;
    let missed = STRIKES.get(ride.killed).map(|strike| strike.name);
    assert_eq!(missed, None, "this moment never came");

    let Ride { sandbox, killed, running, .. } = ride;
    assert_eq!(killed, STRIKES.len());
    drop(running);
    let cloud = LocalCloud::open(folder.path(), dynamic.clone(), Durability::ProcessDeath)?;
    let ids = Arc::new(SeededIds::new(dynamic.clone(), 1_000));
    let served = Served {
        app_url: APP,
        open_sign_up: false,
        real: false,
        system_sender: None,
        held: None,
        proxies: None,
    };
    let world = World::over_sockets(cloud, dynamic, ids, sandbox, served).await?;
    live_until(&world, &clock, clock.now() + SignedDuration::from_hours(26), &|_| {}).await?;
    settle(&world).await
}

/// Asserts everything that must hold, at whatever moment it was killed.
async fn settle(world: &World) -> Result<()> {
    let ports = world.host.ports();
    let workspaces = ports.workspaces().ids().await?;
    let [workspace] = workspaces.as_slice() else { panic!("one workspace: {workspaces:?}") };
    let found = recount(ports, workspace, world.host.clock().now()).await?;
    let counted = ports.stats().total(workspace).await?;
    let findings = check(world, &found, &counted).await?;
    assert!(findings.is_clean(), "{:#?}", findings.lines());

    let observed = world.sandbox.observed();
    let to: BTreeSet<&str> = observed.emails.iter().map(|mail| mail.recipient.as_str()).collect();
    assert!(observed.emails.len() > LEADS && to.len() > LEADS / 2, "a campaign was lived through");
    assert!(!observed.sms.is_empty(), "texts went out");
    let twice: Vec<_> = observed.email_acceptances().into_iter().filter(|(_, times)| *times > 1).collect();
    assert_eq!(twice, [], "the same mail twice in a mailbox");
    nothing_half_done(world, workspace).await
}

async fn nothing_half_done(world: &World, workspace: &WorkspaceId) -> Result<()> {
    let ports = world.host.ports();
    let now = world.host.clock().now();
    let (ids, _) = ports.leads().ids(workspace, None).await?;
    assert_eq!(ids.len(), LEADS);
    for id in &ids {
        let file = ports.leads().file(workspace, id).await?;
        let [enrolment] = file.enrolments.as_slice() else { panic!("{id} is enrolled once") };
        // A lead who is out of office is held until they are back; an uncertain message waits for a user.
        let ended = match enrolment.state() {
            EnrolmentState::Held { reason, until } => {
                (*reason == HoldReason::OutOfOffice && *until > Some(now))
                    || (*reason == HoldReason::Uncertain && until.is_none())
            }
            state => matches!(state, EnrolmentState::Ended { .. }),
        };
        assert!(ended, "{id} has come to its end: {:?}", enrolment.state());
        assert_eq!(file.lead.active.is_empty(), !enrolment.is_active(), "{id} knows it");
        let went_out =
            |message: &Message| message.direction == Direction::Out && message.accepted_at.is_some();
        if file.messages.iter().any(went_out) {
            assert_ne!(file.lead.status, StageId::NEW, "{id} was contacted");
        }
        let asked: BTreeSet<_> = file.fields.iter().map(|field| field.field.as_str()).collect();
        assert!(asked.len() >= 2, "{id} was enriched: {asked:?}");
    }
    Ok(())
}
