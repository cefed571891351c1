//! Telling that a lead turned hot: the trigger rules, an entry on the timeline, a notification, which Slack, the push devices
//! and the digest pass on, and a task. What is hot is the domain's to say (`Lead::hot`).

use crate::ingesting::rules::{RulePorts, carry_out_rules};
use crate::ports::leads::{Activity, ActivityKind, LeadStore};
use crate::ports::notifications::NotificationStore;
use crate::ports::store::{StoreResult, unless_taken};
use crate::ports::tasks::TaskStore;
use domain::campaign::trigger_rule::Happened;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::engagement::HOT_VIEWS;
use domain::lead::score::score;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{LeadId, NotificationId, TaskId};
use jiff::Timestamp;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct HotPorts {
        pub leads: Arc<dyn LeadStore> = crate::Ports::leads_with_deleted,
        pub notifications: Arc<dyn NotificationStore>,
        pub rules: RulePorts = RulePorts::new,
        pub tasks: Arc<dyn TaskStore>,
    }
}

/// Carries out the rules for a lead that turned hot by its score, and announces it.
pub async fn announce_turn(ports: &HotPorts, lead: &Lead, since: Timestamp) -> StoreResult<()> {
    carry_out_rules(&ports.rules, lead, &[Happened::TurnedHot { since }], since).await?;
    if lead.is_deleted() {
        return Ok(());
    }
    announce_hot((&*ports.leads, &*ports.notifications, &*ports.tasks), lead, since, since).await
}

/// Writes the notification, task and timeline entry of a lead that turned hot at `since`. It is called on the event, and
/// again by the repair job where that was missed: the ids are the same, so nothing is doubled. The task is written last
/// and shows that all of this is done.
pub async fn announce_hot(
    (leads, notifications, tasks): (&dyn LeadStore, &dyn NotificationStore, &dyn TaskStore),
    lead: &Lead,
    since: Timestamp,
    at: Timestamp,
) -> StoreResult<()> {
    let event = Event::system(EventKind::HotLeadAnnounced, at).because(lead.id.as_str());
    let by_views = lead.engagement.hot_since == Some(since);
    let views = if by_views { u32::try_from(HOT_VIEWS).unwrap_or(3) } else { 0 };
    let activity = Activity {
        id: format!("hot-{since}"),
        at: since,
        kind: ActivityKind::TurnedHot { views },
        actor: None,
    };
    unless_taken(leads.put_activity(&lead.workspace, &lead.id, &activity).await)?;
    let (detail, title) = match by_views {
        true => {
            let detail = format!("{HOT_VIEWS} preview visits within ten minutes");
            (detail, "On your preview page right now".to_owned())
        }
        false => (format!("Score {}", score(lead, since).total), "Call while the lead is hot".to_owned()),
    };
    let notification = Notification {
        id: NotificationId::derived(since, &["hot", lead.id.as_str()]),
        workspace: lead.workspace.clone(),
        user: lead.owner.clone(),
        kind: NotificationKind::HotLead,
        title: format!("{} turned hot", lead.display_name()),
        detail,
        lead: Some(lead.id.clone()),
        created_at: since,
        read_at: None,
    };
    notifications.put(&notification, &event).await?;
    let mut task = Task::about(lead, hot_task_id(&lead.id, since), TaskKind::HotLead, title, since);
    // A client is not called to be won. The task is still written: it shows that the announcement is complete.
    if lead.is_client() {
        task.close(TaskOutcome::Cancelled, since);
    }
    unless_taken(tasks.save(&task, &event).await.map(drop))
}

/// Returns the id of the task for a lead that turned hot at that moment.
pub fn hot_task_id(lead: &LeadId, since: Timestamp) -> TaskId {
    TaskId::derived(lead, &["hot", &since.to_string()])
}
