//! One walk through all routes of the product, each answered with success, with all consumers at work.

mod ai;
mod columns;
mod commissions;
mod companies;
mod custom_fields;
mod deals;
mod deleted_leads;
mod duplicates;
mod icps;
mod imap;
mod inbound;
mod keys;
mod mail_providers;
mod mailboxes;
mod missing_values;
mod notify;
mod placed_calls;
mod preview_page;
mod prospects;
mod routing;
mod rules;
mod segments;
pub mod sign_in_ways;
mod spend;
mod unmatched;

use super::story::{APP, Story};
use crate::api::Api;
use crate::seed;
use anyhow::{Context, Result, anyhow};
use application::identity::address_proof::AddressLink;
use application::{Clock, Ports};
use domain::contact::email_address::EmailAddress;
use http::Method;
use jiff::SignedDuration;
use local_cloud::{Fault, Moment, Service};
use sandbox::Provider;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;

fn id_of(value: &Value) -> Result<String> {
    Ok(value["id"].as_str().with_context(|| format!("an id in {value}"))?.to_owned())
}

impl Story {
    async fn get(&self, path: &str) -> Result<Value> {
        self.ask(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.ask(Method::POST, path, Some(body)).await
    }

    async fn patch(&self, path: &str, body: Value) -> Result<Value> {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Result<Value> {
        self.ask(Method::DELETE, path, None).await
    }
}

/// Plays weeks of work within a minute.
pub async fn walk(mut story: Story) -> Result<Story> {
    stumble(&story);
    notify::connect(&story).await?;
    story.import_leads(12).await?;
    let known = story.leads().await?;
    imports(&mut story).await?;
    leads(&mut story).await?;
    templates(&story).await?;
    campaigns(&mut story, &known).await?;
    missing_values::missing_values(&mut story).await?;
    conversations(&mut story).await?;
    ai::walk(&mut story).await?;
    by_phone(&mut story).await?;
    many(&mut story).await?;
    settings(&mut story).await?;
    mailboxes::connect(&mut story).await?;
    imap::send_and_read(&mut story).await?;
    inbound::walk(&mut story).await?;
    mail_providers::walk(&mut story).await?;
    keys::walk(&story).await?;
    companies::walk(&mut story).await?;
    custom_fields::walk(&mut story).await?;
    segments::walk(&mut story).await?;
    columns::walk(&mut story).await?;
    icps::walk(&mut story).await?;
    prospects::walk(&mut story).await?;
    routing::walk(&mut story).await?;
    spend::walk(&mut story).await?;
    duplicates::walk(&mut story).await?;
    placed_calls::walk(&mut story).await?;
    notify::walk(&mut story).await?;
    figures(&story).await?;
    sessions(&mut story).await?;
    web(&mut story).await?;
    Ok(story)
}

/// Makes the first calls of every consumer to the table fail, including their client's retries, so that each
/// message is retried.
fn stumble(story: &Story) {
    let consumers = [
        "import_leads",
        "campaign_jobs",
        "enrich_lead",
        "fill_columns",
        "personalize_lead",
        "send_message",
        "ingest_event",
        "record_visits",
        "poll_mailboxes",
        "fold_changes",
    ];
    let stumbled = Mutex::new(BTreeMap::<String, u32>::new());
    story.world.host.cloud().faults().inject(move |moment, call| {
        let concerned = moment == Moment::Before && call.service == Service::DynamoDb;
        if !concerned || !consumers.contains(&call.principal) {
            return None;
        }
        let mut stumbled = stumbled.lock().unwrap();
        let times = stumbled.entry(call.principal.to_owned()).or_default();
        *times += 1;
        (*times <= 9).then(|| Fault::Fail {
            status: 500,
            code: "InternalServerError".to_owned(),
            message: "on purpose".to_owned(),
        })
    });
}

async fn imports(story: &mut Story) -> Result<()> {
    let file = "name,email\nAnn,ann@walk.example\nNobody,\nBob,bob@walk.example\n";
    let new = json!({ "file_name": "walk.csv", "size_bytes": file.len() });
    let import = id_of(&story.post("/api/imports", new).await?)?;
    let path = format!("/api/imports/{import}");
    let kind = "application/octet-stream";
    story.ask_with(Method::PUT, &format!("{path}/chunks/0"), kind, file.as_bytes().to_vec()).await?;
    story.post(&format!("{path}/detect"), json!({})).await?;
    story.patch(&path, json!({ "options": { "tag": "walk" } })).await?;
    story.post(&format!("{path}/check"), json!({})).await?;
    story.live(5).await?;
    story.post(&format!("{path}/commit"), json!({})).await?;
    story.live(30).await?;
    assert_eq!(story.get(&path).await?["counts"]["created"], 2);
    let options = json!({ "duplicates": "overwrite" });
    for phone in ["+12025550111", "+12025550112"] {
        let again = format!("name,email,phone\nAnn,ann@walk.example,{phone}\n");
        let new = json!({ "file_name": "again.csv", "size_bytes": again.len(), "options": options });
        let path = format!("/api/imports/{}", id_of(&story.post("/api/imports", new).await?)?);
        story.ask_with(Method::PUT, &format!("{path}/chunks/0"), kind, again.into_bytes()).await?;
        story.post(&format!("{path}/detect"), json!({})).await?;
        story.post(&format!("{path}/commit"), json!({})).await?;
        story.live(5).await?;
    }
    for path in ["/api/imports", &format!("{path}/problems"), &format!("{path}/problems.csv")] {
        story.get(path).await?;
    }
    Ok(())
}

async fn leads(story: &mut Story) -> Result<()> {
    let new = json!({ "first_name": "Cara", "email": "cara@walk.example", "phone": "+12025550199", "address": "1 Main St, Boston, MA" });
    let lead = id_of(&story.post("/api/leads", new).await?)?;
    let path = format!("/api/leads/{lead}");
    story.patch(&path, json!({ "job_title": "Owner" })).await?;
    story.patch(&path, json!({ "email": "cara.new@walk.example" })).await?;
    story.post(&format!("{path}/notes"), json!({ "text": "Called, nobody there." })).await?;
    story.post(&format!("{path}/enrich"), json!({})).await?;
    story.post(&format!("{path}/personalize"), json!({})).await?;
    story.live(5).await?;
    let line = json!({ "text": "Slate roofs since 1987." });
    story.ask(Method::PUT, &format!("{path}/opening-line"), Some(line)).await?;
    story.post(&format!("{path}/stop"), json!({})).await?;
    story.get(&format!("{path}/preview")).await?;
    for open in [false, true] {
        story.patch(&format!("{path}/preview"), json!({ "open": open })).await?;
    }
    story.get(&format!("{path}/timeline")).await?;
    story.get(&format!("{path}/why")).await?;
    story.get(&path).await?;
    deals::walk(story, &lead).await?;
    let tag = json!({ "ids": [lead], "action": { "do": "tag", "add": ["vip"] } });
    story.post("/api/leads/bulk", tag).await?;
    let status =
        json!({ "ids": [lead], "action": { "do": "status", "status": "lost", "lost_reason": "no_answer" } });
    story.post("/api/leads/bulk", status).await?;
    for path in ["/api/leads?tag=walk&sort=name", "/api/leads?q=cara", "/api/leads/export.csv"] {
        story.get(path).await?;
    }
    deleted_leads::walk(story, &lead).await
}

async fn templates(story: &Story) -> Result<()> {
    let new =
        json!({ "name": "Hello", "channel": "email", "subject": "Hi", "body": "Hello {{ first_name }}" });
    let path = format!("/api/templates/{}", id_of(&story.post("/api/templates", new).await?)?);
    story.patch(&path, json!({ "name": "Hello again" })).await?;
    story.post(&format!("{path}/favourite"), json!({ "favourite": true })).await?;
    let lead = &story.leads().await?[0];
    story
        .post("/api/templates/preview", json!({ "channel": "email", "body": "Hello {{ first_name }}" }))
        .await?;
    story.post("/api/templates/preview", json!({ "channel": "sms", "body": "Hi", "lead_id": lead })).await?;
    for path in ["/api/templates", "/api/templates/categories", "/api/templates/figures", &path] {
        story.get(path).await?;
    }
    story.delete(&path).await.map(drop)
}

async fn campaigns(story: &mut Story, ids: &[String]) -> Result<()> {
    let sequence = story.sequence(30).await?;
    let campaign = story.campaign(&sequence).await?;
    let path = format!("/api/campaigns/{campaign}");
    let auto_enrol = json!({ "filter": { "tag": ["nobody"] }, "per_day": 5 });
    story.patch(&path, json!({ "name": "Clinics, walked", "auto_enrol": auto_enrol })).await?;
    story.patch(&path, json!({ "writing": { "tone": "warm and brief", "budget": 1 } })).await?;
    story.post(&format!("/api/sequences/{sequence}/preview"), json!({ "lead_id": ids[0] })).await?;
    story.post(&format!("{path}/enrolments"), json!({ "lead_ids": ids })).await?;
    // The leads' lines are ordered as they are enrolled, when nothing is left for them, with other settings, and after a
    // lead's own.
    story.live(1).await?;
    story
        .patch(&path, json!({ "writing": { "context": "We set up clinics.", "budget": 1_000_000 } }))
        .await?;
    story.post(&format!("/api/leads/{}/personalize", ids[0]), json!({})).await?;
    story.live(1).await?;
    let writing = story.get(&format!("{path}/writing?lead_id={}", ids[0])).await?;
    assert!(writing["example"]["text"].is_string(), "{writing}");
    let none = story.get(&format!("{path}/simulation")).await.map_err(|error| format!("{error:#}"));
    assert!(none.as_ref().is_err_and(|error| error.contains("404")), "{none:?}");
    story.post(&format!("{path}/simulate"), json!({})).await?;
    story.live(1).await?;
    let simulated = story.get(&format!("{path}/simulation")).await?;
    assert_eq!(simulated["result"]["people"], ids.len(), "{simulated}");
    let people = story.get(&format!("{path}/simulation/people")).await?;
    let person = people["items"][0]["lead_id"].as_str().context("somebody simulated")?;
    let text = story.get(&format!("{path}/simulation/people/{person}/steps/0")).await?;
    assert!(text["text"].is_string(), "{text}");
    story.get(&format!("{path}/missing-values")).await?;
    story.get(&format!("{path}/launch")).await?;
    preview_page::walk(story, &path, &ids[0]).await?;
    story.post(&format!("{path}/launch"), json!({})).await?;
    story.world.sandbox.set_outage(Provider::Smtp, true);
    story.live(1).await?;
    story.world.sandbox.set_outage(Provider::Smtp, false);
    story.live(3).await?;
    let late = "name,email\nLate,late@walk.example\n".as_bytes().to_vec();
    story.ask_with(Method::POST, &format!("/api/leads/import?campaign={campaign}"), "text/csv", late).await?;
    story.live(3).await?;
    // The import's message is lost: the import stalls until the repair job finds it.
    let lost = "name,email\nLost,lost@walk.example\n".as_bytes().to_vec();
    story.ask_with(Method::POST, "/api/leads/import?file_name=lost.csv", "text/csv", lost).await?;
    let queues = story.world.host.cloud().queues();
    let taken =
        queues.receive("leadflow-local-ImportsQueue", 1, None).map_err(|error| anyhow!("{error:?}"))?;
    let taken = taken.first().context("the import's message")?.receipt_handle.clone();
    queues.delete("leadflow-local-ImportsQueue", &[&taken]).map_err(|error| anyhow!("{error:?}"))?;
    story.post(&format!("{path}/pause"), json!({})).await?;
    story.live(2).await?;
    story.post(&format!("{path}/resume"), json!({})).await?;
    let until = (story.clock.now() + SignedDuration::from_mins(12)).to_string();
    assert_eq!(story.post(&format!("{path}/pause"), json!({ "until": until })).await?["paused_until"], until);
    story.live(15).await?;
    assert_eq!(story.get(&path).await?["state"], "active");
    story.post(&format!("/api/leads/{}/stop", ids[1]), json!({})).await?;
    for action in ["stop", "start"] {
        story.post("/api/settings/sending", json!({ "action": action })).await?;
        story.live(1).await?;
    }
    story.live(1).await?;
    let page = story.get(&format!("{path}/enrolments?state=moving")).await?;
    let lead =
        page["items"][0]["lead_id"].as_str().with_context(|| format!("somebody in {page}"))?.to_owned();
    let one = format!("{path}/enrolments/{lead}");
    story.get(&one).await?;
    let in_a_day = json!({ "until": story.clock.now() + SignedDuration::from_hours(24) });
    for (order, body, outcome) in [("pause", in_a_day, "paused"), ("resume", json!({}), "goes_on")] {
        let moved = story.post(&format!("/api/leads/{lead}/{order}"), body).await?;
        assert_eq!(moved["campaigns"][0]["outcome"], outcome, "{moved}");
    }
    for step in ["pause", "resume", "pause", "skip", "remove"] {
        story.post(&format!("{one}/{step}"), json!({})).await?;
    }
    story.post(&format!("{path}/late"), json!({ "then": "send" })).await?;
    story.live(150).await?;
    story.skip(25).await?;
    story.post(&format!("{path}/complete"), json!({})).await?;
    story.live(2).await?;
    for path in [
        "/api/campaigns",
        "/api/campaigns/held",
        &path,
        &format!("{path}/stats"),
        &format!("{path}/variants"),
        &format!("{path}/why"),
        &format!("{path}/auto-enrol"),
        "/api/sequences",
    ] {
        story.get(path).await?;
    }
    story.get(&format!("/api/sequences/{sequence}")).await?;
    Ok(())
}

/// Imports and enrols more leads than one request covers.
async fn many(story: &mut Story) -> Result<()> {
    let kind = "application/octet-stream";
    // The file is large enough to be checked in the background, with more leads than one request enrols.
    let rows =
        (0..105).map(|n| format!("P{n},p{n}@large.example,{}\n", "x".repeat(20_400))).collect::<String>();
    let large = format!("name,email,notes\n{rows}");
    let options = json!({ "tag": "large", "enrich": false });
    let new = json!({ "file_name": "large.csv", "size_bytes": large.len(), "options": options });
    let path = format!("/api/imports/{}", id_of(&story.post("/api/imports", new).await?)?);
    for (number, part) in large.as_bytes().chunks(800_000).enumerate() {
        story.ask_with(Method::PUT, &format!("{path}/chunks/{number}"), kind, part.to_vec()).await?;
    }
    story.post(&format!("{path}/detect"), json!({})).await?;
    story.post(&format!("{path}/check"), json!({})).await?;
    story.live(5).await?;
    story.post(&format!("{path}/commit"), json!({})).await?;
    story.live(60).await?;
    assert_eq!(story.get(&path).await?["counts"]["created"], 105);
    let sequence = story.sequence(30).await?;
    // The filter matches more leads than one request enrols: the rest is enrolled by a job.
    let other = story.campaign(&sequence).await?;
    let many = story.get("/api/leads?tag=large&limit=1").await?["total"].clone();
    let whom = json!({ "filter": { "tag": ["large"] }, "expected_count": many });
    story.post(&format!("/api/campaigns/{other}/enrolments"), whom.clone()).await?;
    let bulk = json!({ "filter": { "tag": ["large"] }, "expected_count": many, "action": { "do": "enrol", "campaign": other } });
    story.post("/api/leads/bulk", bulk).await?;
    story.live(30).await?;
    story.post(&format!("/api/campaigns/{other}/archive"), json!({})).await?;
    let spare = id_of(&story.post("/api/sequences", json!({ "name": "Spare" })).await?)?;
    story.delete(&format!("/api/sequences/{spare}")).await.map(drop)
}

/// The response to a mail is lost, and nobody reads the mail: a user has it sent again.
async fn uncertain(story: &mut Story) -> Result<()> {
    let silent = json!({ "first_name": "Sid", "email": "sid+silent@walk.example" });
    let lead = id_of(&story.post("/api/leads", silent).await?)?;
    story.world.sandbox.lose_answers(Provider::Smtp, 1);
    let mail = json!({ "lead_id": lead, "subject": "One question", "body": "Do you have a minute?" });
    story.get(&format!("/api/emails/senders?lead_id={lead}")).await?;
    let lost = id_of(&story.post("/api/emails/send", mail).await?)?;
    story.live(2).await?;
    story.get("/api/emails/uncertain").await?;
    story.post(&format!("/api/emails/{lost}/settle"), json!({ "answer": "send_again" })).await?;
    story.live(2).await
}

async fn conversations(story: &mut Story) -> Result<()> {
    let lead = id_of(
        &story
            .post(
                "/api/leads",
                json!({ "first_name": "Dora", "email": "dora@walk.example", "phone": "+12025550178" }),
            )
            .await?,
    )?;
    let mail = json!({ "lead_id": lead, "subject": "One question", "body": "Do you have a minute?" });
    let message = id_of(&story.post("/api/emails/send", mail).await?)?;
    let sms = json!({ "lead_id": lead, "channel": "sms", "body": "Do you have a minute?" });
    story.post("/api/emails/send", sms).await?;
    let test = json!({ "lead_id": lead, "subject": "One question", "body": "Do you have a minute?" });
    story.post("/api/emails/test", test).await?;
    let many = json!({ "ids": [lead], "subject": "News", "body": "We moved" });
    story.post("/api/emails/bulk/check", many.clone()).await?;
    let bulk_message = id_of(&story.post("/api/emails/bulk", many).await?)?;
    story.live(3).await?;
    story.post(&format!("/api/emails/bulk/{bulk_message}/cancel"), json!({})).await?;
    for path in ["/api/emails/bulk", &format!("/api/emails/bulk/{bulk_message}")] {
        story.get(path).await?;
    }
    let in_a_week = story.clock.now() + SignedDuration::from_hours(168);
    let later = json!({ "lead_id": lead, "subject": "Later", "body": "Still?", "send_at": in_a_week });
    let later = id_of(&story.post("/api/emails/send", later).await?)?;
    story.post(&format!("/api/emails/{later}/cancel"), json!({})).await?;
    story.live(2).await?;
    uncertain(story).await?;
    rules::rules(story).await?;
    let sandbox = &story.world.sandbox;
    let mailbox = sandbox.latest_mail("dora@walk.example").context("the mail is there")?;
    sandbox.open_mail(mailbox);
    sandbox
        .reply_to_mail(mailbox, &format!("Yes, call me tomorrow.\n{}", "It is a long story. ".repeat(5_000)));
    sandbox.view_preview_three_times(mailbox);
    sandbox.text_us("+12025550123", None, "Who is this?");
    story.live(2).await?;
    for words in ["STOP", "START"] {
        story.world.sandbox.text_us("+12025550178", None, words);
        story.live(1).await?;
    }
    story.live(30).await?;
    let path = format!("/api/inbox/{lead}");
    story.get(&path).await?;
    for step in ["read", "done", "reopen"] {
        story.post(&format!("{path}/{step}"), json!({})).await?;
    }
    story.post(&format!("{path}/assign"), json!({ "assignee": null })).await?;
    story.post(&format!("{path}/answer"), json!({ "channel": "email", "text": "At ten?" })).await?;
    story.live(2).await?;
    let draft =
        story.ask(Method::PUT, "/api/emails/draft", Some(json!({ "lead_id": lead, "body": "Perh" }))).await?;
    story.get(&format!("/api/emails/draft/of/{lead}")).await?;
    let draft = format!("/api/emails/draft/{}", id_of(&draft)?);
    story.get(&draft).await?;
    story.delete(&draft).await?;
    let both = format!("/api/messages?lead={lead}");
    let one = format!("/api/messages/{message}");
    for path in ["/api/inbox", "/api/inbox/unmatched", &both, &one, &format!("/api/emails/{message}")] {
        story.get(path).await?;
    }
    let said = story.get(&both).await?;
    let inbound = said["items"].as_array().into_iter().flatten().find(|one| one["direction"] == "in");
    let inbound = id_of(inbound.context("an inbound message")?)?;
    let question = json!({ "kind": "person", "intent": "question" });
    story.ask(Method::PUT, &format!("/api/messages/{inbound}/understanding"), Some(question)).await?;
    // The lead is not held: there is nothing left to decide.
    let decided = json!({ "opted_out": false, "message_id": inbound });
    story.post(&format!("/api/inbox/{lead}/possible-opt-out"), decided).await?;
    story.live(2).await?;
    unmatched::show_html(story, (&lead, mailbox)).await?;
    unmatched::unmatched(story).await?;
    let task = id_of(&story.post("/api/tasks", json!({ "lead_id": lead, "title": "Call" })).await?)?;
    story.patch(&format!("/api/tasks/{task}"), json!({ "done": true })).await?;
    story.get(&format!("/api/tasks/{task}")).await?;
    story.get("/api/tasks").await?;
    // Leads leave by the unsubscribe page, by one click, and by a bounce.
    let sandbox = &story.world.sandbox;
    let mail = |address: &str| sandbox.latest_mail(address);
    let known: Vec<usize> = seed::SAMPLE
        .lines()
        .skip(1)
        .filter_map(|line| mail(line.split(',').find(|cell| cell.contains('@'))?))
        .collect();
    let [first, second, third, fourth, ..] = known.as_slice() else { anyhow::bail!("few were written to") };
    sandbox.unsubscribe_on_page(*first);
    sandbox.unsubscribe_one_click(*second);
    sandbox.bounce_mail(*third);
    sandbox.send_auto_reply(*fourth, "en");
    sandbox.pay("dora@walk.example", None);
    story.live(30).await
}

/// Task steps and their outcomes.
async fn by_phone(story: &mut Story) -> Result<()> {
    let mut people = Vec::new();
    for (name, phone) in [("Emil", "+12025550171"), ("Fay", "+12025550172"), ("Gil", "+12025550173")] {
        let agreed = json!({ "sms": { "basis": "written_consent", "note": "On the phone form" } });
        let new = json!({ "first_name": name, "phone": phone, "consent": agreed });
        people.push(id_of(&story.post("/api/leads", new).await?)?);
    }
    let at_once = json!({ "amount": 0, "unit": "minutes" });
    let always = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] });
    let steps = json!([
        { "kind": "task", "task": "call", "delay": at_once, "title": "Call {{ first_name }}" },
        { "kind": "sms", "delay": { "amount": 300, "unit": "days" }, "body": "As we said" },
    ]);
    let new = json!({ "name": "By phone", "steps": steps, "window": always });
    let sequence = id_of(&story.post("/api/sequences", new).await?)?;
    let path = format!("/api/campaigns/{}", story.campaign(&sequence).await?);
    story.post(&format!("{path}/enrolments"), json!({ "lead_ids": people })).await?;
    story.post(&format!("{path}/launch"), json!({})).await?;
    story.live(15).await?;
    let waiting = story.get(&format!("{path}/enrolments?state=waiting_task")).await?;
    let task = |n: usize| waiting["items"][n]["task"].as_str().map(|id| format!("/api/tasks/{id}"));
    let calls: Option<Vec<String>> = (0..3).map(task).collect();
    let calls = calls.with_context(|| format!("three calls in {waiting}"))?;
    let corrected = json!({ "first_name": "Emile", "phone": "+12025550175" });
    story.patch(&format!("/api/leads/{}", people[0]), corrected).await?;
    story.live(2).await?;
    let tasks = story.get("/api/tasks?limit=200").await?;
    let call = tasks["items"].as_array().into_iter().flatten().find(|task| task["lead_id"] == people[0]);
    let call = call.with_context(|| format!("a call in {tasks}"))?;
    assert_eq!((&call["lead_name"], &call["link"]), (&json!("Emile"), &json!("tel:+12025550175")));
    story.patch(&calls[0], json!({ "outcome": "connected" })).await?;
    story.patch(&calls[1], json!({ "outcome": "do_not_call" })).await?;
    story.delete(&calls[2]).await?;
    // The number of a lead who asks not to be called is suppressed already, for a reason that weighs as much.
    let number = "+12025550174";
    let lead = id_of(&story.post("/api/leads", json!({ "first_name": "Hal", "phone": number })).await?)?;
    let complained = json!({ "scope": "phone", "value": number, "reason": "complaint" });
    story.post("/api/settings/suppressions", complained).await?;
    let call = json!({ "lead_id": lead, "title": "Call", "kind": "follow_up" });
    let call = id_of(&story.post("/api/tasks", call).await?)?;
    story.patch(&format!("/api/tasks/{call}"), json!({ "outcome": "do_not_call" })).await?;
    story.live(5).await?;
    let moving = story.get(&format!("{path}/enrolments?state=moving")).await?;
    assert_eq!(moving["items"].as_array().map(Vec::len), Some(2), "{moving}");
    versions(story, &sequence, 2).await?;
    story.post(&format!("{path}/clone"), json!({})).await?;
    story.post(&format!("{path}/complete"), json!({})).await.map(drop)
}

