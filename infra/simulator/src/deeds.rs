//! What users and people do, each once.

use crate::addresses::{Move, change_address, import_again, rename, speak_from_before};
use crate::chance::Chance;
use crate::closings::{Closing, close};
use crate::colleagues::hand_over;
use crate::desk;
use crate::editions::{publish, republish};
use crate::holidays::Whose;
use crate::installation::Installation;
use crate::kind::Kind;
use crate::lifts::lift;
use crate::occasions::{call_back_many, test, write_to_many};
use crate::plan::What;
use crate::profile::Profile;
use crate::settings::set;
use crate::troubles::befall;
use anyhow::{Context, Result};
use jiff::SignedDuration;
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

pub async fn carry_out(world: &Installation, what: What) -> Result<()> {
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
        What::PauseCampaign => api.post(&format!("{campaign}/pause"), json!({})).await,
        What::PauseFor(whose, minutes) => {
            let until = world.disorder.now() + SignedDuration::from_mins(minutes);
            let until = until.to_string();
            match whose {
                Whose::Campaign => api.post(&format!("{campaign}/pause"), json!({ "until": until })).await,
                Whose::Person(number) => {
                    api.post(&enrolment(number, "pause")?, json!({ "until": until })).await
                }
                Whose::Mailbox(number) => {
                    let id = roster.mailboxes.get(number).context("there is no such mailbox")?;
                    let path = format!("/api/settings/accounts/{id}/pause");
                    api.post(&path, json!({ "until": until })).await
                }
                Whose::Everybody => {
                    let stop = json!({ "action": "stop", "until": until });
                    api.post("/api/settings/sending", stop).await
                }
            }
        }
        What::ResumeMailbox(number) => {
            let id = roster.mailboxes.get(number).context("there is no such mailbox")?;
            api.post(&format!("/api/settings/accounts/{id}/resume"), json!({})).await
        }
        What::ResumeCampaign => api.post(&format!("{campaign}/resume"), json!({})).await,
        What::StopSending => api.post("/api/settings/sending", json!({ "action": "stop" })).await,
        What::ResumeSending => api.post("/api/settings/sending", json!({ "action": "start" })).await,
        What::EditSequence => {
            let steps = world.plan.step_bodies("another thing");
            api.patch(&format!("/api/sequences/{}", roster.sequence), json!({ "steps": steps })).await
        }
        What::Publish(people) => return publish(world, people).await,
        What::Republish(people) => return republish(world, people).await,
        What::Patch => {
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
        What::DeleteLead(number) => api.delete(&lead(number)?).await,
        What::StopLead(number) => api.post(&format!("{}/stop", lead(number)?), json!({})).await,
        What::SuppressLead(number) => {
            let person = world.reached(number)?;
            let (scope, value) = match person.email.is_empty() {
                true => ("phone", &person.phone),
                false => ("email", &person.email),
            };
            api.post("/api/settings/suppressions", json!({ "scope": scope, "value": value })).await
        }
        What::SuppressDomain(number) => {
            let domain = world.person(number)?.email.split_once('@').context("there is no address")?.1;
            api.post("/api/settings/suppressions", json!({ "scope": "domain", "value": domain })).await
        }
        What::DoNotContact(number) => api.patch(&lead(number)?, json!({ "do_not_contact": true })).await,
        What::QualifyLead(number) => api.patch(&lead(number)?, json!({ "status": "qualified" })).await,
        What::RemoveLead(number) => api.post(&enrolment(number, "remove")?, json!({})).await,
        What::PauseLead(number) => api.post(&enrolment(number, "pause")?, json!({})).await,
        What::ResumeLead(number) => {
            let id = roster.lead(number)?;
            world.with_oracle(|oracle| oracle.let_go(id));
            api.post(&enrolment(number, "resume")?, json!({})).await
        }
        What::AnswerLate(then) => {
            let mut told = Ok(Value::Null);
            for campaign in [&roster.campaign, &roster.encore] {
                told = told
                    .and(api.post(&format!("/api/campaigns/{campaign}/late"), json!({ "then": then })).await);
            }
            told
        }
        What::Encore(number) => {
            let path = format!("/api/campaigns/{}/enrolments", roster.encore);
            api.post(&path, json!({ "lead_ids": [roster.lead(number)?] })).await
        }
        What::SwitchMailbox { first, on } => {
            let id = roster.mailboxes.get(usize::from(!first)).context("there is no such mailbox")?;
            api.patch(&format!("/api/settings/accounts/{id}"), json!({ "enabled": on })).await
        }
        What::ChooseMailboxes(count) => {
            let ids: Vec<&String> = roster.mailboxes.iter().take(count).collect();
            api.patch(&campaign, json!({ "mailbox_ids": ids })).await
        }
        What::DeleteSecondMailbox => {
            let id = roster.mailboxes.get(1).context("there is no second mailbox")?;
            api.delete(&format!("/api/settings/accounts/{id}?anyway=true")).await
        }
        What::RotateSecrets(number) => {
            let smtp_password = format!("rotated-{number}");
            let stripe_webhook_secret = format!("whsec_rotated_{number}");
            world.world.sandbox.set_secrets(Secrets { smtp_password, stripe_webhook_secret });
            world.disorder.happens(Kind::SecretRotated, "mail and payments");
            return Ok(());
        }
        What::EnterSecrets => return enter_secrets(world).await,
        What::Outage(minutes) => {
            let end = world.disorder.now() + SignedDuration::from_mins(minutes);
            world.disorder.out_of_reach_until(end);
            return Ok(());
        }
        What::DoTasks => return do_tasks(world).await,
        What::Redrive => return redrive(world).await,
        What::AnswerQuestions => return answer_questions(world).await,
        What::TurnVariant(number) => return turn_variant(world, number).await,
        What::HandOver { lead, many } => return hand_over(world, lead, many).await,
        What::Move(to) => return change_address(world, to).await,
        What::FromBefore { lead, stop } => return speak_from_before(world, lead, stop),
        What::Close(closing) => return close(world, closing).await,
        What::Set(setting) => return set(world, setting).await,
        What::Lift(number) => return lift(world, number).await,
        What::Rename(number) => return rename(world, number).await,
        What::ImportAgain => return import_again(world).await,
        What::Befall(trouble) => {
            befall(world, trouble);
            return Ok(());
        }
        What::Run(errand) => return desk::carry_out(world, errand).await,
        What::WriteToMany { minutes, by_text } => return write_to_many(world, minutes, by_text).await,
        What::CallBackMany => return call_back_many(world).await,
        What::Test(number) => return test(world, number).await,
        What::Neighbour(what) => {
            let neighbours = world.neighbours().context("nobody has moved in")?;
            return neighbours.carry_out(world, what).await;
        }
        What::Write { to, minutes } => return write_to(world, to, minutes).await,
        What::CallBack => {
            let letter = roster.letters.last().context("nothing was written")?;
            api.post(&format!("/api/emails/{letter}/cancel"), json!({})).await
        }
        What::Answer(_)
        | What::AskToStop(_)
        | What::Unsubscribe(_)
        | What::Pay(_)
        | What::TextBack(_)
        | What::ChatBack(_)
        | What::TextStop(_)
        | What::TextStart(_) => return person_does(world, what),
    }
    .map(drop)
}

