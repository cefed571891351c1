//! How far each folder of a mailbox has been read. A cursor is stored between two polls, as JSON of some kilobytes, and
//! holds nothing of any mail but numbers and digests.

use crate::{FolderName, FolderRole};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::collections::VecDeque;

const VERSION: u32 = 1;
/// The mails of a folder that are recognised after the server has numbered it anew. They make most of a cursor, which is
/// stored twice in each poll and paid for by the kilobyte.
const MOST_DIGESTS: usize = 64;
const DIGEST_BYTES: usize = 8;

/// The place up to which a mailbox has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredCursor")]
pub struct Cursor {
    #[serde(rename = "v")]
    version: u32,
    /// The moment when the mailbox was connected. Mails that arrived before are not read.
    pub(crate) connected_at: Timestamp,
    pub(crate) folders: Vec<FolderCursor>,
}

/// The place up to which one folder has been read: every mail below `next_uid` was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderCursor {
    pub name: FolderName,
    /// The role by which the folder is found again if it was renamed. Chosen folders have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<FolderRole>,
    pub uid_validity: u32,
    pub next_uid: u32,
    /// The last moment when everything in the folder had been read.
    pub read_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) anew: Option<Anew>,
    #[serde(default, skip_serializing_if = "Digests::is_empty")]
    pub(crate) digests: Digests,
}

/// A folder that the server has numbered anew is read again, up to a number and from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Anew {
    pub(crate) since: Date,
    pub(crate) until_uid: u32,
}

/// The last reported mails of a folder, as digests of their Message-IDs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Digests(VecDeque<[u8; DIGEST_BYTES]>);

#[derive(Deserialize)]
struct StoredCursor {
    v: u32,
    connected_at: Timestamp,
    folders: Vec<FolderCursor>,
}

impl TryFrom<StoredCursor> for Cursor {
    type Error = String;

    fn try_from(stored: StoredCursor) -> Result<Self, String> {
        if stored.v != VERSION {
            return Err(format!("a mailbox cursor of version {}, which is unknown here", stored.v));
        }
        Ok(Self { version: VERSION, connected_at: stored.connected_at, folders: stored.folders })
    }
}

impl Cursor {
    pub(crate) fn new(connected_at: Timestamp, folders: Vec<FolderCursor>) -> Self {
        Self { version: VERSION, connected_at, folders }
    }

    pub fn folders(&self) -> &[FolderCursor] {
        &self.folders
    }

    /// Returns the earliest moment up to which all folders have been read completely.
    pub fn read_at(&self) -> Timestamp {
        self.folders.iter().map(|folder| folder.read_at).min().unwrap_or(self.connected_at)
    }
}

impl FolderCursor {
    /// Makes the place in a folder that was never read. It is above all numbers, so that reading begins anew.
    pub(crate) fn unread(name: FolderName, role: Option<FolderRole>, connected_at: Timestamp) -> Self {
        Self {
            name,
            role,
            uid_validity: 0,
            next_uid: u32::MAX,
            read_at: connected_at,
            anew: None,
            digests: Digests::default(),
        }
    }

    pub(crate) fn is_unread(&self) -> bool {
        (self.uid_validity, self.next_uid) == (0, u32::MAX)
    }
}

impl Digests {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Remembers a mail; returns false if it was known.
    pub(crate) fn insert(&mut self, identity: &[u8]) -> bool {
        let mut digest = [0; DIGEST_BYTES];
        digest.copy_from_slice(&Sha256::digest(identity)[..DIGEST_BYTES]);
        if self.0.contains(&digest) {
            return false;
        }
        if self.0.len() == MOST_DIGESTS {
            self.0.pop_front();
        }
        self.0.push_back(digest);
        true
    }
}

impl Serialize for Digests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flatten().copied().collect();
        serializer.serialize_str(&STANDARD_NO_PAD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Digests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD_NO_PAD.decode(text).map_err(serde::de::Error::custom)?;
        let digests = bytes.chunks_exact(DIGEST_BYTES).filter_map(|digest| digest.try_into().ok());
        Ok(Self(digests.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        let connected_at: Timestamp = "2026-02-07T08:05:00Z".parse().unwrap();
        let mut folder = FolderCursor::unread(FolderName::from_wire("Entw&APw-rfe"), None, connected_at);
        (folder.uid_validity, folder.next_uid) = (7, 12);
        Cursor::new(connected_at, vec![folder])
    }

    #[test]
    fn stored_cursor_is_read_back_as_it_was() {
        let mut cursor = cursor();
        let small = r#"{"v":1,"connected_at":"2026-02-07T08:05:00Z","folders":[{"name":"Entw&APw-rfe","uid_validity":7,"next_uid":12,"read_at":"2026-02-07T08:05:00Z"}]}"#;
        assert_eq!(serde_json::to_string(&cursor).unwrap(), small);
        for number in 0..1000_u32 {
            assert!(cursor.folders[0].digests.insert(&number.to_be_bytes()));
        }
        cursor.folders[0].anew = Some(Anew { since: jiff::civil::date(2026, 2, 6), until_uid: 40 });
        let stored = serde_json::to_string(&cursor).unwrap();
        assert!(stored.len() < 1_000, "{}", stored.len());
        let mut read: Cursor = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, cursor);
        assert!(!read.folders[0].digests.insert(&999_u32.to_be_bytes()));
        assert!(read.folders[0].digests.insert(&0_u32.to_be_bytes()));
    }

    #[test]
    fn cursor_of_another_version_is_refused() {
        let stored = serde_json::to_string(&cursor()).unwrap().replace("\"v\":1", "\"v\":2");
        let refused = serde_json::from_str::<Cursor>(&stored).unwrap_err().to_string();
        assert!(refused.contains("version 2"), "{refused}");
    }
}
