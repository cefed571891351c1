//! The capabilities of providers: send a message, look up a place, verify an address, ask a model. The adapter
//! chooses the connector by the account's provider; it sends once and never retries on its own.

use crate::ports::accounts::SecretFields;
use crate::ports::store::BoxError;
use async_trait::async_trait;
use domain::contact::chat_recipient::ChatRecipient;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::enrichment::{Deliverability, Place};
use domain::message::failure_class::FailureClass;
use domain::message::{Failure, MessageState};
use domain::mutant;
use domain::spend::ModelTokens;
use domain::workspace::account::{Account, AccountSettings};
use domain::workspace::account_fault::AccountFault;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};

/// An account with its secret decrypted, for the length of one call.
#[derive(Debug, Clone)]
pub struct OpenAccount {
    pub account: Account,
    pub secret: SecretFields,
}

/// An open account is used as the account that it is; its secrets are asked for by name.
impl Deref for OpenAccount {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.account
    }
}

impl DerefMut for OpenAccount {
    fn deref_mut(&mut self) -> &mut Account {
        &mut self.account
    }
}

/// The promises of a sender, and the look-up of a message whose answer was lost.
#[async_trait]
pub trait Sender: Send + Sync {
    fn class(&self, settings: &AccountSettings) -> SenderClass;

    /// Looks up what became of a message. Only for classes with `status_query`. `None`: the provider knows no such
    /// message, or several that it may be.
    async fn look_up(
        &self,
        account: &OpenAccount,
        sought: &StatusQuery,
    ) -> Result<Option<ProviderRecord>, CallError>;
}

