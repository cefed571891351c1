//! One call that costs money, outside the runs of columns: reserved under the month's cap before it is made, and booked
//! after it.

use crate::ports::provider_calls::CallError;
use crate::ports::spend::SpendStore;
use crate::ports::store::StoreResult;
use crate::spend::caps::Caps;
use domain::WorkspaceId;
use domain::spend::{
    AiUse, Booking, BookingOutcome, BudgetScope, CallPrice, ModelPrice, ModelTokens, ModelUse, Reservation,
    Reserving, SpendLimit, Usd,
};
use jiff::Timestamp;

/// The characters of a prompt that make a token at least, in any language that models read well.
const CHARS_A_TOKEN: u64 = 2;
/// What is booked of an answer where there is none that could be turned down.
const NO_ANSWER: (ModelTokens, bool) = (ModelTokens { prompt: 0, completion: 0 }, true);

/// What is asked before a call: who is asked, for what work, and what it may cost.
#[derive(Debug, Clone)]
pub struct CallToPay<'a> {
    pub workspace: &'a WorkspaceId,
    pub provider: &'a str,
    /// What the call is for: the lead and the field, say.
    pub work: &'a [&'a str],
    pub limits: Vec<SpendLimit>,
    pub most: Usd,
    /// What a language model is asked for, and its name; none for other calls.
    pub model: Option<(AiUse, &'a str)>,
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
    model: Option<(AiUse, String)>,
}

/// Why a call is not paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotPaid {
    /// This budget has too little left.
    Cap(BudgetScope),
}

/// Reserves the price of a call; calls of the same work in the same instant get ids that end differently. Without a
/// reservation the call MUST NOT be made.
pub async fn reserve_call<'a>(
    caps: &'a Caps,
    call: CallToPay<'_>,
    now: Timestamp,
) -> StoreResult<Result<PaidCall<'a>, NotPaid>> {
    let CallToPay { workspace, provider, work, limits, most, model } = call;
    let paid = |reservation| PaidCall {
        spend: &*caps.spend,
        workspace: workspace.clone(),
        provider: provider.to_owned(),
        reservation,
        most,
        model: model.map(|(ai_use, name)| (ai_use, name.to_owned())),
    };
    if most.is_zero() {
        return Ok(Ok(paid(None)));
    }
    let mut nth = 0_u64;
    // Ends, because each id is taken by a call that was made: the first one that is free decides.
    loop {
        let id = format!("{provider}#{}#{now}#{nth}", work.join("#"));
        let reservation = Reservation {
            workspace: workspace.clone(),
            id: id.clone(),
            limits: limits.clone(),
            amount: most,
            made_at: now,
        };
        match caps.reserve(&reservation).await? {
            Reserving::Reserved => return Ok(Ok(paid(Some(id)))),
            Reserving::Refused { scope, .. } => return Ok(Err(NotPaid::Cap(scope))),
            Reserving::OpenAlready | Reserving::SettledAlready => nth += 1,
        }
    }
}

/// The reservation of a call for work that is done once, whose id follows from the work alone.
pub enum OncePaid<'a> {
    Reserved(PaidCall<'a>),
    /// Reserved before and not settled: another delivery makes the call now, or broke off after it may have made it.
    Open(PaidCall<'a>),
    SettledAlready,
    /// A cap leaves too little: the call MUST NOT be made.
    Refused,
}

/// Reserves the price of a call for work that is done once. A repeat of the work finds what was reserved before.
pub async fn reserve_once<'a>(
    caps: &'a Caps,
    call: CallToPay<'_>,
    now: Timestamp,
) -> StoreResult<OncePaid<'a>> {
    let CallToPay { workspace, provider, work, limits, most, model } = call;
    let id = format!("{provider}#{}", work.join("#"));
    let reservation =
        Reservation { workspace: workspace.clone(), id: id.clone(), limits, amount: most, made_at: now };
    let paid = |reservation| PaidCall {
        spend: &*caps.spend,
        workspace: workspace.clone(),
        provider: provider.to_owned(),
        reservation,
        most,
        model: model.map(|(ai_use, name)| (ai_use, name.to_owned())),
    };
    if most.is_zero() {
        return Ok(OncePaid::Reserved(paid(None)));
    }
    Ok(match caps.reserve(&reservation).await? {
        Reserving::Reserved => OncePaid::Reserved(paid(Some(id))),
        Reserving::OpenAlready => OncePaid::Open(paid(Some(id))),
        Reserving::SettledAlready => OncePaid::SettledAlready,
        Reserving::Refused { .. } => OncePaid::Refused,
    })
}

