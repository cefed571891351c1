//! What providers' errors mean for a cell and for the run that it is filled in.

use crate::columns::bench::Bench;
use crate::columns::cell_work::{CellWork, StepResult};
use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::ports::store::StoreResult;
use crate::workspace::account_answers::{note_refusal, note_works};
use domain::column::cell::{CellState, StepOutcome};
use domain::spend::Usd;
use domain::{ColumnRunId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// The most tries of a question whose provider is busy.
const TRIES: u32 = 3;
const LONGEST_WAIT: i64 = 900;

/// Why no further cell of a page is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Halt {
    /// The run was paused or stopped.
    Stopped,
    /// The page has taken long enough.
    TimeUp,
    /// A provider is busy until then.
    Busy { until: Timestamp },
    /// The only provider refuses its account.
    Account { why: String },
}

/// Says right before a call whether it may still be made.
pub(super) struct Guard<'a> {
    pub run: Option<(&'a WorkspaceId, &'a ColumnRunId)>,
    /// No call begins later.
    pub until: Timestamp,
}

impl Guard<'_> {
    pub async fn halts(&self, bench: &Bench<'_>) -> StoreResult<Option<Halt>> {
        if let Some((workspace, run)) = self.run
            && !bench.ports.column_runs.get(workspace, run).await?.is_running()
        {
            return Ok(Some(Halt::Stopped));
        }
        Ok((bench.ports.clock.now() >= self.until).then_some(Halt::TimeUp))
    }
}

/// What went wrong with the questions of one cell.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    pub busy: Option<Option<SignedDuration>>,
    pub account: Option<String>,
    pub refused: Option<String>,
    pub lost: bool,
    pub no_account: bool,
    /// Whether any provider has answered that it knows nothing, or nothing that is taken.
    pub answered: bool,
}

impl Troubles {
    /// Notes a call's error, and returns what is noted at the step.
    pub async fn note(
        &mut self,
        bench: &Bench<'_>,
        error: CallError,
        account: Option<&OpenAccount>,
        most: Usd,
    ) -> StoreResult<StepResult> {
        let told = error.to_string();
        Ok(match error {
            CallError::Rejected(why) => {
                self.refused = Some(told);
                if let Some(account) = account {
                    note_works(&*bench.ports.accounts, account, bench.ports.clock.now()).await?;
                }
                StepResult::of(StepOutcome::Refused, Usd::ZERO).because(why)
            }
            CallError::RateLimited { after } => {
                self.busy = Some(after);
                StepResult::of(StepOutcome::Busy, Usd::ZERO).because(told)
            }
            CallError::Account(why) => {
                if let Some(account) = account {
                    let stores = (&*bench.ports.accounts, &*bench.ports.notifications);
                    note_refusal(stores, account, &why, bench.ports.clock.now()).await?;
                    self.account = Some(format!("{} refuses its account: {why}", account.name));
                }
                StepResult::of(StepOutcome::AccountRefused, Usd::ZERO).because(why)
            }
            CallError::Unavailable(source) => {
                tracing::info!(%source, "a provider was not reached");
                self.busy = Some(None);
                StepResult::of(StepOutcome::Busy, Usd::ZERO).because(told)
            }
            CallError::Lost(source) => {
                tracing::warn!(%source, "the answer of a provider was lost");
                self.lost = true;
                StepResult::of(StepOutcome::Lost, most).because(told)
            }
        })
    }

    /// Returns the state of a cell for which no value was found, and whether the page goes on.
    pub fn ending(self, work: &CellWork<'_>, now: Timestamp) -> (CellState, Option<Halt>) {
        let attempts = work.tries + 1;
        let in_run = work.cell.run.is_some();
        if self.lost {
            return (CellState::AnswerLost {}, None);
        }
        if let Some(wished) = self.busy {
            let error = "busy".to_owned();
            if attempts >= TRIES {
                return (CellState::Failed { error, attempts, retry_at: None }, None);
            }
            let wished = wished.map_or(0, |wished| wished.as_secs());
            let wait = (1i64 << (attempts + 1)).max(wished).min(LONGEST_WAIT);
            let until = now.checked_add(SignedDuration::from_secs(wait)).unwrap_or(now);
            let state = CellState::Failed { error, attempts, retry_at: Some(until) };
            return (state, Some(Halt::Busy { until }));
        }
        if self.answered {
            return (CellState::NotFound {}, None);
        }
        if let Some(why) = self.account {
            let retry_at = in_run.then_some(now);
            let state = CellState::Failed { error: why.clone(), attempts, retry_at };
            return (state, in_run.then_some(Halt::Account { why }));
        }
        if let Some(error) = self.refused {
            return (CellState::Failed { error, attempts, retry_at: None }, None);
        }
        let why = if self.no_account { "no account" } else { "no input" };
        (CellState::Skipped { why: why.to_owned() }, None)
    }
}
