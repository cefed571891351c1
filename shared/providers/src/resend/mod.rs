//! Mail through Resend's HTTP API: `MailSender`.

mod request;
mod response;

use application::provider_calls::{KeyPromise, SenderClass};
use jiff::SignedDuration;
pub(crate) use request::email;
pub(crate) use response::outcome;

/// The key is forgotten after 24 hours: an hour before that it is not relied on any more.
const WINDOW: SignedDuration = SignedDuration::from_hours(23);

pub(crate) const CLASS: SenderClass = SenderClass {
    key: Some(KeyPromise { window: WINDOW, identical_body: true }),
    own_message_id: true,
    ..SenderClass::PROMISES_NOTHING
};

#[cfg(test)]
mod tests;
