//! Fills the columns of one lead that fill themselves, because the lead is new or a field of it was changed. Each column
//! spends from its own budget of the month and from the workspace's.

use crate::columns::ColumnPorts;
use crate::columns::answers::{Guard, Halt};
use crate::columns::bench::Bench;
use crate::columns::cell_work::summed;
use crate::columns::fill_one::Filling;
use crate::columns::plan::{Order, plan};
use crate::columns::runs::{Chosen, NewRun, start};
use crate::columns::subject::{fills_itself, rests_on};
use crate::lead::enrichment::field_ports::Asked;
use crate::lead::enrichment::field_work::digest;
use crate::ports::columns::ColumnStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::queue_messages::FillColumns;
use domain::column::cell::Cell;
use domain::column::order::ordered;
use domain::column::run::RunMode;
use domain::column::{FillCause, LeadColumn};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::sequence::merge_fields::{fields, is_of_lead, lead_value};
use domain::spend::{BudgetScope, Reservation, Reserving, SpendLimit};
use domain::time::calendar_month::CalendarMonth;
use domain::{ColumnId, ColumnRunId, LeadId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// The time after which no further call begins.
const BEGINS_CALLS_FOR: SignedDuration = SignedDuration::from_secs(45);
/// The most reservations for one column of a lead: one a try.
const MOST_TRIES: u32 = 4;

/// Queues the columns of leads that were created or imported, if any column fills itself then.
pub async fn leads_are_new(
    (columns, outbox): (&dyn ColumnStore, &dyn Outbox),
    workspace: &WorkspaceId,
    leads: &[LeadId],
    at: Timestamp,
) -> StoreResult<()> {
    if leads.is_empty() || !columns.list(workspace).await?.iter().any(|one| fills_itself(one, FillCause::New))
    {
        return Ok(());
    }
    let message = |lead: &LeadId| FillColumns::Lead {
        workspace: workspace.clone(),
        lead: lead.clone(),
        cause: FillCause::New,
        changed: Vec::new(),
        at,
    };
    send_all(outbox, &leads.iter().map(message).collect::<Vec<_>>(), 0).await
}

/// A lead that a user has changed, with the names of the fields that differ, as templates spell them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedLead {
    lead: LeadId,
    fields: Vec<String>,
    at: Timestamp,
}

impl ChangedLead {
    /// Compares a lead with how it was. None: no field that a column may rest on differs.
    pub fn between(before: &Lead, after: &Lead) -> Option<Self> {
        let fields = changed_fields(before, after);
        (!fields.is_empty()).then(|| Self { lead: after.id.clone(), fields, at: after.updated_at })
    }
}

/// Queues the columns that rest on what was changed in leads by a user, one lead or many at once.
pub async fn leads_have_changed(
    (columns, outbox): (&dyn ColumnStore, &dyn Outbox),
    workspace: &WorkspaceId,
    changed: impl IntoIterator<Item = ChangedLead> + Send,
) -> StoreResult<()> {
    let mut changed: Vec<ChangedLead> = changed.into_iter().collect();
    if changed.is_empty() {
        return Ok(());
    }
    let mut columns = columns.list(workspace).await?;
    columns.retain(|column| fills_itself(column, FillCause::Changed));
    let concerns =
        |one: &ChangedLead| columns.iter().any(|column| one.fields.iter().any(|name| rests_on(column, name)));
    let message = |ChangedLead { lead, fields, at }| FillColumns::Lead {
        workspace: workspace.clone(),
        lead,
        cause: FillCause::Changed,
        changed: fields,
        at,
    };
    changed.retain(concerns);
    let messages: Vec<FillColumns> = changed.into_iter().map(message).collect();
    send_all(outbox, &messages, 0).await
}

/// Returns the names of the fields that differ, as templates spell them.
fn changed_fields(before: &Lead, after: &Lead) -> Vec<String> {
    let own = fields().filter(|name| is_of_lead(name)).map(str::to_owned);
    let keys = before.custom.keys().chain(after.custom.keys());
    let custom = keys.map(|key| domain::column::recipe::plain_name(&format!("custom.{key}")));
    let mut names: Vec<String> = own.chain(custom).collect();
    names.sort();
    names.dedup();
    names.retain(|name| lead_value(before, name) != lead_value(after, name));
    names
}

