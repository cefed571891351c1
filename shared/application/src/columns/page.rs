//! Fills one page of a run: money is reserved for all its calls, its leads are filled side by side, and what the calls
//! came to is booked. Only one worker fills a run's page at a time.
//!
//! A message names the first lead of its page. One for a page that is done does nothing, so that repeats end; one for the
//! page that is next does it. The next message is queued before the run says that the page is done: a worker that is gone
//! in between leaves a message too many, which does nothing.
//!
//! A reservation of a page that was not settled is one whose worker is gone: its calls are not made again. What the cells
//! say that they asked is booked, a question without an answer at its full price, and the rest of the page reserves anew.

use crate::columns::ColumnPorts;
use crate::columns::answers::{Guard, Halt};
use crate::columns::bench::Bench;
use crate::columns::cell_work::summed;
use crate::columns::fill_one::{Filling, LeadDone};
use crate::columns::plan::{LeadPlan, Order, plan};
use crate::columns::runs::{leads_from, send_page};
use crate::lead::enrichment::field_ports::Asked;
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use crate::retry;
use domain::column::LeadColumn;
use domain::column::cell::{Cell, CellOutcome};
use domain::column::order::ordered;
use domain::column::run::{ColumnRun, PAGE, RunLease, RunState, RunSums};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::spend::{BudgetScope, Reservation, Reserving, SpendLimit, Usd};
use domain::{ColumnRunId, LeadId, WorkspaceId};
use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use jiff::{SignedDuration, Timestamp};

/// The leads that are filled side by side.
const AT_ONCE: usize = 8;
/// The time after which a page begins no further call. A call takes at most 30 seconds; the function has 90.
const BEGINS_CALLS_FOR: SignedDuration = SignedDuration::from_secs(45);
/// The time for which a worker has the run to itself: longer than its function may take.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// The most reservations of one page: it begins anew after a lost worker, or when a provider was busy.
const MOST_RESERVATIONS: u32 = 200;

/// The times that a page asks for less: other workers take of the same budget meanwhile.
const MOST_REFUSALS: u32 = 10;

/// The money of a page.
enum Money {
    /// Reserved for so many leads from the first one on; without a reservation, they cost nothing.
    For(usize, Option<String>),
    Out {
        budget: BudgetScope,
        left: Usd,
    },
}

/// Fills the page that begins with this lead. `delivery` tells this worker from others.
pub async fn fill_page(
    ports: &ColumnPorts,
    (workspace, id, from): (&WorkspaceId, &ColumnRunId, u64),
    delivery: &str,
) -> StoreResult<Asked> {
    let again = |after_seconds: i64, why: &str| {
        let after_seconds = u32::try_from(after_seconds.clamp(1, 900)).unwrap_or(1);
        Ok(Asked::Again { after_seconds, why: why.to_owned() })
    };
    let Some(mut run) = found(ports.column_runs.get(workspace, id).await)? else { return Ok(Asked::Settled) };
    if !run.is_running() || run.done > from {
        return Ok(Asked::Settled);
    }
    if run.done < from {
        return again(2, "the page before is not done");
    }
    let now = ports.clock.now();
    if let Some(until) = run.not_before.filter(|until| *until > now) {
        return again(until.duration_since(now).as_secs() + 1, "a provider is busy");
    }
    if let Some(lease) = run.lease.as_ref().filter(|lease| lease.until > now && lease.by != delivery) {
        return again(lease.until.duration_since(now).as_secs() + 1, "another worker fills the page");
    }
    let until = now.checked_add(LEASE).unwrap_or(now);
    run.lease = Some(RunLease { by: delivery.to_owned(), until });
    match ports.column_runs.save(&run, &Event::system(EventKind::ColumnRunProgressed, now)).await {
        Ok(rev) => run.rev = rev,
        Err(StoreError::Conflict) => return again(1, "the run was changed"),
        Err(other) => return Err(other),
    }
    let page = Page { ports, run: &run, bench: Bench::open(ports, workspace).await?, began: now };
    let done = page.fill().await?;
    page.advance(done, delivery).await
}

struct Page<'a> {
    ports: &'a ColumnPorts,
    run: &'a ColumnRun,
    bench: Bench<'a>,
    began: Timestamp,
}

/// What came of a page.
#[derive(Default)]
struct PageDone {
    leads: u64,
    sums: RunSums,
    /// The state that the run is in from now on, unless a user has changed it.
    state: Option<RunState>,
    not_before: Option<Timestamp>,
}

