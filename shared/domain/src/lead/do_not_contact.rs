//! Why a lead is not written to: who asked for it, when and how. It is the same for sequences and for
//! messages that users write.

use crate::contact::channel::Channel;
use crate::lead::Lead;
use crate::lead::opt_out_hold::OptOutHold;
use crate::lead::suppression::{Endings, Suppression, SuppressionReason, SuppressionScope};
use crate::planning::eligibility::channel_closed;
use crate::planning::eligibility::may_be_contacted;
use crate::planning::skip_reason::SkipReason;
use crate::workspace::Workspace;
use jiff::Timestamp;
use serde::Serialize;

/// The code under which leads without a sufficient consent are counted.
pub const NO_CONSENT: &str = "no_consent";

/// The code under which leads are counted that may have opted out.
pub const POSSIBLE_OPT_OUT: &str = "possible_opt_out";

/// The code under which leads are counted for whom a message has no hours, because nobody knows in which zone they are.
pub const UNKNOWN_ZONE: &str = "unknown_zone";

/// The code under which leads are counted whose day and the account's sending hours never meet.
pub const WINDOW_NEVER_OPENS: &str = "window_never_opens";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactBar {
    /// A user has marked the lead as do-not-contact.
    DoNotContact,
    /// An entry of the suppression list closes this channel, or all channels.
    Listed(Suppression),
    /// A message of the lead may be an opt-out, and no user has decided yet.
    MayHaveOptedOut(OptOutHold),
    /// The channel cannot reach the lead.
    Unreachable(SkipReason),
}

/// Why nothing may go to this lead on this channel, if so. An opt-out on one channel closes all of them,
/// unless the workspace chose otherwise.
pub fn contact_bar(
    lead: &Lead,
    channel: Channel,
    (listed, endings): (&[Suppression], &Endings),
    now: Timestamp,
) -> Option<ContactBar> {
    if let Some(bar) = bar_of_person(lead, listed, endings, now) {
        return Some(bar);
    }
    let in_force = || listed.iter().filter(|entry| entry.in_force(now));
    let closed = channel_closed(lead, channel, listed, now)?;
    let of_channel = |entry: &&Suppression| entry.scope.is_of(channel);
    let entry = in_force().filter(|_| closed == SkipReason::AddressSuppressed).find(of_channel).cloned();
    Some(entry.map_or(ContactBar::Unreachable(closed), ContactBar::Listed))
}

/// Why nothing may go to this lead on any channel, if so: what `may_be_contacted` checks.
pub fn bar_of_person(
    lead: &Lead,
    listed: &[Suppression],
    endings: &Endings,
    now: Timestamp,
) -> Option<ContactBar> {
    if may_be_contacted(lead, listed, endings, now).passed {
        return None;
    }
    if lead.do_not_contact {
        return Some(ContactBar::DoNotContact);
    }
    let mut ending = listed.iter().filter(|entry| entry.in_force(now) && entry.ends_everything(endings));
    let entry = ending.next().cloned().map(ContactBar::Listed);
    entry.or_else(|| lead.opt_out_hold.clone().map(ContactBar::MayHaveOptedOut))
}

/// The code of why a bulk message may not go to this lead, if so. Nobody has asked for it, unlike a message that a user
/// writes to one lead, so it also needs the consent that a campaign's message needs.
pub fn bulk_bar(
    lead: &Lead,
    channel: Channel,
    (listed, workspace): (&[Suppression], &Workspace),
    now: Timestamp,
) -> Option<&'static str> {
    match contact_bar(lead, channel, (listed, &workspace.endings), now) {
        Some(bar) => Some(bar.as_str()),
        None => (!workspace.consent_policy().check(lead, channel).passed).then_some(NO_CONSENT),
    }
}

