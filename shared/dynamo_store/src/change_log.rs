//! Recorded changes and their head: one partition a workspace, in which the head sorts behind every number, so that one
//! query reads the news and the head.

use crate::item::{Head, Item, Stored, decode, encode, head, number, text, text_of};
use crate::keys::{self, Key, SystemKey, Tenant};
use crate::query::{Query, Range};
use crate::schedules;
use crate::table::Table;
use crate::times::{maybe_nanos, nanos};
use crate::write::put;
use application::StoreResult;
use application::ports::change_log::{
    BlocksOfList, ChangeHead, ChangeLogStore, ChangesSince, LeadBlock, RecordedChanges, RecordingProgress,
};
use application::ports::schedules::Schedule;
use async_trait::async_trait;
use domain::WorkspaceId;
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::RangeInclusive;

/// The days for which changes stay, folded or not: the longest that a fold may be late. A writer that was away finds by
/// them that its number is taken.
const KEPT_DAYS: i64 = 30;

#[async_trait]
impl ChangeLogStore for Table {
    async fn head(&self, workspace: &WorkspaceId) -> StoreResult<Option<ChangeHead>> {
        self.find(&keys::change_head(workspace)).await
    }

    async fn since(&self, workspace: &WorkspaceId, number: u64, most: usize) -> StoreResult<ChangesSince> {
        let partition = keys::changes(workspace);
        let after = keys::recorded_changes(workspace, number);
        let query = Query::table(&partition).range(Range::Above(after.sk().to_owned())).limit(most);
        let mut since = ChangesSince::default();
        for item in self.query(query).await? {
            if head(&item)?.entity == ChangeHead::ENTITY {
                since.head = Some(decode(item)?);
            } else {
                since.changes.push(decode(item)?);
            }
        }
        Ok(since)
    }

    async fn next(
        &self,
        workspace: &WorkspaceId,
        number: u64,
        most: usize,
    ) -> StoreResult<Vec<RecordedChanges>> {
        let partition = keys::changes(workspace);
        let [from, to] =
            [number.saturating_add(1), LAST].map(|number| keys::recorded_changes(workspace, number));
        let range = Range::Between(from.sk().to_owned(), to.sk().to_owned());
        let items = self.query(Query::table(&partition).range(range).limit(most)).await?;
        items.into_iter().map(decode).collect()
    }

    async fn tail(&self, workspace: &WorkspaceId) -> StoreResult<ChangesSince> {
        let partition = keys::changes(workspace);
        let mut tail = ChangesSince::default();
        for item in self.query(Query::table(&partition).descending().limit(2)).await? {
            if head(&item)?.entity == ChangeHead::ENTITY {
                tail.head = Some(decode(item)?);
            } else if tail.changes.is_empty() {
                tail.changes.push(decode(item)?);
            }
        }
        Ok(tail)
    }

    async fn append(&self, changes: &RecordedChanges) -> StoreResult<()> {
        self.save_entity(changes, None).await.map(|_| ())
    }

    async fn save_head(&self, head: &ChangeHead) -> StoreResult<u64> {
        self.save_entity(head, None).await
    }

    async fn note_recorded(&self, tick: Timestamp) -> StoreResult<()> {
        let key = keys::schedules::recorded_tick();
        let item = Item::from([
            ("pk".to_owned(), text(key.pk())),
            ("sk".to_owned(), text(key.sk())),
            ("entity".to_owned(), text("recorded_tick")),
            ("v".to_owned(), number(1)),
            ("last".to_owned(), number(tick.as_millisecond())),
        ]);
        Ok(self.write(put(item, None)).await?)
    }

    async fn progress(&self) -> StoreResult<RecordingProgress> {
        let items = self.query(Query::table(&keys::schedules::partition()).eventual()).await?;
        let item = |key: SystemKey| items.iter().find(|item| text_of(item, "sk") == Some(key.sk()));
        let runs = item(keys::schedules::runs(Schedule::DueSteps.as_str()));
        Ok(RecordingProgress {
            ticked: runs.and_then(schedules::last_run),
            former: runs.and_then(schedules::former_run),
            recorded: item(keys::schedules::recorded_tick()).and_then(schedules::last_run),
        })
    }