impl Page<'_> {
    fn order(&self) -> Order<'_> {
        Order { run: Some(&self.run.id), mode: self.run.mode }
    }

    async fn fill(&self) -> StoreResult<PageDone> {
        let chosen: Vec<LeadColumn> = self
            .bench
            .columns
            .iter()
            .filter(|column| self.run.columns.contains(&column.id))
            .cloned()
            .collect();
        let columns = match ordered(&chosen) {
            Ok(columns) => columns,
            Err(circle) => {
                let why = Some(format!("the order of the columns {circle}"));
                return Ok(PageDone { state: Some(RunState::Paused { why }), ..PageDone::default() });
            }
        };
        let ids = leads_from(self.ports, self.run, self.run.done, PAGE).await?;
        let leads = self.ports.leads.get_many(&self.run.workspace, &ids).await?;
        let mut cells = self.ports.cells.get_many(&self.run.workspace, &ids, &self.run.columns).await?;
        let until = self.began.checked_add(BEGINS_CALLS_FOR).unwrap_or(self.began);
        let guard = Guard { run: Some((&self.run.workspace, &self.run.id)), until };
        let (mut attempt, mut all, mut state) = (0, Vec::<LeadDone>::new(), None);
        // Near a cap there is money for some leads at a time, because calls cost less than what is reserved for them.
        while all.len() < ids.len() && all.iter().all(|lead| lead.halt.is_none()) {
            let ids = &ids[all.len()..];
            let (plans, funded, reservation) = loop {
                let plans: Vec<LeadPlan> = ids
                    .iter()
                    .map(|id| {
                        let lead = leads.iter().find(|lead| lead.id == *id);
                        lead.map(|lead| plan(&self.bench, &columns, lead, &cells, self.order(), self.began))
                            .unwrap_or_default()
                    })
                    .collect();
                match self.money(&plans, &mut attempt, &mut cells).await? {
                    Some(Money::For(funded, reservation)) => break (plans, funded, reservation),
                    Some(Money::Out { budget, left }) => {
                        state = Some(RunState::OutOfMoney { budget, left });
                        break (plans, 0, None);
                    }
                    // A reservation of a lost worker was settled: what its cells say is read into the plan.
                    None => {}
                }
            };
            if state.is_some() {
                break;
            }
            let mut each: Vec<BoxFuture<'_, StoreResult<LeadDone>>> = Vec::with_capacity(funded);
            for (id, plan) in ids.iter().zip(&plans).take(funded) {
                let lead = leads.iter().find(|lead| lead.id == *id);
                let reservation = reservation.as_deref();
                let filling =
                    Filling { bench: &self.bench, order: self.order(), plan, reservation, guard: &guard };
                each.push(fill_lead(filling, &columns, lead, &cells).boxed());
            }
            // All of them come to their end, also where one fails: what each has asked stands in its cell.
            let done: Vec<StoreResult<LeadDone>> =
                futures::stream::iter(each).buffered(AT_ONCE).collect().await;
            let done: Vec<LeadDone> = done.into_iter().collect::<StoreResult<_>>()?;
            if let Some(reservation) = &reservation {
                let written = done.iter().flat_map(|lead| &lead.cells);
                let bookings = summed(written.flat_map(|cell| cell.bookings(reservation)));
                let at = self.ports.clock.now();
                self.ports.spend.settle(&self.run.workspace, reservation, &bookings, at).await?;
            }
            all.extend(done);
        }
        let page = page_done(all, (&self.run.id, &ids), &cells);
        Ok(PageDone { state: page.state.or(state), ..page })
    }

    /// Reserves the most that the page may cost, or what there is money for. None: the plan has to be made again.
    async fn money(
        &self,
        plans: &[LeadPlan],
        attempt: &mut u32,
        cells: &mut [Cell],
    ) -> StoreResult<Option<Money>> {
        let (mut funded, mut refusals) = (plans.len(), 0);
        while *attempt < MOST_RESERVATIONS {
            let amount: Usd = plans[..funded].iter().map(|plan| plan.most).sum();
            let id = format!("{}:{}:{attempt}", self.run.id, self.run.done);
            if amount.is_zero() {
                // A lost worker may have reserved for what is not asked any more.
                if self.settle_left_over(attempt, cells).await? {
                    return Ok(None);
                }
                return Ok(Some(Money::For(funded, None)));
            }
            let now = self.ports.clock.now();
            let run = SpendLimit { scope: BudgetScope::Run { run: self.run.id.clone() }, cap: self.run.cap };
            let reservation = Reservation {
                workspace: self.run.workspace.clone(),
                id: id.clone(),
                limits: vec![run, self.bench.settings.month(now)],
                amount,
                made_at: now,
            };
            match self.ports.spend.reserve(&reservation).await? {
                Reserving::Reserved => {
                    self.ports.caps.note_reserved(&reservation).await;
                    return Ok(Some(Money::For(funded, Some(id))));
                }
                Reserving::SettledAlready => *attempt += 1,
                Reserving::OpenAlready => {
                    self.settle(&id, cells).await?;
                    *attempt += 1;
                    return Ok(None);
                }
                Reserving::Refused { scope, left } => {
                    let mut sum = Usd::ZERO;
                    let fits = plans[..funded].iter().take_while(|plan| {
                        sum = sum + plan.most;
                        sum <= left
                    });
                    let fits = fits.count();
                    refusals += 1;
                    if fits == 0 || refusals > MOST_REFUSALS {
                        self.ports.caps.note_refused(&reservation, &scope).await;
                        return Ok(Some(Money::Out { budget: scope, left }));
                    }
                    funded = fits;
                }
            }
        }
        Err(StoreError::Unavailable("a page of a run reserves again and again".into()))
    }

    /// Settles the open reservations of this page that a lost worker left. Returns true if there was any.
    async fn settle_left_over(&self, attempt: &mut u32, cells: &mut [Cell]) -> StoreResult<bool> {
        let prefix = format!("{}:{}:", self.run.id, self.run.done);
        let asked = cells.iter().flat_map(|cell| &cell.steps).filter_map(|step| step.reservation.clone());
        let mut ids: Vec<String> = asked.filter(|id| id.starts_with(&prefix)).collect();
        ids.sort();
        ids.dedup();
        let mut any = false;
        for id in ids {
            any |= self.settle(&id, cells).await?;
        }
        *attempt += u32::from(any);
        Ok(any)
    }

    /// Books what a lost worker's cells say under a reservation. Returns true if any of its answers was lost.
    async fn settle(&self, reservation: &str, cells: &mut [Cell]) -> StoreResult<bool> {
        let mut any = false;
        for cell in cells.iter_mut() {
            let ours = cell.steps.iter().any(|step| step.reservation.as_deref() == Some(reservation));
            if ours && cell.lose_answers() {
                any = true;
                let event = Event::system(EventKind::CellNotFilled, self.ports.clock.now());
                unless_taken(self.ports.cells.save(cell, &event).await.map(|rev| cell.rev = rev))?;
            }
        }
        let bookings = summed(cells.iter().flat_map(|cell| cell.bookings(reservation)));
        let at = self.ports.clock.now();
        self.ports.spend.settle(&self.run.workspace, reservation, &bookings, at).await?;
        Ok(any)
    }

    /// Notes what the page came to, once the next one is queued.
    async fn advance(&self, done: PageDone, delivery: &str) -> StoreResult<Asked> {
        let scope = BudgetScope::Run { run: self.run.id.clone() };
        let budgets = self.ports.spend.budgets(&self.run.workspace, &[scope]).await?;
        let spent = budgets.first().map_or(Usd::ZERO, |budget| budget.spent);
        retry!(async {
            let mut run = self.ports.column_runs.get(&self.run.workspace, &self.run.id).await?;
            let is_ours = run.lease.as_ref().is_some_and(|lease| lease.by == delivery);
            if !is_ours || run.done != self.run.done {
                return Ok(Asked::Settled);
            }
            let now = self.ports.clock.now();
            run.lease = None;
            run.spent = spent;
            run.not_before = done.not_before;
            run.advance(done.leads, &done.sums, now);
            if let Some(state) = done.state.as_ref().filter(|_| run.is_running()) {
                run.state = state.clone();
            }
            let wait = done.not_before.map_or(0, |until| until.duration_since(now).as_secs().clamp(0, 900));
            send_page(self.ports, &run, u32::try_from(wait).unwrap_or(0)).await?;
            let event = Event::system(EventKind::ColumnRunProgressed, now);
            self.ports.column_runs.save(&run, &event).await?;
            Ok(Asked::Settled)
        })
    }
}

