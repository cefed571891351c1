//! The cursor of a list: where the next page begins, and as of when scores count. It is valid for one query only.

use crate::ports::blobs::unavailable;
use crate::ports::leads::LeadQuery;
use crate::ports::store::{StoreError, StoreResult};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::WorkspaceId;
use jiff::Timestamp;
use lead_columns::Position;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Cursor {
    pub(super) list: String,
    pub(super) as_of: Timestamp,
    pub(super) after: Position,
}

impl Cursor {
    pub(super) fn write(&self) -> StoreResult<String> {
        write_cursor(self)
    }

    /// Reads a cursor; `BadCursor` if it is none of this list.
    pub(super) fn read(list: &str, text: &str) -> StoreResult<Self> {
        let cursor: Self = read_cursor(text)?;
        if cursor.list == list { Ok(cursor) } else { Err(StoreError::BadCursor) }
    }
}

pub(super) fn write_cursor<T: Serialize>(cursor: &T) -> StoreResult<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(cursor).map_err(unavailable)?))
}

/// Reads a cursor; `BadCursor` if it is none.
pub(super) fn read_cursor<T: DeserializeOwned>(text: &str) -> StoreResult<T> {
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| StoreError::BadCursor)?;
    serde_json::from_slice(&json).map_err(|_| StoreError::BadCursor)
}

/// Names a query, apart from where its page begins and how long it is.
pub(super) fn fingerprint(workspace: &WorkspaceId, query: &LeadQuery) -> String {
    let (seen, columns) = (Vec::new(), Vec::new());
    let asked = LeadQuery { limit: 0, cursor: None, as_of: None, seen, columns, ..query.clone() };
    hex::encode(&Sha256::digest(format!("{workspace} {asked:?}"))[..8])
}
