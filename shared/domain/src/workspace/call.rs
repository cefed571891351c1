//! A call that the app places for a user: it rings the user's own phone, and connects the lead once the user is there.
//!
//! A user has one call at a time, so the next one replaces it. What is kept for good is the task that the user closes.
//! The provider reports each leg by itself, late, twice, and in any order. A leg only ever moves forward, so whatever
//! order its reports come in, they end in the same state.

use crate::contact::phone_number::PhoneNumber;
use crate::ids::{AccountId, CallId, TaskId, UserId, WorkspaceId};
use crate::lead::Lead;
use crate::stable_hash::draw;
use crate::workspace::task::TaskOutcome;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub id: CallId,
    pub workspace: WorkspaceId,
    /// The user who calls.
    pub user: UserId,
    pub account: AccountId,
    /// The number of the lead, by its place: the number itself stays with the lead.
    pub number: LeadNumber,
    /// The digest of the number that the user chose: another one may have taken its place since, by a change or a
    /// merge. None in calls stored before it was kept.
    pub number_digest: Option<String>,
    /// The open task that asks for the call.
    pub task: Option<TaskId>,
    pub request: CallRequest,
    /// The provider's id of the leg to the user.
    pub provider_id: Option<String>,
    pub user_leg: CallLeg,
    pub lead_leg: CallLeg,
    /// How long the lead was on the phone.
    pub seconds: Option<u32>,
    pub placed_at: Timestamp,
    /// The user's calls before this one, latest first: a late repeat of a request for one of them places no call.
    pub earlier: Vec<CallId>,
    pub rev: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadNumber {
    First,
    Second,
}

impl LeadNumber {
    pub const ALL: [Self; 2] = [Self::First, Self::Second];

    pub fn of(self, lead: &Lead) -> Option<&PhoneNumber> {
        match self {
            Self::First => lead.phone.as_ref(),
            Self::Second => lead.second_phone.as_ref(),
        }
    }
}

/// What the provider answered when it was asked for the call. It is asked once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallRequest {
    /// The answer has not come yet.
    Asked,
    Accepted,
    /// The answer was lost: the phone may ring or not.
    NotKnown,
    Refused,
}

/// How far one side of the call is, in the order in which it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallLeg {
    Waiting,
    Ringing,
    Answered,
    Completed,
    NoAnswer,
    Busy,
    Failed,
    /// Given up before it was answered.
    Cancelled,
}

impl CallLeg {
    fn rank(self) -> u8 {
        match self {
            Self::Waiting => 0,
            Self::Ringing => 1,
            Self::Answered => 2,
            Self::Completed | Self::NoAnswer | Self::Busy | Self::Failed | Self::Cancelled => 3,
        }
    }

    pub fn has_ended(self) -> bool {
        self.rank() == 3
    }
}

/// The two sides of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallSide {
    User,
    Lead,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// The provider is being asked.
    Calling,
    /// The provider's answer was lost: the user's phone may ring or not.
    NotKnown,
    /// The user's own phone rings.
    RingingYou,
    /// The user has picked up and is asked to press a key.
    WaitingForKey,
    RingingLead,
    Talking,
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallEnd {
    /// The lead's phone was picked up.
    Completed,
    /// The lead's phone rang in vain, also where the user gave up waiting.
    NoAnswer,
    Busy,
    /// The lead's number could not be reached.
    Failed,
    /// The user's own phone was not picked up, or busy, or out of reach.
    YouNotReached,
    /// The user hung up, or pressed no key, before the lead's phone rang.
    HungUp,
    /// The provider refused the call.
    Refused,
}

impl CallEnd {
    /// The outcome that is proposed to the user; none where the lead was not called.
    pub fn proposed(self) -> Option<TaskOutcome> {
        match self {
            Self::Completed => Some(TaskOutcome::Connected),
            Self::NoAnswer => Some(TaskOutcome::NoAnswer),
            Self::Busy => Some(TaskOutcome::Busy),
            Self::Failed => Some(TaskOutcome::WrongNumber),
            Self::YouNotReached | Self::HungUp | Self::Refused => None,
        }
    }
}

