//! The leads that a caller sees. A handler that reads a lead passes it through `Caller::seen`, a list keeps what
//! `Caller::keep_seen` keeps, and a query for leads takes `Caller::leads`.

use crate::caller::Caller;
use crate::error::{ApiError, ApiResult};
use application::identity::stage_keys::StageKeys;
use application::ports::lead_access::LeadAccessStore;
use application::ports::leads::LeadFile;
use application::{Page, PageRequest, StoreError, StoreResult};
use domain::lead::Lead;
use domain::lead::scope::LeadScope;
use domain::{LeadId, UserId};
use std::fmt;
use std::sync::Arc;

/// The most pages that are read for one page of what the caller sees.
const MOST_LOOKS: usize = 20;

/// A caller's scope, the store that knows the owners of leads, and the keys that seal cursors.
#[derive(Clone)]
pub(crate) struct LeadSight {
    pub scope: LeadScope,
    pub store: Arc<dyn LeadAccessStore>,
    pub keys: Arc<StageKeys>,
}

impl fmt::Debug for LeadSight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scope.fmt(f)
    }
}

/// What belongs to an owner, as far as who sees it is concerned.
pub trait Owned {
    fn owner(&self) -> Option<&UserId>;
}

impl Owned for Lead {
    fn owner(&self) -> Option<&UserId> {
        self.owner.as_ref()
    }
}

impl Owned for LeadFile {
    fn owner(&self) -> Option<&UserId> {
        self.lead.owner.as_ref()
    }
}

impl Caller {
    pub(crate) fn seeing(self, scope: LeadScope) -> Self {
        let sight = LeadSight { scope, ..self.sight };
        Self { sight, ..self }
    }

    /// The leads that the caller sees and acts on. It is empty on a route that says it carries nothing of leads.
    pub fn leads(&self) -> &LeadScope {
        &self.sight.scope
    }

    /// Returns the lead if the caller sees it: `NotFound` like another workspace's lead, if not.
    pub fn seen<T: Owned>(&self, read: StoreResult<T>) -> StoreResult<T> {
        read.and_then(|lead| match self.sight.scope.sees(lead.owner()) {
            true => Ok(lead),
            false => Err(StoreError::NotFound),
        })
    }

    /// Checks that the caller sees a lead that a request names: `NotFound` if not.
    pub async fn check_lead(&self, id: &LeadId) -> StoreResult<()> {
        match self.those_seen(std::slice::from_ref(id)).await?.is_empty() {
            true => Err(StoreError::NotFound),
            false => Ok(()),
        }
    }

    /// Returns those of the leads that the caller sees, in their order; without a read where the caller sees all.
    pub async fn those_seen(&self, ids: &[LeadId]) -> StoreResult<Vec<LeadId>> {
        let scope = &self.sight.scope;
        if scope.is_all() || ids.is_empty() {
            return Ok(ids.to_vec());
        }
        let owners = self.sight.store.owners(&self.workspace, ids).await?;
        let is_seen = |id: &&LeadId| owners.get(*id).is_some_and(|owner| scope.sees(owner.as_ref()));
        Ok(ids.iter().filter(is_seen).cloned().collect())
    }

    /// Keeps what is about leads that the caller sees. What is about no lead goes, too, unless the caller sees all.
    pub async fn keep_seen<T>(
        &self,
        items: Vec<T>,
        lead: impl Fn(&T) -> Option<LeadId>,
    ) -> StoreResult<Vec<T>> {
        if self.sight.scope.is_all() {
            return Ok(items);
        }
        let mut ids: Vec<LeadId> = items.iter().filter_map(&lead).collect();
        ids.sort();
        ids.dedup();
        let seen = self.those_seen(&ids).await?;
        let is_seen = |item: &T| lead(item).is_some_and(|id| seen.binary_search(&id).is_ok());
        Ok(items.into_iter().filter(is_seen).collect())
    }

    /// Makes a cursor unreadable. The position that it holds may be that of a colleague's lead, which the list has left
    /// out.
    pub fn seal_cursor(&self, cursor: &str) -> String {
        self.sight.keys.seal(&format!("cursor {}", self.workspace), cursor)
    }

    /// Reads a cursor that was sealed for this workspace; answers 422 on any other.
    pub fn open_cursor(&self, cursor: &str) -> ApiResult<String> {
        let opened = self.sight.keys.open(&format!("cursor {}", self.workspace), cursor);
        opened.ok_or_else(ApiError::bad_cursor)
    }

    /// Reads a page of what is about leads that the caller sees. Its cursors are sealed. It reads on until the page is full; after many pages
    /// with little on them it is short, and the next one goes on from there.
    pub async fn page_seen<T, F: Future<Output = StoreResult<Page<T>>>>(
        &self,
        page: PageRequest,
        lead: impl Fn(&T) -> Option<LeadId>,
        read: impl Fn(PageRequest) -> F,
    ) -> ApiResult<Page<T>> {
        let wanted = page.limit;
        let mut cursor = page.cursor.map(|cursor| self.open_cursor(&cursor)).transpose()?;
        let mut items = Vec::new();
        for _ in 0..MOST_LOOKS {
            let found = read(PageRequest { limit: wanted - items.len(), cursor: cursor.take() }).await?;
            cursor = found.next_cursor;
            items.extend(self.keep_seen(found.items, &lead).await?);
            if cursor.is_none() || items.len() >= wanted {
                break;
            }
        }
        Ok(Page { items, next_cursor: cursor.map(|cursor| self.seal_cursor(&cursor)) })
    }
}
