//! A lead as the list keeps it: what is shown, filtered, sorted and searched by.

use domain::lead::engagement::{Decaying, Engagement};
use domain::lead::score::standing_points;
use domain::lead::stage::LostReasonId;
use domain::lead::zone::zone_of;
use domain::lead::{Lead, Priority, Temperature};
use domain::{CampaignId, LeadId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ulid::Ulid;

macro_rules! text_fields {
    ($($field:ident $name:literal,)+) => {
        /// A fixed field with one text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum TextField { $(#[doc = concat!("The field `", $name, "`.")] $field),+ }

        /// The number of fixed fields with one text.
        pub const TEXT_FIELDS: usize = [$($name),+].len();

        impl TextField {
            /// Finds a field by the name that rules use.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$field),)+ _ => None }
            }
        }
    };
}

text_fields! {
    FirstName "first_name",
    LastName "last_name",
    Company "company",
    JobTitle "job_title",
    Email "email",
    Phone "phone",
    Website "website",
    Linkedin "linkedin",
    Address "address",
    City "city",
    Country "country",
    Category "category",
    Source "source",
    TimeZone "time_zone",
}

/// A lead of the list, with texts that belong to whoever made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedLead<'a> {
    /// The bytes of the lead's ULID.
    pub id: [u8; 16],
    pub rev: u64,
    /// The texts, in the order of `TextField`.
    #[serde(borrow)]
    pub texts: [Option<&'a str>; TEXT_FIELDS],
    /// The values of custom fields, by the fields' keys.
    #[serde(borrow)]
    pub custom: Vec<(&'a str, &'a str)>,
    /// The user that owns the lead, as a ULID.
    #[serde(borrow)]
    pub owner: Option<&'a str>,
    #[serde(borrow)]
    pub tags: Vec<&'a str>,
    /// The campaigns that the lead is active in, as ULIDs.
    #[serde(borrow)]
    pub active: Vec<&'a str>,
    /// The numbers of the stage and of the reason why the lead is lost, and since when it is in the stage.
    pub status: u8,
    pub lost_reason: Option<u8>,
    pub stage_since: i64,
    pub announced_temperature: u8,
    pub high: bool,
    /// What bars the lead from any contact, as the bits of `Bar`. Blocks of before knew the first one alone, as a bool, which
    /// is stored the same.
    pub contact_bars: u8,
    pub rating: Option<f64>,
    pub reviews: Option<u32>,
    /// Times in microseconds.
    pub follow_up: Option<i64>,
    pub last_contacted: Option<i64>,
    pub created: i64,
    pub updated: i64,
    /// The points of the score that do not change with time.
    pub standing_points: u8,
    pub moving: Option<Moving>,
    /// The words of the notes, each once, in lower case: they are searched, and not shown.
    #[serde(borrow)]
    pub note_words: &'a str,
}

/// What bars a lead from any contact, a bit each.
pub(crate) struct Bar;

impl Bar {
    pub const DO_NOT_CONTACT: u8 = 1;
    pub const POSSIBLE_OPT_OUT: u8 = 2;

    fn of(lead: &Lead) -> u8 {
        let marked = if lead.do_not_contact { Self::DO_NOT_CONTACT } else { 0 };
        let held = if lead.opt_out_hold.is_some() { Self::POSSIBLE_OPT_OUT } else { 0 };
        marked | held
    }
}

/// What the points of the score come from that change with time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moving {
    pub heat: Option<(f64, i64)>,
    pub hot_since: Option<i64>,
    pub last_action: Option<i64>,
    pub response_hours: Option<f64>,
}

/// The most words of a lead's notes that the list keeps.
const MOST_NOTE_WORDS: usize = 200;

impl Moving {
    fn of(engagement: &Engagement) -> Option<Self> {
        let moving = Self {
            heat: engagement.heat.map(|heat| (heat.value, heat.at.as_microsecond())),
            hot_since: engagement.hot_since.map(Timestamp::as_microsecond),
            last_action: engagement.last_action_at.map(Timestamp::as_microsecond),
            response_hours: engagement.response_hours,
        };
        let counts = moving.heat.is_some() || moving.hot_since.is_some() || moving.response_hours.is_some();
        counts.then_some(moving)
    }

