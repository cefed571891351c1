//! Fills the columns of one lead in their order, and saves the lead once.

use crate::columns::answers::{Guard, Halt};
use crate::columns::apply::{Filled, apply};
use crate::columns::ask::Answer;
use crate::columns::bench::Bench;
use crate::columns::cell_work::CellWork;
use crate::columns::plan::{LeadPlan, Order, Todo, todo};
use crate::columns::subject::question_digest;
use crate::ports::store::StoreResult;
use domain::ColumnId;
use domain::column::cell::{Cell, CellOutcome, CellState};
use domain::column::formula::{self, FormulaError};
use domain::column::recipe::Recipe;
use domain::column::{LeadColumn, target::NotTaken};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::data_field::DataFound;
use std::collections::HashMap;

/// What providers have answered about the lead: the same question is not asked again for another column.
pub(super) type Known = HashMap<(String, String), Option<DataFound>>;

/// The work on one lead.
pub(super) struct Filling<'a> {
    pub bench: &'a Bench<'a>,
    pub order: Order<'a>,
    pub plan: &'a LeadPlan,
    /// The reservation that the calls are paid from.
    pub reservation: Option<&'a str>,
    pub guard: &'a Guard<'a>,
}

#[derive(Debug, Default)]
pub(super) struct LeadDone {
    pub outcomes: Vec<(ColumnId, CellOutcome)>,
    /// The cells that were written.
    pub cells: Vec<Cell>,
    /// Set where not all columns are done.
    pub halt: Option<Halt>,
}

/// What became of one cell.
enum Came {
    To(CellOutcome, Option<Cell>),
    Halted(Halt, Option<Cell>),
}

