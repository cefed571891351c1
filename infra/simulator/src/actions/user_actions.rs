//! Carries out one action of a user or of a person.

use crate::actions::address_changes::{change_address, import_again, rename, write_from_former_address};
use crate::actions::automations::{cancel_bulk_message, send_bulk_message, test};
use crate::actions::closings::close;
use crate::actions::edits::{publish, republish};
use crate::actions::hand_overs::hand_over;
use crate::actions::inbox_actions;
use crate::actions::mailboxes::connect_again;
use crate::actions::settings_changes::set;
use crate::actions::unsuppress::unsuppress;
use crate::chance::Chance;
use crate::plan::user_action::{Closing, PausedScope, Trouble, UserAction};
use crate::trouble::kind::Kind;
use crate::world::installation::Installation;
use anyhow::{Context, Result};
use jiff::SignedDuration;
use local_world::Api;
use sandbox::{Credentials, Secrets};
use serde_json::{Value, json};

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

pub async fn carry_out(world: &Installation, what: UserAction) -> Result<()> {
    let api = &world.signed_in().await?;
    let roster = world.with_roster(|roster| roster.clone());
    if let Some((number, end)) = ends(what)
        && let Ok(lead) = roster.lead(number)
    {
        world.with_oracle(|oracle| oracle.asked(lead, end));
    }
    let campaign = format!("/api/campaigns/{}", roster.campaign);
    let lead = |number: usize| roster.lead(number).map(|lead| format!("/api/leads/{lead}"));
    let enrolment = |number: usize, verb: &str| {
        roster.lead(number).map(|lead| format!("{campaign}/enrolments/{lead}/{verb}"))
    };
    match what {
        UserAction::PauseCampaign => api.post(&format!("{campaign}/pause"), json!({})).await,
        UserAction::PauseFor(whose, minutes) => {
            let until = world.disorder.now() + SignedDuration::from_mins(minutes);
            let until = until.to_string();
            match whose {
                PausedScope::Campaign => {
                    api.post(&format!("{campaign}/pause"), json!({ "until": until })).await
                }
                PausedScope::Person(number) => {
                    api.post(&enrolment(number, "pause")?, json!({ "until": until })).await
                }
                PausedScope::Mailbox(number) => {
                    let id = roster.mailboxes.get(number).context("there is no such mailbox")?;
                    let path = format!("/api/settings/accounts/{id}/pause");
                    api.post(&path, json!({ "until": until })).await
                }
                PausedScope::Everybody => {
                    let stop = json!({ "action": "stop", "until": until });
                    api.post("/api/settings/sending", stop).await
                }
            }
        }
        UserAction::ResumeMailbox(number) => {
            let id = roster.mailboxes.get(number).context("there is no such mailbox")?;
            api.post(&format!("/api/settings/accounts/{id}/resume"), json!({})).await
        }
        UserAction::ResumeCampaign => api.post(&format!("{campaign}/resume"), json!({})).await,
        UserAction::StopSending => api.post("/api/settings/sending", json!({ "action": "stop" })).await,
        UserAction::ResumeSending => api.post("/api/settings/sending", json!({ "action": "start" })).await,
        UserAction::EditSequence => {
            let steps = world.plan.step_bodies("another thing");
            api.patch(&format!("/api/sequences/{}", roster.sequence), json!({ "steps": steps })).await
        }
        UserAction::Publish(people) => return publish(world, people).await,
        UserAction::Republish(people) => return republish(world, people).await,
        UserAction::Patch => {
            let sequence = format!("/api/sequences/{}", roster.sequence);
            let mut steps = api.get(&sequence).await?["steps"].take();
            for step in steps.as_array_mut().into_iter().flatten() {
                let patched = |text: &Value| json!(format!("{} Patched.", text.as_str().unwrap_or_default()));
                let sends = matches!(step["kind"].as_str(), Some("email" | "sms"));
                match step.get_mut("variants").and_then(Value::as_array_mut) {
                    Some(variants) => {
                        variants.iter_mut().for_each(|one| one["body"] = patched(&one["body"]));
                    }
                    None if sends => step["body"] = patched(&step["body"]),
                    None => {}
                }
            }
            api.post(&format!("{sequence}/patches"), json!({ "steps": steps })).await
        }
        UserAction::DeleteLead(number) => api.post(&format!("{}/erase", lead(number)?), json!({})).await,
        UserAction::StopLead(number) => api.post(&format!("{}/stop", lead(number)?), json!({})).await,
        UserAction::SuppressLead(number) => {
            let person = world.reached(number)?;
            let (scope, value) = match person.email.is_empty() {
                true => ("phone", &person.phone),
                false => ("email", &person.email),
            };
            api.post("/api/settings/suppressions", json!({ "scope": scope, "value": value })).await
        }
        UserAction::SuppressDomain(number) => {
            let domain = world.person(number)?.email.split_once('@').context("there is no address")?.1;
            api.post("/api/settings/suppressions", json!({ "scope": "domain", "value": domain })).await
        }
        UserAction::DoNotContact(number) => {
            api.patch(&lead(number)?, json!({ "do_not_contact": true })).await
        }
        UserAction::QualifyLead(number) => api.patch(&lead(number)?, json!({ "status": "qualified" })).await,
        UserAction::RemoveLead(number) => api.post(&enrolment(number, "remove")?, json!({})).await,
        UserAction::PauseLead(number) => api.post(&enrolment(number, "pause")?, json!({})).await,
        UserAction::ResumeLead(number) => {
            let id = roster.lead(number)?;
            world.with_oracle(|oracle| oracle.user_resumes(id));
            api.post(&enrolment(number, "resume")?, json!({})).await
        }
        UserAction::AnswerLate(then) => {
            let mut told = Ok(Value::Null);
            for campaign in [&roster.campaign, &roster.second_campaign] {
                told = told
                    .and(api.post(&format!("/api/campaigns/{campaign}/late"), json!({ "then": then })).await);
            }
            told
        }
        UserAction::EnrolInSecondCampaign(number) => {
            let path = format!("/api/campaigns/{}/enrolments", roster.second_campaign);
            api.post(&path, json!({ "lead_ids": [roster.lead(number)?] })).await
        }
        UserAction::SwitchMailbox { first, on } => {
            let id = roster.mailboxes.get(usize::from(!first)).context("there is no such mailbox")?;
            api.patch(&format!("/api/settings/accounts/{id}"), json!({ "enabled": on })).await
        }
        UserAction::ChooseMailboxes(count) => {
            let ids: Vec<&String> = roster.mailboxes.iter().take(count).collect();
            api.patch(&campaign, json!({ "mailbox_ids": ids })).await
        }
        UserAction::DeleteSecondMailbox => {
            let id = roster.mailboxes.get(1).context("there is no second mailbox")?;
            api.delete(&format!("/api/settings/accounts/{id}?anyway=true")).await
        }
        UserAction::RotateSecrets(number) => {
            let smtp_password = format!("rotated-{number}");
            let stripe_webhook_secret = format!("whsec_rotated_{number}");
            world.world.sandbox.set_secrets(Secrets { smtp_password, stripe_webhook_secret });
            world.disorder.happens(Kind::SecretRotated, "mail and payments");
            return Ok(());
        }
        UserAction::EnterSecrets => return enter_secrets(world).await,
        UserAction::Outage(minutes) => {
            let end = world.disorder.now() + SignedDuration::from_mins(minutes);
            world.disorder.out_of_reach_until(end);
            return Ok(());
        }
        UserAction::DoTasks => return do_tasks(world).await,
        UserAction::Redrive => return redrive(world).await,
        UserAction::AnswerQuestions => return answer_questions(world).await,
        UserAction::ToggleVariant(number) => return toggle_variant(world, number).await,
        UserAction::HandOver { lead, many } => return hand_over(world, lead, many).await,
        UserAction::Move(to) => return change_address(world, to).await,
        UserAction::SpeakFromFormerAddress { lead, stop } => {
            return write_from_former_address(world, lead, stop);
        }
        UserAction::Close(closing) => return close(world, closing).await,
        UserAction::Set(setting) => return set(world, setting).await,
        UserAction::Lift(number) => return unsuppress(world, number).await,
        UserAction::Rename(number) => return rename(world, number).await,
        UserAction::ImportAgain => return import_again(world).await,
        UserAction::Strike(trouble) => {
            strike_by_plan(world, trouble);
            return Ok(());
        }
        UserAction::ConnectMailboxes => return connect_again(world).await,
        UserAction::Run(errand) => return inbox_actions::carry_out(world, errand).await,
        UserAction::SendBulkMessage { minutes, by_text } => {
            return send_bulk_message(world, minutes, by_text).await;
        }
        UserAction::CancelBulkMessage => return cancel_bulk_message(world).await,
        UserAction::Test(number) => return test(world, number).await,
        UserAction::Neighbour(what) => {
            let second_tenant = world.second_tenant().context("nobody has moved in")?;
            return second_tenant.carry_out(world, what).await;
        }
        UserAction::Write { to, minutes } => return send_one_off(world, to, minutes).await,
        UserAction::CancelOneOff => {
            let one_off = roster.one_offs.last().context("nothing was written")?;
            api.post(&format!("/api/emails/{one_off}/cancel"), json!({})).await
        }
        UserAction::Answer(_)
        | UserAction::AskToStop(_)
        | UserAction::Unsubscribe(_)
        | UserAction::Pay(_)
        | UserAction::TextBack(_)
        | UserAction::ChatBack(_)
        | UserAction::TextStop(_)
        | UserAction::TextStart(_) => return person_does(world, what),
    }
    .map(drop)
}

