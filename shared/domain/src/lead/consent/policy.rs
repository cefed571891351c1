//! The consent policy: whether a lead's recorded consent allows a message on a channel, by the law where the lead is
//! and by the workspace's own setting, which may only ask for more.

use super::{Consent, ConsentBasis, law};
use crate::contact::channel::Channel;
use crate::contact::country::Country;
use crate::contact::phone_number::PhoneNumber;
use crate::lead::Lead;
use crate::planning::check::{Check, CheckRule};
use serde::Serialize;

crate::codes! {
    /// What a workspace asks for before a campaign or a bulk message writes to a lead. None of them asks for less than
    /// the law does.
    #[derive(Default)]
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum ConsentStrictness {
        /// What the law asks for where the lead is.
        #[default]
        Law = "law",
        /// A recorded basis for every lead, of any kind.
        StatedBasis = "stated_basis",
        /// The consent of every lead.
        Consent = "consent",
    }
}

impl ConsentStrictness {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    pub fn is_law(&self) -> bool {
        *self == Self::Law
    }

    /// The bases that suffice for the setting, and the setting as a rule that users read; none where the law decides
    /// alone.
    fn rule(self) -> Option<(&'static [ConsentBasis], &'static str)> {
        match self {
            Self::Law => None,
            Self::StatedBasis => Some((ConsentBasis::ALL, "the workspace asks for a recorded basis")),
            Self::Consent => Some((
                &[ConsentBasis::WrittenConsent, ConsentBasis::Consent],
                "the workspace asks for the lead's consent",
            )),
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConsentPolicy {
    pub strictness: ConsentStrictness,
    /// The workspace's country, in which a lead counts whose own is not known.
    pub home: Option<Country>,
}

/// What is asked for before a message to a lead on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentNeeded {
    /// The bases that suffice.
    pub accepts: Vec<ConsentBasis>,
    /// Why, for users to read: the law's rule or the workspace's, several with semicolons between.
    pub rule: String,
}

impl ConsentPolicy {
    /// What must be recorded before a message to this lead on this channel; none if nothing must.
    pub fn needed(&self, lead: &Lead, channel: Channel) -> Option<ConsentNeeded> {
        let mut accepts = ConsentBasis::ALL.to_vec();
        let mut rules: Vec<&str> = Vec::new();
        let mut ask = |suffices: &[ConsentBasis], words: &'static str| {
            accepts.retain(|basis| suffices.contains(basis));
            if !rules.contains(&words) {
                rules.push(words);
            }
        };
        for country in self.countries(lead, channel) {
            law::of(country, channel).for_each(|law| ask(&law.accepts, law.words));
        }
        if let Some((suffices, words)) = self.strictness.rule() {
            ask(suffices, words);
        }
        (!rules.is_empty()).then(|| ConsentNeeded { accepts, rule: rules.join("; ") })
    }

    /// Whether the lead may be written to on this channel, as far as consent goes.
    pub fn check(&self, lead: &Lead, channel: Channel) -> Check {
        let (known, words) = (lead.consents.get(channel), channel.words());
        let recorded = match known {
            None => format!("no basis for {words} is recorded"),
            Some(Consent { basis, withdrawn_at: Some(at), .. }) => {
                format!("{} for {words} was withdrawn {at}", basis.words())
            }
            Some(Consent { basis, on, .. }) => format!("{} for {words} of {on}", basis.words()),
        };
        let Some(needed) = self.needed(lead, channel) else {
            let seen = format!("{recorded}; none is needed");
            return Check { rule: CheckRule::ConsentRecorded, passed: true, seen };
        };
        let suffices = lead.consents.in_force(channel).is_some_and(|own| needed.accepts.contains(&own.basis));
        let seen = if suffices { recorded } else { format!("{recorded}; {}", needed.rule) };
        Check { rule: CheckRule::ConsentRecorded, passed: suffices, seen }
    }

    /// The countries whose law a message is under. A text is under that of the number's country, too, since the law
    /// there protects the number, wherever its owner is.
    fn countries(&self, lead: &Lead, channel: Channel) -> Vec<Option<Country>> {
        let of_number = lead.phone.as_ref().and_then(PhoneNumber::country);
        let mut countries = vec![lead.country.or(of_number).or(self.home)];
        if channel != Channel::Email && of_number.is_some() && !countries.contains(&of_number) {
            countries.push(of_number);
        }
        countries
    }
}
