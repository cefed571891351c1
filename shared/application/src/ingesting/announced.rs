//! Fetches a mail that a webhook only announces, and puts it into the bucket: it is fetched once, and a replay finds it
//! there, although its provider forgets it.

use crate::ingesting::context::{IngestError, IngestPorts};
use crate::ingesting::large_payloads;
use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::ports::store::{StoreError, found};
use domain::{AccountId, WorkspaceId};
use sha2::{Digest, Sha256};

/// Returns the key of the mail in the bucket, and the mail.
pub(super) async fn fetched(
    ports: &IngestPorts,
    (workspace, account): (&WorkspaceId, &AccountId),
    id: &str,
) -> Result<(String, Vec<u8>), IngestError> {
    // Other words than those of a webhook's event id and of a mailbox's mail, which are hashed into the same folder.
    let name = hex::encode(Sha256::digest(format!("announced {id}")));
    let key = large_payloads::payload(workspace, account, &name);
    if let Some(mail) = found(ports.blobs.get(&key).await)? {
        return Ok((key, mail));
    }
    let gone = || IngestError::Unreadable("the account that could fetch this mail is gone".to_owned());
    let account = found(ports.accounts.get(workspace, account).await)?.ok_or_else(gone)?;
    let opened = ports.vault.open(workspace, &account.id, &account.sealed_secret);
    let secret =
        opened.map_err(|_| IngestError::Unreadable("the account's secret cannot be opened".to_owned()))?;
    let mail = ports.webhooks.fetch_announced(&OpenAccount { account, secret }, id).await;
    let mail = mail.map_err(|error| match error {
        CallError::Rejected(why) => IngestError::Unreadable(why),
        // A user may mend the account; the event is tried again for an hour, and can be replayed later.
        CallError::Account(why) => IngestError::Early(why),
        CallError::RateLimited { .. } => IngestError::Early("a mail that is fetched too fast".to_owned()),
        CallError::Unavailable(source) | CallError::Lost(source) => {
            IngestError::Store(StoreError::Unavailable(source))
        }
    })?;
    ports.blobs.put(&key, "message/rfc822", mail.clone()).await?;
    Ok((key, mail))
}
