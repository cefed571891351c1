//! The cost of a call that the app placed. The provider tells the price of each leg some time after the call's end, so money
//! is set aside when the call is placed, and the provider is asked for the price until it comes.
//!
//! Until the length of the call is known, the price of an hour is set aside; from then on that of the minutes that the
//! call took. A user who makes many short calls would otherwise soon find the month's cap reached.

use crate::ids::{AccountId, CallId, WorkspaceId};
use crate::spend::Usd;
use crate::workspace::call::{CALL_LASTS, LONGEST};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The minutes for which money is set aside when a call is placed: the provider ends it after so long.
const MINUTES_SET_ASIDE: u64 = CALL_LASTS.as_mins().unsigned_abs();
/// The provider is asked again after these waits once the call is over. Together they are less than the day after which
/// a reservation counts as left over.
const WAITS: [SignedDuration; 4] = [
    SignedDuration::from_mins(5),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(12),
];
/// The wait before the last question is repeated if its job dies.
const LAST_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// The age from which on a price that has not come counts as unknown: the last question is long asked by then.
const PENDING_AT_MOST: SignedDuration = SignedDuration::from_hours(24);
/// The wait before the provider is asked again about a call that still goes on there.
const GOES_ON: SignedDuration = SignedDuration::from_mins(5);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallCost {
    pub call: CallId,
    pub workspace: WorkspaceId,
    pub account: AccountId,
    /// The provider's id of the leg to the user, once it is known.
    pub provider_id: Option<String>,
    pub state: CallCostState,
    /// The price of a minute in the workspace's price list when the call was placed.
    pub minute_price: Usd,
    /// The minutes that the call took, once the provider has told them.
    pub minutes: Option<u64>,
    /// The minutes that the call took, or at most took, as far as the app has heard of its end.
    pub heard_minutes: Option<u64>,
    /// How often the provider was asked after the end without telling the price.
    pub asked: u8,
    /// When the provider is asked next.
    pub ask_at: Timestamp,
    pub placed_at: Timestamp,
    pub rev: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum CallCostState {
    /// The provider tells the price within some hours of the call.
    Pending,
    Known {
        amount: Usd,
    },
    /// The provider was asked often enough, or told a price that cannot be read.
    Unknown,
}

impl CallCost {
    /// Makes the cost of a call that is placed now. If no report of its end comes, the provider is asked when the call must
    /// be over.
    pub fn placed(
        (workspace, call): (&WorkspaceId, &CallId),
        account: &AccountId,
        minute_price: Usd,
        now: Timestamp,
    ) -> Self {
        Self {
            call: call.clone(),
            workspace: workspace.clone(),
            account: account.clone(),
            provider_id: None,
            state: CallCostState::Pending,
            minute_price,
            minutes: None,
            heard_minutes: None,
            asked: 0,
            ask_at: later(now, LONGEST + GOES_ON),
            placed_at: now,
            rev: 0,
        }
    }

    /// Returns the reservation that holds what is set aside now.
    pub fn reservation(&self) -> String {
        let [placed, ended] = Self::reservations(&self.call);
        if self.minutes.is_some() { ended } else { placed }
    }

    /// Returns the reservations of a call: from when it is placed, and from when its minutes are known.
    pub fn reservations(call: &CallId) -> [String; 2] {
        [format!("calls#{call}#placed"), format!("calls#{call}#ended")]
    }

    /// Returns the reservation on which the call is booked, by itself: its id tells whether that was done.
    pub fn booked(call: &CallId) -> String {
        format!("calls#{call}#booked")
    }

    /// Returns what is set aside now.
    pub fn set_aside(&self) -> Usd {
        self.minute_price * self.minutes.unwrap_or(MINUTES_SET_ASIDE)
    }

    /// Returns what is booked where the price is unknown: the minutes that the provider told, or else those that the app
    /// heard of, or else an hour. None for a call of which nobody has heard anything.
    pub fn estimate(&self) -> Option<Usd> {
        let is_there = self.provider_id.is_some();
        let minutes = self.minutes.or(self.heard_minutes).or(is_there.then_some(MINUTES_SET_ASIDE))?;
        Some(self.minute_price * minutes)
    }

    /// Returns the state as users see it. A price that has not come after a day is unknown.
    pub fn shown(&self, now: Timestamp) -> CallCostState {
        let is_late = now.duration_since(self.placed_at) > PENDING_AT_MOST;
        if is_late && self.state == CallCostState::Pending { CallCostState::Unknown } else { self.state }
    }

    /// Notes how long the call took, as a report tells, or else how long ago it was placed.
    pub fn hear_end(&mut self, seconds: Option<u32>, now: Timestamp) {
        let ago = now.duration_since(self.placed_at).min(LONGEST).as_secs();
        let seconds = seconds.map_or(u64::try_from(ago).unwrap_or(0), u64::from);
        self.heard_minutes.get_or_insert(seconds.div_ceil(60));
    }

    /// Notes the provider's id of the call. True if it is new.
    pub fn name(&mut self, provider_id: Option<&str>) -> bool {
        let is_new = self.provider_id.is_none() && provider_id.is_some();
        if is_new {
            self.provider_id = provider_id.map(str::to_owned);
        }
        is_new
    }

    /// Notes that the call is over, so that the provider is asked now. True if that is new.
    pub fn end(&mut self, now: Timestamp) -> bool {
        let is_new = self.state == CallCostState::Pending && self.asked == 0 && self.ask_at > now;
        if is_new {
            self.ask_at = now;
        }
        is_new
    }

    /// Whether the provider is to be asked now.
    pub fn is_asked_for(&self, now: Timestamp) -> bool {
        self.state == CallCostState::Pending && self.ask_at <= now
    }

    /// Returns when the provider is asked again if the job that asks now dies. It is counted from the question, so that a job
    /// that is repeated plans one question more and not many; none where that time is over already.
    pub fn asked_again_at(&self, now: Timestamp) -> Option<Timestamp> {
        let at = later(self.ask_at, WAITS.get(usize::from(self.asked)).copied().unwrap_or(LAST_WAIT));
        (at > now).then_some(at)
    }

    /// Plans the next question about a call that goes on at the provider, until it must be over there, too.
    pub fn goes_on(&mut self, now: Timestamp) {
        if now.duration_since(self.placed_at) > LONGEST {
            return self.ask_again(now);
        }
        self.ask_at = later(now, GOES_ON);
    }

    /// Plans the next question about a call that is over. After the last one the price is unknown.
    pub fn ask_again(&mut self, now: Timestamp) {
        match WAITS.get(usize::from(self.asked)) {
            Some(wait) => {
                self.asked += 1;
                self.ask_at = later(now, *wait);
            }
            None => self.state = CallCostState::Unknown,
        }
    }
}

fn later(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LeadId;

    fn cost() -> CallCost {
        let now = Timestamp::UNIX_EPOCH;
        let call = CallId::derived(&LeadId::derived(now, &["ana"]), &["call"]);
        let (workspace, account) = (WorkspaceId::derived(now, &["w"]), AccountId::derived(now, &["twilio"]));
        CallCost::placed((&workspace, &call), &account, Usd::cents(10), now)
    }

    fn after(minutes: i64) -> Timestamp {
        later(Timestamp::UNIX_EPOCH, SignedDuration::from_mins(minutes))
    }

    #[test]
    fn price_of_an_hour_is_set_aside_until_the_minutes_are_known() {
        let mut cost = cost();
        let placed = cost.reservation();
        assert_eq!(cost.set_aside(), Usd::cents(600));
        cost.minutes = Some(3);
        assert_eq!(cost.set_aside(), Usd::cents(30));
        assert_eq!([placed, cost.reservation()], CallCost::reservations(&cost.call));
        cost.minutes = Some(0);
        assert_eq!(cost.set_aside(), Usd::ZERO, "a call that nobody answered");
    }

    #[test]
    fn unknown_price_is_estimated_by_what_was_heard_and_not_at_all_without_a_sign_of_the_call() {
        let mut cost = cost();
        assert_eq!(cost.estimate(), None);
        cost.name(Some("CA1"));
        assert_eq!(cost.estimate(), Some(Usd::cents(600)));
        cost.hear_end(Some(61), after(9));
        cost.hear_end(None, after(90));
        assert_eq!(cost.estimate(), Some(Usd::cents(20)), "the first report counts");
        cost.minutes = Some(3);
        assert_eq!(cost.estimate(), Some(Usd::cents(30)));
        let mut unmeasured = self::cost();
        unmeasured.hear_end(None, after(7));
        assert_eq!(unmeasured.estimate(), Some(Usd::cents(70)), "it took no longer than since it was placed");
    }

    #[test]
    fn price_that_is_pending_for_more_than_a_day_is_shown_as_unknown() {
        let mut cost = cost();
        assert_eq!(cost.shown(after(24 * 60)), CallCostState::Pending);
        assert_eq!(cost.shown(after(24 * 60 + 1)), CallCostState::Unknown);
        cost.state = CallCostState::Known { amount: Usd::cents(7) };
        assert_eq!(cost.shown(after(24 * 60 + 1)), cost.state);
    }

    #[test]
    fn provider_is_asked_at_the_end_or_once_the_call_must_be_over() {
        let mut cost = cost();
        assert!(!cost.is_asked_for(after(65)));
        assert!(cost.is_asked_for(after(70)));
        assert!(cost.end(after(2)));
        assert!(!cost.end(after(3)), "the report of the other leg is no news");
        assert!(cost.is_asked_for(after(2)));
    }

    #[test]
    fn price_that_never_comes_is_unknown_after_five_questions_within_a_day() {
        let mut cost = cost();
        cost.end(after(0));
        let mut waits = Vec::new();
        while cost.state == CallCostState::Pending {
            let now = cost.ask_at;
            assert!(cost.is_asked_for(now));
            cost.ask_again(now);
            waits.push(cost.ask_at.duration_since(now).as_mins());
        }
        assert_eq!(waits, [5, 60, 360, 720, 0]);
        let longest = cost.ask_at.duration_since(after(0)) + LONGEST + GOES_ON;
        assert!(longest < SignedDuration::from_hours(24), "no reservation counts as left over: {longest:?}");
        assert!(!cost.is_asked_for(after(10_000)), "a price that is unknown is asked for no more");
    }

    #[test]
    fn call_that_goes_on_is_asked_about_every_five_minutes_without_using_up_the_questions() {
        let mut cost = cost();
        cost.goes_on(after(50));
        assert_eq!((cost.asked, cost.ask_at), (0, after(55)));
        cost.goes_on(after(66));
        assert_eq!((cost.asked, cost.ask_at), (1, after(71)), "no call lasts longer");
    }

    #[test]
    fn provider_names_a_call_once() {
        let mut cost = cost();
        assert!(!cost.name(None));
        assert!(cost.name(Some("CA1")) && !cost.name(Some("CA2")));
        assert_eq!(cost.provider_id.as_deref(), Some("CA1"));
    }
}
