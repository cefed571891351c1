//! News about a client's money: an entry on the lead's timeline, and a notification for its owner, or for everybody
//! if the client has no lead.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::ports::leads::{Activity, ActivityKind};
use crate::ports::store::{StoreResult, found, unless_taken};
use domain::event::Event;
use domain::lead::Lead;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::{Task, TaskOutcome};
use domain::{NotificationId, TaskId};
use jiff::Timestamp;

pub(super) struct News<'a> {
    /// The id of the entry: the same news is told once.
    pub id: &'a str,
    pub cause: &'a str,
    pub at: Timestamp,
    pub kind: NotificationKind,
    /// The title, with `{}` in the place of the client's name.
    pub title: &'a str,
    pub detail: String,
    pub activity: ActivityKind,
}

impl News<'_> {
    /// Tells the news. It may be told again without effect.
    pub(super) async fn tell(
        self,
        ports: &IngestPorts,
        origin: &Origin<'_>,
        lead: Option<&Lead>,
        client: &str,
        event: &Event,
    ) -> StoreResult<()> {
        if let Some(lead) = lead {
            let activity = Activity { id: self.id.to_owned(), at: self.at, kind: self.activity, actor: None };
            unless_taken(ports.leads.put_activity(origin.workspace, &lead.id, &activity).await)?;
        }
        let name = lead.map_or_else(|| client.to_owned(), Lead::display_name);
        let notification = Notification {
            id: NotificationId::derived(self.at, &[self.id, self.cause]),
            workspace: origin.workspace.clone(),
            user: lead.and_then(|lead| lead.owner.clone()),
            kind: self.kind,
            title: self.title.replace("{}", &name),
            detail: self.detail,
            lead: lead.map(|lead| lead.id.clone()),
            created_at: self.at,
            read_at: None,
        };
        ports.notifications.put(&notification, event).await
    }
}

/// Opens a task unless it was opened before.
pub(super) async fn open_task(ports: &IngestPorts, task: &Task, event: &Event) -> StoreResult<()> {
    unless_taken(ports.tasks.save(task, event).await.map(drop))
}

/// Closes a task that is no longer to be done, if it is open.
pub(super) async fn close_task(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    id: &TaskId,
    event: &Event,
) -> StoreResult<()> {
    crate::retry!(async {
        match found(ports.tasks.get(origin.workspace, id).await)? {
            Some(mut task) if task.done_at.is_none() => {
                task.close(TaskOutcome::Cancelled, event.at);
                ports.tasks.save(&task, event).await.map(drop)
            }
            _ => Ok(()),
        }
    })
}
