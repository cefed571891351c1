//! Judging stored visits again: when other visits of the same message show that a machine was at work, and when the
//! rules have changed.
//!
//! A visit is stored with the traits that it is judged by, so the verdict follows from what is stored, and judging
//! twice changes nothing. A changed verdict, the lead's engagement and the counters of the message are saved in one
//! transaction: whatever breaks off, none of them tells another story than the others. What a first verdict has led
//! to, such as a task, stays.

use crate::campaign::enrol_ports::EnrolPorts;
use crate::ports::leads::{Activity, ActivityKind, Engaged, LeadFile, LeadStore};
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreResult, found};
use crate::queue_messages::CampaignJob;
use crate::retry;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::engagement::{Action, Verdict};
use domain::lead::verdict::{Judged, NetworkRange, Visit, judge, judge_among};
use domain::message::Message;
use domain::{LeadId, MessageId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The visits that one transaction changes: with their messages and the lead they are within its bounds.
const AT_ONCE: usize = 40;

/// The scope of judging again.
#[derive(Debug, Clone, Copy)]
pub struct JudgeAgain<'a> {
    pub workspace: &'a WorkspaceId,
    pub lead: &'a LeadId,
    /// Only the visits of this message.
    pub message: Option<&'a MessageId>,
    pub own_networks: &'a [NetworkRange],
    pub at: Timestamp,
}

/// Judges a lead's stored visits again and returns the number of verdicts that changed.
pub async fn judge_again(leads: &dyn LeadStore, scope: JudgeAgain<'_>) -> StoreResult<usize> {
    let mut changed = 0;
    loop {
        let some = retry!(judge_some(leads, scope))?;
        changed += some;
        if some < AT_ONCE {
            return Ok(changed);
        }
    }
}

/// Judges the stored visits of a page of leads again, and enqueues the next page.
pub async fn judge_page(
    ports: &EnrolPorts,
    outbox: &dyn Outbox,
    workspace: &WorkspaceId,
    cursor: Option<String>,
) -> StoreResult<()> {
    let own_networks = ports.workspaces.get(workspace).await?.tracking.own_networks;
    let (leads, next) = ports.leads.ids(workspace, cursor).await?;
    let mut changed = 0;
    for lead in &leads {
        let at = ports.clock.now();
        let scope = JudgeAgain { workspace, lead, message: None, own_networks: &own_networks, at };
        changed += judge_again(&*ports.leads, scope).await?;
    }
    tracing::info!(workspace.id = %workspace, leads = leads.len(), verdicts.changed = changed, "visits were judged again");
    if next.is_some() {
        let job = CampaignJob::JudgeVisits { workspace: workspace.clone(), cursor: next };
        send_all(outbox, &[job], 0).await?;
    }
    Ok(())
}

async fn judge_some(leads: &dyn LeadStore, scope: JudgeAgain<'_>) -> StoreResult<usize> {
    let Some(mut file) = found(leads.file(scope.workspace, scope.lead).await)? else { return Ok(0) };
    let mut changes = changed_visits(&file.activities, scope);
    changes.truncate(AT_ONCE);
    if changes.is_empty() {
        return Ok(0);
    }
    let mut messages = BTreeMap::new();
    for (place, judged) in &changes {
        let Activity { id, at, kind: ActivityKind::Engaged(visit), .. } = &mut file.activities[*place] else {
            continue;
        };
        let before = visit.verdict;
        (visit.verdict, visit.rule) = (judged.verdict, judged.rule);
        visit.named = judged.named.map(str::to_owned);
        follow(&mut file.lead, id, visit, before, *at);
        if let Some(message) =
            visit.message.as_ref().and_then(|id| file.messages.iter().find(|m| m.id == *id))
        {
            let message = messages.entry(message.id.clone()).or_insert_with(|| message.clone());
            recount(message, &visit.action, before, visit.verdict);
        }
    }
    let mut messages: Vec<Message> = messages.into_values().collect();
    for message in &mut messages {
        set_first_times(message, &file);
    }
    let visits: Vec<Activity> = changes.iter().map(|(place, _)| file.activities[*place].clone()).collect();
    file.lead.updated_at = scope.at;
    let event = Event::new(EventKind::VerdictsChanged, Actor::System, scope.at);
    leads.save_verdicts(&file.lead, &visits, &messages, &event).await?;
    Ok(visits.len())
}

