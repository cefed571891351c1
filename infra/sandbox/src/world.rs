//! The state of the sandbox: mailboxes, phones, people, and due actions.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::agenda::Agenda;
use crate::bookings::Bookings;
use crate::config::{Secrets, WebhookUrls};
use crate::data::apify::ActorRun;
use crate::domains::LeadsTo;
use crate::imap::ImapBox;
use crate::mail::Mail;
use crate::mail_webhooks::{MailWebhook, ReceivedMail};
use crate::observed::{Deed, DeedKind, Observed, ObservedEmail, ObservedSms};
use crate::phone::PhoneCall;
use crate::sites::{PushBrowser, SlackText, TakenPush};
use crate::stripe::Sale;

/// Everything that survives a restart, as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot(pub(crate) World);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct World {
    pub mails: Vec<Mail>,
    pub texts: Vec<Text>,
    #[serde(default)]
    pub calls: Vec<PhoneCall>,
    /// Mails and texts of each address and number, oldest first.
    pub mailboxes: BTreeMap<String, Vec<usize>>,
    pub phones: BTreeMap<String, Vec<usize>>,
    pub people: BTreeMap<String, Life>,
    pub agenda: Agenda,
    pub emails_accepted: Vec<ObservedEmail>,
    pub texts_accepted: Vec<ObservedSms>,
    pub deeds: Vec<Deed>,
    /// The first attempt at each address that greylists.
    pub greylist: BTreeMap<String, Timestamp>,
    /// Idempotency keys of Resend.
    #[serde(default)]
    pub resend_keys: BTreeMap<String, KeyUsed>,
    /// Verifications that were answered "not yet" once.
    pub verifying: BTreeSet<String>,
    /// Pairs of (our number, theirs) that STOP has closed.
    pub opted_out: BTreeSet<(String, String)>,
    pub webhooks: Option<WebhookUrls>,
    #[serde(default)]
    pub secrets: Option<Secrets>,
    /// The mailboxes that are read by IMAP, by address.
    #[serde(default)]
    pub imap: BTreeMap<String, ImapBox>,
    /// What is entered in the consoles of mail providers.
    #[serde(default)]
    pub mail_webhooks: Vec<MailWebhook>,
    /// The tags of mails sent by Resend, by Message-ID.
    #[serde(default)]
    pub resend_tags: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    pub resend_received: BTreeMap<String, ReceivedMail>,
    /// The token by which a subscription to the topic is confirmed, and the subscriptions that are, by address.
    #[serde(default)]
    pub sns_tokens: BTreeMap<String, String>,
    #[serde(default)]
    pub sns_confirmed: BTreeSet<String>,
    #[serde(default)]
    pub bookings: Bookings,
    /// Purchases at Stripe, oldest first.
    #[serde(default)]
    pub sales: Vec<Sale>,
    /// The target of each domain's record.
    #[serde(default)]
    pub domains: BTreeMap<String, LeadsTo>,
    /// People whom searches have shown, by the id that stood there: first name, surname, domain.
    #[serde(default)]
    pub prospects: BTreeMap<String, [String; 3]>,
    /// Runs of actors, by id.
    #[serde(default)]
    pub actor_runs: BTreeMap<String, ActorRun>,
    #[serde(default)]
    pub slack_texts: Vec<SlackText>,
    #[serde(default)]
    pub push_browsers: Vec<PushBrowser>,
    #[serde(default)]
    pub taken_pushes: Vec<TakenPush>,
    serial: u64,
}

/// The state of one person, who is known by address or number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Life {
    pub received: u32,
    pub replied: bool,
    pub gone: bool,
    pub paid: bool,
    pub away_until: Option<Timestamp>,
    pub last_auto_reply: Option<Timestamp>,
    /// The lead's preview page, once seen.
    pub preview: Option<String>,
    pub pay_link: Option<String>,
}

