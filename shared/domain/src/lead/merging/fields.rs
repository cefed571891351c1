//! The fields of which a merge keeps one lead's value.

use crate::lead::Lead;
use crate::lead::attributes::LeadText;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A field of which the survivor has one value, its own or the other lead's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MergeField {
    Email,
    Phone,
    SecondEmail,
    SecondPhone,
    Text(LeadText),
    Country,
    Rating,
    Reviews,
    Status,
    Priority,
    Owner,
    FollowUp,
    Custom(String),
}

/// The prefix of a custom field's name.
const CUSTOM: &str = "custom.";

impl MergeField {
    /// The field by its name in requests, such as `job_title` or `custom.plan`.
    pub fn named(name: &str) -> Option<Self> {
        if let Some(key) = name.strip_prefix(CUSTOM) {
            return (!key.is_empty()).then(|| Self::Custom(key.to_owned()));
        }
        Self::fixed().find(|field| field.name() == name)
    }

    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::SecondEmail => "second_email",
            Self::SecondPhone => "second_phone",
            Self::Text(text) => text.name(),
            Self::Country => "country",
            Self::Rating => "rating",
            Self::Reviews => "reviews",
            Self::Status => "status",
            Self::Priority => "priority",
            Self::Owner => "owner",
            Self::FollowUp => "follow_up_at",
            Self::Custom(key) => return Cow::Owned(format!("{CUSTOM}{key}")),
        })
    }

    /// Whether a user chooses whose value is kept. Addresses are not chosen: the survivor keeps its own, by which it is
    /// known, and those of the other are its second ones.
    pub fn can_be_chosen(&self) -> bool {
        !matches!(self, Self::Email | Self::Phone | Self::SecondEmail | Self::SecondPhone)
    }

    pub fn is_custom(&self) -> bool {
        matches!(self, Self::Custom(_))
    }

    /// Returns the fields that every lead has a place for, in the order in which they are shown. Notes are put together,
    /// and so are none of them.
    fn fixed() -> impl Iterator<Item = Self> {
        let texts = LeadText::all().filter(|text| *text != LeadText::Notes).map(Self::Text);
        let first = [Self::Email, Self::Phone, Self::SecondEmail, Self::SecondPhone];
        let last = [
            Self::Country,
            Self::Rating,
            Self::Reviews,
            Self::Status,
            Self::Priority,
            Self::Owner,
            Self::FollowUp,
        ];
        texts.chain(first).chain(last)
    }

    /// Returns the fields of which any of these leads has a value.
    pub fn of_any(leads: &[&Lead]) -> Vec<Self> {
        let custom: BTreeSet<&String> = leads.iter().flat_map(|lead| lead.custom.keys()).collect();
        let has_value = |field: &Self| leads.iter().any(|lead| field.value_in(lead).is_some());
        Self::fixed().filter(has_value).chain(custom.into_iter().cloned().map(Self::Custom)).collect()
    }

    /// Returns the lead's value as a text; two leads have the same value where the texts are the same.
    pub fn value_in(&self, lead: &Lead) -> Option<String> {
        match self {
            Self::Email => lead.email.as_ref().map(ToString::to_string),
            Self::Phone => lead.phone.as_ref().map(ToString::to_string),
            Self::SecondEmail => lead.second_email.as_ref().map(ToString::to_string),
            Self::SecondPhone => lead.second_phone.as_ref().map(ToString::to_string),
            Self::Text(text) => text.value_in(lead).clone(),
            Self::Country => lead.country.map(|country| country.to_string()),
            Self::Rating => lead.rating.map(|rating| rating.to_string()),
            Self::Reviews => lead.reviews.map(|reviews| reviews.to_string()),
            Self::Status => code_of(&lead.status),
            Self::Priority => code_of(&lead.priority),
            Self::Owner => lead.owner.as_ref().map(ToString::to_string),
            Self::FollowUp => lead.follow_up_at.map(|at| at.to_string()),
            Self::Custom(key) => lead.custom.get(key).cloned(),
        }
    }

    /// Gives `to` the value that `from` has, or none.
    pub fn copy(&self, from: &Lead, to: &mut Lead) {
        match self {
            Self::Email => to.email.clone_from(&from.email),
            Self::Phone => to.phone.clone_from(&from.phone),
            Self::SecondEmail => to.second_email.clone_from(&from.second_email),
            Self::SecondPhone => to.second_phone.clone_from(&from.second_phone),
            Self::Text(text) => text.value_mut_in(to).clone_from(text.value_in(from)),
            Self::Country => to.country = from.country,
            Self::Rating => to.rating = from.rating,
            Self::Reviews => to.reviews = from.reviews,
            Self::Status => {
                to.status = from.status;
                to.stage_since = from.stage_since;
                to.stage_before = from.stage_before;
                to.lost_reason = from.lost_reason;
            }
            Self::Priority => to.priority = from.priority,
            Self::Owner => {
                to.owner.clone_from(&from.owner);
                to.routed.clone_from(&from.routed);
            }
            Self::FollowUp => {
                to.follow_up_at = from.follow_up_at;
                to.follow_up_by.clone_from(&from.follow_up_by);
            }
            Self::Custom(key) => match from.custom.get(key) {
                Some(value) => drop(to.custom.insert(key.clone(), value.clone())),
                None => drop(to.custom.remove(key)),
            },
        }
    }
}

/// A status or priority as the API spells it.
fn code_of<T: Serialize>(value: &T) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}
