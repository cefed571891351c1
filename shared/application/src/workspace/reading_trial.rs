//! Tests whether the mailbox of an account can be read: its server is found and encrypts, the login is accepted, and the
//! folders are there. A mailbox that is used by a grant needs no test of its own, because the grant's test reads, too.
//!
//! An account shows one failure. That of sending comes first, so a failure to read is noted only where sending works; the
//! caller is told both.

use crate::ports::mailboxes::{MailboxError, MailboxReader};
use crate::ports::provider_calls::{OpenAccount, TrialError};
use crate::ports::store::{StoreError, StoreResult};
use crate::retry;
use crate::workspace::account_grant::GrantPorts;
use crate::workspace::read_mailbox::{MailboxRead, begin_reading};
use domain::event::{Actor, Event, EventKind};
use domain::workspace::account::Account;
use domain::workspace::account_fault::{AccountFault, LastError};
use std::error::Error;

/// Tests reading, and returns the account as it is afterwards with the result. No result: the account's mailbox is not
/// read, or is used by a grant.
pub async fn try_reading(
    ports: &GrantPorts<'_>,
    reader: &dyn MailboxReader,
    account: Account,
    actor: &Actor,
) -> StoreResult<(Account, Option<Result<(), TrialError>>)> {
    if ports.grants.needs_grant(&account.settings) || reader.mailbox_of(&account.settings).is_none() {
        return Ok((account, None));
    }
    let Ok(secret) = ports.vault.open(&account.workspace, &account.id, &account.sealed_secret) else {
        return Ok((account, None));
    };
    let open = OpenAccount { account: account.clone(), secret };
    let outcome = match begin_reading(ports, reader, open, ports.clock.now()).await? {
        Ok(_) => Ok(()),
        Err(not_read) => judged(not_read)?,
    };
    let is_sending_broken = account.last_error.as_ref().is_some_and(LastError::is_open_in_sending);
    let account = if is_sending_broken { account } else { note(ports, account, &outcome, actor).await? };
    Ok((account, Some(outcome)))
}

/// Turns the reason why nothing was read into the result of a test.
fn judged(not_read: MailboxRead) -> StoreResult<Result<(), TrialError>> {
    let (fault, detail) = match not_read {
        MailboxRead::Gone => return Err(StoreError::NotFound),
        MailboxRead::Read(..) | MailboxRead::CursorVoid => return Ok(Ok(())),
        MailboxRead::Refused { detail } => (AccountFault::Refused, detail),
        MailboxRead::NotBefore { .. } => {
            (AccountFault::Busy, "the server accepts nothing just now".to_owned())
        }
        MailboxRead::Unreachable(error) => {
            let told = causes(&error);
            (if is_unknown_host(&told) { AccountFault::HostUnknown } else { AccountFault::NotReached }, told)
        }
    };
    Ok(Err(TrialError::Failed { fault, detail }))
}

/// Describes an error by its causes, which tell more than the error itself.
fn causes(error: &MailboxError) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    words.dedup();
    if words.is_empty() { error.to_string() } else { words.join(": ") }
}

fn is_unknown_host(told: &str) -> bool {
    let lower = told.to_ascii_lowercase();
    ["lookup address", "dns error", "name or service", "no such host"]
        .iter()
        .any(|words| lower.contains(words))
}

async fn note(
    ports: &GrantPorts<'_>,
    account: Account,
    outcome: &Result<(), TrialError>,
    actor: &Actor,
) -> StoreResult<Account> {
    let mut tested = Some(account.clone());
    let noted = retry!(async {
        let mut noted = match tested.take() {
            Some(tested) => tested,
            None => ports.accounts.get(&account.workspace, &account.id).await?,
        };
        if noted.settings != account.settings || noted.sealed_secret != account.sealed_secret {
            return Ok(noted);
        }
        let now = ports.clock.now();
        let event = match outcome {
            Ok(()) if noted.note_reading_works(now) => EventKind::AccountWorks,
            Ok(()) | Err(TrialError::CannotBeTried) => return Ok(noted),
            Err(TrialError::Failed { fault, detail }) => {
                noted.note_failed_reading_try(*fault, detail, now);
                EventKind::AccountFailed
            }
        };
        let rev = ports.accounts.save(&noted, &Event::new(event, actor.clone(), now)).await?;
        Ok(Account { rev, ..noted })
    });
    match noted {
        Err(StoreError::Conflict) => ports.accounts.get(&account.workspace, &account.id).await,
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    fn unreachable(told: &'static str) -> (AccountFault, String) {
        let error = MailboxError::Unreachable(io::Error::other(told).into());
        match judged(MailboxRead::Unreachable(error)) {
            Ok(Err(TrialError::Failed { fault, detail })) => (fault, detail),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn server_that_is_not_found_differs_from_one_that_does_not_answer() {
        let unknown = unreachable("failed to lookup address information: Name or service not known");
        assert_eq!(unknown.0, AccountFault::HostUnknown);
        assert_eq!(
            unreachable("Connection refused"),
            (AccountFault::NotReached, "Connection refused".to_owned())
        );
    }

    #[test]
    fn refusal_keeps_its_words_and_a_deleted_account_is_no_result() {
        let detail = "IMAP is switched off for this mailbox. Switch it on.".to_owned();
        let refused = judged(MailboxRead::Refused { detail: detail.clone() }).unwrap();
        assert_eq!(refused, Err(TrialError::Failed { fault: AccountFault::Refused, detail }));
        assert!(matches!(judged(MailboxRead::Gone), Err(StoreError::NotFound)));
    }
}