/// The lead whose sequences a user ends by this action, and the end reason.
fn ends(what: UserAction) -> Option<(usize, &'static str)> {
    match what {
        UserAction::DeleteLead(number) | UserAction::StopLead(number) | UserAction::RemoveLead(number) => {
            Some((number, "removed"))
        }
        UserAction::DoNotContact(number) => Some((number, "suppressed")),
        UserAction::Close(Closing { lead, status: "won", .. }) => Some((lead, "won")),
        UserAction::Close(Closing { lead, .. }) => Some((lead, "removed")),
        _ => None,
    }
}

async fn enter_secrets(world: &Installation) -> Result<()> {
    let api = world.signed_in().await?;
    let Secrets { smtp_password, stripe_webhook_secret } = world.world.sandbox.secrets();
    let mailboxes = world.with_roster(|roster| roster.mailboxes.clone());
    for id in mailboxes {
        let path = format!("/api/settings/accounts/{id}");
        // One that was deleted has no password, and one with a key keeps it.
        if api.get(&path).await.is_ok_and(|mailbox| mailbox["kind"] == "smtp") {
            api.patch(&path, json!({ "secret": { "password": smtp_password } })).await?;
        }
    }
    let path = format!("/api/settings/accounts/{}", world.accounts.payments);
    let secret = json!({ "secret": { "signing_secret": stripe_webhook_secret } });
    api.patch(&path, secret).await.map(drop)
}

