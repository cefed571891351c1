//! Reads a lead's fields from a request, with the same limits for a new lead and a change.

use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::{BadPhone, PhoneNumber};
use domain::import::opt_out_columns::{RowOptOuts, may_mean_opt_outs};
use domain::lead::attributes::LeadText;
use domain::lead::custom_field::{CustomFields, LONGEST_NAME, MOST_VALUES, OptOutAnswer};
use domain::lead::{Lead, MOST_TAGS};
use domain::placeholder::{
    is_placeholder, is_placeholder_of_country, is_placeholder_of_phone, is_placeholder_of_text,
};
use http_api::{FieldErrors, utoipa};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const SHORT: usize = 200;
/// The longest value of a custom field.
pub const LONGEST_VALUE: usize = 1_000;

/// Reads one of the lead's texts. One that stands for a missing value, such as `#N/A`, counts as absent.
pub fn text(errors: &mut FieldErrors, text: LeadText, value: Option<String>) -> Option<String> {
    errors.text(text.name(), value, text.longest()).filter(|value| !text.is_missing_in(value))
}

pub fn email(errors: &mut FieldErrors, field: &str, text: Option<String>) -> Option<EmailAddress> {
    let text = errors.text(field, text, 254).filter(|text| !is_placeholder_of_text(text))?;
    errors.take(field, EmailAddress::parse_given(&text))
}

/// Reads a number without a country code as one of the lead's country; where that is not known, as one of the
/// workspace's, unless it may as well belong to another.
pub fn phone(
    errors: &mut FieldErrors,
    field: &str,
    text: Option<String>,
    (of_lead, home): (Option<Country>, Country),
) -> Option<PhoneNumber> {
    let text = errors.text(field, text, 40).filter(|text| !is_placeholder_of_phone(text))?;
    let read = match of_lead {
        Some(country) => PhoneNumber::parse_of(&text, country),
        None => PhoneNumber::parse(&text, Some(home)),
    };
    if read == Err(BadPhone::SeveralCountries) {
        let readings = PhoneNumber::readings(&text, of_lead.unwrap_or(home));
        let readings: Vec<&str> = readings.iter().map(PhoneNumber::as_str).collect();
        errors.add(field, format!("{}: {}", BadPhone::SeveralCountries, readings.join(" or ")));
        return None;
    }
    errors.take(field, read)
}

/// Refuses a second address or number that is the first one, or that has no first one beside it.
pub fn check_seconds(errors: &mut FieldErrors, lead: &Lead) {
    let same_phone =
        |one: &PhoneNumber| lead.phone.as_ref().is_some_and(|two| two.subscriber() == one.subscriber());
    if lead.second_email.is_some() && lead.second_email == lead.email {
        errors.add("second_email", "is the first address already");
    } else if lead.second_email.is_some() && lead.email.is_none() {
        errors.add("second_email", "needs a first address beside it");
    }
    if lead.second_phone.as_ref().is_some_and(same_phone) {
        errors.add("second_phone", "is the first number already");
    } else if lead.second_phone.is_some() && lead.phone.is_none() {
        errors.add("second_phone", "needs a first number beside it");
    }
}

pub fn country(errors: &mut FieldErrors, text: Option<String>) -> Option<Country> {
    let text = errors.text("country", text, SHORT).filter(|text| !is_placeholder_of_country(text))?;
    errors.take("country", Country::from_name(&text).ok_or("is not a country code such as GB"))
}

pub fn rating(errors: &mut FieldErrors, stars: Option<f64>) -> Option<f64> {
    let stars = stars?;
    errors.take("rating", (0.0..=5.0).contains(&stars).then_some(stars).ok_or("is from 0 to 5"))
}

/// Reads the day on which the lead agreed to have opens and clicks measured.
pub fn tracking_consent(errors: &mut FieldErrors, on: Option<Date>, now: Timestamp) -> Option<Date> {
    let tomorrow = now.to_zoned(TimeZone::UTC).date().tomorrow().unwrap_or(Date::MAX);
    let has_come = |on: Date| (on <= tomorrow).then_some(on).ok_or("is a day that has not come yet");
    errors.take("tracking_consent", has_come(on?))
}

