//! The ids of stages and lost reasons: a small number, and the word or number that the API and the table have for it.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

macro_rules! numbered_id {
    ($(#[$doc:meta])* $name:ident, $own:literal, [$($code:ident = $number:literal $text:literal,)+]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(u8);

        impl $name {
            $(pub const $code: Self = Self($number);)+

            const BUILT_IN: &'static [&'static str] = &[$($text),+];
            /// What stands before the number of one that a workspace has added.
            const OWN: &'static str = $own;

            /// Reads the code of one that every workspace begins with, or of one that a workspace has added.
            pub fn parse(text: &str) -> Option<Self> {
                if let Some(number) = Self::BUILT_IN.iter().position(|word| *word == text) {
                    return u8::try_from(number).ok().map(Self);
                }
                let id = Self(text.strip_prefix(Self::OWN)?.parse().ok()?);
                // A number has one spelling.
                (id.is_own() && id.to_string() == text).then_some(id)
            }

            /// What is wrong with a text that is none of these.
            pub fn expectation() -> String {
                format!("is not one of {}, or {} with its number", Self::BUILT_IN.join(", "), Self::OWN)
            }

            /// The number by which columns keep it.
            pub const fn number(self) -> u8 {
                self.0
            }

            /// Makes it of the number that `number` gave.
            pub const fn numbered(number: u8) -> Self {
                Self(number)
            }

            /// Whether a workspace has added it.
            pub const fn is_own(self) -> bool {
                self.0 as usize >= Self::BUILT_IN.len()
            }

            /// The ones that every workspace begins with.
            pub fn built_in() -> impl Iterator<Item = Self> {
                (0_u8..).take(Self::BUILT_IN.len()).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match Self::BUILT_IN.get(usize::from(self.0)) {
                    Some(word) => f.write_str(word),
                    None => write!(f, "{}{}", Self::OWN, self.0),
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::parse(&text).ok_or_else(|| format!("'{text}' {}", Self::expectation()))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    };
}

numbered_id! {
    /// A stage: `new`, `contacted`, `replied`, `qualified`, `won`, `lost`, or one that the workspace has added, such as
    /// `stage_6`.
    StageId, "stage_", [
        NEW = 0 "new",
        CONTACTED = 1 "contacted",
        REPLIED = 2 "replied",
        QUALIFIED = 3 "qualified",
        WON = 4 "won",
        LOST = 5 "lost",
    ]
}

numbered_id! {
    /// A reason why a lead is lost: `too_early`, `too_expensive`, `has_another_tool`, `no_answer`, `not_a_fit`, `other`, or
    /// one that the workspace has added, such as `reason_6`.
    LostReasonId, "reason_", [
        TOO_EARLY = 0 "too_early",
        TOO_EXPENSIVE = 1 "too_expensive",
        HAS_ANOTHER_TOOL = 2 "has_another_tool",
        NO_ANSWER = 3 "no_answer",
        NOT_A_FIT = 4 "not_a_fit",
        OTHER = 5 "other",
    ]
}

impl StageId {
    /// Whether a lead in this stage is won or lost.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::WON | Self::LOST)
    }

    /// Whether the app itself moves leads here, so that the stage cannot be deleted.
    pub const fn is_needed(self) -> bool {
        !self.is_own() && !matches!(self, Self::QUALIFIED)
    }

    /// How far a lead in this stage is, as far as that is known without the workspace's order: qualified and all stages
    /// that a workspace has added are equally far.
    pub const fn reach(self) -> u8 {
        match self {
            Self::NEW => 0,
            Self::CONTACTED => 1,
            Self::REPLIED => 2,
            Self::WON => 4,
            Self::LOST => 5,
            _ => 3,
        }
    }
}

impl Ord for StageId {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.reach(), self.number()).cmp(&(other.reach(), other.number()))
    }
}

impl PartialOrd for StageId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
