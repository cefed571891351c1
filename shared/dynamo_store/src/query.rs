//! Reading: single items, batches, and queries over one partition of the table or its index.

use crate::errors::classify;
use crate::item::{Item, Stored, decode, text};
use crate::keys::{Key, Partition};
use crate::table::{INDEX, Table};
use application::{StoreError, StoreResult};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// The range of sort keys.
#[derive(Debug, Clone)]
pub(crate) enum Range {
    All,
    Prefix(String),
    Above(String),
    Below(String),
    AtMost(String),
    /// Both ends included.
    Between(String, String),
}

#[derive(Debug, Clone)]
pub(crate) struct Query<'a, S> {
    pub partition: &'a Partition<S>,
    pub range: Range,
    pub index: bool,
    pub descending: bool,
    /// Whether to read the table's newest state; an index never has it.
    pub strong: bool,
    /// The most items to read; all of them without it.
    pub limit: Option<usize>,
}

impl<'a, S> Query<'a, S> {
    /// Makes a query for everything, strongly consistent and ascending.
    pub(crate) fn table(partition: &'a Partition<S>) -> Self {
        Self { partition, range: Range::All, index: false, descending: false, strong: true, limit: None }
    }
    pub(crate) fn index(partition: &'a Partition<S>) -> Self {
        Self { index: true, strong: false, ..Self::table(partition) }
    }
    pub(crate) fn range(mut self, range: Range) -> Self {
        self.range = range;
        self
    }
    /// Makes the query eventually consistent: half the price, a moment behind.
    pub(crate) fn eventual(mut self) -> Self {
        self.strong = false;
        self
    }
    pub(crate) fn descending(mut self) -> Self {
        self.descending = true;
        self
    }
    pub(crate) fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }
}

impl Table {
    pub(crate) async fn read_item<S>(&self, key: &Key<S>) -> StoreResult<Option<Item>> {
        self.get_item(key, true).await
    }

    async fn get_item<S>(&self, key: &Key<S>, strong: bool) -> StoreResult<Option<Item>> {
        let request = self.client.get_item().table_name(&*self.name).consistent_read(strong);
        let answer = request.key("pk", text(key.pk())).key("sk", text(key.sk())).send().await;
        Ok(answer.map_err(classify)?.item)
    }

    /// Reads an entity at half the price and a moment behind: it may miss one that was just written.
    pub(crate) async fn find_lately<T: Stored>(&self, key: &Key<T::Scope>) -> StoreResult<Option<T>> {
        self.get_item(key, false).await?.map(decode).transpose()
    }

    pub(crate) async fn find<T: Stored>(&self, key: &Key<T::Scope>) -> StoreResult<Option<T>> {
        self.read_item(key).await?.map(decode).transpose()
    }

    pub(crate) async fn read<T: Stored>(&self, key: &Key<T::Scope>) -> StoreResult<T> {
        self.find(key).await?.ok_or(StoreError::NotFound)
    }

    /// Reads items with strong consistency, in no order; missing ones are left out, and repeated keys are read once.
    pub(crate) async fn read_items<S>(&self, keys: &[Key<S>]) -> StoreResult<Vec<Item>> {
        let mut wanted: Vec<(&str, &str)> = keys.iter().map(|key| (key.pk(), key.sk())).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = Vec::with_capacity(wanted.len());
        for hundred in wanted.chunks(100) {
            let as_key = |&(pk, sk): &(&str, &str)| {
                HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
            };
            let mut open = hundred.iter().map(as_key).collect::<Vec<_>>();
            let mut tries = 0;
            while !open.is_empty() {
                tries += 1;
                if tries > 10 {
                    return Err(StoreError::Unavailable("a batch of reads was not finished".into()));
                }
                let request = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(open)).build();
                let request = request.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
                let answer = self.client.batch_get_item().request_items(&*self.name, request).send().await;
                let mut answer = answer.map_err(classify)?;
                let responses = answer.responses.as_mut().and_then(|all| all.remove(&*self.name));
                found.extend(responses.unwrap_or_default());
                let unprocessed = answer.unprocessed_keys.as_mut().and_then(|all| all.remove(&*self.name));
                open = unprocessed.map(|rest| rest.keys).unwrap_or_default();
            }
        }
        Ok(found)
    }

    pub(crate) async fn read_many<T: Stored>(&self, keys: &[Key<T::Scope>]) -> StoreResult<Vec<T>> {
        self.read_items(keys).await?.into_iter().map(decode).collect()
    }

    pub(crate) async fn query<S>(&self, query: Query<'_, S>) -> StoreResult<Vec<Item>> {
        let mut items = Vec::new();
        self.query_pages(query, |page| {
            items.extend(page);
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        Ok(items)
    }

    /// Does what `query` does, page by page as the table answers them, so that no more than one page is held. It ends
    /// where `take` breaks off.
    pub(crate) async fn query_pages<S>(
        &self,
        query: Query<'_, S>,
        mut take: impl FnMut(Vec<Item>) -> StoreResult<ControlFlow<()>> + Send,
    ) -> StoreResult<()> {
        let (pk, sk) = if query.index { ("lpk", "lsk") } else { ("pk", "sk") };
        let (condition, low, high) = match query.range {
            Range::All => ("#p = :p", None, None),
            Range::Prefix(prefix) => ("#p = :p AND begins_with(#s, :low)", Some(prefix), None),
            Range::Above(low) => ("#p = :p AND #s > :low", Some(low), None),
            Range::Below(high) => ("#p = :p AND #s < :high", None, Some(high)),
            Range::AtMost(high) => ("#p = :p AND #s <= :high", None, Some(high)),
            Range::Between(low, high) if low > high => return Ok(()),
            Range::Between(low, high) => ("#p = :p AND #s BETWEEN :low AND :high", Some(low), Some(high)),
        };
        let mut found = 0;
        let mut start: Option<HashMap<String, AttributeValue>> = None;
        loop {
            let request = self.client.query().table_name(&*self.name);
            let request = request.set_index_name(query.index.then(|| INDEX.to_owned()));
            let mut request = request
                .key_condition_expression(condition)
                .expression_attribute_names("#p", pk)
                .expression_attribute_values(":p", text(query.partition.pk()))
                .consistent_read(query.strong)
                .scan_index_forward(!query.descending)
                .set_exclusive_start_key(start);
            if low.is_some() || high.is_some() {
                request = request.expression_attribute_names("#s", sk);
            }
            if let Some(low) = &low {
                request = request.expression_attribute_values(":low", text(low));
            }
            if let Some(high) = &high {
                request = request.expression_attribute_values(":high", text(high));
            }
            if let Some(rest) = query.limit.map(|limit| limit.saturating_sub(found)) {
                request = request.limit(i32::try_from(rest).unwrap_or(i32::MAX));
            }
            let answer = request.send().await.map_err(classify)?;
            let page = answer.items.unwrap_or_default();
            found += page.len();
            let goes_on = take(page)?.is_continue();
            start = answer.last_evaluated_key;
            if !goes_on || start.is_none() || query.limit.is_some_and(|limit| found >= limit) {
                return Ok(());
            }
        }
    }

    pub(crate) async fn query_all<T: Stored>(&self, query: Query<'_, T::Scope>) -> StoreResult<Vec<T>> {
        self.query(query).await?.into_iter().map(decode).collect()
    }
}
