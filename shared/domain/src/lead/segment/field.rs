//! The fields that a list of leads knows: by which it is filtered, sorted and shown.

use super::Test;
use crate::ids::IcpId;
use crate::lead::custom_field::{CustomField, CustomFields, CustomValue, FieldKind};
use crate::lead::stage::{LostReasonId, StageId};
use jiff::civil::Date;
use ulid::Ulid;

/// What stands before the key of a custom field.
pub(super) const CUSTOM: &str = "custom.";

/// A field of the list: a fixed one, a custom one of the workspace, or the fit with an ICP.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ListField<'a> {
    Fixed(&'static Fixed),
    Custom(&'a CustomField),
    Fit(FitField),
}

/// The fit with an ICP as a field of the list: a number from 0 to 100 for leads that fit, and no value for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FitField {
    /// The fit with the workspace's main ICP: `fit`.
    Main,
    /// The fit with the ICP that has this ULID: `fit:` and the ICP's id.
    Of(Ulid),
}

impl FitField {
    pub const MAIN: &'static str = "fit";
    /// What stands before an ICP's id.
    pub const PREFIX: &'static str = "fit:";

    /// Finds a fit by its name in a rule. Whether the ICP is there is not known here.
    pub fn named(name: &str) -> Option<Self> {
        if name == Self::MAIN {
            return Some(Self::Main);
        }
        let id = IcpId::parse(name.strip_prefix(Self::PREFIX)?).ok()?;
        Ulid::from_string(id.ulid_text()).ok().map(Self::Of)
    }
}

/// A field that every workspace has.
#[derive(Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The field's name in rules and requests.
    pub name: &'static str,
    shape: FieldShape<'static>,
}

/// What kind of values a field has, which says how they are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldShape<'a> {
    Text,
    Number,
    /// A time, of which rules see the day in UTC.
    Time,
    /// One of a closed set of words.
    Word(&'a [&'a str]),
    /// A stage of the workspace, and a reason why leads are lost, by their codes.
    Stage,
    LostReason,
    /// An id, or `none`.
    Id,
    /// Several texts.
    Texts,
    Custom(&'a FieldKind),
}

const YES_NO: FieldShape<'static> = FieldShape::Word(&["yes", "no"]);

macro_rules! fixed {
    ($($name:literal $shape:expr,)+) => { const FIXED: &[Fixed] = &[$(Fixed { name: $name, shape: $shape }),+]; };
}

fixed! {
    "name" FieldShape::Text,
    "first_name" FieldShape::Text,
    "last_name" FieldShape::Text,
    "company" FieldShape::Text,
    "company_domain" FieldShape::Text,
    "job_title" FieldShape::Text,
    "email" FieldShape::Text,
    "phone" FieldShape::Text,
    "website" FieldShape::Text,
    "linkedin" FieldShape::Text,
    "address" FieldShape::Text,
    "city" FieldShape::Text,
    "country" FieldShape::Text,
    "category" FieldShape::Text,
    "source" FieldShape::Text,
    "time_zone" FieldShape::Text,
    "rating" FieldShape::Number,
    "reviews" FieldShape::Number,
    "score" FieldShape::Number,
    "status" FieldShape::Stage,
    "stage_since" FieldShape::Time,
    "lost_reason" FieldShape::LostReason,
    "temperature" FieldShape::Word(&["cold", "warm", "hot"]),
    "priority" FieldShape::Word(&["normal", "high"]),
    "do_not_contact" YES_NO,
    "possible_opt_out" YES_NO,
    "owner" FieldShape::Id,
    "campaign" FieldShape::Texts,
    "tag" FieldShape::Texts,
    "created" FieldShape::Time,
    "updated" FieldShape::Time,
    "follow_up" FieldShape::Time,
    "last_contacted" FieldShape::Time,
}

impl<'a> ListField<'a> {
    /// Finds a field by its name in a rule.
    pub fn named(name: &str, fields: &'a CustomFields) -> Option<Self> {
        match name.strip_prefix(CUSTOM) {
            Some(key) => fields.get(key).map(Self::Custom),
            None => {
                let fixed = FIXED.iter().find(|field| field.name == name).map(Self::Fixed);
                fixed.or_else(|| FitField::named(name).map(Self::Fit))
            }
        }
    }

