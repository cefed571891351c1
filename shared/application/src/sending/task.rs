//! A step that a person does. The task is written before the enrolment says that it waits for it; a repeat finds it there.

use super::compose::{ComposeError, compose_task};
use super::step::{Scene, hold};
use super::{Afterwards, Move, SendPorts, Sent};
use crate::store::{StoreResult, found, unless_taken};
use domain::TaskId;
use domain::enrolment::{Enrolment, HoldReason};
use domain::event::Event;
use domain::step_kind::{StepKind, StepTask};
use domain::task::{Task, TaskOutcome, whatsapp_link};

pub(super) async fn open_task(
    ports: &SendPorts,
    scene: &Scene,
    mut enrolment: Enrolment,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let step = enrolment.step.as_ref().and_then(|step| scene.version.step(step));
    let Some((step, StepKind::Task { task: what, title, body })) = step.map(|step| (step, &step.kind)) else {
        return Ok(Sent::Done);
    };
    let (lead, campaign) = (&scene.file.lead, &scene.campaign);
    let (title, body) = match compose_task(ports, &scene.workspace, &scene.file, title, body).await {
        Ok(texts) => texts,
        Err(ComposeError::Store(error)) => return Err(error),
        Err(error) => {
            tracing::info!(lead.id = %lead.id, step.id = %step.id, %error, "a task cannot be written");
            hold(enrolment, HoldReason::MissingValue, None, now, number, afterwards);
            return Ok(Sent::Done);
        }
    };
    let id = TaskId::for_step(&lead.id, &campaign.id, &step.id);
    let mut task = Task::about(lead, id, what.kind(), title, now);
    task.link = match what {
        StepTask::Whatsapp => lead.phone.as_ref().map(|phone| whatsapp_link(phone, &body)),
        StepTask::Call => lead.phone.as_ref().map(|phone| format!("tel:{phone}")),
        StepTask::Linkedin | StepTask::Generic => None,
    };
    task.body = body;
    task.campaign = Some(campaign.id.clone());
    task.owner = task.owner.or_else(|| campaign.owner.clone());
    let opened = Event::system("task_created", now).because(step.id.as_str());
    unless_taken(ports.tasks.save(&task, &opened).await.map(drop))?;
    if enrolment.wait_for(task.id.clone()).is_ok() {
        let event = Event::system("task_opened", now).because(task.id.as_str());
        afterwards.moves.push((number, Move::of(enrolment, event)));
    }
    Ok(Sent::Done)
}

/// A stop that came while the task was being written did not know of it.
pub(super) async fn withdraw_task(
    ports: &SendPorts,
    scene: &Scene,
    enrolment: &Enrolment,
) -> StoreResult<()> {
    let Some(step) = &enrolment.step else { return Ok(()) };
    let id = TaskId::for_step(&enrolment.key.lead, &enrolment.key.campaign, step);
    let open = scene.file.tasks.iter().find(|task| task.id == id && task.done_at.is_none());
    let Some(task) = open.cloned() else { return Ok(()) };
    withdraw(ports, enrolment, task).await
}

/// As `withdraw_task`, of one that was written only just now.
pub(super) async fn take_back(ports: &SendPorts, enrolment: &Enrolment, task: &TaskId) -> StoreResult<()> {
    match found(ports.tasks.get(&enrolment.key.workspace, task).await)? {
        Some(task) if task.done_at.is_none() => withdraw(ports, enrolment, task).await,
        _ => Ok(()),
    }
}

async fn withdraw(ports: &SendPorts, enrolment: &Enrolment, mut task: Task) -> StoreResult<()> {
    let now = ports.clock.now();
    task.close(TaskOutcome::Cancelled, now);
    let event = Event::system("task_cancelled", now).because(enrolment.key.campaign.as_str());
    ports.tasks.save(&task, &event).await.map(drop)
}
