//! Pages over one partition, over several one after the other, and over several merged; and the cursors between them.

use crate::item::{Item, text_of};
use crate::keys::Partition;
use crate::query::{Query, Range};
use crate::table::Table;
use application::{StoreError, StoreResult};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A cursor, opaque to callers and valid only for the list it came from.
#[derive(Serialize, Deserialize)]
struct Cursor<P> {
    /// The list.
    l: String,
    /// The position within.
    p: P,
}

pub(crate) fn write_cursor<P: Serialize>(list: &str, position: P) -> StoreResult<String> {
    let cursor = Cursor { l: list.to_owned(), p: position };
    let json = serde_json::to_vec(&cursor).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

/// Reads a cursor; `BadCursor` if it is none of this list, so that nothing is read with it.
pub(crate) fn read_cursor<P: DeserializeOwned>(list: &str, cursor: &str) -> StoreResult<P> {
    let json = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::BadCursor)?;
    let cursor: Cursor<P> = serde_json::from_slice(&json).map_err(|_| StoreError::BadCursor)?;
    if cursor.l == list { Ok(cursor.p) } else { Err(StoreError::BadCursor) }
}

/// The order of a page: by the sort keys of the table or of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Table,
    TableDescending,
    Index,
    IndexDescending,
}

impl Order {
    fn query<S>(self, partition: &Partition<S>) -> Query<'_, S> {
        match self {
            Self::Table => Query::table(partition),
            Self::TableDescending => Query::table(partition).descending(),
            Self::Index => Query::index(partition),
            Self::IndexDescending => Query::index(partition).descending(),
        }
    }
    fn descends(self) -> bool {
        matches!(self, Self::TableDescending | Self::IndexDescending)
    }
    pub(crate) fn position(self, item: &Item) -> String {
        let name = if matches!(self, Self::Table | Self::TableDescending) { "sk" } else { "lsk" };
        text_of(item, name).unwrap_or_default().to_owned()
    }
    /// Returns the range of everything after `position`.
    fn beyond(self, position: Option<String>) -> Range {
        match position {
            None => Range::All,
            Some(position) if self.descends() => Range::Below(position),
            Some(position) => Range::Above(position),
        }
    }
}

pub(crate) struct ItemPage {
    pub items: Vec<Item>,
    pub next_cursor: Option<String>,
}

impl Table {
    /// Returns a page of one partition in order. `keep` leaves items out without ending the page early.
    pub(crate) async fn page<S>(
        &self,
        partition: &Partition<S>,
        order: Order,
        limit: usize,
        cursor: Option<&str>,
        keep: impl Fn(&Item) -> bool,
    ) -> StoreResult<ItemPage> {
        self.page_within(partition, order, (limit, usize::MAX), cursor, keep).await
    }

    /// Does what `page` does, but ends the page once about `most` items were looked at: it may then be short or empty, and
    /// have a cursor.
    pub(crate) async fn page_within<S>(
        &self,
        partition: &Partition<S>,
        order: Order,
        (limit, most): (usize, usize),
        cursor: Option<&str>,
        keep: impl Fn(&Item) -> bool,
    ) -> StoreResult<ItemPage> {
        let mut seen = 0;
        let mut position = cursor.map(|cursor| read_cursor(partition.pk(), cursor)).transpose()?;
        let mut items = Vec::new();
        let is_cut = loop {
            let ask = (limit + 1).max(20);
            let query = order.query(partition).range(order.beyond(position)).limit(ask);
            let found = self.query(query).await?;
            let more = found.len() == ask;
            seen += found.len();
            position = found.last().map(|item| order.position(item));
            items.extend(found.into_iter().filter(|item| keep(item)));
            if items.len() > limit || !more {
                break false;
            }
            if seen >= most {
                break true;
            }
        };
        let more = items.len() > limit;
        items.truncate(limit);
        let last = match is_cut {
            true => position,
            false => items.last().filter(|_| more).map(|item| order.position(item)),
        };
        let next_cursor = last.map(|position| write_cursor(partition.pk(), position)).transpose()?;
        Ok(ItemPage { items, next_cursor })
    }

