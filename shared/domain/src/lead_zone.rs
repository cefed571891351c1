//! A lead's zone, with the reason we believe it.

use crate::country_zone::main_zone;
use crate::lead::Lead;
use crate::time_zone::{ZoneFact, ZoneSource};

/// The lead's own zone if known, else what its phone or country tell.
pub fn zone_of(lead: &Lead) -> Option<ZoneFact> {
    let by_phone = || {
        let zone = lead.phone.as_ref()?.zone()?;
        Some(ZoneFact { zone, source: ZoneSource::Phone, confidence: 70 })
    };
    let by_country = || {
        let zone = lead.country.and_then(main_zone)?;
        Some(ZoneFact { zone, source: ZoneSource::Country, confidence: 60 })
    };
    lead.zone.clone().or_else(by_phone).or_else(by_country)
}