pub fn tags(errors: &mut FieldErrors, tags: Vec<String>) -> BTreeSet<String> {
    if tags.len() > MOST_TAGS {
        errors.add("tags", format!("has more than {MOST_TAGS} entries"));
    }
    let tags = tags.into_iter().filter_map(|tag| errors.text("tags", Some(tag), 60));
    tags.filter(|tag| !is_placeholder(tag)).collect()
}

/// A custom field's value in a request. Numbers and booleans are read as their text.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum CustomInput {
    Text(String),
    Check(bool),
    Number(f64),
    /// The options of a field with several.
    Options(Vec<String>),
    /// `null`: the lead has no value any more.
    Nothing,
}

impl CustomInput {
    fn written(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Check(yes) => Some((if yes { "yes" } else { "no" }).to_owned()),
            Self::Number(number) => Some(number.to_string()),
            Self::Options(options) => Some(options.join("; ")),
            Self::Nothing => None,
        }
    }
}

/// What the custom values of a request say of opt-outs, by what an admin has answered for their fields, else by their
/// names. A value that the lead had before says nothing new.
pub fn opt_outs(
    given: &BTreeMap<String, CustomInput>,
    fields: &CustomFields,
    (before, after): (&BTreeMap<String, String>, &BTreeMap<String, String>),
) -> RowOptOuts {
    let mut says = RowOptOuts::default();
    for (name, value) in given {
        let key = key_of(fields, name);
        if before.get(&key) == after.get(&key) {
            continue;
        }
        let written = value.clone().written().unwrap_or_default();
        let field = fields.named(name);
        match field.and_then(|field| fields.opt_out_answers.get(&field.id)) {
            Some(OptOutAnswer::Nothing) => {}
            Some(OptOutAnswer::Says(target)) => {
                says.take_as(*target, field.map_or(name, |field| &field.label), &written);
            }
            None => {
                says.hear(name, &written);
                field.into_iter().for_each(|field| {
                    says.hear(&field.label, &written);
                });
            }
        }
    }
    says
}

/// The key under which a lead holds the custom value of this name.
fn key_of(fields: &CustomFields, name: &str) -> String {
    fields.named(name).map_or_else(|| name.trim().to_owned(), |field| field.key.clone())
}

/// Changes a lead's custom values: `null`, an empty text or a placeholder removes one, those that are not named stay. A key
/// that is no field's, and that the lead does not have yet, is refused, unless it may say that the lead has opted out.
pub fn change_custom(
    errors: &mut FieldErrors,
    custom: &mut BTreeMap<String, String>,
    fields: &CustomFields,
    changes: BTreeMap<String, CustomInput>,
) {
    for (name, value) in changes {
        let key = key_of(fields, &name);
        let path = format!("custom.{name}");
        let written = errors.text(&path, value.written(), LONGEST_VALUE);
        let Some(written) = written.filter(|written| !fields.is_missing_in(&key, written)) else {
            custom.remove(&key);
            continue;
        };
        // A value that no longer fits its field may stay, and be sent back as it was read.
        if custom.get(&key) == Some(&written) {
            continue;
        }
        if fields.get(&key).is_none() && !custom.contains_key(&key) && !may_mean_opt_outs(&name, &written) {
            errors.add(path, "is not a custom field of the workspace: add the field first");
        } else if key.is_empty() || key.chars().count() > LONGEST_NAME {
            errors.add(path, format!("has a name of no or more than {LONGEST_NAME} characters"));
        } else if let Some(stored) = errors.take(&path, fields.stored_value(&key, &written)) {
            custom.insert(key, stored);
        }
    }
    if custom.len() > MOST_VALUES {
        errors.add("custom", format!("has more than {MOST_VALUES} entries"));
    }
}
