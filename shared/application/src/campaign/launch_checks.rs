//! The reasons why a campaign cannot send a version of its sequence: no steps, no usable account, no postal address
//! where the law requires one.

use crate::campaign::mailbox_choice::usable_mailboxes;
use crate::campaign::planning_context::senders_of;
use crate::ports::accounts::AccountStore;
use crate::ports::store::{StoreError, StoreResult};
use domain::AccountId;
use domain::campaign::Campaign;
use domain::contact::channel::Channel;
use domain::sequence::validation::window_fault;
use domain::sequence::{SequenceVersion, Step};
use domain::workspace::Company;

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
        faults.push(("mailbox_ids", told(version, Channel::Email, why)));
    }
    for (channel, field) in [(Channel::Sms, "sms_sender_id"), (Channel::Whatsapp, "whatsapp_sender_id")] {
        if uses(channel)
            && let Some(why) = sender_fault(accounts, campaign, campaign.text_sender(channel)).await?
        {
            faults.push((field, told(version, channel, why)));
        }
    }
    Ok(faults)
}

/// What is wrong with the accounts that a campaign has for a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AccountFault {
    NotChosen,
    SwitchedOff,
    Gone,
    NoneUsable,
}

/// Tells the fault with the steps that need the account: "step 2 is a text, and no number is chosen. Choose one, or remove
/// the step."
fn told(version: &SequenceVersion, channel: Channel, fault: AccountFault) -> String {
    let place = |(at, step): (usize, &Step)| (step.kind.channel() == Some(channel)).then(|| at + 1);
    let places: Vec<usize> = version.steps.iter().enumerate().filter_map(place).collect();
    let (one, many, account) = match channel {
        Channel::Email => ("an e-mail", "e-mails", "mailbox"),
        Channel::Sms => ("a text", "texts", "number"),
        Channel::Whatsapp => ("a WhatsApp message", "WhatsApp messages", "WhatsApp number"),
    };
    let steps = match places.as_slice() {
        [only] => format!("step {only} is {one}"),
        [others @ .., last] => {
            let others = others.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
            format!("steps {others} and {last} are {many}")
        }
        [] => format!("a step is {one}"),
    };
    let step = if places.len() > 1 { "the steps" } else { "the step" };
    match fault {
        AccountFault::NotChosen => {
            format!("{steps}, and no {account} is chosen. Choose one, or remove {step}.")
        }
        AccountFault::SwitchedOff => {
            format!("{steps}, and the chosen {account} is switched off. Switch it on, or choose another.")
        }
        AccountFault::Gone => {
            format!("{steps}, and the chosen {account} no longer exists. Choose another, or remove {step}.")
        }
        AccountFault::NoneUsable => {
            format!("{steps}, and no chosen {account} is connected and on. Connect one, or choose another.")
        }
    }
}

/// Finds fault with the campaign's mailboxes unless at least one is there and switched on.
async fn mailbox_fault(
    accounts: &dyn AccountStore,
    campaign: &Campaign,
) -> StoreResult<Option<AccountFault>> {
    if campaign.mailboxes.is_empty() {
        return Ok(Some(AccountFault::NotChosen));
    }
    let senders = senders_of(accounts, campaign).await?;
    Ok(usable_mailboxes(campaign, &senders).is_empty().then_some(AccountFault::NoneUsable))
}

async fn sender_fault(
    accounts: &dyn AccountStore,
    campaign: &Campaign,
    id: Option<&AccountId>,
) -> StoreResult<Option<AccountFault>> {
    let Some(id) = id else { return Ok(Some(AccountFault::NotChosen)) };
    match accounts.get(&campaign.workspace, id).await {
        Ok(account) if account.enabled => Ok(None),
        Ok(_) => Ok(Some(AccountFault::SwitchedOff)),
        Err(StoreError::NotFound) => Ok(Some(AccountFault::Gone)),
        Err(other) => Err(other),
    }
}
