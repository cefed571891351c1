//! A running installation in memory on a virtual clock, in which nobody reacts unless told to: work comes in
//! steps of one kind, so that its cost is known.

use crate::ledger_lines::Cost;
use crate::side_by_side::Delays;
use anyhow::{Context, Result};
use application::{Clock, Ids};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Line, LocalCloud, SeededIds, Service, Snapshot, VirtualClock};
use local_world::{
    Accounts, Api, SandboxAddress, Ways, World, furnish, http_to, imap_to, live_until, mailbox,
    open_workspace, smtp_to, web_to,
};
use providers::transport::{Smtp, SmtpEnvelope, SmtpFailure, SmtpReply, SmtpTarget};
use sandbox::{Sandbox, SandboxConfig};
use serde_json::{Value, json};
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A Monday morning before work.
const START: &str = "2026-11-16T06:00:00Z";
/// The most rows of a file: the size of an upload is limited.
const FILE: usize = 20_000;
const APP: &str = "http://localhost:8787";
const SANDBOX: &str = "http://localhost:8788";

pub struct Trial {
    pub world: World,
    pub clock: Arc<VirtualClock>,
    pub api: Api,
    accounts: Accounts,
    taken: Arc<AtomicU64>,
    /// What the provider that accepts every mail takes for it.
    pub delays: Delays,
    mailboxes: Vec<String>,
    /// The number of time zones in which the leads live.
    pub cities: u64,
}

/// The provider that accepts the mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    Sandbox,
    /// A provider that accepts every mail and does nothing with it.
    Nothing,
}

impl Trial {
    pub async fn open(provider: Provider) -> Result<Self> {
        let clock = Arc::new(VirtualClock::at(START.parse()?));
        let dynamic: Arc<dyn Clock> = clock.clone();
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(dynamic.clone(), 7));
        let cloud = LocalCloud::in_memory(dynamic.clone()).context("no local cloud")?;
        let mut config = SandboxConfig::demo(dynamic.clone(), 7).with_urls(APP, SANDBOX);
        config.people = false;
        let sandbox = Sandbox::new(config);
        let (taken, delays) = (Arc::new(AtomicU64::new(0)), Delays::default());
        let smtp: Arc<dyn Smtp> = match provider {
            Provider::Sandbox => Arc::new(smtp_to(&sandbox)),
            Provider::Nothing => Arc::new(TakesAll(taken.clone(), delays.clone())),
        };
        let ways = Ways {
            http: Arc::new(http_to(&sandbox)),
            web: Arc::new(web_to(&sandbox)),
            smtp,
            imap: Arc::new(imap_to(&sandbox)),
        };
        let world = World::start(cloud, dynamic, ids, sandbox, APP, ways).await?;
        let mut api = Api::new(&world.host);
        open_workspace(&mut api, &world.host.setup_code(), "US").await?;
        let address =
            SandboxAddress { url: SANDBOX.to_owned(), smtp_host: "localhost".to_owned(), smtp_port: 2525 };
        let accounts = furnish(&api, &address).await?;
        world.host.run_until_quiet().await?;
        let mailboxes = vec![accounts.mailbox.clone()];
        Ok(Self { world, clock, api, accounts, taken, delays, mailboxes, cities: 4 })
    }

    pub fn mark(&self) -> Snapshot {
        self.world.host.cloud().ledger().snapshot()
    }

    pub fn used_since(&self, mark: &Snapshot) -> Snapshot {
        self.world.host.cloud().ledger().since(mark)
    }

    /// Returns the usage since `mark`, per piece of work. The schedules' own records are left out: they are
    /// idle cost.
    pub fn cost(&self, mark: &Snapshot, units: u64) -> Cost {
        Cost::of(&self.used_since(mark).only(|line| line.keys != "SCHEDULES"), units)
    }

    /// Like `cost`, for the functions that mails go through; others work on leads meanwhile.
    pub fn cost_of_sending(&self, mark: &Snapshot, units: u64) -> Cost {
        const ON_THE_WAY: [&str; 4] = ["due_steps", "send_message", "ingest_event", "project_events"];
        let used = self.used_since(mark);
        let on_the_way = |line: &Line| ON_THE_WAY.contains(&&*line.principal) && line.keys != "SCHEDULES";
        Cost::of(&used.only(on_the_way), units)
    }

    pub fn later(&self, hours: i64) -> Result<Timestamp> {
        Ok(self.clock.now().checked_add(SignedDuration::from_hours(hours))?)
    }

    /// Lets functions work and time pass; nobody reads their mail.
    pub async fn work_until(&mut self, end: Timestamp) -> Result<()> {
        loop {
            self.world.host.run_until_quiet().await?;
            match self.world.host.next_due(true).await? {
                Some(next) if next <= end => self.clock.advance_to(next),
                _ => break,
            }
        }
        self.clock.advance_to(end);
        self.api.sign_in().await
    }

    /// Carries out the reactions that were ordered, and what follows from them within the hour.
    pub async fn people_act(&self) -> Result<()> {
        live_until(&self.world, &self.clock, self.later(1)?, &|_| {}).await
    }

    /// The number of events from outside that the two public functions have enqueued.
    pub fn events(&self, mark: &Snapshot) -> u64 {
        let used = self.used_since(mark);
        let at_the_door = |line: &Line| ["tracking", "provider_webhooks"].contains(&&*line.principal);
        used.sum(|line| line.service == Service::Sqs && at_the_door(line)).calls
    }

    pub async fn import(&self, group: &str, leads: u64, enrich: bool) -> Result<()> {
        let settings = json!({ "enrichment_enabled": enrich, "ai_enabled": enrich, "company_hold_days": 0 });
        self.api.patch("/api/settings", settings).await?;
        let path = format!("/api/leads/import?country=US&file_name={group}.csv");
        for from in (0..leads).step_by(FILE) {
            let file = file(group, from..leads.min(from + FILE as u64), self.cities);
            self.api.upload(&path, "text/csv", file.into_bytes()).await?;
            self.world.host.run_until_quiet().await?;
        }
        Ok(())
    }

    /// Sets the limits of the mailbox; without any it sends everything at once.
    pub async fn limit(&self, limits: Value) -> Result<()> {
        let path = format!("/api/settings/accounts/{}", self.accounts.mailbox);
        self.api.patch(&path, json!({ "limits": limits })).await.map(drop)
    }

    /// Adds so many mailboxes like the first one.
    pub async fn add_mailboxes(&mut self, count: usize) -> Result<()> {
        let address =
            SandboxAddress { url: SANDBOX.to_owned(), smtp_host: "localhost".to_owned(), smtp_port: 2525 };
        for number in 1..=count {
            let mut request = mailbox(&address);
            request["settings"]["from_address"] = json!(format!("maya{number}@northquay.example"));
            let added = self.api.post("/api/settings/accounts", request).await?;
            self.mailboxes.push(added["id"].as_str().context("the mailbox has no id")?.to_owned());
        }
        Ok(())
    }

    /// Enrols all leads in a campaign with these steps and returns it.
    pub async fn enrol(&self, name: &str, steps: Value) -> Result<String> {
        let sequence = self.api.post("/api/sequences", json!({ "name": name, "steps": steps })).await?;
        let body = json!({
            "name": "Clinics, autumn", "sequence_id": sequence["id"], "mailbox_ids": self.mailboxes, "lead_tag": "campaign",
        });
        let campaign = self.api.post("/api/campaigns", body).await?;
        let campaign = campaign["id"].as_str().context("the campaign has no id")?.to_owned();
        let list = self.api.get("/api/leads?limit=1").await?;
        let body = json!({ "filter": {}, "expected_count": list["total"] });
        self.api.post(&format!("/api/campaigns/{campaign}/enrolments"), body).await?;
        self.world.host.run_until_quiet().await?;
        Ok(campaign)
    }

    pub async fn launch(&self, campaign: &str) -> Result<()> {
        self.api.post(&format!("/api/campaigns/{campaign}/launch"), json!({})).await?;
        self.world.host.run_until_quiet().await
    }

    pub fn mails(&self) -> usize {
        self.world.sandbox.observed().emails.len()
    }

    /// The number of mails that the provider which does nothing has accepted.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }
}

