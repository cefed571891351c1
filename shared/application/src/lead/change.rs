//! Changes a lead by read, modify and conditional save, again from the start when another writer saved in
//! between.

use crate::ports::blobs::Blobs;
use crate::ports::leads::LeadStore;
use crate::ports::leads::Reached;
use crate::ports::store::{StoreResult, found};
use crate::retry;
use domain::LeadId;
use domain::WorkspaceId;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::message::Message;
use jiff::Timestamp;

/// Deletes the blobs that the items of a deleted lead name, then the items themselves.
pub async fn erase_blobs(
    leads: &dyn LeadStore,
    blobs: &dyn Blobs,
    (workspace, id): (&WorkspaceId, &LeadId),
    mut named: Vec<String>,
) -> StoreResult<()> {
    while !named.is_empty() {
        for key in &named {
            blobs.delete(key).await?;
        }
        named = leads.finish_erasure(workspace, id, &named).await?;
    }
    Ok(())
}

/// Finds the lead that is reached at this e-mail address, else one that was. A lead that users see comes before a
/// deleted one.
pub async fn find_by_present_or_former_email(
    leads: &dyn LeadStore,
    workspace: &WorkspaceId,
    email: &EmailAddress,
) -> StoreResult<Option<LeadId>> {
    if let Some(id) = leads.find_by_email(workspace, email).await? {
        return Ok(Some(id));
    }
    let former = leads.find_by_former(workspace, Reached::Email(email)).await?;
    let shown = match former.len() {
        0 | 1 => None,
        _ => leads.get_many(workspace, &former).await?.into_iter().find(|lead| !lead.is_deleted()),
    };
    Ok(shown.map(|lead| lead.id).or_else(|| former.into_iter().next()))
}

/// Does what `change_lead` does, for a lead that was read just now: it is read again only where another
/// writer has saved it since.
pub async fn change_read_lead(
    leads: &dyn LeadStore,
    read: &Lead,
    change: impl FnMut(&mut Lead) -> Option<Event> + Send,
) -> StoreResult<Lead> {
    change_from(leads, Some(read.clone()), (&read.workspace, &read.id), change).await
}

/// Reads, changes and saves a lead, again from the start when another writer saved in between (five tries).
/// `change` returns the event to store, or `None` when there is nothing to do.
pub async fn change_lead(
    leads: &dyn LeadStore,
    workspace: &WorkspaceId,
    id: &LeadId,
    change: impl FnMut(&mut Lead) -> Option<Event> + Send,
) -> StoreResult<Lead> {
    change_from(leads, None, (workspace, id), change).await
}

async fn change_from(
    leads: &dyn LeadStore,
    mut read: Option<Lead>,
    (workspace, id): (&WorkspaceId, &LeadId),
    mut change: impl FnMut(&mut Lead) -> Option<Event> + Send,
) -> StoreResult<Lead> {
    retry!(async {
        let mut lead = match read.take() {
            Some(lead) => lead,
            None => leads.get(workspace, id).await?,
        };
        let Some(event) = change(&mut lead) else { return Ok(lead) };
        lead.updated_at = event.at;
        lead.rev = leads.save(&lead, &event).await?;
        Ok(lead)
    })
}

/// Marks a new lead as contacted with the first message that went out. A message written by hand also sets the lead's
/// mailbox. Returns the lead as it is stored, while it exists.
pub async fn first_contact(
    leads: &dyn LeadStore,
    lead: &Lead,
    message: &Message,
    at: Timestamp,
) -> StoreResult<Option<Lead>> {
    let change = |lead: &mut Lead| {
        lead.advance_status(StageId::CONTACTED, at).then(|| {
            lead.last_contacted_at = Some(at);
            // An enrolment has a mailbox of its own, and leaves it to the lead when it ends.
            if message.channel == Channel::Email && message.campaign.is_none() {
                lead.mailbox.clone_from(&message.account);
            }
            Event::system(EventKind::LeadContacted, at)
        })
    };
    found(change_read_lead(leads, lead, change).await)
}
