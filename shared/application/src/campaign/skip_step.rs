//! Skips the step at which an enrolment is held, when a user says so: it continues below the step, as if its time had
//! come now.

use crate::campaign::due_step::step_hint;
use crate::campaign::enrol::{Next, Waiting, next_move};
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::planning_context::PlanningContext;
use crate::campaign::rollout::advance;
use crate::ports::store::StoreResult;
use domain::enrolment::Enrolment;
use domain::event::{Actor, Event, EventKind};

pub async fn skip_held_step(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    mut enrolment: Enrolment,
    actor: Actor,
) -> StoreResult<()> {
    let now = ports.clock.now();
    let Some(step) = enrolment.step().clone() else { return Ok(()) };
    let event = Event::new(EventKind::StepSkipped, actor, now).because(format!("{step}:by_hand"));
    advance(ports, planning, &mut enrolment, now, planning.version.after(&step)).await?;
    if !enrolment.is_active() {
        return ports.enrolments.finish(&enrolment, None, &event).await;
    }
    match next_move(ports, planning, enrolment, None, now).await? {
        Next::Waits(Waiting { enrolment, .. }) | Next::Late(enrolment) => {
            let hints: Vec<_> = step_hint(planning, &enrolment).into_iter().collect();
            ports.due.put(&hints).await?;
            ports.enrolments.save(&enrolment, &event).await.map(drop)
        }
        Next::Over(enrolment, _) => ports.enrolments.finish(&enrolment, None, &event).await,
    }
}
