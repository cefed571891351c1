//! One person is held at a user's word, until then or until somebody lets them go on. What is under way is settled first.

use crate::due::{DueStore, Hint};
use crate::enrolling::due_step;
use crate::enrolments::EnrolmentStore;
use crate::store::{StoreError, StoreResult};
use domain::enrolment::{Enrolment, EnrolmentKey, EnrolmentState, HoldReason, IllegalEnrolmentMove};
use domain::event::Event;
use jiff::Timestamp;

/// The enrolment as it is afterwards, or why it cannot be paused.
pub async fn pause_enrolment(
    (enrolments, due): (&dyn EnrolmentStore, &dyn DueStore),
    key: &EnrolmentKey,
    until: Option<Timestamp>,
    event: &Event,
) -> StoreResult<Result<Enrolment, IllegalEnrolmentMove>> {
    for _ in 0..5 {
        let mut enrolment = enrolments.get(key).await?;
        if let Err(illegal) = enrolment.pause(until, event.at) {
            return Ok(Err(illegal));
        }
        if let EnrolmentState::Held { reason: HoldReason::PausedByUser, until: Some(at) } = enrolment.state {
            due.put(&[Hint { at, what: due_step(&enrolment, None) }]).await?;
        }
        match enrolments.save(&enrolment, event).await {
            Ok(rev) => return Ok(Ok(Enrolment { rev, ..enrolment })),
            // A step is just being gone by.
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other),
        }
    }
    Err(StoreError::Conflict)
}

/// The wish of a pause that could not be yet is taken back. `None`: there is none.
pub async fn take_back_pause(
    enrolments: &dyn EnrolmentStore,
    key: &EnrolmentKey,
    event: &Event,
) -> StoreResult<Option<Enrolment>> {
    for _ in 0..5 {
        let mut enrolment = enrolments.get(key).await?;
        if enrolment.pause_wanted.take().is_none() {
            return Ok(None);
        }
        match enrolments.save(&enrolment, event).await {
            Ok(rev) => return Ok(Some(Enrolment { rev, ..enrolment })),
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other),
        }
    }
    Err(StoreError::Conflict)
}
