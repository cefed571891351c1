//! A row's country and time zone.

use super::Building;
use crate::contact::phone_number::PhoneNumber;
use crate::time::country_zone::only_zone;
use crate::time::time_zone::{ZoneFact, ZoneSource};

impl Building<'_> {
    /// Decides country and zone. The country is the one written, else a foreign number's, else the address's,
    /// else the import's. The zone is the one written, else that of the number's or the lead's country if it
    /// has only one clock.
    pub(super) fn settle_place(&mut self) {
        let (place, default) = (self.place, self.mapper.options.default_country);
        let lead = &mut *self.lead;
        let number = lead.phone.as_ref().and_then(PhoneNumber::country);
        lead.country_is_given = lead.country.is_some();
        if self.mapper.own_export {
            return;
        }
        lead.country = lead.country.or(number).or(place).or(default);
        if lead.zone.is_some() {
            return;
        }
        let zone_of = |country| {
            if Some(country) == default { self.mapper.default_zone.clone() } else { only_zone(country) }
        };
        let by_number = number.and_then(|country| Some((zone_of(country)?, ZoneSource::Phone, 80)));
        let by_country =
            || lead.country.and_then(|country| Some((zone_of(country)?, ZoneSource::Country, 70)));
        let fact = by_number.or_else(by_country);
        lead.zone = fact.map(|(zone, source, confidence)| ZoneFact { zone, source, confidence });
    }
}
