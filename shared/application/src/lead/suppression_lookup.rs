//! Looks a lead up in the suppression list.

use crate::ports::store::StoreResult;
use crate::ports::suppressions::SuppressionStore;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::Lead;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};

/// Returns every scope under which this lead could be suppressed.
pub fn scopes_of(lead: &Lead) -> Vec<SuppressionScope> {
    let mut scopes = Vec::with_capacity(4);
    if let Some(email) = &lead.email {
        scopes.push(SuppressionScope::Email(email.as_str().to_owned()));
        scopes.push(SuppressionScope::Domain(email.domain().to_owned()));
    }
    scopes.extend(lead.phone.iter().flat_map(scopes_of_phone));
    scopes.extend(lead.chat_user.as_ref().map(SuppressionScope::chat_user));
    scopes
}

pub fn scopes_of_phone(phone: &PhoneNumber) -> Vec<SuppressionScope> {
    let mut scopes = vec![SuppressionScope::phone(phone)];
    // Older entries hold the number as it was spelled then.
    if phone.subscriber() != phone.as_str() {
        scopes.push(SuppressionScope::Phone(phone.as_str().to_owned()));
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
    entries_there(suppressions, lead, &lead.clone().written_to_at(at)).await
}

/// Returns the entries that speak against a call of this number, which may be the lead's second one. That another
/// number is dead says nothing about this one; whatever the lead asked for counts at both.
pub async fn entries_against_call(
    suppressions: &dyn SuppressionStore,
    lead: &Lead,
    number: &PhoneNumber,
) -> StoreResult<Vec<Suppression>> {
    let there = Lead { phone: Some(number.clone()), ..lead.clone() };
    entries_there(suppressions, lead, &there).await
}

/// `there` is the lead with the address and number that are used.
async fn entries_there(
    suppressions: &dyn SuppressionStore,
    lead: &Lead,
    there: &Lead,
) -> StoreResult<Vec<Suppression>> {
    let (mut scopes, there) = (scopes_of(lead), scopes_of(there));
    scopes.extend(there.iter().filter(|scope| !scopes.contains(scope)).cloned().collect::<Vec<_>>());
    let mut listed = suppressions.find(&lead.workspace, &scopes).await?;
    listed.retain(|entry| entry.reason != SuppressionReason::HardBounce || there.contains(&entry.scope));
    Ok(listed)
}
