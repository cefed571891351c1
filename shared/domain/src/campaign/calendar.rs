//! What a workspace and a campaign's senders keep: days off, how often anybody is turned to, what becomes of late
//! messages, and the hours in which an account works.

use crate::campaign::Campaign;
use crate::capacity::contact_caps::Caps;
use crate::contact::channel::Channel;
use crate::enrolment::late_rule::WhenLate;
use crate::ids::ConnectionId;
use crate::lead::suppression::Endings;
use crate::time::days_off::DayOff;

use crate::time::weekly_hours::WorkingHours;

use jiff::{SignedDuration, Timestamp};

use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub struct Calendar {
    pub days_off: Vec<DayOff>,
    /// Those of the campaign's that are there, switched on and not paused.
    pub mailboxes: BTreeMap<ConnectionId, OpenMailbox>,
    /// Of the campaign's accounts that are there and switched on.
    #[cfg_attr(any(test, feature = "recording"), serde(default, skip_serializing_if = "BTreeMap::is_empty"))]
    pub paused: BTreeMap<ConnectionId, PausedAccount>,
    /// Those of the mailboxes that take nothing at present.
    #[cfg_attr(any(test, feature = "recording"), serde(default, skip_serializing_if = "BTreeMap::is_empty"))]
    pub failing: BTreeMap<ConnectionId, FailingAccount>,
    /// What no account of the campaign goes out by that is there and switched on, paused or not.
    #[cfg_attr(any(test, feature = "recording"), serde(default, skip_serializing_if = "BTreeSet::is_empty"))]
    pub without_account: BTreeSet<Channel>,
    /// Of the accounts that texts and chats go out by; without any, all hours.
    pub text_senders: BTreeMap<Channel, WorkingHours>,
    pub caps: Caps,
    #[cfg_attr(any(test, feature = "recording"), serde(default, skip_serializing_if = "WhenLate::is_hold"))]
    pub when_late: WhenLate,
    #[cfg_attr(
        any(test, feature = "recording"),
        serde(default = "Endings::of_everything", skip_serializing_if = "Endings::are_of_everything")
    )]
    pub endings: Endings,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub struct OpenMailbox {
    pub name: String,
    /// Without any, all hours.
    pub hours: Option<WorkingHours>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub struct PausedAccount {
    pub name: String,
    pub until: Option<Timestamp>,
    /// Without any, all hours.
    #[cfg_attr(any(test, feature = "recording"), serde(default, skip_serializing_if = "Option::is_none"))]
    pub hours: Option<WorkingHours>,
}

/// It has taken nothing since then, the latest try was at `at`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub struct FailingAccount {
    pub name: String,
    pub since: Timestamp,
    pub at: Timestamp,
}

/// A night and any maintenance are shorter; what waits this long is not late yet, which it is after 48 h.
pub const SICK_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Whoever comes after that tries again: nobody knows any more that it still fails.
pub const TRIED_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(2);

impl FailingAccount {
    pub fn is_sick(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) >= SICK_AFTER && now.duration_since(self.at) < TRIED_AGAIN_AFTER
    }
}

impl Calendar {
    /// A mailbox that has failed for so long is as good as gone, until somebody is to try it again.
    pub fn sick(&self, mailbox: &ConnectionId, now: Timestamp) -> Option<&FailingAccount> {
        self.failing.get(mailbox).filter(|failing| failing.is_sick(now))
    }

    /// As it is once every pause that ends by then is over.
    pub fn resumed_by(&self, now: Timestamp, campaign: &Campaign) -> Self {
        let mut resumed = self.clone();
        let is_over = |paused: &&PausedAccount| paused.until.is_some_and(|until| until <= now);
        for (id, PausedAccount { name, hours, .. }) in
            self.paused.iter().filter(|(_, paused)| is_over(paused))
        {
            resumed.paused.remove(id);
            if campaign.mailboxes.contains(id) {
                let open = OpenMailbox { name: name.clone(), hours: hours.clone() };
                resumed.mailboxes.insert(id.clone(), open);
            }
        }
        resumed
    }

    /// A message waits until one of them is open; without any, all hours. `mailbox`: the lead's own. Who has none that is
    /// open to mail may be given any.
    pub fn hours_of(&self, channel: Channel, mailbox: Option<&ConnectionId>) -> Vec<&WorkingHours> {
        if channel != Channel::Email {
            return self.text_senders.get(&channel).into_iter().collect();
        }
        if let Some(own) = mailbox.and_then(|own| self.mailboxes.get(own)) {
            return own.hours.iter().collect();
        }
        let all: Option<Vec<_>> = self.mailboxes.values().map(|mailbox| mailbox.hours.as_ref()).collect();
        all.unwrap_or_default()
    }
}
