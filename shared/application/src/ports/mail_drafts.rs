//! Sending in two steps, for mailboxes whose API has drafts.
//!
//! A draft reaches nobody, so making one is always safe. Its id is kept in the message's row before it is sent. If the
//! answer to the sending is lost, the draft says what happened: as long as it is a draft it was not sent, and the other
//! side sends one draft only once. That is better evidence than a search for a copy, where a missing copy proves nothing.

use crate::ports::provider_calls::{Accepted, CallError, OpenAccount, OutgoingMail, SendError};
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;

#[async_trait]
pub trait DraftSender: Send + Sync {
    /// Whether the account's provider has drafts. Only then may the other methods be called.
    fn has_drafts(&self, settings: &AccountSettings) -> bool;

    /// Makes a draft. Whatever the error, nothing was sent, so it is never `Uncertain`; a draft that nobody knows of may
    /// be left behind.
    async fn create_draft(&self, account: &OpenAccount, mail: &OutgoingMail) -> Result<MailDraft, SendError>;

    /// Sends a draft of this mail. MUST be called again for the same draft only after `draft_state` has called it a
    /// draft still.
    async fn send_draft(
        &self,
        account: &OpenAccount,
        draft: &MailDraft,
        mail: &OutgoingMail,
    ) -> Result<Accepted, SendError>;

    /// Tells what became of a draft of the mail with this Message-ID. MUST NOT be asked while its sending may still be
    /// under way, which is as long as the longest call.
    async fn draft_state(
        &self,
        account: &OpenAccount,
        draft: &str,
        internet_id: &str,
    ) -> Result<DraftState, CallError>;

    /// Deletes a draft that will not be sent. One that is gone, or was sent, is left as it is.
    async fn discard_draft(&self, account: &OpenAccount, draft: &str) -> Result<(), CallError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailDraft {
    /// The provider's id of the draft.
    pub id: String,
    /// The Message-ID under which the mail will reach people, without angle brackets, if it is not ours and is known.
    pub internet_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftState {
    /// It still is a draft: it was not sent, and may be.
    NotSent,
    Sent(Accepted),
    /// The provider is about to send it.
    BeingSent,
    /// There is neither a draft nor a sent mail. A user may have deleted either, and a sent one may not be listed yet.
    Unknown,
}
