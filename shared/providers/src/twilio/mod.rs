//! SMS through Twilio's Messages resource: `SmsSender`, status callbacks and inbound texts.

mod error_code;
mod request;
mod response;
mod status_query;
pub(crate) mod webhook;

use application::provider_calls::SenderClass;
pub(crate) use request::message;
pub(crate) use response::outcome;
pub(crate) use status_query::{messages, seen};

/// No key; what was sent can be listed.
pub(crate) const CLASS: SenderClass = SenderClass { status_query: true, ..SenderClass::PROMISES_NOTHING };

#[cfg(test)]
mod tests;
