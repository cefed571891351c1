//! The runbook of a restored table, carried out: the stack moves to it by its two parameters.

use super::story::Story;
use crate::account::{EMAIL, PASSWORD};
use crate::api::Api;
use anyhow::{Context, Result, anyhow};
use local_cloud::names;
use local_host::{LocalHost, TEMPLATE};
use serde_json::{Value, json};

const RESTORED: &str = "restored";

#[tokio::test]
async fn stack_continues_on_a_restored_table_and_leaves_the_former_unchanged() -> Result<()> {
    let mut story = Story::begin().await?;
    story.import_leads(20).await?;
    story.live(2).await?;
    let former = &story.world.host;
    let cloud = former.cloud();
    let refused = |error| anyhow!("the local cloud refused: {error:?}");
    let (table, properties) = former.stack().tables.first().context("a table")?;

    // The table as `restore-table-to-point-in-time` and the commands after it leave it.
    cloud.create_table_from(RESTORED, properties).map_err(refused)?;
    cloud.put_items(RESTORED, &cloud.items(table).map_err(refused)?).map_err(refused)?;
    let before = cloud.items(table).map_err(refused)?;

    let (arn, stream) = (names::table_arn(RESTORED), names::stream_arn(RESTORED, "local"));
    let given = [("TableArn", arn.as_str()), ("TableStreamArn", stream.as_str())];
    let host = LocalHost::start_from(TEMPLATE, &given, former.options().clone()).await?;
    let mut api = Api::new(&host);
    api.sign_in_as(EMAIL, PASSWORD).await?;
    let total = async |api: &Api| -> Result<Value> { Ok(api.get("/api/leads").await?["total"].clone()) };
    assert_eq!(total(&api).await?, 20, "who signed up then signs in, and sees the same leads");
    api.post("/api/leads", json!({ "first_name": "Ann", "email": "ann@clinic.example" })).await?;
    host.run_until_quiet().await?;
    assert_eq!(total(&api).await?, 21);
    let counted = |items: &[Value]| {
        let counters = items.iter().filter(|item| item["entity"]["S"] == "counters");
        counters.filter_map(|item| item["leads_created"]["N"].as_str()?.parse::<i64>().ok()).sum::<i64>()
    };
    let after = cloud.items(RESTORED).map_err(refused)?;
    assert!(counted(&after) > counted(&before), "the restored table's stream is read");
    assert_eq!(cloud.items(table).map_err(refused)?, before);
    Ok(())
}
