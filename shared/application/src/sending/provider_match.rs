//! An uncertain message that its provider knows: what follows is what follows a report of the same.

use crate::ports::provider_calls::ProviderRecord;
use crate::ports::store::StoreResult;
use crate::sending::account_health::note_blocked;
use crate::sending::context::SendContext;
use crate::sending::message_outcome::{note_contact, suppress_address, write_outcome};
use crate::sending::ports::SendPorts;
use crate::sending::record::continue_without_channel;
use crate::sending::run::SendRun;
use crate::sending::sent::Sent;
use crate::sending::transitions::complete_step;
use crate::sending::uncertain::close_questions;
use domain::enrolment::Enrolment;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::suppression::Ends;
use domain::message::failure_class::FailureClass;
use domain::message::{Failure, Message, MessageState};
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use jiff::Timestamp;

/// Records how far the message got, and why no further. The address is listed first, so that a message which goes on finds
/// it on the list.
pub(super) async fn record_match(
    ports: &SendPorts,
    account: &Account,
    message: &mut Message,
    there: ProviderRecord,
) -> StoreResult<()> {
    let now = ports.clock.now();
    message.provider_id = there.provider_id.or(message.provider_id.take());
    message.frozen = None;
    message.raise_state(MessageState::Accepted, now);
    message.raise_state(there.state, now);
    message.failure = there.failure;
    if there.suppress && !message.test {
        suppress_address(ports, message, has_opted_out(message)).await?;
    }
    if let Some(failure) = delivery_failure(message).filter(|failure| failure.class.stops_sender()) {
        note_blocked(&*ports.notifications, account, &failure.detail, now).await?;
    }
    let event = match message.state {
        MessageState::Bounced => EventKind::MessageBounced,
        MessageState::Failed => EventKind::MessageFailed,
        _ => EventKind::MessageAccepted,
    };
    write_outcome(ports, message, event).await
}

/// Moves the enrolment on from a step whose message its provider has accepted at `at`, unless what became of it there closes
/// more than that.
pub(super) async fn continue_from(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: Enrolment,
    message: &Message,
    at: Timestamp,
) -> StoreResult<Sent> {
    let ports = run.ports;
    close_questions(&*ports.tasks, &context.file.tasks, message, run.now()).await?;
    note_contact(ports, &context.file.lead, message, at).await?;
    if stop_opted_out(ports, &context.workspace, message).await? {
        return Ok(Sent::Done);
    }
    if delivery_failure(message).is_some_and(|failure| failure.class.is_of_the_channel()) {
        return continue_without_channel(run, context, enrolment, message).await;
    }
    complete_step(run, context, enrolment, message, at);
    Ok(Sent::Done)
}

/// Stops the lead whose message found an opt-out at the provider, if the workspace ends everything then. Where other channels
/// stay open the suppression list closes this one.
pub(super) async fn stop_opted_out(
    ports: &SendPorts,
    workspace: &Workspace,
    message: &Message,
) -> StoreResult<bool> {
    let ends = workspace.endings.of(message.channel, true);
    if message.test || !has_opted_out(message) || ends != Ends::Everything {
        return Ok(false);
    }
    let event = Event::system(EventKind::LeadOptedOut, ports.clock.now()).because(message.id.as_str());
    let lead = message.id.lead();
    ports.enrolments.stop(&message.workspace, &lead, EndReason::OptedOut, &event).await.map(|_| true)
}

pub(super) fn delivery_failure(message: &Message) -> Option<&Failure> {
    let has_not = matches!(message.state, MessageState::Bounced | MessageState::Failed);
    message.failure.as_ref().filter(|_| has_not)
}

fn has_opted_out(message: &Message) -> bool {
    delivery_failure(message).is_some_and(|failure| failure.class == FailureClass::OptedOut)
}
