//! Does an address take mail? Hunter's verifier: `EmailVerifier`.

mod request;
mod response;

pub(crate) use request::verification;
pub(crate) use response::outcome;

#[cfg(test)]
mod tests;
