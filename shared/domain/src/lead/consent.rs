//! Consent: on which ground a lead may be contacted on each channel, where that was recorded, by whom and when.
//!
//! A channel without an entry has no stated ground. An opt-out withdraws what was recorded, and a later entry begins
//! anew: it says when the lead agreed again. What a country's law asks for is in `law`, what a workspace asks for
//! besides is in `policy`; the planner asks both before each message.

pub mod law;
pub mod policy;
mod words;

use crate::contact::channel::Channel;
use crate::event::UserOrKey;
use crate::ids::ImportId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most characters of the note that says where consent was given.
pub const LONGEST_NOTE: usize = 500;

crate::codes! {
    /// The ground on which a lead is contacted, from the strongest to the weakest.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum ConsentBasis {
        /// The lead agreed in writing: signed, ticked in a form, or in a message.
        WrittenConsent = "written_consent",
        /// The lead agreed in any other way, such as on the phone.
        Consent = "consent",
        /// The lead is a customer, or has a contract.
        ExistingCustomer = "existing_customer",
        LegitimateInterest = "legitimate_interest",
    }
}

impl ConsentBasis {
    /// The basis as users read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::WrittenConsent => "written consent",
            Self::Consent => "consent",
            Self::ExistingCustomer => "existing customer",
            Self::LegitimateInterest => "legitimate interest",
        }
    }

    /// Reads a basis as people write it in files: a word of ours, or one such as `opt-in` or `Kunde`. The inner none
    /// means that there is none.
    pub fn read(text: &str) -> Option<Option<Self>> {
        words::read(text)
    }
}

/// What recorded a lead's consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentSource {
    Import(ImportId),
    /// A program, through the API.
    Api,
    /// A user, by hand.
    Hand,
}

/// The recorded ground for one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    pub basis: ConsentBasis,
    /// The day on which the lead agreed, or on which the ground was recorded.
    pub on: Date,
    pub source: ConsentSource,
    /// The user or the program that recorded it.
    pub by: Option<UserOrKey>,
    /// The place or form where the lead agreed, in the words of the user who recorded it.
    pub note: Option<String>,
    /// When the lead withdrew it by opting out.
    pub withdrawn_at: Option<Timestamp>,
}

impl Consent {
    /// Whether both say the same, whoever recorded them.
    fn says_the_same(&self, other: &Self) -> bool {
        (self.basis, self.on, &self.note) == (other.basis, other.on, &other.note)
    }
}

/// A lead's consent by channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consents(BTreeMap<Channel, Consent>);

impl Consents {
    /// The same consent on each of these channels.
    pub fn on(channels: impl IntoIterator<Item = Channel>, consent: &Consent) -> Self {
        channels.into_iter().map(|channel| (channel, consent.clone())).collect()
    }

    pub fn get(&self, channel: Channel) -> Option<&Consent> {
        self.0.get(&channel)
    }

    /// The consent on this channel, unless the lead has withdrawn it.
    pub fn in_force(&self, channel: Channel) -> Option<&Consent> {
        self.get(channel).filter(|consent| consent.withdrawn_at.is_none())
    }

    pub fn iter(&self) -> impl Iterator<Item = (Channel, &Consent)> {
        self.0.iter().map(|(channel, consent)| (*channel, consent))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Records a consent, or removes it.
    pub fn set(&mut self, channel: Channel, consent: Option<Consent>) {
        match consent {
            Some(consent) => self.0.insert(channel, consent),
            None => self.0.remove(&channel),
        };
    }

    /// Fills in channels that have no entry; with `over`, those with an entry in force, too. A withdrawn entry gives
    /// way only to one of a later day. Tells whether anything changed.
    pub fn merge(&mut self, new: &Self, over: bool) -> bool {
        let mut changed = false;
        for (channel, consent) in &new.0 {
            let takes = match self.0.get(channel) {
                None => true,
                Some(Consent { withdrawn_at: Some(at), .. }) => {
                    over && consent.on > at.to_zoned(jiff::tz::TimeZone::UTC).date()
                }
                Some(known) => over && !known.says_the_same(consent),
            };
            if takes {
                self.0.insert(*channel, consent.clone());
                changed = true;
            }
        }
        changed
    }

    /// Marks the consents on these channels as withdrawn; tells whether there were any in force. One of a later day
    /// stays: a repeat of an old opt-out says nothing about it. A day may have begun elsewhere before it has in UTC.
    pub fn withdraw(&mut self, channels: &[Channel], at: Timestamp) -> bool {
        let mut changed = false;
        let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let last = day.tomorrow().unwrap_or(day);
        let concerns = |known: &&mut Consent| known.withdrawn_at.is_none() && known.on <= last;
        for channel in channels {
            if let Some(consent) = self.0.get_mut(channel).filter(concerns) {
                consent.withdrawn_at = Some(at);
                changed = true;
            }
        }
        changed
    }

    /// Puts consents that were withdrawn by then in force again, as of that day: the lead has asked for messages anew.
    /// Tells whether there were any.
    pub fn renew(&mut self, channels: &[Channel], at: Timestamp) -> bool {
        let mut changed = false;
        for channel in channels {
            let withdrawn =
                |known: &&mut Consent| known.withdrawn_at.is_some_and(|withdrawn| withdrawn <= at);
            if let Some(consent) = self.0.get_mut(channel).filter(withdrawn) {
                (consent.withdrawn_at, consent.on) = (None, at.to_zoned(jiff::tz::TimeZone::UTC).date());
                changed = true;
            }
        }
        changed
    }

    /// Tells whether a channel has a consent in force that it did not have in `before`, or another one.
    pub fn gained_since(&self, before: &Self) -> bool {
        let gained = |channel| self.in_force(channel).is_some() && self.get(channel) != before.get(channel);
        Channel::ALL.into_iter().any(gained)
    }
}

impl FromIterator<(Channel, Consent)> for Consents {
    fn from_iter<T: IntoIterator<Item = (Channel, Consent)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
