//! A task is closed; a sequence that waits for it goes on, or ends with what was said.

use crate::campaigns::CampaignStore;
use crate::due::Hint;
use crate::enrolling::{EnrolPorts, due_step, go_on};
use crate::ports::Ports;
use crate::store::{StoreError, StoreResult};
use crate::tasks::TaskStore;
use domain::condition::Seen;
use domain::enrolment::{EndReason, Enrolment, EnrolmentKey, EnrolmentState};
use domain::event::Event;
use domain::planner::{Decision, PlanInput, plan};
use domain::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::task::{Task, TaskOutcome};
use domain::workspace::Sending;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// Longer than a request may take: a sequence whose task was closed goes on, even if the request broke off.
const REMINDED_AFTER: SignedDuration = SignedDuration::from_mins(2);

#[derive(Clone)]
pub struct TaskPorts {
    pub tasks: Arc<dyn TaskStore>,
    pub campaigns: Arc<dyn CampaignStore>,
    pub enrolling: EnrolPorts,
}

impl<P: Ports> From<&P> for TaskPorts {
    fn from(ports: &P) -> Self {
        Self { tasks: ports.tasks(), campaigns: ports.campaigns(), enrolling: EnrolPorts::from(ports) }
    }
}

/// Saves a task that may have been closed. What its outcome means for the person is done again by a repeat.
pub async fn save_task(ports: &TaskPorts, task: &Task, event: &Event) -> StoreResult<u64> {
    let now = ports.enrolling.clock.now();
    let waiting = if task.done_at.is_some() { waiting_for(ports, task).await? } else { None };
    if let Some(enrolment) = &waiting {
        let what = due_step(enrolment);
        let at = now.checked_add(REMINDED_AFTER).unwrap_or(now);
        ports.enrolling.due.put(&[Hint { at, what }]).await?;
    }
    let rev = ports.tasks.save(task, event).await?;
    if let Some(reason) = task.outcome.and_then(TaskOutcome::ends) {
        stop(ports, task, reason, event).await?;
    } else if let Some(enrolment) = waiting {
        match pass(ports, enrolment, now).await {
            // Others write it too: the reminder looks again.
            Ok(()) | Err(StoreError::Conflict | StoreError::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(rev)
}

async fn waiting_for(ports: &TaskPorts, task: &Task) -> StoreResult<Option<Enrolment>> {
    let Some(campaign) = task.campaign.clone() else { return Ok(None) };
    let key = EnrolmentKey { workspace: task.workspace.clone(), lead: task.id.lead(), campaign };
    match ports.enrolling.enrolments.get(&key).await {
        Ok(found) if found.state == EnrolmentState::WaitingTask && found.task.as_ref() == Some(&task.id) => {
            Ok(Some(found))
        }
        Ok(_) | Err(StoreError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// As an answer in writing: out of every sequence.
async fn stop(ports: &TaskPorts, task: &Task, reason: EndReason, event: &Event) -> StoreResult<()> {
    let (workspace, lead) = (&task.workspace, task.id.lead());
    let EnrolPorts { leads, suppressions, enrolments, .. } = &ports.enrolling;
    if task.outcome == Some(TaskOutcome::DoNotCall)
        && let Some(phone) = leads.get(workspace, &lead).await?.phone
    {
        let entry = Suppression {
            workspace: workspace.clone(),
            scope: SuppressionScope::Phone(phone.to_string()),
            reason: SuppressionReason::OptedOut,
            source: Some(task.id.to_string()),
            created_by: None,
            created_at: event.at,
            expires_at: None,
        };
        suppressions.put(&entry, &Event::system("address_suppressed", event.at)).await?;
    }
    let event = Event::new("lead_answered", event.actor.clone(), event.at).because(task.id.as_str());
    enrolments.stop(workspace, &lead, reason, &event).await.map(drop)
}

/// Whatever the planner says but going on is left to the reminder.
async fn pass(ports: &TaskPorts, mut enrolment: Enrolment, now: Timestamp) -> StoreResult<()> {
    let EnrolPorts { leads, sequences, .. } = &ports.enrolling;
    let key = &enrolment.key;
    let file = leads.file(&key.workspace, &key.lead).await?;
    let campaign = ports.campaigns.get(&key.workspace, &key.campaign).await?;
    let version = sequences.version(&key.workspace, &enrolment.sequence, enrolment.version).await?;
    let found = plan(&PlanInput {
        enrolment: &enrolment,
        version: &version,
        lead: &file.lead,
        campaign: &campaign,
        sending: &Sending::Running,
        suppressions: &[],
        seen: &Seen::of(&enrolment, &file.messages, &file.tasks),
        now,
    });
    if let Decision::Pass { to, at, .. } = found.decision {
        enrolment.advance(at, to, None);
        go_on(&ports.enrolling, &campaign, &version, enrolment, now).await?;
    }
    Ok(())
}
