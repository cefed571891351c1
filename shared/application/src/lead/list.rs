//! The lead list: a workspace's leads are held in memory by columns, and brought up to date with one query before each
//! page. A list, a count, an export, a bulk change and an enrolment by filter read the same columns.

mod board;
mod cache;
mod companies;
mod cursor;
mod fit;
mod narrowed;
mod places;
mod row;
mod selection;

pub use board::BoardColumn;
pub use cache::LeadCache;
pub use companies::{CompanyPage, CompanyQuery, CompanySort};
pub use fit::{FitOfRow, FitPreview, LeadFit, Reason, SampledLead};
pub use lead_columns::CompanyTally;
pub use lead_columns::{RuleCount, WeightCount};
pub use places::LeadPlace;

use crate::change_log::block_key;
use crate::change_log::manifest::{Manifest, read_manifest};
use crate::change_log::rebuild::leads_of_table;
use crate::ports::blobs::{Blobs, unavailable};
use crate::ports::change_log::{ALL, ChangeLogStore, LeadBlock};
use crate::ports::clock::Clock;
use crate::ports::custom_fields::CustomFieldStore;
use crate::ports::icps::IcpStore;
use crate::ports::leads::{LeadPage, LeadQuery, LeadRow, LeadSort, LeadStore};
use crate::ports::segments::SegmentStore;
use crate::ports::store::{StoreError, StoreResult};
use board::{of_stage, recent};
use cache::{Warm, take};
use cursor::{Cursor, fingerprint};
use domain::icp::IcpProfile;
use domain::lead::custom_field::CustomFields;
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::lead::segment::{FitField, ListField, SegmentRule};
use domain::lead::stage::StageId;
use domain::{LeadId, WorkspaceId};
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use lead_columns::{LeadColumns, ListQuery, ListedLead, OwnTexts, Position, Row};
use narrowed::narrowed;
use selection::{Named, Selection};
use std::collections::HashMap;
use std::sync::Arc;

/// The largest page.
pub(crate) const LARGEST_PAGE: usize = 20_000;

/// The blocks that are fetched at the same time.
const BLOCKS_AT_ONCE: usize = 8;

/// The numbers of recorded changes that a list in memory takes in before it asks how many follow. Each has up to 250 changes.
const CAUGHT_UP_AT_ONCE: usize = 100;

/// The bytes of recorded changes from which on a list is loaded anew, if they are in its blocks already.
const LOADED_FROM_BYTES: u64 = 4 * 1024 * 1024;

/// The time between two questions how far changes are recorded.
const ASKED_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// The tries to load a list: a block may be replaced while it is loaded.
const LOADS: usize = 3;

crate::ports! {
    #[derive(Clone)]
    pub struct LeadLists {
        pub blobs: Arc<dyn Blobs>,
        pub change_log: Arc<dyn ChangeLogStore>,
        pub clock: Arc<dyn Clock>,
        pub custom_fields: Arc<dyn CustomFieldStore>,
        pub icps: Arc<dyn IcpStore>,
        pub leads: Arc<dyn LeadStore>,
        pub lead_cache: Arc<LeadCache>,
        pub segments: Arc<dyn SegmentStore>,
    }
}

impl LeadLists {
    /// Returns a page of the leads of the scope that match, and how many there are in all. `BadQuery` if the query names a segment or
    /// a field that is not there. Segments and custom fields are read only where they are named.
    pub async fn page(
        &self,
        workspace: &WorkspaceId,
        scope: &LeadScope,
        query: &LeadQuery,
    ) -> StoreResult<LeadPage> {
        let selection = self.named().selection(workspace, scope, query).await?;
        let now = self.clock.now();
        self.read(workspace, &query.seen, |columns| page_of(columns, (workspace, query), &selection, now))
            .await?
    }

