//! A lead is deleted, then looked for in every item, object, queue message and log line.

use super::story::Story;
use crate::seed;
use anyhow::{Context, Result, anyhow, ensure};
use http::Method;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, Mutex};

const EMAIL: &str = "zebulon@canary-surgery.example";
const PHONE: &str = "2025550187";
const NAME: &str = "Quillfeather";
const FILE: &str = "name,email,phone\nZebulon Quillfeather,zebulon@canary-surgery.example,+12025550187\n\
                    Nobody Quillfeather,,\n";

/// The entities that stay, and why.
const STAYS: [(&str, &str); 1] =
    [("suppression", "the address came back: nobody may write to it again, whoever imports it")];

/// The waiting time of `docs/OPERATIONS.md`: 90 days, and the day in which the bucket counts them.
const WAITING_HOURS: i64 = 24 * 92;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// The log lines of the product, without those of the simulated world.
    fn of_the_product(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned();
        let theirs = |line: &&str| ["\"sandbox", "\"local_world"].iter().any(|target| line.contains(target));
        text.lines().filter(|line| !theirs(line)).map(str::to_owned).collect()
    }
}

fn names_them(text: &str) -> bool {
    let text = text.to_lowercase();
    [EMAIL, PHONE, NAME].iter().any(|word| text.contains(&word.to_lowercase()))
}

impl Story {
    fn objects(&self) -> Result<Vec<(String, String)>> {
        let all = self.world.host.cloud().objects().map_err(|error| anyhow!("{error:?}"))?;
        Ok(all.into_iter().map(|(key, body)| (key, String::from_utf8_lossy(&body).into_owned())).collect())
    }

    /// The keys of objects that contain data of the lead.
    fn objects_that_name_them(&self, part: &str) -> Result<Vec<String>> {
        let all = self.objects()?.into_iter();
        Ok(all.filter(|(key, body)| key.contains(part) && names_them(body)).map(|(key, _)| key).collect())
    }

    /// The items that contain data of the lead, by entity and key.
    fn items_that_name_them(&self) -> Result<Vec<(String, String)>> {
        let table = &self.world.host.stack().tables[0].0;
        let items = self.world.host.cloud().items(table).map_err(|error| anyhow!("{error:?}"))?;
        let text = |value: &Value| value["S"].as_str().unwrap_or_default().to_owned();
        let found = items.iter().filter(|item| names_them(&item.to_string()));
        Ok(found.map(|item| (text(&item["entity"]), format!("{} {}", item["pk"], item["sk"]))).collect())
    }

    fn queued_that_names_them(&self) -> Result<Vec<String>> {
        let queues = self.world.host.cloud().queues();
        let mut found = Vec::new();
        for name in queues.names() {
            let bodies = queues.bodies(&name).map_err(|error| anyhow!("{error:?}"))?;
            found.extend(bodies.into_iter().filter(|body| names_them(body)));
        }
        Ok(found)
    }

    /// Deletes what has expired in the table, in the bucket and in the queues.
    fn sweep(&self) -> Result<()> {
        let cloud = self.world.host.cloud();
        cloud.sweep_expired().map_err(|error| anyhow!("{error:?}"))?;
        cloud.queues().drop_expired().map(drop).map_err(|error| anyhow!("{error:?}"))
    }
}

fn not_told_to_stay(items: Vec<(String, String)>) -> Vec<(String, String)> {
    items.into_iter().filter(|(entity, _)| !STAYS.iter().any(|(stays, _)| stays == entity)).collect()
}

/// Imports, enrols and contacts the lead, whose replies and bounces come in: the product has as much data of
/// them as it ever has.
async fn live_with_them(story: &mut Story) -> Result<String> {
    seed::import(&story.api, "canary.csv", FILE.as_bytes().to_vec(), "US").await?;
    story.live(10).await?;
    let files = story.objects_that_name_them("/imports/")?;
    ensure!(files.iter().all(|key| key.contains("/problems-")), "the file is done with: {files:?}");
    let lead = story.leads().await?.first().context("the lead is there")?.clone();
    let sequence = story.sequence(30).await?;
    let campaign = story.campaign(&sequence).await?;
    let whom = json!({ "lead_ids": [lead] });
    story.ask(Method::POST, &format!("/api/campaigns/{campaign}/enrolments"), Some(whom)).await?;
    story.ask(Method::POST, &format!("/api/campaigns/{campaign}/simulate"), Some(json!({}))).await?;
    seed::launch(&story.api, &campaign).await?;
    story.live(20).await?;
    let mail = story.world.sandbox.latest_mail(EMAIL).context("a mail was sent")?;
    story.world.sandbox.reply_to_mail(mail, "Yes, call me. Zebulon Quillfeather");
    story.live(3).await?;
    story.world.sandbox.reply_to_mail(mail, &"It is a long story, says Quillfeather. ".repeat(5_000));
    story.live(3).await?;
    let raw = story.objects_that_name_them("/inbound/")?;
    // Once as it came, and once as it was read if it has an HTML version.
    ensure!(raw.iter().any(|key| !key.contains("/mails/")), "the large mail lies in the bucket: {raw:?}");
    let draft = json!({ "lead_id": lead, "body": "Dear Mr Quillfeather" });
    story.ask(Method::PUT, "/api/emails/draft", Some(draft)).await?;
    story.world.sandbox.bounce_mail(mail);
    story.live(3).await?;
    Ok(lead)
}

#[tokio::test]
async fn deleted_lead_leaves_no_data_after_the_waiting_time() -> Result<()> {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().json().with_max_level(tracing::Level::INFO);
    let subscriber = subscriber.with_writer(move || writer.clone()).finish();
    let _captured = tracing::subscriber::set_default(subscriber);
    let mut story = Story::begin_with(|config| config.people = false).await?;
    let lead = live_with_them(&mut story).await?;
    let known = story.items_that_name_them()?;
    for entity in ["lead", "message", "conversation", "notification", "draft", "suppression"] {
        ensure!(known.iter().any(|(known, _)| known == entity), "no {entity} names them: {known:?}");
    }

    story.ask(Method::POST, &format!("/api/leads/{lead}/erase"), None).await?;
    story.live(30).await?;
    assert_eq!(not_told_to_stay(story.items_that_name_them()?), [], "at once, and not after 90 days");
    assert_eq!(story.objects_that_name_them("/inbound/")?, Vec::<String>::new());

    story.skip(WAITING_HOURS).await?;
    story.sweep()?;
    assert_eq!(not_told_to_stay(story.items_that_name_them()?), []);
    assert_eq!(story.objects_that_name_them("")?, Vec::<String>::new());
    assert_eq!(story.queued_that_names_them()?, Vec::<String>::new());
    let told: Vec<String> = lines.of_the_product().into_iter().filter(|line| names_them(line)).collect();
    assert_eq!(told, Vec::<String>::new());
    assert!(!lines.of_the_product().is_empty(), "nothing the product logs was captured");
    let denied = story.world.host.cloud().denied_permissions();
    assert!(denied.is_empty(), "{denied:#?}");
    Ok(())
}
