//! A lead: a person or business whom the workspace wants to win.

pub mod attributes;
pub mod colleague_reply;
pub mod company;
pub mod company_hold;
pub mod consent;
pub mod custom_field;
pub mod data_field;
pub mod deletion;
pub mod do_not_contact;
pub mod duplicates;
pub mod engagement;
pub mod enrichment;
pub mod filter;
pub mod follow_up;
pub mod hand_over;
pub mod list_view;
pub mod meeting;
pub mod merging;
pub mod opening_line;
pub mod opt_out_hold;
pub mod out_of_office;
pub mod response_time;
pub mod routed;
pub mod routing;
pub mod scope;
pub mod score;
pub mod segment;
pub mod stage;
pub mod suppression;
pub mod suppression_line;
pub mod verdict;
pub mod zone;

use crate::contact::channel::Channel;
use crate::contact::chat_recipient::{ChatRecipient, ChatUser};
use crate::contact::country::Country;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::{AccountId, CampaignId, ImportId, LeadId, UserId, WorkspaceId};
use crate::lead::consent::Consents;
use crate::lead::deletion::Deletion;
use crate::lead::engagement::Engagement;
use crate::lead::enrichment::Deliverability;
use crate::lead::follow_up::FollowUpBy;
use crate::lead::opt_out_hold::OptOutHold;
use crate::lead::out_of_office::Absence;
use crate::lead::routed::RoutedBy;
use crate::lead::stage::{LostReasonId, StageBefore, StageId, is_soon_after};
use crate::time::time_zone::ZoneFact;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most campaigns that a lead may be active in; a further enrolment is refused with a reason.
pub const MAX_ACTIVE_ENROLMENTS: usize = 20;

/// The most tags of a lead.
pub const MOST_TAGS: usize = 50;

#[derive(Debug, Clone)]
pub struct Lead {
    pub id: LeadId,
    pub workspace: WorkspaceId,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company: Option<String>,
    pub job_title: Option<String>,
    pub email: Option<EmailAddress>,
    pub phone: Option<PhoneNumber>,
    /// Another address and another number of the person. What comes from there is the lead's; nothing is sent there by
    /// itself.
    pub second_email: Option<EmailAddress>,
    pub second_phone: Option<PhoneNumber>,
    /// WhatsApp's id of the person, by which they are written to there while no number is known.
    pub chat_user: Option<ChatUser>,
    /// A number as it was given, kept because it does not parse: shown with a warning, never messaged.
    pub phone_unparsed: Option<String>,
    pub website: Option<String>,
    /// The address of the lead's LinkedIn page.
    pub linkedin: Option<String>,
    pub address: Option<String>,
    pub city: Option<String>,
    pub country: Option<Country>,
    pub category: Option<String>,
    pub rating: Option<f64>,
    pub reviews: Option<u32>,
    pub notes: Option<String>,
    pub source: Option<String>,
    pub tags: BTreeSet<String>,
    /// The values of the workspace's custom fields by the fields' keys, and those of columns that no field takes (at most
    /// 50, of at most 1,000 characters each). The `custom_field` module says what the texts mean.
    pub custom: BTreeMap<String, String>,

    /// The stage that the lead is in, and since when.
    pub status: StageId,
    pub stage_since: Timestamp,
    /// The stage before, for a move that is taken back at once.
    pub stage_before: Option<StageBefore>,
    /// Why the lead is lost, as far as that was said. A lead in another stage has no reason.
    pub lost_reason: Option<LostReasonId>,
    pub priority: Priority,
    pub do_not_contact: bool,
    /// Set while a message of the lead may be an opt-out and no user has said so or denied it.
    pub opt_out_hold: Option<OptOutHold>,
    /// The lead does not want to be tracked: mails to it have no pixel and no links through us.
    pub do_not_track: bool,
    /// The day on which the lead agreed to have opens and clicks of its mails measured, as the law of some countries asks.
    pub tracking_consent: Option<Date>,
    /// Whether the lead had agreed to that and took it back.
    pub tracking_withdrawn: bool,
    /// The grounds on which the lead may be contacted, by channel.
    pub consents: Consents,
    pub owner: Option<UserId>,
    /// The decision that gave the lead its first owner, if a rule did.
    pub routed: Option<RoutedBy>,
    pub import: Option<ImportId>,