impl<'a> Filling<'a> {
    pub async fn fill(
        &self,
        columns: &[&'a LeadColumn],
        lead: &Lead,
        cells: &[Cell],
    ) -> StoreResult<LeadDone> {
        let (mut done, mut filled) = (LeadDone::default(), Vec::new());
        let (mut lead, mut known) = (lead.clone(), Known::new());
        for column in columns {
            let cell = cells.iter().find(|cell| cell.column == column.id).cloned();
            let came = self.one(column, &mut lead, cell, (&mut known, &mut filled)).await?;
            match came {
                Came::To(outcome, cell) => {
                    done.outcomes.push((column.id.clone(), outcome));
                    done.cells.extend(cell);
                }
                Came::Halted(halt, cell) => {
                    done.cells.extend(cell);
                    done.halt = Some(halt);
                    break;
                }
            }
        }
        let refused = apply(self.bench, &lead, &filled, self.order).await?;
        for (column, why) in refused {
            self.untake(&mut done, &column, why).await?;
        }
        Ok(done)
    }

    async fn one(
        &self,
        column: &'a LeadColumn,
        lead: &mut Lead,
        cell: Option<Cell>,
        (known, filled): (&mut Known, &mut Vec<Filled<'a>>),
    ) -> StoreResult<Came> {
        let now = self.bench.ports.clock.now();
        let blank = || Cell::empty(lead.workspace.clone(), lead.id.clone(), column.id.clone(), now);
        let cell = cell.unwrap_or_else(blank);
        if matches!(cell.state, CellState::Asked {}) && self.is_left_over(&cell) {
            return self.lose(cell).await;
        }
        if cell.is_being_asked(now) {
            return Ok(Came::To(CellOutcome::Skipped, None));
        }
        let before = cell.value.clone();
        match todo(column, lead, Some(&cell), self.order, now) {
            Todo::Keep(outcome) => {
                // A page that broke off may have found a value and not saved the lead.
                let found = outcome == CellOutcome::Found && column.target.value_in(lead).is_none();
                if let Some(value) = cell.value.filter(|_| found) {
                    take(column, lead, Some(value), before, filled);
                }
                Ok(Came::To(outcome, None))
            }
            Todo::Leave => Ok(Came::To(CellOutcome::Skipped, None)),
            Todo::Ask if !self.plan.may_ask.contains(&column.id) => Ok(Came::To(CellOutcome::Fresh, None)),
            Todo::Ask | Todo::Compute => {
                if let Some(condition) = &column.condition {
                    match formula::holds(condition, lead, &self.bench.fields) {
                        Ok(true) => {}
                        Ok(false) => return self.skip(cell, "the condition is not true").await,
                        Err(error) => return self.skip(cell, &format!("the condition {error}")).await,
                    }
                }
                if let Recipe::Formula { expression } = &column.recipe {
                    let computed = formula::compute(expression, lead, &self.bench.fields);
                    return self.computed(column, lead, (cell, computed, "formula"), filled).await;
                }
                if let Recipe::Lookup { from } = &column.recipe {
                    let found = self.look_up(from, column, lead).await?;
                    return self.computed(column, lead, (cell, Ok(found), "lookup"), filled).await;
                }
                if now >= self.guard.until {
                    return Ok(Came::Halted(Halt::TimeUp, None));
                }
                let digest = question_digest(column, lead);
                let work = CellWork::begin(self.bench, (self.order, self.reservation), cell, digest);
                match self.ask(column, lead, work, known).await? {
                    Answer::Found(cell) => {
                        let value = cell.value.clone();
                        take(column, lead, value, before, filled);
                        Ok(Came::To(CellOutcome::Found, Some(cell)))
                    }
                    Answer::Ended(cell) => {
                        let outcome = cell.outcome().unwrap_or(CellOutcome::Failed);
                        Ok(Came::To(outcome, Some(cell)))
                    }
                    Answer::Taken(cell) => Ok(Came::To(CellOutcome::Skipped, Some(cell))),
                    Answer::Halted(halt, cell) => Ok(Came::Halted(halt, cell)),
                }
            }
        }
    }

    /// Tells whether the question was this run's: its worker is gone, for there is only one at a time.
    fn is_left_over(&self, cell: &Cell) -> bool {
        self.order.run.is_some() && cell.run.as_ref() == self.order.run
    }

    async fn lose(&self, mut cell: Cell) -> StoreResult<Came> {
        cell.lose_answers();
        cell.state = CellState::AnswerLost {};
        let event = Event::system(EventKind::CellNotFilled, self.bench.ports.clock.now());
        cell.rev = self.bench.ports.cells.save(&cell, &event).await?;
        Ok(Came::To(CellOutcome::AnswerLost, Some(cell)))
    }

    /// Notes why nothing was asked. An earlier answer stays.
    async fn skip(&self, cell: Cell, why: &str) -> StoreResult<Came> {
        let state = CellState::Skipped { why: why.to_owned() };
        let stays =
            !matches!(cell.state, CellState::Empty {} | CellState::Skipped { .. } | CellState::Failed { .. });
        if stays || cell.state == state {
            return Ok(Came::To(CellOutcome::Skipped, None));
        }
        let work = CellWork::begin(self.bench, (self.order, None), cell, String::new());
        Ok(Came::To(CellOutcome::Skipped, Some(work.finish(state, None).await?)))
    }

    /// Takes a computed value. Its cell is written only where it changes.
    async fn computed(
        &self,
        column: &'a LeadColumn,
        lead: &mut Lead,
        (cell, computed, source): (Cell, Result<Option<String>, FormulaError>, &str),
        filled: &mut Vec<Filled<'a>>,
    ) -> StoreResult<Came> {
        let read = |value: String| {
            column.target.read(&value, &self.bench.fields, self.home(lead)).map_err(|error| error.to_string())
        };
        let (state, value) = match computed {
            Ok(Some(value)) => match read(value) {
                Ok(stored) => (CellState::Found {}, Some(stored)),
                Err(error) => (CellState::Failed { error, attempts: 1, retry_at: None }, None),
            },
            Ok(None) => (CellState::NotFound {}, None),
            Err(missing @ FormulaError::Missing(_)) => {
                (CellState::Skipped { why: missing.to_string() }, None)
            }
            Err(other) => (CellState::Failed { error: other.to_string(), attempts: 1, retry_at: None }, None),
        };
        let before = cell.value.clone();
        let is_same = cell.state == state && cell.value == value;
        let outcome = match state {
            CellState::Found {} => CellOutcome::Found,
            CellState::NotFound {} => CellOutcome::NotFound,
            CellState::Skipped { .. } => CellOutcome::Skipped,
            _ => CellOutcome::Failed,
        };
        let cell = if is_same {
            None
        } else {
            let mut work = CellWork::begin(self.bench, (self.order, None), cell, String::new());
            work.cell.value.clone_from(&value);
            Some(work.finish(state, Some(source)).await?)
        };
        take(column, lead, value, before, filled);
        Ok(Came::To(outcome, cell))
    }

    /// Notes at a cell that its value was not taken into the lead.
    async fn untake(&self, done: &mut LeadDone, column: &ColumnId, why: NotTaken) -> StoreResult<()> {
        if let Some((_, outcome)) = done.outcomes.iter_mut().find(|(known, _)| known == column) {
            *outcome = CellOutcome::Skipped;
        }
        let Some(cell) = done.cells.iter_mut().find(|cell| cell.column == *column) else { return Ok(()) };
        cell.state = CellState::Skipped { why: why.to_string() };
        cell.value = None;
        let event = Event::system(EventKind::CellNotFilled, self.bench.ports.clock.now());
        crate::ports::store::unless_taken(
            self.bench.ports.cells.save(cell, &event).await.map(|rev| cell.rev = rev),
        )
    }

    pub fn home(&self, lead: &Lead) -> Option<domain::contact::country::Country> {
        Some(lead.country.unwrap_or(self.bench.workspace.default_country))
    }
}

/// Gives the lead at hand the value, so that later columns see it, and notes it for the save.
fn take<'a>(
    column: &'a LeadColumn,
    lead: &mut Lead,
    value: Option<String>,
    ours: Option<String>,
    filled: &mut Vec<Filled<'a>>,
) {
    match &value {
        Some(value) => drop(column.target.write(lead, value)),
        None if column.target.value_in(lead).is_some() && column.target.value_in(lead) == ours => {
            column.target.clear(lead);
        }
        None => return,
    }
    filled.push(Filled { column, value, ours });
}
