//! Log files: what happened in a workspace, in the bucket. Each names the hash of the one before it, so that a change of
//! one, or a missing one, shows.

use super::{lines, log_file_key, log_files_of};
use crate::ports::blobs::Blobs;
use crate::ports::change_log::{ChangeHead, RecordedChanges};
use crate::ports::changes::LogEntry;
use crate::ports::store::{StoreError, StoreResult};
use domain::WorkspaceId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// The first line of a log file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFileHeader {
    /// The file's number, from 1 on, without gaps.
    pub number: u64,
    /// The SHA-256 of the bytes of the file before it; empty in the first.
    pub previous: String,
    /// The numbers of the first and the last recorded changes that are in it.
    pub first: u64,
    pub last: u64,
}

/// Says why a workspace's log cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum LogFault {
    #[error("log file {0} is missing")]
    Missing(u64),
    #[error("log file {0} does not follow from the one before it: one of them was changed")]
    Changed(u64),
    #[error("log file {number} cannot be read: {why}")]
    Unreadable { number: u64, why: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A log file that was put into the bucket.
pub(super) struct Written {
    pub(super) number: u64,
    pub(super) hash: String,
    /// The number of the last recorded changes in it.
    pub(super) last: u64,
}

/// Puts the next log file, with the entries of these changes. None if the changes have no entries. One that another fold has
/// put under the same number counts instead: it may hold some of these changes, and was left by a fold that broke off, or
/// others, of the time that a restored table has lost; those stay in the log, and the next number is tried.
/// `Conflict` if it holds more than these changes and they are not all that there are, `is_all`.
pub(super) async fn write_next(
    blobs: &dyn Blobs,
    head: &ChangeHead,
    changes: &[RecordedChanges],
    is_all: bool,
) -> StoreResult<Option<Written>> {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Ok(None) };
    if changes.iter().all(|change| change.log.is_empty()) {
        return Ok(None);
    }
    let lines = entries(changes)?;
    let (mut number, mut previous) = (head.log_files + 1, head.log_hash.clone());
    loop {
        let header = LogFileHeader { number, previous, first: first.number, last: last.number };
        let text = format!("{}{}", lines::line(&header)?, lines.concat());
        let (key, file) = (log_file_key(&head.workspace, number), lines::pack(&text)?);
        match blobs.put_new(&key, "application/gzip", file.clone()).await {
            Ok(()) => return Ok(Some(Written { number, hash: digest(&file), last: last.number })),
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other),
        }
        let there = blobs.get(&key).await?;
        let text = lines::unpack(&there)?;
        let mut theirs = text.split_inclusive('\n');
        let header: LogFileHeader = lines::read(theirs.next().unwrap_or_default())?;
        let theirs: HashSet<&str> = theirs.collect();
        let ours: HashSet<&str> = lines.iter().map(String::as_str).collect();
        if header.last <= last.number && theirs.is_subset(&ours) {
            return Ok(Some(Written { number, hash: digest(&there), last: header.last }));
        }
        if !is_all && ours.is_subset(&theirs) {
            return Err(StoreError::Conflict);
        }
        (number, previous) = (number + 1, digest(&there));
    }
}

