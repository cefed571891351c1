//! Who works with the product: imports, launches, and does what the plan says, trying again where it fails.

use crate::chance::Chance;
use crate::installation::Installation;
use crate::plan::{Deed, Plan, What};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How a task may go.
const OUTCOMES: [&str; 9] = [
    "done",
    "connected",
    "connected",
    "no_answer",
    "voicemail",
    "cancelled",
    "booked",
    "not_interested",
    "do_not_call",
];
const TRIES: usize = 5;

pub struct User {
    plan: Plan,
    deeds: Vec<Deed>,
    launched: Option<Timestamp>,
    sequence: String,
    campaign: String,
    /// Ids of the leads by the plan's number.
    leads: BTreeMap<usize, String>,
    signed_in: Timestamp,
}

impl User {
    pub fn new(plan: &Plan, now: Timestamp) -> Self {
        Self {
            plan: plan.clone(),
            deeds: plan.deeds.clone(),
            launched: None,
            sequence: String::new(),
            campaign: String::new(),
            leads: BTreeMap::new(),
            signed_in: now,
        }
    }

    pub fn next(&self) -> Option<Timestamp> {
        let launched = self.launched?;
        self.deeds.first().map(|deed| launched + SignedDuration::from_mins(deed.minutes))
    }

    pub async fn import(&self, world: &Installation) -> Result<()> {
        let path = "/api/leads/import?country=US&file_name=people.csv";
        world.api.upload(path, "text/csv", self.plan.csv().into_bytes()).await.map(drop)
    }

    /// When the leads are there: a sequence, a campaign, everybody in it.
    pub async fn launch(&mut self, world: &mut Installation) -> Result<()> {
        self.sign_in(world).await?;
        let list = world.api.get("/api/leads?limit=100").await?;
        for lead in list["items"].as_array().context("a list of leads")? {
            let words = lead["company"].as_str().and_then(|name| name.rsplit(' ').next()?.parse().ok());
            if let (Some(number), Some(id)) = (words, lead["id"].as_str()) {
                self.leads.insert(number, id.to_owned());
            }
        }
        world.api.patch("/api/settings", json!({ "days_off": self.plan.days_off })).await?;
        let mailbox = format!("/api/settings/connections/{}", world.accounts.mailbox);
        world.api.patch(&mailbox, json!({ "hours": self.plan.mailbox_hours })).await?;
        let steps = self.plan.step_bodies("question");
        let sequence = json!({ "name": "Sequence", "steps": steps, "window": self.plan.window });
        self.sequence = id(&world.api.post("/api/sequences", sequence).await?)?;
        let campaign = json!({
            "name": "Campaign", "sequence_id": self.sequence, "mailbox_id": world.accounts.mailbox,
            "sms_sender_id": world.accounts.sms_sender, "zone": "UTC",
        });
        self.campaign = id(&world.api.post("/api/campaigns", campaign).await?)?;
        let path = format!("/api/campaigns/{}", self.campaign);
        let ids: Vec<&String> = self.leads.values().collect();
        if !ids.is_empty() {
            world.api.post(&format!("{path}/enrolments"), json!({ "lead_ids": ids })).await?;
        }
        world.api.post(&format!("{path}/launch"), json!({})).await?;
        self.launched = Some(world.disorder.now());
        world.disorder.tell(format!("launched with {} leads", ids.len()));
        Ok(())
    }

    async fn sign_in(&mut self, world: &mut Installation) -> Result<()> {
        self.signed_in = world.disorder.now();
        world.api.sign_in().await
    }

    /// Does what is due, if anything is.
    pub async fn act(&mut self, world: &Installation) -> Result<bool> {
        let now = world.disorder.now();
        if self.next().is_none_or(|due| due > now) {
            return Ok(false);
        }
        let deed = self.deeds.remove(0);
        let mut world = world.clone();
        self.sign_in(&mut world).await?;
        let outcome = self.carry_out(&world, deed.what).await;
        // What the product refuses is told; it may be right to.
        let told = outcome.as_ref().map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
        world.disorder.tell(format!("the user: {:?}: {told}", deed.what));
        Ok(true)
    }

