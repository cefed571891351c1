//! Basic authentication: the password that stands in the address that a provider was given.

use application::ports::provider_events::{Forged, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;

/// Compares the password that the request carries; whatever user it names.
pub(crate) fn verify(request: &WebhookRequest, password: &str) -> Result<(), Forged> {
    let given = request.header("authorization").ok_or(Forged::Missing)?;
    let (scheme, login) = given.split_once(' ').ok_or(Forged::Missing)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Forged::Missing);
    }
    let login = STANDARD.decode(login.trim()).map_err(|_| Forged::Mismatch)?;
    let at = login.iter().position(|byte| *byte == b':').ok_or(Forged::Mismatch)?;
    match bool::from(login[at + 1..].ct_eq(password.as_bytes())) {
        true => Ok(()),
        false => Err(Forged::Mismatch),
    }
}
