//! Edits of the sequence while leads are under way in it: new versions are published and rolled out.

use crate::chance::Chance;
use crate::plan::steps::{bodies, mapping};
use crate::world::installation::Installation;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The most versions that a user publishes within weeks.
const MOST: u32 = 8;

/// Saves other steps and gives them to those who are under way.
pub async fn publish(world: &Installation, people: &str) -> Result<()> {
    let edition = world.with_roster(|roster| {
        roster.edition += 1;
        roster.edition
    });
    ensure!(edition <= MOST, "nobody publishes so often");
    let steps = bodies(&world.plan.edition(edition), &format!("edition {edition}"));
    let sequence = format!("/api/sequences/{}", world.with_roster(|roster| roster.sequence.clone()));
    world.signed_in().await?.patch(&sequence, json!({ "steps": steps })).await?;
    roll_out(world, people, 0).await
}

/// The version before, for everybody.
pub async fn republish(world: &Installation, people: &str) -> Result<()> {
    roll_out(world, people, 1).await
}

/// A version that is so many older than the newest one.
async fn roll_out(world: &Installation, people: &str, back: usize) -> Result<()> {
    let api = world.signed_in().await?;
    let sequence = format!("/api/sequences/{}", world.with_roster(|roster| roster.sequence.clone()));
    let versions = api.get(&format!("{sequence}/versions")).await?;
    let versions = versions["items"].as_array().context("a list of versions")?;
    let mut newest: Vec<&Value> = versions.iter().collect();
    newest.sort_by_key(|version| std::cmp::Reverse(version["version"].as_u64()));
    let version = newest.get(back).or(newest.last()).context("a sequence has a version")?;
    // Whoever stayed behind may stand at a step of any version.
    let known: BTreeSet<&str> = versions.iter().flat_map(steps_of).collect();
    let there: Vec<&str> = steps_of(version).collect();
    let number = &version["version"];
    let mut chance = Chance::of(world.plan.seed, &format!("mapping {} to {number}", versions.len()));
    let mapping = mapping(&known, &there, &mut chance);
    let order = json!({ "version": number, "people": people, "mapping": mapping });
    api.post(&format!("{sequence}/rollouts"), order).await.map(drop)
}

fn steps_of(version: &Value) -> impl Iterator<Item = &str> {
    version["steps"].as_array().into_iter().flatten().filter_map(|step| step["id"].as_str())
}
