//! What every question about prospects needs of a workspace, read once: its prices, caps, fields and accounts.

use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::StoreResult;
use crate::prospects::{Asker, ProspectPorts};
use crate::workspace::open_account::opened;
use domain::WorkspaceId;
use domain::lead::custom_field::CustomFields;
use domain::spend::{BookingOutcome, CallKind, CallPrice, SpendLimit, SpendSettings, Usd};
use domain::workspace::Workspace;
use domain::workspace::account::Account;

pub struct ProspectDesk<'a> {
    pub ports: &'a ProspectPorts,
    pub workspace: Workspace,
    pub fields: CustomFields,
    pub settings: SpendSettings,
    accounts: Vec<Account>,
}

impl<'a> ProspectDesk<'a> {
    pub async fn open(ports: &'a ProspectPorts, workspace: &WorkspaceId) -> StoreResult<Self> {
        let (workspace, fields, settings, accounts) = futures::try_join!(
            ports.workspaces.get(workspace),
            ports.custom_fields.get(workspace),
            ports.spend.settings(workspace),
            ports.accounts.list(workspace),
        )?;
        Ok(Self { ports, workspace, fields, settings, accounts })
    }

    /// Opens the workspace's account at a provider; one that is paused only where there is no other.
    pub fn account(&self, provider: &str) -> Option<OpenAccount> {
        let usable =
            self.accounts.iter().filter(|one| one.enabled && one.settings.data_provider() == Some(provider));
        let account = usable.min_by_key(|one| one.pause.is_some())?;
        opened(&*self.ports.vault, account.clone(), &[account.settings.kind()])
    }

    /// Returns the most that a page of so many prospects may cost.
    pub fn most_of_search(&self, account: &OpenAccount, prospects: u32) -> Usd {
        let price = self.price(account, CallKind::Search);
        (price.hit * self.ports.prospect_search.billed_calls(account, prospects)).max(price.miss)
    }

    /// Returns what a page came to on which so many prospects were found.
    pub fn cost_of_search(&self, account: &OpenAccount, found: u32) -> (BookingOutcome, u64, Usd) {
        let price = self.price(account, CallKind::Search);
        match found {
            0 => (BookingOutcome::Miss, 1, price.miss),
            found => {
                let calls = self.ports.prospect_search.billed_calls(account, found);
                (BookingOutcome::Hit, calls, price.hit * calls)
            }
        }
    }

    /// Returns the price of a prospect's address, where the provider tells it only for a credit.
    pub fn price_of_address(&self, account: &OpenAccount) -> CallPrice {
        self.price(account, CallKind::FindEmail)
    }

    fn price(&self, account: &OpenAccount, kind: CallKind) -> CallPrice {
        self.settings.prices.call(account.settings.data_provider().unwrap_or_default(), kind)
    }

    /// Returns the caps that hold for whoever asks: the month's, and the user's own.
    pub fn limits(&self, asker: &Asker) -> Vec<SpendLimit> {
        let now = self.ports.clock.now();
        let own = asker.user.as_ref().map(|user| self.settings.user(user, now));
        std::iter::once(self.settings.month(now)).chain(own).collect()
    }

    /// Returns what is left under the caps; none if there is no cap.
    pub async fn left(&self, asker: &Asker) -> StoreResult<Option<Usd>> {
        let limits = self.limits(asker);
        let scopes: Vec<_> = limits.iter().map(|limit| limit.scope.clone()).collect();
        let budgets = self.ports.spend.budgets(&self.workspace.id, &scopes).await?;
        let left = limits.iter().zip(&budgets).filter_map(|(limit, budget)| Some(budget.left(limit.cap?)));
        Ok(left.min())
    }
}
