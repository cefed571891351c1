//! The list of those we must not write to.

use domain::lead::Lead;
use domain::lead::suppression::SuppressionScope;

/// Every scope under which this lead could be listed.
pub fn scopes_of(lead: &Lead) -> Vec<SuppressionScope> {
    let mut scopes = Vec::with_capacity(3);
    if let Some(email) = &lead.email {
        scopes.push(SuppressionScope::Email(email.as_str().to_owned()));
        scopes.push(SuppressionScope::Domain(email.domain().to_owned()));
    }
    if let Some(phone) = &lead.phone {
        scopes.push(SuppressionScope::phone(phone));
        // As it was listed before all spellings of a number were one.
        if phone.subscriber() != phone.as_str() {
            scopes.push(SuppressionScope::Phone(phone.as_str().to_owned()));
        }
    }
    scopes
}
