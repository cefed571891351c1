//! A step that a user does. One write creates the task and says that the enrolment waits for it.

use crate::ports::store::StoreResult;
use crate::sending::compose::{ComposeError, compose_task};
use crate::sending::context::SendContext;
use crate::sending::missing_values::hold_for_value;
use crate::sending::run::SendRun;
use crate::sending::sent::Sent;
use domain::TaskId;
use domain::enrolment::Enrolment;
use domain::event::{Event, EventKind};
use domain::sequence::step_kind::{StepAction, StepTexts};
use domain::workspace::task::Task;

pub(super) async fn open_task(
    run: &mut SendRun<'_>,
    context: &SendContext,
    mut enrolment: Enrolment,
) -> StoreResult<Sent> {
    let (ports, now) = (run.ports, run.now());
    let Some(step) = context.present_step(&enrolment) else { return Ok(Sent::Done) };
    let StepAction::OpenTask(kind) = step.kind.action() else { return Ok(Sent::Done) };
    let StepTexts { headline: title, body, .. } = step.kind.texts();
    let (lead, campaign) = (&context.file.lead, &context.planning.campaign);
    let (title, body) = match compose_task(ports, &context.workspace, &context.file, title, body).await {
        Ok(texts) => texts,
        Err(ComposeError::Store(error)) => return Err(error),
        Err(error) => {
            tracing::info!(lead.id = %lead.id, step.id = %step.id, %error, "a task cannot be written");
            return hold_for_value(run, context, enrolment, None).await;
        }
    };
    let id = TaskId::for_step(&lead.id, &campaign.id, &step.id);
    let mut task = Task::about(lead, id, kind, title, now);
    task.body = body;
    task.copy_lead_fields(lead);
    task.campaign = Some(campaign.id.clone());
    task.owner = task.owner.or_else(|| campaign.owner.clone());
    if enrolment.wait_for(task.id.clone()).is_err() {
        return Ok(Sent::Done);
    }
    let waits = Event::system(EventKind::TaskOpened, now).because(task.id.as_str());
    if context.file.tasks.iter().any(|there| there.id == task.id) {
        // The task was created before the enrolment was held.
        run.writes.next = Some((enrolment, waits));
        return Ok(Sent::Done);
    }
    let opened = Event::system(EventKind::TaskCreated, now).because(step.id.as_str());
    ports.enrolments.wait_for_task((&enrolment, &waits), (&task, &opened)).await?;
    Ok(Sent::Done)
}
