//! Scaffolds a function that consumes messages from a queue of its own.

use super::edit::Edits;
use super::route_group::{list_in_registry, workspace_lines};
use super::{filled, pascal_case};
use anyhow::{Context, Result};

const MESSAGES: &str = "shared/application/src/queue_messages.rs";

pub fn add(edits: &mut Edits, name: &str, queue: &str) -> Result<()> {
    let (logical, variable) = (pascal_case(queue), queue.to_uppercase());
    let more = [("__queue__", queue), ("__Queue__", logical.as_str()), ("__QUEUE__", variable.as_str())];
    let folder = format!("functions/{name}");
    for (file, text) in [
        ("Cargo.toml", include_str!("texts/consumer.toml")),
        ("src/lib.rs", include_str!("texts/consumer_lib.txt")),
    ] {
        edits.create(&format!("{folder}/{file}"), filled(text, name, &more))?;
    }
    for (mark, text) in [
        ("  # Route functions.", include_str!("texts/queue.yaml")),
        ("  # The table's stream.\n", include_str!("texts/consumer.yaml")),
        ("          # addresses of dead letters: end\n", include_str!("texts/watched_url.yaml")),
        ("                # dead letters that are watched: end\n", include_str!("texts/watched_queue.yaml")),
    ] {
        edits.insert_before("template.yaml", mark, &filled(text, name, &more))?;
    }
    workspace_lines(edits, name)?;
    list_in_registry(edits, "\n        events:", ";", name)?;
    edits.change(MESSAGES, |text| message(text, name, queue))
}

/// Adds the queue's variant to every list of queues, and the message's type.
fn message(text: &mut String, name: &str, queue: &str) -> Result<()> {
    let (kind, logical) = (pascal_case(name), pascal_case(queue));
    let place = |text: &str, start: &str, end: &str| -> Result<usize> {
        let from = text.find(start).with_context(|| format!("{MESSAGES} lacks {start:?}"))? + start.len();
        Ok(from + text[from..].find(end).with_context(|| format!("{MESSAGES}: {start:?} does not end"))?)
    };
    let variants = place(text, "pub enum Queue {", "}")?;
    text.insert_str(variants, &format!("    {logical},\n"));
    let names = place(text, "match self {", "        }")?;
    text.insert_str(names, &format!("            Self::{logical} => \"{queue}\",\n"));
    let all = place(text, "pub const ALL: [Self; ", "];")?;
    text.insert_str(all, &format!(", Self::{logical}"));
    let counted = place(text, "pub const ALL: [Self;", " ")? + 1;
    let end = counted + text[counted..].find(']').context("an array's length ends")?;
    let count: usize = text[counted..end].parse().context("an array's length is a number")?;
    text.replace_range(counted..end, &(count + 1).to_string());
    let pairs = place(text, "\non_queue!(", ");")?;
    text.insert_str(pairs, &format!(", {kind} => {logical}"));
    text.push_str(&filled(include_str!("texts/message.txt"), name, &[]));
    Ok(())
}
