//! The user of the product: imports, launches, does what the plan says, and tries again where it fails.

use crate::actions::automations::set_up;
use crate::actions::user_actions::carry_out;
use crate::plan::Plan;
use crate::plan::user_action::{PlannedAction, SecondTenantAction, UserAction};
use crate::trouble::concurrent_requests::{meet, rival};
use crate::trouble::disorder::Aim;
use crate::trouble::kind::Kind;
use crate::world::installation::{Installation, SANDBOX};
use crate::world::invocation::{Invocation, run};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use local_world::SECOND_ADDRESS;
use sandbox::Credentials;
use serde_json::{Value, json};

pub struct User {
    actions: Vec<PlannedAction>,
    launched: Option<Timestamp>,
}

impl User {
    pub fn new(plan: &Plan) -> Self {
        Self { actions: plan.actions.clone(), launched: None }
    }

    pub fn next(&self) -> Option<Timestamp> {
        let launched = self.launched?;
        self.actions.first().map(|action| launched + SignedDuration::from_mins(action.minutes))
    }

    pub async fn import(&self, world: &Installation) -> Result<()> {
        let path = "/api/leads/import?country=US&file_name=people.csv";
        world.api.upload(path, "text/csv", world.plan.csv().into_bytes()).await.map(drop)
    }

    /// When the leads are there: a sequence, a campaign, everybody in it; and a second one for later.
    pub async fn launch(&mut self, world: &Installation) -> Result<()> {
        let api = world.signed_in().await?;
        let plan = &world.plan;
        let list = api.get("/api/leads?limit=100").await?;
        for lead in list["items"].as_array().context("a list of leads")? {
            let words = lead["company"].as_str().and_then(|name| name.rsplit(' ').next()?.parse().ok());
            if let (Some(number), Some(id)) = (words, lead["id"].as_str()) {
                world.with_roster(|roster| roster.leads.insert(number, id.to_owned()));
            }
        }
        let settings = json!({
            "days_off": plan.days_off, "when_uncertain": plan.when_uncertain, "when_late": plan.when_late,
            "endings": plan.endings, "company_hold_days": plan.company_hold_days, "caps": plan.caps,
        });
        api.patch("/api/settings", settings).await?;
        let mailbox = format!("/api/settings/accounts/{}", world.accounts.mailbox);
        let mut changes = json!({ "hours": plan.mailbox_hours });
        if let Some(limits) = &plan.mailbox_limits {
            changes["limits"] = limits.clone();
        }
        api.patch(&mailbox, changes).await?;
        for (number, limits) in
            [&world.accounts.sms_sender, &world.accounts.whatsapp_sender].iter().zip(&plan.number_limits)
        {
            if let Some(limits) = limits {
                let path = format!("/api/settings/accounts/{number}");
                api.patch(&path, json!({ "limits": limits })).await?;
            }
        }
        let mut mailboxes = world.with_roster(|roster| roster.mailboxes.clone());
        if let Some(limits) = &plan.second_mailbox {
            let (settings, secret) = second_mailbox(plan, &api.get(&mailbox).await?);
            let second = json!({
                "name": "A second mailbox", "settings": settings, "secret": secret, "limits": limits,
            });
            mailboxes.push(id(&api.post("/api/settings/accounts", second).await?)?);
        }
        world.with_roster(|roster| roster.mailboxes = mailboxes);
        let steps = plan.step_bodies("question");
        let sequence = json!({ "name": "Sequence", "steps": steps, "window": plan.window });
        let sequence = id(&api.post("/api/sequences", sequence).await?)?;
        let campaign = campaign(world, "Campaign", &sequence).await?;
        let path = format!("/api/campaigns/{campaign}");
        let ids: Vec<String> = world.with_roster(|roster| roster.leads.values().cloned().collect());
        if !ids.is_empty() {
            api.post(&format!("{path}/enrolments"), json!({ "lead_ids": ids })).await?;
        }
        api.post(&format!("{path}/launch"), json!({})).await?;
        let second_campaign = self::campaign(world, "Encore", &sequence).await?;
        api.post(&format!("/api/campaigns/{second_campaign}/launch"), json!({})).await?;
        world.with_roster(|roster| {
            roster.sequence = sequence;
            roster.campaign = campaign;
            roster.second_campaign = second_campaign;
        });
        set_up(world).await?;
        self.launched = Some(world.disorder.now());
        world.disorder.log(format!("launched with {} leads", ids.len()));
        Ok(())
    }