/// So many leads are at the second step: its text is patched, then they are moved to a version that begins
/// with it.
async fn versions(story: &mut Story, sequence: &str, people: u64) -> Result<()> {
    let path = format!("/api/sequences/{sequence}");
    let mut steps = story.get(&path).await?["steps"].clone();
    steps[1]["body"] = json!("As we said on the phone, {{ first_name }}");
    story.post(&format!("{path}/patches"), json!({ "steps": steps })).await?;
    let gone = steps[0]["id"].as_str().context("a step has an id")?.to_owned();
    story.patch(&path, json!({ "steps": [steps[1]] })).await?;
    let diff = story.post(&format!("{path}/diff"), json!({ "missing_values": true })).await?;
    assert_eq!(
        (&diff["people"][0]["people"], &diff["gone"][0]["id"]),
        (&json!(people), &json!(gone)),
        "{diff}"
    );
    let mapping = json!({ (gone): "exit" });
    story.post(&format!("{path}/rollouts"), json!({ "people": "now", "mapping": mapping })).await?;
    story.live(5).await?;
    let rollouts = story.get(&format!("{path}/rollouts")).await?;
    let latest = &rollouts["items"][0];
    assert!(latest["moved"] == people && latest["finished_at"].is_string(), "{latest}");
    let versions = story.get(&format!("{path}/versions")).await?;
    assert_eq!(versions["items"][0]["under_way"], people, "{versions}");
    story.post(&format!("{path}/clone"), json!({})).await.map(drop)
}

