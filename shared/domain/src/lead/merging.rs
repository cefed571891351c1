//! Two leads that are one person are merged: the survivor stays, and the absorbed lead is hidden and points to it.
//!
//! The survivor keeps its own value of each field or takes the other's. Tags and notes are put together. A do-not-contact
//! mark, a withdrawn consent or a hold for a possible opt-out of either lead holds for the survivor. For 30 days the merge can be undone: the survivor
//! then gives back each value that it still has from the merge.

mod fields;

pub use fields::MergeField;

use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::event::UserOrKey;
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::attributes::LeadText;
use crate::lead::consent::Consents;
use crate::lead::custom_field::MOST_VALUES;
use crate::lead::deletion::{Deletion, RESTORABLE_DAYS};
use crate::lead::engagement::Engagement;
use crate::lead::opt_out_hold::OptOutHold;
use crate::lead::zone::forget_stale_zone;
use crate::lead::{Lead, MOST_TAGS};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The most leads that one lead can have absorbed, those that they had absorbed before included.
pub const MOST_ABSORBED: usize = 10;

/// A user's choices of fields: whose value the survivor has.
pub type MergeChoices = BTreeMap<MergeField, LeadId>;

/// One merge, as the survivor remembers it.
#[derive(Debug, Clone)]
pub struct LeadMerge {
    pub workspace: WorkspaceId,
    pub survivor: LeadId,
    pub absorbed: LeadId,
    /// The absorbed lead's name and addresses, for the history.
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub at: Timestamp,
    pub by: Option<UserOrKey>,
    /// The addresses of the absorbed lead by which the survivor was found before: they stay its former ones.
    pub known_before: Vec<String>,
    /// The survivor before the merge and after it.
    pub before: Lead,
    pub after: Lead,
}

impl LeadMerge {
    pub fn new(survivor: &Lead, absorbed: &Lead, choices: &MergeChoices, at: Timestamp) -> Self {
        Self {
            workspace: survivor.workspace.clone(),
            survivor: survivor.id.clone(),
            absorbed: absorbed.id.clone(),
            name: absorbed.display_name(),
            email: absorbed.email.as_ref().map(ToString::to_string),
            phone: absorbed.phone.as_ref().map(ToString::to_string),
            at,
            by: None,
            known_before: Vec::new(),
            before: survivor.clone(),
            after: merged(survivor, absorbed, choices, at),
        }
    }

    pub fn undo_until(&self) -> Timestamp {
        let kept = SignedDuration::from_hours(24 * RESTORABLE_DAYS);
        self.at.checked_add(kept).unwrap_or(Timestamp::MAX)
    }

    pub fn can_be_undone(&self, now: Timestamp) -> bool {
        now < self.undo_until()
    }

    /// The absorbed lead as it is hidden. Its enrolments have ended before.
    pub fn hidden(&self, absorbed: &Lead) -> Lead {
        let into = Some(self.survivor.clone());
        Lead {
            deleted: Some(Deletion { at: self.at, by: self.by.clone(), into }),
            fence: absorbed.fence + 1,
            updated_at: self.at,
            ..absorbed.clone()
        }
    }

    /// The two leads as they are once the merge is undone: the survivor, then the absorbed one. `is_quiet` says that
    /// nothing was sent to the survivor and nothing came from it since.
    pub fn undone(&self, survivor: &Lead, absorbed: &Lead, is_quiet: bool, at: Timestamp) -> (Lead, Lead) {
        let mut left = survivor.clone();
        self.give_back(&mut left, is_quiet);
        forget_stale_zone(survivor, &mut left);
        let parted = |id: &LeadId| *id == absorbed.id || absorbed.absorbed.contains(id);
        left.absorbed.retain(|id| !parted(id));
        left.updated_at = at;
        let mut back = Lead { deleted: None, updated_at: at, fence: absorbed.fence + 1, ..absorbed.clone() };
        // It may have had messages as the survivor, and as whom that one was before.
        back.parted.insert(survivor.id.clone());
        back.parted.extend(survivor.parted.iter().cloned());
        // What the person asked for while they were one lead holds for both.
        back.do_not_contact |= survivor.do_not_contact && !self.after.do_not_contact;
        back.do_not_track |= survivor.do_not_track && !self.after.do_not_track;
        if survivor.tracking_withdrawn && !self.after.tracking_withdrawn {
            back.withdraw_tracking();
        }
        self.hold_as_decided(survivor, &mut back);
        for channel in Channel::ALL {
            let withdrawn = |lead: &Lead| lead.consents.get(channel).and_then(|consent| consent.withdrawn_at);
            if let Some(at) = withdrawn(survivor).filter(|_| withdrawn(&self.after).is_none()) {
                back.consents.withdraw(&[channel], at);
            }
        }
        (left, back)
    }

