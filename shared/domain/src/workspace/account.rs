//! A workspace's account at a provider. Its secret is encrypted, and only the vault can read it.

use crate::campaign::calendar::FailingAccount;
use crate::capacity::quota::SendingLimits;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::enrolment::pause::AccountPause;
use crate::ids::{AccountId, WorkspaceId};
use crate::time::weekly_hours::WorkingHours;
use crate::workspace::account_fault::AccountFault;
use crate::workspace::account_fault::AccountState;
use crate::workspace::account_fault::{LastError, READING};
use crate::workspace::topic_arn::TopicArn;
use crate::workspace::webhook_public_key::WebhookPublicKey;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod account_kind;

pub use account_kind::AccountKind;

#[derive(Debug, Clone)]
pub struct Account {
    pub id: AccountId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub settings: AccountSettings,
    /// The encrypted secret: a JSON object whose fields depend on the kind (`password`, `auth_token`,
    /// `api_key`, `signing_secret`, …).
    pub sealed_secret: String,
    /// The sending hours; all hours if left out.
    pub hours: Option<WorkingHours>,
    /// The sending limits; unlimited if left out.
    pub limits: Option<SendingLimits>,
    pub enabled: bool,
    pub pause: Option<AccountPause>,
    /// When a test or a message first showed that the provider accepts the account; none if nothing has yet.
    pub works_since: Option<Timestamp>,
    pub last_error: Option<LastError>,
    pub created_at: Timestamp,
    pub rev: u64,
}

/// The same error is noted again after so long.
const NOTED_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Errors further apart are not one failure: longer than a night without attempts, shorter than a weekend.
const IN_A_ROW: SignedDuration = SignedDuration::from_hours(18);

impl Account {
    /// Pauses until then, or until a user resumes it; a paused account only gets the new end. True if
    /// anything changes.
    pub fn pause(&mut self, until: Option<Timestamp>, now: Timestamp) -> bool {
        let since = self.pause.map_or(now, |pause| pause.since);
        let before = self.pause.replace(AccountPause { since, until });
        before != self.pause
    }

    /// Whether the account is still paused with exactly this end; false if a user has resumed it or set
    /// another end since.
    pub fn is_paused_until(&self, until: Timestamp) -> bool {
        self.pause.is_some_and(|pause| pause.until == Some(until))
    }

    /// Notes a failure. True if the account must be stored.
    pub fn note_error(&mut self, detail: &str, now: Timestamp) -> bool {
        let known = |last: &LastError| {
            last.over_at.is_none()
                && says_the_same(&last.detail, detail)
                && now.duration_since(last.at) < NOTED_AGAIN
        };
        if self.last_error.as_ref().is_some_and(known) {
            return false;
        }
        let in_a_row = |last: &LastError| last.over_at.is_none() && now.duration_since(last.at) <= IN_A_ROW;
        let last = self.last_error.take();
        let says_so = |last: &&LastError| last.over_at.is_none() && says_the_same(&last.detail, detail);
        let fault = last.as_ref().filter(says_so).and_then(|last| last.fault);
        let since = Some(last.filter(in_a_row).map_or(now, |last| last.since.unwrap_or(last.at)));
        self.last_error = Some(LastError { detail: detail.to_owned(), since, at: now, over_at: None, fault });
        true
    }

    /// Notes that the account's mailbox cannot be read. True if the account must be stored.
    pub fn note_reading_failed(&mut self, detail: &str, now: Timestamp) -> bool {
        self.note_error(&format!("{READING}{detail}"), now)
    }

    /// Notes that the account's mailbox was read: a failure to read it is over, and no other. True if the account must be
    /// stored.
    pub fn note_reading_works(&mut self, now: Timestamp) -> bool {
        let of_reading = |last: &&mut LastError| last.over_at.is_none() && last.is_of_reading();
        match self.last_error.as_mut().filter(of_reading) {
            Some(last) => last.over_at.replace(now).is_none(),
            None => false,
        }
    }

    pub fn failing(&self) -> Option<FailingAccount> {
        let last = self.last_error.as_ref().filter(|last| last.over_at.is_none())?;
        let since = last.since.unwrap_or(last.at);
        Some(FailingAccount { name: self.name.clone(), since, at: last.at })
    }

