//! The numbers to which a workspace lets its users call. A call rings two phones at the workspace's cost, and both numbers are
//! ones that its users enter: a minute to some countries, and to numbers of a higher rate, costs a hundred times the usual one.

use crate::contact::country::Country;
use crate::contact::phone_number::PhoneNumber;
use crate::workspace::Workspace;
use serde::{Deserialize, Serialize};

/// The most countries that a workspace allows.
pub const MOST_COUNTRIES: usize = 250;

/// A workspace's choices about the calls that the app places.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallRules {
    /// The countries, besides the workspace's own, in which phones may be rung. A lead's phone may be in the lead's own
    /// country, too.
    pub countries: Vec<Country>,
}

impl CallRules {
    /// Tells whether they are as at sign-up: no country besides the workspace's own.
    pub fn are_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// The reason why a phone is not rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRung {
    /// It is in a country, if its number says so, that the workspace does not allow.
    Country(Option<Country>),
    /// Its number is one of a higher rate.
    HigherRate,
}

impl Workspace {
    /// Whether the app may ring this number. `lead`: the country of the lead whose number it is; none for a user's own.
    pub fn may_ring(&self, number: &PhoneNumber, lead: Option<Country>) -> Result<(), NotRung> {
        if number.has_higher_rate() {
            return Err(NotRung::HigherRate);
        }
        let mut allowed = [Some(self.default_country), lead]
            .into_iter()
            .flatten()
            .chain(self.calls.countries.iter().copied());
        if allowed.any(|country| number.may_be_in(country)) {
            Ok(())
        } else {
            Err(NotRung::Country(number.country()))
        }
    }
}
