//! The lead list. By creation and without a filter it is a merge of the index's shards; anything else reads all summaries.

use crate::keys;
use crate::lead_item::listed;
use crate::pages::{Order, read_cursor, write_cursor};
use crate::query::Query;
use crate::table::Table;
use application::StoreResult;
use application::leads::{LeadPage, LeadQuery, LeadRow, LeadSort};
use application::stats::{Metric, StatsStore};
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// All rows were read for a page of them, so that a large page costs no more than a small one.
const MOST_SEARCHED: usize = 20_000;

/// Whoever wants more than these reads all summaries once, not the head of every shard page by page.
const MOST_MERGED: usize = 1_000;

/// What rows are sorted by: those without a value come last in either direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SortKey {
    missing: bool,
    number: i64,
    text: String,
    id: LeadId,
}

#[derive(Serialize, Deserialize)]
struct Position {
    after: SortKey,
    /// Scores of later pages are as of the first.
    as_of: Option<Timestamp>,
}

impl Table {
    pub(crate) async fn list_leads(
        &self,
        workspace: &WorkspaceId,
        query: &LeadQuery,
    ) -> StoreResult<LeadPage> {
        if is_unfiltered(query) && query.limit <= MOST_MERGED {
            self.unfiltered(workspace, query).await
        } else {
            self.search(workspace, query).await
        }
    }

    async fn unfiltered(&self, workspace: &WorkspaceId, query: &LeadQuery) -> StoreResult<LeadPage> {
        let shards = keys::lead_lists(workspace);
        let limit = query.limit.clamp(1, 200);
        let order = if query.descending { Order::IndexDescending } else { Order::Index };
        let page = self.page_merged(&shards, order, limit, query.cursor.as_deref()).await?;
        let row = |item| listed(item).map(|(id, sum)| sum.into_row(workspace, id, query.as_of));
        let leads: Vec<LeadRow> = page.items.into_iter().map(row).collect::<StoreResult<_>>()?;
        let total = if query.cursor.is_none() && page.next_cursor.is_none() {
            leads.len()
        } else {
            // Counters follow the writes by seconds: never less than what is seen here.
            let counters = self.total(workspace).await?;
            let of = |metric| counters.get(&metric).copied().unwrap_or(0);
            let counted = of(Metric::LeadsCreated) - of(Metric::LeadsDeleted);
            let seen = leads.len() + usize::from(page.next_cursor.is_some());
            usize::try_from(counted).unwrap_or(0).max(seen)
        };
        Ok(LeadPage { leads, total, next_cursor: page.next_cursor })
    }

    async fn search(&self, workspace: &WorkspaceId, query: &LeadQuery) -> StoreResult<LeadPage> {
        let shards = keys::lead_lists(workspace);
        let list = format!("{} {}", shards[0].pk(), fingerprint(query));
        let position: Option<Position> =
            query.cursor.as_deref().map(|cursor| read_cursor(&list, cursor)).transpose()?;
        let as_of = position.as_ref().map_or(query.as_of, |position| position.as_of);
        let all = shards.iter().map(|shard| self.query(Query::index(shard)));
        let matcher = Matcher::new(query);
        let mut rows = Vec::new();
        for item in futures::future::try_join_all(all).await?.into_iter().flatten() {
            let (id, sum) = listed(item)?;
            let row = sum.into_row(workspace, id, as_of);
            if matcher.takes(&row) {
                rows.push((sort_key(&row, query.sort), row));
            }
        }
        let order = |a: &SortKey, b: &SortKey| compare(a, b, query.descending);
        rows.sort_by(|(a, _), (b, _)| order(a, b));
        let total = rows.len();
        let from = position.map_or(0, |position| {
            rows.partition_point(|(key, _)| order(key, &position.after) != Ordering::Greater)
        });
        let limit = query.limit.clamp(1, MOST_SEARCHED);
        let more = total > from + limit;
        let page: Vec<_> = rows.into_iter().skip(from).take(limit).collect();
        let next_cursor = match page.last().filter(|_| more) {
            Some((after, _)) => Some(write_cursor(&list, Position { after: after.clone(), as_of })?),
            None => None,
        };
        Ok(LeadPage { leads: page.into_iter().map(|(_, row)| row).collect(), total, next_cursor })
    }
}

