//! One message, outbound or inbound, and how far it got.

pub mod answer_draft;
pub mod bounce;
pub mod bulk_message;
pub mod conversation;
pub mod draft_score;
pub mod failure_class;
pub mod identity;
pub mod inbound_outcome;
pub mod mail_body;
pub mod model_reading;
pub mod price;
pub mod promises;
pub mod reply_address;
pub mod reply_draft;
pub mod retry;
pub mod rewriting;
pub mod send_policy;
pub mod sender;
pub mod sms;
pub mod understanding;
pub mod unmatched;
pub mod whatsapp;

use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::ids::{AccountId, BulkMessageId, CampaignId, MessageId, StepId, UserId, VariantId, WorkspaceId};
use crate::message::failure_class::FailureClass;
use crate::message::understanding::{ReplyKind, Understanding};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Out,
    In,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub id: MessageId,
    pub workspace: WorkspaceId,
    pub direction: Direction,
    pub channel: Channel,
    pub state: MessageState,
    pub campaign: Option<CampaignId>,
    pub step: Option<StepId>,
    /// Position of the step, for reports per step.
    pub step_index: Option<u16>,
    /// The step's variant that it was made from.
    pub variant: Option<VariantId>,
    pub account: Option<AccountId>,
    /// The bulk message that it belongs to, if any; each of them goes out in its account's slots.
    pub bulk_message: Option<BulkMessageId>,
    /// The user who wrote a one-off or bulk message.
    pub author: Option<UserId>,
    pub from: String,
    pub to: String,
    /// The address that a personal reply goes to, where the lead wrote from another one than its own.
    pub reply_address: Option<EmailAddress>,
    /// The account that the lead wrote to with an inbound message, as it was known when that came.
    pub wrote_to: Option<AccountId>,
    pub subject: String,
    /// The plain text as rendered or received (at most 16 KB; a longer one is whole in `blob`).
    pub text: String,
    /// The bucket key of the inbound mail as it was read, of the raw message, or of a long body.
    pub blob: Option<String>,
    /// Whether the mail in `blob` has an HTML version to show.
    pub has_html: bool,
    /// The `Message-ID` without angle brackets.
    pub internet_id: Option<String>,
    pub in_reply_to: Option<String>,
    /// The provider's own id, such as Twilio's `SM…`; before the message is known to be sent, that of its draft.
    pub provider_id: Option<String>,
    /// The attempt that the row of a step's message was written for, before its claim.
    pub attempt: Option<Attempt>,
    /// The request word for word, from before its call until it is known what became of it.
    pub frozen: Option<String>,
    pub failure: Option<Failure>,
    /// What an inbound message was understood as.
    pub understood: Option<Understanding>,
    /// How a person first replied to this outbound message.
    pub answered: Option<Answered>,
    /// Whether a lead opted out because of this message.
    pub opted_out: bool,
    /// Whether the lead reported this message as spam.
    pub complained: bool,
    /// A test sent to one of our own mailboxes: nothing that happens to it says anything about the lead.
    pub test: bool,
    /// Whether an uncertain attempt was given up: whatever happens to a later one, the message may have gone out.
    pub given_up: bool,
    /// Whether an attempt that was given up had gone to another address of the lead, and no report since has
    /// named the address that it reached.
    pub tried_elsewhere: bool,
    pub attempts: u8,
    pub opens: u32,
    pub clicks: u32,
    pub machine_events: u32,
    /// The ends of the ids of the events counted last, by people and machines.
    pub counted: Vec<String>,
    /// When the message was written; if it may have gone out, when that attempt began.
    pub created_at: Timestamp,
    /// When the request was last repeated under the same idempotency key.
    pub repeated_at: Option<Timestamp>,
    /// When the author of a one-off or bulk message wants it to go out.
    pub planned_for: Option<Timestamp>,
    /// The earliest time of the next attempt, after one that the provider did not accept.
    pub retry_at: Option<Timestamp>,
    /// The attempt at a one-off or bulk message that may still be under way.
    pub claim: Option<MessageClaim>,
    pub accepted_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub first_opened_at: Option<Timestamp>,
    pub first_clicked_at: Option<Timestamp>,
    pub rev: u64,
}

/// Enough for the events that may arrive while a function that counts one of them is delayed.
const REMEMBERED: usize = 6;

/// The end of an event id, which tells ids of the same time apart.
fn tail(event_id: &str) -> &str {
    event_id.char_indices().rev().nth(9).map_or(event_id, |(at, _)| &event_id[at..])
}

