//! What becomes of a message after its provider's answer: one table for steps of campaigns, for what a user writes
//! to one lead, and for bulk messages.
//!
//! A message that was certainly not accepted is tried twice more within seconds, then at long intervals, and is
//! given up after the last. While the account's circuit breaker is open no try counts. A message that may have been
//! accepted is repeated only under a key that the provider still honours; without one it is uncertain.

use crate::ids::MessageId;
use crate::message::retry;
use crate::mutant;
use jiff::SignedDuration;

/// Tries within seconds of each other; the long intervals follow.
pub const TRIES: u8 = 3;
/// The longest wait between tries that follow each other within seconds.
const SOON_SECONDS: i64 = 60;
/// Waits after the first three tries, for providers that are down and for greylisting.
const LONG_WAITS: [SignedDuration; 4] = [
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(4),
    SignedDuration::from_hours(24),
];
/// Waits after each try of a message that was blocked because of its sender.
pub const BLOCKED_WAITS: [SignedDuration; 3] =
    [SignedDuration::from_hours(1), SignedDuration::from_hours(4), SignedDuration::from_hours(24)];

/// A provider's answer that is no acceptance, as far as it decides what becomes of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendAnswer {
    /// The provider will never accept this message.
    Rejected,
    /// The provider accepts nothing like it because of the sender.
    Blocked,
    /// The provider did not accept this message this time.
    Busy,
    /// The account is over its rate.
    TooFast,
    /// The provider accepted nothing at all.
    Down,
    /// The account itself is refused.
    AccountRefused,
    /// The answer was lost.
    Lost,
}

/// The three kinds of messages that go through the send pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendKind {
    Step,
    /// A message to one lead: its author is told at once when it fails.
    OneOff,
    Bulk,
}

/// The facts about a message and its account at the moment when the answer is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendTry {
    pub kind: SendKind,
    /// The number of tries, this one included.
    pub tries: u8,
    /// Whether an earlier try may have been accepted.
    pub may_have_gone: bool,
    /// Whether the provider still honours the idempotency key of this try.
    pub has_key: bool,
    /// Whether the account's circuit breaker is open now.
    pub breaker_is_open: bool,
    /// Whether the account has immediate retries left.
    pub may_be_quick: bool,
    /// The wait that the provider asks for.
    pub after: Option<SignedDuration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// The message has failed for good.
    Refused,
    /// The account is not called now: the message waits with the account's other messages, and the try does not count.
    NotTried,
    /// The message is tried again after these seconds, by the same queue message.
    Soon(SignedDuration),
    /// The message is tried again after this wait.
    Later(SignedDuration),
    /// No further try is left: the message is uncertain if a try may have been accepted, else it has failed.
    GivenUp { may_have_gone: bool },
    /// A user has to repair the account; the try says nothing about the message.
    AwaitRepair,
    /// It is unknown whether the message was accepted: evidence is awaited, in the end a user is asked.
    Uncertain,
}

impl SendAnswer {
    /// Whether other messages of the account would have met the same answer, so that users are shown it there.
    pub fn is_of_account(self) -> bool {
        matches!(self, Self::Blocked | Self::Down | Self::Lost)
    }

    /// Whether the provider was handed nothing, so that another message may have the slot.
    pub fn frees_slot(self) -> bool {
        matches!(self, Self::AccountRefused | Self::Down)
    }

    /// Whether the message certainly did not go out, so that what it took under the caps is free again.
    pub fn frees_caps(self) -> bool {
        self != Self::Lost
    }
}