    /// Returns the first page of each of these stages, of the leads of the scope. Won and lost leads are shown if they became so within the last
    /// `closed_days` days; all of them are, if none are given.
    pub async fn board(
        &self,
        workspace: &WorkspaceId,
        scope: &LeadScope,
        query: &LeadQuery,
        (stages, closed_days): (&[StageId], Option<u32>),
    ) -> StoreResult<Vec<BoardColumn>> {
        let selection = self.named().selection(workspace, scope, query).await?;
        let Selection { rule, fields, icps } = &selection;
        let now = self.clock.now();
        let sort = ListField::named(query.sort.field(), fields)
            .ok_or_else(|| unavailable(format!("leads are not sorted by {}", query.sort.field())))?;
        let pages = self.read(workspace, &query.seen, |columns| {
            let list = ListQuery {
                rule,
                words: query.filter.q.as_deref().unwrap_or_default(),
                sort,
                descending: query.descending,
                limit: query.limit.clamp(1, LARGEST_PAGE),
                after: None,
                now,
                fields,
                icps,
                shown_fits: &[],
            };
            let pages = columns.board(&list, stages, &recent(closed_days));
            let shown = |(stage, page): (&StageId, lead_columns::Page)| {
                let own = of_stage(query, *stage, closed_days);
                let list = fingerprint(workspace, &own);
                Ok(BoardColumn {
                    stage: *stage,
                    page: shown_page(columns, page, (list, now), (&own, fields))?,
                })
            };
            stages.iter().zip(pages).map(shown).collect::<StoreResult<Vec<BoardColumn>>>()
        });
        pages.await?
    }

    /// Returns the places of those of these leads that the query and the scope select. Won and lost leads count if they
    /// became so within the last `closed_days` days; all of them do, if none are given.
    pub async fn places(
        &self,
        workspace: &WorkspaceId,
        scope: &LeadScope,
        (query, closed_days): (&LeadQuery, Option<u32>),
        ids: &[LeadId],
    ) -> StoreResult<HashMap<LeadId, LeadPlace>> {
        let selection = self.named().selection(workspace, scope, query).await?;
        let Selection { rule, fields, icps } = &selection;
        let sort = ListField::named(query.sort.field(), fields).ok_or(StoreError::NotFound)?;
        let now = self.clock.now();
        self.read(workspace, &query.seen, |columns| {
            let list = ListQuery {
                rule,
                words: query.filter.q.as_deref().unwrap_or_default(),
                sort,
                descending: query.descending,
                limit: 1,
                after: None,
                now,
                fields,
                icps,
                shown_fits: &[],
            };
            let rows = columns.selected_of(&list, &recent(closed_days), ids);
            rows.into_iter()
                .map(|row| LeadPlace::of(columns.row(row)))
                .map(|lead| (lead.id.clone(), lead))
                .collect()
        })
        .await
    }

    /// Returns the stages of the workspace's open leads, and since when each of them is there.
    pub async fn stages_of_open(&self, workspace: &WorkspaceId) -> StoreResult<Vec<(StageId, Timestamp)>> {
        let stage = |row: Row<'_>| (row.status(), row.stage_since());
        self.read(workspace, &[], |columns| columns.open_rows().map(|at| stage(columns.row(at))).collect())
            .await
    }

    /// Returns a further page of one stage, of the leads of the scope.
    pub async fn board_column(
        &self,
        workspace: &WorkspaceId,
        scope: &LeadScope,
        query: &LeadQuery,
        (stage, closed_days): (StageId, Option<u32>),
    ) -> StoreResult<BoardColumn> {
        let page = self.page(workspace, scope, &of_stage(query, stage, closed_days)).await?;
        Ok(BoardColumn { stage, page })
    }

    /// Returns a page of the companies that match.
    pub async fn companies(&self, workspace: &WorkspaceId, query: &CompanyQuery) -> StoreResult<CompanyPage> {
        let now = self.clock.now();
        let companies = self.read(workspace, &[], |columns| columns.companies(now)).await?;
        companies::page_of(companies, query)
    }

    /// Returns the numbers of one company; none if it has no leads.
    pub async fn company(&self, workspace: &WorkspaceId, domain: &str) -> StoreResult<Option<CompanyTally>> {
        let now = self.clock.now();
        self.read(workspace, &[], |columns| columns.company(domain, now)).await
    }

