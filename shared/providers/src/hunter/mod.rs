//! `EmailVerifier` through Hunter: tells whether an address accepts mail.

mod request;
mod response;

pub(crate) use request::verification;
pub(crate) use response::outcome;

#[cfg(test)]
mod tests;
