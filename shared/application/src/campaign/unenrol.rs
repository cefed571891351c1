//! Taking people out of a campaign: one by one, all of one that is over, or of all campaigns who is over.

use crate::ports::enrolments::{EnrolmentFilter, EnrolmentStore};
use crate::ports::store::{StoreError, StoreResult};
use domain::enrolment::Enrolment;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::event::Event;
use domain::lead::{Lead, LeadStatus};

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
        match enrolments.finish(&enrolment, None, event).await {
            Ok(()) => return Ok(enrolment),
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other),
        }
    }
    Err(StoreError::Conflict)
}

/// Whoever is won, lost or not to be contacted any more leaves every sequence, before that is written: where somebody breaks
/// off in between, nothing goes on for who is over. `asked`: their status was named, whether or not that changes it. True if
/// they left any: the lead is to be read again then. Safe to repeat.
pub async fn leave_first(
    enrolments: &dyn EnrolmentStore,
    (before, after): (&Lead, &Lead),
    asked: bool,
    event: &Event,
) -> StoreResult<bool> {
    let Some(reason) = why_over(before, after, asked).filter(|_| !before.active.is_empty()) else {
        return Ok(false);
    };
    enrolments.stop(&before.workspace, &before.id, reason, event).await?;
    Ok(true)
}

fn why_over(before: &Lead, after: &Lead, asked: bool) -> Option<EndReason> {
    let is_news = asked || before.status != after.status;
    match after.status {
        _ if after.do_not_contact && !before.do_not_contact => Some(EndReason::Suppressed),
        LeadStatus::Won if is_news => Some(EndReason::Won),
        LeadStatus::Lost if is_news => Some(EndReason::Removed),
        _ => None,
    }
}
