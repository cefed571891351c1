//! The access log: who signed in to a workspace, who was refused, what was exported, and which API keys were used.

use crate::event::UserOrKey;
use crate::ids::{AccessRecordId, WorkspaceId};
use jiff::Timestamp;

crate::codes! {
    /// What somebody did to get in, or to take data out.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum AccessKind {
        SignedIn = "signed_in",
        /// A password, a code or a passkey was wrong. Written once for a login, a network and a minute, however often it was
        /// tried.
        SignInRefused = "sign_in_refused",
        /// Leads were exported to a file.
        Exported = "exported",
        /// The suppression list was exported to a file.
        SuppressionsExported = "suppressions_exported",
        /// An API key was used. Written once an hour for each network.
        KeyUsed = "key_used",
    }
}

/// An entry of the access log. Kept for 90 days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRecord {
    pub id: AccessRecordId,
    pub workspace: WorkspaceId,
    pub kind: AccessKind,
    /// The user or the key; of a refusal, the user whose login was tried.
    pub by: UserOrKey,
    /// The browser and the system, as the browser names them.
    pub device: Option<String>,
    /// Stands for the network that it came from: the same text for the same network, which cannot be read from it.
    pub network: String,
    /// The number of leads, or entries of the suppression list, that were exported.
    pub leads: Option<u64>,
    pub at: Timestamp,
}