    async fn carry_out(&self, world: &Installation, what: What) -> Result<()> {
        let api = &world.api;
        let campaign = format!("/api/campaigns/{}", self.campaign);
        let lead = |number: usize| self.leads.get(&number).context("there is no such lead");
        let enrolment = |number: usize, verb: &str| {
            lead(number).map(|lead| format!("{campaign}/enrolments/{lead}/{verb}"))
        };
        match what {
            What::PauseCampaign => api.post(&format!("{campaign}/pause"), json!({})).await,
            What::ResumeCampaign => api.post(&format!("{campaign}/resume"), json!({})).await,
            What::StopSending => api.post("/api/settings/sending", json!({ "action": "stop" })).await,
            What::ResumeSending => api.post("/api/settings/sending", json!({ "action": "start" })).await,
            What::EditSequence => {
                let steps = self.plan.step_bodies("another thing");
                api.patch(&format!("/api/sequences/{}", self.sequence), json!({ "steps": steps })).await
            }
            What::DeleteLead(number) => api.delete(&format!("/api/leads/{}", lead(number)?)).await,
            What::StopLead(number) => {
                api.post(&format!("/api/leads/{}/stop", lead(number)?), json!({})).await
            }
            What::SuppressLead(number) => {
                let person = self.plan.people.iter().find(|person| person.number == number);
                let person = person.context("there is no such person")?;
                let (scope, value) = match person.email.is_empty() {
                    true => ("phone", &person.phone),
                    false => ("email", &person.email),
                };
                api.post("/api/settings/suppressions", json!({ "scope": scope, "value": value })).await
            }
            What::DoNotContact(number) => {
                let path = format!("/api/leads/{}", lead(number)?);
                api.patch(&path, json!({ "do_not_contact": true })).await
            }
            What::QualifyLead(number) => {
                api.patch(&format!("/api/leads/{}", lead(number)?), json!({ "status": "qualified" })).await
            }
            What::DoTasks => return self.do_tasks(world).await,
            What::RemoveLead(number) => api.post(&enrolment(number, "remove")?, json!({})).await,
            What::PauseLead(number) => api.post(&enrolment(number, "pause")?, json!({})).await,
            What::ResumeLead(number) => api.post(&enrolment(number, "resume")?, json!({})).await,
        }
        .map(drop)
    }

    /// Each goes the way that its id decides; a person tries again what did not work.
    async fn do_tasks(&self, world: &Installation) -> Result<()> {
        let open = world.api.get("/api/tasks?limit=200").await?;
        for task in open["items"].as_array().context("a list of tasks")? {
            let id = task["id"].as_str().context("a task has an id")?;
            if task["campaign_id"].is_null() {
                continue;
            }
            let path = format!("/api/tasks/{id}");
            let outcome = *Chance::of(self.plan.seed, id).pick(&OUTCOMES);
            for _ in 0..TRIES {
                let closed = match outcome {
                    "cancelled" => world.api.delete(&path).await,
                    outcome => world.api.patch(&path, json!({ "outcome": outcome })).await,
                };
                match closed {
                    Ok(_) => break,
                    Err(error) => world.disorder.tell(format!("{id}: {error:#}")),
                }
            }
        }
        Ok(())
    }

    /// Whatever was left closed is opened, what is asked for is done, and dead letters are tried once more.
    pub async fn tidy_up(&mut self, world: &mut Installation) -> Result<()> {
        self.sign_in(world).await?;
        for what in [What::ResumeCampaign, What::ResumeSending, What::DoTasks] {
            if let Err(error) = self.carry_out(world, what).await {
                world.disorder.tell(format!("{what:?}: {error:#}"));
            }
        }
        let queues = world.api.get("/api/ops/queues").await?;
        for queue in queues["queues"].as_array().into_iter().flatten() {
            if queue["dead"].as_u64().unwrap_or(0) > 0 {
                let name = queue["name"].as_str().context("a queue has a name")?;
                world.disorder.tell(format!("redrives {name}"));
                world.api.post(&format!("/api/ops/queues/{name}/redrive"), json!({})).await?;
            }
        }
        Ok(())
    }
}

fn id(answer: &Value) -> Result<String> {
    Ok(answer["id"].as_str().context("the answer has no id")?.to_owned())
}
