//! The estimate before a run: how many leads would be asked about, and what that may cost.

use crate::columns::ColumnPorts;
use crate::columns::bench::{Bench, call_kind};
use crate::columns::plan::{Order, Todo, todo};
use crate::columns::runs::Chosen;
use crate::lead::filter::all_matching_ids;
use crate::ports::store::StoreResult;
use domain::column::LeadColumn;
use domain::column::ai;
use domain::column::cell::CellOutcome;
use domain::column::recipe::{Recipe, WEBSITE};
use domain::column::run::RunMode;
use domain::lead::Lead;
use domain::lead::scope::LeadScope;
use domain::spend::{BookingOutcome, Budget, BudgetScope, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::{ColumnId, LeadId, WorkspaceId};
use std::collections::BTreeMap;

/// The leads that are looked at one by one; the others are taken to be like them.
const SAMPLE: usize = 400;
/// The calls from which a provider's hit rate is known.
const KNOWN_FROM: u64 = 20;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunEstimate {
    pub leads: u64,
    /// Whether the numbers are projected from a sample of the leads.
    pub is_projected: bool,
    pub columns: BTreeMap<ColumnId, ColumnEstimate>,
    /// What the run will likely cost, and the most that it may.
    pub likely: Usd,
    pub most: Usd,
    /// What is left of the month's cap; none if there is no cap.
    pub month_left: Option<Usd>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnEstimate {
    /// The leads that a provider or model would be asked about.
    pub asked: u64,
    /// The leads whose value is computed, which costs nothing.
    pub computed: u64,
    /// The leads whose value is fresh, or there already.
    pub fresh: u64,
    /// The leads whose value a user gave.
    pub left: u64,
    pub likely: Usd,
    pub most: Usd,
}

pub async fn estimate(
    ports: &ColumnPorts,
    workspace: &WorkspaceId,
    columns: &[ColumnId],
    (chosen, mode): (Chosen, RunMode),
) -> StoreResult<RunEstimate> {
    let bench = Bench::open(ports, workspace).await?;
    let now = ports.clock.now();
    let ids: Vec<LeadId> = match chosen {
        Chosen::Named(ids) => ids,
        Chosen::Filter { filter, except } => {
            let filter = ports.lists.pinned(workspace, &LeadScope::All, *filter).await?;
            all_matching_ids(&ports.lists, (workspace, &LeadScope::All), (&filter, &except), now).await?
        }
        Chosen::All => {
            let filter = domain::lead::filter::LeadFilter::default();
            all_matching_ids(&ports.lists, (workspace, &LeadScope::All), (&filter, &[]), now).await?
        }
    };
    // Every so manieth lead, so that the sample has new and old ones.
    let step = ids.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<LeadId> = ids.iter().step_by(step).cloned().collect();
    let mut leads: Vec<Lead> = Vec::with_capacity(sample.len());
    let mut cells = Vec::new();
    for part in sample.chunks(100) {
        leads.extend(ports.leads.get_many(workspace, part).await?);
        cells.extend(ports.cells.get_many(workspace, part, columns).await?);
    }
    let month = BudgetScope::Month { month: CalendarMonth::at(now) };
    let budgets = ports.spend.budgets(workspace, &[month]).await?;
    let spent = budgets.first();
    let mut estimate =
        RunEstimate { leads: ids.len() as u64, is_projected: step > 1, ..RunEstimate::default() };
    let order = Order { run: None, mode };
    for column in bench.columns.iter().filter(|column| columns.contains(&column.id)) {
        let mut counted = ColumnEstimate::default();
        for lead in &leads {
            let cell = cells.iter().find(|cell| cell.column == column.id && cell.lead == lead.id);
            match todo(column, lead, cell, order, now) {
                Todo::Ask => counted.asked += 1,
                Todo::Compute => counted.computed += 1,
                Todo::Keep(CellOutcome::Fresh) => counted.fresh += 1,
                Todo::Keep(_) | Todo::Leave => counted.left += 1,
            }
        }
        let scaled = |number: u64| match leads.len() as u64 {
            0 => 0,
            looked_at => (number * ids.len() as u64).div_ceil(looked_at),
        };
        counted.asked = scaled(counted.asked);
        counted.computed = scaled(counted.computed);
        counted.fresh = scaled(counted.fresh);
        counted.left = scaled(counted.left);
        counted.most = bench.most(column) * counted.asked;
        counted.likely = likely(&bench, column, spent) * counted.asked;
        estimate.likely = estimate.likely + counted.likely;
        estimate.most = estimate.most + counted.most;
        estimate.columns.insert(column.id.clone(), counted);
    }
    estimate.month_left = bench.settings.month_cap.map(|cap| spent.map_or(cap, |budget| budget.left(cap)));
    Ok(estimate)
}

/// Returns what one cell will likely cost: by the hit rates of the month so far, else as if every second question were
/// answered.
fn likely(bench: &Bench<'_>, column: &LeadColumn, spent: Option<&Budget>) -> Usd {
    match &column.recipe {
        Recipe::Enrichment { field, providers } => {
            // The chance that the provider is asked at all, in thousandths.
            let (mut reaches, mut sum) = (1_000u64, Usd::ZERO);
            for step in providers {
                let is_free = step.provider == WEBSITE;
                if !is_free && bench.account(&step.provider).is_none() {
                    continue;
                }
                let hits = hit_rate(spent, &step.provider);
                if !is_free {
                    let price = bench.price(&step.provider, call_kind(*field));
                    let each = price.hit.as_micros() * hits + price.miss.as_micros() * (1_000 - hits);
                    sum = sum + Usd::micros(each / 1_000 * reaches / 1_000);
                }
                reaches = reaches * (1_000 - hits) / 1_000;
            }
            sum
        }
        Recipe::Ai { prompt, output, context } => {
            let Some((_, model)) = bench.model_account() else { return Usd::ZERO };
            // A token of a usual text has about four bytes, and an answer is far shorter than it may be.
            let input = ai::usual_input_tokens(prompt, output, context, &bench.style.text);
            bench.model_price(&model, input, ai::max_tokens(output) / 5)
        }
        _ => bench.most(column),
    }
}

/// Returns a provider's hit rate of the month, in thousandths.
fn hit_rate(spent: Option<&Budget>, provider: &str) -> u64 {
    let calls = |outcome| {
        let tallies = spent.and_then(|budget| budget.tallies.get(provider));
        tallies.and_then(|by| by.get(&outcome)).map_or(0, |tally| tally.calls)
    };
    let (hits, misses) = (calls(BookingOutcome::Hit), calls(BookingOutcome::Miss));
    if hits + misses < KNOWN_FROM { 500 } else { hits * 1_000 / (hits + misses) }
}
