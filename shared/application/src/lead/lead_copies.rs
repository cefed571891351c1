//! Lead copies: a conversation and open tasks keep their lead's name, its owner, and whether it is deleted, so that
//! lists need not read every lead. When the owner changes, what the former owner had of them goes to the new one. The
//! table's stream keeps these copies up to date: when the lead changes, and when a conversation, task or deal begins,
//! because its writer may have read the lead before. The same stream releases enrolments that are held for a missing
//! value, once it is filled in, records moves between stages, brings deals to where
//! their lead stands, and lets a follow-up date act that came while its lead was lost.

use crate::deals::follow_lead::deals_follow;
use crate::lead::sight::sees_lead;
use crate::ports::changes::{Change, Changed};
use crate::ports::clock::Clock;
use crate::ports::conversations::ConversationStore;
use crate::ports::deals::DealStore;
use crate::ports::due::DueStore;
use crate::ports::lead_access::LeadAccessStore;
use crate::ports::leads::LeadStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::stages::StageStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::tasks::TaskStore;
use crate::queue_messages::CampaignJob;
use crate::retry;
use crate::tasks::follow_up::plan_follow_up;
use domain::deal::{Deal, Followed};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::enrichment::FieldResult;
use domain::lead::stage::StageMove;
use domain::message::conversation::Conversation;
use domain::sequence::merge_fields::is_filled_in;
use domain::workspace::task::{Task, changes_lead_copies};
use domain::{LeadId, UserId, WorkspaceId};
use std::collections::BTreeSet;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct KeepUpPorts {
        pub clock: Arc<dyn Clock>,
        pub conversations: Arc<dyn ConversationStore>,
        pub deals: Arc<dyn DealStore>,
        pub due: Arc<dyn DueStore>,
        pub lead_access: Arc<dyn LeadAccessStore>,
        pub leads: Arc<dyn LeadStore> = crate::Ports::leads_with_deleted,
        pub outbox: Arc<dyn Outbox>,
        pub stages: Arc<dyn StageStore>,
        pub tasks: Arc<dyn TaskStore>,
    }
}

/// A change that may have left copies outdated, or that lets an enrolment go on.
#[derive(Debug, Clone)]
pub enum StaleCopy {
    All(LeadId),
    /// The lead is in another stage now.
    Moved(StageMove),
    Conversation(Box<Conversation>),
    Task(Box<Task>),
    /// A new deal, whose lead may have moved since it was read.
    Deal(Box<Deal>),
    /// A lead whose follow-up date acts again: it may have come meanwhile.
    FollowUp(Box<Lead>),
    /// A lead with enrolments held for a missing value, consent or time zone that it has by now.
    Held(LeadId),
    /// A lead that got an opening line; its enrolments may be held for one.
    HeldPerhaps(LeadId),
}

