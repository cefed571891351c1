//! The lead list. By creation and without a filter it is a merge of the index's shards. Anything else reads all
//! summaries, and keeps only as many as the page shows.

use crate::item::Item;
use crate::key_hashes;
use crate::keys::{self, Partition, Tenant};
use crate::lead_item::{LeadSum, listed};
use crate::pages::{Order, read_cursor, write_cursor};
use crate::query::Query;
use crate::rows_kept;
use crate::table::Table;
use application::StoreResult;
use application::ports::leads::{LeadPage, LeadQuery, LeadRow, LeadSort};
use application::ports::stats::{Metric, StatsStore};
use domain::lead::attributes::LeadText;
use domain::lead::filter::LeadFilter;
use domain::mutant;
use domain::{LeadId, WorkspaceId};
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};

/// The largest page with a filter or in another order. All rows are read for any page, so a large one costs no more
/// than a small one.
const MOST_SEARCHED: usize = 20_000;

/// The largest page that is merged from the shards. For a larger one, all summaries are read once instead of the head
/// of every shard page by page.
const MOST_MERGED: usize = 1_000;

/// The summaries that one call reads: about a megabyte as the SDK holds them.
pub(crate) const ROWS_AT_ONCE: usize = 250;

/// The shards that are read at the same time. More would hold more in memory, and make nothing faster: most of the
/// time goes into decoding.
const SHARDS_AT_ONCE: usize = 4;

/// The value that rows are sorted by. Rows without a value come last in either direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SortKey {
    missing: bool,
    number: i64,
    text: String,
    id: LeadId,
}

#[derive(Serialize, Deserialize)]
struct Position {
    after: SortKey,
    /// The instant of the first page's scores, which later pages use, too.
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
        let page = self.page_merged(&shards, in_order(query), limit, query.cursor.as_deref()).await?;
        let row = |item| listed(item).map(|(id, sum)| sum.into_row(workspace, id, query.as_of));
        let leads: Vec<LeadRow> = page.items.into_iter().map(row).collect::<StoreResult<_>>()?;
        let total = if query.cursor.is_none() && page.next_cursor.is_none() {
            leads.len()
        } else {
            // Counters follow the writes by seconds: the total is never less than what is seen here.
            let counters = self.total(workspace).await?;
            let of = |metric| counters.get(&metric).copied().unwrap_or(0);
            let counted = of(Metric::LeadsCreated) - of(Metric::LeadsDeleted);
            let seen = leads.len() + usize::from(page.next_cursor.is_some());
            usize::try_from(counted).unwrap_or(0).max(seen)
        };
        Ok(LeadPage { leads, total, next_cursor: page.next_cursor })
    }

    /// Reads all summaries, a page of a shard at a time, and keeps those that the page shows, and one more.
    async fn search(&self, workspace: &WorkspaceId, query: &LeadQuery) -> StoreResult<LeadPage> {
        let shards = keys::lead_lists(workspace);
        let list = name_of(&shards, query);
        let position: Option<Position> =
            query.cursor.as_deref().map(|cursor| read_cursor(&list, cursor)).transpose()?;
        let as_of = position.as_ref().map_or(query.as_of, |position| position.as_of);
        let matcher = Matcher::new(query);
        let top = Mutex::new(Top::after(position, query));
        let read = |shard| {
            let take = |page: Vec<Item>| -> StoreResult<()> {
                let mut top = top.lock().unwrap_or_else(PoisonError::into_inner);
                rows_kept::note(page.len() + top.rows.len());
                for item in page {
                    let (id, sum) = listed(item)?;
                    if matcher.may_take(&sum) {
                        top.meet(&matcher, sum.into_row(workspace, id, as_of));
                    }
                }
                Ok(())
            };
            self.query_pages(Query::index(shard).pages_of(ROWS_AT_ONCE), take)
        };
        let each: Vec<_> = shards.iter().map(read).collect();
        let each = futures::stream::iter(each).buffer_unordered(SHARDS_AT_ONCE);
        each.try_for_each(|()| futures::future::ready(Ok(()))).await?;
        let top = top.into_inner().unwrap_or_else(PoisonError::into_inner);
        let total = top.total;
        let (page, more) = top.in_order();
        let next_cursor = match page.last().filter(|_| more) {
            Some(ranked) => Some(write_cursor(&list, Position { after: ranked.key.clone(), as_of })?),
            None => None,
        };
        Ok(LeadPage { leads: page.into_iter().map(|ranked| ranked.row).collect(), total, next_cursor })
    }

    /// Returns the next matching leads in order of creation, without a total: it reads from the cursor on only as far
    /// as it must. Its cursors are those of `search`.
    pub(crate) async fn matching_leads(
        &self,
        workspace: &WorkspaceId,
        query: &LeadQuery,
    ) -> StoreResult<(Vec<LeadRow>, Option<String>)> {
        let shards = keys::lead_lists(workspace);
        let limit = query.limit.clamp(1, MOST_MERGED);
        if is_unfiltered(query) {
            let order = in_order(query);
            let page = self.page_merged(&shards, order, limit, query.cursor.as_deref()).await?;
            let row = |item| listed(item).map(|(id, sum)| sum.into_row(workspace, id, query.as_of));
            let rows = page.items.into_iter().map(row).collect::<StoreResult<_>>()?;
            return Ok((rows, page.next_cursor));
        }
        let list = name_of(&shards, query);
        let position: Option<Position> =
            query.cursor.as_deref().map(|cursor| read_cursor(&list, cursor)).transpose()?;
        let as_of = position.as_ref().map_or(query.as_of, |position| position.as_of);
        let start = position.map(|position| position.after.id.ulid_text().to_owned());
        let matcher = Matcher::new(query);
        let take = |item: Item| -> StoreResult<Option<LeadRow>> {
            let (id, sum) = listed(item)?;
            if !matcher.may_take(&sum) {
                return Ok(None);
            }
            let row = sum.into_row(workspace, id, as_of);
            Ok(matcher.takes(&row).then_some(row))
        };
        let mut rows = self.merge_kept(&shards, in_order(query), (start, limit + 1), take).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = match rows.last().filter(|_| more) {
            Some(last) => {
                Some(write_cursor(&list, Position { after: sort_key(last, LeadSort::Created), as_of })?)
            }
            None => None,
        };
        Ok((rows, next_cursor))
    }
}

