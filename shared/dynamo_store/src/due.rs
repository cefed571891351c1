//! Hints of what is due when, packed by bucket and spread over shards.

use crate::item::{Item, head, number, text};
use crate::keys;
use crate::query::{Query, Range};
use crate::table::Table;
use crate::write::put;
use application::due::{BUCKET_SECONDS, DueStore, DueWork, Hint, PackedHints};
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::enrolment::EnrolmentKey;
use domain::{CampaignId, LeadId, MessageId, WorkspaceId};
use futures::future::try_join_all;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Of hints in one item: three write units.
const PACKED_BYTES: usize = 2_800;

#[async_trait]
impl DueStore for Table {
    async fn put(&self, hints: &[Hint]) -> StoreResult<()> {
        let mut buckets: BTreeMap<Timestamp, Vec<String>> = BTreeMap::new();
        for hint in hints {
            buckets.entry(bucket_of(hint.at)).or_default().push(write_hint(hint));
        }
        for (bucket, mut lines) in buckets {
            lines.sort();
            lines.dedup();
            for packed in pack(lines) {
                let content: Vec<&str> = packed.iter().map(String::as_str).collect();
                let key = keys::due(bucket, &content);
                let item = Item::from([
                    ("pk".to_owned(), text(key.pk())),
                    ("sk".to_owned(), text(key.sk())),
                    ("entity".to_owned(), text("hints")),
                    ("v".to_owned(), number(1)),
                    ("due".to_owned(), AttributeValue::L(packed.iter().map(text).collect())),
                ]);
                self.write(put(item, None)).await?;
            }
        }
        Ok(())
    }

    async fn due(&self, now: Timestamp, limit: usize) -> StoreResult<Vec<PackedHints>> {
        let shards = keys::due_shards();
        let until = Range::AtMost(keys::due_until(now));
        let each =
            shards.iter().map(|shard| Query::table(shard).eventual().range(until.clone()).limit(limit));
        let found = try_join_all(each.map(|query| self.query(query))).await?;
        let mut packed = Vec::new();
        for item in found.into_iter().flatten() {
            let head = head(&item)?;
            let lines = item.get("due").and_then(|due| due.as_l().ok());
            let lines = lines.ok_or_else(|| head.corrupt("has no hints"))?;
            let hint = |line: &AttributeValue| {
                let line = line.as_s().map_err(|_| head.corrupt("has a hint that is no text"))?;
                read_hint(line).ok_or_else(|| head.corrupt(format!("has the hint '{line}'")))
            };
            let hints = lines.iter().map(hint).collect::<StoreResult<_>>()?;
            packed.push((head.sk.clone(), PackedHints { handle: format!("{} {}", head.pk, head.sk), hints }));
        }
        packed.sort_by(|(a, _), (b, _)| a.cmp(b));
        packed.truncate(limit);
        Ok(packed.into_iter().map(|(_, hints)| hints).collect())
    }

    async fn delete(&self, packed: &[PackedHints]) -> StoreResult<()> {
        let key = |packed: &PackedHints| keys::due_from(&packed.handle).ok_or(StoreError::NotFound);
        let keys: Vec<_> = packed.iter().map(key).collect::<StoreResult<_>>()?;
        self.delete_all(&keys).await
    }

    async fn earliest(&self) -> StoreResult<Option<Timestamp>> {
        let shards = keys::due_shards();
        let first = shards.iter().map(|shard| self.query(Query::table(shard).eventual().limit(1)));
        let mut earliest: Option<Timestamp> = None;
        for item in try_join_all(first).await?.into_iter().flatten() {
            let head = head(&item)?;
            let micros = head.sk.split('#').next().and_then(|digits| digits.parse().ok());
            let at = micros.and_then(|micros| Timestamp::from_microsecond(micros).ok());
            let at = at.ok_or_else(|| head.corrupt("names no bucket"))?;
            earliest = Some(earliest.map_or(at, |known| known.min(at)));
        }
        Ok(earliest)
    }
}

fn bucket_of(at: Timestamp) -> Timestamp {
    let start = at.as_second().div_euclid(BUCKET_SECONDS) * BUCKET_SECONDS;
    Timestamp::from_second(start).unwrap_or(Timestamp::MIN)
}

fn pack(lines: Vec<String>) -> Vec<Vec<String>> {
    let mut packs: Vec<Vec<String>> = Vec::new();
    let mut room = 0;
    for line in lines {
        let size = line.len() + 4;
        match packs.last_mut() {
            Some(pack) if size <= room => pack.push(line),
            _ => {
                packs.push(vec![line]);
                room = PACKED_BYTES;
            }
        }
        room = room.saturating_sub(size);
    }
    packs
}

/// One line a hint, ids without their prefixes: 25 and more fit one item.
fn write_hint(hint: &Hint) -> String {
    let at = hint.at.as_nanosecond();
    let enrolled = |key: &EnrolmentKey| {
        format!("{} {} {}", key.workspace.ulid_text(), key.lead.ulid_text(), key.campaign.ulid_text())
    };
    match &hint.what {
        DueWork::Step { enrolment, step } => format!("S {at} {} {step}", enrolled(enrolment)),
        DueWork::AssumeDelivered { workspace, message } => {
            format!("D {at} {} {message}", workspace.ulid_text())
        }
        DueWork::ResolveUncertain { enrolment, message } => {
            format!("U {at} {} {message}", enrolled(enrolment))
        }
    }
}

fn read_hint(line: &str) -> Option<Hint> {
    let mut words = line.split(' ');
    let kind = words.next()?;
    let at = Timestamp::from_nanosecond(words.next()?.parse().ok()?).ok()?;
    let workspace = WorkspaceId::parse(&format!("ws_{}", words.next()?)).ok()?;
    let enrolment = |words: &mut std::str::Split<'_, char>| {
        let lead = LeadId::parse(&format!("lead_{}", words.next()?)).ok()?;
        let campaign = CampaignId::parse(&format!("campaign_{}", words.next()?)).ok()?;
        Some(EnrolmentKey { workspace: workspace.clone(), lead, campaign })
    };
    let what = match kind {
        "S" => DueWork::Step { enrolment: enrolment(&mut words)?, step: words.next()?.parse().ok()? },
        "U" => DueWork::ResolveUncertain {
            enrolment: enrolment(&mut words)?,
            message: MessageId::parse(words.next()?).ok()?,
        },
        "D" => DueWork::AssumeDelivered {
            message: MessageId::parse(words.next()?).ok()?,
            workspace: workspace.clone(),
        },
        _ => return None,
    };
    words.next().is_none().then_some(Hint { at, what })
}
