//! Looks a lead up in the suppression list.

use crate::ports::store::StoreResult;
use crate::ports::suppressions::SuppressionStore;
use domain::contact::email_address::EmailAddress;
use domain::lead::Lead;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};

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

/// Returns the entries that speak against a message to this lead, at its own address or at the one that it has written
/// from. That its own address bounces says nothing about the other one; whatever the lead asked for counts at both.
pub async fn entries_against(
    suppressions: &dyn SuppressionStore,
    lead: &Lead,
    at: Option<&EmailAddress>,
) -> StoreResult<Vec<Suppression>> {
    let mut scopes = scopes_of(lead);
    let there = scopes_of(&lead.clone().written_to_at(at));
    scopes.extend(there.iter().filter(|scope| !scopes.contains(scope)).cloned().collect::<Vec<_>>());
    let mut listed = suppressions.find(&lead.workspace, &scopes).await?;
    listed.retain(|entry| entry.reason != SuppressionReason::HardBounce || there.contains(&entry.scope));
    Ok(listed)
}
