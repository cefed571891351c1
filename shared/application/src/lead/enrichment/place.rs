//! Looks up a business by its address: coordinates, time zone and what its listing says.

use crate::lead::enrichment::field_ports::{Asked, EnrichPorts};
use crate::lead::enrichment::field_work::{FieldWork, digest};
use crate::lead::enrichment::field_work::{NO_INPUT, SWITCHED_OFF};
use crate::ports::store::StoreResult;
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldStatus, FieldValue, Place};
use domain::spend::CallKind;
use domain::workspace::Workspace;

/// The providers that look places up, in the order in which they are asked.
const MAPS: [&str; 2] = ["serpapi", "serper"];

/// Returns the digest of what the place search is asked about this lead.
pub(super) fn question(lead: &Lead) -> Option<String> {
    Some(digest(&["place.1", lead.company.as_deref().unwrap_or(""), &address(lead)?]))
}

pub(super) async fn ask(
    ports: &EnrichPorts,
    workspace: &Workspace,
    lead: &Lead,
    force: bool,
    is_first: bool,
) -> StoreResult<(Asked, Option<Place>)> {
    let now = ports.clock.now();
    let mut work =
        FieldWork::open(ports.fields(), lead, (Field::Place, "serpapi"), now, force, is_first).await?;
    let settled = |place| Ok((Asked::Settled, place));
    if !workspace.enrichment_enabled {
        work.skip(SWITCHED_OFF).await?;
        return settled(None);
    }
    let (Some(address), Some(digest)) = (address(lead), question(lead)) else {
        work.skip(NO_INPUT).await?;
        return settled(None);
    };
    let business = lead.company.as_deref();
    if let Some(status) = work.answered(&digest) {
        return settled(match status {
            FieldStatus::Found { value: FieldValue::Place(place) } => Some(place.clone()),
            _ => None,
        });
    }
    let Some(account) = work.data_account(&MAPS).await? else { return settled(None) };
    let Some((paid, price)) = work.pay(CallKind::Place, &digest).await? else { return settled(None) };
    match ports.places.find_place(&account, business, &address).await {
        Ok(Some(place)) => {
            paid.answered(price, true, now).await?;
            work.found(FieldValue::Place(place.clone()), &digest).await?;
            work.note_works(&account).await?;
            settled(Some(place))
        }
        Ok(None) => {
            paid.answered(price, false, now).await?;
            work.not_found(&digest).await?;
            work.note_works(&account).await?;
            settled(None)
        }
        Err(error) => {
            paid.failed(&error, now).await?;
            Ok((work.failed(error, &digest, &account).await?, None))
        }
    }
}

/// Returns the address with city and country where it does not name them: there is a Birmingham in Alabama, too.
fn address(lead: &Lead) -> Option<String> {
    let written =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let mut address = written(&lead.address)?;
    let country = lead.country.map(|country| country.name().to_owned());
    for part in [written(&lead.city), country].into_iter().flatten() {
        if !address.to_lowercase().contains(&part.to_lowercase()) {
            address = format!("{address}, {part}");
        }
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::contact::country::Country;
    use domain::{LeadId, WorkspaceId};

    #[test]
    fn address_gets_city_and_country_only_where_they_are_missing() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
        assert_eq!(address(&lead), None);
        lead.address = Some("3 New Street".to_owned());
        lead.city = Some("Birmingham".to_owned());
        lead.country = Country::from_name("GB");
        assert_eq!(address(&lead).as_deref(), Some("3 New Street, Birmingham, United Kingdom"));
        lead.address = Some("3 New Street, Birmingham, United Kingdom".to_owned());
        assert_eq!(address(&lead).as_deref(), Some("3 New Street, Birmingham, United Kingdom"));
    }
}