/// A request is answered within this time, or its answer was lost.
const ANSWERED_WITHIN: SignedDuration = SignedDuration::from_mins(2);
/// The provider ends a call after this time, from when the user's phone was picked up on. Money for so long is set aside.
pub const CALL_LASTS: SignedDuration = SignedDuration::from_mins(60);
/// A call that is older, its ringing included, has ended, whether or not that was reported.
pub(crate) const LONGEST: SignedDuration = SignedDuration::from_mins(65);

/// How many calls of a user are known to have been placed, besides the present one.
const KNOWN_CALLS: usize = 20;

impl Call {
    /// The calls that are earlier than the one after this.
    pub fn with_earlier(&self) -> Vec<CallId> {
        [&self.id].into_iter().chain(&self.earlier).take(KNOWN_CALLS).cloned().collect()
    }

    /// Makes the digest of a number, which is another one in each call.
    pub fn digest(id: &CallId, number: &PhoneNumber) -> String {
        format!("{:016x}", draw(&[id.as_str(), number.as_str()]))
    }

    /// Whether this is the number that the user chose.
    pub fn is_to(&self, number: &PhoneNumber) -> bool {
        self.number_digest.as_ref() == Some(&Self::digest(&self.id, number))
    }

    /// Takes what the provider reports of one side. True if anything is new.
    pub fn hear(&mut self, side: CallSide, leg: CallLeg, seconds: Option<u32>) -> bool {
        let before = (self.user_leg, self.lead_leg, self.seconds);
        let known = match side {
            CallSide::User => &mut self.user_leg,
            CallSide::Lead => &mut self.lead_leg,
        };
        if leg.rank() > known.rank() {
            *known = leg;
        }
        if side == CallSide::Lead {
            self.seconds = self.seconds.max(seconds.filter(|_| leg == CallLeg::Completed));
        }
        before != (self.user_leg, self.lead_leg, self.seconds)
    }

    pub fn state(&self, now: Timestamp) -> CallState {
        if self.end(now).is_some() {
            return CallState::Ended;
        }
        match (self.lead_leg, self.user_leg) {
            (CallLeg::Answered, _) => CallState::Talking,
            (CallLeg::Ringing, _) => CallState::RingingLead,
            (_, CallLeg::Answered) => CallState::WaitingForKey,
            (_, CallLeg::Ringing) => CallState::RingingYou,
            _ => match self.request {
                CallRequest::NotKnown => CallState::NotKnown,
                CallRequest::Asked if now.duration_since(self.placed_at) > ANSWERED_WITHIN => {
                    CallState::NotKnown
                }
                _ => CallState::Calling,
            },
        }
    }