fn is_unfiltered(query: &LeadQuery) -> bool {
    let unfiltered = LeadQuery {
        sort: query.sort,
        descending: query.descending,
        limit: query.limit,
        cursor: query.cursor.clone(),
        as_of: query.as_of,
        ..LeadQuery::default()
    };
    query.sort == LeadSort::Created && *query == unfiltered
}

/// A cursor of one query is none of another.
fn fingerprint(query: &LeadQuery) -> String {
    let asked = LeadQuery { limit: 0, cursor: None, as_of: None, ..query.clone() };
    keys::fingerprint(&format!("{asked:?}"))
}

struct Matcher<'a> {
    query: &'a LeadQuery,
    words: Vec<String>,
}

impl<'a> Matcher<'a> {
    fn new(query: &'a LeadQuery) -> Self {
        let text = query.text.as_deref().unwrap_or_default().to_lowercase();
        Self { query, words: text.split_whitespace().map(str::to_owned).collect() }
    }

    fn takes(&self, row: &LeadRow) -> bool {
        let query = self.query;
        any(&query.statuses, |status| *status == row.status)
            && any(&query.temperatures, |temperature| *temperature == row.temperature)
            && any(&query.priorities, |priority| *priority == row.priority)
            && any(&query.countries, |country| Some(*country) == row.country)
            && any(&query.categories, |category| {
                row.category.as_ref().is_some_and(|own| own.to_lowercase() == category.to_lowercase())
            })
            && any(&query.tags, |tag| row.tags.contains(tag))
            && query.owner.as_ref().is_none_or(|owner| *owner == row.owner)
            && query.campaign.as_ref().is_none_or(|campaign| row.active.contains(campaign))
            && (self.words.is_empty() || self.has_words(row))
    }

    /// Every word somewhere in what the row shows.
    fn has_words(&self, row: &LeadRow) -> bool {
        let shown = [&row.company, &row.email, &row.phone, &row.city, &row.category];
        let mut text = row.name.to_lowercase();
        for value in shown.into_iter().flatten() {
            text.push('\n');
            text.push_str(&value.to_lowercase());
        }
        for tag in &row.tags {
            text.push('\n');
            text.push_str(&tag.to_lowercase());
        }
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

fn any<T>(wanted: &[T], matches: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(matches)
}

fn sort_key(row: &LeadRow, sort: LeadSort) -> SortKey {
    let number = |number: i64| (false, number, String::new());
    let instant =
        |at: Option<Timestamp>| (at.is_none(), at.map_or(0, |at| at.as_microsecond()), String::new());
    let (missing, number, text) = match sort {
        LeadSort::Created => number(0),
        LeadSort::Updated => instant(Some(row.updated_at)),
        LeadSort::Name => (false, 0, row.name.to_lowercase()),
        LeadSort::Company => {
            (row.company.is_none(), 0, row.company.as_deref().unwrap_or_default().to_lowercase())
        }
        LeadSort::Score => number(i64::from(row.score)),
        LeadSort::Status => number(row.status as i64),
        LeadSort::FollowUp => instant(row.follow_up_at),
        LeadSort::LastContacted => instant(row.last_contacted_at),
    };
    SortKey { missing, number, text, id: row.id.clone() }
}

/// Ties, and the order of creation itself, go by id, which sorts by time.
fn compare(a: &SortKey, b: &SortKey, descending: bool) -> Ordering {
    let by_value = a.number.cmp(&b.number).then_with(|| a.text.cmp(&b.text)).then_with(|| a.id.cmp(&b.id));
    a.missing.cmp(&b.missing).then(if descending { by_value.reverse() } else { by_value })
}
