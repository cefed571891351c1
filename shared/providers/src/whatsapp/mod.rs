//! WhatsApp through Meta's Cloud API: `WhatsappSender`, status reports and what people write.

mod error_code;
mod request;
mod response;
pub(crate) mod webhook;

use application::provider_calls::SenderClass;
pub(crate) use request::message;
pub(crate) use response::outcome;

/// No key, and what was sent cannot be asked for: a lost answer waits for the report that carries our tag.
pub(crate) const CLASS: SenderClass = SenderClass::PROMISES_NOTHING;

#[cfg(test)]
mod tests;