async fn send_one_off(world: &Installation, number: usize, minutes: i64) -> Result<()> {
    let api = world.signed_in().await?;
    let lead = world.with_roster(|roster| roster.lead(number).map(str::to_owned))?;
    let person = world.person(number)?;
    let by_text = person.email.is_empty() || (number % 3 == 2 && !person.phone.is_empty());
    let mut one_off = json!({ "lead_id": lead, "body": "A word about {{ company }}." });
    if by_text {
        one_off["channel"] = json!("sms");
    } else {
        one_off["subject"] = json!("By the way");
        let mailbox = world.with_roster(|roster| roster.mailboxes.get(world.plan.one_offs_from).cloned());
        if world.plan.one_offs_from > 0 {
            one_off["account"] = json!(mailbox.context("there is no such mailbox")?);
        } else if let Some(usable) = usable_mailbox(&api).await? {
            one_off["account"] = json!(usable);
        }
    }
    if minutes > 0 {
        one_off["send_at"] = json!((world.disorder.now() + SignedDuration::from_mins(minutes)).to_string());
    }
    let written = api.post("/api/emails/send", one_off).await?;
    let id = written["id"].as_str().context("the answer has no id")?.to_owned();
    world.with_roster(|roster| roster.one_offs.push(id));
    Ok(())
}

