//! A one-off or bulk message, with what is looked at before it goes out.

use crate::lead::suppression_lookup::entries_against;
use crate::ports::leads::LeadFile;
use crate::ports::store::{StoreResult, found};
use crate::sending::admission::caps::Recipient;
use crate::sending::one_off::queue::one_off_hint;
use crate::sending::ports::SendPorts;
use crate::sending::run::SendRun;
use crate::sending::sent::Sent;
use domain::lead::Lead;
use domain::lead::do_not_contact::{bulk_bar, contact_bar};
use domain::lead::suppression::SuppressionScope;
use domain::lead::zone::{LeadClock, clock_of};
use domain::message::{Message, MessageState};
use domain::mutant;
use domain::planning::read_behaviour::last_text_of;
use domain::planning::send_window::{Hours, by_hand_from};
use domain::workspace::account::Account;
use domain::workspace::{Sending, Workspace};
use jiff::{SignedDuration, Timestamp};

/// The wait of a lead that has no hours at all: it may have some tomorrow.
pub(crate) const NEVER_OPEN_WAIT: SignedDuration = SignedDuration::from_hours(24);

pub(crate) struct OneOff {
    pub workspace: Workspace,
    /// When the workspace was read.
    pub read_at: Timestamp,
    pub file: LeadFile,
    pub message: Message,
}

/// Why a bulk message is looked at once more: its lead was merged since its file was read, or parted.
pub(super) const LEAD_MERGED: &str = "lead_merged";

impl OneOff {
    pub fn is_bulk(&self) -> bool {
        self.message.bulk_message.is_some()
    }

    /// Whether an earlier attempt may have gone out.
    pub fn is_uncertain(&self) -> bool {
        self.message.state == MessageState::Uncertain
    }

    pub fn sending_is_stopped(&self) -> bool {
        matches!(self.workspace.sending, Sending::Stopped { .. })
    }

    /// Whether it belongs to a bulk message that was cancelled.
    pub async fn is_cancelled(&self, run: &mut SendRun<'_>) -> StoreResult<bool> {
        match &self.message.bulk_message {
            Some(bulk_message) => run.cache.is_cancelled(run.ports, &self.workspace.id, bulk_message).await,
            None => Ok(false),
        }
    }

    /// Whether the lead gets the same bulk message, or had it, as one of the leads that it was merged with. Of two that
    /// wait, one goes out.
    pub fn is_repeated(&self) -> bool {
        let Some(bulk_message) = &self.message.bulk_message else { return false };
        let is_other = |other: &&Message| {
            other.id.lead() != self.message.id.lead() && other.bulk_message.as_ref() == Some(bulk_message)
        };
        // One that a user sends again, though it may have gone out, goes before one that waits for the first time.
        let place = |message: &Message| (!message.given_up, message.id.clone());
        let goes_out = |other: &Message| match other.state {
            MessageState::Cancelled | MessageState::Failed | MessageState::Bounced => false,
            MessageState::Queued if other.claim.is_none() => place(other) < place(&self.message),
            // An abandoned one may have gone out.
            _ => true,
        };
        self.file.messages.iter().filter(is_other).any(goes_out)
    }

    /// Tells, from what is stored at this moment, why nothing may go to this lead any more.
    pub async fn barred_by_now(&mut self, ports: &SendPorts) -> StoreResult<Option<&'static str>> {
        if self.message.test {
            return Ok(None);
        }
        let Some(lead) = found(ports.leads.get(&self.workspace.id, &self.message.id.lead()).await)? else {
            return Ok(Some("no_such_lead"));
        };
        // It was merged since its file was read: the other lead may have had the same bulk message.
        if self.is_bulk() && (&lead.id, &lead.absorbed) != (&self.file.lead.id, &self.file.lead.absorbed) {
            return Ok(Some(LEAD_MERGED));
        }
        self.file.lead = lead;
        self.barred(ports, ports.clock.now()).await
    }

    /// Tells why nothing may go to this lead any more.
    pub async fn barred(&self, ports: &SendPorts, now: Timestamp) -> StoreResult<Option<&'static str>> {
        let lead = &self.file.lead;
        if self.message.test {
            return Ok(None);
        }
        if lead.is_deleted() {
            return Ok(Some("lead_deleted"));
        }
        let mut listed =
            entries_against(&*ports.suppressions, lead, self.message.reply_address.as_ref()).await?;
        // A repeat goes to where the first attempt went.
        let first = SuppressionScope::of_recipient(self.message.channel, &self.message.to);
        if let Some(first) = first.filter(|_| self.is_uncertain()) {
            let found = ports.suppressions.find(&self.workspace.id, &[first]).await?;
            listed.extend(found.into_iter().filter(|entry| !listed.contains(entry)).collect::<Vec<_>>());
        }
        let there = self.recipient_lead();
        let channel = self.message.channel;
        Ok(match self.message.bulk_message {
            Some(_) => bulk_bar(&there, channel, (&listed, &self.workspace), now),
            None => contact_bar(&there, channel, (&listed, &self.workspace.endings), now)
                .map(|contact_bar| contact_bar.as_str()),
        })
    }

    /// Whether the lead is reached at another address by now.
    pub fn has_moved(&self) -> bool {
        !self.message.test && !self.recipient_lead().is_reached_at(&self.message.to)
    }

    /// The lead as this message reaches it: a reply may go to another address than the lead's own.
    pub fn recipient_lead(&self) -> Lead {
        self.file.lead.clone().written_to_at(self.message.reply_address.as_ref())
    }

    /// The hours in which a message that waits for its turn goes out by this account.
    pub fn hours<'a>(&self, account: &'a Account) -> Hours<'a> {
        let unknown = || LeadClock::unknown(self.workspace.default_zone.clone());
        let clock = clock_of(&self.file.lead).unwrap_or_else(unknown);
        let own = account.hours.as_ref().filter(|_| !mutant!("bulk_message_outside_hours"));
        Hours::of_message(self.message.channel, &clock, own)
    }

    /// The time of day for which a text waits that a user has written to this lead alone. It was planned by day, and something
    /// else has kept it until the night.
    pub fn waits_for_the_day(&self, now: Timestamp) -> Option<Timestamp> {
        if self.is_bulk() || self.message.test {
            return None;
        }
        let heard = last_text_of(&self.file.messages);
        let day = by_hand_from(&self.file.lead, self.message.channel, heard, now);
        (day > now).then_some(day)
    }

    /// Whether it has no hours by this account.
    pub fn has_no_hours(&self, account: &Account, now: Timestamp) -> bool {
        self.hours(account).next(now).is_none()
    }

    /// The first time from `from` on in the lead's hours and the account's.
    pub fn next_open_time(&self, account: &Account, from: Timestamp) -> Timestamp {
        let hours = self.hours(account);
        let tomorrow = from.checked_add(NEVER_OPEN_WAIT).unwrap_or(from);
        if hours.is_open(from) { from } else { hours.next(from).unwrap_or(tomorrow) }
    }

    pub fn recipient<'a>(
        &'a self,
        open_from: &'a (dyn Fn(Timestamp) -> Timestamp + Send + Sync),
    ) -> Recipient<'a> {
        let (workspace, lead) = (&self.workspace, &self.file.lead);
        Recipient { workspace, lead, channel: self.message.channel, open_from }
    }
}

/// Lets a hint find the message again, however often that is.
pub(crate) async fn put_next_look(ports: &SendPorts, message: &Message, at: Timestamp) -> StoreResult<Sent> {
    ports.due.put(&[one_off_hint(message, at)]).await?;
    Ok(Sent::Done)
}
