//! Replies and bounces: raw MIME in JSON, `{"type":"email.received","data":{"from","to":[],"raw_base64"}}`, signed as
//! Standard Webhooks. Reports after RFC 3464 come this way too.

mod mime;
mod report;
mod webhook;

pub(crate) use crate::standard_webhooks::verify;
pub(crate) use webhook::{account, translate};

#[cfg(test)]
mod tests;