/// What stands before the id of a draft, which no provider's id of a message begins with.
const DRAFT: &str = "draft:";

/// The version of the renderer that made a row's texts and request. A request of another version is not sent,
/// but made again.
pub const RENDERER: u16 = 1;

/// One try at sending a step. Its row is written first, then the enrolment is claimed under the same
/// revision, then the provider is called: a row whose revision was never claimed proves nothing about what
/// went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The revision of the enrolment that it was planned at.
    pub rev: u64,
    pub renderer: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageClaim {
    /// The token of this attempt: a function that finds it stored knows that its write succeeded, whatever
    /// the store answered.
    pub token: String,
    /// After this time the attempt's outcome will not be reported any more.
    pub until: Timestamp,
}

impl Message {
    /// The kind of an inbound message.
    pub fn reply_kind(&self) -> Option<ReplyKind> {
        self.understood.as_ref().map(|understood| understood.kind)
    }

    /// Whether the lead answered with it, in words or with a click.
    pub fn is_answer(&self) -> bool {
        self.reply_kind().is_some_and(ReplyKind::is_answer)
    }

    /// Whether nobody knows if it went out, and no attempt at it is under way that would tell.
    pub fn waits_for_evidence(&self) -> bool {
        self.state == MessageState::Uncertain && self.claim.is_none() && !self.test
    }

    /// Whether an attempt may still be under way.
    pub fn is_claimed(&self, now: Timestamp) -> bool {
        self.claim.as_ref().is_some_and(|claim| claim.until > now)
    }
}

/// States in rising rank: a late or out-of-order report by a provider never moves a message down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Waiting for its queue; one-off messages only.
    Queued,
    /// The row is written for an attempt at a step, before its claim. Only the send pipeline reads it: the
    /// attempt may not have been made.
    Sending,
    /// It is unknown whether the provider has it.
    Uncertain,
    /// Given up while uncertain, by policy or by a user.
    Abandoned,
    /// The provider accepted it.
    Accepted,
    Delivered,
    Bounced,
    /// The provider refused it for good.
    Failed,
    /// Cancelled by a user before it went out.
    Cancelled,
    /// An inbound message.
    Received,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    pub class: FailureClass,
    /// The provider's code: `550 5.1.1`, `21610`.
    pub code: Option<String>,
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    Positive,
    /// A refusal, without a wish never to be written to again.
    Refusal,
}

