//! A cell: what is known of how a column filled, or did not fill, a lead's field.

use crate::ids::{ColumnId, ColumnRunId, LeadId, WorkspaceId};
use crate::spend::{AiUse, Booking, BookingOutcome, ModelTokens, ModelUse, Usd};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The time after which a question whose answer was not noted counts as lost: no page of a run takes so long.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(30);
/// The time that a webhook has to call back before the cell says that it is late.
const LATE_AFTER: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    pub column: ColumnId,
    pub state: CellState,
    /// The value that was found, as the lead stores it.
    pub value: Option<String>,
    /// The provider, model or formula that it is from.
    pub source: Option<String>,
    /// How sure the source is, 0–100, where it says so.
    pub confidence: Option<u8>,
    /// What all the questions of the latest filling cost.
    pub price: Usd,
    pub at: Timestamp,
    /// The digest of the question: the same question has the same one.
    pub digest: String,
    /// The questions in their order: "how it was found".
    pub steps: Vec<CellStep>,
    pub run: Option<ColumnRunId>,
    /// The digest of the only token that may call back.
    pub token: Option<String>,
    pub rev: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum CellState {
    Empty {},
    /// A provider is being asked.
    Asked {},
    Found {},
    /// No provider knows a valid value; this is a normal result.
    NotFound {},
    /// Nothing was asked, and why.
    Skipped {
        why: String,
    },
    /// The question failed. It is asked again at `retry_at`, if that is given.
    Failed {
        error: String,
        attempts: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<Timestamp>,
    },
    /// The answer was lost, and the provider may have charged for it: it is asked again only if a user wants it.
    AnswerLost {},
    /// The webhook or actor answers later.
    Waiting {},
}

/// One question to one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CellStep {
    pub provider: String,
    /// What it was asked for.
    pub asked_for: String,
    pub at: Timestamp,
    pub price: Usd,
    pub outcome: StepOutcome,
    /// Why a value was not taken, or what went wrong; for a model's answer, the facts that it cites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// The reservation that the question is paid from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<String>,
    /// The language model that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<AskedModel>,
}

/// A language model that was asked for a cell's value, and the tokens of its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskedModel {
    pub name: String,
    /// The version of the prompt with that of the workspace's instructions, such as `1.3`.
    pub prompt: String,
    pub tokens: ModelTokens,
}

crate::codes! {
    /// What came of a question.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum StepOutcome {
        Asked = "asked",
        Found = "found",
        NotFound = "not_found",
        /// The provider knew something that is not taken: not valid, or not sure enough.
        NotTaken = "not_taken",
        /// The provider is over its rate or out of order for now.
        Busy = "busy",
        /// The provider refuses the question.
        Refused = "refused",
        /// The provider refuses the account.
        AccountRefused = "account_refused",
        Lost = "lost",
        /// It was asked and answers later.
        Started = "started",
        NoAccount = "no_account",
    }
}

crate::codes! {
    /// A cell's outcome as runs count it.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum CellOutcome {
        Found = "found",
        NotFound = "not_found",
        Skipped = "skipped",
        /// The value was fresh, or there already.
        Fresh = "fresh",
        Failed = "failed",
        AnswerLost = "answer_lost",
        Waiting = "waiting",
        /// The lead is gone.
        NoLead = "no_lead",
    }
}

impl Cell {
    pub fn empty(workspace: WorkspaceId, lead: LeadId, column: ColumnId, at: Timestamp) -> Self {
        Self {
            workspace,
            lead,
            column,
            state: CellState::Empty {},
            value: None,
            source: None,
            confidence: None,
            price: Usd::ZERO,
            at,
            digest: String::new(),
            steps: Vec::new(),
            run: None,
            token: None,
            rev: 0,
        }
    }

    /// Tells whether the run has filled, or failed to fill, this cell for good.
    pub fn is_settled_in(&self, run: &ColumnRunId) -> bool {
        self.run.as_ref() == Some(run) && self.outcome().is_some()
    }

    /// Returns the outcome; none as long as there is none, or the question is asked again.
    pub fn outcome(&self) -> Option<CellOutcome> {
        Some(match &self.state {
            CellState::Found {} => CellOutcome::Found,
            CellState::NotFound {} => CellOutcome::NotFound,
            CellState::Skipped { .. } => CellOutcome::Skipped,
            CellState::Failed { retry_at: None, .. } => CellOutcome::Failed,
            CellState::AnswerLost {} => CellOutcome::AnswerLost,
            CellState::Waiting {} => CellOutcome::Waiting,
            CellState::Empty {} | CellState::Asked {} | CellState::Failed { retry_at: Some(_), .. } => {
                return None;
            }
        })
    }

    /// Returns the name under which a run counts the cell: its value's source, or the outcome where there is no value.
    pub fn source_of(&self, outcome: CellOutcome) -> &str {
        let source = self.source.as_deref().filter(|_| outcome == CellOutcome::Found);
        source.unwrap_or(outcome.as_str())
    }

    /// Tells whether a question is on its way, so that another worker must not ask it.
    pub fn is_being_asked(&self, now: Timestamp) -> bool {
        matches!(self.state, CellState::Asked {}) && now.duration_since(self.at) < LOST_AFTER
    }

    /// Tells whether this cell has the answer that the other one, which is the same question, waits for.
    pub fn is_answer_to(&self, asked: &Self) -> bool {
        let is_answer = matches!(self.state, CellState::Found {} | CellState::NotFound {});
        is_answer && self.token.is_some() && self.token == asked.token
    }

    /// Tells whether a webhook should have called back by now.
    pub fn is_late(&self, now: Timestamp) -> bool {
        matches!(self.state, CellState::Waiting {}) && now.duration_since(self.at) >= LATE_AFTER
    }

    /// Marks questions whose answer was not noted as lost. Returns true if there were any.
    pub fn lose_answers(&mut self) -> bool {
        let mut any = false;
        for step in self.steps.iter_mut().filter(|step| step.outcome == StepOutcome::Asked) {
            step.outcome = StepOutcome::Lost;
            any = true;
        }
        if any && matches!(self.state, CellState::Asked {}) {
            self.state = CellState::AnswerLost {};
        }
        any
    }

    /// Returns what the cell's questions under a reservation came to.
    pub fn bookings(&self, reservation: &str) -> Vec<Booking> {
        let ours = self.steps.iter().filter(|step| step.reservation.as_deref() == Some(reservation));
        ours.filter_map(CellStep::booking).collect()
    }
}

impl CellStep {
    /// Returns what the step costs, as it is booked; none if nothing was asked, or the provider charges nothing.
    pub fn booking(&self) -> Option<Booking> {
        let outcome = match self.outcome {
            StepOutcome::Found | StepOutcome::NotTaken | StepOutcome::Started => BookingOutcome::Hit,
            StepOutcome::NotFound => BookingOutcome::Miss,
            StepOutcome::Asked | StepOutcome::Lost => BookingOutcome::Lost,
            StepOutcome::Busy
            | StepOutcome::Refused
            | StepOutcome::AccountRefused
            | StepOutcome::NoAccount => {
                return None;
            }
        };
        let model = self.model.as_ref().map(|asked| ModelUse {
            ai_use: AiUse::Column,
            model: asked.name.clone(),
            tokens: asked.tokens,
            turned_down: u64::from(self.outcome == StepOutcome::NotTaken),
        });
        Some(Booking { provider: self.provider.clone(), outcome, calls: 1, amount: self.price, model })
    }
}
