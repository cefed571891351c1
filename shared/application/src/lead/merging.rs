//! Leads that are one person are merged, and for 30 days separated again.
//!
//! A merge looks at both leads, carries each opt-out over to the other's addresses, and saves everything in one
//! transaction; where either was saved meanwhile, it begins again. So an opt-out that comes in between is seen by the
//! next attempt, and one that comes afterwards finds the survivor.

use crate::columns::fill_lead::{ChangedLead, leads_have_changed};
use crate::lead::carried_opt_outs::carry_opt_outs_over;
use crate::lead::company_hold::change_company;
use crate::lead::lead_copies::{KeepUpPorts, update_all_copies};
use crate::lead::owner_change::hold_for_new_owner;
use crate::lead::suppressing::SuppressPorts;
use crate::ports::clock::Clock;
use crate::ports::columns::ColumnStore;
use crate::ports::companies::CompanyStore;
use crate::ports::conversations::ConversationStore;
use crate::ports::due::DueStore;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::lead_merges::LeadMergeStore;
use crate::ports::leads::{Activity, ActivityKind, LeadStore};
use crate::ports::outbox::Outbox;
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use crate::ports::suppressions::SuppressionStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::retry;
use crate::tasks::follow_up::plan_follow_up;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::Enrolment;
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::lead::Lead;
use domain::lead::merging::{LeadMerge, MOST_ABSORBED, MergeChoices};
use domain::lead::suppression::{SuppressionReason, SuppressionScope};
use domain::message::Direction;
use domain::message::conversation::{Folder, snippet};
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct MergePorts {
        pub clock: Arc<dyn Clock>,
        pub columns: Arc<dyn ColumnStore>,
        pub companies: Arc<dyn CompanyStore>,
        pub conversations: Arc<dyn ConversationStore>,
        pub copies: KeepUpPorts = KeepUpPorts::new,
        pub due: Arc<dyn DueStore>,
        pub enrolments: Arc<dyn EnrolmentStore>,
        pub leads: Arc<dyn LeadStore>,
        pub lead_merges: Arc<dyn LeadMergeStore>,
        pub outbox: Arc<dyn Outbox>,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub suppressing: SuppressPorts = SuppressPorts::new,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// What became of a merge.
#[derive(Debug)]
pub enum MergeOutcome {
    Merged(Box<MergedPair>),
    /// One of the leads does not exist, is deleted, or was merged into a third one.
    NoSuchLead(LeadId),
    /// The survivor would have absorbed more than `MOST_ABSORBED` leads.
    TooMany,
    /// This address of the survivor belongs to another lead.
    AddressTaken(String),
}

#[derive(Debug)]
pub struct MergedPair {
    pub survivor: Lead,
    /// The absorbed lead, as it is hidden.
    pub absorbed: Lead,
    /// The number of enrolments that ended.
    pub ended: usize,
}

/// What became of undoing a merge.
#[derive(Debug)]
pub enum UnmergeOutcome {
    Unmerged(Box<MergedPair>),
    /// There is no such merge, or its survivor was deleted or merged into another lead.
    NoSuchMerge,
    /// It is more than 30 days ago.
    TooLate,
    /// The survivor has absorbed another lead since: that merge is undone first.
    LaterFirst,
    /// Others write to the leads all the time, or a number by which one of them is found alone belongs to another lead.
    Busy,
    /// This address of the absorbed lead belongs to another lead by now, or to the survivor.
    AddressTaken(String),
}

/// Reads two leads that can be merged: both are in the lists. The error names the one that is not.
async fn pair(
    ports: &MergePorts,
    workspace: &WorkspaceId,
    (survivor, absorbed): (&LeadId, &LeadId),
) -> StoreResult<Result<(Lead, Lead), LeadId>> {
    let both = [survivor.clone(), absorbed.clone()];
    let mut stored = ports.lead_merges.stored(workspace, &both).await?;
    stored.retain(|lead| !lead.is_deleted());
    if let Some(missing) = both.iter().find(|id| stored.iter().all(|lead| lead.id != **id)) {
        return Ok(Err(missing.clone()));
    }
    let (absorbed, survivor) = (stored.pop(), stored.pop());
    Ok(survivor.zip(absorbed).ok_or_else(|| both[0].clone()))
}

/// Merges a lead into another one. A repeat of a merge that was made changes nothing and says so again.
pub async fn merge_leads(
    ports: &MergePorts,
    workspace: &WorkspaceId,
    (survivor, absorbed): (&LeadId, &LeadId),
    choices: &MergeChoices,
    by: Option<UserOrKey>,
) -> StoreResult<MergeOutcome> {
    let actor = by.as_ref().map_or(Actor::System, UserOrKey::actor);
    let done = retry!(async {
        if let Some(done) = merged_before(ports, workspace, (survivor, absorbed)).await? {
            return Ok(Ok(done));
        }
        let (stays, goes) = match pair(ports, workspace, (survivor, absorbed)).await? {
            Ok(pair) => pair,
            Err(missing) => return Ok(Err(MergeOutcome::NoSuchLead(missing))),
        };
        let at = ports.clock.now();
        let merge = LeadMerge { by: by.clone(), ..LeadMerge::new(&stays, &goes, choices, at) };
        if merge.after.absorbed.len() > MOST_ABSORBED {
            return Ok(Err(MergeOutcome::TooMany));
        }
        if let Some(address) = taken_address(ports, &merge.after, &[&stays, &goes]).await? {
            return Ok(Err(MergeOutcome::AddressTaken(address)));
        }
        let event = Event::new(EventKind::LeadMerged, actor.clone(), at).because(absorbed.as_str());
        carry_over(ports, [&stays, &goes], &event).await?;
        let user = by.as_ref().and_then(UserOrKey::user);
        if stays.has_new_owner(merge.after.owner.as_ref(), user.as_ref()) {
            let held = Event::new(EventKind::EnrolmentHeld, actor.clone(), at);
            hold_for_new_owner(&*ports.enrolments, &stays, &held).await?;
        }
        plan_follow_up(&*ports.due, &merge.after).await?;
        let ended = ports.lead_merges.merge(&merge, &goes, &event).await?;
        Ok(Ok((merge, ended)))
    })?;
    match done {
        Ok(done) => finish_merge(ports, done).await,
        Err(refused) => Ok(refused),
    }
}

/// Returns the merge if it was made before: its answer may have been lost.
async fn merged_before(
    ports: &MergePorts,
    workspace: &WorkspaceId,
    (survivor, absorbed): (&LeadId, &LeadId),
) -> StoreResult<Option<(LeadMerge, usize)>> {
    let stored = ports.lead_merges.stored(workspace, std::slice::from_ref(absorbed)).await?;
    if stored.first().and_then(Lead::merged_into) != Some(survivor) {
        return Ok(None);
    }
    let merges = ports.lead_merges.merges(workspace, survivor).await?;
    Ok(merges.into_iter().find(|merge| merge.absorbed == *absorbed).map(|merge| (merge, 0)))
}

/// Does what follows a merge and is safe to repeat: the timeline, the conversation, open tasks, opt-outs that came in
/// between.
async fn finish_merge(ports: &MergePorts, (merge, ended): (LeadMerge, usize)) -> StoreResult<MergeOutcome> {
    let (workspace, survivor) = (&merge.workspace, &merge.survivor);
    follow_company(ports, (&merge.before, &merge.after)).await?;
    let changed = ChangedLead::between(&merge.before, &merge.after);
    leads_have_changed((&*ports.columns, &*ports.outbox), workspace, changed).await?;
    let told = ActivityKind::Merged { lead: merge.absorbed.clone(), name: merge.name.clone() };
    note(ports, &merge, survivor, ("merged", told), (merge.at, merge.by.clone())).await?;
    if let Err(error) = update_all_copies(&ports.copies, workspace, survivor).await {
        tracing::warn!(lead.id = %survivor, %error, "the copies of a merged lead are updated later");
    }
    let both = [survivor.clone(), merge.absorbed.clone()];
    let mut stored = ports.lead_merges.stored(workspace, &both).await?;
    let (Some(absorbed), Some(survivor)) = (stored.pop(), stored.pop()) else {
        return Ok(MergeOutcome::NoSuchLead(survivor.clone()));
    };
    let event = Event::system(EventKind::LeadMerged, ports.clock.now()).because(absorbed.id.as_str());
    carry_over(ports, [&survivor, &absorbed], &event).await?;
    Ok(MergeOutcome::Merged(Box::new(MergedPair { survivor, absorbed, ended })))
}

/// Moves the survivor to the register of the company where it is now, if its address is of another one.
async fn follow_company(ports: &MergePorts, (before, after): (&Lead, &Lead)) -> StoreResult<()> {
    if before.company_domain() == after.company_domain() {
        return Ok(());
    }
    let workspace = ports.workspaces.get(&after.workspace).await?;
    change_company(&*ports.companies, &workspace, (before, after), ports.clock.now()).await
}

async fn note(
    ports: &MergePorts,
    merge: &LeadMerge,
    on: &LeadId,
    (word, kind): (&str, ActivityKind),
    (at, actor): (Timestamp, Option<UserOrKey>),
) -> StoreResult<()> {
    let id = format!("{word}-{}-{}", merge.absorbed.as_str(), merge.at.as_microsecond());
    let activity = Activity { id, at, kind, actor };
    unless_taken(ports.leads.put_activity(&merge.workspace, on, &activity).await)
}

/// Returns the address of `lead` that belongs to a lead other than these.
async fn taken_address(ports: &MergePorts, lead: &Lead, own: &[&Lead]) -> StoreResult<Option<String>> {
    let Some(email) = &lead.email else { return Ok(None) };
    let Some(owner) = ports.leads.find_by_email(&lead.workspace, email).await? else { return Ok(None) };
    let is_own = own.iter().any(|lead| lead.id == owner || lead.absorbed.contains(&owner));
    Ok((!is_own).then(|| email.to_string()))
}

/// Suppresses each address of the two leads where the other has asked not to be contacted on such an address. It comes
/// before they are merged, so that whatever is sent afterwards is refused; again once they are, for what was asked in
/// between; and before they are separated, for what was asked of one of them meanwhile.
async fn carry_over(ports: &MergePorts, leads: [&Lead; 2], event: &Event) -> StoreResult<()> {
    let now = ports.clock.now();
    for channel in [Channel::Email, Channel::Sms] {
        let scopes = leads.iter().flat_map(|lead| SuppressionScope::of_person(lead, channel)).collect();
        carry_opt_outs_over(&ports.suppressing, &leads[0].workspace, scopes, (event, now)).await?;
    }
    Ok(())
}

/// Tells which of the leads has asked on which channel not to be contacted.
pub async fn opt_outs(ports: &MergePorts, leads: &[Lead]) -> StoreResult<Vec<(LeadId, Channel)>> {
    let now = ports.clock.now();
    let of = SuppressionScope::of_person;
    let Some(first) = leads.first() else { return Ok(Vec::new()) };
    let each = leads.iter().flat_map(|lead| Channel::ALL.map(|channel| (lead, channel)));
    let mut scopes: Vec<_> = each.clone().flat_map(|(lead, channel)| of(lead, channel)).collect();
    scopes.sort();
    scopes.dedup();
    let mut listed = ports.suppressions.find(&first.workspace, &scopes).await?;
    listed.retain(|entry| entry.in_force(now) && entry.reason != SuppressionReason::HardBounce);
    let has_asked = |(lead, channel): &(&Lead, Channel)| {
        let own = of(lead, *channel);
        listed.iter().any(|entry| own.contains(&entry.scope))
    };
    Ok(each.filter(has_asked).map(|(lead, channel)| (lead.id.clone(), channel)).collect())
}

/// Returns the enrolments that end when these leads are merged into the survivor.
pub async fn ending_enrolments(
    ports: &MergePorts,
    survivor: &Lead,
    leads: &[Lead],
) -> StoreResult<Vec<Enrolment>> {
    let mut all: Vec<Enrolment> = Vec::new();
    for absorbed in leads.iter().filter(|lead| lead.id != survivor.id) {
        for enrolment in ports.lead_merges.ending(survivor, absorbed).await? {
            if all.iter().all(|known| known.key() != enrolment.key()) {
                all.push(enrolment);
            }
        }
    }
    Ok(all)
}

/// Separates a lead from the one that it was merged into. What was sent and answered meanwhile stays with the survivor,
/// and enrolments stay ended.
pub async fn unmerge_leads(
    ports: &MergePorts,
    workspace: &WorkspaceId,
    (survivor, absorbed): (&LeadId, &LeadId),
    by: Option<UserOrKey>,
) -> StoreResult<UnmergeOutcome> {
    let actor = by.as_ref().map_or(Actor::System, UserOrKey::actor);
    let done = retry!(async {
        let mut merges = ports.lead_merges.merges(workspace, survivor).await?;
        let is_latest = merges.first().is_some_and(|merge| merge.absorbed == *absorbed);
        let merge = merges.iter().position(|merge| merge.absorbed == *absorbed).map(|nth| merges.remove(nth));
        let both = [survivor.clone(), absorbed.clone()];
        let mut stored = ports.lead_merges.stored(workspace, &both).await?;
        let (Some(merge), Some(hidden), Some(before)) = (merge, stored.pop(), stored.pop()) else {
            return Ok(Err(UnmergeOutcome::NoSuchMerge));
        };
        if before.is_deleted() || hidden.merged_into() != Some(survivor) {
            return Ok(Err(UnmergeOutcome::NoSuchMerge));
        }
        let at = ports.clock.now();
        if !merge.can_be_undone(at) {
            return Ok(Err(UnmergeOutcome::TooLate));
        }
        // A later merge has kept values that came from this one.
        if !is_latest {
            return Ok(Err(UnmergeOutcome::LaterFirst));
        }
        let file = ports.leads.file(workspace, survivor).await?;
        let is_quiet = file.messages.iter().all(|message| message.created_at < merge.at)
            && (before.last_contacted_at, &before.engagement)
                == (merge.after.last_contacted_at, &merge.after.engagement);
        let (left, back) = merge.undone(&before, &hidden, is_quiet, at);
        if let Some(address) = shared_address(&left, &back) {
            return Ok(Err(UnmergeOutcome::AddressTaken(address)));
        }
        for lead in [&left, &back] {
            if let Some(address) = taken_address(ports, lead, &[&before, &hidden]).await? {
                return Ok(Err(UnmergeOutcome::AddressTaken(address)));
            }
        }
        let event = Event::new(EventKind::LeadUnmerged, actor.clone(), at).because(absorbed.as_str());
        carry_over(ports, [&before, &hidden], &event).await?;
        for lead in [&left, &back] {
            plan_follow_up(&*ports.due, lead).await?;
        }
        ports.lead_merges.unmerge(&merge, &before, (&left, &back), &event).await?;
        Ok(Ok((merge, before, left, back, at)))
    });
    let (merge, before, left, back, at) = match done {
        Ok(Ok(done)) => done,
        Ok(Err(refused)) => return Ok(refused),
        Err(StoreError::Conflict) => return Ok(UnmergeOutcome::Busy),
        Err(error) => return Err(error),
    };
    follow_company(ports, (&merge.after, &left)).await?;
    let changed = ChangedLead::between(&before, &left);
    leads_have_changed((&*ports.columns, &*ports.outbox), workspace, changed).await?;
    for (on, of) in [(&left, &back), (&back, &left)] {
        let told = ActivityKind::Unmerged { lead: of.id.clone(), name: of.display_name() };
        note(ports, &merge, &on.id, ("unmerged", told), (at, by.clone())).await?;
    }
    tell_own_conversation(ports, &left, at).await?;
    for lead in [&left, &back] {
        if let Err(error) = update_all_copies(&ports.copies, workspace, &lead.id).await {
            tracing::warn!(lead.id = %lead.id, %error, "the copies of a lead are updated later");
        }
    }
    let pair = MergedPair { survivor: stored_again(left), absorbed: stored_again(back), ended: 0 };
    Ok(UnmergeOutcome::Unmerged(Box::new(pair)))
}

/// The lead with the revision that its save gave it.
fn stored_again(lead: Lead) -> Lead {
    Lead { rev: lead.rev + 1, ..lead }
}

/// Returns the address that both leads would have, by which only one can be found.
fn shared_address(one: &Lead, two: &Lead) -> Option<String> {
    match (&one.email, &two.email) {
        (Some(email), other) if other.as_ref() == Some(email) => Some(email.to_string()),
        (None, None) => {
            let same = |own: &&PhoneNumber| {
                two.phone.as_ref().is_some_and(|phone| phone.subscriber() == own.subscriber())
            };
            one.phone.as_ref().filter(same).map(ToString::to_string)
        }
        _ => None,
    }
}

/// Shows the survivor's own latest message in its conversation again, after a lead was separated from it.
async fn tell_own_conversation(ports: &MergePorts, lead: &Lead, at: Timestamp) -> StoreResult<()> {
    retry!(async {
        let (workspace, id) = (&lead.workspace, &lead.id);
        let Some(mut conversation) = ports.conversations.get(workspace, id).await? else { return Ok(()) };
        let Some(file) = found(ports.leads.file(workspace, id).await)? else { return Ok(()) };
        let latest = file.messages.iter().filter(|message| !message.test).max_by_key(|m| m.created_at);
        let waits = latest.is_some_and(|message| message.direction == Direction::In);
        match latest {
            Some(message) => {
                conversation.channel = message.channel;
                conversation.last_direction = message.direction;
                conversation.last_at = message.created_at;
                conversation.snippet = snippet(&message.text);
                conversation.understood.clone_from(&message.understood);
            }
            None => {
                conversation.snippet.clear();
                conversation.understood = None;
            }
        }
        if !waits {
            conversation.folder = Folder::Done;
            conversation.unread = 0;
        }
        let event = Event::system(EventKind::LeadToldAnew, at);
        ports.conversations.save(&conversation, &event).await.map(drop)
    })
}