/// Whose sequences a user ends, or one of them, and as what.
fn ends(what: What) -> Option<(usize, &'static str)> {
    match what {
        What::DeleteLead(number) | What::StopLead(number) | What::RemoveLead(number) => {
            Some((number, "removed"))
        }
        What::DoNotContact(number) => Some((number, "suppressed")),
        What::Close(Closing { lead, status: "won", .. }) => Some((lead, "won")),
        What::Close(Closing { lead, .. }) => Some((lead, "removed")),
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

async fn write_to(world: &Installation, number: usize, minutes: i64) -> Result<()> {
    let api = world.signed_in().await?;
    let lead = world.with_roster(|roster| roster.lead(number).map(str::to_owned))?;
    let person = world.person(number)?;
    let by_text = person.email.is_empty() || (number % 3 == 2 && !person.phone.is_empty());
    let mut letter = json!({ "lead_id": lead, "body": "A word about {{ company }}." });
    if by_text {
        letter["channel"] = json!("sms");
    } else {
        letter["subject"] = json!("By the way");
        let mailbox = world.with_roster(|roster| roster.mailboxes.get(world.plan.letters_from).cloned());
        if world.plan.letters_from > 0 {
            letter["account_id"] = json!(mailbox.context("there is no such mailbox")?);
        }
    }
    if minutes > 0 {
        letter["send_at"] = json!((world.disorder.now() + SignedDuration::from_mins(minutes)).to_string());
    }
    let written = api.post("/api/emails/send", letter).await?;
    let id = written["id"].as_str().context("the answer has no id")?.to_owned();
    world.with_roster(|roster| roster.letters.push(id));
    Ok(())
}

/// In all steps that have one at this place, on the version that the campaign is on.
async fn turn_variant(world: &Installation, number: usize) -> Result<()> {
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

/// At once, whatever they would have done by themselves.
fn person_does(world: &Installation, what: What) -> Result<()> {
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
        What::Answer(number) => sandbox.reply_to_mail(mail(number)?, "Interesting. What does it cost?"),
        What::AskToStop(number) => sandbox.ask_to_stop(mail(number)?),
        What::Unsubscribe(number) => sandbox.unsubscribe_one_click(mail(number)?),
        What::Pay(number) => {
            let email = world.reached(number)?.email;
            // Stripe wants to know who pays.
            anyhow::ensure!(!email.is_empty(), "there is no address");
            sandbox.pay(&email, None);
        }
        What::TextBack(number) => sandbox.text_us(&phone(number)?, None, "Who is this? Tell me more"),
        What::ChatBack(number) => {
            let ours = Some(Credentials::WHATSAPP_NUMBER);
            sandbox.text_us(&phone(number)?, ours, "What does it do exactly?");
        }
        What::TextStop(number) => sandbox.text_us(&phone(number)?, None, "STOP"),
        What::TextStart(number) => sandbox.text_us(&phone(number)?, None, "START"),
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
                Err(error) => world.disorder.tell(format!("{id}: {error:#}")),
            }
        }
    }
    Ok(())
}