async fn fill_lead<'a>(
    filling: Filling<'a>,
    columns: &[&'a LeadColumn],
    lead: Option<&Lead>,
    cells: &[Cell],
) -> StoreResult<LeadDone> {
    let Some(lead) = lead else {
        let gone = columns.iter().map(|column| (column.id.clone(), CellOutcome::NoLead));
        return Ok(LeadDone { outcomes: gone.collect(), ..LeadDone::default() });
    };
    let own: Vec<Cell> = cells.iter().filter(|cell| cell.lead == lead.id).cloned().collect();
    filling.fill(columns, lead, &own).await
}

/// Counts the leads up to the first that is not done: those behind it are found done by the next page.
fn page_done(leads: Vec<LeadDone>, (run, ids): (&ColumnRunId, &[LeadId]), cells: &[Cell]) -> PageDone {
    let mut page = PageDone::default();
    for (id, lead) in ids.iter().zip(leads) {
        match lead.halt {
            None if page.state.is_none() && page.not_before.is_none() => {
                page.leads += 1;
                for (column, outcome) in lead.outcomes {
                    let known = || cells.iter().find(|cell| cell.lead == *id && cell.column == column);
                    let cell = lead.cells.iter().find(|cell| cell.column == column).or_else(known);
                    page.sums.note(&column, outcome, cell.filter(|cell| cell.run.as_ref() == Some(run)));
                }
            }
            None => {}
            Some(Halt::Stopped | Halt::TimeUp) => break,
            Some(Halt::Busy { until }) => page.not_before = page.not_before.max(Some(until)),
            Some(Halt::Account { why }) => page.state = Some(RunState::Paused { why: Some(why) }),
        }
    }
    page
}
