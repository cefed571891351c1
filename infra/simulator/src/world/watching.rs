//! Prints what is written to one item, or to all that name a word, among everything that happens meanwhile.

use crate::oracle::raw::{Item, Key};
use jiff::Timestamp;
use std::sync::OnceLock;

static WATCHED: OnceLock<String> = OnceLock::new();

/// Watches items that name this word, from now on in all lives.
pub fn watch(word: String) {
    drop(WATCHED.set(word));
}

/// Prints a decision that falls between two calls.
pub fn decided(line: &str) {
    if WATCHED.get().is_some() {
        println!("  {line}");
    }
}

pub fn written(now: Timestamp, (pk, sk): &Key, old: Option<&Item>, new: Option<&Item>) {
    let Some(word) = WATCHED.get() else { return };
    let named = |item: Option<&Item>| item.is_some_and(|item| item.0.to_string().contains(word));
    if !pk.contains(word) && !sk.contains(word) && !named(new) {
        return;
    }
    println!(
        "{now} {pk} {sk}: {}",
        new.map_or_else(|| "gone".to_owned(), |new| changed_attributes(old, new))
    );
}

/// The attributes that are others now.
fn changed_attributes(old: Option<&Item>, new: &Item) -> String {
    let fields = |item: &Item| item.0.as_object().cloned().unwrap_or_default();
    let (old, new) = (old.map(fields).unwrap_or_default(), fields(new));
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    let others = new.iter().filter(|(name, value)| old.get(*name) != Some(*value));
    let told = others.map(|(name, value)| format!("{name}={value}"));
    told.chain(gone.map(|name| format!("-{name}"))).collect::<Vec<_>>().join(" ")
}
