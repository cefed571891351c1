//! Tests an account, and notes the result at the account. Nothing is sent.

use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::clock::Clock;
use crate::ports::provider_calls::{AccountTrial, OpenAccount, SendError, TrialError};
use crate::ports::store::{StoreError, StoreResult};
use crate::retry;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::account::Account;
use domain::workspace::account_fault::AccountFault;

pub struct TrialPorts<'a> {
    pub clock: &'a dyn Clock,
    pub accounts: &'a dyn AccountStore,
    pub vault: &'a dyn Vault,
    pub trial: &'a dyn AccountTrial,
}

/// Tests the account and returns it as it is afterwards. It stays as it was if its provider cannot be asked, /// or if it was changed meanwhile: then it needs another test.
pub async fn run_trial(ports: &TrialPorts<'_>, account: Account, actor: &Actor) -> StoreResult<Account> {
    let Account { workspace, id, sealed_secret, .. } = &account;
    // A secret that cannot be opened is reported where the account is shown.
    let Ok(secret) = ports.vault.open(workspace, id, sealed_secret) else { return Ok(account) };
    let account = OpenAccount { account, secret };
    let outcome = ports.trial.try_account(&account).await;
    note_outcome(ports, account.account, outcome, actor).await
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
            None => ports.accounts.get(&account.workspace, &account.id).await?,
        };
        if noted.settings != account.settings || noted.sealed_secret != account.sealed_secret {
            return Ok(noted);
        }
        let now = ports.clock.now();
        let event = match &outcome {
            Ok(()) if noted.note_works(now) => EventKind::AccountWorks,
            Ok(()) | Err(TrialError::CannotBeTried) => return Ok(noted),
            Err(TrialError::Failed { fault, detail }) => {
                noted.note_failed_try(*fault, detail, now);
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
