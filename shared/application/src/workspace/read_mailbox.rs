//! Reading what is new in a mailbox, with its access renewed where it ends soon, and once more where it is refused although
//! it has not ended: an owner who changes a password ends tokens early.

use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::mailbox_readings::MailboxReadingStore;
use crate::ports::mailboxes::{MailboxCursor, MailboxError, MailboxPoll, MailboxReader, PollLimits};
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreResult, unless_taken};
use crate::workspace::account_grant::{Access, GrantPorts, with_access, with_new_access};
use domain::{AccountId, WorkspaceId};
use jiff::Timestamp;

/// What became of an attempt to read.
#[derive(Debug)]
pub enum MailboxRead {
    /// The mails, and the account as it was used, for fetching some of them whole.
    Read(MailboxPoll, Box<OpenAccount>),
    /// Nothing is wrong, and nothing is answered before `until`.
    NotBefore { until: Timestamp },
    /// A user has to do something about the account; it is noted there if the grant is lost.
    Refused { detail: String },
    /// Reading begins anew, from when the mailbox was last read completely.
    CursorVoid,
    /// The other side was not reached. The cursor stands.
    Unreachable(MailboxError),
    /// The account was deleted.
    Gone,
}

pub async fn read_mailbox(
    ports: &GrantPorts<'_>,
    reader: &dyn MailboxReader,
    account: OpenAccount,
    cursor: &MailboxCursor,
    limits: PollLimits,
) -> StoreResult<MailboxRead> {
    let account = match usable(with_access(ports, account).await?) {
        Ok(account) => account,
        Err(not_read) => return Ok(not_read),
    };
    match reader.poll(&account, cursor, limits).await {
        Err(MailboxError::TokenRefused) => {}
        answer => return Ok(read(answer, account)),
    }
    let account = match usable(with_new_access(ports, *account).await?) {
        Ok(account) => account,
        Err(not_read) => return Ok(not_read),
    };
    Ok(read(reader.poll(&account, cursor, limits).await, account))
}

/// Puts the hint by which the next minute's tick has the mailbox read. It may be repeated: a mailbox that was read lately
/// is not read again.
pub async fn ask_for_reading(
    due: &dyn DueStore,
    workspace: &WorkspaceId,
    account: &AccountId,
    now: Timestamp,
) -> StoreResult<()> {
    // To the minute, so that many messages that wait for one mailbox write one hint.
    let minute = Timestamp::from_second(now.as_second().div_euclid(60) * 60).unwrap_or(now);
    let what = DueWork::PollMailbox { workspace: workspace.clone(), account: account.clone() };
    due.put(&[Hint { at: minute, what }]).await
}

/// Has the mailbox read soon although it failed: a user has just changed, connected or tested the account.
pub async fn read_anew(
    readings: &dyn MailboxReadingStore,
    due: &dyn DueStore,
    workspace: &WorkspaceId,
    account: &AccountId,
    now: Timestamp,
) -> StoreResult<()> {
    ask_for_reading(due, workspace, account, now).await?;
    let Some(mut known) = readings.get(workspace, account).await? else { return Ok(()) };
    if known.failure.take().is_none() {
        return Ok(());
    }
    known.next_at = now;
    // Another function reads it at this moment, and notes what it finds.
    unless_taken(readings.save(&known).await.map(drop))
}

/// Makes the cursor of a mailbox that is read for the first time, or anew. An error says what `read_mailbox` would say.
pub async fn begin_reading(
    ports: &GrantPorts<'_>,
    reader: &dyn MailboxReader,
    account: OpenAccount,
    since: Timestamp,
) -> StoreResult<Result<(MailboxCursor, Box<OpenAccount>), MailboxRead>> {
    let account = match usable(with_access(ports, account).await?) {
        Ok(account) => account,
        Err(not_read) => return Ok(Err(not_read)),
    };
    let (begun, account) = match reader.begin(&account, since).await {
        Err(MailboxError::TokenRefused) => match usable(with_new_access(ports, *account).await?) {
            Ok(account) => (reader.begin(&account, since).await, account),
            Err(not_read) => return Ok(Err(not_read)),
        },
        begun => (begun, account),
    };
    Ok(match begun {
        Ok(cursor) => Ok((cursor, account)),
        Err(error) => Err(not_read(error)),
    })
}

fn usable(access: Access) -> Result<Box<OpenAccount>, MailboxRead> {
    match access {
        Access::Ready(account) => Ok(account),
        Access::Wait { until } => Err(MailboxRead::NotBefore { until }),
        Access::Lost { detail } => Err(MailboxRead::Refused { detail }),
        Access::Gone => Err(MailboxRead::Gone),
    }
}

fn read(answer: Result<MailboxPoll, MailboxError>, account: Box<OpenAccount>) -> MailboxRead {
    match answer {
        Ok(poll) => MailboxRead::Read(poll, account),
        Err(error) => not_read(error),
    }
}

pub(crate) fn not_read(error: MailboxError) -> MailboxRead {
    match error {
        MailboxError::Throttled { until } => MailboxRead::NotBefore { until },
        MailboxError::CursorVoid => MailboxRead::CursorVoid,
        MailboxError::Refused { detail } => MailboxRead::Refused { detail },
        // A new token was refused as well.
        MailboxError::TokenRefused | MailboxError::NoMailbox(_) => {
            MailboxRead::Refused { detail: error.to_string() }
        }
        // A mail's own trouble is dealt with where mails are fetched.
        MailboxError::Unreachable(_) | MailboxError::MailFails(_) => MailboxRead::Unreachable(error),
    }
}