impl StaleCopy {
    pub fn after(changed: &Changed) -> Vec<Self> {
        match &changed.change {
            Change::Lead { old: Some(old), new: Some(new) } => {
                // The law that asks for consent is that of the lead's country and number, and so is the clock.
                let moved = (old.country, &old.phone, &old.zone) != (new.country, &new.phone, &new.zone);
                let agreed = !new.active.is_empty() && (moved || new.consents.gained_since(&old.consents));
                let goes_on = agreed || new.lacks_value && is_filled_in(old, new);
                let moved = StageMove::between(old, new).map(Self::Moved);
                // A stage that came with a merge is no move, and the deals follow it.
                let is_merged = old.status != new.status && moved.is_none();
                let told = (is_merged || changes_lead_copies(old, new)).then(|| Self::All(new.id.clone()));
                let takes_again = !old.takes_follow_ups() && new.takes_follow_ups();
                let follows =
                    (takes_again && new.follow_up_at.is_some()).then(|| Self::FollowUp(new.clone()));
                told.into_iter()
                    .chain(moved)
                    .chain(follows)
                    .chain(goes_on.then(|| Self::Held(new.id.clone())))
                    .collect()
            }
            Change::Field { lead, old, new, .. } => {
                let has_line = |field: &FieldResult| field.status.opening_line().is_some();
                let is_new = has_line(new) && !old.as_deref().is_some_and(has_line);
                is_new.then(|| Self::HeldPerhaps(lead.clone())).into_iter().collect()
            }
            Change::Conversation { old: None, new } => vec![Self::Conversation(new.clone())],
            Change::Deal { new } => vec![Self::Deal(new.clone())],
            Change::Task { old, new } => {
                let was_open = old.as_ref().is_some_and(|old| old.done_at.is_none());
                let is_new = !was_open && new.done_at.is_none();
                is_new.then(|| Self::Task(new.clone())).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The seconds before a release: longer than a sender that found the value missing takes to hold the enrolment.
const HELD_WITHIN_SECONDS: u32 = 90;

/// Brings the copies up to date. It may be repeated, and late: it writes what the lead says now.
pub async fn update_lead_copies(
    ports: &KeepUpPorts,
    workspace: &WorkspaceId,
    behind: StaleCopy,
) -> StoreResult<()> {
    let id = match behind {
        StaleCopy::All(id) => id,
        StaleCopy::Moved(made) => {
            // A lead that was erased meanwhile leaves no move behind.
            if found(ports.leads.get(workspace, &made.lead).await)?.is_none() {
                return Ok(());
            }
            ports.stages.put_move(&made).await?;
            made.lead
        }
        StaleCopy::FollowUp(lead) => return plan_follow_up(&*ports.due, &lead).await,
        StaleCopy::Conversation(mut new) => match found(ports.leads.get(workspace, &new.lead).await)? {
            Some(lead) if new.copy_lead_fields(&lead) || new.lead_owner != lead.owner => lead.id,
            _ => return Ok(()),
        },
        StaleCopy::Task(mut new) => match found(ports.leads.get(workspace, &new.id.lead()).await)? {
            Some(lead) if new.copy_lead_fields(&lead) || new.lead_owner != lead.owner => lead.id,
            _ => return Ok(()),
        },
        StaleCopy::Deal(mut new) => match found(ports.leads.get(workspace, &new.lead).await)? {
            Some(lead) if new.follow(&lead) != Followed::Unchanged => lead.id,
            _ => return Ok(()),
        },
        StaleCopy::Held(lead) => return release(ports, workspace, lead).await,
        StaleCopy::HeldPerhaps(lead) => {
            return match found(ports.leads.get(workspace, &lead).await)? {
                Some(read) if read.lacks_value => release(ports, workspace, lead).await,
                _ => Ok(()),
            };
        }
    };
    update_all_copies(ports, workspace, &id).await.map(drop)
}

/// Brings all copies of a lead up to date, at once instead of with the stream. Returns the lead, if it is there.
pub async fn update_all_copies(
    ports: &KeepUpPorts,
    workspace: &WorkspaceId,
    id: &LeadId,
) -> StoreResult<Option<Lead>> {
    found(retry!(all_of(ports, workspace, id)))
}

async fn release(ports: &KeepUpPorts, workspace: &WorkspaceId, lead: LeadId) -> StoreResult<()> {
    let order = CampaignJob::ReleaseLead { workspace: workspace.clone(), lead };
    send_all(&*ports.outbox, &[order], HELD_WITHIN_SECONDS).await
}

/// Returns the users with a task or the conversation of the lead who see it, if its owner is not the one of then.
async fn those_who_see(
    ports: &KeepUpPorts,
    lead: &Lead,
    conversation: Option<&Conversation>,
    open: &[Task],
) -> StoreResult<BTreeSet<UserId>> {
    let of_tasks = open.iter().map(|task| (&task.owner, &task.lead_owner));
    let all = of_tasks.chain(conversation.map(|one| (&one.assignee, &one.lead_owner)));
    let handed = all.filter(|(user, known)| **known != lead.owner && user != known);
    let users: BTreeSet<&UserId> = handed.filter_map(|(user, _)| user.as_ref()).collect();
    let mut sees = BTreeSet::new();
    for user in users {
        if sees_lead(&*ports.lead_access, &lead.workspace, user, lead.owner.as_ref()).await? {
            sees.insert(user.clone());
        }
    }
    Ok(sees)
}

async fn all_of(ports: &KeepUpPorts, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<Lead> {
    let file = ports.leads.file(workspace, id).await?;
    // The lead is read after its copies: a change from here on causes an update of its own.
    let lead = ports.leads.get(workspace, id).await?;
    let event = Event::system(EventKind::LeadToldAnew, ports.clock.now());
    let mut own = file.conversation;
    let mut hidden = Vec::new();
    for absorbed in &lead.absorbed {
        let theirs = ports.conversations.get(workspace, absorbed).await?;
        // One that is hidden already has been taken in, and this lead's own is read in its place.
        let Some(mut theirs) = theirs.filter(|theirs| theirs.lead == *absorbed && !theirs.lead_deleted)
        else {
            continue;
        };
        match &mut own {
            Some(own) => own.take_in(&theirs),
            None => own = Some(theirs.for_survivor(&lead)),
        }
        theirs.copy_lead_fields(&lead);
        hidden.push(theirs);
    }
    let open: Vec<Task> = file.tasks.into_iter().filter(|task| task.done_at.is_none()).collect();
    let sees = those_who_see(ports, &lead, own.as_ref(), &open).await?;
    let sees = |user: &UserId| sees.contains(user);
    if let Some(mut conversation) = own
        && (conversation.copy_lead_fields(&lead) | conversation.follow_owner(&lead, sees)
            || !hidden.is_empty())
    {
        ports.conversations.save(&conversation, &event).await?;
    }
    for theirs in hidden {
        ports.conversations.save(&theirs, &event).await?;
    }
    for mut task in open {
        if task.copy_lead_fields(&lead) | task.follow_owner(&lead, sees) {
            ports.tasks.save(&task, &event).await?;
        }
    }
    deals_follow((&*ports.deals, &*ports.leads), &lead, file.deals, (None, event.at)).await?;
    Ok(lead)
}
