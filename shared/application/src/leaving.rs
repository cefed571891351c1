//! Taking people out of a campaign: one by one, or all of one that is over.

use crate::enrolments::{EnrolmentFilter, EnrolmentStore};
use crate::store::{StoreError, StoreResult};
use domain::enrolment::{EndReason, Enrolment, EnrolmentKey};
use domain::event::Event;

/// Those who have not left yet.
pub const STILL_IN: [EnrolmentFilter; 4] =
    [EnrolmentFilter::Pending, EnrolmentFilter::Held, EnrolmentFilter::WaitingTask, EnrolmentFilter::Moving];

/// The enrolment as it is afterwards. What is just being sent to them is still recorded.
pub async fn take_out(
    enrolments: &dyn EnrolmentStore,
    key: &EnrolmentKey,
    event: &Event,
) -> StoreResult<Enrolment> {
    for _ in 0..5 {
        let mut enrolment = enrolments.get(key).await?;
        if !enrolment.is_active() {
            return Ok(enrolment);
        }
        enrolment.stop(EndReason::Removed, event.at);
        match enrolments.finish(&enrolment, event).await {
            Ok(()) => return Ok(enrolment),
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other),
        }
    }
    Err(StoreError::Conflict)
}
