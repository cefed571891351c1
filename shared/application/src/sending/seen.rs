//! A message of which nobody was sure is found at its provider: what follows is what follows a report of the same.

use crate::ports::provider_calls::ProviderRecord;
use crate::ports::store::StoreResult;
use crate::sending::context::SendContext;
use crate::sending::health::note_blocked;
use crate::sending::outcome::{first_contact, go_on_elsewhere, move_on, suppress_address, write};
use crate::sending::uncertain::close_questions;
use crate::sending::{Afterwards, SendPorts, Sent};
use domain::enrolment::Enrolment;
use domain::enrolment::reasons::EndReason;
use domain::event::Event;
use domain::lead::suppression::Ends;
use domain::message::bounce::stops_sender;
use domain::message::{Failure, Message, MessageState};
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use jiff::Timestamp;

/// How far it got, and why no further. The address first: whoever goes on meets it on the list.
pub(super) async fn take_in(
    ports: &SendPorts,
    (account, message): (&Account, &mut Message),
    seen: ProviderRecord,
    now: Timestamp,
) -> StoreResult<()> {
    message.provider_id = seen.provider_id.or(message.provider_id.take());
    message.frozen = None;
    message.raise_state(MessageState::Accepted, now);
    message.raise_state(seen.state, now);
    message.failure = seen.failure;
    if seen.suppress && !message.test {
        suppress_address(ports, message, has_opted_out(message), now).await?;
    }
    if let Some(failure) = why_not_arrived(message).filter(|failure| stops_sender(&failure.class)) {
        note_blocked(&*ports.notifications, account, &failure.detail, now).await?;
    }
    let event = match message.state {
        MessageState::Bounced => "message_bounced",
        MessageState::Failed => "message_failed",
        _ => "message_accepted",
    };
    write(ports, message, event, now).await
}

/// Its provider had it: on from its step, unless what became of it there closes more than that.
pub(super) async fn go_on(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: Enrolment,
    (message, at): (&Message, Timestamp),
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    close_questions(&*ports.tasks, &scene.file.tasks, message, now).await?;
    first_contact(ports, &scene.file.lead, message, at).await?;
    if ends_everything(ports, &scene.workspace, message).await? {
        return Ok(Sent::Done);
    }
    if why_not_arrived(message).is_some_and(Failure::is_of_the_channel) {
        return go_on_elsewhere(ports, scene, enrolment, message, number, afterwards).await;
    }
    move_on(scene, enrolment, message, at, now, number, afterwards);
    Ok(Sent::Done)
}

/// Whoever wants nothing more there leaves, as the workspace has it. Where other channels stay open the list closes this one.
pub(super) async fn ends_everything(
    ports: &SendPorts,
    workspace: &Workspace,
    message: &Message,
) -> StoreResult<bool> {
    let ends = workspace.endings.of(message.channel, true);
    if message.test || !has_opted_out(message) || ends != Ends::Everything {
        return Ok(false);
    }
    let event = Event::system("lead_opted_out", ports.clock.now()).because(message.id.as_str());
    let lead = message.id.lead();
    ports.enrolments.stop(&message.workspace, &lead, EndReason::OptedOut, &event).await.map(|_| true)
}

pub(super) fn why_not_arrived(message: &Message) -> Option<&Failure> {
    let has_not = matches!(message.state, MessageState::Bounced | MessageState::Failed);
    message.failure.as_ref().filter(|_| has_not)
}

fn has_opted_out(message: &Message) -> bool {
    why_not_arrived(message).is_some_and(|failure| failure.class == "opted_out")
}