struct TakesAll(Arc<AtomicU64>, Delays);

#[async_trait]
impl Smtp for TakesAll {
    async fn deliver(&self, _: &SmtpTarget, _: &SmtpEnvelope, _: &[u8]) -> Result<SmtpReply, SmtpFailure> {
        self.1.conversation().await;
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(SmtpReply { code: 250, text: "2.0.0 taken".to_owned() })
    }

    async fn log_in(&self, _: &SmtpTarget, _: &str) -> Result<(), SmtpFailure> {
        Ok(())
    }
}

/// Three mails, three working days apart, the second in two variants, all with the lead's preview page.
pub fn three_mails() -> Value {
    json!([
        mail(0, "Empty slots at {{ company | default(\"your practice\") }}", MAIL),
        {
            "kind": "email", "delay": { "amount": 3, "unit": "working_days" },
            "variants": [{ "body": MAIL }, { "body": format!("Once more: {MAIL}") }],
        },
        mail(3, "", MAIL)
    ])
}

/// Five mails, three working days apart, in one thread, without preview pages.
pub fn five_mails() -> Value {
    let plain = MAIL.replace("{{ preview_url }}", "https://northquay.example/slots");
    let subject = "Empty slots at {{ company | default(\"your practice\") }}";
    (0..5).map(|n| mail(if n == 0 { 0 } else { 3 }, if n == 0 { subject } else { "" }, &plain)).collect()
}

fn mail(days: u64, subject: &str, body: &str) -> Value {
    json!({ "kind": "email", "delay": { "amount": days, "unit": "working_days" }, "subject": subject, "body": body })
}

/// Leads as a list of practices has them: names, both addresses, a location, some with a website and a
/// category.
fn file(group: &str, leads: Range<u64>, among: u64) -> String {
    let mut text = String::from(
        "business_name,category,rating,reviews,first_name,last_name,email,phone,website,address,city,country\n",
    );
    // One lead in five has no phone that can be reached.
    let cities =
        [("Boston", "MA", "617"), ("Austin", "TX", "512"), ("Denver", "CO", "303"), ("Seattle", "WA", "206")];
    for n in leads {
        let (city, state, area) = cities[usize::try_from(n % among.clamp(1, 4)).unwrap_or(0)];
        let website = if n % 2 == 0 { format!("https://{group}-practice{n}.example") } else { String::new() };
        let phone = if n % 5 == 4 { String::new() } else { format!("({area}) 555-{:04}", n % 10_000) };
        let written = writeln!(
            text,
            "{city} Practice {n},Dental clinic,4.{},{},Ava,Sample{n},ava+silent@{group}-practice{n}.example,{phone},{website},\"{} Example Avenue, {city}, {state} 02108\",{city},United States",
            n % 10,
            20 + n % 300,
            1 + n,
        );
        written.unwrap_or_default();
    }
    text
}

const MAIL: &str = "Hello {{ first_name | default(\"there\") }},

{{ first_line | default(\"I came across your practice while looking at clinics near you.\") }}

We fill appointments that would stay empty: people book, move and pay on their own. I have put together what that would look like for you:

{{ preview_url }}

Would a short call this week make sense?

{{ sender.name }}";