async fn settings(story: &mut Story) -> Result<()> {
    story.patch("/api/settings", json!({ "house_voice": "Short and friendly." })).await?;
    story.get("/api/settings").await?;
    story.post("/api/settings/tracking/judge-visits", json!({})).await?;
    let domain = "/api/settings/tracking/domain";
    story.ask(Method::PUT, domain, Some(json!({ "domain": "go.northquay.example" }))).await?;
    story.post(&format!("{domain}/check"), json!({})).await?;
    assert_eq!(story.get(domain).await?["domain"], "go.northquay.example");
    story.delete(domain).await?;
    story.live(2).await?;
    let settings = json!({ "kind": "hunter", "base_url": "http://localhost:8788/hunter/v2" });
    let new = json!({ "name": "Spare", "settings": settings, "secret": { "api_key": "none" } });
    let path =
        format!("/api/settings/accounts/{}", id_of(&story.post("/api/settings/accounts", new).await?)?);
    story.patch(&path, json!({ "name": "Spare, renamed", "enabled": false })).await?;
    story.get(&path).await?;
    story.get(&format!("{path}/why")).await?;
    let all = story.get("/api/settings/accounts").await?;
    story.get("/api/settings/senders").await?;
    let mailbox = all["items"].as_array().into_iter().flatten().find(|one| one["kind"] == "smtp");
    let mailbox = format!("/api/settings/accounts/{}", id_of(mailbox.context("a mailbox")?)?);
    let until = (story.clock.now() + SignedDuration::from_mins(12)).to_string();
    story.post(&format!("{mailbox}/pause"), json!({ "until": until })).await?;
    story.live(15).await?;
    assert!(story.get(&mailbox).await?["pause"].is_null());
    story.post(&format!("{mailbox}/resume"), json!({})).await?;
    let tried = story.post(&format!("{mailbox}/test"), json!({})).await?;
    assert_eq!(tried["state"], "works", "{tried}");
    story.post(&format!("{mailbox}/test-mail"), json!({})).await?;
    let token = sandbox::Credentials::WHATSAPP_VERIFY_TOKEN;
    let asked = format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444");
    story.get(&format!("/api/webhooks/whatsapp/{}?{asked}", story.accounts.whatsapp_sender)).await?;
    story.get("/api/settings/why").await?;
    story.delete(&path).await?;
    let whom = json!({ "scope": "email", "value": "cara@walk.example" });
    story.post("/api/settings/suppressions", whom).await?;
    story
        .post("/api/settings/suppressions", json!({ "scope": "email", "value": "ann@walk.example" }))
        .await?;
    let lines = json!({ "lines": ["dora@walk.example", "no address"] });
    story.post("/api/settings/suppressions/import", lines).await?;
    story.get("/api/settings/suppressions?q=walk").await?;
    story.get("/api/settings/suppressions/export.csv").await?;
    story.get("/api/settings/suppressions/by-model").await?;
    let kept = json!({ "scope": "email", "value": "ann@walk.example" });
    story.post("/api/settings/suppressions/keep", kept).await?;
    let lift = json!({ "scope": "email", "value": "cara@walk.example", "reason": "Asked us by phone." });
    let lifted = story.post("/api/settings/suppressions/lift", lift).await?;
    story.post("/api/settings/suppressions/restore", lifted).await?;
    let member = team(story).await?;
    story.patch(&format!("/api/team/{member}"), json!({ "role": "manager" })).await?;
    story.patch(&format!("/api/team/{member}"), json!({ "disabled": true })).await?;
    story.get("/api/team").await.map(drop)
}

