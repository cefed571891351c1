//! A workspace's account at a provider. The secret part is encrypted and known to the vault alone.

use crate::campaign::calendar::FailingAccount;
use crate::capacity::quota::SendingLimits;
use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::enrolment::pause::AccountPause;
use crate::ids::{ConnectionId, WorkspaceId};
use crate::time::weekly_hours::WorkingHours;
use crate::workspace::account_fault::ConnectionFault;
use crate::workspace::account_fault::ConnectionState;
use crate::workspace::account_fault::LastError;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub struct Connection {
    pub id: ConnectionId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub settings: ConnectionSettings,
    /// Ciphertext of a JSON object whose fields the kind names (`password`, `auth_token`, `api_key`, `signing_secret`, …).
    pub sealed_secret: String,
    /// When messages go out by it; all hours if left out.
    pub hours: Option<WorkingHours>,
    /// How much; as much as there is if left out.
    pub limits: Option<SendingLimits>,
    pub enabled: bool,
    pub pause: Option<AccountPause>,
    /// When a try or a message first showed that its provider takes it. `None`: nothing has yet.
    pub works_since: Option<Timestamp>,
    pub last_error: Option<LastError>,
    pub created_at: Timestamp,
    pub rev: u64,
}

/// The same words are noted again after so long.
const NOTED_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// A night in which nothing is tried is shorter; a weekend says nothing of how it fared.
const IN_A_ROW: SignedDuration = SignedDuration::from_hours(18);

impl Connection {
    /// Until then, or until somebody resumes it; one that is paused gets another end. Says whether anything changes.
    pub fn pause(&mut self, until: Option<Timestamp>, now: Timestamp) -> bool {
        let since = self.pause.map_or(now, |pause| pause.since);
        let before = self.pause.replace(AccountPause { since, until });
        before != self.pause
    }

    /// Somebody had it wait until then, and nobody has said otherwise since.
    pub fn is_paused_until(&self, until: Timestamp) -> bool {
        self.pause.is_some_and(|pause| pause.until == Some(until))
    }

    /// Says whether there is anything to store.
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

    pub fn failing(&self) -> Option<FailingAccount> {
        let last = self.last_error.as_ref().filter(|last| last.over_at.is_none())?;
        let since = last.since.unwrap_or(last.at);
        Some(FailingAccount { name: self.name.clone(), since, at: last.at })
    }

    /// The provider took something, refused it for what it was, or knew the account at a try. Says whether there is
    /// anything to store.
    pub fn note_works(&mut self, now: Timestamp) -> bool {
        let is_news = self.works_since.is_none() && self.settings.kind().sends();
        if is_news {
            self.works_since = Some(now);
        }
        match &mut self.last_error {
            Some(last) if last.over_at.is_none() => {
                last.over_at = Some(now);
                true
            }
            _ => is_news,
        }
    }
}

/// But for the ids, times and addresses that a server puts into each of its answers.
fn says_the_same(one: &str, other: &str) -> bool {
    let is_code = |word: &str| {
        let parts: Vec<&str> = word.trim_end_matches(':').split('.').collect();
        let number = |part: &&str| part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
        parts.len() <= 3 && parts.iter().all(number)
    };
    let lasts = |word: &&str| is_code(word) || !word.bytes().any(|b| b.is_ascii_digit());
    one.split_whitespace().filter(lasts).eq(other.split_whitespace().filter(lasts))
}

