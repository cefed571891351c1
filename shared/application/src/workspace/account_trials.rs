//! Tests an account, and notes the result at the account. Nothing is sent.

use crate::ports::provider_calls::{AccountTrial, OpenAccount, SendError, TrialError};
use crate::ports::store::{StoreError, StoreResult};
use crate::retry;
use crate::workspace::account_grant::{Access, GrantPorts, with_access, with_new_access};
use domain::event::{Actor, Event, EventKind};
use domain::workspace::account::Account;
use domain::workspace::account_fault::{AccountFault, LastError};

pub struct TrialPorts<'a> {
    pub grants: GrantPorts<'a>,
    pub trial: &'a dyn AccountTrial,
}

/// Tests the account and returns it as it is afterwards. It stays as it was if its provider cannot be asked, or if it was
/// changed meanwhile: then it needs another test.
pub async fn run_trial(ports: &TrialPorts<'_>, account: Account, actor: &Actor) -> StoreResult<Account> {
    let Account { workspace, id, sealed_secret, .. } = &account;
    // A secret that cannot be opened is reported where the account is shown.
    let Ok(secret) = ports.grants.vault.open(workspace, id, sealed_secret) else { return Ok(account) };
    let (workspace, id) = (workspace.clone(), id.clone());
    let mut access = with_access(&ports.grants, OpenAccount { account, secret }).await?;
    let mut is_renewed = false;
    let outcome = loop {
        let open = match access {
            Access::Ready(open) => *open,
            Access::Gone => return Err(StoreError::NotFound),
            other => break without_access(&other),
        };
        let outcome = ports.trial.try_account(&open).await;
        let is_refused =
            matches!(&outcome, Err(TrialError::Failed { fault: AccountFault::LoginRefused, .. }));
        if !is_refused || is_renewed || !ports.grants.grants.needs_grant(&open.settings) {
            return note_outcome(ports, open.account, outcome, actor).await;
        }
        // The token may have been taken back before its end.
        is_renewed = true;
        access = with_new_access(&ports.grants, open).await?;
    };
    let account = ports.grants.accounts.get(&workspace, &id).await?;
    // The cause of a lost grant is noted already.
    if account.last_error.as_ref().is_some_and(LastError::needs_a_person) {
        return Ok(account);
    }
    note_outcome(ports, account, outcome, actor).await
}

fn without_access(access: &Access) -> Result<(), TrialError> {
    let (fault, detail) = match access {
        Access::Lost { detail } => (AccountFault::NotConnected, detail.as_str()),
        _ => (AccountFault::Busy, "the access is just being renewed"),
    };
    Err(TrialError::Failed { fault, detail: detail.to_owned() })
}

/// Notes the result of a test. A test mail whose outcome the provider tells at once gives the same result.
pub async fn note_outcome(
    ports: &TrialPorts<'_>,
    account: Account,
    outcome: Result<(), TrialError>,
    actor: &Actor,
) -> StoreResult<Account> {
    let mut tested = Some(account.clone());
    let noted = retry!(async {
        let mut noted = match tested.take() {
            Some(tested) => tested,
            None => ports.grants.accounts.get(&account.workspace, &account.id).await?,
        };
        if noted.settings != account.settings || noted.sealed_secret != account.sealed_secret {
            return Ok(noted);
        }
        let now = ports.grants.clock.now();
        let event = match &outcome {
            Ok(()) if noted.note_works(now) => EventKind::AccountWorks,
            Ok(()) | Err(TrialError::CannotBeTried) => return Ok(noted),
            Err(TrialError::Failed { fault, detail }) => {
                noted.note_failed_try(*fault, detail, now);
                EventKind::AccountFailed
            }
        };
        let rev = ports.grants.accounts.save(&noted, &Event::new(event, actor.clone(), now)).await?;
        Ok(Account { rev, ..noted })
    });
    match noted {
        Err(StoreError::Conflict) => ports.grants.accounts.get(&account.workspace, &account.id).await,
        done => done,
    }
}

/// The beginnings of the codes by which mail servers refuse a login.
const LOGIN_CODES: [&str; 4] = ["530", "534", "535", "538"];

/// Derives the result of a test from the answer to a mail. An answer about the mail alone, or an unknown one, is not
/// held against the account.
pub fn mail_trial_result<T>(result: &Result<T, SendError>) -> Result<(), TrialError> {
    let failed = |fault, detail: &str| Err(TrialError::Failed { fault, detail: detail.to_owned() });
    match result {
        Err(SendError::Account { detail }) if LOGIN_CODES.iter().any(|code| detail.starts_with(code)) => {
            failed(AccountFault::LoginRefused, detail)
        }
        Err(SendError::Account { detail }) => failed(AccountFault::Refused, detail),
        Err(SendError::Down { detail, .. }) => failed(AccountFault::NotReached, detail),
        Err(SendError::Uncertain(_)) => Err(TrialError::CannotBeTried),
        Ok(_)
        | Err(
            SendError::Rejected { .. }
            | SendError::Blocked { .. }
            | SendError::Retryable { .. }
            | SendError::TooFast { .. },
        ) => Ok(()),
    }
}
