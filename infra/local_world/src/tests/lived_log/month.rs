//! The month itself: what users, a program, leads and the product's own jobs do in it.

use super::super::everywhere::sign_in_ways;
use super::super::story::Story;
use crate::account::PASSWORD;
use crate::api::Api;
use crate::drive::live_through;
use crate::seed;
use anyhow::{Context, Result, anyhow};
use application::Clock;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The people of whom nothing may be read in the log.
const PEOPLE: &str = "first_name,last_name,email,phone,notes,plan\n\
    zebulon,quillfeather,zebulon@canary.example,+12025550187,rides a unicycle,gold\n\
    ophelia,marmalade,ophelia+silent@canary.example,+12025550188,collects teapots,gold\n\
    casimir,plumworthy,casimir@canary.example,+12025550189,afraid of geese,silver\n\
    drusilla,wobblegate,drusilla+silent@canary.example,+12025550190,sings at noon,silver\n\
    egbert,thimblerig,egbert@canary.example,,hates mondays,gold\n";

/// Words of people, none of which may stand in the log.
pub const WORDS: [&str; 28] = [
    "zebulon",
    "zebby",
    "quillfeather",
    "ophelia",
    "marmalade",
    "casimir",
    "kasimir",
    "plumworthy",
    "drusilla",
    "wobblegate",
    "egbert",
    "thimblerig",
    "florentine",
    "gooseberry",
    "gwendolyn",
    "figtree",
    "rosalind",
    "okafor",
    "canary.example",
    "2025550",
    "unicycl",
    "teapot",
    "geese",
    "goose",
    "monday",
    "heartbroken",
    "purple",
    "platinum",
];

/// The ids by which the month's cast is known.
pub struct Names {
    pub owner: String,
    pub member: String,
    pub key: String,
    pub import: String,
    pub campaign: String,
    /// Zebulon, Ophelia, Casimir, Drusilla and Egbert.
    pub leads: [String; 5],
    /// The lead whom the program creates.
    pub florentine: String,
}

fn id_of(value: &Value) -> Result<String> {
    Ok(value["id"].as_str().with_context(|| format!("an id in {value}"))?.to_owned())
}

fn secret_of(link: &Value) -> Result<Value> {
    let link = link["link"].as_str().context("a link")?;
    Ok(json!(link.split_once("#token=").context("a token")?.1))
}

struct Month<'a> {
    story: &'a mut Story,
    program: Api,
    names: Names,
}

/// Lives thirty days; on each something else is done, and each ends behind its night.
pub async fn live(story: &mut Story) -> Result<Names> {
    let mut month = begin(story).await?;
    for day in 1..=30 {
        month.day(day).await.with_context(|| format!("day {day}"))?;
        month.night().await?;
    }
    Ok(month.names)
}

async fn begin(story: &mut Story) -> Result<Month<'_>> {
    let plan = json!({ "label": "Plan", "kind": "choice", "options": ["gold", "silver"] });
    story.api.post("/api/fields", plan).await?;
    let import = seed::import(&story.api, "people.csv", PEOPLE.as_bytes().to_vec(), "US").await?;
    story.live(10).await?;
    let scopes = ["leads:read", "leads:write", "campaigns:write", "tasks:write", "suppressions:write"];
    let key = story.api.post("/api/keys", json!({ "name": "Our shop", "scopes": scopes })).await?;
    let program = story.api.with_key(key["secret"].as_str().context("a secret")?);
    let sequence = story.sequence(3 * 24 * 60).await?;
    let campaign = story.campaign(&sequence).await?;
    let list = story.api.get("/api/leads?limit=100").await?;
    let lead = |name: &str| {
        let is_theirs = |lead: &&Value| lead["email"].as_str().is_some_and(|email| email.starts_with(name));
        let found = list["items"].as_array()?.iter().find(is_theirs)?;
        found["id"].as_str().map(str::to_owned)
    };
    let leads = ["zebulon", "ophelia", "casimir", "drusilla", "egbert"].map(lead);
    let leads: Vec<String> = leads.into_iter().collect::<Option<_>>().context("five leads")?;
    let names = Names {
        owner: id_of(&story.api.get("/api/auth/me").await?["user"])?,
        member: String::new(),
        key: id_of(&key)?,
        import,
        campaign,
        leads: leads.try_into().map_err(|other| anyhow!("{other:?}"))?,
        florentine: String::new(),
    };
    Ok(Month { story, program, names })
}

