//! A record of every write to the table, kept apart from the product's own log: what a log has to tell is read from it.

use super::super::story::Story;
use anyhow::{Context, Result};
use application::ports::changes::LogEntry;
use jiff::Timestamp;
use local_cloud::{LocalCloud, Moment, Service};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// A write of one item, with its attributes before and after.
#[derive(Debug, Clone)]
pub struct Written {
    pub pk: String,
    pub sk: String,
    pub old: Option<Value>,
    pub new: Option<Value>,
    /// Whether the item was deleted because its time was up.
    pub expired: bool,
}

#[derive(Default)]
struct Kept {
    position: i64,
    written: Vec<Written>,
}

/// Keeps what is written to a table from the beginning on.
pub struct Witness(Arc<Mutex<Kept>>);

/// What a change is: everything but the values. Two changes of an item are never the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub entity: String,
    pub rev: u64,
    pub kind: String,
    pub by: String,
    pub cause: Option<String>,
    pub at: Timestamp,
}

impl Witness {
    pub fn of(story: &Story) -> Self {
        let (cloud, table) = (story.world.host.cloud(), &story.world.host.stack().tables[0].0);
        let kept = Arc::<Mutex<Kept>>::default();
        take(cloud, table, &mut kept.lock().unwrap());
        let (from, table, keeps) = (cloud.clone(), table.to_owned(), kept.clone());
        cloud.faults().hold_up(move |moment, call| {
            if moment == Moment::After && call.service == Service::DynamoDb {
                take(&from, &table, &mut keeps.lock().unwrap());
            }
            None
        });
        Self(kept)
    }

    /// Everything that was written in this workspace, in order.
    pub fn in_workspace(&self, ulid: &str) -> Vec<Written> {
        let (whole, part) = (format!("W#{ulid}"), format!("W#{ulid}#"));
        let kept: MutexGuard<'_, Kept> = self.0.lock().unwrap();
        let theirs = kept.written.iter().filter(|one| one.pk == whole || one.pk.starts_with(&part));
        theirs.cloned().collect()
    }
}

fn take(cloud: &LocalCloud, table: &str, kept: &mut Kept) {
    loop {
        let batch = cloud.stream_records(table, kept.position, 1_000).unwrap();
        if batch.records.is_empty() && batch.last == kept.position {
            return;
        }
        kept.position = batch.last;
        kept.written.extend(batch.records.iter().map(|record| Written::read(&record.event).unwrap()));
    }
}

impl Written {
    fn read(event: &Value) -> Result<Self> {
        let change = &event["dynamodb"];
        let key = |name: &str| change["Keys"][name]["S"].as_str().map(str::to_owned).context("a key");
        let image = |name: &str| change.get(name).cloned();
        Ok(Self {
            pk: key("pk")?,
            sk: key("sk")?,
            old: image("OldImage"),
            new: image("NewImage"),
            expired: event["userIdentity"]["principalId"] == "dynamodb.amazonaws.com",
        })
    }

    pub fn entity(&self) -> &str {
        let image = self.new.as_ref().or(self.old.as_ref());
        image.and_then(|image| image["entity"]["S"].as_str()).unwrap_or_default()
    }

    /// What a log has to tell of it, if it is a change with an event of its own.
    pub fn told(&self) -> Result<Option<Told>> {
        let Some(new) = self.new.as_ref().filter(|new| new.get("ev").is_some()) else { return Ok(None) };
        let own = ["ev", "rev"];
        if self.old.as_ref().is_some_and(|old| own.iter().all(|name| old.get(name) == new.get(name))) {
            return Ok(None);
        }
        let event = &new["ev"]["M"];
        let text = |name: &str| event[name]["S"].as_str().map(str::to_owned);
        let nanos: i128 = event["t"]["N"].as_str().context("a time")?.parse()?;
        Ok(Some(Told {
            entity: self.entity().to_owned(),
            rev: new["rev"]["N"].as_str().map_or(Ok(0), str::parse)?,
            kind: text("k").context("a kind")?,
            by: text("a").context("an actor")?,
            cause: text("c"),
            at: Timestamp::from_nanosecond(nanos)?,
        }))
    }

    /// The names of the attributes that changed, those within maps joined with dots, with both values.
    pub fn changed(&self) -> BTreeMap<String, [Option<Value>; 2]> {
        let mut changed = BTreeMap::<String, [Option<Value>; 2]>::new();
        for (place, image) in [&self.old, &self.new].into_iter().enumerate() {
            for (name, value) in image.iter().flat_map(|image| image.as_object().into_iter().flatten()) {
                spread(name, value, &mut |name, value| {
                    changed.entry(name).or_default()[place] = Some(value.clone());
                });
            }
        }
        let heads = ["pk", "sk", "entity", "v", "rev", "ev", "lpk", "lsk", "ttl"];
        let told = |name: &String| !heads.contains(&name.split('.').next().unwrap_or_default());
        changed.retain(|name, [before, after]| told(name) && before != after);
        changed
    }
}

fn spread(name: &str, value: &Value, keep: &mut impl FnMut(String, &Value)) {
    match value["M"].as_object() {
        Some(map) => map.iter().for_each(|(inner, value)| spread(&format!("{name}.{inner}"), value, keep)),
        None => keep(name.to_owned(), value),
    }
}

impl From<&LogEntry> for Told {
    fn from(entry: &LogEntry) -> Self {
        Self {
            entity: entry.entity.clone(),
            rev: entry.rev,
            kind: entry.kind.clone(),
            by: entry.by.clone(),
            cause: entry.cause.clone(),
            at: entry.at,
        }
    }
}
