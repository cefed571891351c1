//! A second workspace in the same installation: leads of its own, some of whom the first one knows by the same address and
//! number, a campaign and a mailbox. Nothing of one is ever seen, stopped or counted in the other.

use crate::actions::roster::SIGNED_IN_FOR;
use crate::chance::Chance;
use crate::plan::second_tenant::SecondTenantPlan;
use crate::plan::steps::bodies;
use crate::plan::user_action::SecondTenantAction;
use crate::plan::{Person, Plan, csv_of};
use crate::world::installation::Installation;
use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use local_world::Api;
use sandbox::Credentials;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const EMAIL: &str = "ann@southbank.example";
const PASSWORD: &str = "demo-demo-south";
const FROM_ADDRESS: &str = "third-outbox@sandbox.leadflow.test";

/// Them in a life.
#[derive(Clone)]
pub struct SecondTenant(Arc<Mutex<State>>);

struct State {
    api: Api,
    signed_in: Timestamp,
    campaign: String,
    /// Ids of their leads by the plan's number.
    leads: BTreeMap<usize, String>,
}

impl SecondTenant {
    /// They sign up and bring their people.
    pub async fn open(world: &Installation, second_tenant: &SecondTenantPlan) -> Result<Self> {
        let mut api = Api::new(&world.world.host);
        let body = json!({
            "email": EMAIL, "password": PASSWORD, "name": "Ann Reed", "workspace_name": "Southbank", "country": "US",
        });
        api.sign_up(EMAIL, PASSWORD, body).await?;
        let company = json!({ "name": "Southbank", "postal_address": "2 Mill Lane, Bristol BS1 6QA" });
        let settings = json!({
            "company": company, "company_hold_days": 0,
            "endings": { "bounce": "everything", "text_stop": "everything" },
        });
        api.patch("/api/settings", settings).await?;
        let path = "/api/leads/import?country=US&file_name=theirs.csv";
        api.upload(path, "text/csv", csv_of(&second_tenant.people).into_bytes()).await?;
        let state =
            State { api, signed_in: world.disorder.now(), campaign: String::new(), leads: BTreeMap::new() };
        Ok(Self(Arc::new(Mutex::new(state))))
    }