impl Month<'_> {
    async fn day(&mut self, day: u32) -> Result<()> {
        let api = self.story.api.clone();
        let lead = |n: usize| format!("/api/leads/{}", self.names.leads[n]);
        match day {
            1 => {
                let path = format!("/api/campaigns/{}", self.names.campaign);
                api.post(&format!("{path}/enrolments"), json!({ "lead_ids": self.names.leads })).await?;
                seed::launch(&api, &self.names.campaign).await?;
                self.story.live(30).await?;
            }
            2 => {
                api.patch(&lead(0), json!({ "job_title": "Baroness of Teapots", "phone": "+12025550191" }))
                    .await?;
                api.patch(&lead(0), json!({ "email": "zebby@canary.example" })).await?;
                api.post(&format!("{}/notes", lead(0)), json!({ "text": "Wants a purple unicycle" })).await?;
                let until = (self.story.clock.now() + SignedDuration::from_hours(24)).to_string();
                let path = format!("/api/campaigns/{}", self.names.campaign);
                api.post(&format!("{path}/pause"), json!({ "until": until })).await?;
                self.reply("egbert@canary.example", "Call me, I hate mondays less now.")?;
            }
            3 => {
                let new = json!({
                    "first_name": "florentine", "email": "florentine@canary.example", "custom": { "Plan": "gold" },
                });
                self.names.florentine = id_of(&self.program.post("/api/leads", new).await?)?;
                self.program.patch(&lead(1), json!({ "last_name": "gooseberry" })).await?;
                let tags =
                    json!({ "ids": self.names.leads, "action": { "do": "tag", "add": ["unicyclists"] } });
                self.program.post("/api/leads/bulk", tags).await?;
            }
            4 => {
                api.post(&format!("{}/stop", lead(1)), json!({})).await?;
                let status = json!({ "ids": [self.names.leads[3]], "action": { "do": "status", "status": "lost", "lost_reason": "no_answer" } });
                api.post("/api/leads/bulk", status).await?;
                let fill = json!({ "ids": self.names.leads, "action": { "do": "fill", "field": "Plan", "value": "silver" } });
                api.post("/api/leads/bulk", fill).await?;
            }
            5 => {
                api.delete(&lead(3)).await?;
                let restore = format!("{}/restore", lead(3));
                self.story.skip(1).await?;
                self.story.api.post(&restore, json!({})).await?;
            }
            6 => self.member().await?,
            7 => {
                let fields = api.get("/api/fields").await?;
                let field = fields["items"][0]["id"].as_str().context("a field")?.to_owned();
                let renamed = json!({ "label": "Tariff", "options": ["gold", "platinum"], "renamed_options": { "silver": "platinum" } });
                api.patch(&format!("/api/fields/{field}"), renamed).await?;
                let spare =
                    id_of(&api.post("/api/fields", json!({ "label": "status", "kind": "text" })).await?)?;
                api.patch(&lead(2), json!({ "custom": { "status": "heartbroken" } })).await?;
                self.story.live(5).await?;
                self.story.api.delete(&format!("/api/fields/{spare}")).await?;
            }
            8 => {
                api.post(&format!("{}/erase", lead(0)), json!({})).await?;
            }
            9 => {
                let file = "email,first_name,last_name\ncasimir@canary.example,kasimir,plumworthy\n\
                            gwendolyn@canary.example,gwendolyn,figtree\n";
                let path = "/api/leads/import?file_name=again.csv&duplicates=overwrite";
                api.upload(path, "text/csv", file.as_bytes().to_vec()).await?;
                self.story.live(10).await?;
            }
            10 => self.templates_and_segments().await?,
            11 => {
                self.program.delete(&lead(4)).await?;
            }
            12 => {
                let whom = json!({ "scope": "email", "value": "nobody@canary.example" });
                self.program.post("/api/settings/suppressions", whom).await?;
                let lift = json!({ "scope": "email", "value": "nobody@canary.example", "reason": "She asked by phone." });
                let lifted = api.post("/api/settings/suppressions/lift", lift).await?;
                api.post("/api/settings/suppressions/restore", lifted).await?;
            }
            13 => {
                let leads = self.story.leads().await?;
                let task = json!({ "lead_id": leads[0], "title": "Ring the goose hater" });
                let task = id_of(&self.program.post("/api/tasks", task).await?)?;
                api.patch(&format!("/api/tasks/{task}"), json!({ "done": true })).await?;
            }
            16 => {
                let mail = json!({ "lead_id": self.names.leads[2], "subject": "One question", "body": "Do geese frighten you?" });
                api.post("/api/emails/send", mail).await?;
                self.story.live(5).await?;
                self.reply("casimir@canary.example", "Yes, please stop writing. STOP")?;
            }
            17 => {
                api.patch("/api/settings", json!({ "house_voice": "Short, friendly, purple." })).await?;
                let routing = json!({ "rules": [], "otherwise": { "how": "nobody" } });
                self.story.ask(Method::PUT, "/api/settings/routing", Some(routing)).await?;
                let rule = json!({ "name": "Hot geese", "when": { "event": "turned_hot" }, "actions": [{ "do": "notify" }] });
                let rule = id_of(&api.post("/api/settings/rules", rule).await?)?;
                api.delete(&format!("/api/settings/rules/{rule}")).await?;
            }
            18 => {
                let path = format!("/api/settings/accounts/{}", self.story.accounts.payments);
                api.patch(&path, json!({ "name": "Till" })).await?;
                self.story.world.sandbox.pay("gwendolyn@canary.example", None);
            }
            19 => {
                self.story.world.sandbox.text_us("+12025550123", None, "Who was it that likes geese?");
                self.story.live(2).await?;
                let unmatched = self.story.api.get("/api/inbox/unmatched").await?;
                let one = unmatched["items"][0]["id"].as_str().context("a text of nobody")?;
                self.story.api.post(&format!("/api/inbox/unmatched/{one}/dismiss"), json!({})).await?;
            }
            20 => {
                api.patch("/api/auth/me", json!({ "name": "Maya O." })).await?;
                sign_in_ways::two_steps(self.story).await?;
                sign_in_ways::by_passkey(self.story).await?;
                sign_in_ways::by_provider(self.story).await?;
                let same = json!({ "current_password": PASSWORD, "new_password": PASSWORD });
                self.story.api.post("/api/auth/password", same).await?;
            }
            21 => self.twins().await?,
            22 => {
                // The password that was set two days before has ended the session.
                self.story.api.sign_in().await?;
                self.story.api.post("/api/auth/logout-others", json!({})).await?;
            }
            _ => {}
        }
        Ok(())
    }

    fn reply(&self, address: &str, text: &str) -> Result<()> {
        let mail =
            self.story.world.sandbox.latest_mail(address).with_context(|| format!("a mail to {address}"))?;
        self.story.world.sandbox.reply_to_mail(mail, text);
        Ok(())
    }

    /// Invites two members, of whom one joins, forgets the password, is promoted and leaves.
    async fn member(&mut self) -> Result<()> {
        let api = &self.story.api;
        let new = |email: &str| json!({ "email": email, "name": "rosalind", "role": "rep" });
        let unwanted = id_of(&api.post("/api/team", new("unwanted@northquay.example")).await?)?;
        api.delete(&format!("/api/team/invitations/{unwanted}")).await?;
        let invited = id_of(&api.post("/api/team", new("rosalind@northquay.example")).await?)?;
        let again = api.post(&format!("/api/team/invitations/{invited}/resend"), json!({})).await?;
        let taken = json!({ "token": secret_of(&again)?, "name": "rosalind", "password": "a long password" });
        let member = id_of(&api.post("/api/auth/invitation", taken).await?["user"])?;
        let path = format!("/api/team/{member}");
        let reset = secret_of(&api.post(&format!("{path}/reset-link"), json!({})).await?)?;
        api.post("/api/auth/reset", json!({ "token": reset, "password": "another password" })).await?;
        api.patch(&path, json!({ "role": "manager" })).await?;
        api.patch(&path, json!({ "disabled": true })).await?;
        self.names.member = member;
        Ok(())
    }

    /// Says of two leads that they are different people, and takes that back.
    async fn twins(&mut self) -> Result<()> {
        for email in ["gwendolyn@one.canary.example", "gwendolyn@two.canary.example"] {
            let twin = json!({ "first_name": "gwendolyn", "last_name": "figtree", "company": "Figs", "email": email });
            self.story.api.post("/api/leads", twin).await?;
        }
        self.story.api.post("/api/leads/duplicates", json!({})).await?;
        self.story.live(5).await?;
        let api = &self.story.api;
        let found = api.get("/api/leads/duplicates").await?;
        let leads = found["items"][0]["leads"].as_array().with_context(|| format!("twins in {found}"))?;
        let ids: Vec<&Value> = leads.iter().map(|lead| &lead["id"]).collect();
        let group = json!({ "lead_ids": ids });
        api.post("/api/leads/duplicates/dismiss", group.clone()).await?;
        api.post("/api/leads/duplicates/propose", group).await.map(drop)
    }

    async fn templates_and_segments(&mut self) -> Result<()> {
        let api = &self.story.api;
        let new =
            json!({ "name": "Greeting", "channel": "email", "subject": "Hi", "body": "Dear goose hater" });
        let template = format!("/api/templates/{}", id_of(&api.post("/api/templates", new).await?)?);
        api.patch(&template, json!({ "name": "Greeting, warmer" })).await?;
        api.delete(&template).await?;
        let rule = json!({ "all": [{ "if": { "field": "custom.Plan", "filled": true } }] });
        let segment = api.post("/api/segments", json!({ "name": "Unicyclists", "rule": rule })).await?;
        let segment = format!("/api/segments/{}", id_of(&segment)?);
        api.patch(&segment, json!({ "name": "On one wheel" })).await?;
        let view =
            id_of(&api.post("/api/views", json!({ "name": "Wheels", "columns": ["company"] })).await?)?;
        api.patch(&format!("/api/views/{view}"), json!({ "shared": true })).await?;
        api.delete(&format!("/api/views/{view}")).await?;
        let weight = json!({ "rule": { "if": { "field": "phone", "filled": true } }, "points": 40 });
        let icp = api.post("/api/icp", json!({ "name": "One wheel", "weights": [weight] })).await?;
        let icp = format!("/api/icp/{}", id_of(&icp)?);
        api.patch(&icp, json!({ "threshold": 30 })).await?;
        api.delete(&icp).await?;
        api.delete(&segment).await.map(drop)
    }

    /// Lets the rest of the day pass in steps of some hours, and the night with its jobs.
    async fn night(&mut self) -> Result<()> {
        for _ in 0..4 {
            let story = &mut *self.story;
            story.clock.advance_to(story.clock.now() + SignedDuration::from_hours(6));
            let end = story.clock.now() + SignedDuration::from_mins(2);
            live_through(&story.world, &*story.recorder, &story.clock, end, &|_| {}).await?;
        }
        self.story.world.host.cloud().sweep_expired().map_err(|error| anyhow!("{error:?}"))?;
        self.story.api.stay_signed_in().await?;
        self.story.world.host.run_until_quiet().await?;
        Ok(())
    }
}
