//! Handles the table's stream. Each counter document is written together with its own position in the stream, so that
//! a batch delivered again counts nothing twice. Events are published before the position passes, so that a crash
//! repeats an event and loses none. Lead copies are brought up to date here. The opening lines of enrolled leads, what trigger
//! rules wait for, and what Slack and devices are told, are ordered here, too.

use crate::lead::campaign_line::write_for_enrolled;
use crate::lead::lead_copies::{KeepUpPorts, StaleCopy, update_lead_copies};
use crate::lead::rule_events::{RuleEvent, RuleEventPorts, order_rules};

use crate::ports::campaigns::CampaignStore;
use crate::ports::changes::{Change, ChangeReader};
use crate::ports::clock::Clock;
use crate::ports::outbox::{BusEvent, EventBus, Outbox};
use crate::ports::slack::SlackStore;
use crate::ports::stats::{Counted, StatsStore};
use crate::ports::store::{BoxError, StoreError};
use crate::ports::web_push::PushDeviceStore;
use crate::projection::bus::bus_events;
use crate::projection::{deltas, is_after};
use crate::web_push::order::order_pushes;
use crate::workspace::slack::order_slack;
use domain::WorkspaceId;
use domain::enrolment::key::EnrolmentKey;
use domain::workspace::notification::Notification;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct ProjectPorts {
        pub clock: Arc<dyn Clock>,
        pub bus: Arc<dyn EventBus>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub changes: Arc<dyn ChangeReader>,
        pub keep_up: KeepUpPorts = KeepUpPorts::new,
        pub outbox: Arc<dyn Outbox>,
        pub rules: RuleEventPorts = RuleEventPorts::new,
        pub push_devices: Arc<dyn PushDeviceStore>,
        pub slack: Arc<dyn SlackStore>,
        pub stats: Arc<dyn StatsStore>,
    }
}

/// The contents of one stream record. A record that needs no reaction, or cannot be read, has none.
struct Record {
    workspace: WorkspaceId,
    counted: Counted,
    events: Vec<BusEvent>,
    behind: Vec<StaleCopy>,
    for_rules: Vec<RuleEvent>,
    enrolled: Option<EnrolmentKey>,
    notification: Option<Notification>,
}

fn read(changes: &dyn ChangeReader, raw: &Value) -> Option<Record> {
    let sequence = raw.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default();
    match changes.read_record(raw) {
        Ok(Some(changed)) if !sequence.is_empty() => {
            let counted = Counted { sequence: sequence.to_owned(), deltas: deltas(&changed) };
            let events = bus_events(&changed);
            let behind = StaleCopy::after(&changed);
            let for_rules = RuleEvent::after(&changed);
            let enrolled = match &changed.change {
                Change::Enrolment { old: None, new } => Some(new.key().clone()),
                _ => None,
            };
            let notification = match &changed.change {
                Change::Notification { new } => Some(Notification::clone(new)),
                _ => None,
            };
            let is_quiet = counted.deltas.is_empty() && events.is_empty() && behind.is_empty();
            let news = !is_quiet || !for_rules.is_empty() || enrolled.is_some() || notification.is_some();
            let workspace = changed.workspace;
            news.then_some(Record { workspace, counted, events, behind, for_rules, enrolled, notification })
        }
        Ok(Some(_)) => {
            tracing::error!("a stream record without a sequence number is passed over");
            None
        }
        Ok(None) => None,
        Err(error) => {
            tracing::error!(stream.sequence = sequence, %error, "a stream record that cannot be read is passed over");
            None
        }
    }
}

/// Handles a batch of stream records. Returns how many were handled: all, or an error. Nothing is written where no
/// counter changes.
pub async fn project(ports: &ProjectPorts, shard: &str, records: &[Value]) -> Result<usize, BoxError> {
    let mut news: Vec<Record> = records.iter().filter_map(|raw| read(&*ports.changes, raw)).collect();
    for record in &mut news {
        for behind in std::mem::take(&mut record.behind) {
            match update_lead_copies(&ports.keep_up, &record.workspace, behind).await {
                // A file that cannot be read must not stop all records after it.
                Err(error @ StoreError::Corrupt { .. }) => {
                    tracing::error!(%error, "a lead's file cannot be read")
                }
                other => other?,
            }
        }
    }
    let enrolled: Vec<EnrolmentKey> = news.iter_mut().filter_map(|record| record.enrolled.take()).collect();
    write_for_enrolled(&*ports.campaigns, &*ports.outbox, &enrolled).await?;
    let for_rules = news.iter_mut().flat_map(|record| std::mem::take(&mut record.for_rules)).collect();
    order_rules(&ports.rules, for_rules).await?;
    let notifications: Vec<Notification> =
        news.iter_mut().filter_map(|record| record.notification.take()).collect();
    order_pushes(&*ports.push_devices, &*ports.outbox, &notifications).await?;
    order_slack(&*ports.slack, &*ports.outbox, notifications).await?;
    publish_events(ports, shard, &news).await?;
    let counted: Vec<Counted> = news.into_iter().map(|record| record.counted).collect();
    if counted.iter().any(|record| !record.deltas.is_empty()) {
        ports.stats.apply(shard, ports.clock.now(), &counted).await?;
    }
    Ok(records.len())
}

/// Publishes the events that were not published yet. Those up to the position of a workspace's all-time document were
/// published before.
async fn publish_events(ports: &ProjectPorts, shard: &str, news: &[Record]) -> Result<(), BoxError> {
    let mut positions: BTreeMap<&WorkspaceId, Option<String>> = BTreeMap::new();
    let mut events = Vec::new();
    for record in news.iter().filter(|record| !record.events.is_empty()) {
        if !positions.contains_key(&record.workspace) {
            let position = ports.stats.position(shard, &record.workspace).await?;
            positions.insert(&record.workspace, position);
        }
        let position = positions.get(&record.workspace).and_then(Option::as_deref);
        if is_after(&record.counted.sequence, position) {
            events.extend(record.events.iter().cloned());
        }
    }
    if !events.is_empty() {
        ports.bus.publish(events).await?;
    }
    Ok(())
}
