//! Stripe's events: who pays, what is paid and what recurs. Nothing is asked of Stripe, only heard.

mod event;
mod minor_units;
mod monthly;
mod subscription;
mod webhook;

pub(crate) use event::translate;
pub(crate) use webhook::{account, verify};

#[cfg(test)]
mod tests;