    pub zone: Option<ZoneFact>,
    pub deliverability: Option<Deliverability>,
    pub engagement: Engagement,
    /// The temperature that the nightly job announced last; the one shown is computed when it is read.
    pub announced_temperature: Temperature,

    /// The latest out-of-office reply, if there was any.
    pub away: Option<Absence>,

    /// Rises with every stop. An enrolment that was begun under an older fence cannot be created any more.
    pub fence: u64,
    pub active: BTreeSet<CampaignId>,
    /// The mailbox that wrote to the lead last in a campaign that has ended for them, or as their first contact outside any.
    pub mailbox: Option<AccountId>,
    /// Set when a campaign has held the lead for a missing merge value; when a value is filled in, those holds are released.
    pub lacks_value: bool,

    /// Set while the lead is deleted and can still be restored. It is then in no list, and nothing is sent to it.
    pub deleted: Option<Deletion>,
    /// The leads that were merged into this one, and those merged into them before (at most 10 together). Each keeps what
    /// happened to it, and is read with this lead.
    pub absorbed: BTreeSet<LeadId>,
    /// The leads that this one was once merged into: it may have had messages as one of them.
    pub parted: BTreeSet<LeadId>,

    pub follow_up_at: Option<Timestamp>,
    /// The rule that set a follow-up date last: this one, as long as the dates are the same.
    pub follow_up_by: Option<FollowUpBy>,
    pub last_contacted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The revision of the stored item: a save with another one is a conflict. 0 means never stored.
    pub rev: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Normal,
    High,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Temperature {
    Cold,
    Warm,
    Hot,
}

impl Lead {
    /// Records that the lead agreed on this day to have opens and clicks measured.
    pub fn agree_to_tracking(&mut self, on: Date) {
        (self.tracking_consent, self.tracking_withdrawn) = (Some(on), false);
    }

    /// Records that the lead no longer agrees to have opens and clicks measured.
    pub fn withdraw_tracking(&mut self) {
        (self.tracking_consent, self.tracking_withdrawn) = (None, true);
    }

    /// A lead of which nothing is known yet.
    pub fn blank(id: LeadId, workspace: WorkspaceId, at: Timestamp) -> Self {
        Self {
            id,
            workspace,
            first_name: None,
            last_name: None,
            company: None,
            job_title: None,
            email: None,
            phone: None,
            second_email: None,
            second_phone: None,
            chat_user: None,
            phone_unparsed: None,
            website: None,
            linkedin: None,
            address: None,
            city: None,
            country: None,
            category: None,
            rating: None,
            reviews: None,
            notes: None,
            source: None,
            tags: BTreeSet::new(),
            custom: BTreeMap::new(),
            status: StageId::NEW,
            stage_since: at,
            stage_before: None,
            lost_reason: None,
            priority: Priority::Normal,
            do_not_contact: false,
            opt_out_hold: None,
            do_not_track: false,
            tracking_consent: None,
            tracking_withdrawn: false,
            consents: Consents::default(),
            owner: None,
            routed: None,
            import: None,
            zone: None,
            deliverability: None,
            engagement: Engagement::default(),
            announced_temperature: Temperature::Cold,
            away: None,
            fence: 0,
            active: BTreeSet::new(),
            mailbox: None,
            lacks_value: false,
            deleted: None,
            absorbed: BTreeSet::new(),
            parted: BTreeSet::new(),
            follow_up_at: None,
            follow_up_by: None,
            last_contacted_at: None,
            created_at: at,
            updated_at: at,
            rev: 0,
        }
    }

    /// The name to show: the person's, else the business's, else an address.
    pub fn display_name(&self) -> String {
        let person = [self.first_name.as_deref(), self.last_name.as_deref()];
        let person: Vec<&str> = person.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        if !person.is_empty() {
            return person.join(" ");
        }
        let fallback = self.company.clone().or_else(|| self.email.as_ref().map(ToString::to_string));
        fallback
            .or_else(|| self.phone.as_ref().map(ToString::to_string))
            .unwrap_or_else(|| "Unnamed".to_owned())
    }

    /// Whether the lead is in no list: it is deleted, or was merged into another.
    pub fn is_deleted(&self) -> bool {
        self.deleted.is_some()
    }

