//! The filling of one cell: it says that it asks before each call that costs money, and what came back after it.

use crate::columns::bench::{Bench, MODEL};
use crate::columns::plan::Order;
use crate::ports::store::{StoreError, StoreResult};
use domain::column::cell::{AskedModel, Cell, CellState, CellStep, StepOutcome};
use domain::event::{Event, EventKind};
use domain::spend::{Booking, ModelTokens, Usd};

pub(super) struct CellWork<'a> {
    bench: &'a Bench<'a>,
    reservation: Option<&'a str>,
    /// How often this filling was tried before.
    pub tries: u32,
    /// The cell as it was last stored, and as it will be.
    pub cell: Cell,
    /// The answers of a model that costs nothing, which no reservation books.
    free: Vec<Booking>,
}

/// What a question came to.
pub(super) struct StepResult {
    pub outcome: StepOutcome,
    pub price: Usd,
    pub why: Option<String>,
    pub confidence: Option<u8>,
    /// What a language model has read and written.
    pub tokens: ModelTokens,
}

impl StepResult {
    pub fn of(outcome: StepOutcome, price: Usd) -> Self {
        Self { outcome, price, why: None, confidence: None, tokens: ModelTokens::default() }
    }

    pub fn with_tokens(self, tokens: ModelTokens) -> Self {
        Self { tokens, ..self }
    }

    pub fn because(self, why: impl Into<String>) -> Self {
        Self { why: Some(why.into()), ..self }
    }
}

impl<'a> CellWork<'a> {
    /// Begins a new filling. Steps of an earlier one are forgotten, except those of the same run that is continued after
    /// a provider was busy, and those whose answers were lost.
    pub fn begin(
        bench: &'a Bench<'a>,
        (order, reservation): (Order<'_>, Option<&'a str>),
        mut cell: Cell,
        digest: String,
    ) -> Self {
        cell.lose_answers();
        let is_same_run = order.run.is_some() && cell.run.as_ref() == order.run;
        let is_retry = is_same_run && matches!(cell.state, CellState::Failed { .. }) && cell.digest == digest;
        if !is_retry {
            cell.steps.retain(|step| step.outcome == StepOutcome::Lost && step.reservation.is_some());
            cell.steps.truncate(10);
        }
        let tries = match &cell.state {
            CellState::Failed { attempts, .. } if is_retry => *attempts,
            _ => 0,
        };
        cell.run = order.run.cloned();
        cell.digest = digest;
        cell.token = None;
        Self { bench, reservation, tries, cell, free: Vec::new() }
    }

    /// Tells whether this provider has answered this question in an earlier try of the same run.
    pub fn has_answered(&self, provider: &str) -> bool {
        let done = |step: &CellStep| {
            let is_answer =
                matches!(step.outcome, StepOutcome::NotFound | StepOutcome::NotTaken | StepOutcome::Refused);
            step.provider == provider && is_answer
        };
        self.cell.steps.iter().any(done)
    }

    /// Notes that a provider is asked, at the most that it may cost. It MUST be called right before the call. Returns
    /// false if another worker fills the cell.
    pub async fn ask(&mut self, provider: &str, asked_for: &str, most: Usd) -> StoreResult<bool> {
        self.push(provider, asked_for, most);
        self.note_asked().await
    }

    /// Does what `ask` does for a language model.
    pub async fn ask_model(&mut self, model: &str, most: Usd) -> StoreResult<bool> {
        self.push(MODEL, "text", most);
        if let Some(step) = self.cell.steps.last_mut() {
            step.model = Some(AskedModel {
                name: model.to_owned(),
                prompt: self.bench.style.version.clone(),
                tokens: ModelTokens::default(),
            });
        }
        self.note_asked().await
    }

