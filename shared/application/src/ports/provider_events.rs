//! What providers tell us, in one schema. Verifying and translating are pure: bytes in, events out.

use crate::ports::accounts::SecretFields;
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::message::{Failure, MessageState};
use domain::money::{Currency, Money};
use domain::revenue::{Fraction, SubscriptionStatus};
use domain::workspace::account::ConnectionSettings;
use jiff::Timestamp;

/// Implemented by the providers' connectors. `provider`: as `ConnectionSettings::provider` calls it.
pub trait WebhookReader: Send + Sync {
    /// Who reports where our address says this word (`webhook_word`). `None`: nobody does.
    fn provider_at(&self, word: &str) -> Option<&'static str>;

    /// The account the payload names, read before anything is verified and used only to choose the secret.
    fn account_hint(&self, provider: &str, request: &WebhookRequest) -> Option<String>;

    /// MUST check the signature over the raw bytes, and the time where the provider signs one.
    fn verify(
        &self,
        provider: &str,
        request: &WebhookRequest,
        secret: &SecretFields,
        now: Timestamp,
    ) -> Result<Verified, Forged>;

    /// Some providers ask whether an address is ours before they report there. `None`: it is not for this account.
    fn confirm(&self, provider: &str, request: &WebhookRequest, secret: &SecretFields) -> Option<String>;

    /// What it wants to hear once an event is kept.
    fn answer(&self, provider: &str) -> WebhookAnswer;

    /// `payload` is `Verified::payload`: MUST NOT be called on what was not verified. An unknown event type is an empty
    /// list, never an error.
    fn translate(
        &self,
        settings: &ConnectionSettings,
        payload: &str,
    ) -> Result<Vec<ProviderEvent>, Unreadable>;

    /// How many bytes somebody wants to put into the bucket by themselves, who asks for that. `None`: nobody does.
    fn upload_asked(&self, provider: &str, payload: &str) -> Option<u64>;

    /// The upload that a payload names in the place of what it is about. `None`: it holds that itself.
    fn upload_named(&self, settings: &ConnectionSettings, payload: &str) -> Option<String>;

    /// As `translate`, of a payload that names an upload.
    fn translate_upload(
        &self,
        settings: &ConnectionSettings,
        payload: &str,
        uploaded: &[u8],
    ) -> Result<Vec<ProviderEvent>, Unreadable>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookAnswer {
    pub content_type: &'static str,
    pub body: &'static str,
}

impl WebhookAnswer {
    pub const RECEIVED: Self = Self { content_type: "application/json", body: "{\"received\":true}" };
}

#[derive(Debug, Clone)]
pub struct WebhookRequest {
    /// The public URL as the provider called it, query included: from configuration, never from `Host`.
    pub url: String,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl WebhookRequest {
    /// `None` when missing or given twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Unique per provider event, and covered by the signature.
    pub event_id: String,
    /// What to keep and to translate: the body as text or, where the provider signs its URL too, both.
    pub payload: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    #[error("the signature is missing")]
    Missing,
    #[error("the signature does not match")]
    Mismatch,
    #[error("the signature is too old or from the future")]
    OutsideTolerance,
}

#[derive(Debug, thiserror::Error)]
#[error("the payload cannot be read: {0}")]
pub struct Unreadable(pub String);

#[derive(Debug, Clone, PartialEq)]
pub enum ProviderEvent {
    /// Status of one of our messages, named by our own tag.
    MessageStatus {
        message: MessageId,
        state: MessageState,
        failure: Option<Failure>,
        /// The address is dead: never write to it again.
        suppress: bool,
        provider_id: Option<String>,
    },
    EmailReceived(Box<InboundEmail>),
    /// An SMS, or what was written on WhatsApp.
    TextReceived {
        channel: Channel,
        from: String,
        to: String,
        text: String,
        /// A picture, a reaction, what the provider cannot show: `text` only names it.
        wordless: bool,
        provider_id: String,
        opt_out: Option<OptOutWord>,
        /// When it was written, where the provider says so.
        at: Option<Timestamp>,
    },
    CheckedOut(Checkout),
    Payment(PaymentReceived),
    SubscriptionChanged(SubscriptionState),
    Refunded {
        charge: String,
        customer: Option<String>,
        refunded_total: Money,
        at: Timestamp,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutWord {
    Stop,
    Start,
    Help,
}

/// A parsed MIME message.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundEmail {
    pub from: Option<String>,
    pub from_name: Option<String>,
    /// Envelope and header recipients.
    pub to: Vec<String>,
    pub subject: String,
    /// Plain text, from HTML if there is no other; quoted history not yet stripped.
    pub text: String,
    pub internet_id: Option<String>,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    /// Lower-case names, in order: what classification looks at.
    pub headers: Vec<(String, String)>,
    pub date: Option<Timestamp>,
    /// Set when the mail is an RFC 3464 report.
    pub bounce: Option<BounceReport>,
    /// Set when the mail is an RFC 5965 report of abuse: somebody took ours for spam.
    pub complaint: Option<ReturnedMail>,
}

/// What the mail that came back says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReturnedMail {
    /// Its Message-ID.
    pub id: Option<String>,
    /// Our tag.
    pub tag: Option<String>,
    /// Whom it was to, where that is not left out; an address.
    pub to: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceReport {
    /// `failed`, `delayed`, `delivered`, `relayed`, `expanded`.
    pub action: String,
    /// Enhanced code, such as `5.1.1`.
    pub status: String,
    pub diagnostic: String,
    pub recipient: String,
    pub original: ReturnedMail,
}

/// A checkout that is done: which lead this customer is. Its money, where there is any, is told of by an invoice.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkout {
    pub external_id: String,
    pub customer: String,
    pub customer_email: Option<String>,
    /// Our lead id, where the payment link carried it.
    pub reference: Option<String>,
    pub currency: Currency,
    pub paid: bool,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PaymentReceived {
    /// Invoice or payment intent: the same money under whatever event reports it.
    pub external_id: String,
    pub customer: String,
    pub customer_email: Option<String>,
    pub customer_name: Option<String>,
    /// Our lead id, where the payment link carried it.
    pub reference: Option<String>,
    /// Never zero.
    pub amount: Money,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SubscriptionState {
    pub external_id: String,
    pub customer: String,
    pub reference: Option<String>,
    pub status: SubscriptionStatus,
    pub monthly: Fraction,
    pub currency: Currency,
    pub cancel_at_period_end: bool,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// The event's `created`.
    pub as_of: Timestamp,
}
