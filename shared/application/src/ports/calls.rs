//! Stores each user's call, the recordings of calls and what calls cost, and places calls at a provider.

use crate::ports::provider_calls::{Accepted, CallError, OpenAccount, SendError};
use crate::ports::provider_events::Unreadable;
use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::contact::phone_number::PhoneNumber;
use domain::event::Event;
use domain::spend::Usd;
use domain::workspace::account::AccountSettings;
use domain::workspace::call::{Call, CallLeg, CallSide};
use domain::workspace::call_cost::CallCost;
use domain::workspace::recording::{CallRecording, RecordingNotice, RecordingState};
use domain::{CallId, LeadId, UserId, WorkspaceId};
use jiff::Timestamp;

/// The one call of each user, whose place the next one takes; and the recordings and costs, one of each a call, in their
/// leads' partitions.
#[async_trait]
pub trait CallStore: Send + Sync {
    /// Returns the user's call, whether it goes on or has ended. Strongly consistent.
    async fn of_user(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<Option<Call>>;
    /// Saves the call in the place of the one with its revision. `Conflict` where that has changed meanwhile. A report of
    /// the provider comes without an event.
    async fn save(&self, call: &Call, event: Option<&Event>) -> StoreResult<u64>;

    /// Reads the recording of a call. Strongly consistent.
    async fn recording(&self, workspace: &WorkspaceId, call: &CallId) -> StoreResult<CallRecording>;
    /// Returns the recordings of those of these calls that have one.
    async fn recordings(&self, workspace: &WorkspaceId, calls: &[CallId]) -> StoreResult<Vec<CallRecording>>;
    /// Returns the recordings in a lead's partition, deleted ones too. A lead that was merged into another has its own.
    async fn recordings_of(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Vec<CallRecording>>;
    /// Returns recordings that were made before that time and are not deleted, oldest first.
    async fn recordings_before(
        &self,
        workspace: &WorkspaceId,
        before: Timestamp,
        most: usize,
    ) -> StoreResult<Vec<CallRecording>>;
    /// Saves a recording in the place of the revision that was read. A report of the provider comes without an event.
    async fn save_recording(&self, recording: &CallRecording, event: Option<&Event>) -> StoreResult<u64>;

    /// Reads the cost of a call. Strongly consistent.
    async fn cost(&self, workspace: &WorkspaceId, call: &CallId) -> StoreResult<CallCost>;
    /// Returns the costs of those of these calls that the app placed.
    async fn costs(&self, workspace: &WorkspaceId, calls: &[CallId]) -> StoreResult<Vec<CallCost>>;
    /// Saves a cost in the place of the revision that was read.
    async fn save_cost(&self, cost: &CallCost) -> StoreResult<u64>;
}

/// Calls at a provider: one that rings a user's phone, and connects the lead from there.
#[async_trait]
pub trait CallPlacer: Send + Sync {
    /// Asks the provider once to ring the user's phone. The person who picks up is asked to press a key, so that no voicemail
    /// reaches the lead; the provider then asks at `reports` what to do, which `instructions` answers.
    async fn ring(&self, account: &OpenAccount, call: &OutgoingCall) -> Result<Accepted, SendError>;

    /// Asks the provider once to ring a phone and to read a code to whoever picks up. The call takes less than a minute.
    async fn read_code(&self, account: &OpenAccount, call: &CodeCall) -> Result<Accepted, SendError>;

    /// Ends a call. One that the provider no longer knows has ended.
    async fn hang_up(&self, account: &OpenAccount, provider_id: &str) -> Result<(), CallError>;

    /// Reads a verified report of a call.
    fn report(&self, settings: &AccountSettings, payload: &str) -> Result<CallReport, Unreadable>;

    /// Writes what the provider is to do now, in its own language.
    fn instructions(&self, next: &Instruction) -> String;

    /// Reads a part of a recording, from that byte on. None where the provider no longer has the recording.
    async fn recording_part(
        &self,
        account: &OpenAccount,
        provider_id: &str,
        from: u64,
    ) -> Result<Option<RecordingPart>, CallError>;

    /// Asks for the price of a call, of both legs together.
    async fn bill(&self, account: &OpenAccount, provider_id: &str) -> Result<CallBill, CallError>;

    /// Deletes a recording. One that the provider no longer knows is deleted.
    async fn delete_recording(&self, account: &OpenAccount, provider_id: &str) -> Result<(), CallError>;
}

/// What the provider is to do next with the leg that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    HangUp,
    Dial(Dial),
    /// Says the notice, and connects the two phones.
    Say(RecordingNotice),
}

/// What the provider tells of the price of a call. Minutes are started ones, of the leg that took longest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallBill {
    /// A leg is not over yet.
    GoesOn,
    /// The call is over, and the price of a leg has not come yet.
    NotPriced {
        minutes: u64,
    },
    Priced {
        amount: Usd,
    },
    /// A price that cannot be read, or that is not in US dollars, in which everything is booked.
    Unreadable {
        minutes: u64,
        why: String,
    },
    /// The provider knows no such call.
    NotThere,
}

/// A part of a recording as MP3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingPart {
    pub bytes: Vec<u8>,
    /// The place of the first byte in the whole recording.
    pub from: u64,
    /// The length of the whole recording.
    pub total: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingCall {
    /// The user's own phone.
    pub to: PhoneNumber,
    /// The address to which the provider reports.
    pub reports: String,
}

/// A call in which a voice reads a code.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeCall {
    pub to: PhoneNumber,
    /// Digits.
    pub code: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// The lead's number.
    pub to: PhoneNumber,
    /// The number that the lead sees.
    pub caller: PhoneNumber,
    pub reports: String,
    /// Whether the call is recorded: both sides hear a notice first.
    pub recorded: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallReport {
    pub call: CallId,
    pub user: UserId,
    pub news: CallNews,
    /// The provider's id of the leg to the user, where the report names it.
    pub provider_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallNews {
    /// The user has pressed a key and waits for the lead.
    KeyPressed,
    Leg {
        side: CallSide,
        leg: CallLeg,
        seconds: Option<u32>,
    },
    /// The lead has picked up, and the provider asks what to say before it connects the two.
    NoticeWanted,
    /// How far the recording is.
    Recorded {
        /// The provider's id of the recording.
        provider_id: String,
        state: RecordingState,
        seconds: Option<u32>,
    },
}
