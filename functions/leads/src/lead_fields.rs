//! Reads a lead's fields from a request, with the same limits for a new lead and a change.

use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use http_api::FieldErrors;
use std::collections::{BTreeMap, BTreeSet};

const SHORT: usize = 200;
pub const MOST_TAGS: usize = 50;
const MOST_CUSTOM: usize = 50;

pub fn email(errors: &mut FieldErrors, text: Option<String>) -> Option<EmailAddress> {
    let text = errors.text("email", text, 254)?;
    errors.take("email", EmailAddress::parse(&text))
}

pub fn phone(errors: &mut FieldErrors, text: Option<String>, region: Country) -> Option<PhoneNumber> {
    let text = errors.text("phone", text, 40)?;
    errors.take("phone", PhoneNumber::parse(&text, Some(region)))
}

pub fn country(errors: &mut FieldErrors, text: Option<String>) -> Option<Country> {
    let text = errors.text("country", text, SHORT)?;
    errors.take("country", Country::from_name(&text).ok_or("is not a country code such as GB"))
}

pub fn rating(errors: &mut FieldErrors, stars: Option<f64>) -> Option<f64> {
    let stars = stars?;
    errors.take("rating", (0.0..=5.0).contains(&stars).then_some(stars).ok_or("is from 0 to 5"))
}

pub fn tags(errors: &mut FieldErrors, tags: Vec<String>) -> BTreeSet<String> {
    if tags.len() > MOST_TAGS {
        errors.add("tags", format!("has more than {MOST_TAGS} entries"));
    }
    tags.into_iter().filter_map(|tag| errors.text("tags", Some(tag), 60)).collect()
}

pub fn custom(errors: &mut FieldErrors, custom: BTreeMap<String, String>) -> BTreeMap<String, String> {
    if custom.len() > MOST_CUSTOM {
        errors.add("custom", format!("has more than {MOST_CUSTOM} entries"));
    }
    let mut kept = BTreeMap::new();
    for (name, value) in custom {
        let path = format!("custom.{name}");
        if let Some(value) = errors.text(&path, Some(value), 1_000) {
            kept.insert(name.chars().take(100).collect(), value);
        }
    }
    kept
}