/// Finds out whether an account works without sending anything: connection, encryption and login.
#[async_trait]
pub trait AccountTrial: Send + Sync {
    async fn try_account(&self, account: &OpenAccount) -> Result<(), TrialError>;
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrialError {
    /// The provider has no call that changes nothing; the first message shows whether the account works.
    #[error("the provider has no call that changes nothing")]
    CannotBeTried,
    /// The test failed. `detail` holds the other side's own words, as far as it said any.
    #[error("{detail}")]
    Failed { fault: AccountFault, detail: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderClass {
    /// The promise that a message with the key of an earlier one is not accepted a second time. The key is the
    /// message's tag.
    pub key: Option<KeyPromise>,
    pub status_query: bool,
    /// Whether the query goes to another server than the one that sends: the state of one says nothing about the
    /// other.
    pub asked_elsewhere: bool,
    /// Whether the provider sends a mail under its own Message-ID: ours reaches nobody, and no reply names it.
    pub own_message_id: bool,
}

impl SenderClass {
    pub const PROMISES_NOTHING: Self =
        Self { key: None, status_query: false, asked_elsewhere: false, own_message_id: false };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPromise {
    /// The time after the first attempt in which the key may be relied on.
    pub window: SignedDuration,
    /// Whether the provider refuses the key with any other body, so that a repeat must be word for word the same.
    pub identical_body: bool,
}

/// A message that may have gone out, and is looked up at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusQuery {
    pub to: String,
    pub text: String,
    /// A mail's Message-ID, without angle brackets.
    pub internet_id: Option<String>,
    /// The time of the first attempt.
    pub since: Timestamp,
    /// The provider's ids of messages that are known to be others.
    pub others: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRecord {
    /// The provider's id of the message, where it tells one.
    pub provider_id: Option<String>,
    /// The message's state: `Accepted` or higher.
    pub state: MessageState,
    /// The reason why it did not arrive, where it has not.
    pub failure: Option<Failure>,
    /// Whether the address will refuse later messages, too.
    pub suppress: bool,
}

#[async_trait]
pub trait MailSender: Sender {
    /// Sends a mail once. Returns certain acceptance, or an error that says what may be done about it.
    async fn send_mail(&self, account: &OpenAccount, mail: &OutgoingMail) -> Result<Accepted, SendError>;
}

#[async_trait]
pub trait SmsSender: Sender {
    async fn send_sms(&self, account: &OpenAccount, sms: &OutgoingSms) -> Result<Accepted, SendError>;
}

#[async_trait]
pub trait WhatsappSender: Sender {
    async fn send_whatsapp(
        &self,
        account: &OpenAccount,
        message: &OutgoingWhatsapp,
    ) -> Result<Accepted, SendError>;
}

#[async_trait]
pub trait PlaceLookup: Send + Sync {
    /// Looks up a business by its address. `None`: the provider knows no such place.
    async fn find_place(
        &self,
        account: &OpenAccount,
        business: Option<&str>,
        address: &str,
    ) -> Result<Option<Place>, CallError>;
}

#[async_trait]
pub trait EmailVerifier: Send + Sync {
    async fn verify_email(
        &self,
        account: &OpenAccount,
        email: &EmailAddress,
    ) -> Result<Verification, CallError>;
}

#[async_trait]
pub trait TextModel: Send + Sync {
    async fn complete(&self, account: &OpenAccount, prompt: &Prompt) -> Result<Completion, CallError>;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingMail {
    pub from: EmailAddress,
    pub from_name: String,
    /// The Message-ID without angle brackets; the same for every attempt.
    pub message_id: String,
    pub to: EmailAddress,
    pub to_name: Option<String>,
    pub reply_to: Option<EmailAddress>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    /// The address for `List-Unsubscribe` and its one-click pair.
    pub unsubscribe_url: Option<String>,
    /// Our tag, sent as `X-Leadflow-Message`. It is also the idempotency key, where the provider honours one.
    pub tag: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingSms {
    pub to: PhoneNumber,
    pub text: String,
    /// The address to which the provider reports; it carries our message id.
    pub status_callback: String,
    /// Our message id. It is also the idempotency key, where the provider honours one.
    pub tag: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingWhatsapp {
    pub to: ChatRecipient,
    /// The text as the recipient reads it, with or without a template.
    pub text: String,
    pub template: Option<WhatsappTemplate>,
    /// Our message id, which the provider's reports name. It is also the idempotency key, where the provider honours
    /// one.
    pub tag: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatsappTemplate {
    pub name: String,
    pub language: String,
    pub parameters: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub provider_id: Option<String>,
    /// The Message-ID under which a mail reaches people, without angle brackets, if it is not ours and the provider
    /// tells it.
    pub internet_id: Option<String>,
}

impl Accepted {
    /// Makes an acceptance with the provider's id, where it tells one.
    pub fn with_id(provider_id: Option<String>) -> Self {
        Self { provider_id, internet_id: None }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Refused for good: the same bytes never succeed.
    #[error("refused ({class}): {detail}")]
    Rejected { class: FailureClass, code: Option<String>, detail: String, suppress: bool },
    /// Refused because of the sender and not the recipient: our reputation, our domain's records, a policy against
    /// mail like ours. Other messages may be refused just the same.
    #[error("blocked ({class}): {detail}")]
    Blocked { class: FailureClass, code: Option<String>, detail: String },
    /// Not accepted because of this recipient or message; may be tried again.
    #[error("not accepted: {detail}")]
    Retryable { detail: String, after: Option<SignedDuration> },
    /// Not accepted, and no other message of the account would be now: the provider is not reached, out of order, or
    /// its quota is used up.
    #[error("nothing is accepted: {detail}")]
    Down { detail: String, after: Option<SignedDuration> },
    /// Not accepted, nor would another message of the account be before `after`: it is over its rate limit, and
    /// nothing is wrong.
    #[error("over the rate: {detail}")]
    TooFast { detail: String, after: SignedDuration },
    /// The account itself does not work: nothing was accepted, and it should not be used.
    #[error("the account is refused: {detail}")]
    Account { detail: String },
    /// The outcome is uncertain: it may have been accepted. It is never repeated blindly.
    #[error("the outcome is unknown")]
    Uncertain(#[source] BoxError),
}

impl SendError {
    /// Makes the error of a final refusal, `Blocked` or `Rejected` depending on whether its class is about the sender
    /// or the recipient.
    pub fn refused(class: FailureClass, code: Option<String>, detail: String, suppress: bool) -> Self {
        if class.stops_sender() && !mutant!("block_charged_to_lead") {
            Self::Blocked { class, code, detail }
        } else {
            Self::Rejected { class, code, detail, suppress }
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Our input is refused: no retry.
    #[error("refused: {0}")]
    Rejected(String),
    #[error("rate limited")]
    RateLimited { after: Option<SignedDuration> },
    /// Wrong key or no credit: stop asking until a user has looked at the account.
    #[error("the account is refused: {0}")]
    Account(String),
    /// Not reached, or out of order: nothing was done, and nothing is charged.
    #[error("no answer")]
    Unavailable(#[source] BoxError),
    /// The request may have been carried out, and charged, but its answer did not arrive or cannot be read.
    #[error("the answer was lost")]
    Lost(#[source] BoxError),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    pub verdict: Deliverability,
    /// The verifier's score, 0–100.
    pub score: Option<u8>,
    /// Whether the person objected to being looked up: delete and suppress.
    pub objected: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    pub system: String,
    pub user: String,
    pub max_tokens: u32,
    /// The JSON schema of the answer, with its name.
    pub schema: Option<(String, serde_json::Value)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub text: String,
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
}

impl Completion {
    pub fn tokens(&self) -> ModelTokens {
        ModelTokens { prompt: u64::from(self.prompt_tokens), completion: u64::from(self.completion_tokens) }
    }
}
