//! Stores each user's call, and places calls at a provider.

use crate::ports::provider_calls::{Accepted, CallError, OpenAccount, SendError};
use crate::ports::provider_events::Unreadable;
use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::contact::phone_number::PhoneNumber;
use domain::event::Event;
use domain::workspace::account::AccountSettings;
use domain::workspace::call::{Call, CallLeg, CallSide};
use domain::{CallId, UserId, WorkspaceId};

/// The one call of each user: the next one takes its place.
#[async_trait]
pub trait CallStore: Send + Sync {
    /// Returns the user's call, whether it goes on or has ended. Strongly consistent.
    async fn of_user(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<Option<Call>>;
    /// Saves the call in the place of the one with its revision. `Conflict` where that has changed meanwhile. A report of
    /// the provider comes without an event.
    async fn save(&self, call: &Call, event: Option<&Event>) -> StoreResult<u64>;
}

/// Calls at a provider: one that rings a user's phone, and connects the lead from there.
#[async_trait]
pub trait CallPlacer: Send + Sync {
    /// Asks the provider once to ring the user's phone. The person who picks up is asked to press a key, so that no voicemail
    /// reaches the lead; the provider then asks at `reports` what to do, which `instructions` answers.
    async fn ring(&self, account: &OpenAccount, call: &OutgoingCall) -> Result<Accepted, SendError>;

    /// Ends a call. One that the provider no longer knows has ended.
    async fn hang_up(&self, account: &OpenAccount, provider_id: &str) -> Result<(), CallError>;

    /// Reads a verified report of a call.
    fn report(&self, settings: &AccountSettings, payload: &str) -> Result<CallReport, Unreadable>;

    /// Writes what the provider is to do now, in its own language: dial the lead, or hang up.
    fn instructions(&self, dial: Option<&Dial>) -> String;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingCall {
    /// The user's own phone.
    pub to: PhoneNumber,
    /// The address to which the provider reports.
    pub reports: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// The lead's number.
    pub to: PhoneNumber,
    /// The number that the lead sees.
    pub caller: PhoneNumber,
    pub reports: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallReport {
    pub call: CallId,
    pub user: UserId,
    pub news: CallNews,
    /// The provider's id of the leg to the user, where the report names it.
    pub provider_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallNews {
    /// The user has pressed a key and waits for the lead.
    KeyPressed,
    Leg {
        side: CallSide,
        leg: CallLeg,
        seconds: Option<u32>,
    },
}
