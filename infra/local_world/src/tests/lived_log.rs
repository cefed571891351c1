//! A workspace lives a month; its log, read from the bucket alone, tells every change once.

mod copied_bucket;
mod judges;
mod month;
mod witness;

use super::story::Story;
use anyhow::{Context, Result};
use application::Ports;
use application::change_log::log_files::read_log;
use application::ports::change_log::ChangeHead;
use copied_bucket::CopiedBucket;
use domain::WorkspaceId;
use witness::{Witness, Written};

/// A workspace after its month, and what was written in it meanwhile.
struct Lived {
    story: Story,
    workspace: WorkspaceId,
    written: Vec<Written>,
    names: month::Names,
    head: ChangeHead,
}

async fn live_a_month() -> Result<Lived> {
    let mut story = Story::begin().await?;
    let table = story.world.host.stack().tables[0].0.clone();
    let witness = Witness::of(story.world.host.cloud(), &table);
    let names = month::live(&mut story).await?;
    let workspace = story.world.host.ports().workspaces().ids().await?.pop().context("a workspace")?;
    let head = story.world.host.ports().change_log().head(&workspace).await?.context("a head")?;
    let written = witness.in_workspace(workspace.ulid_text());
    Ok(Lived { story, workspace, written, names, head })
}

#[tokio::test]
async fn log_of_a_month_in_the_bucket_alone_tells_every_change_once_and_no_text() -> Result<()> {
    let lived = live_a_month().await?;
    let bucket = CopiedBucket::of(&lived.story)?;
    let log = read_log(&bucket, &lived.workspace).await?;
    judges::every_change_is_told_once_and_in_order(&lived, &log)?;
    judges::values_are_those_before_and_after(&lived, &log)?;
    judges::who_and_why_are_told(&lived, &log);
    judges::no_text_is_told(&lived, &log)?;
    judges::what_is_not_told_is_no_news(&lived.written)?;
    judges::changed_byte_and_missing_file_show(&lived, &bucket).await
}
