//! Which column of a file becomes which field of a lead: proposed from headers and contents, changed by users, checked.

use super::{
    Column, Target, clean, consent_columns, json_rows, opt_out_signs, rejects, status_words, synonyms,
};
use crate::contact::country::Country;
use crate::contact::email_address::EmailAddress;
use crate::lead::consent::ConsentBasis;
use crate::time::time_zone::ZoneName;

/// Header and use of every column, in the file's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub columns: Vec<(String, ColumnUse)>,
}

/// What becomes of a column's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnUse {
    /// They fill a fixed field, or are not imported.
    Fixed(Target),
    /// They fill the custom field with this key.
    Custom(String),
    /// They fill a text field that the import makes.
    NewField,
}

impl From<Option<Target>> for ColumnUse {
    fn from(target: Option<Target>) -> Self {
        target.map_or(Self::NewField, Self::Fixed)
    }
}

impl Column {
    pub fn column_use(&self) -> ColumnUse {
        match &self.field {
            Some(key) if self.target.is_none() => ColumnUse::Custom(key.clone()),
            _ => self.target.into(),
        }
    }

    /// Gives the column another use. What was chosen or counted for the former one no longer counts.
    pub fn set_use(&mut self, new: ColumnUse) {
        if self.column_use() != new {
            self.add_options.clear();
            self.unknown_options.clear();
            self.no_opt_out = false;
        }
        (self.target, self.field) = match new {
            ColumnUse::Fixed(target) => (Some(target), None),
            ColumnUse::Custom(key) => (None, Some(key)),
            ColumnUse::NewField => (None, None),
        };
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMapping {
    #[error("the file has no column '{header}'")]
    UnknownHeader { header: String },
    #[error("'{header}' and '{other}' cannot both be the {}", target.label())]
    SameTargetTwice { header: String, other: String, target: Target },
    #[error("'{header}' and '{other}' cannot both fill the field '{key}'")]
    SameFieldTwice { header: String, other: String, key: String },
    #[error("no column is the e-mail or the phone: a lead needs one of them")]
    NoContact,
}

impl BadMapping {
    /// The header at fault; empty if the whole mapping is.
    pub fn field(&self) -> &str {
        match self {
            Self::UnknownHeader { header }
            | Self::SameTargetTwice { header, .. }
            | Self::SameFieldTwice { header, .. } => header,
            Self::NoContact => "",
        }
    }
}

impl Mapping {
    pub fn of(columns: &[Column]) -> Self {
        Self { columns: columns.iter().map(|column| (column.header.clone(), column.column_use())).collect() }
    }

    pub fn headers(&self) -> Vec<String> {
        self.columns.iter().map(|(header, _)| header.clone()).collect()
    }

    /// Whether the file was exported here.
    pub fn is_own_export(&self) -> bool {
        self.columns.iter().any(|(header, _)| header == rejects::OWN_EXPORT)
    }

    /// The column that is mapped to `target`.
    pub fn column_of(&self, target: Target) -> Option<usize> {
        self.columns.iter().position(|(_, known)| *known == ColumnUse::Fixed(target))
    }

    /// Changes uses; columns that are not named keep theirs.
    pub fn changed(&self, changes: &[(String, ColumnUse)]) -> Result<Self, BadMapping> {
        let mut mapping = self.clone();
        for (header, new) in changes {
            let column = mapping.columns.iter_mut().find(|(known, _)| known == header);
            column.ok_or_else(|| BadMapping::UnknownHeader { header: header.clone() })?.1 = new.clone();
        }
        mapping.check()?;
        Ok(mapping)
    }

    /// Whether rows can be imported with this mapping.
    pub fn check(&self) -> Result<(), BadMapping> {
        for (place, (header, column_use)) in self.columns.iter().enumerate() {
            let Some((other, _)) = self.columns[..place].iter().find(|(_, earlier)| earlier == column_use)
            else {
                continue;
            };
            let (header, other) = (header.clone(), other.clone());
            return Err(match column_use {
                ColumnUse::Fixed(Target::Ignore) | ColumnUse::NewField => continue,
                ColumnUse::Fixed(target) if target.is_opt_out() => continue,
                ColumnUse::Fixed(target) => BadMapping::SameTargetTwice { header, other, target: *target },
                ColumnUse::Custom(key) => BadMapping::SameFieldTwice { header, other, key: key.clone() },
            });
        }
        let has_contact = [Target::Email, Target::Phone].iter().any(|t| self.column_of(*t).is_some());
        if has_contact { Ok(()) } else { Err(BadMapping::NoContact) }
    }
}

/// A column of Google Contacts. Its files have a column of labels (`* Work`) before each value, and one of groups
/// (`Clients ::: * myContacts`), which are no tags of ours.
const GOOGLE_ADDRESS: &str = "E-mail 1 - Value";

/// Proposes targets for the columns: by header (the best name wins, then the first), else by what the values look like.
pub(super) fn propose(headers: &[String], has_header: bool, values: &[Vec<&str>]) -> Vec<Option<Target>> {
    let mut targets: Vec<Option<Target>> = vec![None; headers.len()];
    let named: Vec<Option<(Target, usize)>> =
        headers.iter().map(|header| synonyms::target_of(header)).collect();
    let is_named = |target| named.iter().flatten().any(|(t, _)| *t == target);
    let are_places = is_named(Target::Rating) || is_named(Target::Reviews) || is_named(Target::Category);
    let is_own_export = headers.iter().any(|header| header == rejects::OWN_EXPORT);
    for (place, header) in headers.iter().enumerate() {
        if is_own_export && rejects::ONLY_EXPORTED.contains(&header.as_str()) {
            targets[place] = Some(Target::Ignore);
        }
    }
    let is_google = headers.iter().any(|header| header == GOOGLE_ADDRESS);
    for target in Target::ALL {
        let claims = named.iter().enumerate().filter_map(|(place, name)| {
            let (named, rank) = name.as_ref()?;
            (*named == target).then_some((*rank, place))
        });
        if target == Target::Ignore || target.is_opt_out() {
            claims.for_each(|(_, place)| targets[place] = Some(target));
        } else if let Some((_, place)) = claims.min() {
            targets[place] = Some(target);
        }
    }
    if is_google {
        for (place, header) in headers.iter().enumerate() {
            if header.ends_with(" - Label") || header.ends_with(" - Type") {
                targets[place] = Some(Target::Ignore);
            } else if targets[place] == Some(Target::Tags) {
                targets[place] = None;
            }
        }
    }
    // A list of businesses calls them `name` or `title`.
    if are_places && !is_named(Target::Company) {
        let business = headers.iter().position(|h| matches!(clean::header_key(h).as_str(), "name" | "title"));
        if let Some(place) = business {
            targets[place] = Some(Target::Company);
        }
    }
    // `Name` beside `First name` is the family name.
    let full = targets.iter().position(|t| *t == Some(Target::FullName));
    if let Some(place) = full.filter(|_| is_named(Target::FirstName)) {
        targets[place] = (!is_named(Target::LastName) && clean::header_key(&headers[place]) == "name")
            .then_some(Target::LastName);
    }
    for (target, looks) in [
        (Target::Email, looks_like_email as fn(&str) -> bool),
        (Target::Phone, if has_header { looks_clearly_like_phone } else { looks_like_phone }),
        (Target::Website, looks_like_website),
    ] {
        if targets.contains(&Some(target)) {
            continue;
        }
        let guess = (0..headers.len()).find(|&place| {
            let (fits, of) = count(values.get(place).map_or(&[], Vec::as_slice), looks);
            targets[place].is_none() && named[place].is_none() && of > 0 && fits * 5 >= of * 4
        });
        if let Some(place) = guess {
            targets[place] = Some(target);
        }
    }
    for (place, header) in headers.iter().enumerate() {
        // Another column may be the basis of consent already.
        let is_free = named[place].is_none_or(|(target, _)| target == Target::ConsentBasis);
        if targets[place].is_none() && is_free {
            let values = values.get(place).map_or(&[][..], Vec::as_slice);
            targets[place] = opt_out_signs::state_target(header, values.iter().copied());
        }
    }
    targets
}

fn count(values: &[&str], looks: impl Fn(&str) -> bool) -> (u32, u32) {
    let given = values.iter().map(|value| value.trim()).filter(|value| !value.is_empty());
    given.fold((0, 0), |(fits, of), value| (fits + u32::from(looks(value)), of + 1))
}

/// How many of the values that are not empty fit the target, and how many are not empty.
pub fn fit<'a>(target: Option<Target>, values: impl Iterator<Item = &'a str>) -> (u32, u32) {
    let values: Vec<&str> = values.collect();
    count(&values, |value| match target {
        Some(Target::Email) => looks_like_email(value),
        Some(Target::Phone) => looks_like_phone(value),
        Some(Target::Website) => looks_like_website(value),
        Some(Target::Country) => Country::from_name(value).is_some(),
        Some(Target::Rating) => clean::number(value).is_some_and(|n| (0.0..=5.0).contains(&n)),
        Some(Target::Reviews) => clean::whole_number(value).is_some(),
        Some(Target::TimeZone) => ZoneName::parse(value).is_some(),
        Some(Target::Status) => status_words::read(value).is_some(),
        Some(Target::ConsentBasis) => ConsentBasis::read(value).is_some(),
        Some(Target::ConsentDate | Target::TrackingConsent) => consent_columns::date(value).is_some(),
        Some(Target::ConsentChannels) => consent_columns::channels(value).is_some(),
        _ => true,
    })
}

pub(super) fn looks_like_email(value: &str) -> bool {
    value.contains('@')
        && !json_rows::is_list_of_objects(value)
        && !value.starts_with("{\"")
        && EmailAddress::parts_of(value).next().is_some_and(|text| EmailAddress::parse(text).is_ok())
}

pub(super) fn looks_like_phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let number = value.split(['x', 'X', '#', 'e', 'E']).next().unwrap_or("");
    let plain = number.chars().all(|c| c.is_ascii_digit() || " +-.()/\u{a0}".contains(c));
    (7..=22).contains(&digits) && plain && !number.trim().is_empty()
}

/// Whether it is a phone number rather than a customer number: it has a plus, a leading zero or punctuation between groups.
fn looks_clearly_like_phone(value: &str) -> bool {
    let dated = value.len() == 10 && value.bytes().filter(|b| matches!(b, b'-' | b'/' | b'.')).count() == 2;
    looks_like_phone(value) && !dated && (value.starts_with(['+', '(', '0']) || value.contains(['-', ' ']))
}

pub(super) fn looks_like_website(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    if ["http://", "https://", "www."].iter().any(|start| lower.starts_with(start)) {
        return true;
    }
    let host = lower.split('/').next().unwrap_or("");
    let ending = host.rsplit_once('.').map_or("", |(_, ending)| ending);
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    plain && !host.starts_with('.') && ending.len() >= 2 && ending.bytes().all(|b| b.is_ascii_alphabetic())
}
