//! Runs as users handle them: started, paused, resumed, stopped, given another cap.

use crate::columns::ColumnPorts;
use crate::lead::filter::all_matching_ids;
use crate::ports::outbox::send_all;
use crate::ports::store::{StoreError, StoreResult};
use crate::queue_messages::FillColumns;
use crate::retry;
use domain::column::cell::{Cell, CellOutcome};
use domain::column::run::{
    ColumnRun, LEADS_A_PART, RunCounts, RunMode, RunSelection, RunSources, RunState, RunSums,
};
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::spend::Usd;
use domain::{ColumnId, ColumnRunId, LeadId, WorkspaceId};

/// The leads that a run is for.
pub enum Chosen {
    Named(Vec<LeadId>),
    Filter { filter: Box<LeadFilter>, except: Vec<LeadId> },
    All,
}

pub struct NewRun {
    pub columns: Vec<ColumnId>,
    pub chosen: Chosen,
    pub mode: RunMode,
    pub cap: Option<Usd>,
    pub by: Option<UserOrKey>,
}

fn part_key(workspace: &WorkspaceId, run: &ColumnRunId, part: u64) -> String {
    format!("{workspace}/column-runs/{run}/{part}")
}

/// Starts a run: the ids of its leads are kept in the bucket, and its first page is queued. A repeat with the same id
/// starts no second one.
pub async fn start(
    ports: &ColumnPorts,
    workspace: &WorkspaceId,
    id: ColumnRunId,
    new: NewRun,
) -> StoreResult<ColumnRun> {
    let now = ports.clock.now();
    let (selection, ids) = match new.chosen {
        Chosen::Named(mut ids) => {
            let mut seen = std::collections::BTreeSet::new();
            ids.retain(|id| seen.insert(id.clone()));
            (RunSelection::Named {}, ids)
        }
        Chosen::Filter { filter, except } => {
            let filter = ports.lists.pinned(workspace, &LeadScope::All, *filter).await?;
            let ids =
                all_matching_ids(&ports.lists, (workspace, &LeadScope::All), (&filter, &except), now).await?;
            (RunSelection::Filter { filter: Box::new(filter) }, ids)
        }
        Chosen::All => (RunSelection::All {}, all_ids(ports, workspace).await?),
    };
    for (part, ids) in ids.chunks(LEADS_A_PART).enumerate() {
        let body = serde_json::to_vec(ids).map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        ports.blobs.put(&part_key(workspace, &id, part as u64), "application/json", body).await?;
    }
    let total = ids.len() as u64;
    let mut run = ColumnRun {
        id,
        workspace: workspace.clone(),
        columns: new.columns,
        selection,
        mode: new.mode,
        cap: new.cap,
        state: RunState::Running {},
        counts: RunCounts::new(),
        sources: RunSources::new(),
        spent: Usd::ZERO,
        total,
        done: 0,
        not_before: None,
        lease: None,
        started_by: new.by.clone(),
        started_at: now,
        finished_at: None,
        rev: 0,
    };
    run.advance(0, &RunSums::default(), now);
    let actor = new.by.as_ref().map_or(Actor::System, UserOrKey::actor);
    let event = Event::new(EventKind::ColumnRunStarted, actor, now);
    match ports.column_runs.save(&run, &event).await {
        Ok(rev) => run.rev = rev,
        Err(StoreError::Conflict) => run = ports.column_runs.get(workspace, &run.id).await?,
        Err(other) => return Err(other),
    }
    send_page(ports, &run, 0).await?;
    Ok(run)
}

async fn all_ids(ports: &ColumnPorts, workspace: &WorkspaceId) -> StoreResult<Vec<LeadId>> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let (ids, next) = ports.leads.ids(workspace, cursor).await?;
        all.extend(ids);
        cursor = next;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

/// Queues the page that is next, if the run is running.
pub(super) async fn send_page(ports: &ColumnPorts, run: &ColumnRun, delay_seconds: u32) -> StoreResult<()> {
    if !run.is_running() {
        return Ok(());
    }
    let (workspace, id) = (run.workspace.clone(), run.id.clone());
    send_all(&*ports.outbox, &[FillColumns::Page { workspace, run: id, from: run.done }], delay_seconds).await
}