fn token_of(answer: &Value) -> Result<Value> {
    let link = answer["link"].as_str().context("a link")?;
    Ok(json!(link.split_once("#token=").context("a token behind the #")?.1))
}

/// Makes the token that a mail would have, where the installation had a sender.
async fn address_token(story: &Story, email: &str) -> Result<String> {
    let ports = story.world.host.ports();
    let login = ports.logins().by_email(&EmailAddress::parse(email)?).await?.context("a login")?;
    let link = AddressLink::new(&login, story.clock.now()).address(&ports.keys(), APP);
    Ok(link.split_once("#token=").context("a token behind the #")?.1.to_owned())
}

/// Invites two users, of whom one joins, forgets the password, proves the address, leaves, and is activated again.
async fn team(story: &Story) -> Result<String> {
    let new = |email: &str| json!({ "email": email, "name": "Rae", "role": "rep" });
    let unwanted = id_of(&story.post("/api/team", new("unwanted@northquay.example")).await?)?;
    story.delete(&format!("/api/team/invitations/{unwanted}")).await?;
    let invited = id_of(&story.post("/api/team", new("rep@northquay.example")).await?)?;
    assert_eq!(story.get("/api/team/invitations").await?["total"], 1);
    let again = story.post(&format!("/api/team/invitations/{invited}/resend"), json!({})).await?;
    let token = token_of(&again)?;
    story.post("/api/auth/invitation/read", json!({ "token": token })).await?;
    let taken = json!({ "token": token, "name": "Rae", "password": "a long password" });
    let member = id_of(&story.post("/api/auth/invitation", taken).await?["user"])?;
    let reset = token_of(&story.post(&format!("/api/team/{member}/reset-link"), json!({})).await?)?;
    story.post("/api/auth/reset", json!({ "token": reset, "password": "another password" })).await?;
    story.post("/api/auth/forgot", json!({ "email": "rep@northquay.example" })).await?;
    let mut own = Api::over(story.recorder.clone());
    own.sign_in_as("rep@northquay.example", "another password").await?;
    let proof = json!({ "token": address_token(story, "rep@northquay.example").await? });
    own.post("/api/auth/address", proof).await?;
    assert_eq!(own.get("/api/auth/me").await?["user"]["email_proof"], "proven");
    own.post("/api/auth/address/link", json!({})).await?;
    own.post("/api/auth/leave", json!({})).await?;
    story.patch(&format!("/api/team/{member}"), json!({ "disabled": false })).await?;
    Ok(member)
}

