//! Removes leads from campaigns: one by one, all leads of a campaign that is over, or a lead from all of its
//! campaigns.

use crate::ports::enrolments::{EnrolmentFilter, EnrolmentStore};
use crate::ports::store::StoreResult;
use crate::retry;
use domain::enrolment::Enrolment;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::event::Event;
use domain::lead::Lead;
use domain::lead::stage::StageId;

/// The states of enrolments that have not ended.
pub const STILL_IN: [EnrolmentFilter; 4] =
    [EnrolmentFilter::Pending, EnrolmentFilter::Held, EnrolmentFilter::WaitingTask, EnrolmentFilter::Moving];

/// Removes a lead from the campaign and returns the enrolment. A message that is just being sent to it is still
/// recorded.
pub async fn unenrol(
    enrolments: &dyn EnrolmentStore,
    key: &EnrolmentKey,
    event: &Event,
) -> StoreResult<Enrolment> {
    retry!(async {
        let mut enrolment = enrolments.get(key).await?;
        if !enrolment.is_active() {
            return Ok(enrolment);
        }
        enrolment.stop(EndReason::Removed, event.at);
        enrolments.finish(&enrolment, None, event).await?;
        Ok(enrolment)
    })
}

/// Ends all enrolments of a lead that becomes won, lost or not to be contacted, before the lead itself is saved: if
/// the caller breaks off in between, nothing more is sent to it. `asked`: the request named the status, whether or
/// not that changes it. Returns true if any enrolment ended; the lead must be read again then. Safe to repeat.
pub async fn unenrol_before_close(
    enrolments: &dyn EnrolmentStore,
    (before, after): (&Lead, &Lead),
    asked: bool,
    event: &Event,
) -> StoreResult<bool> {
    let Some(reason) = end_reason_of_status(before, after, asked).filter(|_| !before.active.is_empty())
    else {
        return Ok(false);
    };
    enrolments.stop(&before.workspace, &before.id, reason, event).await?;
    Ok(true)
}

fn end_reason_of_status(before: &Lead, after: &Lead, asked: bool) -> Option<EndReason> {
    let is_news = asked || before.status != after.status;
    match after.status {
        _ if after.do_not_contact && !before.do_not_contact => Some(EndReason::Suppressed),
        StageId::WON if is_news => Some(EndReason::Won),
        StageId::LOST if is_news => Some(EndReason::Removed),
        _ => None,
    }
}