/// Decides what becomes of a message that was not accepted.
pub fn after_answer(answer: SendAnswer, sent: &SendTry, message: &MessageId) -> Disposition {
    match answer {
        SendAnswer::Rejected => Disposition::Refused,
        SendAnswer::Blocked if sent.kind == SendKind::OneOff => Disposition::Refused,
        SendAnswer::TooFast => Disposition::NotTried,
        SendAnswer::AccountRefused => match sent.kind {
            SendKind::Step => Disposition::AwaitRepair,
            SendKind::OneOff | SendKind::Bulk if sent.may_have_gone => Disposition::Uncertain,
            SendKind::Bulk => Disposition::AwaitRepair,
            SendKind::OneOff => Disposition::Refused,
        },
        SendAnswer::Lost if !sent.has_key => Disposition::Uncertain,
        SendAnswer::Blocked | SendAnswer::Down | SendAnswer::Lost if sent.breaker_is_open => {
            Disposition::NotTried
        }
        SendAnswer::Blocked => {
            sent.again_after(BLOCKED_WAITS.get(usize::from(sent.tries.saturating_sub(1))), answer)
        }
        SendAnswer::Busy | SendAnswer::Down | SendAnswer::Lost if sent.is_quick() => {
            Disposition::Soon(sent.after.unwrap_or_else(|| retry::within(sent.soon(), message, sent.tries)))
        }
        SendAnswer::Busy | SendAnswer::Down | SendAnswer::Lost => {
            sent.again_after(LONG_WAITS.get(usize::from(sent.tries.saturating_sub(TRIES))), answer)
        }
    }
}

impl SendTry {
    fn again_after(&self, wait: Option<&SignedDuration>, answer: SendAnswer) -> Disposition {
        match wait {
            Some(_) if mutant!("back_off_ignored") => Disposition::Later(SignedDuration::ZERO),
            Some(wait) => Disposition::Later(self.after.map_or(*wait, |after| after.max(*wait))),
            None => {
                let may_have_gone = self.may_have_gone || answer == SendAnswer::Lost;
                Disposition::GivenUp { may_have_gone }
            }
        }
    }

    /// The wait that the provider asks for, else two, then four seconds.
    fn soon(&self) -> SignedDuration {
        let seconds = if mutant!("back_off_ignored") { 0 } else { 1 << self.tries.min(10) };
        self.after.unwrap_or(SignedDuration::from_secs(seconds))
    }

