//! The rules that hold for one message of a bulk message beside those for any one-off message: it keeps to its account's quota
//! and the workspace's caps, goes out in the lead's hours alone, waits long for an account that a user has to repair, and goes
//! out no more once the bulk message was cancelled.

use crate::inbox::author_notice::{AuthorNotice, notify_author};
use crate::ports::store::{StoreError, StoreResult};
use crate::sending::one_off::context::{NEVER_OPEN_WAIT, OneOff, put_next_look};
use crate::sending::ports::SendPorts;
use crate::sending::sent::{STOPPED_WAIT, Sent, resumed_by};
use domain::event::{Event, EventKind};
use domain::message::failure_class::FailureClass;
use domain::message::{Message, MessageState};
use domain::planning::planner::MAILBOX_WAIT;
use domain::planning::read_behaviour::last_message;
use domain::workspace::account::Account;
use jiff::{SignedDuration, Timestamp};

/// The wait for something that a user has to resume. It is long, since there are many of these messages, and each look costs.
pub(super) const RESUMED_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// The wait for a user to cancel what can go out no more, or to connect its mailbox or number anew.
const REMOVED_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Tells until when nothing goes out to this lead by this account, before a slot is taken that nothing would go out in.
pub(super) fn closed_until(one_off: &OneOff, account: &Account, now: Timestamp) -> Option<Timestamp> {
    if let Some(pause) = account.pause {
        return Some(resumed_by(pause.until, RESUMED_WAIT, now));
    }
    let opens = one_off.next_open_time(account, now);
    if opens > now {
        return Some(opens);
    }
    let last = last_message(&one_off.file.messages, Some(&one_off.message.id));
    let free = one_off.workspace.caps.free_from(last).filter(|free| *free > now)?;
    Some(one_off.next_open_time(account, free))
}

/// Lets the message wait for an account that does not work and that a user may repair: all messages of the bulk message would
/// fail for it. The author is told once. One that a user wrote to one lead goes out soon after its account is switched on
/// again, as after a pause; no look at it calls the provider.
pub(super) async fn wait_for_account(
    ports: &SendPorts,
    message: &Message,
    class: FailureClass,
    detail: &str,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    notify_author(&*ports.notifications, message, AuthorNotice::Waits { class, detail }, now).await?;
    let wait = match (class, &message.bulk_message) {
        (FailureClass::NoAccount, None) => STOPPED_WAIT,
        _ => MAILBOX_WAIT,
    };
    put_next_look(ports, message, resumed_by(None, wait, now)).await
}

/// Lets a message wait whose account was removed, until it is cancelled or the same mailbox or number is connected anew. The
/// author is told once.
pub(super) async fn wait_for_cancellation(ports: &SendPorts, message: &Message) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let detail = "waits: the account that it leaves from was removed. Cancel it to write from another";
    let told = AuthorNotice::Waits { class: FailureClass::NoAccount, detail };
    notify_author(&*ports.notifications, message, told, now).await?;
    put_next_look(ports, message, now.checked_add(REMOVED_WAIT).unwrap_or(now)).await
}

/// Lets the message wait for hours: the zone of its lead is not known, or the account sends only in its night. The author is
/// told once.
pub(super) async fn wait_for_hours(ports: &SendPorts, message: &Message) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let detail = "waits: some of its leads have no hour that is day wherever they may be and in which the account sends. \
                  Enter their time zone, or give the account other hours";
    let told = AuthorNotice::Waits { class: FailureClass::NotAllowed, detail };
    notify_author(&*ports.notifications, message, told, now).await?;
    put_next_look(ports, message, now.checked_add(NEVER_OPEN_WAIT).unwrap_or(now)).await
}

/// Cancels a message that is due. `cause` is the code of what has cancelled it.
pub(super) async fn cancel(ports: &SendPorts, mut message: Message, cause: &str) -> StoreResult<Sent> {
    message.state = if message.given_up { MessageState::Abandoned } else { MessageState::Cancelled };
    let event = Event::system(EventKind::MessageCancelled, ports.clock.now()).because(cause);
    match ports.messages.save(&message, &event).await {
        Ok(_) | Err(StoreError::Conflict) => Ok(Sent::Done),
        Err(other) => Err(other),
    }
}
