//! Looks a lead up in the suppression list.

use domain::lead::Lead;
use domain::lead::suppression::SuppressionScope;

/// Returns every scope under which this lead could be suppressed.
pub fn scopes_of(lead: &Lead) -> Vec<SuppressionScope> {
    let mut scopes = Vec::with_capacity(3);
    if let Some(email) = &lead.email {
        scopes.push(SuppressionScope::Email(email.as_str().to_owned()));
        scopes.push(SuppressionScope::Domain(email.domain().to_owned()));
    }
    if let Some(phone) = &lead.phone {
        scopes.push(SuppressionScope::phone(phone));
        // Older entries hold the number as it was spelled then.
        if phone.subscriber() != phone.as_str() {
            scopes.push(SuppressionScope::Phone(phone.as_str().to_owned()));
        }
    }
    scopes
}