/// The first mailbox that is on, by which a user writes.
pub async fn usable_mailbox(api: &Api) -> Result<Option<String>> {
    let accounts = api.get("/api/settings/accounts").await?;
    let sends = |account: &&Value| {
        account["enabled"] == true && ["smtp", "resend"].iter().any(|kind| account["kind"] == *kind)
    };
    let first = accounts["items"].as_array().into_iter().flatten().find(sends);
    Ok(first.and_then(|account| account["id"].as_str()).map(str::to_owned))
}

/// Pauses or resumes the variant at this place in all steps of the campaign's version.
async fn toggle_variant(world: &Installation, number: usize) -> Result<()> {
    let api = world.signed_in().await?;
    let roster = world.with_roster(|roster| roster.clone());
    let campaign = api.get(&format!("/api/campaigns/{}", roster.campaign)).await?;
    let path = format!("/api/sequences/{}", roster.sequence);
    let versions = api.get(&format!("{path}/versions")).await?;
    let mut versions = versions["items"].as_array().into_iter().flatten();
    let version = versions.find(|version| version["version"] == campaign["sequence_version"]);
    let mut steps = version.context("the campaign's version is not there")?["steps"].clone();
    for step in steps.as_array_mut().into_iter().flatten() {
        let variant = step.get_mut("variants").and_then(|variants| variants.get_mut(number));
        if let Some(paused) = variant.and_then(|variant| variant.get_mut("paused")) {
            *paused = json!(*paused == false);
        }
    }
    let patch = json!({ "version": campaign["sequence_version"], "steps": steps });
    api.post(&format!("{path}/patches"), patch).await.map(drop)
}

/// A person acts at once, whatever its persona would do.
fn person_does(world: &Installation, what: UserAction) -> Result<()> {
    let sandbox = &world.world.sandbox;
    // Where they were before, if nothing has come to where they are now.
    let mail = |number: usize| {
        let now = sandbox.latest_mail(&world.reached(number)?.email);
        now.or(sandbox.latest_mail(&world.person(number)?.email)).context("nothing has come yet")
    };
    let phone = |number: usize| {
        let phone = world.reached(number)?.phone;
        Some(phone).filter(|phone| !phone.is_empty()).context("there is no telephone")
    };
    match what {
        UserAction::Answer(number) => sandbox.reply_to_mail(mail(number)?, "Interesting. What does it cost?"),
        UserAction::AskToStop(number) => sandbox.ask_to_stop(mail(number)?),
        UserAction::Unsubscribe(number) => sandbox.unsubscribe_one_click(mail(number)?),
        UserAction::Pay(number) => {
            let email = world.reached(number)?.email;
            // Stripe wants to know who pays.
            anyhow::ensure!(!email.is_empty(), "there is no address");
            sandbox.pay(&email, None);
        }
        UserAction::TextBack(number) => sandbox.text_us(&phone(number)?, None, "Who is this? Tell me more"),
        UserAction::ChatBack(number) => {
            let ours = Some(Credentials::WHATSAPP_NUMBER);
            sandbox.text_us(&phone(number)?, ours, "What does it do exactly?");
        }
        UserAction::TextStop(number) => sandbox.text_us(&phone(number)?, None, "STOP"),
        UserAction::TextStart(number) => sandbox.text_us(&phone(number)?, None, "START"),
        _ => {}
    }
    Ok(())
}