    /// A mailbox, a sequence, a campaign, everybody in it.
    pub async fn launch(&self, world: &Installation, second_tenant: &SecondTenantPlan) -> Result<()> {
        let api = self.signed_in(world).await?;
        let mailbox = self.connect(&api).await?;
        let list = api.get("/api/leads?limit=100").await?;
        let mut leads = BTreeMap::new();
        for lead in list["items"].as_array().context("a list of leads")? {
            let number = lead["company"].as_str().and_then(|name| name.rsplit(' ').next()?.parse().ok());
            if let (Some(number), Some(id)) = (number, lead["id"].as_str()) {
                leads.insert(number, id.to_owned());
            }
        }
        let window = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] });
        let steps = bodies(&second_tenant.steps, "neighbourly word");
        let sequence = json!({ "name": "Theirs", "steps": steps, "window": window });
        let sequence = id(&api.post("/api/sequences", sequence).await?)?;
        let campaign =
            json!({ "name": "Theirs", "sequence_id": sequence, "mailbox_ids": [mailbox], "zone": "UTC" });
        let campaign = id(&api.post("/api/campaigns", campaign).await?)?;
        let path = format!("/api/campaigns/{campaign}");
        let ids: Vec<&String> = leads.values().collect();
        if !ids.is_empty() {
            api.post(&format!("{path}/enrolments"), json!({ "lead_ids": ids })).await?;
        }
        api.post(&format!("{path}/launch"), json!({})).await?;
        world.disorder.log(format!("the neighbours launched with {} leads", ids.len()));
        let mut state = self.state();
        (state.leads, state.campaign) = (leads, campaign);
        Ok(())
    }

    async fn connect(&self, api: &Api) -> Result<String> {
        let reply_to = format!("neighbours@{}", Credentials::REPLY_DOMAIN);
        let mailbox = json!({
            "name": "Their mailbox",
            "settings": {
                "kind": "smtp", "host": "localhost", "port": 2525, "security": "none",
                "username": Credentials::SMTP_USER, "from_address": FROM_ADDRESS, "from_name": "Ann Reed",
                "reply_to": reply_to,
            },
            "secret": { "password": Credentials::SMTP_PASSWORD },
            "limits": { "zone": "UTC", "per_day": 1_000 },
        });
        let mailbox = id(&api.post("/api/settings/accounts", mailbox).await?)?;
        let replies = json!({
            "name": "Their replies",
            "settings": { "kind": "inbound_email", "addresses": [reply_to, FROM_ADDRESS] },
            "secret": { "signing_secret": Credentials::INBOUND_EMAIL_SECRET },
            "limits": null,
        });
        api.post("/api/settings/accounts", replies).await?;
        Ok(mailbox)
    }

    pub async fn signed_in(&self, world: &Installation) -> Result<Api> {
        let (mut api, since) = {
            let state = self.state();
            (state.api.clone(), state.signed_in)
        };
        let now = world.disorder.now();
        if now.duration_since(since) >= SIGNED_IN_FOR {
            api.stay_signed_in().await?;
            let mut state = self.state();
            (state.api, state.signed_in) = (api.clone(), now);
        }
        Ok(api)
    }

    pub async fn carry_out(&self, world: &Installation, what: SecondTenantAction) -> Result<()> {
        let api = self.signed_in(world).await?;
        let (campaign, leads) = {
            let state = self.state();
            (format!("/api/campaigns/{}", state.campaign), state.leads.clone())
        };
        let lead = |number: usize| {
            let id = leads.get(&number).context("they have no such lead")?;
            anyhow::Ok(format!("/api/leads/{id}"))
        };
        let mail = |number: usize| {
            let mail = world.world.sandbox.latest_mail(&self.person(world, number)?.email);
            mail.context("nothing has come yet")
        };
        match what {
            SecondTenantAction::Stop(number) => api.post(&format!("{}/stop", lead(number)?), json!({})).await,
            SecondTenantAction::Suppress(number) => {
                let person = self.person(world, number)?;
                let (scope, value) = match person.email.is_empty() {
                    true => ("phone", &person.phone),
                    false => ("email", &person.email),
                };
                api.post("/api/settings/suppressions", json!({ "scope": scope, "value": value })).await
            }
            SecondTenantAction::DoNotContact(number) => {
                api.patch(&lead(number)?, json!({ "do_not_contact": true })).await
            }
            SecondTenantAction::Qualify(number) => {
                api.patch(&lead(number)?, json!({ "status": "qualified" })).await
            }
            SecondTenantAction::Delete(number) => api.post(&(lead(number)? + "/erase"), json!({})).await,
            SecondTenantAction::Pause => api.post(&format!("{campaign}/pause"), json!({})).await,
            SecondTenantAction::Resume => api.post(&format!("{campaign}/resume"), json!({})).await,
            SecondTenantAction::Answer(number) => {
                world.world.sandbox.reply_to_mail(mail(number)?, "Who are you? Tell me more.");
                return Ok(());
            }
            SecondTenantAction::AskToStop(number) => {
                world.world.sandbox.ask_to_stop(mail(number)?);
                return Ok(());
            }
            SecondTenantAction::Pry => return self.read_foreign_data(world, &api).await,
        }
        .map(drop)
    }

    fn person<'a>(&self, world: &'a Installation, number: usize) -> Result<&'a Person> {
        let people = world.plan.second_tenant.iter().flat_map(|second_tenant| &second_tenant.people);
        people.into_iter().find(|person| person.number == number).context("they know nobody like that")
    }

    /// What is the first workspace's is not there for them: not to be read, not to be changed, in no list.
    async fn read_foreign_data(&self, world: &Installation, api: &Api) -> Result<()> {
        let roster = world.with_roster(|roster| roster.clone());
        let Plan { seed, .. } = *world.plan;
        let mut chance = Chance::of(seed, &world.disorder.now().to_string());
        let foreign: Vec<&String> = roster.leads.values().collect();
        ensure!(!foreign.is_empty(), "there is nobody to pry on");
        let lead = *chance.pick(&foreign);
        let (campaign, sequence) = (&roster.campaign, &roster.sequence);
        let mailbox = roster.mailboxes.first().context("there is no mailbox")?;
        let mut seen = Vec::new();
        for path in [
            format!("/api/leads/{lead}"),
            format!("/api/leads/{lead}/timeline"),
            format!("/api/campaigns/{campaign}"),
            format!("/api/campaigns/{campaign}/enrolments/{lead}"),
            format!("/api/campaigns/{campaign}/why"),
            format!("/api/sequences/{sequence}"),
            format!("/api/sequences/{sequence}/versions"),
            format!("/api/settings/accounts/{mailbox}"),
        ] {
            if api.get(&path).await.is_ok() {
                seen.push(format!("read {path}"));
            }
        }
        for (path, body) in [
            (format!("/api/leads/{lead}/stop"), json!({})),
            (format!("/api/campaigns/{campaign}/pause"), json!({})),
            (format!("/api/campaigns/{campaign}/enrolments/{lead}/remove"), json!({})),
            (
                "/api/emails/send".to_owned(),
                json!({ "lead_id": lead, "subject": "Hello", "body": "From us" }),
            ),
        ] {
            if api.post(&path, body).await.is_ok() {
                seen.push(format!("did {path}"));
            }
        }
        let lost = json!({ "status": "lost", "lost_reason": "other" });
        if api.patch(&format!("/api/leads/{lead}"), lost).await.is_ok() {
            seen.push(format!("changed {lead}"));
        }
        for path in [
            "/api/leads?limit=100",
            "/api/campaigns",
            "/api/sequences",
            "/api/tasks?limit=200",
            "/api/notifications",
            "/api/inbox",
            "/api/settings/accounts",
            "/api/settings/suppressions",
            "/api/dashboard/stats",
            "/api/changes",
        ] {
            let Ok(list) = api.get(path).await else { continue };
            let list = list.to_string();
            let known = foreign.iter().copied().chain([campaign, sequence, mailbox, &roster.second_campaign]);
            seen.extend(known.filter(|id| list.contains(id.as_str())).map(|id| format!("{path} lists {id}")));
        }
        let now = world.disorder.now();
        world.with_oracle(|oracle| oracle.note_foreign_access(now, &seen));
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn id(answer: &Value) -> Result<String> {
    Ok(answer["id"].as_str().context("the answer has no id")?.to_owned())
}