/// Books the answer of a model on a reservation whose result was stored first. Safe to repeat.
pub async fn book_answer(
    spend: &dyn SpendStore,
    (workspace, reservation): (&WorkspaceId, &str),
    (provider, amount): (&str, Usd),
    model: ModelUse,
    at: Timestamp,
) -> StoreResult<()> {
    let (provider, outcome) = (provider.to_owned(), BookingOutcome::Hit);
    let booking = Booking { provider, outcome, calls: 1, amount, model: Some(model) };
    spend.settle(workspace, reservation, &[booking], at).await
}

impl PaidCall<'_> {
    /// The reservation; none for a call that costs nothing.
    pub fn reservation(&self) -> Option<&str> {
        self.reservation.as_deref()
    }

    /// Returns what a model's answer costs by its tokens; all that was reserved, if the model does not tell them.
    pub fn cost_of(&self, price: ModelPrice, tokens: ModelTokens) -> Usd {
        match tokens {
            ModelTokens { prompt: 0, completion: 0 } => self.most,
            ModelTokens { prompt, completion } => price.of(prompt, completion).min(self.most),
        }
    }

    /// Books a call of which nobody knows any more whether it was made: at its full price.
    pub async fn lost(self, at: Timestamp) -> StoreResult<()> {
        let most = self.most;
        self.book(BookingOutcome::Lost, most, NO_ANSWER, at).await
    }

    /// Books a look-up that was answered, by whether something was found.
    pub async fn answered(self, price: CallPrice, found: bool, at: Timestamp) -> StoreResult<()> {
        match found {
            true => self.book(BookingOutcome::Hit, price.hit, NO_ANSWER, at).await,
            false => self.book(BookingOutcome::Miss, price.miss, NO_ANSWER, at).await,
        }
    }

    /// Books a model's answer by its tokens; in full, if the model does not tell them. `is_taken`: the answer passed the
    /// checks.
    pub async fn written(
        self,
        price: ModelPrice,
        tokens: ModelTokens,
        is_taken: bool,
        at: Timestamp,
    ) -> StoreResult<()> {
        let amount = self.cost_of(price, tokens);
        self.book(BookingOutcome::Hit, amount, (tokens, is_taken), at).await
    }

    /// Books a call that failed: at its full price if the answer was lost, else at nothing.
    pub async fn failed(self, error: &CallError, at: Timestamp) -> StoreResult<()> {
        match error {
            CallError::Lost(_) => self.lost(at).await,
            CallError::Rejected(_)
            | CallError::RateLimited { .. }
            | CallError::Account(_)
            | CallError::Unavailable(_) => self.settle(&[], at).await,
        }
    }

    async fn book(
        self,
        outcome: BookingOutcome,
        amount: Usd,
        (tokens, is_taken): (ModelTokens, bool),
        at: Timestamp,
    ) -> StoreResult<()> {
        let turned_down = u64::from(!is_taken);
        let model = self.model.clone();
        let model = model.map(|(ai_use, model)| ModelUse { ai_use, model, tokens, turned_down });
        let booking = Booking { provider: self.provider.clone(), outcome, calls: 1, amount, model };
        self.settle(&[booking], at).await
    }

    async fn settle(self, bookings: &[Booking], at: Timestamp) -> StoreResult<()> {
        match &self.reservation {
            Some(id) => self.spend.settle(&self.workspace, id, bookings, at).await,
            None if self.model.is_some() => self.spend.count_free(&self.workspace, bookings, at).await,
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