async fn figures(story: &Story) -> Result<()> {
    for path in [
        "/api/dashboard/stats",
        "/api/dashboard/momentum",
        "/api/dashboard/timeline",
        "/api/dashboard/campaigns",
        "/api/dashboard/hot-leads",
        "/api/analytics/dashboard",
        "/api/calls",
        "/api/calls/queue",
        "/api/calls/stats?zone=Europe/London",
        "/api/notifications",
        "/api/notifications/unread",
        "/api/revenue",
        "/api/revenue/transactions",
        "/health",
        "/api/ops/queues",
        "/api/ops/inbound?outcome=filed",
    ] {
        story.get(path).await?;
    }
    let report = story.get("/api/ops/check").await?;
    let storage =
        report["checks"].as_array().into_iter().flatten().filter(|check| check["group"] == "storage");
    for check in storage {
        assert_eq!(check["state"], "fine", "{check}");
    }
    story.post("/api/notifications/read", json!({})).await?;
    story.post("/api/notifications/push-tickets", json!({})).await?;
    let clients = story.get("/api/clients").await?;
    let client = clients["items"][0]["id"].as_str().with_context(|| format!("a client in {clients}"))?;
    story.get(&format!("/api/clients/{client}")).await?;
    commissions::walk(story, client).await?;
    for queue in ["imports", "enrolments", "enrichment", "columns", "ai", "send", "inbound", "visits"] {
        story.get(&format!("/api/ops/queues/{queue}/dead-letters")).await?;
    }
    Ok(())
}