    /// Returns how the call has ended; none while it goes on.
    pub fn end(&self, now: Timestamp) -> Option<CallEnd> {
        match self.lead_leg {
            CallLeg::Completed => return Some(CallEnd::Completed),
            CallLeg::NoAnswer | CallLeg::Cancelled => return Some(CallEnd::NoAnswer),
            CallLeg::Busy => return Some(CallEnd::Busy),
            CallLeg::Failed => return Some(CallEnd::Failed),
            CallLeg::Waiting | CallLeg::Ringing | CallLeg::Answered => {}
        }
        let is_over = self.user_leg.has_ended() || now.duration_since(self.placed_at) > LONGEST;
        match self.user_leg {
            _ if self.request == CallRequest::Refused => Some(CallEnd::Refused),
            _ if is_over && self.lead_leg == CallLeg::Answered => Some(CallEnd::Completed),
            _ if is_over && self.lead_leg == CallLeg::Ringing => Some(CallEnd::NoAnswer),
            CallLeg::NoAnswer | CallLeg::Busy | CallLeg::Failed => Some(CallEnd::YouNotReached),
            _ => is_over.then_some(CallEnd::HungUp),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LeadId;

    fn call() -> Call {
        let now = Timestamp::UNIX_EPOCH;
        Call {
            id: CallId::derived(&LeadId::derived(now, &["ana"]), &["call"]),
            workspace: WorkspaceId::derived(now, &["w"]),
            user: UserId::derived(now, &["maya"]),
            account: AccountId::derived(now, &["twilio"]),
            number: LeadNumber::First,
            number_digest: None,
            task: None,
            request: CallRequest::Accepted,
            provider_id: None,
            user_leg: CallLeg::Waiting,
            lead_leg: CallLeg::Waiting,
            seconds: None,
            placed_at: now,
            earlier: Vec::new(),
            rev: 0,
        }
    }

    fn heard(reports: &[(CallSide, CallLeg, Option<u32>)]) -> Call {
        let mut call = call();
        for (side, leg, seconds) in reports {
            call.hear(*side, *leg, *seconds);
        }
        call
    }

    #[test]
    fn reports_in_any_order_and_twice_end_in_the_same_state() {
        use CallLeg::{Answered, Completed, Ringing};
        let told = [
            (CallSide::User, Ringing, None),
            (CallSide::User, Answered, None),
            (CallSide::Lead, Ringing, None),
            (CallSide::Lead, Answered, None),
            (CallSide::Lead, Completed, Some(62)),
            (CallSide::User, Completed, Some(80)),
        ];
        let expected = heard(&told);
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!((expected.end(now), expected.seconds), (Some(CallEnd::Completed), Some(62)));
        let mut order: Vec<usize> = (0..told.len()).collect();
        for turn in 0..720 {
            let mut reports: Vec<_> = order.iter().map(|at| told[*at]).collect();
            reports.extend(told.iter().take(turn % 7).copied());
            assert_eq!(heard(&reports), expected, "{order:?}");
            order.rotate_left(turn % 5 + 1);
            order.swap(turn % 6, (turn / 6) % 6);
        }
    }

    #[test]
    fn each_report_moves_the_state_on() {
        let now = Timestamp::UNIX_EPOCH;
        let mut call = call();
        assert_eq!(call.state(now), CallState::Calling);
        for (side, leg, state) in [
            (CallSide::User, CallLeg::Ringing, CallState::RingingYou),
            (CallSide::User, CallLeg::Answered, CallState::WaitingForKey),
            (CallSide::Lead, CallLeg::Ringing, CallState::RingingLead),
            (CallSide::Lead, CallLeg::Answered, CallState::Talking),
            (CallSide::User, CallLeg::Completed, CallState::Ended),
        ] {
            assert!(call.hear(side, leg, None));
            assert!(!call.hear(side, leg, None), "a repeat is no news");
            assert_eq!(call.state(now), state);
        }
        assert_eq!(call.end(now), Some(CallEnd::Completed));
    }

    #[test]
    fn call_that_reached_nobody_says_whose_phone_it_was() {
        let now = Timestamp::UNIX_EPOCH;
        let mine = heard(&[(CallSide::User, CallLeg::NoAnswer, None)]);
        assert_eq!(mine.end(now), Some(CallEnd::YouNotReached));
        assert_eq!(mine.end(now).and_then(CallEnd::proposed), None);
        let theirs =
            heard(&[(CallSide::User, CallLeg::Answered, None), (CallSide::Lead, CallLeg::Busy, None)]);
        assert_eq!(theirs.end(now), Some(CallEnd::Busy));
        let no_key = heard(&[(CallSide::User, CallLeg::Completed, Some(9))]);
        assert_eq!((no_key.end(now), no_key.seconds), (Some(CallEnd::HungUp), None));
    }

    #[test]
    fn lead_whose_phone_rang_when_the_user_hung_up_has_not_answered() {
        let now = Timestamp::UNIX_EPOCH;
        let rings = [(CallSide::User, CallLeg::Answered, None), (CallSide::Lead, CallLeg::Ringing, None)];
        let mut call = heard(&rings);
        assert!(call.hear(CallSide::User, CallLeg::Cancelled, None));
        assert_eq!(call.end(now), Some(CallEnd::NoAnswer));
        assert_eq!(call.end(now).and_then(CallEnd::proposed), Some(TaskOutcome::NoAnswer));
        call.hear(CallSide::Lead, CallLeg::Cancelled, None);
        assert_eq!(call.end(now), Some(CallEnd::NoAnswer), "the provider's report of it changes nothing");
    }

    #[test]
    fn lost_answer_is_not_known_and_an_old_call_has_ended() {
        let now = Timestamp::UNIX_EPOCH;
        let asked = Call { request: CallRequest::Asked, ..call() };
        assert_eq!(asked.state(now), CallState::Calling);
        assert_eq!(asked.state(now + SignedDuration::from_mins(3)), CallState::NotKnown);
        assert_eq!(asked.state(now + SignedDuration::from_hours(5)), CallState::Ended);
        let lost = Call { request: CallRequest::NotKnown, ..call() };
        assert_eq!(lost.state(now), CallState::NotKnown);
    }
}