    /// The engagement as far as the score needs it.
    pub(crate) fn engagement(&self) -> Engagement {
        let heat = self.heat.and_then(|(value, at)| Some(Decaying { value, at: time(at)? }));
        Engagement {
            heat,
            hot_since: self.hot_since.and_then(time),
            last_action_at: self.last_action.and_then(time),
            response_hours: self.response_hours,
            ..Engagement::default()
        }
    }
}

pub(crate) fn time(microseconds: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(microseconds).ok()
}

pub(crate) fn bits_of(id: &LeadId) -> u128 {
    Ulid::from_string(id.ulid_text()).map_or(0, |ulid| ulid.0)
}

pub(crate) fn id_of(bits: u128) -> LeadId {
    LeadId::new(Ulid(bits))
}

/// Returns the words of a lead's notes as `ListedLead` keeps them.
pub fn note_words(lead: &Lead) -> String {
    let notes = lead.notes.as_deref().unwrap_or_default();
    let mut words = BTreeSet::new();
    crate::words::each_word(notes, |word| {
        if words.len() < MOST_NOTE_WORDS {
            words.insert(word.to_owned());
        }
    });
    words.into_iter().collect::<Vec<_>>().join(" ")
}

impl<'a> ListedLead<'a> {
    /// Makes the list's form of a lead. `country`, `zone` and `note_words` are texts of the lead that it does not hold as
    /// such.
    pub fn of(lead: &'a Lead, own: &'a OwnTexts) -> Self {
        let id = Ulid(bits_of(&lead.id)).0.to_be_bytes();
        Self {
            id,
            rev: lead.rev,
            texts: [
                lead.first_name.as_deref(),
                lead.last_name.as_deref(),
                lead.company.as_deref(),
                lead.job_title.as_deref(),
                lead.email.as_ref().map(|email| email.as_str()),
                lead.phone.as_ref().map(|phone| phone.as_str()),
                lead.website.as_deref(),
                lead.linkedin.as_deref(),
                lead.address.as_deref(),
                lead.city.as_deref(),
                own.country.as_deref(),
                lead.category.as_deref(),
                lead.source.as_deref(),
                own.zone.as_deref(),
            ],
            custom: lead.custom.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
            owner: lead.owner.as_ref().map(UserId::ulid_text),
            tags: lead.tags.iter().map(String::as_str).collect(),
            active: lead.active.iter().map(CampaignId::ulid_text).collect(),
            status: lead.status.number(),
            lost_reason: lead.lost_reason.map(LostReasonId::number),
            stage_since: lead.stage_since.as_microsecond(),
            announced_temperature: lead.announced_temperature as u8,
            high: lead.priority == Priority::High,
            contact_bars: Bar::of(lead),
            rating: lead.rating,
            reviews: lead.reviews,
            follow_up: lead.follow_up_at.map(Timestamp::as_microsecond),
            last_contacted: lead.last_contacted_at.map(Timestamp::as_microsecond),
            created: lead.created_at.as_microsecond(),
            updated: lead.updated_at.as_microsecond(),
            standing_points: standing_points(lead),
            moving: Moving::of(&lead.engagement),
            note_words: &own.note_words,
        }
    }
}

/// Texts of a lead that are made for the list.
#[derive(Debug, Default)]
pub struct OwnTexts {
    country: Option<String>,
    zone: Option<String>,
    note_words: String,
}

impl OwnTexts {
    pub fn of(lead: &Lead) -> Self {
        Self {
            country: lead.country.map(|country| country.to_string()),
            zone: zone_of(lead).map(|fact| fact.zone.to_string()),
            note_words: note_words(lead),
        }
    }
}

pub(crate) fn temperature_of(stored: u8) -> Temperature {
    match stored {
        2 => Temperature::Hot,
        1 => Temperature::Warm,
        _ => Temperature::Cold,
    }
}