    /// Does what is due, if anything is.
    pub async fn act(&mut self, world: &Installation) -> Result<bool> {
        let now = world.disorder.now();
        if self.next().is_none_or(|due| due > now) {
            return Ok(false);
        }
        let what = self.actions.remove(0).what;
        if let Some(other) = rival(&world.disorder, what)
            && world.disorder.strikes(Kind::RequestsMeet, || format!("{what:?} and {other:?}"))
        {
            meet(world, what, other).await;
            return Ok(true);
        }
        if world.disorder.strikes(Kind::RequestKilled, || format!("{what:?}")) {
            broken_off(world, what).await;
            // They see that it failed. Whether they try again is up to them, but for whoever looks after dead letters.
            let gives_up = world.disorder.draw(Kind::RequestKilled, 0, 2) == 0;
            if gives_up && !matches!(what, UserAction::Redrive) {
                return Ok(true);
            }
        }
        let mut outcome = carry_out(world, what).await;
        if outcome.is_err()
            && world.plan.requests_fail()
            && world.disorder.draw(Kind::RequestFails, 0, 1) == 0
        {
            outcome = carry_out(world, what).await;
        }
        // What the product refuses is told; it may be right to.
        let told = outcome.as_ref().map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
        world.disorder.log(format!("the user: {what:?}: {told}"));
        Ok(true)
    }

    /// Opens all that was left closed, does what is asked for, and tries dead letters once more.
    pub async fn tidy_up(&mut self, world: &Installation) -> Result<()> {
        let mailbox = UserAction::SwitchMailbox { first: true, on: true };
        let all = UserAction::ChooseMailboxes(2);
        let first =
            [UserAction::EnterSecrets, UserAction::ResumeCampaign, UserAction::ResumeSending, mailbox, all];
        let rest = [
            UserAction::ConnectMailboxes,
            UserAction::ResumeMailbox(0),
            UserAction::ResumeMailbox(1),
            UserAction::AnswerLate("send"),
            UserAction::DoTasks,
        ];
        for what in first.into_iter().chain(rest) {
            if let Err(error) = carry_out(world, what).await {
                world.disorder.log(format!("{what:?}: {error:#}"));
            }
        }
        if world.plan.second_tenant.is_some() {
            carry_out(world, UserAction::Neighbour(SecondTenantAction::Resume)).await.unwrap_or_default();
        }
        carry_out(world, UserAction::Redrive).await
    }
}

/// The function that serves the request is killed at one of its calls.
async fn broken_off(world: &Installation, what: UserAction) {
    // Signed in before: whoever cannot sign in asks for nothing.
    if world.signed_in().await.is_err() {
        return;
    }
    let disorder = &world.disorder;
    disorder.aim(Some(Aim::KillIn(disorder.draw(Kind::RequestKilled, 0, 9))));
    let here = world.clone();
    let mut request: Invocation<Result<()>> = Box::pin(async move { carry_out(&here, what).await });
    let ended = run(&mut request, disorder, 0).await;
    disorder.aim(None);
    disorder.log(format!("the user: {what:?}: {}", if ended.is_ok() { "got through" } else { "broke off" }));
}

async fn campaign(world: &Installation, name: &str, sequence: &str) -> Result<String> {
    let api = world.signed_in().await?;
    let mailboxes = world.with_roster(|roster| roster.mailboxes.clone());
    let campaign = json!({
        "name": name, "sequence_id": sequence, "mailbox_ids": mailboxes, "when_mailbox_gone": world.plan.when_mailbox_gone,
        "sms_sender_id": world.accounts.sms_sender, "whatsapp_sender_id": world.accounts.whatsapp_sender, "zone": "UTC",
    });
    id(&api.post("/api/campaigns", campaign).await?)
}

/// The second mailbox: like the first with an address of its own, or one over HTTP.
fn second_mailbox(plan: &Plan, first: &Value) -> (Value, Value) {
    let mut settings = first["settings"].clone();
    if plan.keyed {
        let settings = json!({
            "kind": "resend", "base_url": format!("{SANDBOX}/resend"), "from_name": "Maya Okafor",
            "from_address": format!("maya@{}", Credentials::RESEND_DOMAIN), "reply_to": settings["reply_to"],
        });
        return (settings, json!({ "api_key": Credentials::RESEND_KEY }));
    }
    settings["from_address"] = json!(SECOND_ADDRESS);
    (settings, json!({ "password": Credentials::SMTP_PASSWORD }))
}

fn id(answer: &Value) -> Result<String> {
    Ok(answer["id"].as_str().context("the answer has no id")?.to_owned())
}
