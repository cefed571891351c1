//! Handles opens, clicks and page views: each gets a verdict, and counts only if a person did it. Three page views in
//! ten minutes make a lead hot.

use crate::inbox::message_change::change_message;
use crate::ingesting::context::{IngestError, IngestPorts, known_message};
use crate::ingesting::rules::carry_out_rules;
use crate::lead::change::{Weight, change_and_save};
use crate::ports::leads::{Activity, ActivityKind, LeadStore};
use crate::ports::notifications::NotificationStore;
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::ports::tasks::TaskStore;
use crate::queue_messages::IngestEvent;
use crate::sending::uncertain::record_sent;
use domain::campaign::trigger_rule::{Deed, Happened};
use domain::event::{Actor, Event, EventKind};
use domain::lead::engagement::{Action, Engagement, HOT_VIEWS, MAX_SLICE_SECONDS, Verdict};
use domain::lead::verdict::{Judged, Network, RequestFacts, RequestKind, judge};
use domain::lead::{Lead, Priority};
use domain::message::Message;
use domain::mutant;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::{Task, TaskKind};
use domain::{LeadId, MessageId, NotificationId, TaskId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

const BURST: SignedDuration = SignedDuration::from_secs(10);

pub(super) async fn record_engagement(ports: &IngestPorts, event: &IngestEvent) -> Result<(), IngestError> {
    let IngestEvent::Tracked {
        workspace,
        lead,
        message,
        event_id,
        action,
        user_agent,
        method,
        prefetch,
        own_team,
        at,
        ..
    } = event
    else {
        return Ok(());
    };
    let sent = match message {
        Some(id) => known_message(ports, workspace, id).await?,
        None => None,
    };
    let links = match action {
        Action::Clicked { url } => links_in_burst(ports, workspace, lead, sent.as_ref(), url, *at).await?,
        _ => 1,
    };
    let judged = judge(&RequestFacts {
        method,
        user_agent,
        prefetch: *prefetch,
        network: Network::Unknown,
        since_sent: sent.as_ref().map(|message| at.duration_since(message.sent_before(*at))),
        links_in_burst: links,
        kind: kind_of(action),
        own_team: *own_team,
    });
    if let Some(sent) = &sent {
        record_sent(&ports.settle, workspace, &sent.id, Actor::System, *at).await?;
    }
    let known = was_counted(ports, (workspace, lead), sent.as_ref(), event_id, action).await?;
    let mut counted = false;
    let mut hot = false;
    let cause = message.as_ref().map_or(event_id.as_str(), MessageId::as_str);
    let changed = change_and_save(&*ports.leads, workspace, lead, |lead: &mut Lead| {
        if known {
            return None;
        }
        let before = lead.temperature(*at);
        let recorded = lead.engagement.record(event_id, action, judged.verdict, *at);
        counted = recorded.counted;
        hot = recorded.turned_hot;
        if hot {
            lead.priority = Priority::High;
        }
        let name = if hot { EventKind::LeadTurnedHot } else { event_name(action) };
        let slight = is_slight(action, &lead.engagement) && !hot && lead.temperature(*at) == before;
        let weight = if slight { Weight::Slight } else { Weight::Full };
        counted.then(|| (Event::new(name, Actor::Lead, *at).because(cause), weight))
    })
    .await;
    let Some(changed) = found(changed)? else { return Ok(()) };
    // After a broken attempt this very event may have turned the lead hot without an alert.
    hot |= changed.engagement.hot_since == Some(*at);
    if let Some(sent) = &sent {
        note_on_message(ports, workspace, &sent.id, (event_id, *at), action, judged, counted).await?;
    }
    // Opens are shown by their message. Clicks and visits, and what machines did on pages, get a timeline entry of
    // their own.
    if matches!(action, Action::PreviewViewed { .. } | Action::CallToAction { .. } | Action::Clicked { .. }) {
        let kind = ActivityKind::Engaged {
            action: action.clone(),
            verdict: judged.verdict,
            rule: judged.rule.to_owned(),
            message: message.clone(),
        };
        let activity = Activity { id: event_id.clone(), at: *at, kind, actor: None };
        unless_taken(ports.leads.put_activity(workspace, lead, &activity).await)?;
    }
    let mut happened = Vec::new();
    if let (Some(deed), Some(nth)) = (deed(action), changed.engagement.nth(event_id)) {
        happened.push(Happened::Did { deed, nth });
    }
    if let Some(since) = changed.engagement.hot_since.filter(|_| hot) {
        happened.push(Happened::TurnedHot { since });
    }
    carry_out_rules(&ports.rules, &changed, &happened, *at).await?;
    // The task is written last and shows that all of this is done: where it is missing, the repair job announces the
    // lead.
    if hot {
        announce_hot(&*ports.leads, &*ports.notifications, &*ports.tasks, &changed, *at).await?;
    }
    Ok(())
}

/// Tells whether this event was counted before. The lead knows only its latest events; for one that comes again much
/// later, the mark on the message or the timeline entry tells, both of which are written last.
async fn was_counted(
    ports: &IngestPorts,
    (workspace, lead): (&WorkspaceId, &LeadId),
    sent: Option<&Message>,
    event_id: &str,
    action: &Action,
) -> StoreResult<bool> {
    match action {
        Action::Opened => Ok(sent.is_some_and(|message| message.has_counted(event_id))),
        Action::Clicked { .. } | Action::PreviewViewed { .. } | Action::CallToAction { .. } => {
            ports.leads.has_activity(workspace, lead, event_id).await
        }
        Action::TimeOnPage { .. } | Action::Replied => Ok(false),
    }
}

/// Returns the deed that a trigger rule can wait for, if the action is one.
fn deed(action: &Action) -> Option<Deed> {
    match action {
        Action::Opened => Some(Deed::Opened),
        Action::Clicked { .. } => Some(Deed::Clicked),
        Action::PreviewViewed { .. } => Some(Deed::PageViewed),
        Action::CallToAction { .. } => Some(Deed::CallToAction),
        Action::TimeOnPage { .. } | Action::Replied => None,
    }
}

/// Tells whether the action moves the score by only a point or two. Lists show such a change with the next one that
/// matters, with every fifth open, or with every minute on a page.
fn is_slight(action: &Action, engagement: &Engagement) -> bool {
    match action {
        Action::Opened => !engagement.opens.is_multiple_of(5),
        Action::TimeOnPage { seconds, .. } => {
            let before = engagement.seconds_on_page.saturating_sub((*seconds).min(MAX_SLICE_SECONDS));
            before / 60 == engagement.seconds_on_page / 60
        }
        _ => false,
    }
}

fn kind_of(action: &Action) -> RequestKind {
    match action {
        Action::Opened => RequestKind::Pixel,
        Action::Clicked { .. } => RequestKind::Link,
        Action::PreviewViewed { .. } | Action::TimeOnPage { .. } | Action::CallToAction { .. } => {
            RequestKind::Beacon
        }
        Action::Replied => RequestKind::Page,
    }
}

fn event_name(action: &Action) -> EventKind {
    match action {
        Action::Opened => EventKind::MessageOpened,
        Action::Clicked { .. } => EventKind::LinkClicked,
        Action::PreviewViewed { .. } => EventKind::PreviewViewed,
        Action::TimeOnPage { .. } => EventKind::PreviewRead,
        Action::CallToAction { .. } => EventKind::CallToActionClicked,
        Action::Replied => EventKind::LeadReplied,
    }
}

/// Counts the different links of one message that were clicked within ten seconds, which no person does.
async fn links_in_burst(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    lead: &LeadId,
    sent: Option<&Message>,
    url: &str,
    at: Timestamp,
) -> StoreResult<u32> {
    let Some(sent) = sent else { return Ok(1) };
    let Some(file) = found(ports.leads.file(workspace, lead).await)? else { return Ok(1) };
    let mut urls = vec![url];
    for activity in file.activities.iter().filter(|activity| activity.at.duration_since(at).abs() <= BURST) {
        if let ActivityKind::Engaged { action: Action::Clicked { url }, message: Some(id), .. } =
            &activity.kind
            && *id == sent.id
            && !urls.contains(&url.as_str())
        {
            urls.push(url);
        }
    }
    Ok(u32::try_from(urls.len()).unwrap_or(u32::MAX))
}

async fn note_on_message(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    id: &MessageId,
    (event_id, at): (&str, Timestamp),
    action: &Action,
    judged: Judged,
    counted: bool,
) -> StoreResult<()> {
    change_message(&*ports.messages, workspace, id, |message| {
        // It is written already: by an attempt whose answer was lost, or by another delivery of the same event at the
        // same time.
        if message.has_counted(event_id) {
            return None;
        }
        let human = judged.verdict == Verdict::Human || mutant!("machine_counts_as_person");
        match action {
            // After a broken attempt the event is known to the lead, and perhaps not to the message.
            Action::Opened if human && (counted || message.first_opened_at.is_none()) => {
                message.opens += 1;
                message.first_opened_at = message.first_opened_at.or(Some(at));
            }
            Action::Clicked { .. } if human && (counted || message.first_clicked_at.is_none()) => {
                message.clicks += 1;
                message.first_clicked_at = message.first_clicked_at.or(Some(at));
                // A lead who clicked has read the message, whether or not images were loaded.
                message.first_opened_at = message.first_opened_at.or(Some(at));
            }
            Action::Opened | Action::Clicked { .. } if !human => message.machine_events += 1,
            _ => return None,
        }
        message.remember(event_id);
        Some(Event::new(event_name(action), Actor::Lead, at).because(judged.rule))
    })
    .await
    .map(drop)
}

/// Writes the notification, task and timeline entry of a lead that turned hot. It is called on the event, and again
/// by the repair job where that was missed: the ids are the same, so nothing is doubled.
pub async fn announce_hot(
    leads: &dyn LeadStore,
    notifications: &dyn NotificationStore,
    tasks: &dyn TaskStore,
    lead: &Lead,
    at: Timestamp,
) -> StoreResult<()> {
    let since = lead.engagement.hot_since.unwrap_or(at);
    let when = since.to_string();
    let event = Event::system(EventKind::HotLeadAnnounced, at).because(lead.id.as_str());
    let activity = Activity {
        id: format!("hot-{when}"),
        at: since,
        kind: ActivityKind::TurnedHot { views: u32::try_from(HOT_VIEWS).unwrap_or(3) },
        actor: None,
    };
    unless_taken(leads.put_activity(&lead.workspace, &lead.id, &activity).await)?;
    let notification = Notification {
        id: NotificationId::derived(since, &["hot", lead.id.as_str()]),
        workspace: lead.workspace.clone(),
        user: lead.owner.clone(),
        kind: NotificationKind::HotLead,
        title: format!("{} turned hot", lead.display_name()),
        detail: format!("{HOT_VIEWS} preview visits within ten minutes"),
        lead: Some(lead.id.clone()),
        created_at: since,
        read_at: None,
    };
    notifications.put(&notification, &event).await?;
    let title = "On your preview page right now".to_owned();
    let task = Task::about(lead, hot_task_id(&lead.id, since), TaskKind::HotLead, title, since);
    unless_taken(tasks.save(&task, &event).await.map(drop))
}

/// Returns the id of the task for a lead that turned hot at that moment.
pub fn hot_task_id(lead: &LeadId, since: Timestamp) -> TaskId {
    TaskId::derived(lead, &["hot", &since.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_show_every_minute_on_a_page_and_every_fifth_opening() {
        let mut engagement = Engagement::default();
        let mut shown = |id: usize, action: &Action| {
            engagement.record(&id.to_string(), action, Verdict::Human, Timestamp::UNIX_EPOCH);
            !is_slight(action, &engagement)
        };
        let slice = Action::TimeOnPage { session: "s".to_owned(), seconds: 15 };
        let slices: Vec<bool> = (0..8).map(|id| shown(id, &slice)).collect();
        assert_eq!(slices, [false, false, false, true, false, false, false, true]);
        let opens = (10..15).map(|id| shown(id, &Action::Opened));
        assert_eq!(opens.collect::<Vec<_>>(), [false, false, false, false, true]);
    }
}
