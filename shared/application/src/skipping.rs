//! A person leaves out the step at which somebody is held: they go on below it, as if its time had come now.

use crate::courses::Course;
use crate::enrolling::{EnrolPorts, Next, Waiting, next_move, step_hint};
use crate::rolling_out::advance;
use crate::store::StoreResult;
use domain::enrolment::Enrolment;
use domain::event::{Actor, Event};

pub async fn leave_out(
    ports: &EnrolPorts,
    course: &Course,
    mut enrolment: Enrolment,
    actor: Actor,
) -> StoreResult<()> {
    let now = ports.clock.now();
    let Some(step) = enrolment.step.clone() else { return Ok(()) };
    let event = Event::new("step_skipped", actor, now).because(format!("{step}:by_hand"));
    advance(ports, course, &mut enrolment, now, course.version.after(&step)).await?;
    if !enrolment.is_active() {
        return ports.enrolments.finish(&enrolment, None, &event).await;
    }
    match next_move(ports, course, enrolment, None, now).await? {
        Next::Waits(Waiting { enrolment, .. }) | Next::Late(enrolment) => {
            let hints: Vec<_> = step_hint(course, &enrolment).into_iter().collect();
            ports.due.put(&hints).await?;
            ports.enrolments.save(&enrolment, &event).await.map(drop)
        }
        Next::Over(enrolment, _) => ports.enrolments.finish(&enrolment, None, &event).await,
    }
}
