//! The field that a column fills: a custom field, or one that every lead has.

use crate::contact::country::Country;
use crate::contact::email_address::{BadEmail, EmailAddress};
use crate::contact::phone_number::PhoneNumber;
use crate::lead::Lead;
use crate::lead::attributes::LeadText;
use crate::lead::custom_field::{CustomFields, FieldKind, MOST_VALUES};
use crate::placeholder::{is_placeholder_of_phone, is_placeholder_of_text};
use crate::sequence::merge_fields::{custom_name, lead_value};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "to", deny_unknown_fields)]
pub enum ColumnTarget {
    /// A custom field of the workspace, by its key.
    CustomField { key: String },
    /// A field that every lead has.
    LeadField { field: FilledField },
}

crate::codes! {
    /// A field of every lead that a column may fill.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum FilledField {
        FirstName = "first_name",
        LastName = "last_name",
        Company = "company",
        JobTitle = "job_title",
        Website = "website",
        Linkedin = "linkedin",
        Address = "address",
        City = "city",
        Category = "category",
        Email = "email",
        Phone = "phone",
        Country = "country",
    }
}

/// Why a value was not written into the lead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error("the value {0}")]
    BadValue(String),
    #[error("a value that the column did not fill stands there")]
    Occupied,
    #[error("the lead has {MOST_VALUES} custom values, which is the most")]
    TooManyValues,
}

impl ColumnTarget {
    /// Returns the field's name as templates spell it: `company`, `custom.deal_size`.
    pub fn name(&self) -> String {
        match self {
            Self::CustomField { key } => format!("custom.{}", custom_name(key)),
            Self::LeadField { field } => field.as_str().to_owned(),
        }
    }

    /// Returns the value that the lead has.
    pub fn value_in(&self, lead: &Lead) -> Option<String> {
        match self {
            Self::CustomField { key } => {
                lead.custom.get(key).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
            }
            Self::LeadField { field } => lead_value(lead, field.as_str()),
        }
    }

    /// Tells whether a change of the field gives the lead another address or number.
    pub fn is_identity(&self) -> bool {
        matches!(self, Self::LeadField { field: FilledField::Email | FilledField::Phone })
    }

    /// Reads a found value as the lead would store it, or says what is wrong with it.
    pub fn read(
        &self,
        value: &str,
        fields: &CustomFields,
        home: Option<Country>,
    ) -> Result<String, NotTaken> {
        let value = value.trim();
        let bad = |why: &str| Err(NotTaken::BadValue(why.to_owned()));
        if value.is_empty() {
            return bad("is empty");
        }
        if self.is_missing_in(value, fields) {
            return bad("is a placeholder");
        }
        match self {
            Self::CustomField { key } => {
                let stored = fields.stored_value(key, value);
                stored.map_err(|error| NotTaken::BadValue(error.to_string()))
            }
            Self::LeadField { field: FilledField::Email } => match EmailAddress::parse_given(value) {
                Ok(address) => Ok(address.to_string()),
                Err(why @ (BadEmail::Placeholder | BadEmail::LooksLikeAnother | BadEmail::Several)) => {
                    Err(NotTaken::BadValue(why.to_string()))
                }
                Err(_) => bad("is not an e-mail address"),
            },
            Self::LeadField { field: FilledField::Phone } => match PhoneNumber::parse(value, home) {
                Ok(number) => Ok(number.to_string()),
                Err(_) => bad("is not a phone number"),
            },
            Self::LeadField { field: FilledField::Country } => {
                match Country::parse(value).or_else(|| Country::from_name(value)) {
                    Some(country) => Ok(country.as_str().to_owned()),
                    None => bad("is not a country"),
                }
            }
            Self::LeadField { field } => {
                let text = text_of(*field);
                let longest = text.map_or(0, LeadText::longest);
                if value.chars().count() > longest {
                    return Err(NotTaken::BadValue(format!("has more than {longest} characters")));
                }
                if value.contains(char::is_control) {
                    return bad("has more than one line");
                }
                Ok(value.to_owned())
            }
        }
    }

    /// Tells whether a found value stands where there is none, such as `N/A` or `unknown`.
    fn is_missing_in(&self, value: &str, fields: &CustomFields) -> bool {
        match self {
            Self::CustomField { key } => {
                let is_text = fields.get(key).is_none_or(|field| field.kind == FieldKind::Text);
                fields.is_missing_in(key, value) || is_text && is_placeholder_of_text(value) && value != "0"
            }
            Self::LeadField { field: FilledField::Phone } => is_placeholder_of_phone(value),
            Self::LeadField { field } => match text_of(*field) {
                Some(text) => text.is_missing_in(value),
                None => is_placeholder_of_text(value),
            },
        }
    }

    /// Removes the value of a field that only this column fills. An address or number stays.
    pub fn clear(&self, lead: &mut Lead) {
        match self {
            Self::CustomField { key } => drop(lead.custom.remove(key)),
            Self::LeadField { field: FilledField::Country } => lead.country = None,
            Self::LeadField { field } => {
                if let Some(text) = text_of(*field) {
                    *text.value_mut_in(lead) = None;
                }
            }
        }
    }

    /// Writes a value that `read` returned into the lead. Returns true if it changes anything.
    pub fn write(&self, lead: &mut Lead, stored: &str) -> Result<bool, NotTaken> {
        if self.value_in(lead).as_deref() == Some(stored) {
            return Ok(false);
        }
        match self {
            Self::CustomField { key } => {
                if lead.custom.len() >= MOST_VALUES && !lead.custom.contains_key(key) {
                    return Err(NotTaken::TooManyValues);
                }
                lead.custom.insert(key.clone(), stored.to_owned());
            }
            Self::LeadField { field: FilledField::Email } => {
                let bad = || NotTaken::BadValue("is not an e-mail address".to_owned());
                lead.email = Some(EmailAddress::parse(stored).map_err(|_| bad())?);
                lead.deliverability = None;
                lead.second_email =
                    lead.second_email.take().filter(|second| lead.email.as_ref() != Some(second));
            }
            Self::LeadField { field: FilledField::Phone } => {
                let bad = || NotTaken::BadValue("is not a phone number".to_owned());
                lead.phone = Some(PhoneNumber::parse(stored, None).map_err(|_| bad())?);
                lead.phone_unparsed = None;
                lead.second_phone =
                    lead.second_phone.take().filter(|second| lead.phone.as_ref() != Some(second));
            }
            Self::LeadField { field: FilledField::Country } => lead.country = Country::parse(stored),
            Self::LeadField { field } => {
                if let Some(text) = text_of(*field) {
                    *text.value_mut_in(lead) = Some(stored.to_owned());
                }
            }
        }
        Ok(true)
    }
}

/// Returns the lead's text that the field is, unless it is read in a way of its own.
fn text_of(field: FilledField) -> Option<LeadText> {
    LeadText::all().find(|text| text.name() == field.as_str())
}
