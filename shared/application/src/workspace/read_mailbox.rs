//! Reading what is new in a mailbox, with its access renewed where it ends soon, and once more where it is refused although
//! it has not ended: an owner who changes a password ends tokens early.

use crate::ports::mailboxes::{MailboxCursor, MailboxError, MailboxPoll, MailboxReader, PollLimits};
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::StoreResult;
use crate::workspace::account_grant::{Access, GrantPorts, with_access, with_new_access};
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
        Err(MailboxError::Throttled { until }) => MailboxRead::NotBefore { until },
        Err(MailboxError::CursorVoid) => MailboxRead::CursorVoid,
        Err(MailboxError::Refused { detail }) => MailboxRead::Refused { detail },
        // A new token was refused as well.
        Err(error @ (MailboxError::TokenRefused | MailboxError::NoMailbox(_))) => {
            MailboxRead::Refused { detail: error.to_string() }
        }
        Err(error @ MailboxError::Unreachable(_)) => MailboxRead::Unreachable(error),
    }
}
