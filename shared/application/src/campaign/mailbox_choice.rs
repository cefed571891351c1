//! A campaign's mailboxes as they stand: which exist and are switched on, which work, how much capacity they have.

use crate::campaign::planning_context::{senders_of, text_senders};
use crate::ports::accounts::AccountStore;
use crate::ports::circuit_breakers::BreakerStore;
use crate::ports::quotas::QuotaStore;
use crate::ports::store::StoreResult;
use crate::workspace::open_account::is_usable;
use domain::campaign::Campaign;
use domain::capacity::circuit_breaker::{Breaker, Health};
use domain::capacity::mailbox_rotation::MailboxCandidate;
use domain::capacity::quota::Quota;
use domain::contact::channel::Channel;
use domain::workspace::account::{Account, AccountKind};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Returns the campaign's mailboxes that exist and are switched on.
pub fn usable_mailboxes<'a>(campaign: &Campaign, senders: &'a [Account]) -> Vec<&'a Account> {
    let kinds = AccountKind::of_channel(Channel::Email);
    let usable = |sender: &&Account| campaign.mailboxes.contains(&sender.id) && is_usable(sender, kinds);
    senders.iter().filter(usable).collect()
}

/// Returns the usable mailboxes that are not paused, so that mail may go out through them.
pub fn open_mailboxes<'a>(campaign: &Campaign, senders: &'a [Account]) -> Vec<&'a Account> {
    let mut open = usable_mailboxes(campaign, senders);
    open.retain(|mailbox| mailbox.pause.is_none());
    open
}

/// Reads the state of the open mailboxes at this moment, in the same order.
pub async fn candidates(
    (breakers, quotas): (&dyn BreakerStore, &dyn QuotaStore),
    open: &[&Account],
    now: Timestamp,
) -> StoreResult<Vec<MailboxCandidate>> {
    let Some(first) = open.first() else { return Ok(Vec::new()) };
    let breakers = breakers.list(&first.workspace).await?;
    let quotas = quotas.list(&first.workspace).await?;
    Ok(candidates_from(open, &breakers, &quotas, now))
}

/// Does what `candidates` does, with circuit breakers and quotas that are already read.
pub fn candidates_from(
    open: &[&Account],
    breakers: &[Breaker],
    quotas: &[Quota],
    now: Timestamp,
) -> Vec<MailboxCandidate> {
    let candidate = |mailbox: &&Account| {
        let breaker = breakers.iter().find(|breaker| breaker.account == mailbox.id);
        let quota = quotas.iter().find(|quota| quota.account == mailbox.id).cloned();
        let unused = || Quota::unused(mailbox.workspace.clone(), mailbox.id.clone());
        MailboxCandidate {
            mailbox: mailbox.id.clone(),
            hours: mailbox.hours.clone(),
            works: breaker.is_none_or(|breaker| breaker.health(now) == Health::Works)
                && !mailbox.failing().is_some_and(|failing| failing.has_failed_for_long(now)),
            quota: mailbox.limits.clone().map(|limits| (limits, quota.unwrap_or_else(unused))),
        }
    };
    open.iter().map(candidate).collect()
}

/// The accounts that a campaign sends through.
#[derive(Default)]
pub struct Accounts {
    /// The open mailboxes, and the state of each in the same order.
    pub mailboxes: Vec<Account>,
    pub candidates: Vec<MailboxCandidate>,
    /// The accounts for channels other than e-mail, by channel.
    pub texts: BTreeMap<Channel, Account>,
}

impl Accounts {
    pub async fn of(
        accounts: &dyn AccountStore,
        stores: (&dyn BreakerStore, &dyn QuotaStore),
        campaign: &Campaign,
        now: Timestamp,
    ) -> StoreResult<Self> {
        let senders = senders_of(accounts, campaign).await?;
        let open = open_mailboxes(campaign, &senders);
        Ok(Self {
            candidates: candidates(stores, &open, now).await?,
            mailboxes: open.into_iter().cloned().collect(),
            texts: text_senders(campaign, &senders),
        })
    }
}
