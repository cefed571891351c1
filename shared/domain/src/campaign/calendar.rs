//! The rules that the planner keeps to for a campaign: days off, contact caps, the late rule, the consent policy, and
//! which accounts may send in which hours.

use crate::campaign::Campaign;
use crate::capacity::contact_caps::Caps;
use crate::contact::channel::Channel;
use crate::enrolment::late_rule::WhenLate;
use crate::ids::AccountId;
use crate::lead::consent::policy::ConsentPolicy;
use crate::lead::suppression::Endings;
use crate::planning::closed_hours::ClosedHours;
use crate::time::days_off::DayOff;

use crate::time::weekly_hours::WorkingHours;

use jiff::{SignedDuration, Timestamp};

use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    pub days_off: Vec<DayOff>,
    /// Mailboxes of the campaign that exist, are switched on and not paused.
    pub mailboxes: BTreeMap<AccountId, OpenMailbox>,
    /// Accounts of the campaign that exist and are switched on, but paused.
    pub paused: BTreeMap<AccountId, PausedAccount>,
    /// Mailboxes of the campaign that accept nothing at present.
    pub failing: BTreeMap<AccountId, FailingAccount>,
    /// Channels for which the campaign has no account that exists and is switched on, paused or not.
    pub without_account: BTreeSet<Channel>,
    /// The sending hours of the accounts for texts and chats; a channel without an entry may send at any hour.
    pub text_senders: BTreeMap<Channel, WorkingHours>,
    pub caps: Caps,
    pub when_late: WhenLate,
    pub endings: Endings,
    pub consent: ConsentPolicy,
    /// The steps that were found to have no hours where a lead may be.
    pub closed: ClosedHours,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenMailbox {
    pub name: String,
    /// The sending hours; none means all hours.
    pub hours: Option<WorkingHours>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PausedAccount {
    pub name: String,
    pub until: Option<Timestamp>,
    /// The sending hours; none means all hours.
    pub hours: Option<WorkingHours>,
}

/// An account that has accepted nothing since `since`; the latest attempt was at `at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingAccount {
    pub name: String,
    pub since: Timestamp,
    pub at: Timestamp,
}

/// Longer than a night or any maintenance, and shorter than the 48 h after which a message is late.
pub const SICK_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// After so long without an attempt it is unknown whether the account still fails, so the next message tries
/// it again.
pub const TRIED_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(2);

impl FailingAccount {
    pub fn has_failed_for_long(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) >= SICK_AFTER && now.duration_since(self.at) < TRIED_AGAIN_AFTER
    }
}

impl Calendar {
    /// The mailbox's failure, if it has failed for so long that it counts as missing until it is tried again.
    pub fn long_failure(&self, mailbox: &AccountId, now: Timestamp) -> Option<&FailingAccount> {
        self.failing.get(mailbox).filter(|failing| failing.has_failed_for_long(now))
    }

    /// This calendar as it will be at `now`, when pauses that end by then are over.
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

    /// The sending hours of the accounts that may send; a message waits until one of them is open, and none
    /// means all hours. `mailbox` is the lead's own. A lead without an open mailbox of their own may be given
    /// any.
    pub fn hours_of(&self, channel: Channel, mailbox: Option<&AccountId>) -> Vec<&WorkingHours> {
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
