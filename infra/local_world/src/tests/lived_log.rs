//! A workspace lives a month; its log, read from the bucket alone, tells every change once.

mod copied_bucket;
mod judges;
mod month;
mod witness;

use super::story::Story;
use anyhow::{Context, Result};
use application::Ports;
use application::change_log::fold::{FoldPorts, fold};
use application::change_log::log_files::read_log;
use application::ports::change_log::ChangeHead;
use copied_bucket::CopiedBucket;
use domain::WorkspaceId;
pub use witness::Witness;
use witness::Written;

/// What was written in a workspace, and where its log ends.
struct Lived {
    workspace: WorkspaceId,
    written: Vec<Written>,
    head: ChangeHead,
}

impl Lived {
    async fn of(story: &Story, witness: &Witness) -> Result<Self> {
        let ports = story.world.host.ports();
        let workspace = ports.users().first_workspace().await?.context("a workspace")?;
        let head = ports.change_log().head(&workspace).await?.context("a head")?;
        let written = witness.in_workspace(workspace.ulid_text());
        Ok(Self { workspace, written, head })
    }
}

/// Folds what was recorded, and judges the log of what was written so far.
pub async fn judge_log(story: &Story, witness: &Witness) -> Result<()> {
    story.world.host.run_until_quiet().await?;
    let workspace = Lived::of(story, witness).await?.workspace;
    fold(&FoldPorts::new(story.world.host.ports()), &workspace).await?;
    let lived = Lived::of(story, witness).await?;
    let log = read_log(&CopiedBucket::of(story)?, &lived.workspace).await?;
    judges::every_change_is_told_once_and_in_order(&lived, &log)?;
    judges::values_are_those_before_and_after(&lived, &log)?;
    judges::no_text_is_told(&lived, &log)?;
    judges::what_is_not_told_is_no_news(&lived.written)
}

#[tokio::test]
async fn log_of_a_month_in_the_bucket_alone_tells_every_change_once_and_no_text() -> Result<()> {
    let mut story = Story::begin().await?;
    let witness = Witness::of(&story);
    let names = month::live(&mut story).await?;
    // What the last night changed may have been recorded after its fold.
    let workspace = Lived::of(&story, &witness).await?.workspace;
    fold(&FoldPorts::new(story.world.host.ports()), &workspace).await?;
    let lived = Lived::of(&story, &witness).await?;
    let bucket = CopiedBucket::of(&story)?;
    let log = read_log(&bucket, &lived.workspace).await?;
    judges::every_change_is_told_once_and_in_order(&lived, &log)?;
    judges::values_are_those_before_and_after(&lived, &log)?;
    judges::who_and_why_are_told(&names, &log);
    judges::no_text_is_told(&lived, &log)?;
    judges::what_is_not_told_is_no_news(&lived.written)?;
    judges::changed_byte_and_missing_file_show(&lived, &bucket).await
}
