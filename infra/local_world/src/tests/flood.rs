//! A stranger with the link of one page floods it, and a STOP of another tenant's lead is heard in its usual time.

use super::story::Story;
use anyhow::{Context, Result, anyhow, ensure};
use application::Clock;
use http::Request;
use sandbox::AppClient;
use serde_json::{Value, json};

const PHONE: &str = "+12025550178";

/// How many messages wait in the queue, hidden ones too.
fn depth(story: &Story, queue: &str) -> Result<u64> {
    let depth = story.world.host.cloud().queues().depth(&format!("leadflow-local-{queue}"));
    Ok(depth.map_err(|error| anyhow!("{error:?}"))?.total())
}

/// Creates another tenant with one lead, and returns the token of the lead's page.
async fn page_of_another_tenant(story: &Story) -> Result<String> {
    let other = story.another_tenant().await?;
    let new = json!({ "first_name": "Bea", "email": "bea@quay.example" });
    let lead = other.post("/api/leads", new).await?;
    let path = format!("/api/leads/{}/preview", lead["id"].as_str().context("an id")?);
    let link = other.get(&path).await?;
    let url = link["url"].as_str().context("an address")?;
    Ok(url.rsplit('/').next().context("a token")?.to_owned())
}

/// Reports this many views of the page, each from a network of its own.
async fn flood(story: &Story, token: &str, views: u32) -> Result<()> {
    let app = story.world.app();
    for n in 0..views {
        let body = json!({ "token": token, "event": "view", "session": format!("s{n}") });
        let request = Request::post("/api/preview/track")
            .header("content-type", "application/json")
            .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
            .header("x-forwarded-for", format!("198.51.{}.{}", n / 250, n % 250 + 1))
            .body(body.to_string().into_bytes())?;
        let status = app.call(request).await.status();
        ensure!(status == 204, "{status}");
    }
    Ok(())
}

#[tokio::test]
async fn stop_of_one_tenant_is_heard_at_once_while_the_page_of_another_is_flooded() -> Result<()> {
    let mut story = Story::begin().await?;
    story.api.post("/api/leads", json!({ "first_name": "Ann", "phone": PHONE })).await?;
    let token = page_of_another_tenant(&story).await?;
    story.live(2).await?;
    flood(&story, &token, 1_000).await?;
    let waiting = depth(&story, "VisitsQueue")?;
    ensure!(waiting == 61, "60 of an hour and one that says that there were more: {waiting}");
    ensure!(depth(&story, "InboundQueue")? == 0, "no visit is in the queue of the stops");

    story.world.sandbox.text_us(PHONE, None, "STOP");
    story.world.sandbox.run_due(story.clock.now(), &*story.recorder).await;
    let host = &story.world.host;
    let source = (0..host.sources()).find(|at| host.source(*at).0 == "ingest_event").context("a source")?;
    ensure!(host.step(source).await?, "the STOP is there");
    let listed = story.api.get("/api/settings/suppressions").await?;
    ensure!(listed.to_string().contains(PHONE), "the first look at the queue hears it: {listed}");
    ensure!(depth(&story, "VisitsQueue")? == waiting, "and no visit was handled before it");

    story.live(5).await?;
    ensure!(depth(&story, "VisitsQueue")? == 0);
    let dead: Value = story.api.get("/api/ops/queues").await?;
    ensure!(!dead.to_string().contains("\"dead\":1"), "{dead}");
    Ok(())
}