/// Returns the places of visits whose verdict or rule is another now.
fn changed_visits(activities: &[Activity], scope: JudgeAgain<'_>) -> Vec<(usize, Judged)> {
    let visits: Vec<(usize, &Engaged, Visit<'_>)> = activities
        .iter()
        .enumerate()
        .filter_map(|(place, activity)| {
            Some((place, engaged(activity)?, visit(activity, scope.own_networks)?))
        })
        .filter(|(_, engaged, _)| scope.message.is_none() || engaged.message.as_ref() == scope.message)
        .collect();
    let mut by_message: BTreeMap<Option<&MessageId>, Vec<Visit<'_>>> = BTreeMap::new();
    for (_, engaged, visit) in &visits {
        by_message.entry(engaged.message.as_ref()).or_default().push(*visit);
    }
    let again = visits.iter().map(|(place, engaged, visit)| {
        (*place, *engaged, judge_among(visit, &by_message[&engaged.message.as_ref()]))
    });
    again
        .filter(|(_, engaged, judged)| (engaged.verdict, engaged.rule) != (judged.verdict, judged.rule))
        .map(|(place, _, judged)| (place, judged))
        .collect()
}

fn engaged(activity: &Activity) -> Option<&Engaged> {
    match &activity.kind {
        ActivityKind::Engaged(engaged) => Some(engaged),
        _ => None,
    }
}

/// Returns a stored visit as the rules see it.
pub(super) fn visit<'a>(activity: &'a Activity, own_networks: &[NetworkRange]) -> Option<Visit<'a>> {
    let Engaged { action, traits, seconds_after_sending, .. } = engaged(activity)?;
    let since_sent = seconds_after_sending.map(SignedDuration::from_secs);
    let alone = judge(action, traits, since_sent, own_networks);
    Some(Visit { id: &activity.id, at: activity.at, action, traits, alone })
}

/// Makes the lead's engagement follow a verdict. One that is given later alerts no user.
fn follow(lead: &mut Lead, id: &str, visit: &Engaged, before: Verdict, at: Timestamp) {
    let engagement = &mut lead.engagement;
    if before == Verdict::Human && visit.verdict != Verdict::Human {
        engagement.take_back(id, &visit.action, at);
    } else if before != Verdict::Human && visit.verdict == Verdict::Human {
        let hot_since = engagement.hot_since;
        engagement.record(id, &visit.action, Verdict::Human, at);
        engagement.hot_since = hot_since;
    }
}

fn recount(message: &mut Message, action: &Action, before: Verdict, after: Verdict) {
    let people = match action {
        Action::Opened => &mut message.opens,
        Action::Clicked { .. } => &mut message.clicks,
        _ => return,
    };
    *people =
        (*people + u32::from(after == Verdict::Human)).saturating_sub(u32::from(before == Verdict::Human));
    let machines = &mut message.machine_events;
    *machines = (*machines + u32::from(after.is_machine())).saturating_sub(u32::from(before.is_machine()));
}

/// Sets the times of the first open and click by a person, as the visits tell them. A click tells that the mail was
/// read, whether or not its pictures were loaded.
fn set_first_times(message: &mut Message, file: &LeadFile) {
    let people = file.activities.iter().filter_map(|activity| {
        let visit = engaged(activity)?;
        let counts = visit.verdict == Verdict::Human && visit.message.as_ref() == Some(&message.id);
        counts.then_some((activity.at, &visit.action))
    });
    let (mut opened, mut clicked) = (None::<Timestamp>, None::<Timestamp>);
    for (at, action) in people {
        let earlier = |first: Option<Timestamp>| Some(first.map_or(at, |first| first.min(at)));
        match action {
            Action::Opened => opened = earlier(opened),
            Action::Clicked { .. } => (opened, clicked) = (earlier(opened), earlier(clicked)),
            _ => {}
        }
    }
    // An event may have been counted whose visit is not written yet.
    if clicked.is_some() || message.clicks == 0 {
        message.first_clicked_at = clicked;
    }
    if opened.is_some() || message.clicks + message.opens == 0 {
        message.first_opened_at = opened;
    }
}
