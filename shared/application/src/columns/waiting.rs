//! Answers that come later: a webhook calls back, or an actor's run is over. Each fills its cell once.

use crate::columns::ColumnPorts;
use crate::columns::apply::{Filled, apply};
use crate::columns::bench::{ACTORS, Bench, WEBHOOK};
use crate::columns::callback_token::CallbackToken;
use crate::columns::plan::Order;
use crate::lead::enrichment::field_ports::Asked;
use crate::ports::data_providers::ActorRun;
use crate::ports::outbox::send_all;
use crate::ports::provider_calls::CallError;
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use crate::queue_messages::FillColumns;
use crate::retry;
use domain::column::cell::{Cell, CellState, StepOutcome};
use domain::column::json_template::value_at;
use domain::column::recipe::Recipe;
use domain::column::run::RunMode;
use domain::event::{Event, EventKind};
use domain::{ColumnId, LeadId, WorkspaceId};

/// An actor's run is looked at every minute, for two hours.
const LOOKS: u32 = 120;
const LOOKS_EVERY: u32 = 60;

/// What an answer that came later did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// The cell has its answer.
    Filled,
    /// The cell has one already, or waits for another.
    Nothing,
}

/// Takes in what a webhook has called back with.
pub async fn called_back(ports: &ColumnPorts, token: &CallbackToken, body: &str) -> StoreResult<Came> {
    let Some(column) = found(ports.columns.get(&token.workspace, &token.column).await)? else {
        return Ok(Came::Nothing);
    };
    let Recipe::Webhook(hook) = &column.recipe else { return Ok(Came::Nothing) };
    let value = value_at(body, &hook.answer);
    let place = (&token.workspace, &token.lead, &token.column);
    fill(
        ports,
        place,
        &token.nonce,
        (value.ok_or_else(|| "the answer has no value there".to_owned()), WEBHOOK),
    )
    .await
}

/// Looks at an actor's run.
pub async fn look_at_actor(ports: &ColumnPorts, message: &FillColumns) -> StoreResult<Asked> {
    let FillColumns::Actor { workspace, lead, column: id, actor_run, token, looked } = message else {
        return Ok(Asked::Settled);
    };
    let Some(column) = found(ports.columns.get(workspace, id).await)? else { return Ok(Asked::Settled) };
    let Recipe::Actor { answer, .. } = &column.recipe else { return Ok(Asked::Settled) };
    let waits = ports.cells.get(workspace, lead, id).await?;
    if waits.is_none_or(|cell| cell.token.as_deref() != Some(token)) {
        return Ok(Asked::Settled);
    }
    let bench = Bench::open(ports, workspace).await?;
    let place = (workspace, lead, id);
    let Some(account) = bench.account(ACTORS) else {
        let why = Err("there is no account any more".to_owned());
        return fill(ports, place, token, (why, ACTORS)).await.map(|_| Asked::Settled);
    };
    let answer = match ports.actor_runner.read(&account, actor_run).await {
        Ok(ActorRun::Done { items }) => {
            value_at(&items, answer).ok_or_else(|| "it has found nothing".to_owned())
        }
        Ok(ActorRun::Failed { why }) => Err(why),
        Err(CallError::Rejected(why) | CallError::Account(why)) => Err(why),
        Ok(ActorRun::Running)
        | Err(CallError::RateLimited { .. } | CallError::Unavailable(_) | CallError::Lost(_)) => {
            if *looked >= LOOKS {
                Err("it has run for two hours without an end".to_owned())
            } else {
                let mut next = message.clone();
                if let FillColumns::Actor { looked, .. } = &mut next {
                    *looked += 1;
                }
                send_all(&*ports.outbox, &[next], LOOKS_EVERY).await?;
                return Ok(Asked::Settled);
            }
        }
    };
    fill(ports, place, token, (answer, ACTORS)).await.map(|_| Asked::Settled)
}

/// Fills the cell that waits with this token. A repeat of the answer that it has completes what was cut off.
async fn fill(
    ports: &ColumnPorts,
    (workspace, lead, id): (&WorkspaceId, &LeadId, &ColumnId),
    nonce: &str,
    (answer, source): (Result<String, String>, &str),
) -> StoreResult<Came> {
    let bench = Bench::open(ports, workspace).await?;
    let Some(column) = bench.columns.iter().find(|column| column.id == *id) else { return Ok(Came::Nothing) };
    let Some(lead) = found(ports.leads.get(workspace, lead).await)? else { return Ok(Came::Nothing) };
    let filled = retry!(async {
        let Some(cell) = ports.cells.get(workspace, &lead.id, id).await? else { return Ok(None) };
        if cell.token.as_deref() != Some(nonce) {
            return Ok(None);
        }
        if matches!(cell.state, CellState::Found {}) {
            return Ok(Some((cell.clone(), cell.value, false)));
        }
        if !matches!(cell.state, CellState::Waiting {} | CellState::Asked {}) {
            return Ok(None);
        }
        let before = cell.value.clone();
        let home = Some(lead.country.unwrap_or(bench.workspace.default_country));
        let read = answer.clone().and_then(|value| {
            column.target.read(&value, &bench.fields, home).map_err(|error| error.to_string())
        });
        let mut cell = Cell { source: Some(source.to_owned()), at: ports.clock.now(), ..cell };
        let kind = match read {
            Ok(value) => {
                cell.state = CellState::Found {};
                cell.value = Some(value);
                EventKind::CellFilled
            }
            Err(why) => {
                cell.state = CellState::NotFound {};
                if let Some(step) = cell.steps.last_mut() {
                    step.why = Some(why);
                }
                EventKind::CellNotFilled
            }
        };
        if let Some(step) = cell.steps.last_mut().filter(|step| step.outcome == StepOutcome::Asked) {
            step.outcome = StepOutcome::Started;
        }
        cell.rev = ports.cells.save(&cell, &Event::system(kind, cell.at)).await?;
        Ok::<_, StoreError>(Some((cell, before, true)))
    });
    let Some((cell, ours, is_news)) = filled? else { return Ok(Came::Nothing) };
    if let Some(value) = cell.value.clone().filter(|_| matches!(cell.state, CellState::Found {})) {
        let mode = match &cell.run {
            Some(run) => found(ports.column_runs.get(workspace, run).await)?.map(|run| run.mode),
            None => None,
        };
        let order = Order { run: cell.run.as_ref(), mode: mode.unwrap_or(RunMode::default()) };
        apply(&bench, &lead, &[Filled { column, value: Some(value), ours }], order).await?;
    }
    if !is_news {
        return Ok(Came::Nothing);
    }
    recount(ports, &cell).await?;
    Ok(Came::Filled)
}

/// Moves the cell from those that wait, in its run's counts.
async fn recount(ports: &ColumnPorts, cell: &Cell) -> StoreResult<()> {
    let (Some(run), Some(to)) = (&cell.run, cell.outcome()) else { return Ok(()) };
    let counted = retry!(async {
        let Some(mut run) = found(ports.column_runs.get(&cell.workspace, run).await)? else { return Ok(()) };
        run.recount(cell, to);
        let event = Event::system(EventKind::ColumnRunProgressed, ports.clock.now());
        ports.column_runs.save(&run, &event).await.map(drop)
    });
    unless_taken(counted)
}
