//! How often the product calls the cloud: each consumer for one ordinary message, each route for one request. A change
//! that needs more calls changes a table, so that it is seen.

use super::permissions::fits;
use super::story::Story;
use anyhow::{Context, Result, anyhow, bail, ensure};
use application::Clock;
use http::Method;
use http_api::RouteRow;
use jiff::SignedDuration;
use local_host::{EventSource, Oddity};
use sandbox::Credentials;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The calls of a route's first request in the walk through all routes that succeeded, a line each.
const ROUTES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/calls_of_routes.txt");

/// The calls of each consumer: the function, what its message is about, and how often it calls the cloud.
const CONSUMERS: [(&str, &str, u64); 19] = [
    ("due_steps", "nothing is due", 5),
    ("import_leads", "a file with one lead", 17),
    ("enrich_lead", "a new lead", 17),
    ("personalize_lead", "the opening line of a lead", 7),
    ("record_changes", "a lead is changed", 2),
    ("project_events", "a lead is created", 5),
    ("fill_columns", "the formula of a new lead", 11),
    ("campaign_jobs", "the launch with one lead", 24),
    ("due_steps", "a step is due", 13),
    ("send_message", "the first mail of a sequence", 18),
    ("record_visits", "a mail is opened", 10),
    ("ingest_event", "a reply ends the sequence", 24),
    ("ingest_event", "a payment", 16),
    ("send_message", "a mail that a user writes", 14),
    ("due_steps", "a mailbox is due", 7),
    ("poll_mailboxes", "a mailbox without news", 5),
    ("monitor", "nothing is wrong", 46),
    ("nightly", "a small workspace", 21),
    ("fold_changes", "the changes of a day", 9),
];

struct Meter {
    story: Story,
    counted: Vec<(&'static str, &'static str, u64)>,
}

impl Meter {
    /// Gives the function its next message alone, once it is there, and counts the calls that it makes.
    async fn one(&mut self, function: &'static str, about: &'static str) -> Result<()> {
        let host = &self.story.world.host;
        let source = (0..host.sources()).find(|at| host.source(*at).0 == function).context(function)?;
        let queue = match host.source(source).1 {
            EventSource::Queue { queue, .. } => Some(queue.as_str()),
            _ => None,
        };
        let refused = |error| anyhow!("{error:?}");
        let queues = host.cloud().queues();
        if let Some(at) = queues.next_visible_at(queue.as_slice()).map_err(refused)? {
            self.story.clock.advance_to(at.max(self.story.clock.now()));
        }
        let calls = || host.cloud().ledger().sum(|line| &*line.principal == function).calls;
        let before = calls();
        // A change of the table may be several records of the stream: they come together.
        let oddity = if queue.is_some() { Oddity::Single } else { Oddity::None };
        ensure!(host.step_with_oddity(source, oddity).await?, "{function} has no message: {about}");
        self.counted.push((function, about, calls() - before));
        if let Some(queue) = queue {
            let depth = queues.depth(queue).map_err(refused)?;
            ensure!(depth.in_flight == 0, "{function} has failed: {about}");
        }
        Ok(())
    }

    /// Fires the function's schedule at its next time.
    async fn next_firing(&mut self, function: &'static str, about: &'static str) -> Result<()> {
        let host = &self.story.world.host;
        let source = (0..host.sources()).find(|at| host.source(*at).0 == function).context(function)?;
        let due = host.source_due(source).with_context(|| format!("{function} has a schedule"))?;
        self.story.clock.advance_to(due.max(self.story.clock.now()));
        self.one(function, about).await
    }

    /// Lets the other consumers finish their work of this instant.
    async fn rest(&self) -> Result<()> {
        self.story.world.host.run_until_quiet().await
    }

    /// Lets the simulated people do what they do next, and no consumer.
    async fn people_act(&self) -> Result<()> {
        let sandbox = &self.story.world.sandbox;
        let due = sandbox.next_due().context("something to do for the people")?;
        self.story.clock.advance_to(due.max(self.story.clock.now()));
        sandbox.run_due(self.story.clock.now(), &*self.story.recorder).await;
        Ok(())
    }

    async fn post(&self, path: &str, body: Value) -> Result<String> {
        let made = self.story.ask(Method::POST, path, Some(body)).await?;
        Ok(made["id"].as_str().unwrap_or_default().to_owned())
    }
}

#[tokio::test]
async fn consumers_make_as_many_calls_for_a_message_as_the_table_says() -> Result<()> {
    let story = Story::begin_with(|config| config.people = false).await?;
    let mut meter = Meter { story, counted: Vec::new() };
    meter.rest().await?;
    meter.next_firing("due_steps", "nothing is due").await?;
    let lead = add_a_lead(&mut meter).await?;
    fill_a_column(&mut meter).await?;
    send(&mut meter, &lead).await?;
    read_a_mailbox(&mut meter).await?;
    meter.story.live(1).await?;
    meter.next_firing("monitor", "nothing is wrong").await?;
    meter.story.live(1).await?;
    meter.next_firing("nightly", "a small workspace").await?;
    meter.one("fold_changes", "the changes of a day").await?;
    assert_eq!(meter.counted, CONSUMERS, "counted, and in the table");
    let host = &meter.story.world.host;
    let sources = (0..host.sources()).map(|at| host.source(at).0);
    let missing: Vec<&str> = sources.filter(|name| CONSUMERS.iter().all(|row| row.0 != *name)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "consumers that are not in the table");
    Ok(())
}