    /// Gives the absorbed lead the hold that it would have had: a message about which users have decided since is decided
    /// for both leads, and one that came since may be an opt-out of both.
    fn hold_as_decided(&self, survivor: &Lead, back: &mut Lead) {
        let messages =
            |hold: &Option<OptOutHold>| hold.iter().flat_map(|hold| hold.messages.clone()).collect();
        let (then, now): (Vec<_>, Vec<_>) =
            (messages(&self.after.opt_out_hold), messages(&survivor.opt_out_hold));
        for decided in then.iter().filter(|message| !now.contains(message)) {
            back.settle_hold(decided);
        }
        if now.iter().any(|message| !then.contains(message)) {
            back.opt_out_hold =
                OptOutHold::joined(back.opt_out_hold.as_ref(), survivor.opt_out_hold.as_ref());
        }
    }

    /// Gives each field its former value, where it still has the one from the merge.
    fn give_back(&self, lead: &mut Lead, is_quiet: bool) {
        let (before, after) = (&self.before, &self.after);
        let now = lead.clone();
        for field in MergeField::of_any(&[before, after]) {
            // How far a lead is may have come from what happened since, and would have been the same.
            let may_go = is_quiet || field != MergeField::Status;
            let was_taken = field.value_in(before) != field.value_in(after);
            if may_go && was_taken && field.value_in(lead) == field.value_in(after) {
                field.copy(before, lead);
            }
        }
        let gained = |tag: &String| after.tags.contains(tag) && !before.tags.contains(tag);
        lead.tags.retain(|tag| !gained(tag));
        macro_rules! restore {
            ($($field:ident)+) => { $(if lead.$field == after.$field { lead.$field.clone_from(&before.$field); })+ };
        }
        restore!(chat_user notes phone_unparsed do_not_contact opt_out_hold do_not_track tracking_consent tracking_withdrawn zone deliverability away mailbox);
        if is_quiet {
            restore!(engagement last_contacted_at);
        }
        for channel in Channel::ALL {
            if now.consents.get(channel) == after.consents.get(channel) {
                lead.consents.set(channel, before.consents.get(channel).cloned());
            }
            // The person may have opted out once more since, which changes nothing that is withdrawn already.
            if let Some(at) = now.consents.get(channel).and_then(|consent| consent.withdrawn_at) {
                lead.consents.withdraw(&[channel], at);
            }
        }
        if lead.email != now.email {
            lead.deliverability = before.deliverability.filter(|_| lead.email == before.email);
        }
        lead.second_email = lead.second_email.take().filter(|second| lead.email.as_ref() != Some(second));
        let first = lead.phone.as_ref().map(|phone| phone.subscriber().into_owned());
        let is_first = |second: &PhoneNumber| Some(second.subscriber().into_owned()) == first;
        lead.second_phone = lead.second_phone.take().filter(|second| !is_first(second));
    }
}

/// Returns the survivor with what it takes from the other lead.
fn merged(survivor: &Lead, other: &Lead, choices: &MergeChoices, at: Timestamp) -> Lead {
    let mut lead = survivor.clone();
    let takes = |field: &MergeField| match choices.get(field).filter(|_| field.can_be_chosen()) {
        Some(chosen) if *chosen == other.id => field.value_in(other).is_some(),
        Some(chosen) if *chosen == survivor.id => false,
        _ => field.value_in(survivor).is_none(),
    };
    for field in MergeField::of_any(&[survivor, other]) {
        let has_room = !field.is_custom() || lead.custom.len() < MOST_VALUES;
        let is_known = field.value_in(&lead).is_some();
        if field.value_in(other).is_some() && takes(&field) && (has_room || is_known) {
            field.copy(other, &mut lead);
        }
    }
    if !choices.contains_key(&MergeField::Status) {
        MergeField::Status.copy(survivor, &mut lead);
        if lead.advance_status(other.status, other.stage_since) {
            lead.lost_reason = other.lost_reason;
        }
    }
    place_addresses(&mut lead, (survivor, other));
    lead.tags.extend(other.tags.iter().cloned());
    while lead.tags.len() > MOST_TAGS {
        let surplus = lead.tags.iter().rev().find(|tag| !survivor.tags.contains(*tag)).cloned();
        let Some(surplus) = surplus else { break };
        lead.tags.remove(&surplus);
    }
    lead.notes = joined_notes(survivor.notes.as_deref(), other.notes.as_deref());
    lead.do_not_contact |= other.do_not_contact;
    lead.opt_out_hold = OptOutHold::joined(survivor.opt_out_hold.as_ref(), other.opt_out_hold.as_ref());
    lead.do_not_track |= other.do_not_track;
    if other.tracking_withdrawn {
        lead.withdraw_tracking();
    } else if !lead.tracking_withdrawn {
        lead.tracking_consent = survivor.tracking_consent.or(other.tracking_consent);
    }
    lead.consents = joined_consents(&survivor.consents, &other.consents);
    lead.engagement = joined_engagement(&survivor.engagement, &other.engagement, at);
    lead.last_contacted_at = survivor.last_contacted_at.max(other.last_contacted_at);
    lead.away = [survivor.away, other.away].into_iter().flatten().max_by_key(|away| away.noted_at);
    lead.mailbox = survivor.mailbox.clone().or_else(|| other.mailbox.clone());
    forget_stale_zone(survivor, &mut lead);
    if lead.zone.is_none() && (&lead.country, &lead.phone) == (&other.country, &other.phone) {
        lead.zone.clone_from(&other.zone);
    }
    lead.absorbed.insert(other.id.clone());
    lead.absorbed.extend(other.absorbed.iter().cloned());
    lead.parted.extend(other.parted.iter().filter(|id| **id != survivor.id).cloned());
    lead.updated_at = at;
    lead
}

