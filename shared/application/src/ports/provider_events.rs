//! Events from providers, in one schema. Verifying and translating are pure: bytes in, events out.

use crate::ports::accounts::SecretFields;
use crate::ports::provider_calls::{CallError, OpenAccount};
use async_trait::async_trait;
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
#[async_trait]
pub trait WebhookReader: Send + Sync {
    /// Returns the provider whose webhook address has this word (`webhook_word`). `None`: there is none.
    fn provider_at(&self, word: &str) -> Option<&'static str>;

    /// Returns the account that the payload names. It is read before anything is verified, and used only to choose
    /// the secret.
    fn account_hint(&self, provider: &str, request: &WebhookRequest) -> Option<String>;

    /// Verifies a webhook for this account. MUST check the signature over the raw bytes, and the time where the provider
    /// signs one. A key that lies at the provider MUST be fetched from a host of the provider only.
    async fn verify(
        &self,
        account: &OpenAccount,
        request: &WebhookRequest,
        now: Timestamp,
    ) -> Result<Verified, Forged>;

    /// Does what a verified webhook asks for before its provider sends anything, such as confirming a subscription. Returns
    /// whether that was all it is about.
    async fn subscribe(&self, account: &OpenAccount, verified: &Verified) -> Result<bool, CallError>;

    /// Answers a provider that asks whether an address is ours before it reports there. `None`: it is not for this
    /// account.
    fn confirm(&self, provider: &str, request: &WebhookRequest, secret: &SecretFields) -> Option<String>;

    /// Whether the provider signs an id and not the body: an id MUST then be taken with one body only.
    fn is_signed_apart(&self, provider: &str) -> bool;

    /// Returns the response that the provider expects once an event is stored.
    fn answer(&self, provider: &str) -> WebhookAnswer;

    /// Translates a payload into events. `payload` is `Verified::payload`: MUST NOT be called on what was not
    /// verified. An unknown event type is an empty list, never an error.
    fn translate(&self, settings: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable>;

    /// Reads a mail out of a connected mailbox, whole or cut at its end.
    fn read_mail(&self, raw: &[u8]) -> InboundEmail;

    /// Returns the size in bytes of an upload that the payload asks to put into the bucket directly. `None`: it asks
    /// for none.
    fn upload_asked(&self, provider: &str, payload: &str) -> Option<u64>;

    /// Returns the name of the upload that a payload refers to. `None`: the payload holds its contents itself.
    fn upload_named(&self, settings: &AccountSettings, payload: &str) -> Option<String>;

    /// Returns the bucket key under which the provider itself has put the mail that the payload is about, as the provider
    /// reports it. `None`: the payload holds the mail.
    fn mail_in_folder(&self, settings: &AccountSettings, payload: &str) -> Option<String>;

    /// Returns the id of a mail that the payload announces and does not hold. `None`: it holds its contents, or they were
    /// uploaded.
    fn announced_mail(&self, settings: &AccountSettings, payload: &str) -> Option<String>;

    /// Fetches an announced mail with the account's key: the whole of it, or of a large one the beginning.
    async fn fetch_announced(&self, account: &OpenAccount, id: &str) -> Result<Vec<u8>, CallError>;

    /// Does what `translate` does, for a payload whose mail lies elsewhere: uploaded, put into the bucket, or fetched.
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
    #[error("the certificate is not the provider's, or not valid at this time")]
    BadCertificate,
    /// The provider does not hand out its key at the moment: nothing is known about the sender.
    #[error("the key that it is signed with could not be fetched")]
    NoKey,
    /// The sender is who it says, and the request lacks something.
    #[error("the request lacks {0}")]
    Incomplete(&'static str),
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
        addressee: Addressee,
    },
    EmailReceived(Box<InboundEmail>),
    /// The recipient of this message of ours took it for spam.
    Complained {
        message: MessageId,
        addressee: Addressee,
    },
    /// An SMS or a WhatsApp message.
    TextReceived {
        channel: Channel,
        /// The number; where the provider keeps it to itself, the same as `user`.
        from: String,
        /// The provider's own id of the person: Meta's for one business, which outlives a change of number.
        user: Option<String>,
        to: String,
        text: String,
        /// Whether it is a picture, a reaction or something that the provider cannot show: `text` only names it.
        wordless: bool,
        provider_id: String,
        /// What the provider itself did upon a word; what the text asks for otherwise is not its concern.
        opt_out: Option<OptOutWord>,
        /// The time when it was written, where the provider tells it.
        at: Option<Timestamp>,
    },
    ChatNotice(ChatNotice),
    WrittenOnPhone(WrittenOnPhone),
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
        /// The payment that the charge carried out, where the provider tells it.
        payment: Option<String>,
        /// The provider's id of the customer. Guests have none.
        customer: Option<String>,
        refunded_total: Money,
        at: Timestamp,
    },
    Meeting(MeetingReport),
    /// The provider reports in a form that holds no data. The text tells the admin what to change there.
    WrongForm(&'static str),
}

/// The recipient of one of our messages, as its provider reports it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressee {
    /// The address or number that the message went to, where the report names it.
    pub to: Option<String>,
    /// The mailbox that refused a mail, or whose owner took it for spam: the mail may have been passed on to it.
    pub end: Option<String>,
}

impl Addressee {
    pub fn to(address: Option<String>) -> Self {
        Self { to: address.filter(|address| !address.trim().is_empty()), end: None }
    }
}

/// What a chat app reports about a person who has written nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatNotice {
    pub channel: Channel,
    /// The number or the provider's id, as in `TextReceived`.
    pub from: String,
    pub user: Option<String>,
    pub to: String,
    pub news: ChatNews,
    pub provider_id: String,
    pub at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatNews {
    /// The person has switched off the business's marketing messages in the app's own settings.
    MarketingStopped,
    MarketingResumed,
    /// The person uses this number from now on, and `from` no longer.
    NumberChanged {
        to: String,
    },
}

/// A message to a lead that a colleague wrote in the chat app, on a phone that shares the account's number.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenOnPhone {
    pub channel: Channel,
    pub from: String,
    pub to: String,
    /// The provider's own id of the recipient.
    pub user: Option<String>,
    pub text: String,
    pub provider_id: String,
    pub at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutWord {
    Stop,
    Start,
    Help,
}

/// A mail from outside, read but not yet understood.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct InboundEmail {
    /// The sender's address: of the mail, else of its envelope.
    pub from: Option<String>,
    /// The envelope and header recipients.
    pub to: Vec<String>,
    pub internet_id: Option<String>,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    pub mail: understanding::Mail,
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

/// A meeting that somebody has booked, or that was called off.
#[derive(Debug, Clone, PartialEq)]
pub struct MeetingReport {
    /// The service's id of the booking.
    pub booking: String,
    /// The booking that this one replaces: the meeting was moved.
    pub replaces: Option<String>,
    pub state: MeetingState,
    pub title: String,
    pub starts_at: Timestamp,
    /// The address where the meeting takes place online.
    pub link: Option<String>,
    pub name: Option<String>,
    /// The addresses of the guests, with that of the person who booked first.
    pub emails: Vec<String>,
    /// The telephone numbers of the guests, with the country's code. Some book by their number alone.
    pub phones: Vec<String>,
    /// Our lead id, where the booking link carried it.
    pub reference: Option<String>,
    /// Whether the host, not the guest, has called the meeting off.
    pub by_host: bool,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeetingState {
    Booked,
    /// The meeting does not take place.
    Cancelled,
    /// The meeting has another time: another booking, which is reported by itself, replaces this one.
    Moved,
}
