//! A business as maps list it, in whichever provider's words.

use crate::found::{Found, website};
use crate::wire::excerpt;
use crate::zone;
use application::ports::data_providers::{FoundProspect, ProspectQuery};
use domain::lead::data_field::DataField;
use domain::lead::enrichment::Place;

#[derive(Default)]
pub(crate) struct Listing {
    pub name: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub category: Option<String>,
    pub rating: Option<f64>,
    pub reviews: Option<u32>,
    pub phone: Option<String>,
    pub website: Option<String>,
    pub address: Option<String>,
    pub place_id: Option<String>,
}

impl Listing {
    /// Returns the place; `None` without real coordinates: zero, zero is what maps return for an unknown place.
    pub fn place(self) -> Option<Place> {
        let (latitude, longitude) = (self.latitude?, self.longitude?);
        let is_real =
            latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && !(latitude == 0.0 && longitude == 0.0);
        if !is_real {
            return None;
        }
        let text = |value: Option<String>| value.map(|text| excerpt(&text)).filter(|text| !text.is_empty());
        Some(Place {
            latitude,
            longitude,
            zone: zone::nearest(latitude, longitude).map(str::to_owned),
            name: text(self.name),
            category: text(self.category),
            rating: self.rating.filter(|rating| (0.0..=5.0).contains(rating)),
            reviews: self.reviews,
            phone: text(self.phone),
            website: text(self.website),
            address: text(self.address),
            place_id: text(self.place_id),
        })
    }

    pub fn prospect(self) -> Option<FoundProspect> {
        let found = Found::default()
            .with(DataField::CompanyName, self.name)
            .with(DataField::CompanyPhone, self.phone)
            .with(DataField::CompanyWebsite, website(self.website.as_deref()))
            .with(DataField::CompanyAddress, self.address)
            .with(DataField::Industry, self.category);
        let values = found.any()?.values;
        values.get(&DataField::CompanyName)?;
        let has_phone = values.contains_key(&DataField::CompanyPhone);
        let provider_id = self.place_id;
        Some(FoundProspect {
            provider_id,
            values,
            masked: Vec::new(),
            has_email: None,
            has_phone: Some(has_phone),
        })
    }
}

/// Returns what maps are searched for: trades in one place, such as `plumber in Berlin`.
pub(crate) fn sought(query: &ProspectQuery) -> Result<String, String> {
    let trades = query.keywords.join(" ");
    match (trades.trim(), query.locations.as_slice()) {
        ("", _) => Err("name a trade, such as plumber".to_owned()),
        (_, []) => Err("name a place to search in".to_owned()),
        (trades, [place]) => Ok(format!("{trades} in {}", place.trim())),
        _ => Err("maps are searched in one place at a time".to_owned()),
    }
}