/// Names the list for cursors: a cursor of one query is refused by another.
fn name_of(shards: &[Partition<Tenant>], query: &LeadQuery) -> String {
    format!("{} {}", shards[0].pk(), fingerprint(query))
}

fn in_order(query: &LeadQuery) -> Order {
    if query.descending { Order::IndexDescending } else { Order::Index }
}

/// A row with its sort key.
struct Ranked {
    key: SortKey,
    descending: bool,
    row: LeadRow,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.key, &other.key, self.descending)
    }
}
impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Ranked {}

/// The first rows behind a position among all that are read, and the number of all matching rows.
struct Top {
    after: Option<Position>,
    sort: LeadSort,
    descending: bool,
    limit: usize,
    total: usize,
    /// The kept rows, the last of them on top. One more than the page holds tells that there is another page.
    rows: BinaryHeap<Ranked>,
}

impl Top {
    fn after(after: Option<Position>, query: &LeadQuery) -> Self {
        let limit = query.limit.clamp(1, MOST_SEARCHED);
        let (sort, descending) = (query.sort, query.descending);
        Self { after, sort, descending, limit, total: 0, rows: BinaryHeap::new() }
    }

    fn meet(&mut self, matcher: &Matcher<'_>, row: LeadRow) {
        if !matcher.takes(&row) {
            return;
        }
        self.total += 1;
        let key = sort_key(&row, self.sort);
        let order = |a: &SortKey, b: &SortKey| compare(a, b, self.descending);
        let key = &key;
        let shown =
            |order| order == Ordering::Less || order == Ordering::Equal && !mutant!("page_repeats_last_row");
        if self.after.as_ref().is_some_and(|position| shown(order(key, &position.after))) {
            return;
        }
        self.rows.push(Ranked { key: key.clone(), descending: self.descending, row });
        if self.rows.len() > self.limit + 1 {
            self.rows.pop();
        }
    }

    /// Returns the page, and whether another follows it.
    fn in_order(self) -> (Vec<Ranked>, bool) {
        let more = self.rows.len() > self.limit;
        let mut rows = self.rows.into_sorted_vec();
        rows.truncate(self.limit);
        (rows, more)
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

fn fingerprint(query: &LeadQuery) -> String {
    let asked = LeadQuery { limit: 0, cursor: None, as_of: None, ..query.clone() };
    key_hashes::fingerprint(&format!("{asked:?}"))
}

pub(crate) struct Matcher<'a> {
    filter: &'a LeadFilter,
    words: Vec<String>,
}

impl<'a> Matcher<'a> {
    pub(crate) fn new(query: &'a LeadQuery) -> Self {
        let text = query.filter.q.as_deref().unwrap_or_default().to_lowercase();
        Self { filter: &query.filter, words: text.split_whitespace().map(str::to_owned).collect() }
    }

    /// Checks a summary for what it tells without effort: most leads that do not match are dropped before they become
    /// rows.
    fn may_take(&self, sum: &LeadSum) -> bool {
        let filter = self.filter;
        let has = |(text, wanted): (LeadText, &[String])| {
            any(wanted, |wanted| {
                sum.text(text).is_some_and(|own| own.to_lowercase() == wanted.to_lowercase())
            })
        };
        any(&filter.status, |status| *status == sum.s)
            && any(&filter.country, |country| Some(*country) == sum.cc)
            && any(&filter.tag, |tag| sum.t.contains(tag))
            && filter.takes_owner(sum.o.as_ref())
            && filter.campaign.as_ref().is_none_or(|campaign| sum.ac.contains(campaign))
            && filter.texts().into_iter().all(has)
    }

    /// Checks the row of a summary that `may_take` has let pass for the rest.
    pub(crate) fn takes(&self, row: &LeadRow) -> bool {
        let filter = self.filter;
        any(&filter.temperature, |temperature| *temperature == row.temperature)
            && any(&filter.priority, |priority| *priority == row.priority)
            && (self.words.is_empty() || self.has_words(row))
    }

    /// Tells whether every word occurs somewhere in what the row shows.
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

pub(crate) fn sort_key(row: &LeadRow, sort: LeadSort) -> SortKey {
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

/// Compares two rows. Ties, and the order of creation itself, go by id, which sorts by time.
pub(crate) fn compare(a: &SortKey, b: &SortKey, descending: bool) -> Ordering {
    let by_value = a.number.cmp(&b.number).then_with(|| a.text.cmp(&b.text)).then_with(|| a.id.cmp(&b.id));
    a.missing.cmp(&b.missing).then(if descending { by_value.reverse() } else { by_value })
}