/// What is not secret about an account, by provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum ConnectionSettings {
    /// Secret: `password`; `imap_password` where its IMAP server has another.
    Smtp {
        host: String,
        port: u16,
        security: SmtpSecurity,
        username: String,
        from_address: EmailAddress,
        from_name: String,
        /// Mails we send carry `Reply-To: <this>`; replies reach `/api/webhooks/inbound-email`.
        reply_to: Option<EmailAddress>,
        /// Where a mail whose answer was lost is looked for, in the folder of sent mail.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        imap: Option<ImapServer>,
    },
    /// Mail over HTTP. Secret: `api_key`.
    Resend {
        base_url: String,
        from_address: EmailAddress,
        from_name: String,
        /// As with `Smtp`.
        reply_to: Option<EmailAddress>,
    },
    /// Inbound mail by webhook. Secret: `signing_secret` (`whsec_…`).
    InboundEmail { addresses: Vec<EmailAddress> },
    /// Secret: `auth_token`.
    Twilio { base_url: String, account_sid: String, from_number: PhoneNumber },
    /// WhatsApp's Cloud API. Secret: `access_token`, `app_secret`, `verify_token`.
    Whatsapp { base_url: String, phone_number_id: String, from_number: PhoneNumber },
    /// Secret: `signing_secret`.
    Stripe { account_id: Option<String>, livemode: bool },
    /// OpenAI-compatible chat. Secret: `api_key`.
    ChatModel { base_url: String, model: String, api_key_header: ApiKeyHeader },
    /// Secret: `api_key`.
    SerpApi { base_url: String },
    /// Secret: `api_key`.
    Hunter { base_url: String },
    /// Mail by a sender that its folder among the providers declares. Secret: what the folder names.
    EmailSender {
        /// The folder's name.
        provider: String,
        base_url: String,
        from_address: EmailAddress,
        from_name: String,
        /// As with `Smtp`.
        reply_to: Option<EmailAddress>,
        /// What the provider calls the account, and its webhooks name it by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        /// What else the folder asks for, by name.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
    },
    /// SMS, declared as with `EmailSender`.
    SmsSender {
        provider: String,
        base_url: String,
        from_number: PhoneNumber,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
    },
    /// WhatsApp by somebody else than Meta, declared as with `EmailSender`.
    WhatsappSender {
        provider: String,
        base_url: String,
        from_number: PhoneNumber,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
    },
}

/// Where a provider reports, as its word stands in our addresses: `inbound-email` of `inbound_email`.
pub fn webhook_word(provider: &str) -> String {
    provider.replace('_', "-")
}

/// Of the same mailbox as the SMTP account, and with its login unless another is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImapServer {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// Of a mail server, whether it is spoken to by SMTP or by IMAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// TLS from the first byte (465, 993).
    Tls,
    /// STARTTLS before anything else (587, 143).
    StartTls,
    /// Loopback only: refused for any other host.
    None,
}

/// Azure takes `api-key`, the others a bearer token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyHeader {
    Bearer,
    ApiKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionKind {
    Smtp,
    Resend,
    InboundEmail,
    Twilio,
    Whatsapp,
    Stripe,
    ChatModel,
    SerpApi,
    Hunter,
    EmailSender,
    SmsSender,
    WhatsappSender,
}

impl ConnectionKind {
    /// What messages of a channel go out by.
    pub fn of_channel(channel: Channel) -> &'static [Self] {
        match channel {
            Channel::Email => &[Self::Smtp, Self::Resend, Self::EmailSender],
            Channel::Sms => &[Self::Twilio, Self::SmsSender],
            Channel::Whatsapp => &[Self::Whatsapp, Self::WhatsappSender],
        }
    }

    pub fn channel(self) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| Self::of_channel(*channel).contains(&self))
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Resend => "resend",
            Self::InboundEmail => "inbound_email",
            Self::Twilio => "twilio",
            Self::Whatsapp => "whatsapp",
            Self::Stripe => "stripe",
            Self::ChatModel => "chat_model",
            Self::SerpApi => "serp_api",
            Self::Hunter => "hunter",
            Self::EmailSender => "email_sender",
            Self::SmsSender => "sms_sender",
            Self::WhatsappSender => "whatsapp_sender",
        }
    }

    /// Messages to leads go out by it.
    pub fn sends(self) -> bool {
        self.channel().is_some()
    }
}

