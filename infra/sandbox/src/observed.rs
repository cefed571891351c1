//! Messages that went out and what simulated people did, observed from outside the product, so that an oracle
//! can rely on it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// An e-mail accepted with 250, once per recipient and acceptance; duplicates are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ObservedEmail {
    pub at: Timestamp,
    /// The Message-ID without angle brackets.
    pub message_id: String,
    pub recipient: String,
    /// The address in the header `From`.
    pub from: String,
    /// The header `X-Leadflow-Message`, if there was one.
    pub tag: Option<String>,
    pub subject: String,
    /// Its plain text.
    pub text: String,
    pub in_reply_to: Option<String>,
    /// The https or http address of List-Unsubscribe, if one request to it is enough.
    #[serde(default)]
    pub unsubscribe: Option<String>,
    /// The URLs of its links and images.
    #[serde(default)]
    pub links: Vec<String>,
}

/// A text accepted with 201.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ObservedSms {
    pub at: Timestamp,
    pub sid: String,
    pub to: String,
    pub from: String,
    pub body: String,
    /// The URL of status callbacks, with the product's tag in its query.
    pub status_callback: Option<String>,
    /// The product's tag, on WhatsApp.
    #[serde(default)]
    pub tag: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeedKind {
    Opened,
    Clicked,
    Scanned,
    ViewedPreview,
    ClickedCallToAction,
    Replied,
    AskedToStop,
    Unsubscribed,
    /// Wrote from an address that we do not know.
    WroteElsewhere,
    SentAutoReply,
    Bounced,
    TextedBack,
    TextedStop,
    Paid,
}

impl DeedKind {
    /// Whether nothing automatic may reach the same address or number afterwards.
    pub fn ends_contact(self) -> bool {
        use DeedKind::{AskedToStop, Bounced, Paid, Replied, TextedBack, TextedStop, Unsubscribed};
        matches!(self, Replied | AskedToStop | Unsubscribed | Bounced | TextedBack | TextedStop | Paid)
    }
}

/// The words before the day that an out-of-office reply names.
pub const RETURNS: &str = "back on ";

/// An action of a person, their scanner or their mail system.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deed {
    pub at: Timestamp,
    /// The e-mail address in lower case, or the number in E.164.
    pub who: String,
    pub kind: DeedKind,
    /// The Message-ID or SID of the message that it reacts to.
    pub about: Option<String>,
    /// The Message-ID of the mail that they wrote with it, without angle brackets.
    #[serde(default)]
    pub letter: Option<String>,
    pub detail: String,
    /// The status of the app's last answer; None until it was reported.
    pub status: Option<u16>,
    /// The time at which the app answered 2xx.
    pub answered_at: Option<Timestamp>,
    /// The mailbox that the letter arrived in, if the app reads letters to its address there.
    #[serde(default)]
    pub mailbox: Option<String>,
    /// The time at which that mailbox first handed the letter out whole.
    #[serde(default)]
    pub read_at: Option<Timestamp>,
    /// Only for a payment: the time at which the app answered 2xx to the event that reports its money.
    #[serde(default)]
    pub money_told_at: Option<Timestamp>,
}

impl Deed {
    /// The day that an out-of-office reply names.
    pub fn returns_on(&self) -> Option<Date> {
        self.detail.rsplit_once(RETURNS)?.1.parse().ok()
    }
}

/// A message accepted after the end of contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateSend<'a> {
    pub at: Timestamp,
    pub who: &'a str,
    /// The `X-Leadflow-Message` or Message-ID of a mail, the status callback or SID of a text.
    pub tag: &'a str,
}

/// The whole record.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Observed {
    pub emails: Vec<ObservedEmail>,
    pub sms: Vec<ObservedSms>,
    pub deeds: Vec<Deed>,
}

impl Observed {
    /// How often each (Message-ID, recipient) was accepted.
    pub fn email_acceptances(&self) -> BTreeMap<(&str, &str), u32> {
        let mut counts = BTreeMap::new();
        for email in &self.emails {
            *counts.entry((email.message_id.as_str(), email.recipient.as_str())).or_default() += 1;
        }
        counts
    }

    /// How often each tagged text was accepted; the tag is the status callback.
    pub fn sms_acceptances(&self) -> BTreeMap<&str, u32> {
        let mut counts = BTreeMap::new();
        for callback in self.sms.iter().filter_map(|sms| sms.status_callback.as_deref()) {
            *counts.entry(callback).or_default() += 1;
        }
        counts
    }

    /// The number of acceptances beyond the first, over both channels. The tag identifies a message, else the
    /// Message-ID.
    pub fn duplicate_sends(&self) -> u32 {
        let mut counts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for email in &self.emails {
            let identity = email.tag.as_deref().unwrap_or(&email.message_id);
            *counts.entry((identity, &email.recipient)).or_default() += 1;
        }
        counts.values().chain(self.sms_acceptances().values()).map(|count| count - 1).sum()
    }

    /// Messages accepted more than `grace` after the app had acknowledged that the same address or number
    /// ended contact. Messages that a user wrote by hand are included; the tag distinguishes them.
    pub fn sends_after_stop(&self, grace: SignedDuration) -> Vec<LateSend<'_>> {
        let mut ended: BTreeMap<&str, Timestamp> = BTreeMap::new();
        for deed in self.deeds.iter().filter(|deed| deed.kind.ends_contact()) {
            if let Some(at) = deed.answered_at {
                let first = ended.entry(&deed.who).or_insert(at);
                *first = (*first).min(at);
            }
        }
        let emails = self.emails.iter().map(|email| {
            let tag = email.tag.as_deref().unwrap_or(&email.message_id);
            LateSend { at: email.at, who: &email.recipient, tag }
        });
        let texts = self.sms.iter().map(|sms| {
            let tag = sms.status_callback.as_deref().unwrap_or(&sms.sid);
            LateSend { at: sms.at, who: &sms.to, tag }
        });
        emails
            .chain(texts)
            .filter(|send| ended.get(send.who).is_some_and(|end| send.at.duration_since(*end) > grace))
            .collect()
    }

    pub fn count(&self, kind: DeedKind) -> usize {
        self.deeds.iter().filter(|deed| deed.kind == kind).count()
    }
}
