//! Instructions for prompts: versions are added and never changed, and the latest one is in force.

use super::*;
use application::ports::prompts::PromptStore;
use application::{PageRequest, StoreError};
use domain::UserId;
use domain::ai_prompt::PromptVersion;
use domain::spend::AiUse;

pub fn prompt_version(version: u32, instructions: &str) -> PromptVersion {
    PromptVersion {
        workspace: workspace(),
        prompt: AiUse::OpeningLine,
        version,
        instructions: instructions.to_owned(),
        by: Some(UserId::derived(Still.now(), &["ada"])),
        at: Still.now(),
    }
}

#[tokio::test]
async fn latest_version_is_in_force_and_earlier_ones_stay_as_they_were() {
    let world = World::new();
    let event = event(EventKind::PromptChanged);
    let latest = async |workspace: &WorkspaceId, prompt| world.table.latest(workspace, prompt).await.unwrap();
    assert_eq!(latest(&workspace(), AiUse::OpeningLine).await, None);
    let versions: Vec<PromptVersion> = (1..=12).map(|n| prompt_version(n, &format!("text {n}"))).collect();
    for version in &versions {
        world.table.add(version, &event).await.unwrap();
    }
    let again = world.table.add(&prompt_version(3, "other"), &event).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    assert_eq!(latest(&workspace(), AiUse::OpeningLine).await.as_ref(), versions.last());
    assert_eq!(latest(&workspace(), AiUse::Rewrite).await, None);
    assert_eq!(latest(&other_workspace(), AiUse::OpeningLine).await, None);
    let (mut cursor, mut listed) = (None, Vec::new());
    loop {
        let page = PageRequest { limit: 5, cursor };
        let page = world.table.versions(&workspace(), AiUse::OpeningLine, page).await.unwrap();
        listed.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    listed.reverse();
    assert_eq!(listed, versions);
}

#[tokio::test]
async fn one_of_two_that_add_the_same_version_is_refused() {
    let world = World::new();
    let event = event(EventKind::PromptChanged);
    let (one, other) = (prompt_version(1, "one"), prompt_version(1, "other"));
    let both = futures::join!(world.table.add(&one, &event), world.table.add(&other, &event));
    assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
}
