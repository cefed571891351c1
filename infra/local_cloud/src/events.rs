//! The EventBridge bus: PutEvents, kept in a ring that can be read, and counted by type; DescribeEventBus.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::Clock;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::names::{DEFAULT_BUS, bus_arn};
use crate::wire::{Answer, ServiceError, decode, encode};

/// The number of latest events that are kept.
const KEPT: usize = 1_000;
const MAX_BYTES: usize = 262_144;

/// An event as it was put.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BusEvent {
    pub id: String,
    pub bus: String,
    pub source: String,
    pub detail_type: String,
    pub detail: Value,
    pub resources: Vec<String>,
    pub time: Timestamp,
}

/// The buses of one cloud.
pub struct EventBus {
    state: Mutex<State>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct State {
    recent: VecDeque<BusEvent>,
    counts: BTreeMap<(String, String), u64>,
    total: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    source: Option<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    event_bus_name: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeEventBus {
    name: Option<String>,
}

impl EventBus {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { state: Mutex::default(), clock }
    }

    /// The latest events, oldest first.
    pub fn recent(&self) -> Vec<BusEvent> {
        self.state().recent.iter().cloned().collect()
    }

    /// How many events were put, by source and type.
    pub fn counts(&self) -> BTreeMap<(String, String), u64> {
        self.state().counts.clone()
    }

    pub(crate) fn execute(&self, operation: &str, body: &[u8]) -> Answer {
        match operation {
            "PutEvents" => self.put(body),
            "DescribeEventBus" => describe(body),
            _ => {
                Err(ServiceError::bad("UnknownOperationException", format!("{operation} is not served here")))
            }
        }
    }

    fn put(&self, body: &[u8]) -> Answer {
        let req: PutEvents = decode(body)?;
        if !(1..=10).contains(&req.entries.len()) {
            return Err(ServiceError::bad(
                "ValidationException",
                "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have \
                 length less than or equal to 10 and greater than or equal to 1",
            ));
        }
        if req.entries.iter().map(Entry::size).sum::<usize>() >= MAX_BYTES {
            return Err(ServiceError::bad(
                "ValidationException",
                "Total size of the entries in the request is over the limit.",
            ));
        }
        let now = self.clock.now();
        let mut state = self.state();
        let mut failed = 0;
        let mut results = Vec::new();
        for entry in req.entries {
            match entry.parse(now, state.total) {
                Ok(event) => {
                    results.push(json!({ "EventId": event.id }));
                    state.keep(event);
                }
                Err((code, message)) => {
                    failed += 1;
                    results.push(json!({ "ErrorCode": code, "ErrorMessage": message }));
                }
            }
        }
        encode(&json!({ "FailedEntryCount": failed, "Entries": results }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Describes the bus; there is only one.
fn describe(body: &[u8]) -> Answer {
    let bus = bus_of(body)?;
    if bus != DEFAULT_BUS {
        return Err(ServiceError::bad(
            "ResourceNotFoundException",
            format!("Event bus {bus} does not exist."),
        ));
    }
    encode(&json!({ "Name": bus, "Arn": bus_arn(&bus) }))
}

/// The bus by its name or its ARN; the account's default bus if none is named.
fn bus_of(body: &[u8]) -> Result<String, ServiceError> {
    let req: DescribeEventBus = decode(body)?;
    let name = req.name.unwrap_or_else(|| DEFAULT_BUS.to_owned());
    Ok(name.rsplit('/').next().unwrap_or(&name).to_owned())
}

impl State {
    fn keep(&mut self, event: BusEvent) {
        self.total += 1;
        *self.counts.entry((event.source.clone(), event.detail_type.clone())).or_default() += 1;
        if self.recent.len() >= KEPT {
            self.recent.pop_front();
        }
        self.recent.push_back(event);
    }
}

impl Entry {
    fn size(&self) -> usize {
        let texts = [&self.source, &self.detail_type, &self.detail];
        texts.into_iter().flatten().map(String::len).sum::<usize>()
            + self.resources.iter().map(String::len).sum::<usize>()
    }

    fn parse(self, now: Timestamp, number: u64) -> Result<BusEvent, (&'static str, &'static str)> {
        let required = |text: Option<String>, message| {
            text.filter(|text| !text.is_empty()).ok_or(("InvalidArgument", message))
        };
        let source =
            required(self.source, "Parameter Source is not valid. Reason: Source is a required argument.")?;
        let detail_type = required(
            self.detail_type,
            "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
        )?;
        let detail =
            required(self.detail, "Parameter Detail is not valid. Reason: Detail is a required argument.")?;
        let detail: Value =
            serde_json::from_str(&detail).map_err(|_| ("MalformedDetail", "Detail is malformed."))?;
        if !detail.is_object() {
            return Err(("MalformedDetail", "Detail is malformed."));
        }
        let bus = self.event_bus_name.unwrap_or_else(|| DEFAULT_BUS.to_owned());
        let id = hex::encode(Sha256::digest(format!("event {number}")));
        Ok(BusEvent {
            id: format!("{}-{}-4{}-a{}-{}", &id[..8], &id[8..12], &id[13..16], &id[17..20], &id[20..32]),
            bus: bus.rsplit('/').next().unwrap_or(&bus).to_owned(),
            source,
            detail_type,
            detail,
            resources: self.resources,
            time: now,
        })
    }
}

pub(crate) fn permissions(operation: &str, body: &[u8]) -> Result<Vec<(String, String)>, ServiceError> {
    if operation == "DescribeEventBus" {
        return Ok(vec![(format!("events:{operation}"), bus_arn(&bus_of(body)?))]);
    }
    let req: PutEvents = decode(body)?;
    let mut needed: Vec<(String, String)> = req
        .entries
        .iter()
        .map(|entry| {
            let bus = entry.event_bus_name.as_deref().unwrap_or(DEFAULT_BUS);
            (format!("events:{operation}"), bus_arn(bus.rsplit('/').next().unwrap_or(bus)))
        })
        .collect();
    needed.sort();
    needed.dedup();
    Ok(needed)
}
