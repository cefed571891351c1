//! One call that costs money, outside the runs of columns: reserved under the month's cap before it is made, and booked
//! after it.

use crate::ports::provider_calls::CallError;
use crate::ports::spend::SpendStore;
use crate::ports::store::StoreResult;
use domain::WorkspaceId;
use domain::spend::{
    Booking, BookingOutcome, CallPrice, ModelPrice, Reservation, Reserving, SpendLimit, Usd,
};
use jiff::Timestamp;

/// Calls of the same work in the same instant get ids that end differently, so many at most.
const MOST_AT_ONCE: u32 = 5;
/// The characters of a prompt that make a token at least, in any language that models read well.
const CHARS_A_TOKEN: u64 = 2;

/// What is asked before a call: who is asked, for what work, and what it may cost.
#[derive(Debug, Clone)]
pub struct CallToPay<'a> {
    pub workspace: &'a WorkspaceId,
    pub provider: &'a str,
    /// What the call is for: the lead and the field, say.
    pub work: &'a [&'a str],
    pub limits: Vec<SpendLimit>,
    pub most: Usd,
}

/// A call whose price is reserved. It is booked by exactly one of its methods.
#[must_use]
pub struct PaidCall<'a> {
    spend: &'a dyn SpendStore,
    workspace: WorkspaceId,
    provider: String,
    /// The reservation; none for a call that costs nothing.
    reservation: Option<String>,
    most: Usd,
}

/// Reserves the price of a call. None if a cap leaves too little for it: the call MUST NOT be made then.
pub async fn reserve_call<'a>(
    spend: &'a dyn SpendStore,
    call: CallToPay<'_>,
    now: Timestamp,
) -> StoreResult<Option<PaidCall<'a>>> {
    let CallToPay { workspace, provider, work, limits, most } = call;
    let paid = |reservation| PaidCall {
        spend,
        workspace: workspace.clone(),
        provider: provider.to_owned(),
        reservation,
        most,
    };
    if most.is_zero() {
        return Ok(Some(paid(None)));
    }
    for nth in 0..MOST_AT_ONCE {
        let id = format!("{provider}#{}#{now}#{nth}", work.join("#"));
        let reservation = Reservation {
            workspace: workspace.clone(),
            id: id.clone(),
            limits: limits.clone(),
            amount: most,
            made_at: now,
        };
        match spend.reserve(&reservation).await? {
            Reserving::Reserved => return Ok(Some(paid(Some(id)))),
            Reserving::Refused { .. } => return Ok(None),
            Reserving::OpenAlready | Reserving::SettledAlready => {}
        }
    }
    Ok(None)
}

impl PaidCall<'_> {
    /// Books a look-up that was answered, by whether something was found.
    pub async fn answered(self, price: CallPrice, found: bool, at: Timestamp) -> StoreResult<()> {
        match found {
            true => self.book(BookingOutcome::Hit, price.hit, at).await,
            false => self.book(BookingOutcome::Miss, price.miss, at).await,
        }
    }

    /// Books a model's answer by its tokens; in full, if the model does not tell them.
    pub async fn written(self, price: ModelPrice, tokens: (u32, u32), at: Timestamp) -> StoreResult<()> {
        let amount = match tokens {
            (0, 0) => self.most,
            (read, written) => price.of(u64::from(read), u64::from(written)).min(self.most),
        };
        self.book(BookingOutcome::Hit, amount, at).await
    }

    /// Books a call that failed: at its full price if the answer was lost, else at nothing.
    pub async fn failed(self, error: &CallError, at: Timestamp) -> StoreResult<()> {
        match error {
            CallError::Lost(_) => {
                let most = self.most;
                self.book(BookingOutcome::Lost, most, at).await
            }
            CallError::Rejected(_)
            | CallError::RateLimited { .. }
            | CallError::Account(_)
            | CallError::Unavailable(_) => self.settle(&[], at).await,
        }
    }

    async fn book(self, outcome: BookingOutcome, amount: Usd, at: Timestamp) -> StoreResult<()> {
        let booking = Booking { provider: self.provider.clone(), outcome, calls: 1, amount };
        self.settle(&[booking], at).await
    }

    async fn settle(self, bookings: &[Booking], at: Timestamp) -> StoreResult<()> {
        match &self.reservation {
            Some(id) => self.spend.settle(&self.workspace, id, bookings, at).await,
            None => Ok(()),
        }
    }
}

/// Returns the most that a prompt may cost: its characters as tokens, and all tokens of an answer.
pub fn most_of_prompt(price: ModelPrice, prompt: &[&str], max_tokens: u32) -> Usd {
    let chars: usize = prompt.iter().map(|text| text.len()).sum();
    let read = u64::try_from(chars).unwrap_or(u64::MAX).div_ceil(CHARS_A_TOKEN);
    price.of(read, u64::from(max_tokens))
}
