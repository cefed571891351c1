//! Mail providers that post to the app: mail that they received for a domain, and what became of mails that were sent
//! through them. Each entry is what a user would have entered in the provider's console.

mod form;
pub(crate) mod mailgun;
mod postmark;
pub(crate) mod resend;
pub(crate) mod sendgrid;
mod ses;
pub(crate) mod sns;

use axum::Router;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::agenda::Action;
use crate::inbound::Delivery;
use crate::mail::Mail;
use crate::people;
use crate::sandbox::Sandbox;
use crate::world::World;

pub(crate) use resend::ReceivedMail;
pub(crate) use sns::answer_at_its_host;

/// The Message-IDs that Resend gives end so.
const RESEND_DOMAIN: &str = "@email.resend.test";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailProvider {
    Resend,
    Mailgun,
    Postmark,
    Sendgrid,
    Ses,
}

/// What a provider is told in its console: whose mail goes to which address of the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailWebhook {
    pub provider: MailProvider,
    /// The domain or the address whose mail the provider receives, and about whose sent mails it reports.
    pub domain: String,
    /// The webhook's address, with user and password where the provider signs nothing.
    pub url: String,
}

/// A mail on its way to the app.
pub(crate) struct Letter<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub raw: &'a str,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate<'a> {
    Delivered,
    Bounced { status: &'a str, diagnostic: &'a str },
    Complained,
}

impl MailProvider {
    pub const ALL: [Self; 5] = [Self::Resend, Self::Mailgun, Self::Postmark, Self::Sendgrid, Self::Ses];

    pub fn name(self) -> &'static str {
        match self {
            Self::Resend => "Resend",
            Self::Mailgun => "Mailgun",
            Self::Postmark => "Postmark",
            Self::Sendgrid => "SendGrid",
            Self::Ses => "Amazon SES",
        }
    }

    /// The provider's word in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Resend => "resend",
            Self::Mailgun => "mailgun",
            Self::Postmark => "postmark",
            Self::Sendgrid => "sendgrid",
            Self::Ses => "ses",
        }
    }

    /// What the app must be told: a key or a topic that the console shows.
    pub fn shown(self) -> String {
        match self {
            Self::Resend => format!("signing secret {}", resend::SIGNING_SECRET),
            Self::Mailgun => format!("HTTP webhook signing key {}", mailgun::SIGNING_KEY),
            Self::Postmark => "a password in the address: https://leadflow:…@…".to_owned(),
            Self::Sendgrid => format!("public key {}", sendgrid::public_key()),
            Self::Ses => format!("topic {}", sns::TOPIC),
        }
    }
}

impl MailWebhook {
    fn is_for(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let (local, rest) = address.split_once('@').unwrap_or((address, ""));
        let plain = format!("{}@{rest}", local.split('+').next().unwrap_or(local));
        [domain, address, &plain].iter().any(|own| own.eq_ignore_ascii_case(&self.domain))
    }

    fn received(&self, sandbox: &Sandbox, id: &str, letter: &Letter<'_>) -> Delivery {
        match self.provider {
            MailProvider::Resend => resend::received(sandbox, self, letter),
            MailProvider::Mailgun => mailgun::received(self, id, letter),
            MailProvider::Postmark => postmark::received(sandbox, self, id, letter),
            MailProvider::Sendgrid => sendgrid::received(self, id, letter),
            MailProvider::Ses => ses::received(sandbox, self, id, letter),
        }
    }

    /// Returns the report about a mail that went out by this provider; none of one that went out by another.
    fn report(
        &self,
        mail: &Mail,
        tags: Option<&serde_json::Value>,
        id: &str,
        fate: Fate<'_>,
        now: Timestamp,
    ) -> Option<Delivery> {
        let is_of_resend = mail.message_id.ends_with(RESEND_DOMAIN);
        match self.provider {
            MailProvider::Resend if is_of_resend => Some(resend::report(self, mail, tags, id, fate, now)),
            MailProvider::Sendgrid if !is_of_resend => Some(sendgrid::report(self, mail, id, fate, now)),
            MailProvider::Ses if !is_of_resend => Some(ses::report(self, mail, id, fate, now)),
            _ => None,
        }
    }
}

