//! What is done with a step that is due: as the planner has it, but that what may have gone out by an account is that
//! account's still, whatever its campaign sends by since.

use crate::ports::store::StoreResult;
use crate::sending::SendPorts;
use crate::sending::account::step_account;
use crate::sending::context::SendContext;
use crate::sending::ready::{class_of, may_be_repeated};
use domain::enrolment::Enrolment;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::message::Message;
use domain::planning::planner::Decision;
use jiff::Timestamp;

pub(super) async fn decide(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: &Enrolment,
    now: Timestamp,
) -> StoreResult<Decision> {
    let decision = scene.decide(enrolment, now);
    let stays = match decision {
        // It fails, and is there: what may have gone out by it goes out again by it, or not at all.
        Decision::End(EndReason::MailboxGone) => scene.has_mailbox_of(enrolment),
        Decision::Hold { reason: HoldReason::Mailbox, .. } => scene.is_at_text(enrolment),
        _ => return Ok(decision),
    };
    let Some(message) = scene.present_uncertain(enrolment) else { return Ok(decision) };
    let goes_again = stays || has_key(ports, scene, message, now).await?;
    Ok(if goes_again { Decision::Send } else { decision })
}

/// The account is there, and what may have gone out by it can be made again under its key.
async fn has_key(
    ports: &SendPorts,
    scene: &SendContext,
    message: &Message,
    now: Timestamp,
) -> StoreResult<bool> {
    let Some(own) = &message.account else { return Ok(false) };
    let account = step_account(ports, scene, message.channel, Some(own)).await?;
    let class = account.map(|account| class_of(ports, &account, message.channel));
    Ok(class.is_some_and(|class| may_be_repeated(class, &scene.file.lead, message, now)))
}
