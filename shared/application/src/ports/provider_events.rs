//! Events from providers, in one schema. Verifying and translating are pure: bytes in, events out.

use crate::ports::accounts::SecretFields;
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::message::{Failure, MessageState};
use domain::money::{Currency, Money};
use domain::revenue::dispute::Dispute;
use domain::revenue::{Fraction, SubscriptionReport, SubscriptionStatus};
use domain::workspace::account::AccountSettings;
use jiff::Timestamp;

/// Reads webhooks. Implemented by the providers' connectors. `provider` is spelled as in
/// `AccountSettings::provider`.
pub trait WebhookReader: Send + Sync {
    /// Returns the provider whose webhook address has this word (`webhook_word`). `None`: there is none.
    fn provider_at(&self, word: &str) -> Option<&'static str>;

    /// Returns the account that the payload names. It is read before anything is verified, and used only to choose
    /// the secret.
    fn account_hint(&self, provider: &str, request: &WebhookRequest) -> Option<String>;

    /// Verifies a webhook. MUST check the signature over the raw bytes, and the time where the provider signs one.
    fn verify(
        &self,
        provider: &str,
        request: &WebhookRequest,
        secret: &SecretFields,
        now: Timestamp,
    ) -> Result<Verified, Forged>;

    /// Answers a provider that asks whether an address is ours before it reports there. `None`: it is not for this
    /// account.
    fn confirm(&self, provider: &str, request: &WebhookRequest, secret: &SecretFields) -> Option<String>;

    /// Returns the response that the provider expects once an event is stored.
    fn answer(&self, provider: &str) -> WebhookAnswer;

    /// Translates a payload into events. `payload` is `Verified::payload`: MUST NOT be called on what was not
    /// verified. An unknown event type is an empty list, never an error.
    fn translate(&self, settings: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable>;

    /// Returns the size in bytes of an upload that the payload asks to put into the bucket directly. `None`: it asks
    /// for none.
    fn upload_asked(&self, provider: &str, payload: &str) -> Option<u64>;

    /// Returns the name of the upload that a payload refers to. `None`: the payload holds its contents itself.
    fn upload_named(&self, settings: &AccountSettings, payload: &str) -> Option<String>;

    /// Does what `translate` does, for a payload that names an upload.
    fn translate_upload(
        &self,
        settings: &AccountSettings,
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
    /// The headers, with lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl WebhookRequest {
    /// Returns a header; `None` when it is missing or given twice.
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
    /// The event's id, unique per provider event and covered by the signature.
    pub event_id: String,
    /// The payload to store and to translate: the body as text or, where the provider signs its URL too, both.
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
    /// The status of one of our messages, named by our own tag.
    MessageStatus {
        message: MessageId,
        state: MessageState,
        failure: Option<Failure>,
        /// Whether the address is dead: it must never be written to again.
        suppress: bool,
        provider_id: Option<String>,
    },
    EmailReceived(Box<InboundEmail>),
    /// An SMS or a WhatsApp message.
    TextReceived {
        channel: Channel,
        from: String,
        to: String,
        text: String,
        /// Whether it is a picture, a reaction or something that the provider cannot show: `text` only names it.
        wordless: bool,
        provider_id: String,
        opt_out: Option<OptOutWord>,
        /// The time when it was written, where the provider tells it.
        at: Option<Timestamp>,
    },
    CheckedOut(Checkout),
    Payment(PaymentReceived),
    /// A payment that had been promised, such as a direct debit, failed. Nothing was booked.
    PaymentFailed(PaymentReceived),
    /// Further ids of a payment: that of its charge, by which a dispute names it.
    PaymentNamed {
        external_id: String,
        /// The provider's id of the customer, where the event tells it.
        customer: Option<String>,
        also_known_as: Vec<String>,
    },
    /// A payment is disputed, or the dispute was decided. `payments` are the ids of the payment.
    Disputed {
        dispute: Dispute,
        payments: Vec<String>,
    },
    SubscriptionChanged(SubscriptionState),
    Refunded {
        charge: String,
        customer: Option<String>,
        refunded_total: Money,
        at: Timestamp,
    },
    /// The provider reports in a form that holds no data. The text tells the admin what to change there.
    WrongForm(&'static str),
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
    /// The envelope and header recipients.
    pub to: Vec<String>,
    pub subject: String,
    /// The plain text, made from HTML if there is no other; quoted history is not yet stripped.
    pub text: String,
    pub internet_id: Option<String>,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    /// The headers with lower-case names, in order: classification looks at them.
    pub headers: Vec<(String, String)>,
    pub date: Option<Timestamp>,
    /// The delivery report, if the mail is one (RFC 3464).
    pub bounce: Option<BounceReport>,
    /// The complaint, if the mail is a report of abuse (RFC 5965): a recipient took ours for spam.
    pub complaint: Option<ReturnedMail>,
}

/// The headers of a returned mail of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReturnedMail {
    /// The mail's Message-ID.
    pub id: Option<String>,
    /// Our tag.
    pub tag: Option<String>,
    /// The recipient's address, where the report does not leave it out.
    pub to: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceReport {
    /// The action: `failed`, `delayed`, `delivered`, `relayed`, `expanded`.
    pub action: String,
    /// The enhanced status code, such as `5.1.1`.
    pub status: String,
    pub diagnostic: String,
    pub recipient: String,
    pub original: ReturnedMail,
}

/// A completed checkout, which ties a customer to a lead. The money, where there is any, is reported by an invoice.
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
    /// The invoice or payment intent: the same for the same money, whatever event reports it.
    pub external_id: String,
    /// Further ids of the same money, such as its charge.
    pub also_known_as: Vec<String>,
    pub customer: String,
    pub customer_email: Option<String>,
    pub customer_name: Option<String>,
    /// Our lead id, where the payment link carried it.
    pub reference: Option<String>,
    /// The amount, never zero.
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
    /// Whether the event names a discount or a price without its amount.
    pub is_unsure: bool,
    pub currency: Currency,
    /// The scheduled end of a subscription that is cancelled and still runs.
    pub ends_at: Option<Timestamp>,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// The event's `created` time.
    pub as_of: Timestamp,
    pub reported: SubscriptionReport,
}