/// Each goes the way that its id decides; a person tries again what did not work.
async fn do_tasks(world: &Installation) -> Result<()> {
    let api = world.signed_in().await?;
    let open = api.get("/api/tasks?limit=200").await?;
    // Before they are done: what nobody should be asked for is there now.
    world.check_stops();
    for task in open["items"].as_array().context("a list of tasks")? {
        let id = task["id"].as_str().context("a task has an id")?;
        if task["campaign_id"].is_null() {
            continue;
        }
        let path = format!("/api/tasks/{id}");
        let outcome = *Chance::of(world.plan.seed, id).pick(&OUTCOMES);
        if let Some(end) = end_of(outcome) {
            let lead = id.trim_start_matches("task_").get(..26).context("a task is of a lead")?;
            world.with_oracle(|oracle| oracle.asked(lead, end));
        }
        for _ in 0..TRIES {
            let closed = match outcome {
                "cancelled" => api.delete(&path).await,
                outcome => api.patch(&path, json!({ "outcome": outcome })).await,
            };
            match closed {
                Ok(_) => break,
                Err(error) => world.disorder.log(format!("{id}: {error:#}")),
            }
        }
    }
    Ok(())
}

/// The end reason of a sequence whose task has this outcome.
fn end_of(outcome: &str) -> Option<&'static str> {
    match outcome {
        "booked" => Some("booked"),
        "not_interested" => Some("replied"),
        "do_not_call" => Some("opted_out"),
        _ => None,
    }
}

/// Dead letters are tried once more.
async fn redrive(world: &Installation) -> Result<()> {
    let api = world.signed_in().await?;
    let queues = api.get("/api/ops/queues").await?;
    for queue in queues["queues"].as_array().into_iter().flatten() {
        if queue["dead"].as_u64().unwrap_or(0) > 0 {
            let name = queue["name"].as_str().context("a queue has a name")?;
            world.disorder.log(format!("redrives {name}"));
            api.post(&format!("/api/ops/queues/{name}/redrive"), json!({})).await?;
        }
    }
    Ok(())
}

/// Answers what became of uncertain messages: mostly the truth if they arrived, else “send again”.
async fn answer_questions(world: &Installation) -> Result<()> {
    let api = world.signed_in().await?;
    let open = api.get("/api/tasks?limit=200").await?;
    for task in open["items"].as_array().context("a list of tasks")? {
        let Some(message) = task["message_id"].as_str() else { continue };
        let arrived = world.with_oracle(|oracle| oracle.has_taken(message));
        let mistaken = Chance::of(world.plan.seed, message).per_mille(200);
        let answer = if arrived && !mistaken { "sent" } else { "send_again" };
        let settled = api.post(&format!("/api/emails/{message}/settle"), json!({ "answer": answer })).await;
        let told = settled.map_or_else(|error| format!("{error:#}"), |_| "done".to_owned());
        world.disorder.log(format!("{message}: {answer}: {told}"));
    }
    Ok(())
}

pub fn strike_by_plan(world: &Installation, trouble: Trouble) {
    match trouble {
        Trouble::Blocks(provider, minutes) => {
            let end = minutes.map(|minutes| world.disorder.now() + SignedDuration::from_mins(minutes));
            world.blocking.block(&world.disorder, provider, end);
        }
        Trouble::MailboxesSilent(minutes) => {
            let end = world.disorder.now() + SignedDuration::from_mins(minutes);
            world.disorder.mailboxes_silent_until(end);
        }
        Trouble::GrantRevoked(place) => {
            let Some(kind) = world.plan.mailboxes.get(place) else { return };
            world.disorder.happens(Kind::GrantRevoked, kind.address());
            world.world.sandbox.revoke_grant(kind.address());
            world.outside.tokens.revoked(world.disorder.now(), kind.address());
        }
    }
}