    fn is_quick(&self) -> bool {
        self.may_be_quick && self.tries < TRIES && self.soon().as_secs() <= SOON_SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LeadId;
    use Disposition::{AwaitRepair, GivenUp, Later, NotTried, Refused, Soon, Uncertain};
    use SendAnswer::{AccountRefused, Blocked, Busy, Down, Lost, Rejected, TooFast};

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn first(kind: SendKind) -> SendTry {
        SendTry {
            kind,
            tries: 1,
            may_have_gone: false,
            has_key: false,
            breaker_is_open: false,
            may_be_quick: false,
            after: None,
        }
    }

    fn after(answer: SendAnswer, sent: SendTry) -> Disposition {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        after_answer(answer, &sent, &MessageId::derived(&LeadId::derived(now, &["ana"]), &["step"]))
    }

    #[test]
    fn first_try_of_each_kind_after_each_answer() {
        let quarter = Later(LONG_WAITS[0]);
        for (answer, step, one_off, bulk) in [
            (Rejected, Refused, Refused, Refused),
            (Blocked, Later(HOUR), Refused, Later(HOUR)),
            (Busy, quarter, quarter, quarter),
            (TooFast, NotTried, NotTried, NotTried),
            (Down, quarter, quarter, quarter),
            (AccountRefused, AwaitRepair, Refused, AwaitRepair),
            (Lost, Uncertain, Uncertain, Uncertain),
        ] {
            let of = |kind| after(answer, first(kind));
            let found = [of(SendKind::Step), of(SendKind::OneOff), of(SendKind::Bulk)];
            assert_eq!(found, [step, one_off, bulk], "{answer:?}");
        }
    }

    #[test]
    fn repeat_of_a_message_that_may_have_gone_after_each_answer() {
        let quarter = Later(LONG_WAITS[0]);
        for (answer, step, one_off, bulk) in [
            (Rejected, Refused, Refused, Refused),
            (Busy, quarter, quarter, quarter),
            (Down, quarter, quarter, quarter),
            (AccountRefused, AwaitRepair, Uncertain, Uncertain),
            (Lost, quarter, quarter, quarter),
        ] {
            let of = |kind| after(answer, SendTry { may_have_gone: true, has_key: true, ..first(kind) });
            let found = [of(SendKind::Step), of(SendKind::OneOff), of(SendKind::Bulk)];
            assert_eq!(found, [step, one_off, bulk], "{answer:?}");
        }
    }

    #[test]
    fn open_breaker_counts_no_try() {
        for (answer, has_key, expected) in [
            (Down, false, NotTried),
            (Blocked, false, NotTried),
            (Lost, true, NotTried),
            (Lost, false, Uncertain),
            (Rejected, true, Refused),
        ] {
            let sent = SendTry { has_key, breaker_is_open: true, tries: 9, ..first(SendKind::Step) };
            assert_eq!(after(answer, sent), expected, "{answer:?} {has_key}");
        }
    }

    #[test]
    fn message_not_taken_is_tried_within_seconds_then_at_long_intervals() {
        for answer in [Busy, Down] {
            let of = |tries| after(answer, SendTry { may_be_quick: true, tries, ..first(SendKind::Step) });
            for tries in [1, 2] {
                let Soon(wait) = of(tries) else { panic!("{tries}") };
                assert!((1..=1 << tries).contains(&wait.as_secs()), "{wait}");
            }
            let waits = [of(3), of(4), of(5), of(6), of(7)];
            let [quarter, hour, four, day] = LONG_WAITS.map(Later);
            assert_eq!(waits, [quarter, hour, four, day, GivenUp { may_have_gone: false }]);
        }
    }

    #[test]
    fn blocked_message_is_given_up_with_the_fourth_try() {
        let of = |tries| after(Blocked, SendTry { may_be_quick: true, tries, ..first(SendKind::Bulk) });
        let [hour, four, day] = BLOCKED_WAITS.map(Later);
        assert_eq!([of(1), of(2), of(3), of(4)], [hour, four, day, GivenUp { may_have_gone: false }]);
    }

    #[test]
    fn message_that_may_have_gone_is_uncertain_when_it_is_given_up() {
        let last = SendTry { has_key: true, may_have_gone: true, tries: 7, ..first(SendKind::Step) };
        for (answer, may_have_gone, expected) in [
            (Busy, true, true),
            (Down, true, true),
            (Lost, true, true),
            (Lost, false, true),
            (Down, false, false),
        ] {
            let found = after(answer, SendTry { may_have_gone, ..last });
            assert_eq!(found, GivenUp { may_have_gone: expected }, "{answer:?} {may_have_gone}");
        }
    }

    #[test]
    fn wait_that_the_provider_asks_for_is_kept() {
        let asked = |minutes| SendTry {
            may_be_quick: true,
            after: Some(SignedDuration::from_mins(minutes)),
            ..first(SendKind::Step)
        };
        assert_eq!(after(Busy, asked(1)), Soon(SignedDuration::from_mins(1)));
        assert_eq!(after(Busy, asked(2)), Later(LONG_WAITS[0]), "too long for the queue message");
        assert_eq!(after(Down, asked(300)), Later(SignedDuration::from_hours(5)));
    }

    #[test]
    fn slot_and_caps_are_free_again_by_answer() {
        for (answer, slot, caps) in [
            (Rejected, false, true),
            (Blocked, false, true),
            (Busy, false, true),
            (TooFast, false, true),
            (Down, true, true),
            (AccountRefused, true, true),
            (Lost, false, false),
        ] {
            assert_eq!((answer.frees_slot(), answer.frees_caps()), (slot, caps), "{answer:?}");
        }
    }
}