/// Fills the columns of one lead.
pub async fn fill_lead(
    ports: &ColumnPorts,
    (workspace, lead): (&WorkspaceId, &LeadId),
    (cause, changed, at): (FillCause, &[String], Timestamp),
) -> StoreResult<Asked> {
    let bench = Bench::open(ports, workspace).await?;
    let watches = |column: &&LeadColumn| {
        let concerned = cause == FillCause::New || changed.iter().any(|name| rests_on(column, name));
        fills_itself(column, cause) && concerned
    };
    let chosen: Vec<LeadColumn> = bench.columns.iter().filter(watches).cloned().collect();
    let Ok(columns) = ordered(&chosen) else { return Ok(Asked::Settled) };
    let until = ports.clock.now().checked_add(BEGINS_CALLS_FOR).unwrap_or(at);
    let guard = Guard { run: None, until };
    let mut asked = Asked::Settled;
    for column in columns {
        let done = one(&bench, column, (workspace, lead, at), &guard).await?;
        asked = asked.merge(done);
    }
    Ok(asked)
}

async fn one(
    bench: &Bench<'_>,
    column: &LeadColumn,
    (workspace, lead, at): (&WorkspaceId, &LeadId, Timestamp),
    guard: &Guard<'_>,
) -> StoreResult<Asked> {
    let ports = bench.ports;
    let Some(lead) = found(ports.leads.get(workspace, lead).await)? else { return Ok(Asked::Settled) };
    let order = Order { run: None, mode: RunMode::default() };
    let now = ports.clock.now();
    let at = at.as_nanosecond().to_string();
    let base = format!("fill:{}:{}", column.id, digest(&[lead.id.as_str(), &at]));
    // A question is tried again where its provider was busy, so that an earlier reservation may be settled already.
    let mut tries = 0;
    let (cells, planned, reservation) = loop {
        let mut cells: Vec<Cell> =
            ports.cells.get(workspace, &lead.id, &column.id).await?.into_iter().collect();
        let planned = plan(bench, &[column], &lead, &cells, order, now);
        if planned.most.is_zero() {
            break (cells, planned, None);
        }
        if tries >= MOST_TRIES {
            return Ok(Asked::Settled);
        }
        let id = format!("{base}:{tries}");
        tries += 1;
        let own = BudgetScope::Column { column: column.id.clone(), month: CalendarMonth::at(now) };
        let own = SpendLimit { scope: own, cap: column.month_cap };
        let wanted = Reservation {
            workspace: workspace.clone(),
            id: id.clone(),
            limits: vec![own, bench.settings.month(now)],
            amount: planned.most,
            made_at: now,
        };
        match ports.caps.reserve(&wanted).await? {
            Reserving::Reserved => break (cells, planned, Some(id)),
            Reserving::SettledAlready => {}
            // Its worker is gone: what it has asked is booked, and not asked again.
            Reserving::OpenAlready => {
                for cell in cells.iter_mut().filter(|cell| !cell.bookings(&id).is_empty()) {
                    if cell.lose_answers() {
                        let event = Event::system(EventKind::CellNotFilled, now);
                        unless_taken(ports.cells.save(cell, &event).await.map(drop))?;
                    }
                }
                let bookings = summed(cells.iter().flat_map(|cell| cell.bookings(&id)));
                ports.spend.settle(workspace, &id, &bookings, now).await?;
            }
            Reserving::Refused { scope, .. } => {
                tracing::info!(column.id = %column.id, ?scope, "a column has no money left to fill itself");
                return Ok(Asked::Settled);
            }
        }
    };
    let filling = Filling { bench, order, plan: &planned, reservation: reservation.as_deref(), guard };
    let done = filling.fill(&[column], &lead, &cells).await?;
    if let Some(id) = &reservation {
        let bookings = summed(done.cells.iter().flat_map(|cell| cell.bookings(id)));
        ports.spend.settle(workspace, id, &bookings, ports.clock.now()).await?;
    }
    Ok(match done.halt {
        Some(Halt::Busy { until }) => {
            let after = until.duration_since(ports.clock.now()).as_secs().clamp(1, 900);
            let after_seconds = u32::try_from(after).unwrap_or(60);
            Asked::Again { after_seconds, why: format!("{}: a provider is busy", column.name) }
        }
        Some(Halt::TimeUp) => Asked::Again { after_seconds: 1, why: "the lead takes long".to_owned() },
        Some(Halt::Stopped | Halt::Account { .. }) | None => Asked::Settled,
    })
}

/// Starts a run over all leads for a column whose schedule or changed formula asks for it.
pub async fn fill_all(
    ports: &ColumnPorts,
    (workspace, column, run): (&WorkspaceId, &ColumnId, &ColumnRunId),
) -> StoreResult<Asked> {
    let Some(column) = found(ports.columns.get(workspace, column).await)? else { return Ok(Asked::Settled) };
    let new = NewRun {
        columns: vec![column.id],
        chosen: Chosen::All,
        mode: RunMode::default(),
        cap: column.month_cap,
        by: None,
    };
    start(ports, workspace, run.clone(), new).await.map(|_| Asked::Settled)
}