async fn add_a_lead(meter: &mut Meter) -> Result<String> {
    let file = "name,email,company,website,city\nAnn,ann@maple-dental.example,Maple Dental,https://maple-dental.example,Boston\n";
    let path = "/api/leads/import?file_name=one.csv";
    meter.story.ask_with(Method::POST, path, "text/csv", file.as_bytes().to_vec()).await?;
    meter.one("import_leads", "a file with one lead").await?;
    meter.one("enrich_lead", "a new lead").await?;
    meter.one("personalize_lead", "the opening line of a lead").await?;
    meter.story.live(5).await?;
    let lead = meter.story.leads().await?.pop().context("a lead")?;
    meter
        .story
        .ask(Method::PATCH, &format!("/api/leads/{lead}"), Some(json!({ "priority": "high" })))
        .await?;
    meter.one("record_changes", "a lead is changed").await?;
    meter.rest().await?;
    Ok(lead)
}

async fn fill_a_column(meter: &mut Meter) -> Result<()> {
    let target = json!({ "to": "new_field", "label": "Shout", "kind": { "kind": "text" } });
    let recipe = json!({ "kind": "formula", "expression": "company | upper" });
    let triggers = json!({ "on_new": true });
    let column = json!({ "name": "Shout", "target": target, "recipe": recipe, "triggers": triggers });
    meter.post("/api/columns", column).await?;
    meter.rest().await?;
    meter.post("/api/leads", json!({ "email": "bob@quay.example", "company": "Quay" })).await?;
    meter.one("project_events", "a lead is created").await?;
    meter.one("fill_columns", "the formula of a new lead").await?;
    meter.story.live(5).await
}

/// A campaign of one lead: it is launched, sends, is read and answered.
async fn send(meter: &mut Meter, lead: &str) -> Result<()> {
    let sequence = meter.story.sequence(30).await?;
    let campaign = format!("/api/campaigns/{}", meter.story.campaign(&sequence).await?);
    meter.post(&format!("{campaign}/enrolments"), json!({ "lead_ids": [lead] })).await?;
    meter.rest().await?;
    meter.post(&format!("{campaign}/launch"), json!({})).await?;
    meter.one("campaign_jobs", "the launch with one lead").await?;
    meter.rest().await?;
    meter.next_firing("due_steps", "a step is due").await?;
    meter.one("send_message", "the first mail of a sequence").await?;
    meter.story.live(1).await?;
    let sandbox = meter.story.world.sandbox.clone();
    let mail = sandbox.latest_mail("ann@maple-dental.example").context("the mail is there")?;
    sandbox.open_mail(mail);
    meter.people_act().await?;
    meter.one("record_visits", "a mail is opened").await?;
    meter.rest().await?;
    sandbox.reply_to_mail(mail, "Yes, call me tomorrow.");
    meter.people_act().await?;
    meter.one("ingest_event", "a reply ends the sequence").await?;
    meter.story.live(5).await?;
    sandbox.pay("ann@maple-dental.example", None);
    meter.people_act().await?;
    meter.one("ingest_event", "a payment").await?;
    meter.story.live(30).await?;
    let mail = json!({ "lead_id": lead, "subject": "Thank you", "body": "When shall we begin?" });
    meter.post("/api/emails/send", mail).await?;
    meter.one("send_message", "a mail that a user writes").await?;
    meter.story.live(5).await
}

async fn read_a_mailbox(meter: &mut Meter) -> Result<()> {
    let sam = "sam@northquay.example";
    let imap = json!({ "host": "localhost", "port": 1143, "security": "none" });
    let settings = json!({ "kind": "smtp", "host": "localhost", "port": 2525, "security": "none", "username": sam,
        "from_address": sam, "from_name": "Sam", "imap": imap });
    let secret = json!({ "password": Credentials::SMTP_PASSWORD });
    meter
        .post("/api/settings/accounts", json!({ "name": "Sam", "settings": settings, "secret": secret }))
        .await?;
    meter.story.live(6).await?;
    meter.story.clock.advance_to(meter.story.clock.now() + SignedDuration::from_mins(5));
    meter.next_firing("due_steps", "a mailbox is due").await?;
    meter.one("poll_mailboxes", "a mailbox without news").await
}

/// Compares the calls of each route's first request that succeeded with the table of routes. The numbers are those of the
/// walk: what it does before may change one of them. Where they are right, delete the table and run the test twice.
pub(super) fn judge_routes(calls: &[(Method, String, u64)]) -> Result<()> {
    let rows: Vec<RouteRow> = local_host::all_routes().into_iter().flat_map(|(_, rows)| rows).collect();
    let mut counted = BTreeMap::new();
    for (method, path, calls) in calls {
        let matching = rows.iter().filter(|row| row.method == *method && fits(&row.path, path));
        // A path without a parameter comes before one that has one there.
        if let Some(row) = matching.min_by_key(|row| row.path.matches('{').count()) {
            counted.entry(row.operation.as_str()).or_insert(*calls);
        }
    }
    let now: Vec<String> = counted.iter().map(|(operation, calls)| format!("{operation} {calls}")).collect();
    let Ok(table) = std::fs::read_to_string(ROUTES) else {
        std::fs::write(ROUTES, now.join("\n") + "\n")?;
        bail!("{ROUTES} was missing and is written: look at it, then commit it");
    };
    let then: Vec<&str> = table.lines().collect();
    let more: Vec<&String> = now.iter().filter(|row| !then.contains(&row.as_str())).collect();
    let gone: Vec<&&str> = then.iter().filter(|row| !now.iter().any(|now| now == **row)).collect();
    ensure!(more.is_empty() && gone.is_empty(), "counted {more:?}, and the table has {gone:?}");
    Ok(())
}