    /// Notes that the provider accepted a message, refused it for its content, or confirmed the account in a
    /// test. True if the account must be stored.
    pub fn note_works(&mut self, now: Timestamp) -> bool {
        let is_news = self.works_since.is_none() && self.settings.kind().sends();
        if is_news {
            self.works_since = Some(now);
        }
        match &mut self.last_error {
            Some(last) if last.is_open_in_sending() => {
                last.over_at = Some(now);
                true
            }
            _ => is_news,
        }
    }
}

/// Whether two errors are the same but for the ids, times and addresses that a server puts into each answer.
fn says_the_same(one: &str, other: &str) -> bool {
    let is_code = |word: &str| {
        let parts: Vec<&str> = word.trim_end_matches(':').split('.').collect();
        let number = |part: &&str| part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
        parts.len() <= 3 && parts.iter().all(number)
    };
    let lasts = |word: &&str| is_code(word) || !word.bytes().any(|b| b.is_ascii_digit());
    one.split_whitespace().filter(lasts).eq(other.split_whitespace().filter(lasts))
}

/// The settings of an account that are not secret, by provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum AccountSettings {
    /// A mailbox by SMTP. Secret: `password`, and `imap_password` if its IMAP server has another.
    Smtp {
        host: String,
        port: u16,
        security: SmtpSecurity,
        username: String,
        from_address: EmailAddress,
        from_name: String,
        /// The `Reply-To` of our mails; replies reach `/api/webhooks/inbound-email`.
        reply_to: Option<EmailAddress>,
        /// The server where the mailbox is read, and where a mail with an uncertain outcome is looked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        imap: Option<ImapServer>,
    },
    /// Mail over HTTP by Resend. Secret: `api_key`.
    Resend {
        base_url: String,
        from_address: EmailAddress,
        from_name: String,
        /// The `Reply-To` of our mails, like that of `Smtp`.
        reply_to: Option<EmailAddress>,
    },
    /// Inbound mail by webhook. Secret: `signing_secret` (`whsec_…` for a relay, else as the provider has it); none for
    /// SES, which signs with a certificate.
    InboundEmail {
        addresses: Vec<EmailAddress>,
        /// The provider that posts the mail.
        #[serde(default, skip_serializing_if = "InboundVia::is_relay")]
        via: InboundVia,
        /// The topic of Amazon SNS that SES reports to. Webhooks of any other topic are refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic_arn: Option<TopicArn>,
        /// The public keys by which SendGrid's webhooks are verified: that of its events and that of its received mail
        /// differ. Without one the password in the webhook's address is compared.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        public_keys: Vec<WebhookPublicKey>,
    },
    /// SMS and calls by Twilio. Secret: `auth_token`.
    Twilio {
        base_url: String,
        account_sid: String,
        from_number: PhoneNumber,
        /// Whether users call leads through the account, with its number as the caller's.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        places_calls: bool,
    },
    /// WhatsApp's Cloud API. Secret: `access_token`, `app_secret`, `verify_token`.
    Whatsapp { base_url: String, phone_number_id: String, from_number: PhoneNumber },
    /// Payments by Stripe. Secret: `signing_secret`.
    Stripe { account_id: Option<String>, livemode: bool },
    /// Meetings that leads book, by webhook of the booking service. Secret: `signing_secret`.
    Bookings { via: BookingService },
    /// A chat model with an OpenAI-compatible API, or that of Anthropic. Secret: `api_key`.
    ChatModel { base_url: String, model: String, api_key_header: ApiKeyHeader },
    /// Search by SerpApi. Secret: `api_key`.
    SerpApi { base_url: String },
    /// Verification and search of e-mail addresses, people and companies by Hunter. Secret: `api_key`.
    Hunter { base_url: String },
    /// Mail by a provider that a folder declares. Secret: the fields that the folder names.
    EmailSender {
        /// The name of the provider's folder.
        provider: String,
        base_url: String,
        from_address: EmailAddress,
        from_name: String,
        /// The `Reply-To` of our mails, like that of `Smtp`.
        reply_to: Option<EmailAddress>,
        /// The provider's id of the account, by which its webhooks name it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        /// Further settings that the folder asks for, by name.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
    },
    /// SMS by a provider that a folder declares, like `EmailSender`.
    SmsSender {
        provider: String,
        base_url: String,
        from_number: PhoneNumber,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
    },
    /// WhatsApp by another provider than Meta, declared like `EmailSender`.
    WhatsappSender {
        provider: String,
        base_url: String,
        from_number: PhoneNumber,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
    },
    /// A provider of data about people, companies and places, declared by its folder. Secret: `api_key`.
    DataProvider {
        /// The name of the provider's folder.
        provider: String,
        base_url: String,
        /// Further settings that the folder asks for, by name.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
    },
}