impl ContactBar {
    /// The code under which reasons are counted.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::DoNotContact => "do_not_contact",
            Self::Listed(_) => SkipReason::AddressSuppressed.as_str(),
            Self::MayHaveOptedOut(_) => POSSIBLE_OPT_OUT,
            Self::Unreachable(why) => why.as_str(),
        }
    }

    /// A sentence that gives the reason to users, and one that says what they cannot do.
    pub fn describe(&self, lead: &Lead, channel: Channel) -> String {
        let name = lead.first_name.clone().unwrap_or_else(|| lead.display_name());
        let why = match self {
            Self::DoNotContact => format!("{name} is marked as do not contact."),
            Self::Listed(entry) => entry.describe(&name),
            Self::MayHaveOptedOut(hold) => hold.describe(&name),
            Self::Unreachable(SkipReason::NoEmail) => format!("{name} has no e-mail address."),
            Self::Unreachable(SkipReason::NoPhone) => format!("{name} has no phone number."),
            Self::Unreachable(_) => format!("The address of {name} does not accept e-mail."),
        };
        let so = match channel {
            Channel::Email => "You can't e-mail them.",
            Channel::Sms => "You can't text them.",
            Channel::Whatsapp => "You can't write to them on WhatsApp.",
        };
        format!("{why} {so}")
    }
}

impl Suppression {
    /// A sentence that tells what happened to the person of this name.
    pub fn describe(&self, name: &str) -> String {
        let on = self.created_at.strftime("%-d %b %Y");
        match (self.reason, &self.scope, &self.created_by) {
            (SuppressionReason::OptedOut, scope, None) if scope.is_of_texts() && self.came_with_lead() => {
                format!("{name} is not to be called or texted, as given with the lead on {on}.")
            }
            (SuppressionReason::OptedOut, _, _) if self.came_with_lead() => {
                format!("{name} has opted out, as given with the lead on {on}.")
            }
            (SuppressionReason::OptedOut, _, Some(_)) => {
                format!("{name} asked not to be contacted, as noted on {on}.")
            }
            (SuppressionReason::OptedOut, scope, None) if scope.is_of_texts() => {
                format!("{name} texted STOP on {on}.")
            }
            (SuppressionReason::OptedOut, _, None) => format!("{name} unsubscribed on {on}."),
            (SuppressionReason::Complaint, ..) => format!("{name} reported an e-mail as spam on {on}."),
            (
                SuppressionReason::HardBounce,
                SuppressionScope::Phone(who) | SuppressionScope::ChatUser(who),
                _,
            ) => {
                format!("{who} was rejected as not a working number on {on}.")
            }
            (SuppressionReason::HardBounce, scope, _) => {
                format!("E-mail to {} hard-bounced on {on}.", scope.value())
            }
            (SuppressionReason::Manual, scope, _) => {
                format!("{} was put on the suppression list on {on}.", scope.value())
            }
        }
    }
}

impl SuppressionScope {
    pub fn value(&self) -> &str {
        match self {
            Self::Email(value) | Self::Domain(value) | Self::Phone(value) | Self::ChatUser(value) => value,
        }
    }

    /// Whether the entry concerns this channel.
    pub fn is_of(&self, channel: Channel) -> bool {
        match self {
            Self::Email(_) | Self::Domain(_) => channel == Channel::Email,
            Self::Phone(_) | Self::ChatUser(_) => channel != Channel::Email,
        }
    }
}

/// Whether a message that a user writes on this channel would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelState {
    pub channel: Channel,
    pub open: bool,
    /// Why it would not: `do_not_contact`, `possible_opt_out`, `no_email`, `no_phone`, `undeliverable`, `address_suppressed`,
    /// `window_closed`.
    pub closed_because: Option<String>,
    /// The reason as a sentence: who asked for it, when and how. None for a closed window.
    pub told: Option<String>,
}

impl ChannelState {
    pub fn of(lead: &Lead, channel: Channel, listed: (&[Suppression], &Endings), now: Timestamp) -> Self {
        let contact_bar = contact_bar(lead, channel, listed, now);
        Self {
            channel,
            open: contact_bar.is_none(),
            closed_because: contact_bar.as_ref().map(|contact_bar| contact_bar.as_str().to_owned()),
            told: contact_bar.map(|contact_bar| contact_bar.describe(lead, channel)),
        }
    }
}

#[cfg(test)]
mod tests;
