//! The token in the address that a webhook calls back.

use crate::identity::stage_keys::StageKeys;
use domain::{ColumnId, LeadId, WorkspaceId};
use serde::{Deserialize, Serialize};

const BOUND_TO: &str = "column_callback";

/// Says which cell a callback fills. It is sealed, so that no one else can make one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackToken {
    #[serde(rename = "w")]
    pub workspace: WorkspaceId,
    #[serde(rename = "l")]
    pub lead: LeadId,
    #[serde(rename = "c")]
    pub column: ColumnId,
    #[serde(rename = "n")]
    pub nonce: String,
}

impl CallbackToken {
    pub fn url(&self, keys: &StageKeys, public_url: &str) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        format!("{public_url}/api/hooks/columns/{}", keys.seal(BOUND_TO, &text))
    }

    /// Opens a token that this installation has sealed.
    pub fn open(keys: &StageKeys, sealed: &str) -> Option<Self> {
        serde_json::from_str(&keys.open(BOUND_TO, sealed)?).ok()
    }
}
