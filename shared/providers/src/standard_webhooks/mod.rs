//! The Standard Webhooks signature, also sent under `svix-` names: id, time and body under one HMAC.

mod webhook;

pub(crate) use webhook::verify;

#[cfg(test)]
mod tests;
