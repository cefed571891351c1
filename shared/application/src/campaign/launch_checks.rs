//! The reasons why a campaign cannot send a version of its sequence: no steps, no usable account, no postal address
//! where the law requires one.

use crate::campaign::mailbox_choice::usable_mailboxes;
use crate::campaign::planning_context::senders_of;
use crate::ports::accounts::AccountStore;
use crate::ports::store::{StoreError, StoreResult};
use domain::AccountId;
use domain::campaign::Campaign;
use domain::contact::channel::Channel;
use domain::sequence::SequenceVersion;
use domain::sequence::validation::window_fault;
use domain::workspace::Company;

const NEEDED: &str = "is missing: a step uses this channel. Choose one or remove the step.";

/// Returns the fields of the campaign that are at fault, and why.
pub async fn launch_faults(
    accounts: &dyn AccountStore,
    company: &Company,
    campaign: &Campaign,
    version: &SequenceVersion,
) -> StoreResult<Vec<(&'static str, String)>> {
    let mut faults = Vec::new();
    if version.steps.is_empty() {
        faults.push(("sequence_id", "the sequence has no steps".to_owned()));
    }
    if let Some(why) = window_fault(&version.steps, &version.window) {
        faults.push(("sequence_id", format!("its sending window: {why}")));
    }
    let uses = |channel: Channel| version.steps.iter().any(|step| step.kind.channel() == Some(channel));
    if let Some((field, why)) = company.lacks_for_mail().filter(|_| uses(Channel::Email)) {
        faults.push((field, why.to_owned()));
    }
    if uses(Channel::Email)
        && let Some(why) = mailbox_fault(accounts, campaign).await?
    {
        faults.push(("mailbox_ids", why.to_owned()));
    }
    for (channel, field) in [(Channel::Sms, "sms_sender_id"), (Channel::Whatsapp, "whatsapp_sender_id")] {
        if uses(channel)
            && let Some(why) = sender_fault(accounts, campaign, campaign.text_sender(channel)).await?
        {
            faults.push((field, why.to_owned()));
        }
    }
    Ok(faults)
}

/// Finds fault with the campaign's mailboxes unless at least one is there and switched on.
async fn mailbox_fault(
    accounts: &dyn AccountStore,
    campaign: &Campaign,
) -> StoreResult<Option<&'static str>> {
    if campaign.mailboxes.is_empty() {
        return Ok(Some(NEEDED));
    }
    let senders = senders_of(accounts, campaign).await?;
    let none = "none of them is connected and on";
    Ok(usable_mailboxes(campaign, &senders).is_empty().then_some(none))
}

async fn sender_fault(
    accounts: &dyn AccountStore,
    campaign: &Campaign,
    id: Option<&AccountId>,
) -> StoreResult<Option<&'static str>> {
    let Some(id) = id else { return Ok(Some(NEEDED)) };
    match accounts.get(&campaign.workspace, id).await {
        Ok(account) if account.enabled => Ok(None),
        Ok(_) => Ok(Some("is switched off")),
        Err(StoreError::NotFound) => Ok(Some("no longer exists")),
        Err(other) => Err(other),
    }
}