/// Reads the ids of the run's leads from this one on, at most `limit`.
pub(super) async fn leads_from(
    ports: &ColumnPorts,
    run: &ColumnRun,
    from: u64,
    limit: usize,
) -> StoreResult<Vec<LeadId>> {
    let part_size = LEADS_A_PART as u64;
    let mut found = Vec::new();
    let mut at = from;
    while found.len() < limit && at < run.total {
        let key = part_key(&run.workspace, &run.id, at / part_size);
        let part: Vec<LeadId> = serde_json::from_slice(&ports.blobs.get(&key).await?)
            .map_err(|error| StoreError::Corrupt { key, why: error.to_string() })?;
        let inside = usize::try_from(at % part_size).unwrap_or(0);
        let next: Vec<LeadId> = part.into_iter().skip(inside).take(limit - found.len()).collect();
        if next.is_empty() {
            break;
        }
        at += next.len() as u64;
        found.extend(next);
    }
    Ok(found)
}

/// The leads of a run whose cells are looked at for one answer.
const LOOKED_AT: u64 = 2_000;

/// Reads the cells of a run with one of these outcomes, lead by lead in the run's order from this one on. Returns them with
/// the place to continue from; none after the last lead. There may be fewer than `limit`, and a few more, because a lead
/// has several.
pub async fn cells_of_run(
    ports: &ColumnPorts,
    run: &ColumnRun,
    (columns, outcomes): (&[ColumnId], &[CellOutcome]),
    (from, limit): (u64, usize),
) -> StoreResult<(Vec<Cell>, Option<u64>)> {
    const AT_ONCE: usize = 100;
    let (mut found, mut at) = (Vec::new(), from);
    while at < run.total && found.len() < limit && at - from < LOOKED_AT {
        let ids = leads_from(ports, run, at, AT_ONCE).await?;
        if ids.is_empty() {
            return Ok((found, None));
        }
        let cells = ports.cells.get_many(&run.workspace, &ids, columns).await?;
        for id in &ids {
            let is_wanted = |cell: &&Cell| {
                let is_one = cell.outcome().is_some_and(|outcome| outcomes.contains(&outcome));
                cell.lead == *id && cell.run.as_ref() == Some(&run.id) && (is_one || outcomes.is_empty())
            };
            found.extend(cells.iter().filter(is_wanted).cloned());
            at += 1;
            if found.len() >= limit {
                break;
            }
        }
    }
    Ok((found, (at < run.total).then_some(at)))
}

/// What a user does with a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunChange {
    Pause,
    Resume,
    Stop,
    /// Sets the most that the run may spend; it holds from the next page on.
    Cap(Option<Usd>),
}

/// Carries out a change. None: the run's state does not allow it.
pub async fn change(
    ports: &ColumnPorts,
    workspace: &WorkspaceId,
    id: &ColumnRunId,
    (change, actor): (RunChange, Actor),
) -> StoreResult<Option<ColumnRun>> {
    retry!(async {
        let mut run = ports.column_runs.get(workspace, id).await?;
        let now = ports.clock.now();
        let (may, kind) = match change {
            RunChange::Pause => (run.pause(None), EventKind::ColumnRunPaused),
            RunChange::Resume => (run.resume(), EventKind::ColumnRunResumed),
            RunChange::Stop => (run.stop(now), EventKind::ColumnRunStopped),
            RunChange::Cap(cap) => {
                run.cap = cap;
                (!run.is_over(), EventKind::ColumnRunProgressed)
            }
        };
        if !may {
            return Ok(None);
        }
        if change == RunChange::Resume {
            // What finds the work is queued before the run says that it is running; a message too many does nothing.
            send_page(ports, &run, 0).await?;
        }
        run.rev = ports.column_runs.save(&run, &Event::new(kind, actor.clone(), now)).await?;
        Ok(Some(run))
    })
}
