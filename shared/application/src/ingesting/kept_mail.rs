//! Keeps a mail as it was read in the bucket: its HTML version is shown from there, and a mail that matches no lead is
//! ingested from there once a user has said whose it is.

use crate::ingesting::context::Origin;
use crate::ingesting::large_payloads::read_mail;
use crate::ports::blobs::Blobs;
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::{StoreResult, found};

/// Keeps the mail and returns its key. Safe to repeat.
pub(super) async fn keep_mail(
    blobs: &dyn Blobs,
    origin: &Origin<'_>,
    mail: &InboundEmail,
) -> StoreResult<String> {
    let text = serde_json::to_string(mail).expect("a mail is texts and times, which serialise");
    let key = read_mail(origin.workspace, origin.account, &text);
    // It is noted first, so that it is deleted with the lead even if another mail is shown in its place.
    origin.findings.lies_in(&key);
    blobs.put(&key, "application/json", text.into_bytes()).await?;
    Ok(key)
}

/// Reads a mail that was kept. `None` if it is no longer there, or the key is of something else.
pub async fn kept_mail(blobs: &dyn Blobs, key: &str) -> StoreResult<Option<InboundEmail>> {
    let bytes = found(blobs.get(key).await)?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}