/// Who mail from an account is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mailbox<'a> {
    pub address: &'a EmailAddress,
    pub name: &'a str,
    pub reply_to: Option<&'a EmailAddress>,
}

impl ConnectionSettings {
    /// `None`: no mail goes out by this account.
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

    /// Whether mail from this address is from us.
    pub fn writes_as(&self, address: &EmailAddress) -> bool {
        self.mailbox().is_some_and(|own| own.address == address || own.reply_to == Some(address))
    }

    /// What texts or chats by this account are from. `None`: neither goes out by it.
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Twilio { from_number, .. }
            | Self::Whatsapp { from_number, .. }
            | Self::SmsSender { from_number, .. }
            | Self::WhatsappSender { from_number, .. } => Some(from_number),
            _ => None,
        }
    }

    /// The word by which its provider is known: to those who speak to it, in the table, and in addresses.
    pub fn provider(&self) -> &str {
        match self {
            Self::EmailSender { provider, .. }
            | Self::SmsSender { provider, .. }
            | Self::WhatsappSender { provider, .. } => provider,
            other => other.kind().as_str(),
        }
    }

    pub fn kind(&self) -> ConnectionKind {
        match self {
            Self::Smtp { .. } => ConnectionKind::Smtp,
            Self::Resend { .. } => ConnectionKind::Resend,
            Self::InboundEmail { .. } => ConnectionKind::InboundEmail,
            Self::Twilio { .. } => ConnectionKind::Twilio,
            Self::Whatsapp { .. } => ConnectionKind::Whatsapp,
            Self::Stripe { .. } => ConnectionKind::Stripe,
            Self::ChatModel { .. } => ConnectionKind::ChatModel,
            Self::SerpApi { .. } => ConnectionKind::SerpApi,
            Self::Hunter { .. } => ConnectionKind::Hunter,
            Self::EmailSender { .. } => ConnectionKind::EmailSender,
            Self::SmsSender { .. } => ConnectionKind::SmsSender,
            Self::WhatsappSender { .. } => ConnectionKind::WhatsappSender,
        }
    }

    /// The addresses that the secret is sent to. None: it is kept to compare with.
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
            | Self::WhatsappSender { base_url, .. } => vec![base_url.clone()],
            Self::InboundEmail { .. } | Self::Stripe { .. } => Vec::new(),
        }
    }

    /// What a webhook's payload names this account by, where it names one: an account id, an inbound address.
    pub fn external_accounts(&self) -> Vec<String> {
        match self {
            Self::Twilio { account_sid, .. } => vec![account_sid.clone()],
            Self::Whatsapp { phone_number_id, .. } => vec![phone_number_id.clone()],
            Self::Stripe { account_id: account, .. }
            | Self::EmailSender { account, .. }
            | Self::SmsSender { account, .. }
            | Self::WhatsappSender { account, .. } => account.iter().cloned().collect(),
            Self::InboundEmail { addresses } => addresses.iter().map(|a| a.as_str().to_owned()).collect(),
            _ => Vec::new(),
        }
    }
}

impl Connection {
    pub fn state(&self) -> ConnectionState {
        if self.failing().is_some() {
            ConnectionState::Failing
        } else if self.works_since.is_none() && self.settings.kind().sends() {
            ConnectionState::Untested
        } else {
            ConnectionState::Works
        }
    }

    /// A try has failed. Until another succeeds the account is failing.
    pub fn note_failed_try(&mut self, fault: ConnectionFault, detail: &str, now: Timestamp) {
        let known = self.last_error.take().filter(|last| last.over_at.is_none());
        let since = known.map_or(now, |last| last.since.unwrap_or(last.at));
        let (detail, since) = (detail.to_owned(), Some(since));
        self.last_error = Some(LastError { detail, since, at: now, over_at: None, fault: Some(fault) });
    }

    /// What was known is about another account: nobody has tried this one.
    pub fn forget_tries(&mut self) {
        (self.works_since, self.last_error) = (None, None);
    }
}

#[cfg(test)]
mod tests;