    pub fn fixed() -> impl Iterator<Item = &'static Fixed> {
        FIXED.iter()
    }

    /// Tells whether a name is that of a field that every workspace has, the fit with an ICP included.
    pub fn is_fixed(name: &str) -> bool {
        FIXED.iter().any(|field| field.name == name) || FitField::named(name).is_some()
    }

    pub fn shape(self) -> FieldShape<'a> {
        match self {
            Self::Fixed(field) => field.shape,
            Self::Custom(field) => FieldShape::Custom(&field.kind),
            Self::Fit(_) => FieldShape::Number,
        }
    }
}

impl FieldShape<'_> {
    /// Whether a test makes sense for values of this shape.
    pub fn has_test(self, test: &Test) -> bool {
        use FieldKind::{Check, Choice, Choices, Date, Money, Number, Person, Text, Url};
        let (of_text, of_size, of_time, of_several) = match self {
            Self::Text => (true, false, false, false),
            Self::Number => (false, true, false, false),
            Self::Time => (false, true, true, false),
            Self::Word(_) | Self::Stage | Self::LostReason | Self::Id => (false, false, false, false),
            Self::Texts => (false, false, false, true),
            Self::Custom(kind) => match kind {
                Text | Url => (true, false, false, false),
                Number | Money { .. } => (false, true, false, false),
                Date => (false, true, true, false),
                Choices { .. } => (false, false, false, true),
                Choice { .. } | Check | Person => (false, false, false, false),
            },
        };
        match test {
            Test::Is(_) | Test::IsNot(_) => self != Self::Time,
            Test::Filled(_) => true,
            Test::Contains(_) | Test::Lacks(_) | Test::StartsWith(_) => of_text,
            Test::AtLeast(_) | Test::AtMost(_) => of_size,
            Test::InLastDays(_) | Test::InNextDays(_) => of_time,
            Test::HasAll(_) => of_several,
        }
    }

    /// Checks a value that a rule compares with. `none` stands for no value where the field holds an id.
    pub fn check(self, value: &str) -> Result<(), String> {
        match self {
            Self::Text | Self::Texts | Self::Id => Ok(()),
            Self::Number => FieldKind::Number.read(value).map(drop).map_err(|why| why.to_string()),
            Self::Time => value
                .trim()
                .parse::<Date>()
                .map(drop)
                .map_err(|_| "is not a date such as 2026-11-28".to_owned()),
            // A rule may still name a stage that was deleted since: no lead is in it.
            Self::Stage => StageId::parse(value.trim()).map(drop).ok_or_else(StageId::expectation),
            Self::LostReason => {
                LostReasonId::parse(value.trim()).map(drop).ok_or_else(LostReasonId::expectation)
            }
            Self::Word(words) if words.contains(&value.trim()) => Ok(()),
            Self::Word(words) => Err(format!("is not one of {}", words.join(", "))),
            // A rule may still name an option that was removed since: it matches the leads that have it.
            Self::Custom(
                FieldKind::Choice { .. } | FieldKind::Choices { .. } | FieldKind::Text | FieldKind::Url,
            ) => Ok(()),
            Self::Custom(kind) => kind.read(value).map(drop).map_err(|why| why.to_string()),
        }
    }
}

impl CustomValue {
    /// The number by which a value is compared with others of its kind; none where only equality means something.
    /// Amounts in different currencies are compared by their numbers.
    pub fn size(&self) -> Option<f64> {
        match self {
            Self::Number(units) => Some(*units as f64 / 10_000.0),
            Self::Money(money) => {
                Some(money.amount_minor as f64 / 10_f64.powi(money.currency.digits() as i32))
            }
            Self::Date(date) => Some(
                f64::from(date.year()) * 10_000.0 + f64::from(date.month()) * 100.0 + f64::from(date.day()),
            ),
            _ => None,
        }
    }
}