    /// Counts the leads of an ICP that is being written, and shows some of them; in another round it shows others.
    pub async fn fit_preview(
        &self,
        workspace: &WorkspaceId,
        profile: &IcpProfile,
        fields: &CustomFields,
        round: usize,
    ) -> StoreResult<FitPreview> {
        let now = self.clock.now();
        self.read(workspace, &[], |columns| FitPreview::of(columns, profile, fields, now, round)).await
    }

    /// Returns the time up to which the lists have what others changed, if recording is behind. It is asked for once in ten
    /// seconds, because each question is a call.
    ///
    /// What is recorded does not show that recording stands still: an idle workspace looks the same. So the due tick,
    /// which notes each run in the table, is the sign: its note comes through the stream like any change, and
    /// `record_changes` notes that it did. A run whose note has not come after ten seconds tells that others' changes have
    /// not, either. The note comes through one shard of the stream; one that alone is behind is not seen, and neither is
    /// anything while no tick runs. Nor is anything said where the question fails: the page is shown without it.
    pub async fn as_of(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        if let Some(known) = self.lead_cache.as_of(now - ASKED_EVERY) {
            return known;
        }
        let as_of = match self.change_log.progress().await {
            Ok(progress) => progress.behind(now),
            Err(error) => {
                tracing::warn!(error = error.in_full(), "how far changes are recorded is not known");
                None
            }
        };
        self.lead_cache.note_as_of(now, as_of);
        as_of
    }

    /// Reads the columns once they are up to date.
    async fn read<T>(
        &self,
        workspace: &WorkspaceId,
        seen: &[(LeadId, u64)],
        read: impl FnOnce(&mut LeadColumns) -> T,
    ) -> StoreResult<T> {
        let slot = self.lead_cache.slot(workspace);
        let mut warm = slot.lock().await;
        self.refresh(workspace, &mut warm).await?;
        self.overlay(workspace, &mut warm, seen).await?;
        let found = read(&mut warm.columns);
        if !warm.is_kept {
            *warm = Warm::default();
        }
        self.lead_cache.note(workspace, warm.columns.size_bytes());
        Ok(found)
    }

    /// Checks a filter that is saved to be used later: `BadQuery` if it names what is not there.
    pub async fn check(&self, workspace: &WorkspaceId, filter: &LeadFilter) -> StoreResult<()> {
        let query = LeadQuery { filter: filter.clone(), ..LeadQuery::default() };
        let Selection { fields, .. } = self.named().selection(workspace, &LeadScope::All, &query).await?;
        // A job joins it with its segment's rule; each of the two has the limits of a rule.
        match selection::faults_of_own_rule(filter, &fields) {
            faults if faults.is_empty() => Ok(()),
            faults => Err(StoreError::BadQuery(faults)),
        }
    }

    /// Returns the filter with its segment's present rule in place of the segment, narrowed to the scope, for a job: from
    /// the first page to the last it selects by the rule that the user saw, whatever becomes of the segment, and no lead
    /// that the user does not see.
    pub async fn pinned(
        &self,
        workspace: &WorkspaceId,
        scope: &LeadScope,
        filter: LeadFilter,
    ) -> StoreResult<LeadFilter> {
        let rule = match (self.named().segment_rule(workspace, &filter).await?, filter.rule.clone()) {
            (Some(segment), Some(own)) => own.and(segment),
            (Some(rule), None) | (None, Some(rule)) => rule,
            (None, None) if scope.is_all() => return Ok(filter),
            (None, None) => SegmentRule::everyone(),
        };
        Ok(LeadFilter { segment: None, rule: Some(narrowed(rule, scope)), ..filter })
    }

