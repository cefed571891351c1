//! Counters: one document per scope and lane, moved together with the stream cursor that they are true for.

use crate::errors::Cancelled;
use crate::item::{Item, head, number, number_of, text, text_of};
use crate::keys;
use crate::query::{Query, Range};
use crate::table::Table;
use crate::write::{Expression, absent, put, update};
use application::stats::{CampaignCounters, Counters, Delta, Metric, Scope, StatsStore};
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use domain::{CampaignId, WorkspaceId};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Documents and the cursor in one transaction.
const DOCUMENTS_AT_MOST: usize = 99;

#[async_trait]
impl StatsStore for Table {
    async fn apply(&self, shard: &str, from: Option<&str>, to: &str, deltas: &[Delta]) -> StoreResult<()> {
        let mut documents: BTreeMap<(WorkspaceId, Scope), Counters> = BTreeMap::new();
        for delta in deltas {
            let document = documents.entry((delta.workspace.clone(), delta.scope.clone())).or_default();
            *document.entry(delta.metric).or_default() += delta.by;
        }
        let key = keys::stream_cursor(shard);
        let cursor = Item::from([
            ("pk".to_owned(), text(key.pk())),
            ("sk".to_owned(), text(key.sk())),
            ("entity".to_owned(), text("cursor")),
            ("v".to_owned(), number(1)),
            ("at".to_owned(), text(to)),
        ]);
        let unmoved = match from {
            None => absent(),
            Some(from) => Some(Expression::new("#at = :from").name("#at", "at").value(":from", text(from))),
        };
        let mut writes = vec![put(cursor, unmoved)];
        for ((workspace, scope), counters) in documents {
            let moved: Vec<_> = counters.into_iter().filter(|(_, by)| *by != 0).collect();
            if !moved.is_empty() {
                let key = keys::counter(&workspace, &scope, keys::lane(shard));
                writes.push(update(&key, adding(&moved), None));
            }
        }
        if writes.len() > DOCUMENTS_AT_MOST + 1 {
            return Err(StoreError::Unavailable("a batch that touches more than 99 counters".into()));
        }
        for _ in 0..8 {
            match self.transact(writes.clone()).await {
                Ok(()) => return Ok(()),
                Err(Cancelled::Contended) => {}
                Err(cancelled) => return Err(cancelled.into()),
            }
        }
        Err(StoreError::Unavailable("the counters are being written by others".into()))
    }

    async fn cursor(&self, shard: &str) -> StoreResult<Option<String>> {
        let item = self.read_item(&keys::stream_cursor(shard)).await?;
        Ok(item.as_ref().and_then(|item| text_of(item, "at")).map(str::to_owned))
    }

    async fn total(&self, workspace: &WorkspaceId) -> StoreResult<Counters> {
        let partition = keys::counters(workspace);
        let query = Query::table(&partition).range(Range::Prefix(keys::TOTAL.to_owned()));
        let mut sum = Counters::new();
        self.query(query).await?.iter().for_each(|item| add(&mut sum, item));
        Ok(sum)
    }

    async fn days(
        &self,
        workspace: &WorkspaceId,
        from: Date,
        to: Date,
    ) -> StoreResult<BTreeMap<Date, Counters>> {
        let partition = keys::counters(workspace);
        let range = Range::Between(keys::counters_of_day(from), format!("{}~", keys::counters_of_day(to)));
        let mut days: BTreeMap<Date, Counters> = BTreeMap::new();
        for item in self.query(Query::table(&partition).range(range)).await? {
            let head = head(&item)?;
            let day = head.sk.strip_prefix(keys::DAY).and_then(|rest| rest.split('#').next());
            let day: Option<Date> = day.and_then(|day| day.parse().ok());
            add(days.entry(day.ok_or_else(|| head.corrupt("names no day"))?).or_default(), &item);
        }
        Ok(days)
    }

    async fn campaign(&self, workspace: &WorkspaceId, id: &CampaignId) -> StoreResult<CampaignCounters> {
        let partition = keys::counters(workspace);
        let prefix = keys::counters_of_campaign(id);
        let query = Query::table(&partition).range(Range::Prefix(prefix.clone()));
        let mut counters = CampaignCounters::default();
        for item in self.query(query).await? {
            let head = head(&item)?;
            match head.sk.strip_prefix(&prefix).and_then(|rest| rest.split('#').next()) {
                Some("ALL") => add(&mut counters.all, &item),
                Some(step) => {
                    let step = step.parse().map_err(|_| head.corrupt("names no step"))?;
                    add(counters.steps.entry(step).or_default(), &item);
                }
                None => return Err(head.corrupt("names no step")),
            }
        }
        Ok(counters)
    }
}

fn adding(moved: &[(Metric, i64)]) -> Expression {
    let adds: Vec<String> = (0..moved.len()).map(|at| format!("#m{at} :m{at}")).collect();
    let text_ = format!("SET #entity = :entity, #v = :v ADD {}", adds.join(", "));
    let mut change = Expression::new(&text_)
        .name("#entity", "entity")
        .name("#v", "v")
        .value(":entity", text("counters"))
        .value(":v", number(1));
    for (at, (metric, by)) in moved.iter().enumerate() {
        change = change.name(&format!("#m{at}"), metric.as_str()).value(&format!(":m{at}"), number(by));
    }
    change
}

/// A document's numbers, lane by lane.
fn add(sum: &mut Counters, item: &Item) {
    for name in item.keys() {
        if let (Some(metric), Some(by)) = (Metric::parse(name), number_of(item, name)) {
            *sum.entry(metric).or_default() += by;
        }
    }
}