    /// Returns a page over the partitions one after the other, ascending, limited to sort keys with this prefix.
    pub(crate) async fn page_of_shards<S>(
        &self,
        shards: &[Partition<S>],
        index: bool,
        prefix: Option<&str>,
        limit: usize,
        cursor: Option<&str>,
    ) -> StoreResult<ItemPage> {
        let list = format!("{}…{}", shards.first().map_or("", Partition::pk), prefix.unwrap_or_default());
        let (mut at, mut position): (usize, Option<String>) =
            cursor.map(|cursor| read_cursor(&list, cursor)).transpose()?.unwrap_or_default();
        let order = if index { Order::Index } else { Order::Table };
        let mut items: Vec<Item> = Vec::new();
        while at < shards.len() && items.len() < limit {
            let range = match (prefix, position.take()) {
                (None, position) => order.beyond(position),
                (Some(prefix), None) => Range::Prefix(prefix.to_owned()),
                // '!' comes before every character that continues one of our sort keys.
                (Some(prefix), Some(last)) => Range::Between(format!("{last}!"), format!("{prefix}~")),
            };
            let ask = limit - items.len();
            let found = self.query(order.query(&shards[at]).range(range).limit(ask)).await?;
            match found.last().filter(|_| found.len() == ask) {
                Some(last) => position = Some(order.position(last)),
                None => at += 1,
            }
            items.extend(found);
        }
        let more = at < shards.len();
        let next_cursor = more.then(|| write_cursor(&list, (at, position))).transpose()?;
        Ok(ItemPage { items, next_cursor })
    }

    /// Returns a page over several partitions with the same kind of sort keys, as if they were one.
    pub(crate) async fn page_merged<S>(
        &self,
        shards: &[Partition<S>],
        order: Order,
        limit: usize,
        cursor: Option<&str>,
    ) -> StoreResult<ItemPage> {
        let list = format!("{}+{order:?}", shards.first().map_or("", Partition::pk));
        let start: Option<String> = cursor.map(|cursor| read_cursor(&list, cursor)).transpose()?;
        let ask = (limit * 2).div_ceil(shards.len().max(1)).max(4).min(limit + 1);
        let open = |shard| Lane { shard, waiting: VecDeque::new(), next: Some(start.clone()) };
        let mut lanes: Vec<Lane<'_, S>> = shards.iter().map(open).collect();
        let mut items: Vec<Item> = Vec::with_capacity(limit + 1);
        while items.len() <= limit {
            let empty = lanes.iter_mut().filter(|lane| lane.waiting.is_empty() && lane.next.is_some());
            futures::future::try_join_all(empty.map(|lane| lane.fill(self, order, ask))).await?;
            let heads = lanes
                .iter()
                .enumerate()
                .filter_map(|(at, lane)| lane.waiting.front().map(|item| (order.position(item), at)));
            let first = if order.descends() { heads.max() } else { heads.min() };
            let Some((_, at)) = first else { break };
            items.extend(lanes[at].waiting.pop_front());
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| more).map(|item| order.position(item));
        let next_cursor = last.map(|position| write_cursor(&list, position)).transpose()?;
        Ok(ItemPage { items, next_cursor })
    }
}

struct Lane<'a, S> {
    shard: &'a Partition<S>,
    waiting: VecDeque<Item>,
    /// The position to read on from; `None` at the end.
    next: Option<Option<String>>,
}

impl<S> Lane<'_, S> {
    async fn fill(&mut self, table: &Table, order: Order, ask: usize) -> StoreResult<()> {
        let Some(position) = self.next.take() else { return Ok(()) };
        let query = order.query(self.shard).range(order.beyond(position)).limit(ask);
        let found = table.query(query).await?;
        if found.len() == ask {
            self.next = Some(found.last().map(|item| order.position(item)));
        }
        self.waiting.extend(found);
        Ok(())
    }
}
