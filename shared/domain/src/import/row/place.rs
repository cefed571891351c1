//! A row's country and time zone.

use super::{Building, clean};
use crate::contact::country::Country;
use crate::contact::phone_number::PhoneNumber;
use crate::lead::zone::{LeadClock, clock_from};

/// The code of Namibia, which statistics programs also write where a value is missing.
pub(super) const NAMIBIA: &str = "NA";

impl Building<'_> {
    pub(super) fn take_country(&mut self, column: usize) {
        let text = clean::line(self.row.field(column));
        match Country::from_name(&text) {
            Some(_) if text == NAMIBIA && !self.mapper.own_export && !self.is_namibian() => {
                self.keep_misfit(column, "is Namibia, or no country: write 'Namibia' if it is meant");
            }
            Some(country) => self.lead.country = Some(country),
            None if text.is_empty() => {}
            None => self.keep_misfit(column, "is not a known country"),
        }
    }

    /// Whether another cell of the row is a number or an address of Namibia.
    fn is_namibian(&self) -> bool {
        (0..self.row.len()).map(|column| clean::line(self.row.field(column))).any(|text| {
            text.starts_with("+264")
                || text.starts_with("00264")
                || text.to_ascii_lowercase().ends_with(".na")
        })
    }

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