    async fn empty(&self, workspace: &WorkspaceId, numbers: RangeInclusive<u64>) -> StoreResult<()> {
        let (mut after, through) = (numbers.start().saturating_sub(1), *numbers.end());
        while after < through {
            let changes = self.next(workspace, after, EMPTIED_AT_ONCE).await?;
            let Some(last) = changes.last() else { return Ok(()) };
            after = last.number;
            // Log entries have no texts of people.
            let has_texts = |change: &RecordedChanges| change.number <= through && !change.leads.is_empty();
            let emptied = changes.into_iter().filter(has_texts).map(|change| RecordedChanges {
                leads: Vec::new(),
                log: Vec::new(),
                is_emptied: true,
                ..change
            });
            let writes = emptied.map(|change| Ok(put(encode(&change, 1, None)?, None)));
            let writes = writes.collect::<StoreResult<Vec<_>>>()?;
            for some in writes.chunks(8) {
                try_join_all(some.iter().map(|write| self.write(write.clone()))).await?;
            }
        }
        Ok(())
    }
}

/// The last number that the sort key has room for.
const LAST: u64 = 9_999_999_999;
/// The changes that are read at once to be emptied.
const EMPTIED_AT_ONCE: usize = 100;

/// Bytes that are stored as such.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bytes(Vec<u8>);

impl Bytes {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RecordedChangesItem {
    workspace: WorkspaceId,
    n: u64,
    #[serde(default, skip_serializing_if = "Bytes::is_empty")]
    leads: Bytes,
    #[serde(default, skip_serializing_if = "Bytes::is_empty")]
    log: Bytes,
    /// The bytes of all changes up to and including these.
    bytes: u64,
    #[serde(default, skip_serializing_if = "is_false")]
    removes: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    emptied: bool,
    #[serde(with = "nanos")]
    at: Timestamp,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Stored for RecordedChanges {
    const ENTITY: &'static str = "recorded_changes";
    type Scope = Tenant;
    type Body = RecordedChangesItem;

    fn key(&self) -> Key<Tenant> {
        keys::recorded_changes(&self.workspace, self.number)
    }
    fn expires(&self) -> Option<Timestamp> {
        self.at.checked_add(SignedDuration::from_hours(24 * KEPT_DAYS)).ok()
    }
    fn body(&self, _rev: u64) -> RecordedChangesItem {
        RecordedChangesItem {
            workspace: self.workspace.clone(),
            n: self.number,
            leads: Bytes(self.leads.clone()),
            log: Bytes(self.log.clone()),
            bytes: self.bytes_through,
            removes: self.removes,
            emptied: self.is_emptied,
            at: self.at,
        }
    }
    fn from_body(body: RecordedChangesItem, _head: &Head) -> Result<Self, String> {
        Ok(Self {
            workspace: body.workspace,
            number: body.n,
            leads: body.leads.0,
            log: body.log.0,
            bytes_through: body.bytes,
            removes: body.removes,
            is_emptied: body.emptied,
            at: body.at,
        })
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ChangeHeadItem {
    workspace: WorkspaceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manifest: Option<String>,
    /// The blocks themselves, in a head that an earlier version has written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocks: Option<Vec<LeadBlock>>,
    folded: u64,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_nanos")]
    folded_at: Option<Timestamp>,
    bytes_folded: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    emptied: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    to_be_emptied: u64,
    log_files: u64,
    log_hash: String,
}

impl Stored for ChangeHead {
    const ENTITY: &'static str = "change_head";
    type Scope = Tenant;
    type Body = ChangeHeadItem;

    fn key(&self) -> Key<Tenant> {
        keys::change_head(&self.workspace)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> ChangeHeadItem {
        let (manifest, blocks) = match self.blocks.clone() {
            BlocksOfList::Unknown => (None, None),
            BlocksOfList::InManifest(name) => (Some(name), None),
            BlocksOfList::InHead(blocks) => (None, Some(blocks)),
        };
        ChangeHeadItem {
            workspace: self.workspace.clone(),
            manifest,
            blocks,
            folded: self.folded,
            folded_at: self.folded_at,
            bytes_folded: self.bytes_folded,
            emptied: self.emptied,
            to_be_emptied: self.to_be_emptied,
            log_files: self.log_files,
            log_hash: self.log_hash.clone(),
        }
    }
    fn from_body(body: ChangeHeadItem, head: &Head) -> Result<Self, String> {
        let blocks = match (body.manifest, body.blocks) {
            (Some(name), _) => BlocksOfList::InManifest(name),
            (None, Some(blocks)) => BlocksOfList::InHead(blocks),
            (None, None) => BlocksOfList::Unknown,
        };
        Ok(Self {
            workspace: body.workspace,
            blocks,
            folded: body.folded,
            folded_at: body.folded_at,
            bytes_folded: body.bytes_folded,
            emptied: body.emptied,
            to_be_emptied: body.to_be_emptied,
            log_files: body.log_files,
            log_hash: body.log_hash,
            rev: head.rev,
        })
    }
}
