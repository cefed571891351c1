//! SMS through Twilio's Messages resource: `SmsSender`, status callbacks and inbound texts.

mod error_code;
mod request;
mod response;
pub(crate) mod webhook;

pub(crate) use request::message;
pub(crate) use response::outcome;

#[cfg(test)]
mod tests;