/// A request under an idempotency key that was accepted, or is still being processed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeyUsed {
    pub at: Timestamp,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    pub id: String,
    #[serde(default)]
    pub under_way_until: Option<Timestamp>,
}

/// A text or a chat message in either direction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Text {
    pub id: usize,
    pub sid: String,
    pub at: Timestamp,
    pub updated: Timestamp,
    pub from: String,
    pub to: String,
    pub body: String,
    pub inbound: bool,
    pub status: String,
    pub error_code: Option<u32>,
    pub status_callback: Option<String>,
    pub service_sid: Option<String>,
    pub segments: u32,
    pub read: bool,
    /// Whether it is a WhatsApp message.
    #[serde(default)]
    pub chat: bool,
    /// The product's tag, which WhatsApp repeats in each report.
    #[serde(default)]
    pub tag: Option<String>,
}

impl Text {
    /// The number of the person, in either direction of the text.
    pub fn person(&self) -> &str {
        if self.inbound { &self.from } else { &self.to }
    }
}

/// The locked state. Whoever takes it to write counts as one change.
pub(crate) struct OpenWorld<'a> {
    pub world: MutexGuard<'a, World>,
    pub changes: &'a AtomicU64,
}

impl Deref for OpenWorld<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for OpenWorld<'_> {
    fn deref_mut(&mut self) -> &mut World {
        self.changes.fetch_add(1, Ordering::AcqRel);
        &mut self.world
    }
}

impl World {
    /// A number that this world has never given before; ids are derived from it.
    pub fn serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    pub fn life(&mut self, who: &str) -> &mut Life {
        self.people.entry(who.to_owned()).or_default()
    }

    pub fn keep_mail(&mut self, mut mail: Mail) -> usize {
        let id = self.mails.len();
        mail.id = id;
        self.emails_accepted.push(ObservedEmail {
            at: mail.at,
            message_id: mail.message_id.clone(),
            recipient: mail.to.clone(),
            from: mail.from.clone(),
            tag: mail.tag.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            in_reply_to: mail.in_reply_to.clone(),
            unsubscribe: mail.unsubscribe.clone().filter(|_| mail.one_click),
            links: mail.links.iter().map(|link| &link.url).chain(&mail.images).cloned().collect(),
        });
        self.mailboxes.entry(mail.to.clone()).or_default().push(id);
        self.mails.push(mail);
        id
    }

    pub fn keep_text(&mut self, mut text: Text) -> usize {
        let id = self.texts.len();
        text.id = id;
        if !text.inbound {
            self.texts_accepted.push(ObservedSms {
                at: text.at,
                sid: text.sid.clone(),
                to: text.to.clone(),
                from: text.from.clone(),
                body: text.body.clone(),
                status_callback: text.status_callback.clone(),
                tag: text.tag.clone(),
            });
        }
        self.phones.entry(text.person().to_owned()).or_default().push(id);
        self.texts.push(text);
        id
    }

    /// Records an action of a person; the index finds it again when the app has answered.
    pub fn did(
        &mut self,
        at: Timestamp,
        who: &str,
        kind: DeedKind,
        about: Option<String>,
        detail: &str,
    ) -> usize {
        let deed = Deed {
            at,
            who: who.to_owned(),
            kind,
            about,
            letter: None,
            detail: detail.to_owned(),
            status: None,
            answered_at: None,
            mailbox: None,
            read_at: None,
            money_told_at: None,
        };
        self.deeds.push(deed);
        self.deeds.len() - 1
    }

    pub fn accepted_since(&self, emails: usize, texts: usize) -> (Vec<ObservedEmail>, Vec<ObservedSms>) {
        let (emails, texts) = (self.emails_accepted.get(emails..), self.texts_accepted.get(texts..));
        (emails.unwrap_or_default().to_vec(), texts.unwrap_or_default().to_vec())
    }

    pub fn observed(&self) -> Observed {
        Observed {
            emails: self.emails_accepted.clone(),
            sms: self.texts_accepted.clone(),
            deeds: self.deeds.clone(),
        }
    }
}
