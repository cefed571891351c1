//! The changes of a workspace in the order in which the table's stream gave them: the lead list's news and the tail of the
//! workspace's log at once. They are folded into blocks and log files in the bucket.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// Changes that were recorded together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedChanges {
    pub workspace: WorkspaceId,
    /// The place in the workspace's order, from 1 on, without gaps.
    pub number: u64,
    /// What changed in the lead list, as a block of `lead_columns`; empty if nothing did.
    pub leads: Vec<u8>,
    /// The log's entries, compressed JSON lines; empty if there are none.
    pub log: Vec<u8>,
    /// The bytes of all changes up to and including these.
    pub bytes_through: u64,
    /// Whether a lead was erased, whose texts must not stay in what was recorded before.
    pub removes: bool,
    /// Whether the changes were emptied, because an erased lead's texts may have stood in them. They were folded before.
    pub is_emptied: bool,
    /// When the latest of them was made.
    pub at: Timestamp,
}

/// The state of a workspace's lead list and log in the bucket. It is small, because each page of the list reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeHead {
    pub workspace: WorkspaceId,
    pub blocks: BlocksOfList,
    /// The number of the last changes that are in the blocks and in the log files.
    pub folded: u64,
    /// When the latest of these changes was made. None in a head that an earlier version has written.
    pub folded_at: Option<Timestamp>,
    /// The bytes of all changes up to there.
    pub bytes_folded: u64,
    /// The numbers of the last changes that were emptied because of an erasure, and of the last that are to be.
    pub emptied: u64,
    pub to_be_emptied: u64,
    /// The number of the last log file, and the hash of its bytes, which the next one names.
    pub log_files: u64,
    pub log_hash: String,
    pub rev: u64,
}

/// The place that names the blocks of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlocksOfList {
    /// They must be made from the table.
    Unknown,
    /// This object of the bucket names them.
    InManifest(String),
    /// The head itself has them: an earlier version has written it.
    InHead(Vec<LeadBlock>),
}

/// A block of leads in the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadBlock {
    /// The ids of the first and the last lead that may be in it, as ULIDs; empty if any may be.
    pub from: String,
    #[serde(default)]
    pub to: String,
    /// The object's own part of its key in the bucket.
    pub name: String,
    /// How many leads and removals it holds.
    pub leads: usize,
    /// The bytes of its leads before compression; 0 where an earlier version has written it.
    #[serde(default)]
    pub bytes: u64,
    /// The form of its leads, `lead_columns::block::FORM`; 0 where an earlier version has written it.
    #[serde(default)]
    pub form: u8,
}

impl LeadBlock {
    /// Returns the bytes of its leads before compression, by estimate where they are not known.
    pub fn size(&self) -> u64 {
        match self.bytes {
            0 => self.leads as u64 * 256,
            known => known,
        }
    }

    /// Returns the ids that may be in it.
    pub fn range(&self) -> std::ops::RangeInclusive<u128> {
        let id = |text: &str, else_: u128| Ulid::from_string(text).map_or(else_, |ulid| ulid.0);
        id(&self.from, 0)..=id(&self.to, u128::MAX)
    }
}

impl ChangeHead {
    /// The head of a workspace of which nothing was recorded.
    pub fn none(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            blocks: BlocksOfList::Unknown,
            folded: 0,
            folded_at: None,
            bytes_folded: 0,
            emptied: 0,
            to_be_emptied: 0,
            log_files: 0,
            log_hash: String::new(),
            rev: 0,
        }
    }
}

/// Asks for all changes that were recorded after a number.
pub const ALL: usize = usize::MAX;

/// What was recorded after a number, and the head: one strongly consistent query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangesSince {
    pub changes: Vec<RecordedChanges>,
    pub head: Option<ChangeHead>,
}

/// How far the recording has come with the table's stream, told by the due tick, which notes each of its runs in the table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordingProgress {
    /// When the last run of the tick ended.
    pub ticked: Option<Timestamp>,
    /// When the run before it ended; the last itself, if it was the first.
    pub former: Option<Timestamp>,
    /// When the last run ended whose note has come through the stream.
    pub recorded: Option<Timestamp>,
}

