//! A change of a lead's owner: its enrolments are held until the new owner releases them.

use crate::ports::enrolments::EnrolmentStore;
use crate::ports::store::{StoreResult, found};
use crate::retry;
use domain::enrolment::key::EnrolmentKey;
use domain::event::Event;
use domain::lead::Lead;

/// Holds the lead's enrolments before the new owner is saved, so that nothing is sent in the name of an owner
/// who does not know of it. Safe to repeat.
pub async fn hold_for_new_owner(
    enrolments: &dyn EnrolmentStore,
    lead: &Lead,
    event: &Event,
) -> StoreResult<()> {
    for campaign in &lead.active {
        let (workspace, id) = (lead.workspace.clone(), lead.id.clone());
        let key = EnrolmentKey { workspace, lead: id, campaign: campaign.clone() };
        retry!(async {
            let Some(mut enrolment) = found(enrolments.get(&key).await)? else { return Ok(()) };
            if !enrolment.hold_for_owner(event.at) {
                return Ok(());
            }
            // A conflict means that a step of this enrolment was just being taken.
            enrolments.save(&enrolment, event).await.map(drop)
        })?;
    }
    Ok(())
}
