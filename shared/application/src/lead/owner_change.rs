//! A change of a lead's owner: its enrolments are held until the new owner releases them.

use crate::ports::enrolments::EnrolmentStore;
use crate::ports::store::{StoreError, StoreResult, found};
use domain::enrolment::key::EnrolmentKey;
use domain::event::Event;
use domain::lead::Lead;

const TRIES: usize = 5;

/// Holds the lead's enrolments before the new owner is saved, so that nothing is sent in the name of somebody who
/// does not know of it. Safe to repeat.
pub async fn hold_for_new_owner(
    enrolments: &dyn EnrolmentStore,
    lead: &Lead,
    event: &Event,
) -> StoreResult<()> {
    for campaign in &lead.active {
        let (workspace, id) = (lead.workspace.clone(), lead.id.clone());
        let key = EnrolmentKey { workspace, lead: id, campaign: campaign.clone() };
        let mut left = TRIES;
        while let Some(mut enrolment) = found(enrolments.get(&key).await)? {
            left -= 1;
            if !enrolment.hold_for_owner(event.at) {
                break;
            }
            match enrolments.save(&enrolment, event).await {
                Ok(_) => break,
                // A step of this enrolment was just being taken.
                Err(StoreError::Conflict) if left > 0 => {}
                Err(other) => return Err(other),
            }
        }
    }
    Ok(())
}
