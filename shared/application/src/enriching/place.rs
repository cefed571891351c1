//! Where a business is: coordinates, time zone and what its listing says, by its address.

use super::field_work::{NO_INPUT, SWITCHED_OFF};
use super::{Asked, EnrichPorts, FieldWork, digest};
use crate::store::StoreResult;
use domain::connection::ConnectionKind;
use domain::enrichment::{Field, FieldStatus, FieldValue, Place};
use domain::lead::Lead;
use domain::workspace::Workspace;

pub(super) async fn ask(
    ports: &EnrichPorts,
    workspace: &Workspace,
    lead: &Lead,
    force: bool,
    is_first: bool,
) -> StoreResult<(Asked, Option<Place>)> {
    let now = ports.clock.now();
    let work = FieldWork::open(ports.fields(), lead, (Field::Place, "serpapi"), now, force, is_first).await?;
    let settled = |place| Ok((Asked::Settled, place));
    if !workspace.enrichment_enabled {
        work.skip(SWITCHED_OFF).await?;
        return settled(None);
    }
    let Some(address) = address(lead) else {
        work.skip(NO_INPUT).await?;
        return settled(None);
    };
    let business = lead.company.as_deref();
    let digest = digest(&["place.1", business.unwrap_or(""), &address]);
    if let Some(status) = work.answered(&digest) {
        return settled(match status {
            FieldStatus::Found { value: FieldValue::Place(place) } => Some(place.clone()),
            _ => None,
        });
    }
    let Some(account) = work.account(ConnectionKind::SerpApi).await? else { return settled(None) };
    match ports.places.find_place(&account, business, &address).await {
        Ok(Some(place)) => {
            work.found(FieldValue::Place(place.clone()), &digest).await?;
            settled(Some(place))
        }
        Ok(None) => {
            work.not_found(&digest).await?;
            settled(None)
        }
        Err(error) => Ok((work.failed(error, &digest, &account).await?, None)),
    }
}

/// With the city, where the address does not name it.
fn address(lead: &Lead) -> Option<String> {
    let written =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let address = written(&lead.address)?;
    match written(&lead.city) {
        Some(city) if !address.to_lowercase().contains(&city.to_lowercase()) => {
            Some(format!("{address}, {city}"))
        }
        _ => Some(address),
    }
}
