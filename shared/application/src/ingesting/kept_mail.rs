//! Keeps a mail as it was read in the bucket: its HTML version is shown from there, and a mail that matches no lead is
//! ingested from there once a user has said whose it is.

use crate::ingesting::large_payloads::read_mail;
use crate::ports::blobs::Blobs;
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::{StoreResult, found};
use domain::{AccountId, WorkspaceId};

/// Keeps the mail and returns its key. Safe to repeat.
pub(super) async fn keep_mail(
    blobs: &dyn Blobs,
    (workspace, account): (&WorkspaceId, &AccountId),
    external_id: &str,
    mail: &InboundEmail,
) -> StoreResult<String> {
    let key = read_mail(workspace, account, external_id);
    let body = serde_json::to_vec(mail).expect("a mail is texts and times, which serialise");
    blobs.put(&key, "application/json", body).await?;
    Ok(key)
}

/// Reads a mail that was kept. `None` if it is no longer there, or the key is of something else.
pub async fn kept_mail(blobs: &dyn Blobs, key: &str) -> StoreResult<Option<InboundEmail>> {
    let bytes = found(blobs.get(key).await)?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}
