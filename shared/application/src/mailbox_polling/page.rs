//! Hands one page of a poll over: what belongs to a lead is put into the bucket and named on the `inbound` queue.

use crate::ingesting::large_payloads;
use crate::mailbox_polling::matching::{Matched, matched};
use crate::mailbox_polling::ports::PollPorts;
use crate::ports::mailboxes::{MailReference, MailboxError, NewMail, WholeMail};
use crate::ports::outbox::send_all;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::StoreResult;
use crate::queue_messages::IngestEvent;
use domain::contact::email_address::EmailAddress;
use domain::workspace::mailbox_reading::MailboxReading;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The largest mail that is read whole; of a larger one its beginning, where the words are.
const LARGEST_MAIL: usize = 8 * 1024 * 1024;

/// Whether a page was handed over up to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HandedOver {
    All,
    /// Time is up: the page is read again, without what is handed over already.
    Part,
}

/// Queues an event for each mail of the page that belongs to a lead, and remembers it in the reading. An error means that
/// the page has to be read again.
pub(super) async fn hand_over(
    ports: &PollPorts,
    account: &OpenAccount,
    reading: &mut MailboxReading,
    mails: &[NewMail],
    until: Timestamp,
) -> StoreResult<Result<HandedOver, MailboxError>> {
    if mails.is_empty() {
        return Ok(Ok(HandedOver::All));
    }
    let accounts = ports.accounts.list(&account.workspace).await?;
    let own: Vec<EmailAddress> = accounts
        .iter()
        .filter_map(|account| account.settings.mailbox())
        .flat_map(|mailbox| [Some(mailbox.address), mailbox.reply_to])
        .flatten()
        .cloned()
        .collect();
    let mut fetcher = match ports.mailbox_reader.fetcher(account, LARGEST_MAIL) {
        Ok(fetcher) => fetcher,
        Err(error) => return Ok(Err(error)),
    };
    for mail in mails {
        let digest = digest_of(&mail.reference);
        if reading.handed_over.contains(&digest) {
            continue;
        }
        let Some(how) = matched(ports, &account.workspace, &own, mail).await? else { continue };
        if ports.clock.now() > until {
            fetcher.close().await;
            return Ok(Ok(HandedOver::Part));
        }
        let whole = match fetcher.fetch(&mail.reference).await {
            Ok(Some(whole)) => whole,
            // It was deleted since.
            Ok(None) => continue,
            Err(error) => return Ok(Err(error)),
        };
        hand_over_one(ports, account, (mail, how), whole).await?;
        reading.note_handed_over(digest);
    }
    fetcher.close().await;
    Ok(Ok(HandedOver::All))
}

/// Returns what a mail is remembered by until its page is read.
fn digest_of(reference: &MailReference) -> String {
    hex::encode(&Sha256::digest(&reference.0)[..8])
}

/// Returns the id of the event by which a mail of a mailbox is ingested. The same mail has the same one.
pub fn event_of_mail(reference: &str) -> String {
    // Other words than a webhook's event id, which is hashed into the same folder.
    hex::encode(Sha256::digest(format!("mailbox {reference}")))
}

async fn hand_over_one(
    ports: &PollPorts,
    account: &OpenAccount,
    (mail, how): (&NewMail, Matched),
    whole: WholeMail,
) -> StoreResult<()> {
    let now = ports.clock.now();
    let name = event_of_mail(&mail.reference.0);
    let blob = large_payloads::payload(&account.workspace, &account.id, &name);
    ports.blobs.put(&blob, "message/rfc822", whole.bytes).await?;
    let event = IngestEvent::Mail {
        workspace: account.workspace.clone(),
        account: account.id.clone(),
        event_id: name,
        received_at: mail.received_at.map_or(now, |at| at.min(now)),
        is_by_hand: how == Matched::SentByHand,
        blob,
    };
    send_all(&*ports.outbox, &[event], 0).await
}