impl Message {
    /// A message with nothing but its id, workspace, direction and channel: queued if outbound, received if inbound.
    pub fn blank(
        id: MessageId,
        workspace: WorkspaceId,
        direction: Direction,
        channel: Channel,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            workspace,
            direction,
            channel,
            state: match direction {
                Direction::Out => MessageState::Queued,
                Direction::In => MessageState::Received,
            },
            campaign: None,
            step: None,
            step_index: None,
            variant: None,
            account: None,
            bulk_message: None,
            author: None,
            from: String::new(),
            to: String::new(),
            subject: String::new(),
            reply_address: None,
            wrote_to: None,
            text: String::new(),
            blob: None,
            has_html: false,
            internet_id: None,
            in_reply_to: None,
            provider_id: None,
            attempt: None,
            frozen: None,
            failure: None,
            understood: None,
            answered: None,
            opted_out: false,
            complained: false,
            test: false,
            given_up: false,
            tried_elsewhere: false,
            attempts: 0,
            opens: 0,
            clicks: 0,
            machine_events: 0,
            counted: Vec::new(),
            created_at: at,
            repeated_at: None,
            planned_for: None,
            retry_at: None,
            claim: None,
            accepted_at: None,
            delivered_at: None,
            first_opened_at: None,
            first_clicked_at: None,
            rev: 0,
        }
    }

    /// Whether this event was counted already, as far as is remembered.
    pub fn has_counted(&self, event_id: &str) -> bool {
        self.counted.iter().any(|counted| counted == tail(event_id))
    }

    pub fn remember(&mut self, event_id: &str) {
        self.counted.push(tail(event_id).to_owned());
        let surplus = self.counted.len().saturating_sub(REMEMBERED);
        self.counted.drain(..surplus);
    }

    /// This attempt did not reach the lead, and there is no other. An earlier attempt that may have gone out
    /// has not failed.
    pub fn refuse(&mut self, why: Failure) {
        self.state = if self.given_up { MessageState::Abandoned } else { MessageState::Failed };
        self.frozen = None;
        self.provider_id = self.provider_id.take().filter(|id| !id.starts_with(DRAFT));
        self.failure = Some(why);
    }

    pub fn was_refused(&self) -> bool {
        self.failure.is_some() && matches!(self.state, MessageState::Failed | MessageState::Abandoned)
    }

    /// Gives up an uncertain attempt so that the message may go out once more.
    pub fn reset_for_retry(&mut self) {
        self.given_up = true;
        (self.failure, self.retry_at, self.repeated_at) = (None, None, None);
        // A step's goes out again in the same words where its key is still good; one outside every sequence is what it says.
        if self.campaign.is_none() {
            self.frozen = None;
        }
    }

    /// The provider's id of the draft that this message goes out by, if it has one and is not known to be sent.
    pub fn draft(&self) -> Option<&str> {
        self.provider_id.as_deref()?.strip_prefix(DRAFT)
    }

    /// The id under which the message's mail lies in the mailbox that it goes out from: its draft's, which the copy among
    /// sent mail keeps where the provider's ids last.
    pub fn mail_in_mailbox(&self) -> Option<&str> {
        self.draft().or(self.provider_id.as_deref())
    }

    /// Notes the draft that the message is about to go out by.
    pub fn note_draft(&mut self, id: &str) {
        self.provider_id = Some(format!("{DRAFT}{id}"));
    }

    /// Makes this message the successor of an earlier attempt at it. It goes out by the same draft if it is the same request.
    pub fn follows(&mut self, earlier: &Self) {
        (self.rev, self.given_up) = (earlier.rev, earlier.given_up);
        let is_same =
            earlier.frozen.is_some() && earlier.frozen == self.frozen && earlier.account == self.account;
        if is_same && earlier.draft().is_some() {
            self.provider_id.clone_from(&earlier.provider_id);
        }
        self.tried_elsewhere = earlier.tried_elsewhere || earlier.given_up && earlier.to != self.to;
    }

    /// The message without the attempt that its row was written for: `None` where nothing else is known. An
    /// attempt that was given up before may still have gone out.
    pub fn without_attempt(mut self) -> Option<Self> {
        if !self.is_of_attempt() {
            return Some(self);
        }
        self.state = MessageState::Abandoned;
        self.given_up.then_some(self)
    }

    /// The row only tells of an attempt at a step: one that is under way, or was cancelled.
    pub fn is_of_attempt(&self) -> bool {
        match self.state {
            MessageState::Sending => true,
            MessageState::Cancelled => self.campaign.is_some(),
            _ => false,
        }
    }

    /// The attempt that the row was written for will never be made.
    pub fn cancel_attempt(&mut self) {
        self.state = if self.given_up { MessageState::Abandoned } else { MessageState::Cancelled };
        self.frozen = None;
    }

    /// The row was written for an attempt at this revision of its enrolment, and its outcome is unknown.
    pub fn is_row_at(&self, rev: u64) -> bool {
        self.state == MessageState::Sending && self.attempt.is_some_and(|attempt| attempt.rev == rev)
    }

    /// Another attempt may take its place: no provider has this one, or it is no longer reconciled.
    pub fn may_be_replaced(&self) -> bool {
        self.is_of_attempt() || self.state == MessageState::Abandoned
    }

    /// Since when nothing was heard of it that could be.
    pub fn last_tried_at(&self) -> Timestamp {
        self.repeated_at.map_or(self.created_at, |at| at.max(self.created_at))
    }

    /// When the message went out, as seen from something a reader did at `then`: when the provider accepted
    /// it, or when it was tried if we heard of the acceptance only after a reader's first sign.
    pub fn sent_before(&self, then: Timestamp) -> Timestamp {
        let is_heard = |at: &Timestamp| {
            let read = [self.first_opened_at, self.first_clicked_at];
            *at < then && read.into_iter().flatten().all(|read| *at < read)
        };
        self.accepted_at.filter(is_heard).unwrap_or_else(|| self.last_tried_at())
    }

    /// Applies a provider's report if it ranks higher than what is known. Any report means that the provider
    /// had accepted the message. True if anything changed.
    pub fn raise_state(&mut self, to: MessageState, at: Timestamp) -> bool {
        if to <= self.state || self.direction == Direction::In {
            return false;
        }
        self.state = to;
        if (MessageState::Accepted..=MessageState::Failed).contains(&to) {
            self.accepted_at = self.accepted_at.or(Some(at));
        }
        if to == MessageState::Delivered {
            self.delivered_at = self.delivered_at.or(Some(at));
        }
        true
    }
}