/// Gives the other lead's address the second place, where that is free.
fn place_addresses(lead: &mut Lead, (survivor, other): (&Lead, &Lead)) {
    let emails = [&survivor.email, &other.email, &survivor.second_email, &other.second_email];
    let is_second = |email: &&EmailAddress| lead.email.as_ref() != Some(*email);
    if lead.second_email.as_ref() == lead.email.as_ref() {
        lead.second_email = None;
    }
    if lead.second_email.is_none() || survivor.second_email.is_none() {
        lead.second_email = emails.into_iter().flatten().find(is_second).cloned();
    }
    let phones = [&survivor.phone, &other.phone, &survivor.second_phone, &other.second_phone];
    let same = |one: &PhoneNumber, two: &Option<PhoneNumber>| {
        two.as_ref().is_some_and(|two| one.subscriber() == two.subscriber())
    };
    let first = lead.phone.clone();
    if lead.second_phone.as_ref().is_some_and(|second| same(second, &first)) {
        lead.second_phone = None;
    }
    if lead.second_phone.is_none() || survivor.second_phone.is_none() {
        lead.second_phone = phones.into_iter().flatten().find(|phone| !same(phone, &first)).cloned();
    }
    if lead.email != survivor.email {
        lead.deliverability = other.deliverability.filter(|_| lead.email == other.email);
    }
    lead.chat_user = survivor.chat_user.clone().or_else(|| other.chat_user.clone());
    lead.phone_unparsed = match lead.phone {
        Some(_) => None,
        None => survivor.phone_unparsed.clone().or_else(|| other.phone_unparsed.clone()),
    };
}

/// Puts the notes one under the other, as far as there is room.
fn joined_notes(own: Option<&str>, others: Option<&str>) -> Option<String> {
    let (own, others) = match (own, others) {
        (None, one) | (one, None) => return one.map(str::to_owned),
        (Some(own), Some(others)) => (own, others),
    };
    if own.contains(others) {
        return Some(own.to_owned());
    }
    Some(format!("{own}\n\n{others}").chars().take(LeadText::Notes.longest()).collect())
}

/// A consent that either has withdrawn stays withdrawn; of two in force the survivor's counts.
fn joined_consents(own: &Consents, others: &Consents) -> Consents {
    let mut joined = own.clone();
    joined.merge(others, false);
    for (channel, consent) in others.iter() {
        if let Some(at) = consent.withdrawn_at {
            joined.withdraw(&[channel], at);
        }
    }
    joined
}

fn joined_engagement(own: &Engagement, others: &Engagement, at: Timestamp) -> Engagement {
    let hotter = if others.heat_at(at) > own.heat_at(at) { others.heat } else { own.heat };
    let mut seen = others.seen.clone();
    seen.extend(own.seen.iter().cloned());
    let mut recent_views: Vec<Timestamp> =
        own.recent_views.iter().chain(&others.recent_views).copied().collect();
    recent_views.sort_unstable();
    Engagement {
        opens: own.opens + others.opens,
        clicks: own.clicks + others.clicks,
        views: own.views + others.views,
        cta_clicks: own.cta_clicks + others.cta_clicks,
        messages: own.messages + others.messages,
        cold_messages: own.cold_messages + others.cold_messages,
        seconds_on_page: own.seconds_on_page + others.seconds_on_page,
        heat: hotter,
        recent_views: last_of(recent_views, 10),
        hot_since: own.hot_since.max(others.hot_since),
        hot_by_score_since: own.hot_by_score_since.max(others.hot_by_score_since),
        last_action_at: own.last_action_at.max(others.last_action_at),
        response_hours: own.response_hours.or(others.response_hours),
        seen: last_of(seen, 24),
    }
}

fn last_of<T>(mut all: Vec<T>, kept: usize) -> Vec<T> {
    let surplus = all.len().saturating_sub(kept);
    all.split_off(surplus)
}

/// Proposes which of these leads stays: the one that was contacted last, else the oldest.
pub fn proposed_survivor(leads: &[Lead]) -> Option<&Lead> {
    let rank = |lead: &&Lead| (lead.last_contacted_at, std::cmp::Reverse((lead.created_at, lead.id.clone())));
    leads.iter().max_by_key(rank)
}

/// The tags that these leads have together.
pub fn united_tags(leads: &[Lead]) -> BTreeSet<&str> {
    leads.iter().flat_map(|lead| &lead.tags).map(String::as_str).collect()
}

#[cfg(test)]
mod tests;