    fn named(&self) -> Named<'_> {
        Named { segments: &*self.segments, custom_fields: &*self.custom_fields, icps: &*self.icps }
    }

    /// Returns at most 1,000 matching leads in order of creation, whatever the query is sorted by, and the next cursor. It is
    /// for jobs.
    pub async fn matching(
        &self,
        workspace: &WorkspaceId,
        scope: &LeadScope,
        query: &LeadQuery,
    ) -> StoreResult<(Vec<LeadRow>, Option<String>)> {
        let limit = query.limit.clamp(1, 1_000);
        let query = LeadQuery { sort: LeadSort::Created, limit, columns: Vec::new(), ..query.clone() };
        let page = self.page(workspace, scope, &query).await?;
        Ok((page.leads, page.next_cursor))
    }

    /// Returns the cursor of the page behind a lead, of a query that is sorted by creation.
    pub fn cursor_behind(
        &self,
        workspace: &WorkspaceId,
        query: &LeadQuery,
        lead: &LeadId,
    ) -> StoreResult<String> {
        let as_of = query.as_of.unwrap_or_else(|| self.clock.now());
        Cursor { list: fingerprint(workspace, query), as_of, after: Position::by_creation(lead) }.write()
    }

    /// Brings a list up to date: one query where it is known already.
    async fn refresh(&self, workspace: &WorkspaceId, warm: &mut Warm) -> StoreResult<()> {
        if warm.is_kept && self.catch_up(workspace, warm).await? {
            return Ok(());
        }
        for _ in 0..LOADS {
            *warm = Warm::default();
            match self.load(workspace, warm).await {
                Ok(()) => return Ok(()),
                Err(StoreError::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
        *warm = Warm::default();
        self.read_table(workspace, warm).await
    }

    /// Takes in what was recorded since. False if the list must be loaded: something in between is missing, or so much was
    /// folded meanwhile that its blocks are quicker to read.
    async fn catch_up(&self, workspace: &WorkspaceId, warm: &mut Warm) -> StoreResult<bool> {
        loop {
            let since = self.change_log.since(workspace, warm.through, CAUGHT_UP_AT_ONCE).await?;
            if !warm.take_in(&since) {
                return Ok(false);
            }
            let Some(last) = since.changes.get(CAUGHT_UP_AT_ONCE - 1) else { return Ok(true) };
            let folded = self.change_log.head(workspace).await?.map_or(0, |head| head.bytes_folded);
            if folded.saturating_sub(last.bytes_through) >= LOADED_FROM_BYTES {
                return Ok(false);
            }
        }
    }

    /// Loads a list from its blocks and what was recorded since. `NotFound` if they do not fit together any more.
    async fn load(&self, workspace: &WorkspaceId, warm: &mut Warm) -> StoreResult<()> {
        let Some(head) = self.change_log.head(workspace).await? else {
            return self.read_table(workspace, warm).await;
        };
        let folded = head.folded;
        // The bucket refuses to tell a function that may not list it whether an object is missing.
        let manifest =
            read_manifest(&*self.blobs, workspace, &head).await.map_err(|_| StoreError::NotFound)?;
        let Some(blocks) = manifest.as_ref().and_then(Manifest::blocks) else {
            return self.read_table(workspace, warm).await;
        };
        let blocks: Vec<LeadBlock> = blocks.cloned().collect();
        warm.columns.make_room(blocks.iter().map(|block| block.leads).sum());
        let fetch =
            |block: LeadBlock| async move { self.blobs.get(&block_key(workspace, &block.name)).await };
        let mut fetched = futures::stream::iter(blocks).map(fetch).buffered(BLOCKS_AT_ONCE);
        while let Some(block) = fetched.next().await {
            // The bucket refuses to tell a function that may not list it whether an object is missing.
            let Ok(block) = block else { return Err(StoreError::NotFound) };
            if let Err(error) = warm.columns.take_in(&block) {
                tracing::warn!(%error, "a block of leads cannot be read; the table is read instead");
                *warm = Warm::default();
                return self.read_table(workspace, warm).await;
            }
        }
        warm.columns.shrink();
        warm.through = folded;
        warm.is_kept = true;
        let since = self.change_log.since(workspace, folded, ALL).await?;
        if warm.take_in(&since) { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// Reads all leads from the table: for a workspace whose blocks are not made yet. The list is kept only if changes are
    /// recorded, by which it can be brought up to date.
    async fn read_table(&self, workspace: &WorkspaceId, warm: &mut Warm) -> StoreResult<()> {
        let head = self.change_log.head(workspace).await?;
        let folded = head.map_or(0, |head| head.folded);
        // The index that names the leads is a moment behind, but not behind what was recorded before the last fold.
        let before = self.change_log.since(workspace, folded, ALL).await?;
        leads_of_table(&*self.leads, workspace, |lead| {
            warm.columns.put(&ListedLead::of(lead, &OwnTexts::of(lead)));
            Ok(())
        })
        .await?;
        warm.through = before.changes.last().map_or(folded, |change| change.number);
        warm.is_kept = warm.through > 0;
        for change in &before.changes {
            take(&mut warm.columns, change);
        }
        Ok(())
    }

    /// Reads leads that the caller has seen newer than the list has them.
    async fn overlay(
        &self,
        workspace: &WorkspaceId,
        warm: &mut Warm,
        seen: &[(LeadId, u64)],
    ) -> StoreResult<()> {
        let is_behind = |(id, rev): &&(LeadId, u64)| warm.columns.rev_of(id).is_none_or(|known| known < *rev);
        let behind: Vec<(LeadId, u64)> = seen.iter().filter(is_behind).cloned().collect();
        if behind.is_empty() {
            return Ok(());
        }
        let ids: Vec<LeadId> = behind.iter().map(|(id, _)| id.clone()).collect();
        let found = self.leads.get_many(workspace, &ids).await?;
        for lead in &found {
            warm.columns.put(&ListedLead::of(lead, &OwnTexts::of(lead)));
        }
        // A lead that is gone stays at the revision that the list knows: the caller's is not proven, and one that is too
        // large would keep the lead out of the list after it is restored.
        for (id, _) in behind.iter().filter(|(id, _)| !found.iter().any(|lead| lead.id == *id)) {
            if let Some(known) = warm.columns.rev_of(id) {
                warm.columns.remove(id, known);
            }
        }
        Ok(())
    }
}

fn page_of(
    columns: &mut LeadColumns,
    (workspace, query): (&WorkspaceId, &LeadQuery),
    Selection { rule, fields, icps }: &Selection,
    now: jiff::Timestamp,
) -> StoreResult<LeadPage> {
    let list = fingerprint(workspace, query);
    let cursor = query.cursor.as_deref().map(|text| Cursor::read(&list, text)).transpose()?;
    let as_of = cursor.as_ref().map_or(query.as_of.unwrap_or(now), |cursor| cursor.as_of);
    let sort = ListField::named(query.sort.field(), fields)
        .ok_or_else(|| unavailable(format!("leads are not sorted by {}", query.sort.field())))?;
    let shown_fits: Vec<FitField> = query.columns.iter().filter_map(|name| FitField::named(name)).collect();
    let page = columns.page(&ListQuery {
        rule,
        words: query.filter.q.as_deref().unwrap_or_default(),
        sort,
        descending: query.descending,
        limit: query.limit.clamp(1, LARGEST_PAGE),
        after: cursor.as_ref().map(|cursor| &cursor.after),
        now: as_of,
        fields,
        icps,
        shown_fits: &shown_fits,
    });
    shown_page(columns, page, (list, as_of), (query, fields))
}

/// Makes the rows of a page as they are shown, and the cursor of the next one.
fn shown_page(
    columns: &LeadColumns,
    page: lead_columns::Page,
    (list, as_of): (String, jiff::Timestamp),
    (query, fields): (&LeadQuery, &CustomFields),
) -> StoreResult<LeadPage> {
    let shown = query.columns.iter().filter(|name| FitField::named(name).is_some());
    let next_cursor = page.next.map(|after| Cursor { list, as_of, after }.write()).transpose()?;
    let row = |(at, row_fits): (&usize, &Vec<Option<u8>>)| {
        let mut row = row::lead_row(columns.row(*at), as_of, &query.columns, fields);
        let known =
            shown.clone().zip(row_fits).filter_map(|(name, fit)| Some((name.clone(), (*fit)?.into())));
        row.fields.extend(known);
        row
    };
    Ok(LeadPage {
        leads: page.rows.iter().zip(&page.fits).map(row).collect(),
        total: page.total,
        next_cursor,
    })
}
