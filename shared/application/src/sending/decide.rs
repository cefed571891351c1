//! The decision about a step that is due. It is the planner's, except that a message which may have gone out by an account
//! stays that account's, whatever accounts its campaign has since.

use crate::ports::store::StoreResult;
use crate::sending::account::step_account;
use crate::sending::context::SendContext;
use crate::sending::ports::SendPorts;
use crate::sending::ready::{class_of, may_be_repeated};
use domain::enrolment::Enrolment;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::message::Message;
use domain::planning::planner::Decision;
use jiff::Timestamp;

pub(super) async fn decide(
    ports: &SendPorts,
    context: &SendContext,
    enrolment: &Enrolment,
    now: Timestamp,
) -> StoreResult<Decision> {
    let decision = context.decide(enrolment, now);
    let stays = match decision {
        // The mailbox fails, but is there: what may have gone out by it goes out again by it, or not at all.
        Decision::End(EndReason::MailboxGone) => context.has_mailbox_of(enrolment),
        Decision::Hold { reason: HoldReason::Mailbox, .. } => context.is_on_text_channel(enrolment),
        _ => return Ok(decision),
    };
    let Some(message) = context.present_uncertain(enrolment) else { return Ok(decision) };
    let goes_again = stays || has_key(ports, context, message, now).await?;
    Ok(if goes_again { Decision::Send } else { decision })
}

/// Whether the account is there, and the message can be repeated under its key.
async fn has_key(
    ports: &SendPorts,
    context: &SendContext,
    message: &Message,
    now: Timestamp,
) -> StoreResult<bool> {
    let Some(own) = &message.account else { return Ok(false) };
    let account = step_account(ports, context, message.channel, Some(own)).await?;
    let class = account.map(|account| class_of(ports, &account, message.channel));
    Ok(class.is_some_and(|class| may_be_repeated(class, &context.file.lead, message, now)))
}