async fn sessions(story: &mut Story) -> Result<()> {
    assert_eq!(story.get("/api/auth/signup").await?["state"], "open");
    story.get("/api/auth/me").await?;
    story.patch("/api/auth/me", json!({ "name": "Maya Okafor" })).await?;
    let own = story.get("/api/auth/workspaces").await?["items"][0]["id"].clone();
    let login = json!({ "email": crate::account::EMAIL, "password": crate::account::PASSWORD });
    let token = story.post("/api/auth/login", login).await?["refresh_token"].clone();
    story.post("/api/auth/switch", json!({ "workspace": own, "refresh_token": token })).await?;
    story.post("/api/auth/logout-others", json!({})).await?;
    let latest = id_of(&story.get("/api/auth/sessions").await?["items"][0])?;
    story.delete(&format!("/api/auth/sessions/{latest}")).await?;
    story.api.sign_in().await?;
    let same = crate::account::PASSWORD;
    let change = json!({ "current_password": same, "new_password": same });
    story.post("/api/auth/password", change).await?;
    let login = json!({ "email": crate::account::EMAIL, "password": crate::account::PASSWORD });
    let session = story.post("/api/auth/login", login).await?;
    let spent = json!({ "refresh_token": session["refresh_token"] });
    story.post("/api/auth/refresh", spent.clone()).await?;
    // Within half a minute the answer may have been lost.
    story.clock.advance_to(story.clock.now() + SignedDuration::from_secs(31));
    assert!(story.post("/api/auth/refresh", spent).await.is_err(), "used twice: the family is revoked");
    story.api.sign_in().await?;
    sign_in_ways::two_steps(story).await?;
    sign_in_ways::by_passkey(story).await?;
    sign_in_ways::by_provider(story).await?;
    sign_in_ways::new_by_provider(story).await?;
    repeated(story).await?;
    story.api.sign_in().await?;
    story.post("/api/auth/logout", json!({})).await?;
    story.api.sign_in().await
}