    async fn note_asked(&mut self) -> StoreResult<bool> {
        self.cell.state = CellState::Asked {};
        match self.save(EventKind::CellAsked).await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict) => {
                self.cell.steps.pop();
                Ok(false)
            }
            Err(other) => Err(other),
        }
    }

    /// Adds the step of a call that costs nothing and may be repeated: nothing has to be noted before it.
    pub fn ask_freely(&mut self, provider: &str, asked_for: &str) {
        self.push(provider, asked_for, Usd::ZERO);
    }

    fn push(&mut self, provider: &str, asked_for: &str, price: Usd) {
        self.cell.at = self.bench.ports.clock.now();
        self.cell.steps.push(CellStep {
            provider: provider.to_owned(),
            asked_for: asked_for.to_owned(),
            at: self.cell.at,
            price,
            outcome: StepOutcome::Asked,
            why: None,
            confidence: None,
            reservation: self.reservation.map(str::to_owned),
            model: None,
        });
    }

    /// Notes what the last question came to. It is stored with the next question, or when the cell is finished.
    pub fn answered(&mut self, result: StepResult) {
        if let Some(step) = self.cell.steps.last_mut() {
            // Never more than what was reserved for it.
            step.price = result.price.min(step.price);
            step.outcome = result.outcome;
            step.why = result.why;
            step.confidence = result.confidence;
            if let Some(model) = &mut step.model {
                model.tokens = result.tokens;
                if self.reservation.is_none() {
                    self.free.extend(step.booking());
                }
            }
        }
    }

    /// Stores how the filling ended. Paid steps are never given up: where another writer was first, they are added to
    /// what it wrote.
    pub async fn finish(mut self, state: CellState, source: Option<&str>) -> StoreResult<Cell> {
        if !self.free.is_empty() {
            let (spend, now) = (&self.bench.ports.spend, self.bench.ports.clock.now());
            spend.count_free(&self.cell.workspace, &self.free, now).await?;
        }
        let kind = match &state {
            CellState::Found {} => EventKind::CellFilled,
            CellState::Waiting {} => EventKind::CellAsked,
            _ => EventKind::CellNotFilled,
        };
        if state == (CellState::Found {}) {
            self.cell.source = source.map(str::to_owned);
        }
        self.cell.state = state;
        self.cell.price =
            self.cell.steps.iter().filter(|step| step.booking().is_some()).map(|step| step.price).sum();
        self.cell.at = self.bench.ports.clock.now();
        for _ in 0..crate::ports::store::TRIES {
            match self.save(kind).await {
                Err(StoreError::Conflict) => {
                    let cell = &self.cell;
                    let stored =
                        self.bench.ports.cells.get(&cell.workspace, &cell.lead, &cell.column).await?;
                    self.cell.rev = stored.as_ref().map_or(0, |stored| stored.rev);
                    // A webhook that called back before its call had ended has filled the cell.
                    if let Some(filled) = stored.as_ref().filter(|stored| stored.is_answer_to(&self.cell)) {
                        self.cell.state = filled.state.clone();
                        self.cell.value.clone_from(&filled.value);
                        self.cell.source.clone_from(&filled.source);
                    }
                    for step in stored.into_iter().flat_map(|stored| stored.steps) {
                        if step.reservation.is_some() && step.reservation.as_deref() != self.reservation {
                            self.cell.steps.insert(0, step);
                        }
                    }
                }
                saved => return saved.map(|()| self.cell),
            }
        }
        Err(StoreError::Conflict)
    }

    async fn save(&mut self, kind: EventKind) -> StoreResult<()> {
        let mut event = Event::system(kind, self.bench.ports.clock.now());
        if let Some(run) = &self.cell.run {
            event = event.because(run.as_str());
        }
        self.cell.rev = self.bench.ports.cells.save(&self.cell, &event).await?;
        Ok(())
    }
}

/// Adds up calls of the same provider, model and outcome.
pub(super) fn summed(bookings: impl Iterator<Item = Booking>) -> Vec<Booking> {
    let mut sums: Vec<Booking> = Vec::new();
    let is_alike = |sum: &Booking, booking: &Booking| {
        let models = match (&sum.model, &booking.model) {
            (Some(one), Some(other)) => one.is_alike(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        models && sum.provider == booking.provider && sum.outcome == booking.outcome
    };
    for booking in bookings {
        match sums.iter_mut().find(|sum| is_alike(sum, &booking)) {
            Some(sum) => {
                sum.calls += booking.calls;
                sum.amount = sum.amount + booking.amount;
                if let (Some(sum), Some(other)) = (&mut sum.model, &booking.model) {
                    sum.add(other);
                }
            }
            None => sums.push(booking),
        }
    }
    sums
}
