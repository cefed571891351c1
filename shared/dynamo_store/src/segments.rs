//! Segments: one partition a workspace, and for each name a look-up that makes it the only one.

use crate::errors::Cancelled;
use crate::item::{Head, Item, Stored, number, plain_item, text};
use crate::keys::{Key, Tenant, lead_lists};
use crate::query::Query;
use crate::table::Table;
use crate::write::{Write, delete, free_or, put, saving, unchanged};
use application::StoreResult;
use application::ports::segments::{SegmentSaved, SegmentStore};
use async_trait::async_trait;
use domain::event::Event;
use domain::lead::segment::{Segment, SegmentRule};
use domain::{SegmentId, UserId, WorkspaceId};
use jiff::Timestamp;

/// The attribute of a name's look-up that has the segment's id.
const OWNER: &str = "segment";
/// The place of the name's write in the transaction that saves a segment.
const NAME: usize = 1;

#[async_trait]
impl SegmentStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &SegmentId) -> StoreResult<Segment> {
        self.read(&lead_lists::segment(workspace, id)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Segment>> {
        self.query_all(Query::table(&lead_lists::segments(workspace))).await
    }

    async fn save(
        &self,
        segment: &Segment,
        former_name: Option<&str>,
        event: &Event,
    ) -> StoreResult<SegmentSaved> {
        let mut writes = vec![saving(segment, Some(event))?, naming(segment)];
        let folded = Segment::folded_name(&segment.name);
        if let Some(former) = former_name.filter(|former| Segment::folded_name(former) != folded) {
            writes.push(freeing(segment, former));
        }
        match self.transact(writes).await {
            Ok(()) => Ok(SegmentSaved::At(segment.rev + 1)),
            Err(Cancelled::Conditions(failed)) if failed == [NAME] => Ok(SegmentSaved::NameTaken),
            Err(other) => Err(other.into()),
        }
    }

    async fn delete(&self, segment: &Segment, event: &Event) -> StoreResult<()> {
        let marked = self.save_entity(segment, Some(event)).await?;
        let gone = delete(&segment.key(), unchanged(marked));
        Ok(self.transact(vec![gone, freeing(segment, &segment.name)]).await?)
    }
}

/// Takes the segment's name, unless it is another one's.
fn naming(segment: &Segment) -> Write {
    let key = lead_lists::segment_name(&segment.workspace, &segment.name);
    let taken = Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text("segment_name")),
        ("v".to_owned(), number(1)),
        (OWNER.to_owned(), text(segment.id.as_str())),
    ]);
    put(taken, free_or(OWNER, segment.id.as_str()))
}

/// Frees a name that is the segment's.
fn freeing(segment: &Segment, name: &str) -> Write {
    let key = lead_lists::segment_name(&segment.workspace, name);
    delete(&key, free_or(OWNER, segment.id.as_str()))
}

plain_item! { SegmentItem of Segment, rev, {
    id: SegmentId,
    workspace: WorkspaceId,
    name: String,
    rule: SegmentRule,
    by: Option<UserId>,
    created_at: Timestamp,
    updated_at: Timestamp,
} }

impl Stored for Segment {
    const ENTITY: &'static str = "segment";
    type Scope = Tenant;
    type Body = SegmentItem;

    fn key(&self) -> Key<Tenant> {
        lead_lists::segment(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> SegmentItem {
        SegmentItem::of(self)
    }
    fn from_body(body: SegmentItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
