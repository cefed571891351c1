//! What is told of a message before it is written: its sender is still at it, or died behind the call. And what is told of a
//! payment before the payment itself.

use super::{IngestError, IngestPorts};
use crate::sending::{CLAIM_LASTS, look_hint};
use crate::store::{StoreResult, found};
use domain::enrolment::Enrolment;
use domain::{MessageId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// A claim's life, the time until its queue message comes again, and clocks that are minutes off.
const WRITTEN_WITHIN: SignedDuration = SignedDuration::from_mins(25);

/// Comes again while the message may still be written, and where its claim ran out until it is: so long that it counts
/// as dead rather than be forgotten.
pub(super) async fn unless_early(
    ports: &IngestPorts,
    (workspace, received_at): (&WorkspaceId, Timestamp),
    id: &MessageId,
) -> Result<(), IngestError> {
    let age = ports.clock.now().duration_since(received_at);
    let settles = age >= CLAIM_LASTS && its_sender_is_found_again(ports, workspace, id).await?;
    if settles || age < WRITTEN_WITHIN { Err(IngestError::Early(id.to_string())) } else { Ok(()) }
}

/// Providers tell of money in any order: what became of a payment that nobody knows of comes again for a while.
pub(super) fn unless_before_its_payment(
    ports: &IngestPorts,
    received_at: Timestamp,
    charge: &str,
) -> Result<(), IngestError> {
    match ports.clock.now().duration_since(received_at) < WRITTEN_WITHIN {
        true => Err(IngestError::Early(format!("the payment of {charge}"))),
        false => Ok(()),
    }
}

/// Whoever looks at a claim that ran out writes its message down. The queue's own message may be among the dead letters, so
/// they are told once more.
async fn its_sender_is_found_again(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    id: &MessageId,
) -> StoreResult<bool> {
    let now = ports.clock.now();
    let Some(file) = found(ports.leads.file(workspace, &id.lead()).await)? else { return Ok(false) };
    let ran_out = |enrolment: &&Enrolment| {
        let over = enrolment.claim_expired(now) || enrolment.unsettled.is_some_and(|until| until <= now);
        over && enrolment.present_message().as_ref() == Some(id)
    };
    let Some(enrolment) = file.enrolments.iter().find(ran_out) else { return Ok(false) };
    ports.due.put(&[look_hint(enrolment, now)]).await?;
    Ok(true)
}
