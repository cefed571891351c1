//! Counters: one document per scope and lane. Each document carries its own position in each shard of the stream, and
//! a write changes counters and position together, so that a batch delivered again counts nothing twice. A campaign's
//! steps, their variants, and the enrolments at each step are counted in the campaign's own document, so that they
//! cost one write.

use crate::errors::Refused;
use crate::item::{Item, head, number, number_of, text};
use crate::keys::{self, WorkspaceKey};
use crate::query::{Query, Range};
use crate::stream_positions::{POSITIONS, Positions};
use crate::table::Table;
use crate::write::Expression;
use application::ports::stats::{
    CampaignCounters, Counted, Counters, Delta, Metric, Scope, StatsStore, StepCounts,
};
use application::projection::is_after;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use domain::money::Currency;
use domain::mutant;
use domain::{BulkMessageId, CampaignId, RolloutId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The attempts against others who count into the same lane.
const TRIES: usize = 8;

#[async_trait]
impl StatsStore for Table {
    async fn apply(&self, shard: &str, now: Timestamp, records: &[Counted]) -> StoreResult<()> {
        let mut documents: Vec<(bool, WorkspaceKey)> = Vec::new();
        for delta in records.iter().flat_map(|record| &record.deltas) {
            let is_total = matches!(delta.scope, Scope::Total | Scope::TotalIn(_));
            let document = (is_total, document_of(delta, shard));
            if !documents.contains(&document) {
                documents.push(document);
            }
        }
        // All-time documents are written last: what one of them has passed, every other document has.
        documents.sort_by_key(|(is_total, _)| *is_total);
        let keys: Vec<WorkspaceKey> = documents.into_iter().map(|(_, key)| key).collect();
        let stored = self.read_items(&keys).await?;
        for key in &keys {
            let is_this =
                |item: &&Item| head(item).is_ok_and(|head| head.pk == key.pk() && head.sk == key.sk());
            self.count(key, stored.iter().find(is_this).cloned(), shard, now, records).await?;
        }
        Ok(())
    }

    async fn position(&self, shard: &str, workspace: &WorkspaceId) -> StoreResult<Option<String>> {
        let key = keys::counter(workspace, &Scope::Total, keys::lane(shard));
        let item = self.read_item(&key).await?;
        Ok(Positions::read(item.as_ref())?.of(shard).map(str::to_owned))
    }

    async fn counted_at(&self, workspace: &WorkspaceId) -> StoreResult<Option<Timestamp>> {
        let partition = keys::counters(workspace);
        let query = Query::table(&partition).range(Range::Prefix(keys::TOTAL.to_owned()));
        let mut latest = None;
        for item in self.query(query).await? {
            latest = latest.max(Positions::read(Some(&item))?.latest());
        }
        Ok(latest)
    }

    async fn total(&self, workspace: &WorkspaceId) -> StoreResult<Counters> {
        let mut sum = Counters::new();
        self.totals(workspace).await?.iter().for_each(|item| add(&mut sum, item));
        Ok(sum)
    }

    async fn currencies(&self, workspace: &WorkspaceId) -> StoreResult<BTreeSet<Currency>> {
        let documents = self.totals(workspace).await?;
        let names = documents.iter().flat_map(Item::keys);
        Ok(names.filter_map(|name| parse_money(name)).map(|(currency, _)| currency).collect())
    }

    async fn total_in(&self, workspace: &WorkspaceId, currency: Currency) -> StoreResult<Counters> {
        let mut sum = Counters::new();
        for item in self.totals(workspace).await? {
            add(&mut sum, &item);
            add_money(&mut sum, &item, currency);
        }
        Ok(sum)
    }

    async fn days(
        &self,
        workspace: &WorkspaceId,
        from: Date,
        to: Date,
    ) -> StoreResult<BTreeMap<Date, Counters>> {
        let mut days: BTreeMap<Date, Counters> = BTreeMap::new();
        for (day, item) in self.day_documents(workspace, from, to).await? {
            add(days.entry(day).or_default(), &item);
        }
        Ok(days)
    }

    async fn days_in(
        &self,
        workspace: &WorkspaceId,
        currency: Currency,
        from: Date,
        to: Date,
    ) -> StoreResult<BTreeMap<Date, Counters>> {
        let mut days: BTreeMap<Date, Counters> = BTreeMap::new();
        for (day, item) in self.day_documents(workspace, from, to).await? {
            let sum = days.entry(day).or_default();
            add(sum, &item);
            add_money(sum, &item, currency);
        }
        Ok(days)
    }

    async fn campaign(&self, workspace: &WorkspaceId, id: &CampaignId) -> StoreResult<CampaignCounters> {
        let partition = keys::counters(workspace);
        let prefix = keys::counters_of_campaign(id);
        let query = Query::table(&partition).range(Range::Prefix(prefix.clone()));
        let mut counters = CampaignCounters::default();
        for item in self.query(query).await? {
            add(&mut counters.all, &item);
            add_parts(&mut counters, &item);
        }
        Ok(counters)
    }

    async fn step_counts(&self, workspace: &WorkspaceId, id: &CampaignId) -> StoreResult<StepCounts> {
        let partition = keys::counters(workspace);
        let query = Query::table(&partition).range(Range::Prefix(keys::counters_of_campaign(id)));
        let mut by_step = StepCounts::new();
        for item in self.query(query).await? {
            for name in item.keys() {
                let Some((step, version)) = parse_step_count(name) else { continue };
                let people = number_of(&item, name).unwrap_or(0);
                *by_step.entry((version, step.to_owned())).or_default() += people;
            }
        }
        by_step.retain(|_, people| *people != 0);
        Ok(by_step)
    }

    async fn rollout(&self, workspace: &WorkspaceId, id: &RolloutId) -> StoreResult<Counters> {
        let partition = keys::counters(workspace);
        let query = Query::table(&partition).range(Range::Prefix(keys::counters_of_rollout(id)));
        let mut counters = Counters::new();
        self.query(query).await?.iter().for_each(|item| add(&mut counters, item));
        Ok(counters)
    }

    async fn bulk_message(&self, workspace: &WorkspaceId, id: &BulkMessageId) -> StoreResult<Counters> {
        let partition = keys::counters(workspace);
        let query = Query::table(&partition).range(Range::Prefix(keys::counters_of_bulk_message(id)));
        let mut counters = Counters::new();
        self.query(query).await?.iter().for_each(|item| add(&mut counters, item));
        Ok(counters)
    }
}

impl Table {
    /// Reads the all-time documents, one per lane.
    async fn totals(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Item>> {
        let partition = keys::counters(workspace);
        self.query(Query::table(&partition).range(Range::Prefix(keys::TOTAL.to_owned()))).await
    }

    async fn day_documents(
        &self,
        workspace: &WorkspaceId,
        from: Date,
        to: Date,
    ) -> StoreResult<Vec<(Date, Item)>> {
        let partition = keys::counters(workspace);
        let range = Range::Between(keys::counters_of_day(from), format!("{}~", keys::counters_of_day(to)));
        let mut documents = Vec::new();
        for item in self.query(Query::table(&partition).range(range)).await? {
            let head = head(&item)?;
            let day = head.sk.strip_prefix(keys::DAY).and_then(|rest| rest.split('#').next());
            let day: Option<Date> = day.and_then(|day| day.parse().ok());
            documents.push((day.ok_or_else(|| head.corrupt("names no day"))?, item));
        }
        Ok(documents)
    }

    /// Adds the records that the document has not counted yet.
    async fn count(
        &self,
        key: &WorkspaceKey,
        mut stored: Option<Item>,
        shard: &str,
        now: Timestamp,
        records: &[Counted],
    ) -> StoreResult<()> {
        for _ in 0..TRIES {
            let mut positions = Positions::read(stored.as_ref())?;
            let fresh: Vec<&Counted> =
                records.iter().filter(|record| is_after(&record.sequence, positions.of(shard))).collect();
            let mut sums: BTreeMap<String, i64> = BTreeMap::new();
            for delta in fresh.iter().flat_map(|record| &record.deltas) {
                if document_of(delta, shard) == *key {
                    *sums.entry(attribute(delta)).or_default() +=
                        if mutant!("counter_adds_twice") { 2 * delta.by } else { delta.by };
                }
            }
            // The position moves even where they sum to nothing: else a late write of some of them would still be
            // counted.
            let Some(last) = fresh.last().filter(|_| !sums.is_empty()) else { return Ok(()) };
            sums.retain(|_, by| *by != 0);
            let unmoved = positions.unchanged();
            positions.pass(shard, &last.sequence, now);
            match self.change(key, adding(&sums, &positions), Some(unmoved)).await {
                Ok(_) => return Ok(()),
                Err(Refused::Condition(other)) => stored = other,
                Err(Refused::Other(error)) => return Err(error),
            }
        }
        Err(StoreError::Unavailable("the counters are being written by others".into()))
    }
}

fn document_of(delta: &Delta, shard: &str) -> WorkspaceKey {
    keys::counter(&delta.workspace, &delta.scope, keys::lane(shard))
}

/// Returns the attribute of a counter: a metric's name; before it, for a step the end of its id, for a variant both
/// ids, for enrolments at a step the version, and for money the currency.
fn attribute(delta: &Delta) -> String {
    let metric = delta.metric.as_str();
    match &delta.scope {
        Scope::Step(_, step) => format!("{}.{metric}", step.tail()),
        Scope::Variant(_, step, variant) => format!("{}.{}.{metric}", step.tail(), variant.tail()),
        Scope::Standing(_, version, step) => format!("{}.{version}.{metric}", step.tail()),
        Scope::TotalIn(currency) | Scope::DayIn(_, currency) => format!("{currency}.{metric}"),
        _ => metric.to_owned(),
    }
}

fn parse_step_count(name: &str) -> Option<(&str, u32)> {
    let (at, metric) = name.rsplit_once('.')?;
    let (step, version) = at.split_once('.')?;
    (Metric::parse(metric) == Some(Metric::Standing)).then_some((step, version.parse().ok()?))
}

fn adding(sums: &BTreeMap<String, i64>, positions: &Positions) -> Expression {
    let adds: Vec<String> = (0..sums.len()).map(|at| format!("#m{at} :m{at}")).collect();
    let mut change = Expression::new("SET #entity = :entity, #v = :v, #pos = :pos")
        .plus(&if adds.is_empty() { String::new() } else { format!(" ADD {}", adds.join(", ")) })
        .name("#entity", "entity")
        .name("#v", "v")
        .name("#pos", POSITIONS)
        .value(":entity", text("counters"))
        .value(":v", number(1))
        .value(":pos", positions.value());
    for (at, (name, by)) in sums.iter().enumerate() {
        change = change.name(&format!("#m{at}"), name).value(&format!(":m{at}"), number(by));
    }
    change
}

/// Adds a document's numbers; there is a document per lane.
fn add(sum: &mut Counters, item: &Item) {
    for name in item.keys() {
        if let (Some(metric), Some(by)) = (Metric::parse(name), number_of(item, name)) {
            *sum.entry(metric).or_default() += by;
        }
    }
}

fn parse_money(name: &str) -> Option<(Currency, Metric)> {
    let (currency, metric) = name.split_once('.')?;
    Currency::parse(currency).zip(Metric::parse(metric))
}

/// Adds a document's money in one currency.
fn add_money(sum: &mut Counters, item: &Item, currency: Currency) {
    for name in item.keys() {
        let Some((_, metric)) = parse_money(name).filter(|(of, _)| *of == currency) else { continue };
        if let Some(by) = number_of(item, name) {
            *sum.entry(metric).or_default() += by;
        }
    }
}

/// Adds the numbers of each step, and of its variants, which count for the step, too.
fn add_parts(sums: &mut CampaignCounters, item: &Item) {
    for name in item.keys() {
        let Some((of, metric)) = name.rsplit_once('.') else { continue };
        let metric = Metric::parse(metric).filter(|metric| *metric != Metric::Standing);
        let Some((metric, by)) = metric.zip(number_of(item, name)) else { continue };
        let (step, variant) = of.split_once('.').map_or((of, None), |(step, variant)| (step, Some(variant)));
        *sums.steps.entry(step.to_owned()).or_default().entry(metric).or_default() += by;
        if let Some(variant) = variant {
            let of = (step.to_owned(), variant.to_owned());
            *sums.variants.entry(of).or_default().entry(metric).or_default() += by;
        }
    }
}
