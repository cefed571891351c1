//! A tenant who does his worst to the lists: wide fields, many changes at once, folds that fail. Another tenant's list and log
//! go on as usual.

use super::story::Story;
use crate::api::Api;
use anyhow::{Context, Result, anyhow, ensure};
use local_cloud::{Fault, Moment, Service};
use serde_json::{Map, Value, json};
use std::ops::Range;

const FIELDS: usize = 50;

/// Creates leads that fill fifty fields.
async fn widen(worst: &Api, leads: Range<usize>) -> Result<()> {
    for n in leads {
        let value = |field: usize| json!(format!("{n} {field} ").repeat(100));
        let custom: Map<String, Value> =
            (0..FIELDS).map(|field| (format!("Field {field}"), value(field))).collect();
        let lead = json!({ "email": format!("wide{n}@quay.example"), "custom": custom });
        worst.post("/api/leads", lead).await?;
    }
    Ok(())
}

async fn add(story: &Story, name: &str) -> Result<()> {
    let new = json!({ "first_name": name, "email": format!("{name}@quay.example") });
    story.api.post("/api/leads", new).await.map(drop)
}

fn workspace_of(me: &Value) -> Result<String> {
    Ok(me["workspace"]["id"].as_str().context("a workspace")?.to_owned())
}

#[tokio::test]
async fn list_of_one_tenant_goes_on_while_anothers_changes_are_wide_and_cannot_be_folded() -> Result<()> {
    let story = Story::begin_with(|config| config.people = false).await?;
    let host = &story.world.host;
    let worst = story.another_tenant().await?;
    let broken = format!("lead_blocks/{}/", workspace_of(&worst.get("/api/auth/me").await?)?);
    host.cloud().faults().inject(move |moment, call| {
        let hit = moment == Moment::Before && call.service == Service::S3 && call.resource.contains(&broken);
        hit.then(|| Fault::Fail { status: 500, code: "InternalError".to_owned(), message: String::new() })
    });
    for n in 0..FIELDS {
        worst.post("/api/fields", json!({ "label": format!("Field {n}"), "kind": "text" })).await?;
    }
    widen(&worst, 0..50).await?;
    add(&story, "ann").await?;
    let source = |name: &str| (0..host.sources()).find(|at| host.source(*at).0 == name).context("a source");
    let (recorder, folder) = (source("record_changes")?, source("fold_changes")?);
    while host.step(recorder).await? {}
    // Orders that fail wait before they are tried again; the others are done without any time passing.
    while host.step(folder).await? {}
    let ours = format!("lead_blocks/{}/", workspace_of(&story.api.get("/api/auth/me").await?)?);
    let objects = host.cloud().objects().map_err(|error| anyhow!("{error:?}"))?;
    ensure!(objects.iter().any(|(key, _)| key.contains(&ours)), "ann is folded");
    let listed = async |api: &Api| -> Result<Value> { Ok(api.get("/api/leads").await?["total"].clone()) };
    ensure!(listed(&story.api).await? == 1 && listed(&worst).await? == 50, "both lists are whole");

    widen(&worst, 50..80).await?;
    add(&story, "bob").await?;
    let mut batches = 0;
    while listed(&story.api).await? != 2 {
        ensure!(host.step(recorder).await? && batches < 3, "bob is in no batch of the stream");
        batches += 1;
    }
    ensure!(batches > 0, "the list has learnt of bob by what was recorded");
    Ok(())
}