/// The sender of inbound mail's webhooks, which decides their form and how they are verified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InboundVia {
    /// A program that posts raw mail in the form of Standard Webhooks.
    #[default]
    Relay,
    Mailgun,
    Postmark,
    Sendgrid,
    /// Amazon SES, through a topic of Amazon SNS.
    Ses,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BookingService {
    CalCom,
    Calendly,
}

impl BookingService {
    /// The word for the service in code and in addresses.
    pub fn provider(self) -> &'static str {
        match self {
            Self::CalCom => "cal_com",
            Self::Calendly => "calendly",
        }
    }
}

impl InboundVia {
    pub fn is_relay(&self) -> bool {
        *self == Self::Relay
    }

    /// The word for the provider in code and in addresses.
    pub fn provider(self) -> &'static str {
        match self {
            Self::Relay => AccountKind::InboundEmail.as_str(),
            Self::Mailgun => "mailgun",
            Self::Postmark => "postmark",
            Self::Sendgrid => "sendgrid",
            Self::Ses => "ses",
        }
    }
}

/// A provider's word in our webhook addresses: `inbound-email` for `inbound_email`.
pub fn webhook_word(provider: &str) -> String {
    provider.replace('_', "-")
}

/// The IMAP server of the same mailbox, with its SMTP login unless another is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImapServer {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// A folder that replies are moved to, read besides the inbox, junk and sent mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
}

/// How a connection to a mail server is encrypted, by SMTP and by IMAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// TLS from the first byte (465, 993).
    Tls,
    /// STARTTLS before anything else (587, 143).
    StartTls,
    /// No encryption; for loopback only, refused for any other host.
    None,
}

/// The header that carries the key: Azure takes `api-key`, Anthropic `x-api-key` for its own API, others a bearer token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyHeader {
    Bearer,
    ApiKey,
    /// The header of Anthropic's Messages API, which is then spoken.
    XApiKey,
}

/// The sender of mails from an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mailbox<'a> {
    pub address: &'a EmailAddress,
    pub name: &'a str,
    pub reply_to: Option<&'a EmailAddress>,
}