    /// Whether this id is the lead's, or that of a lead that was merged into it.
    pub fn has_been(&self, id: &LeadId) -> bool {
        self.id == *id || self.absorbed.contains(id)
    }

    /// The lead that this one was merged into.
    pub fn merged_into(&self) -> Option<&LeadId> {
        self.deleted.as_ref()?.into.as_ref()
    }

    /// Whether a change of owner hands the lead over to another user, who did not make the change and so
    /// decides whether its sequences continue.
    pub fn has_new_owner(&self, to: Option<&UserId>, by: Option<&UserId>) -> bool {
        self.owner.is_some() && to.is_some_and(|to| Some(to) != self.owner.as_ref() && Some(to) != by)
    }

    /// The address or number that this channel uses, if there is one.
    pub fn address_on(&self, channel: Channel) -> Option<String> {
        match channel {
            Channel::Email => self.email.as_ref().map(ToString::to_string),
            Channel::Sms => self.phone.as_ref().map(ToString::to_string),
            Channel::Whatsapp => self.chat_recipient().map(String::from),
        }
    }

    /// Returns the recipient of a WhatsApp message to the lead: its number where that is known, which every message reaches.
    pub fn chat_recipient(&self) -> Option<ChatRecipient> {
        let number = self.phone.clone().map(ChatRecipient::Number);
        number.or_else(|| self.chat_user.clone().map(ChatRecipient::User))
    }

    /// Makes the lead as a mail to another address of it sees it: what is known of its own address says nothing about
    /// that one.
    #[must_use]
    pub fn written_to_at(self, address: Option<&EmailAddress>) -> Self {
        match address {
            Some(other) if self.email.as_ref() != Some(other) => {
                Self { email: Some(other.clone()), deliverability: None, ..self }
            }
            _ => self,
        }
    }

    /// Whether the lead is found by other addresses or numbers than before.
    pub fn has_new_identity(&self, before: &Self) -> bool {
        let addresses = |lead: &Self| (lead.email.clone(), lead.second_email.clone());
        let numbers = |lead: &Self| (lead.phone.clone(), lead.second_phone.clone(), lead.chat_user.clone());
        addresses(self) != addresses(before) || numbers(self) != numbers(before)
    }

    /// Whether this is the lead's address, number or id, on any channel.
    pub fn is_reached_at(&self, address: &str) -> bool {
        let email = self.email.as_ref().is_some_and(|email| email.as_str() == address);
        let phone = self.phone.as_ref().is_some_and(|phone| phone.as_str() == address);
        email || phone || self.chat_user.as_ref().is_some_and(|user| user.as_str() == address)
    }

    /// Moves the lead forward, as the app does by itself; moving it back is a user's decision. The app never moves a lead
    /// out of a stage that is as far, nor back from one that a user has put it in (see `stage`).
    pub fn advance_status(&mut self, to: StageId, at: Timestamp) -> bool {
        let closed = self.status.is_closed() && to != StageId::WON;
        let is_back = to.reach() <= self.status.reach();
        if closed || is_back && !(self.status == StageId::LOST && to == StageId::WON) {
            return false;
        }
        let moved = self.move_to(to, at);
        // Nobody takes back what a program does.
        self.stage_before = None;
        moved
    }

    /// Whether the lead has become a client.
    pub fn is_client(&self) -> bool {
        self.status == StageId::WON
    }

    /// Whether a follow-up date acts. One that comes while it does not acts as soon as it does again.
    pub fn takes_follow_ups(&self) -> bool {
        let is_barred = self.do_not_contact || self.opt_out_hold.is_some();
        !self.is_deleted() && !is_barred && self.status != StageId::LOST
    }

    /// Puts the lead into a stage, where its time begins anew; false if it is there already. A move back to the stage before
    /// within a few minutes takes the move back: the lead is there since then.
    pub fn move_to(&mut self, to: StageId, at: Timestamp) -> bool {
        if self.status == to {
            return false;
        }
        let is_soon = is_soon_after(self.stage_since, at);
        let back = self.stage_before.filter(|before| before.stage == to && is_soon);
        let left = StageBefore { stage: self.status, since: self.stage_since };
        self.status = to;
        self.stage_since = back.map_or(at, |before| before.since);
        self.stage_before = back.is_none().then_some(left);
        self.lost_reason = None;
        true
    }
}