/// As what sequences end with a task that goes so.
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
            world.disorder.tell(format!("redrives {name}"));
            api.post(&format!("/api/ops/queues/{name}/redrive"), json!({})).await?;
        }
    }
    Ok(())
}

/// Who sees that it arrived mostly says so; who does not has it sent again.
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
        world.disorder.tell(format!("{message}: {answer}: {told}"));
    }
    Ok(())
}

/// Somebody says just now that nothing is to go to a lead whose letter is about to be claimed.
pub async fn bar(world: &Installation, number: usize) {
    let what = match world.disorder.draw(Kind::HeldAtLetter, 0, 3) {
        0 => What::DoNotContact(number),
        1 => What::SuppressDomain(number),
        _ => What::SuppressLead(number),
    };
    let outcome = carry_out(world, what).await;
    let told = outcome.map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
    world.disorder.tell(format!("before a letter: {what:?}: {told}"));
}

/// Somebody stops just now what is about to be sent, or is being sent, to a lead.
pub async fn interfere(world: &Installation, number: usize) {
    let moves = world.plan.seed.profile >= Profile::InboxActions && world.plan.has_moves();
    let what = match moves && world.disorder.draw(Kind::StoppedInCall, 0, 1) == 0 {
        true => What::Move(Move { lead: number, email: true, phone: true }),
        false => stop(world, number),
    };
    let outcome = carry_out(world, what).await;
    let told = outcome.map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
    world.disorder.tell(format!("just now: {what:?}: {told}"));
}

fn stop(world: &Installation, number: usize) -> What {
    match world.disorder.draw(Kind::StoppedAtClaim, 0, 12) {
        0 | 1 => What::StopLead(number),
        2 | 3 => What::RemoveLead(number),
        4 => What::DoNotContact(number),
        5 => What::SuppressLead(number),
        6 => What::SuppressDomain(number),
        7 => What::PauseLead(number),
        8 => What::DeleteLead(number),
        9 => What::Answer(number),
        10 => What::AskToStop(number),
        11 if world.plan.has_moves() => What::Move(Move { lead: number, email: true, phone: true }),
        11 => What::EditSequence,
        _ => What::TextStop(number),
    }
}
