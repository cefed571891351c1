//! A step that a person does. One write says what is to be done, and that the enrolment waits for it.

use crate::ports::store::StoreResult;
use crate::sending::compose::{ComposeError, compose_task};
use crate::sending::context::SendContext;
use crate::sending::missing_values::hold_missing_values;
use crate::sending::{Afterwards, Move, SendPorts, Sent};
use domain::TaskId;
use domain::enrolment::Enrolment;
use domain::event::Event;
use domain::message::Message;
use domain::sequence::step_kind::StepKind;
use domain::workspace::task::Task;

pub(super) async fn open_task(
    ports: &SendPorts,
    scene: &SendContext,
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
            return hold_missing_values(ports, scene, enrolment, (None, None), number, afterwards).await;
        }
    };
    let id = TaskId::for_step(&lead.id, &campaign.id, &step.id);
    let mut task = Task::about(lead, id, what.kind(), title, now);
    task.body = body;
    task.keep_up_with(lead);
    task.campaign = Some(campaign.id.clone());
    task.owner = task.owner.or_else(|| campaign.owner.clone());
    if enrolment.wait_for(task.id.clone()).is_err() {
        return Ok(Sent::Done);
    }
    let waits = Event::system("task_opened", now).because(task.id.as_str());
    if scene.file.tasks.iter().any(|there| there.id == task.id) {
        // It was there before the enrolment was held.
        afterwards.moves.push((number, Move::of(enrolment, waits)));
        return Ok(Sent::Done);
    }
    let opened = Event::system("task_created", now).because(step.id.as_str());
    ports.enrolments.wait_for_task((&enrolment, &waits), (&task, &opened)).await?;
    Ok(Sent::Done)
}

impl SendContext {
    /// A person was asked what became of it, and has not answered.
    pub fn is_asked_about(&self, message: &Message) -> bool {
        let asks = |task: &Task| task.message.as_ref() == Some(&message.id) && task.done_at.is_none();
        self.file.tasks.iter().any(asks)
    }
}
