//! The table of a lead's attributes: every target of an import's column, and which of them are plain texts.
//!
//! A new text is a row here and a field of `Lead`. From the row follow the target of an import's column with its
//! label, its value in a row of a file, what an import changes in a known lead, and whether templates and branches
//! may name it. The compiler then asks for its place in the stored item and in the bodies of the API.

use crate::lead::Lead;
use crate::placeholder::{
    is_placeholder, is_placeholder_of_country, is_placeholder_of_name, is_placeholder_of_text,
    is_placeholder_of_typed,
};
use serde::{Deserialize, Serialize};

const LINE: usize = 200;
const LONG_LINE: usize = 500;
const NOTES: usize = 5_000;

/// Defines `Target` with one code per row, and `LeadText` with one per row that says `text`: the field of `Lead` that
/// holds it, the number of characters that it may have, and its uses.
macro_rules! attributes {
    ($($(#[$doc:meta])* $target:ident = $name:tt $label:literal
        $(, text $field:ident up to $longest:ident for [$($use:ident)*])?;)+) => {
        /// The fields that a column can be mapped to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Target { $($(#[$doc])* #[serde(rename = $name)] $target),+ }

        impl Target {
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$target),+];

            /// The target by its name in requests, such as `full_name`.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$target),)+ _ => None }
            }

            /// The target's name as users read it.
            pub fn label(self) -> &'static str {
                match self { $(Self::$target => $label),+ }
            }
        }

        /// An attribute of a lead that is plain text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum LeadText {
            $($(#[doc = concat!("The text in `Lead::", stringify!($field), "`.")] $target,)?)+
        }

        const TEXTS: &[Row] = &[$($(Row {
            text: LeadText::$target,
            target: Target::$target,
            name: stringify!($field),
            longest: $longest,
            uses: &[$(TextUse::$use),*],
        },)?)+];

        impl LeadText {
            /// The lead's value of this text.
            pub fn value_in(self, lead: &Lead) -> &Option<String> {
                match self { $($(Self::$target => &lead.$field,)?)+ }
            }

            pub fn value_mut_in(self, lead: &mut Lead) -> &mut Option<String> {
                match self { $($(Self::$target => &mut lead.$field,)?)+ }
            }
        }
    };
}

attributes! {
    Email = "email" "e-mail";
    Phone = "phone" "phone";
    FirstName = "first_name" "first name", text first_name up to LINE for [Template];
    LastName = "last_name" "last name", text last_name up to LINE for [Template];
    FullName = "full_name" "full name";
    Company = "company" "company", text company up to LINE for [Template];
    JobTitle = "job_title" "job title", text job_title up to LINE for [Template];
    Website = "website" "website", text website up to LONG_LINE for [Template];
    Linkedin = "linkedin" "LinkedIn address", text linkedin up to LONG_LINE for [Template];
    Address = "address" "address", text address up to LONG_LINE for [Template];
    City = "city" "city", text city up to LINE for [Template];
    Country = "country" "country";
    Category = "category" "category", text category up to LINE for [Template];
    Rating = "rating" "rating";
    Reviews = "reviews" "reviews";
    Source = "source" "source", text source up to LINE for [];
    Notes = "notes" "notes", text notes up to NOTES for [];
    Tags = "tags" "tags";
    Status = "status" "status";
    TimeZone = "time_zone" "time zone";
    ConsentBasis = "consent_basis" "basis of consent";
    ConsentDate = "consent_date" "date of consent";
    ConsentSource = "consent_source" "source of consent";
    ConsentChannels = "consent_channels" "channels of consent";
    /// The day on which the lead agreed to have opens and clicks measured.
    TrackingConsent = "tracking_consent" "date of consent to tracking";
    /// The column says who must not be contacted at all.
    DoNotContact = "do_not_contact" "do not contact";
    /// The column says who has opted out, of which channels (`email, sms`) or of all.
    OptedOut = "opted_out" "opted out";
    OptedOutEmail = "opted_out_email" "opted out of e-mail";
    /// The column says who has opted out of calls and texts.
    OptedOutPhone = "opted_out_phone" "opted out of calls and texts";
    /// The column says whose address is dead.
    Bounced = "bounced" "bounced";
    /// The column is not imported.
    Ignore = "ignore" "not imported";
}

/// A use of a text beyond being imported, shown and edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextUse {
    /// Templates may name it, and branches may ask for it.
    Template,
}

/// The rest of a text's row.
struct Row {
    text: LeadText,
    target: Target,
    name: &'static str,
    longest: usize,
    uses: &'static [TextUse],
}

impl Target {
    /// The text that a column with this target holds; none if its values are read in a way of their own.
    pub fn text(self) -> Option<LeadText> {
        TEXTS.iter().find(|row| row.target == self).map(|row| row.text)
    }

    /// Whether a value stands where a lead has none of this, such as `#N/A`. What a cell says of opt-outs is heard
    /// whatever it is.
    pub fn is_missing_in(self, value: &str) -> bool {
        match self {
            _ if self.is_opt_out() => false,
            Self::Country => is_placeholder_of_country(value),
            Self::TimeZone => is_placeholder_of_text(value),
            Self::Tags => is_placeholder(value),
            _ => self.text().map_or_else(|| is_placeholder_of_typed(value), |text| text.is_missing_in(value)),
        }
    }
}

impl LeadText {
    pub fn all() -> impl Iterator<Item = Self> {
        TEXTS.iter().map(|row| row.text)
    }

    fn row(self) -> &'static Row {
        &TEXTS[self as usize]
    }

    /// The attribute's name in requests, templates and errors, such as `job_title`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The attribute's name as users read it.
    pub fn label(self) -> &'static str {
        self.row().target.label()
    }

    /// The number of characters that the text may have.
    pub fn longest(self) -> usize {
        self.row().longest
    }

    /// Whether a value stands where this text is missing, such as `#N/A`.
    pub fn is_missing_in(self, value: &str) -> bool {
        match self {
            Self::FirstName | Self::LastName => is_placeholder_of_name(value),
            _ => is_placeholder_of_text(value),
        }
    }

    /// Whether the text may have several lines.
    pub fn has_lines(self) -> bool {
        self.longest() == NOTES
    }

    pub fn is_for(self, wanted: TextUse) -> bool {
        self.row().uses.contains(&wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_has_the_name_of_its_target() {
        for text in LeadText::all() {
            assert_eq!((text.row().text, Target::named(text.name())), (text, Some(text.row().target)));
            assert_eq!(text.row().target.text(), Some(text));
        }
        assert_eq!(Target::Email.text(), None);
    }

    #[test]
    fn target_is_stored_by_the_name_that_requests_use() {
        for target in Target::ALL {
            let name = serde_json::to_value(target).unwrap();
            assert_eq!(Target::named(name.as_str().unwrap()), Some(target));
        }
        assert_eq!(serde_json::to_value(Target::TimeZone).unwrap(), json!("time_zone"));
    }
}