/// Returns the lines of these changes, each once: a batch of the stream may have been recorded twice.
fn entries(changes: &[RecordedChanges]) -> StoreResult<Vec<String>> {
    let (mut entries, mut known) = (Vec::new(), HashSet::new());
    for change in changes {
        for line in lines::unpack(&change.log)?.split_inclusive('\n') {
            if known.insert(digest(line.as_bytes())) {
                entries.push(line.to_owned());
            }
        }
    }
    Ok(entries)
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Reads a workspace's whole log from the bucket alone, and checks its chain. Each change is returned once, in the order
/// in which it was recorded. The chain does not show that the last file was changed, or files behind it are missing:
/// `read_log_to` does.
pub async fn read_log(blobs: &dyn Blobs, workspace: &WorkspaceId) -> Result<Vec<LogEntry>, LogFault> {
    read_chain(blobs, workspace).await.map(|(entries, _)| entries)
}

/// Reads a workspace's log as `read_log` does, and checks that it goes on to where the head says that it ends.
pub async fn read_log_to(blobs: &dyn Blobs, head: &ChangeHead) -> Result<Vec<LogEntry>, LogFault> {
    let (entries, hashes) = read_chain(blobs, &head.workspace).await?;
    // A fold that broke off may have left one file more.
    let last = usize::try_from(head.log_files).ok().and_then(|files| files.checked_sub(1));
    match last.map(|last| hashes.get(last)) {
        None => Ok(entries),
        Some(Some(hash)) if *hash == head.log_hash => Ok(entries),
        Some(Some(_)) => Err(LogFault::Changed(head.log_files)),
        Some(None) => Err(LogFault::Missing(hashes.len() as u64 + 1)),
    }
}

/// Reads all files; returns their entries and their hashes.
async fn read_chain(
    blobs: &dyn Blobs,
    workspace: &WorkspaceId,
) -> Result<(Vec<LogEntry>, Vec<String>), LogFault> {
    let prefix = log_files_of(workspace);
    let (mut entries, mut known, mut hashes) = (Vec::new(), HashSet::new(), Vec::<String>::new());
    for (at, key) in blobs.list(&prefix).await?.into_iter().enumerate() {
        let number = at as u64 + 1;
        if key != log_file_key(workspace, number) {
            return Err(LogFault::Missing(number));
        }
        let unreadable = |error: StoreError| LogFault::Unreadable { number, why: error.in_full() };
        let file = blobs.get(&key).await?;
        let text = lines::unpack(&file).map_err(unreadable)?;
        let mut lines_of_file = text.lines();
        let header: LogFileHeader =
            lines::read(lines_of_file.next().unwrap_or_default()).map_err(unreadable)?;
        if header.number != number || header.previous != hashes.last().map_or("", String::as_str) {
            return Err(LogFault::Changed(number));
        }
        for line in lines_of_file {
            let entry: LogEntry = lines::read(line).map_err(unreadable)?;
            if known.insert((entry.item.clone(), entry.rev, entry.kind.clone(), entry.at)) {
                entries.push(entry);
            }
        }
        hashes.push(digest(&file));
    }
    Ok((entries, hashes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::blobs::UploadTicket;
    use crate::ports::store::StoreResult;
    use async_trait::async_trait;
    use jiff::Timestamp;
    use std::collections::BTreeMap;
    use std::collections::btree_map::Entry;
    use std::sync::Mutex;
    use std::time::Duration;

    /// A bucket in memory.
    #[derive(Default)]
    struct Bucket(Mutex<BTreeMap<String, Vec<u8>>>);

    #[async_trait]
    impl Blobs for Bucket {
        async fn put(&self, key: &str, _: &str, body: Vec<u8>) -> StoreResult<()> {
            self.0.lock().unwrap().insert(key.to_owned(), body);
            Ok(())
        }
        async fn put_new(&self, key: &str, _: &str, body: Vec<u8>) -> StoreResult<()> {
            match self.0.lock().unwrap().entry(key.to_owned()) {
                Entry::Occupied(_) => Err(StoreError::Conflict),
                Entry::Vacant(free) => {
                    free.insert(body);
                    Ok(())
                }
            }
        }
        async fn get(&self, key: &str) -> StoreResult<Vec<u8>> {
            self.0.lock().unwrap().get(key).cloned().ok_or(StoreError::NotFound)
        }
        async fn upload_ticket(&self, _: &str, _: &str, _: u64, _: Duration) -> StoreResult<UploadTicket> {
            Err(StoreError::NotFound)
        }
        async fn delete(&self, key: &str) -> StoreResult<()> {
            self.0.lock().unwrap().remove(key);
            Ok(())
        }
        async fn list(&self, _: &str) -> StoreResult<Vec<String>> {
            Ok(self.0.lock().unwrap().keys().cloned().collect())
        }
    }

    fn changes(numbers: std::ops::RangeInclusive<u64>) -> Vec<RecordedChanges> {
        let change = |number| RecordedChanges {
            workspace: WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["northquay"]),
            number,
            leads: Vec::new(),
            log: lines::pack(&format!("\"entry {number}\"\n")).unwrap(),
            bytes_through: 0,
            removes: false,
            is_emptied: false,
            at: Timestamp::UNIX_EPOCH,
        };
        numbers.map(change).collect()
    }

    async fn write(
        bucket: &Bucket,
        numbers: std::ops::RangeInclusive<u64>,
        is_all: bool,
    ) -> StoreResult<Option<Written>> {
        let changes = changes(numbers);
        let head = ChangeHead::none(changes[0].workspace.clone());
        write_next(bucket, &head, &changes, is_all).await
    }

    /// An earlier version put all that there was into one file, and broke off before it saved the head.
    #[tokio::test]
    async fn file_of_more_changes_than_a_step_has_is_taken_with_all_of_them() {
        let bucket = Bucket::default();
        let theirs = write(&bucket, 1..=150, true).await.unwrap().unwrap();
        let part = write(&bucket, 1..=100, false).await;
        assert!(matches!(part, Err(StoreError::Conflict)), "a second file would tell the entries twice");
        let ours = write(&bucket, 1..=160, true).await.unwrap().unwrap();
        assert_eq!((ours.number, ours.last, ours.hash), (1, 150, theirs.hash));
        assert_eq!(bucket.0.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn file_of_fewer_changes_is_taken_and_one_of_others_is_gone_behind() {
        let bucket = Bucket::default();
        write(&bucket, 1..=40, false).await.unwrap();
        let taken = write(&bucket, 1..=100, false).await.unwrap().unwrap();
        assert_eq!((taken.number, taken.last), (1, 40), "the rest is folded by the next step");
        let restored = write(&bucket, 900..=901, false).await.unwrap().unwrap();
        assert_eq!((restored.number, restored.last), (2, 901));
    }
}