pub(crate) fn routes() -> Router<Sandbox> {
    resend::routes()
}

impl Sandbox {
    /// Enters a webhook in a provider's console. SNS asks the app at once to confirm its subscription.
    pub fn set_mail_webhook(&self, webhook: MailWebhook) {
        let now = self.now();
        let mut world = self.world();
        world
            .mail_webhooks
            .retain(|known| known.domain != webhook.domain || known.provider != webhook.provider);
        if webhook.provider == MailProvider::Ses {
            let token = self.seed().roll(&["sns token", &world.serial().to_string()]).hex(64);
            world.sns_tokens.insert(webhook.url.clone(), token.clone());
            world.sns_confirmed.remove(&webhook.url);
            let asked = sns::confirmation(&webhook.url, &token, now);
            world.agenda.add(now, Action::Deliver(asked));
        }
        world.mail_webhooks.push(webhook);
    }

    /// Whether the app has confirmed the subscription of this address to the topic.
    pub fn is_subscribed(&self, url: &str) -> bool {
        self.world().sns_confirmed.contains(url)
    }

    /// Has SES put mail for a domain into a bucket, and announce it under this key. The bytes are put there by the caller.
    pub fn announce_in_bucket(&self, mail: usize, key: &str) {
        let now = self.now();
        let mut world = self.world();
        let Some(mail) = world.mails.get(mail).cloned() else { return };
        let webhooks = world.mail_webhooks.clone();
        let to = mail.answer_address();
        let id = self.seed().roll(&["in bucket", &world.serial().to_string()]).hex(32);
        for webhook in webhooks.iter().filter(|known| known.provider == MailProvider::Ses && known.is_for(to))
        {
            world
                .agenda
                .add(now, Action::Deliver(ses::announced(webhook, &id, (mail.to.as_str(), to), key, now)));
        }
    }

    /// Returns how a mail that arrives for the app is delivered; none if no provider receives for its domain.
    pub(crate) fn received_by_provider(&self, id: &str, letter: &Letter<'_>) -> Option<Delivery> {
        let known = self.world().mail_webhooks.iter().rev().find(|known| known.is_for(letter.to)).cloned();
        Some(known?.received(self, id, letter))
    }

    /// Returns the report about a mail, if a provider reports about mails of its sender.
    pub(crate) fn reported(&self, world: &mut World, mail: &Mail, fate: Fate<'_>) -> Option<Delivery> {
        if !world.mail_webhooks.iter().any(|known| known.is_for(&mail.from)) {
            return None;
        }
        let serial = world.serial().to_string();
        let id = self.seed().roll(&["report", &serial]).uuid();
        let (tags, now) = (world.resend_tags.get(&mail.message_id), self.now());
        let mut known = world.mail_webhooks.iter().filter(|known| known.is_for(&mail.from));
        known.find_map(|known| known.report(mail, tags, &id, fate, now))
    }

    /// Plans the report that a mail was delivered.
    pub(crate) fn plan_delivered(&self, world: &mut World, mail: &Mail) {
        if let Some(delivery) = self.reported(world, mail, Fate::Delivered) {
            world.agenda.add(people::later(self.now(), 2), Action::Deliver(delivery));
        }
    }
}

/// The seconds until the next attempt after the first, second … failure, by provider.
pub(crate) mod retries {
    pub const MAILGUN: &[i64] = &[300, 600, 900, 3_600, 7_200, 14_400];
    pub const POSTMARK: &[i64] = &[60, 300, 600, 600, 600, 900, 1_800, 3_600, 7_200, 21_600];
    /// The waits grow until three days are over; only an answer of the 500s is retried.
    pub const SENDGRID: &[i64] = &[60, 300, 900, 3_600, 14_400, 43_200, 86_400, 86_400];
    pub const SNS: &[i64] = &[20, 20, 20];
}