impl AccountSettings {
    /// The sender of mails; none if the account sends no mail.
    pub fn mailbox(&self) -> Option<Mailbox<'_>> {
        match self {
            Self::Smtp { from_address, from_name, reply_to, .. }
            | Self::Resend { from_address, from_name, reply_to, .. }
            | Self::EmailSender { from_address, from_name, reply_to, .. } => {
                Some(Mailbox { address: from_address, name: from_name, reply_to: reply_to.as_ref() })
            }
            _ => None,
        }
    }

    /// The name that leads read as the sender; none if the account sends no mail, or names nobody.
    pub fn sender_name(&self) -> Option<&str> {
        self.mailbox().map(|mailbox| mailbox.name).filter(|name| !name.trim().is_empty())
    }

    /// The number that texts or chats come from; none if the account sends neither.
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Twilio { from_number, .. }
            | Self::Whatsapp { from_number, .. }
            | Self::SmsSender { from_number, .. }
            | Self::WhatsappSender { from_number, .. } => Some(from_number),
            _ => None,
        }
    }

    /// The number with which the account calls; none if it places no calls.
    pub fn calls_from(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Twilio { from_number, places_calls: true, .. } => Some(from_number),
            _ => None,
        }
    }

    /// The word for the provider in code, in the table and in addresses.
    pub fn provider(&self) -> &str {
        match self {
            Self::EmailSender { provider, .. }
            | Self::SmsSender { provider, .. }
            | Self::WhatsappSender { provider, .. }
            | Self::DataProvider { provider, .. } => provider,
            Self::InboundEmail { via, .. } => via.provider(),
            Self::Bookings { via } => via.provider(),
            other => other.kind().as_str(),
        }
    }

    /// The name of the data provider, as in the price list and in columns; none if the account is asked for no data.
    pub fn data_provider(&self) -> Option<&str> {
        match self {
            Self::Hunter { .. } => Some("hunter"),
            Self::SerpApi { .. } => Some("serpapi"),
            Self::DataProvider { provider, .. } => Some(provider),
            _ => None,
        }
    }

    pub fn kind(&self) -> AccountKind {
        match self {
            Self::Smtp { .. } => AccountKind::Smtp,
            Self::Resend { .. } => AccountKind::Resend,
            Self::InboundEmail { .. } => AccountKind::InboundEmail,
            Self::Twilio { .. } => AccountKind::Twilio,
            Self::Whatsapp { .. } => AccountKind::Whatsapp,
            Self::Stripe { .. } => AccountKind::Stripe,
            Self::Bookings { .. } => AccountKind::Bookings,
            Self::ChatModel { .. } => AccountKind::ChatModel,
            Self::SerpApi { .. } => AccountKind::SerpApi,
            Self::Hunter { .. } => AccountKind::Hunter,
            Self::EmailSender { .. } => AccountKind::EmailSender,
            Self::SmsSender { .. } => AccountKind::SmsSender,
            Self::WhatsappSender { .. } => AccountKind::WhatsappSender,
            Self::DataProvider { .. } => AccountKind::DataProvider,
        }
    }

    /// The addresses that the secret is sent to; empty if it is only compared with.
    pub fn secret_goes_to(&self) -> Vec<String> {
        match self {
            Self::Smtp { host, port, imap, .. } => {
                let imap = imap.iter().map(|imap| format!("{}:{}", imap.host, imap.port));
                imap.chain([format!("{host}:{port}")]).collect()
            }
            Self::Resend { base_url, .. }
            | Self::Twilio { base_url, .. }
            | Self::Whatsapp { base_url, .. }
            | Self::ChatModel { base_url, .. }
            | Self::SerpApi { base_url }
            | Self::Hunter { base_url }
            | Self::EmailSender { base_url, .. }
            | Self::SmsSender { base_url, .. }
            | Self::WhatsappSender { base_url, .. }
            | Self::DataProvider { base_url, .. } => vec![base_url.clone()],
            Self::InboundEmail { .. } | Self::Stripe { .. } | Self::Bookings { .. } => Vec::new(),
        }
    }

    /// The ids by which webhook payloads name this account, such as an account id or an inbound address.
    pub fn external_accounts(&self) -> Vec<String> {
        match self {
            Self::Twilio { account_sid, .. } => vec![account_sid.clone()],
            Self::Whatsapp { phone_number_id, .. } => vec![phone_number_id.clone()],
            Self::Stripe { account_id: account, .. }
            | Self::EmailSender { account, .. }
            | Self::SmsSender { account, .. }
            | Self::WhatsappSender { account, .. } => account.iter().cloned().collect(),
            Self::InboundEmail { addresses, .. } => addresses.iter().map(|a| a.as_str().to_owned()).collect(),
            _ => Vec::new(),
        }
    }
}

impl Account {
    pub fn state(&self) -> AccountState {
        if self.failing().is_some() {
            AccountState::Failing
        } else if self.works_since.is_none() && self.settings.kind().sends() {
            AccountState::Untested
        } else {
            AccountState::Works
        }
    }

    /// Notes that a test failed: the account is failing until one succeeds.
    pub fn note_failed_try(&mut self, fault: AccountFault, detail: &str, now: Timestamp) {
        let known = self.last_error.take().filter(|last| last.over_at.is_none());
        let since = known.map_or(now, |last| last.since.unwrap_or(last.at));
        let (detail, since) = (detail.to_owned(), Some(since));
        self.last_error = Some(LastError { detail, since, at: now, over_at: None, fault: Some(fault) });
    }

    /// Notes that a test of reading failed, as `note_failed_try` does for sending. It is over when the mailbox is read.
    pub fn note_failed_reading_try(&mut self, fault: AccountFault, detail: &str, now: Timestamp) {
        self.note_failed_try(fault, &format!("{READING}{detail}"), now);
    }

    /// Forgets earlier results, because the settings now describe an account that was never tested.
    pub fn forget_tries(&mut self) {
        (self.works_since, self.last_error) = (None, None);
    }
}

#[cfg(test)]
mod tests;
