//! A lead's time zone, and what it was derived from: when that changes, the zone is dropped.

use crate::lead::Lead;
use crate::time::country_zone::main_zone;
use crate::time::time_zone::{ZoneFact, ZoneSource};

/// The lead's own zone if known, else the one that phone or country tell.
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

/// Drops a zone whose source a change has replaced; a zone that a user entered stays.
pub fn forget_stale_zone(before: &Lead, after: &mut Lead) {
    let Some(fact) = after.zone.as_ref().filter(|_| before.zone == after.zone) else { return };
    let by_address =
        || (&before.address, &before.city, before.country) != (&after.address, &after.city, after.country);
    let is_stale = match fact.source {
        ZoneSource::Address => by_address(),
        ZoneSource::Phone => before.phone != after.phone,
        ZoneSource::Country => before.country != after.country,
        ZoneSource::Given | ZoneSource::Campaign => false,
    };
    if is_stale {
        after.zone = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::country::Country;
    use crate::contact::phone_number::PhoneNumber;
    use crate::time::time_zone::ZoneName;
    use crate::{LeadId, WorkspaceId};

    #[test]
    fn zone_is_dropped_with_its_source() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let found_by = |source| {
            let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
            let zone = ZoneName::parse("America/Chicago").unwrap();
            lead.zone = Some(ZoneFact { zone, source, confidence: 70 });
            lead
        };
        type Change = fn(&mut Lead);
        let changes: [Change; 3] = [
            |lead| lead.address = Some("1 Elm St".to_owned()),
            |lead| lead.phone = PhoneNumber::parse("+442079460000", None).ok(),
            |lead| lead.country = Country::from_name("GB"),
        ];
        let kept = |source| {
            changes.map(|change| {
                let before = found_by(source);
                let mut after = before.clone();
                change(&mut after);
                forget_stale_zone(&before, &mut after);
                after.zone.is_some()
            })
        };
        assert_eq!(kept(ZoneSource::Given), [true, true, true]);
        assert_eq!(kept(ZoneSource::Address), [false, true, false]);
        assert_eq!(kept(ZoneSource::Phone), [true, false, true]);
        assert_eq!(kept(ZoneSource::Country), [true, true, false]);
    }
}