/// Sends requests with an `Idempotency-Key`: a repeat of a successful one gets the same answer, a refused one
/// is forgotten.
async fn repeated(story: &Story) -> Result<()> {
    let well = [("/api/notifications/read", "{}"), ("/api/ops/queues/send/redrive", "{}")];
    let refused = [
        "/api/leads/1/notes",
        "/api/imports",
        "/api/templates",
        "/api/sequences",
        "/api/campaigns",
        "/api/emails/send",
        "/api/inbox/1/answer",
        "/api/notifications/read",
        "/api/tasks",
        "/api/team",
        "/api/ops/queues/none/redrive",
        "/api/prospects/search",
        // Last, because it ends the session.
        "/api/auth/logout?x=1",
    ];
    for (path, body) in well.into_iter().chain(refused.map(|path| (path, "7"))) {
        for _ in 0..2 {
            story.api.answer_once(path, &format!("once for {body}"), body).await?;
        }
    }
    Ok(())
}

async fn web(story: &mut Story) -> Result<()> {
    for path in ["/", "/leads", "/preview/page.js", "/.well-known/leadflow/01KAG5T6M0"] {
        story.get(path).await?;
    }
    let seen = story.world.sandbox.observed();
    let hidden = seen.emails.iter().flat_map(|mail| &mail.links).find_map(|url| url.split_once("/t/h/"));
    let (_, hidden) = hidden.context("a mail with a hidden link")?;
    story.get(&format!("/t/h/{hidden}")).await?;
    story.live(2).await
}
