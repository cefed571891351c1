//! A row's country and time zone.

use super::Building;
use crate::contact::phone_number::PhoneNumber;
use crate::lead::zone::{LeadClock, clock_from};

impl Building<'_> {
    /// Decides country and zone. The country is the one written, else a foreign number's, else the address's,
    /// else the import's. The zone is the one written, else that of the number or the lead's country if they
    /// tell one.
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
        // A place that may be in several zones is no zone: it is derived where hours are asked for.
        lead.zone = clock_from(None, lead.phone.as_ref(), lead.country)
            .filter(LeadClock::is_known)
            .map(|clock| clock.fact);
    }
}