/// The time after which the note of a run is late: it comes within two seconds.
const LATE: SignedDuration = SignedDuration::from_secs(10);

impl RecordingProgress {
    /// Returns the time up to which changes are recorded, if the recording is behind: one of the last two runs is late.
    /// The former counts as well, because the note of the last one is not late in its first seconds.
    pub fn behind(&self, now: Timestamp) -> Option<Timestamp> {
        let recorded = self.recorded?;
        let is_late = |run: Timestamp| recorded < run && now.duration_since(run) > LATE;
        [self.former, self.ticked].into_iter().flatten().any(is_late).then_some(recorded)
    }
}

#[async_trait]
pub trait ChangeLogStore: Send + Sync {
    async fn head(&self, workspace: &WorkspaceId) -> StoreResult<Option<ChangeHead>>;

    /// Returns what was recorded after `number`, in order, with the head behind it. Where there are `most` changes or more, it
    /// returns so many and no head.
    async fn since(&self, workspace: &WorkspaceId, number: u64, most: usize) -> StoreResult<ChangesSince>;

    /// Returns at most `most` changes that were recorded after `number`, in order.
    async fn next(
        &self,
        workspace: &WorkspaceId,
        number: u64,
        most: usize,
    ) -> StoreResult<Vec<RecordedChanges>>;

    /// Returns the last changes that were recorded and have not expired, and the head: one query.
    async fn tail(&self, workspace: &WorkspaceId) -> StoreResult<ChangesSince>;

    /// Records changes under their number. `Conflict` if the number is taken.
    async fn append(&self, changes: &RecordedChanges) -> StoreResult<()>;

    /// Saves the head under its revision; returns the new one.
    async fn save_head(&self, head: &ChangeHead) -> StoreResult<u64>;

    /// Notes that a run of the due tick has come through the stream, and so has what was written before it.
    async fn note_recorded(&self, tick: Timestamp) -> StoreResult<()>;

    /// Tells how far the recording has come: one query.
    async fn progress(&self) -> StoreResult<RecordingProgress>;

    /// Empties the changes with these numbers. They stay, so that nobody takes their numbers again.
    async fn empty(&self, workspace: &WorkspaceId, numbers: std::ops::RangeInclusive<u64>)
    -> StoreResult<()>;
}

#[cfg(test)]
mod tests {
    use super::RecordingProgress;
    use jiff::Timestamp;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn behind((former, ticked): (i64, i64), recorded: i64, now: i64) -> Option<Timestamp> {
        let [ticked, former, recorded] = [ticked, former, recorded].map(|second| Some(at(second)));
        RecordingProgress { ticked, former, recorded }.behind(at(now))
    }

    #[test]
    fn recording_is_behind_while_a_run_of_ten_seconds_ago_has_not_come_through() {
        assert_eq!(behind((0, 60), 60, 119), None);
        assert_eq!(behind((0, 60), 0, 70), None);
        assert_eq!(behind((0, 60), 0, 71), Some(at(0)));
        assert_eq!(behind((60, 120), 0, 121), Some(at(0)), "the next run makes it no less late");
        assert_eq!(behind((0, 85), 0, 86), None, "a slow run");
        assert_eq!(behind((0, 0), 0, 1), None, "the first run");
    }

    #[test]
    fn recording_is_not_behind_right_after_runs_were_missed() {
        assert_eq!(behind((0, 120), 0, 121), None);
        assert_eq!(behind((0, 86_400), 0, 86_410), None, "the schedule was paused for a day");
        assert_eq!(behind((0, 86_400), 0, 86_411), Some(at(0)));
        assert_eq!(behind((120, 121), 0, 122), None, "a run was started twice");
    }

    #[test]
    fn recording_of_which_nothing_is_noted_yet_is_not_behind() {
        let ticked = RecordingProgress { ticked: Some(at(0)), former: Some(at(0)), recorded: None };
        assert_eq!(ticked.behind(at(1_000)), None);
        assert_eq!(RecordingProgress::default().behind(at(1_000)), None);
    }
}
