//! Sending a mail by a draft, where its mailbox has drafts (`ports/mail_drafts.rs`).
//!
//! 1. The draft is made. It reaches nobody, so whatever goes wrong here, nothing was sent.
//! 2. Its id is written into the message's row, under the revision that was read. A function that was suspended and finds the
//!    row changed sends nothing: another has made its own draft.
//! 3. The draft is sent. The provider sends each draft once.
//!
//! A repeat finds the draft's id in the row. A draft that still is one was not sent, and goes out now; of one that was sent the
//! answer is known; and one that is nowhere may have been sent. So under its draft a message may be repeated as under a key, and
//! that is what the provider's class promises. A draft that took longer to make than a permit lasts is sent by the next attempt,
//! which looks at the permits anew.

use crate::ports::mail_drafts::{DraftState, MailDraft};
use crate::ports::provider_calls::{Accepted, CallError, OpenAccount, OutgoingMail, SendError};
use crate::ports::store::StoreError;
use crate::sending::cache::PERMIT_LASTS;
use crate::sending::ports::SendPorts;
use domain::event::{Event, EventKind};
use domain::message::Message;
use jiff::SignedDuration;

/// Sends the mail by the draft that its row names, or by a new one that is noted there first.
pub(super) async fn send_by_draft(
    ports: &SendPorts,
    account: &OpenAccount,
    mail: &OutgoingMail,
    message: &mut Message,
) -> Result<Accepted, SendError> {
    let began = ports.clock.now();
    let draft = match message.draft().map(str::to_owned) {
        Some(id) => match ports.drafts.draft_state(account, &id, &mail.message_id).await {
            Ok(DraftState::NotSent) => MailDraft { id, internet_id: None },
            Ok(DraftState::Sent(accepted)) => return Ok(accepted),
            Ok(DraftState::BeingSent | DraftState::Unknown) => {
                return Err(SendError::Uncertain("the draft is gone".into()));
            }
            Err(error) => return Err(not_asked(error)),
        },
        None => {
            let draft = ports.drafts.create_draft(account, mail).await?;
            note(ports, account, &draft, message).await?;
            draft
        }
    };
    if ports.clock.now().duration_since(began) >= PERMIT_LASTS {
        let detail = "the draft was made, and took too long to be sent now".to_owned();
        return Err(SendError::TooFast { detail, after: SignedDuration::from_secs(1) });
    }
    let sent = ports.drafts.send_draft(account, &draft, mail).await;
    if matches!(sent, Err(SendError::Rejected { .. })) {
        discard(ports, account, &draft).await;
    }
    sent
}

/// Writes the draft's id into the message's row.
async fn note(
    ports: &SendPorts,
    account: &OpenAccount,
    draft: &MailDraft,
    message: &mut Message,
) -> Result<(), SendError> {
    let before = message.provider_id.clone();
    message.note_draft(&draft.id);
    let event = Event::system(EventKind::MessageRowWritten, ports.clock.now());
    match ports.messages.save(message, &event).await {
        Ok(rev) => {
            message.rev = rev;
            Ok(())
        }
        Err(StoreError::Conflict | StoreError::NotFound) => {
            message.provider_id = before;
            discard(ports, account, draft).await;
            Err(SendError::Uncertain("another function has changed the message".into()))
        }
        // It may have been written: the draft stays for the next attempt.
        Err(error) => Err(SendError::Retryable { detail: error.to_string(), after: None }),
    }
}

/// Makes the error of a draft that could not be asked about. This attempt has sent nothing.
fn not_asked(error: CallError) -> SendError {
    match error {
        CallError::Account(detail) => SendError::Account { detail },
        CallError::RateLimited { after } => SendError::Down { detail: error.to_string(), after },
        CallError::Unavailable(_) | CallError::Lost(_) => {
            SendError::Down { detail: error.to_string(), after: None }
        }
        CallError::Rejected(_) => SendError::Uncertain(error.into()),
    }
}

async fn discard(ports: &SendPorts, account: &OpenAccount, draft: &MailDraft) {
    if let Err(error) = ports.drafts.discard_draft(account, &draft.id).await {
        tracing::warn!(account.id = %account.id, %error, "a draft that will not be sent is left behind");
    }
}
