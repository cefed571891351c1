//! Closes a task. A sequence that waits for it goes on, or ends, depending on the outcome.

use crate::campaign::due_step::due_step;
use crate::campaign::enrol::schedule_or_end;
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::planning_context::{PlannedLead, PlanningContext};
use crate::campaign::rollout::advance;
use crate::lead::company_hold::start_company_hold;

use crate::lead::suppressing::{SuppressPorts, suppress_scope};
use crate::ports::campaigns::CampaignStore;
use crate::ports::due::Hint;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::tasks::TaskStore;
use crate::retry;
use crate::tasks::follow_up::end_follow_up;
use domain::TaskId;
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Actor, Event, EventKind};
use domain::lead::suppression::{StopSign, Suppression, SuppressionReason, SuppressionScope};
use domain::planning::behaviour::Behaviour;
use domain::planning::planner::{Decision, PlanInput, plan};
use domain::workspace::Sending;
use domain::workspace::task::{Task, TaskOutcome};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The delay of the hint by which the sequence goes on if the request breaks off: longer than a request may take.
const REMINDED_AFTER: SignedDuration = SignedDuration::from_mins(2);

crate::ports! {
    #[derive(Clone)]
    pub struct TaskPorts {
        pub tasks: Arc<dyn TaskStore>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub enrolling: EnrolPorts = EnrolPorts::new,
        pub suppressing: SuppressPorts = SuppressPorts::new,
    }
}

/// Closes a task. What its outcome means for the lead is written first, and again with a repeat.
pub async fn close_task(ports: &TaskPorts, task: &Task, event: &Event) -> StoreResult<u64> {
    if let Some(reason) = task.outcome.and_then(TaskOutcome::ends) {
        stop(ports, task, reason, event).await?;
        return save_after_stop(ports, task, event).await;
    }
    let now = ports.enrolling.clock.now();
    let concerned = enrolment_of_task(ports, task).await?;
    if let Some(enrolment) = &concerned {
        let what = due_step(enrolment, None);
        let at = now.checked_add(REMINDED_AFTER).unwrap_or(now);
        ports.enrolling.due.put(&[Hint { at, what }]).await?;
    }
    let rev = ports.tasks.save(task, event).await?;
    if let Some(enrolment) = concerned.filter(|found| *found.state() == EnrolmentState::WaitingTask) {
        match pass(ports, enrolment, now).await {
            // Another writer changed the enrolment too: the hint brings it up again.
            Ok(()) | Err(StoreError::Conflict | StoreError::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(rev)
}

/// Saves the task after the stop, which has cancelled it if a sequence was waiting for it.
async fn save_after_stop(ports: &TaskPorts, task: &Task, event: &Event) -> StoreResult<u64> {
    match ports.tasks.save(task, event).await {
        Err(StoreError::Conflict) => {}
        other => return other,
    }
    let stored = ports.tasks.get(&task.workspace, &task.id).await?;
    if stored.rev != task.rev + 1 || stored.outcome != Some(TaskOutcome::Cancelled) {
        return Err(StoreError::Conflict);
    }
    ports.tasks.save(&Task { rev: stored.rev, ..task.clone() }, event).await
}

/// Returns the enrolment that stands at this task, even where it is held there.
async fn enrolment_of_task(ports: &TaskPorts, task: &Task) -> StoreResult<Option<Enrolment>> {
    let Some(campaign) = task.campaign.clone() else { return Ok(None) };
    let key = EnrolmentKey { workspace: task.workspace.clone(), lead: task.id.lead(), campaign };
    let has_come = |found: &Enrolment| {
        let step = found.step().as_ref().filter(|_| found.is_active());
        step.is_some_and(|step| TaskId::for_step(&key.lead, &key.campaign, step) == task.id)
    };
    match ports.enrolling.enrolments.get(&key).await {
        Ok(found) => Ok(Some(found).filter(has_come)),
        Err(StoreError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Ends all of the lead's enrolments, as a written reply does.
async fn stop(ports: &TaskPorts, task: &Task, reason: EndReason, event: &Event) -> StoreResult<()> {
    let (workspace, lead) = (&task.workspace, task.id.lead());
    let EnrolPorts { leads, enrolments, .. } = &ports.enrolling;
    if task.outcome == Some(TaskOutcome::DoNotCall) {
        let person = leads.get(workspace, &lead).await?;
        for scope in SuppressionScope::of_person(&person, Channel::Sms) {
            let entry = Suppression {
                workspace: workspace.clone(),
                scope,
                reason: SuppressionReason::OptedOut,
                source: Some(task.id.to_string()),
                created_by: match &event.actor {
                    Actor::User(user) => Some(user.clone().into()),
                    Actor::Key(key) => Some(key.clone().into()),
                    _ => None,
                },
                created_at: event.at,
                expires_at: None,
                sign: Some(StopSign::Words),
            };
            let event = Event::system(EventKind::AddressSuppressed, event.at);
            suppress_scope(&ports.suppressing, &entry, &event).await?;
        }
    }
    let event = Event::new(EventKind::LeadAnswered, event.actor.clone(), event.at).because(task.id.as_str());
    enrolments.stop(workspace, &lead, reason, &event).await?;
    if task.outcome == Some(TaskOutcome::DoNotCall) {
        cancel_calls(ports, task, &event).await?;
    }
    match (reason, found(leads.get(workspace, &lead).await)?) {
        (EndReason::Replied | EndReason::Booked, Some(lead)) => {
            start_company_hold(&ports.enrolling, &lead, event.at).await
        }
        _ => Ok(()),
    }
}

/// Cancels the other calls of a lead that must not be called any more.
async fn cancel_calls(ports: &TaskPorts, task: &Task, event: &Event) -> StoreResult<()> {
    let file = ports.enrolling.leads.file(&task.workspace, &task.id.lead()).await?;
    let calls = file.tasks.into_iter().filter(|other| other.is_call() && other.id != task.id);
    let cancelled = Event { kind: EventKind::TaskCancelled, ..event.clone() };
    for call in calls.filter(|call| call.done_at.is_none()) {
        retry!(async {
            let mut call = ports.tasks.get(&call.workspace, &call.id).await?;
            if call.done_at.is_some() {
                return Ok(());
            }
            // A call that was the lead's follow-up takes its date along.
            end_follow_up(&*ports.enrolling.leads, &call, &cancelled).await?;
            call.close(TaskOutcome::Cancelled, event.at);
            ports.tasks.save(&call, &cancelled).await.map(drop)
        })?;
    }
    Ok(())
}

/// Moves the enrolment to its next step. Any other decision of the planner is left to the hint.
async fn pass(ports: &TaskPorts, mut enrolment: Enrolment, now: Timestamp) -> StoreResult<()> {
    let key = enrolment.key();
    let file = ports.enrolling.leads.file(&key.workspace, &key.lead).await?;
    let campaign = ports.campaigns.get(&key.workspace, &key.campaign).await?;
    let planning = PlanningContext::of_enrolment(&ports.enrolling, campaign, &enrolment).await?;
    let seen = Behaviour::of(&enrolment, &file.messages, &file.tasks);
    let lead = PlannedLead { lead: &file.lead, suppressions: &[], seen: &seen };
    let found = plan(&PlanInput { sending: &Sending::Running, ..planning.input(&enrolment, lead, now) });
    if let Decision::Pass { to, at, .. } = found.decision {
        advance(&ports.enrolling, &planning, &mut enrolment, at, to).await?;
        schedule_or_end(&ports.enrolling, &planning, enrolment, now).await?;
    }
    Ok(())
}
