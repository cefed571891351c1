//! While `record_changes` stands still, the lead list says up to when it has what others changed.

use super::story::Story;
use anyhow::{Context, Result};
use application::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const RECORDER: &str = "record_changes";

/// Lets the next due tick run, and the minute around it pass; the recorder reads the stream or stands still.
async fn pass_a_minute(story: &Story, recorder_runs: bool) -> Result<Timestamp> {
    let host = &story.world.host;
    let source = |name: &str| (0..host.sources()).find(|at| host.source(*at).0 == name).context("a source");
    let (tick, recorder) = (source("due_steps")?, source(RECORDER)?);
    story.clock.advance_to(host.source_due(tick).context("a schedule")?);
    host.step(tick).await?;
    let ticked = story.clock.now();
    while recorder_runs && host.step(recorder).await? {}
    story.clock.advance_to(ticked + SignedDuration::from_secs(11));
    Ok(ticked)
}

async fn list(story: &Story) -> Result<Value> {
    story.api.get("/api/leads").await
}

async fn add(story: &Story, name: &str) -> Result<()> {
    let new = json!({ "first_name": name, "email": format!("{name}@behind.example") });
    story.api.post("/api/leads", new).await.map(drop)
}

#[tokio::test]
async fn list_says_as_of_when_it_is_while_the_recorder_stands_still() -> Result<()> {
    let story = Story::begin_with(|config| config.people = false).await?;
    add(&story, "ann").await?;
    let recorded = pass_a_minute(&story, true).await?;
    let up_to_date = list(&story).await?;
    assert_eq!((&up_to_date["total"], &up_to_date["as_of"]), (&json!(1), &Value::Null), "{up_to_date}");

    add(&story, "bob").await?;
    pass_a_minute(&story, false).await?;
    for path in ["/api/leads", "/api/leads/board"] {
        let behind = story.api.get(path).await?;
        assert_eq!(behind["total"], 1, "what the recorder has not read is missing in {path}");
        let as_of: Timestamp = behind["as_of"].as_str().context("as of when")?.parse()?;
        assert_eq!(as_of, recorded, "{path}");
    }

    pass_a_minute(&story, true).await?;
    for path in ["/api/leads", "/api/leads/board"] {
        let again = story.api.get(path).await?;
        assert_eq!((&again["total"], &again["as_of"]), (&json!(2), &Value::Null), "{path}: {again}");
    }
    Ok(())
}

#[tokio::test]
async fn list_of_an_idle_workspace_says_nothing() -> Result<()> {
    let story = Story::begin_with(|config| config.people = false).await?;
    for _ in 0..3 {
        pass_a_minute(&story, true).await?;
        assert_eq!(list(&story).await?["as_of"], Value::Null);
    }
    Ok(())
}
