//! What a message says: one of the texts that its step had, and none that was paused before it was begun.

use super::raw::{Item, Key, text};
use super::sends::Accepted;
use super::{Oracle, sequence_path};
use jiff::Timestamp;
use std::collections::BTreeMap;

#[derive(Default)]
pub struct MessageTexts {
    /// Variants that are paused, by version and id, and since when.
    paused: BTreeMap<(Key, String), Timestamp>,
}

/// Called as a version is written.
pub fn version_written(oracle: &mut Oracle, now: Timestamp, key: &Key, version: &Item) {
    for variant in sequence_path::steps(version).iter().flat_map(variants) {
        let which = (key.clone(), text(&variant, "id").to_owned());
        if variant.0["paused"]["BOOL"] == true {
            oracle.texts.paused.entry(which).or_insert(now);
        } else {
            oracle.texts.paused.remove(&which);
        }
    }
}

/// The step as it reads, and as it read before it was patched.
fn readings(version: &Item, step: &Item) -> Vec<Item> {
    let patches = version.0["patches"]["L"].as_array().into_iter().flatten();
    let before = patches.filter_map(|patch| patch["M"]["before"]["L"].as_array()).flatten();
    let same = before.map(|old| Item(old["M"].clone())).filter(|old| text(old, "id") == text(step, "id"));
    [step.clone()].into_iter().chain(same).collect()
}

fn variants(step: &Item) -> Vec<Item> {
    let list = step.0["variants"]["L"].as_array();
    list.into_iter().flatten().map(|variant| Item(variant["M"].clone())).collect()
}

/// Called as a provider has accepted it.
pub fn check(
    oracle: &Oracle,
    (version_key, version, step): (&Key, &Item, &Item),
    &Accepted { at, tag, says: said, .. }: &Accepted<'_>,
) -> Option<String> {
    let readings = readings(version, step);
    let variants: Vec<Item> = readings.iter().flat_map(variants).collect();
    if variants.is_empty() {
        let own = readings.iter().any(|reading| {
            let freely = text(reading, "free_text");
            is_made_from(said, text(reading, "body")) || !freely.is_empty() && is_made_from(said, freely)
        });
        return (!own).then(|| format!("{tag} says '{said}', the step says '{}'", text(step, "body")));
    }
    let Some(variant) = variants.iter().find(|variant| is_made_from(said, text(variant, "body"))) else {
        return Some(format!("{tag} says '{said}', which is none of the {} variants", variants.len()));
    };
    let id = text(variant, "id");
    let since = oracle.texts.paused.get(&(version_key.clone(), id.to_owned()))?;
    // Begun before: it may have gone out already, and goes again in the same words, however often.
    let begun = oracle.sent.begun.get(tag).map_or(at, |begun| begun.claimed);
    oracle
        .is_known(*since, begun)
        .then(|| format!("{tag} says what {id} says, which is paused since {since}"))
}

/// While nobody knows whether it went out by an earlier version it goes again in the words of that one.
pub fn repeats_earlier_words(oracle: &Oracle, present: &Key, step: &Item, accepted: &Accepted<'_>) -> bool {
    let versions = oracle.all("sequence_version");
    let mut versions = versions.filter(|(key, _)| key.0 == present.0 && key.1 < present.1);
    let same = |version: &Item| {
        sequence_path::steps(version).into_iter().find(|old| text(old, "id") == text(step, "id"))
    };
    is_uncertain(oracle, accepted.tag)
        && versions.any(|(key, version)| {
            same(version).is_some_and(|step| check(oracle, (key, version, &step), accepted).is_none())
        })
}

fn is_uncertain(oracle: &Oracle, tag: &str) -> bool {
    let message = oracle.items.values().find(|item| text(item, "id") == tag);
    message.is_some_and(|message| matches!(text(message, "state"), "uncertain" | "abandoned"))
}

/// Whether the text has all that stands between the merge fields of a template, in that order.
pub fn is_made_from(said: &str, template: &str) -> bool {
    let mut rest = said;
    let pieces = template.split("{{").map(|piece| piece.split_once("}}").map_or(piece, |(_, after)| after));
    pieces.map(str::trim).all(|piece| match rest.find(piece) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}
