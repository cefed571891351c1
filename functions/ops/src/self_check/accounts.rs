//! Checks the provider accounts of the workspace that installed this server, from their recorded state:
//! nothing is sent.

use super::CheckGroup::Accounts;
use super::finding::{Part, PartCheck};
use crate::App;
use application::ports::parts::Looked;
use domain::AccountId;
use domain::capacity::circuit_breaker::{Breaker, Health};
use domain::workspace::Workspace;
use domain::workspace::account::{Account, AccountKind};
use jiff::Timestamp;

impl App {
    pub(super) async fn check_accounts(&self, workspace: &Workspace) -> Vec<PartCheck> {
        match self.within(self.account_checks(workspace)).await {
            Ok(checks) if checks.is_empty() => {
                let part = Part::new("accounts", Accounts, "Provider accounts");
                vec![part.not_set_up("None is connected.", "Connect a mailbox under Settings, Mailboxes.")]
            }
            Ok(checks) => checks,
            Err(fault) => {
                vec![
                    Part::new("accounts", Accounts, "Provider accounts").fault(fault, "Fix the table first."),
                ]
            }
        }
    }

    async fn account_checks(&self, workspace: &Workspace) -> Looked<Vec<PartCheck>> {
        let (accounts, breakers) =
            futures::try_join!(self.accounts.list(&workspace.id), self.breakers.list(&workspace.id))?;
        let now = self.clock.now();
        let breaker = |id: &AccountId| breakers.iter().find(|breaker| breaker.account == *id);
        Ok(accounts.iter().map(|account| self.account_check(account, breaker(&account.id), now)).collect())
    }

    fn account_check(&self, account: &Account, breaker: Option<&Breaker>, now: Timestamp) -> PartCheck {
        let kind = account.settings.kind();
        let name = format!("{} ({})", account.name, kind.as_str().replace('_', " "));
        let part = Part::new(id_of(kind, &account.id), Accounts, name);
        let health = breaker.map_or(Health::Works, |breaker| breaker.health(now));
        let sealed = self.vault.open(&account.workspace, &account.id, &account.sealed_secret);
        if !account.enabled {
            return part.not_set_up("It is off.", "Switch it on in Settings if you want to use it.");
        }
        if sealed.is_err() {
            return part.broken(
                "Its secret cannot be opened with this stage's master key.",
                "Enter its secret again in Settings, or put the former master key among the others of the stage's secret (docs/OPERATIONS.md, \
                 \"Secrets\").",
            );
        }
        if let Some(last) = account.last_error.as_ref().filter(|last| last.over_at.is_none()) {
            return part.broken(
                format!(
                    "Its provider has accepted nothing since {}: {}",
                    moment(last.since.unwrap_or(last.at)),
                    last.detail
                ),
                "Fix what the provider names, then save the account in Settings: it is tested at once.",
            );
        }
        match health {
            Health::Down { since, next_try } => part.broken(
                format!("Its provider has accepted nothing since {}; the next try is at {}.", moment(since), moment(next_try)),
                "Nothing is lost: due messages wait. Look at the provider's status page. Saving the account in Settings tests it at once.",
            ),
            Health::Recovering { since } => part.warning(
                format!("Its provider has been recovering since {}. Waiting messages go out a few at a time.", moment(since)),
                "There is nothing to do.",
            ),
            Health::Works if account.pause.is_some() => {
                part.warning("A user has paused it: it sends nothing.", "Resume it in Settings.")
            }
            Health::Works => part.fine("Nothing has failed."),
        }
    }
}

/// The check's id; it contains the account's kind, for the promises that need one.
fn id_of(kind: AccountKind, id: &AccountId) -> String {
    format!("account_{}_{id}", kind.as_str())
}

pub fn is_of_kind(check: &PartCheck, kind: AccountKind) -> bool {
    check.id.starts_with(&format!("account_{}_", kind.as_str()))
}

fn moment(at: Timestamp) -> String {
    at.strftime("%-d %b %H:%M UTC").to_string()
}
