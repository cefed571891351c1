//! The hint by which the due tick finds an enrolment's next step.

use crate::campaign::planning_context::PlanningContext;
use crate::ports::due::DueWork;
use crate::ports::due::Hint;
use domain::enrolment::Enrolment;
use domain::sequence::SequenceVersion;

/// Describes the enrolment's next step for the due tick. `version` is the one that the enrolment is on, if it is at
/// hand.
pub(crate) fn due_step(enrolment: &Enrolment, version: Option<&SequenceVersion>) -> DueWork {
    let version = version.filter(|version| version.version == enrolment.version());
    let touch = version.and_then(|version| enrolment.touch(version));
    let mailbox = enrolment.mailbox().clone();
    DueWork::Step { enrolment: enrolment.key().clone(), generation: enrolment.generation(), touch, mailbox }
}

pub(crate) fn step_hint(planning: &PlanningContext, enrolment: &Enrolment) -> Option<Hint> {
    enrolment.due().map(|at| Hint { at, what: due_step(enrolment, Some(&planning.version)) })
}
