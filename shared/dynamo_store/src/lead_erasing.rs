//! The erasure of a lead: its partition, its keys, drafts of messages to it, notifications about it. Items that name
//! blobs in the bucket stay until those are deleted, so that the blobs can be found.

use crate::errors::Refused;
use crate::item::{Item, decode, encode_event, number, text_of};
use crate::keys::preview_pages;
use crate::keys::{self, Key, Tenant};
use crate::lead_item::{former, is_former, is_gone};
use crate::lead_keys::{forgetting, former_address, known_by};
use crate::query::{Query, Range};
use crate::table::Table;
use crate::times::sortable;
use crate::write::{delete, put, unchanged};
use application::ports::messages::draft_to;
use application::{StoreError, StoreResult};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::event::Event;
use domain::lead::Lead;
use domain::{InboundId, LeadId, UnmatchedId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::ops::ControlFlow;

/// The tolerance between clocks: a notification about the lead may bear a time before the lead's own.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

impl Table {
    /// Erases a lead that was merged into `survivor` if that is given, and into none otherwise.
    pub(crate) async fn erase_one(
        &self,
        workspace: &WorkspaceId,
        (survivor, id): (Option<&Lead>, &LeadId),
        event: &Event,
    ) -> StoreResult<Vec<String>> {
        let key = keys::lead(workspace, id);
        let item = self.read_item(&key).await?.filter(|item| !is_former(item)).ok_or(StoreError::NotFound)?;
        let begun = is_gone(&item);
        let lead: Lead = decode(item.clone())?;
        if !begun {
            let absorbed: Vec<_> = lead.absorbed.iter().map(|id| keys::lead(workspace, id)).collect();
            let may_go = match (lead.merged_into(), survivor) {
                (Some(into), Some(survivor)) => survivor.has_been(into),
                (None, None) => self.read_items(&absorbed).await?.iter().all(is_gone),
                _ => false,
            };
            if !lead.active.is_empty() || !may_go {
                return Err(StoreError::Conflict);
            }
            // The mark carries the event, takes the lead out of lists, and lets a repeat finish what was cut off.
            let mut marked = item;
            marked.insert("gone".to_owned(), AttributeValue::Bool(true));
            marked.insert("ev".to_owned(), encode_event(event)?);
            marked.insert("rev".to_owned(), number(lead.rev + 1));
            marked.retain(|name, _| name != "lpk" && name != "lsk");
            self.write(put(marked, unchanged(lead.rev))).await?;
        }
        self.erase_all(&lead, event.at, &[]).await
    }

    /// Deletes everything of a lead that is marked as gone, the lead itself last: as long as it is there, another
    /// attempt can continue. Only its id stays for a while, because a late repeat of its creation MUST NOT bring it
    /// back. Returns the blobs that must be deleted before the rest can go.
    pub(crate) async fn erase_all(
        &self,
        lead: &Lead,
        deleted_at: Timestamp,
        freed: &[String],
    ) -> StoreResult<Vec<String>> {
        for known in known_by(lead) {
            match self.write(forgetting(&known, &lead.id)).await {
                Ok(()) | Err(Refused::Condition(_)) => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        if let Some(company) = lead.company_domain() {
            self.write(delete(&keys::of_company(&lead.workspace, company, &lead.id), None)).await?;
        }
        self.erase_elsewhere(&lead.workspace, &lead.id).await?;
        let key = keys::lead(&lead.workspace, &lead.id);
        let partition = keys::lead_partition(&lead.workspace, &lead.id);
        let rest = self.query(Query::table(&partition)).await?;
        if let Some(token) = rest.iter().find_map(crate::preview_pages::token_of) {
            self.write(delete(&preview_pages::preview_token(token), None)).await?;
        }
        for address in rest.iter().filter_map(former_address) {
            self.write(delete(&keys::former(&lead.workspace, address, &lead.id), None)).await?;
        }
        self.delete_all(&inbound_records(&lead.workspace, &rest)).await?;
        let named = named_in_bucket(&rest, freed);
        let free = rest.iter().filter(|item| !names_any(item, &named));
        let free = free.filter_map(|item| text_of(item, "sk")).map(|sk| partition.found(sk));
        self.delete_all(&free.filter(|other| *other != key).collect::<Vec<_>>()).await?;
        if named.is_empty() {
            self.write(put(former(&key, deleted_at), None)).await?;
        }
        Ok(named)
    }

    /// Deletes what was written beside a lead that is gone.
    pub(crate) async fn erase_rest(
        &self,
        workspace: &WorkspaceId,
        id: &LeadId,
        freed: &[String],
    ) -> StoreResult<Vec<String>> {
        let (key, partition) = (keys::lead(workspace, id), keys::lead_partition(workspace, id));
        if self.read_item(&key).await?.is_some_and(|item| !is_gone(&item)) {
            return Ok(Vec::new());
        }
        let rest = self.query(Query::table(&partition)).await?;
        if let Some(token) = rest.iter().find_map(crate::preview_pages::token_of) {
            self.write(delete(&preview_pages::preview_token(token), None)).await?;
        }
        for record in inbound_records(workspace, &rest) {
            self.write(delete(&record, None)).await?;
        }
        let named = named_in_bucket(&rest, freed);
        let free = rest.iter().filter(|item| !names_any(item, &named));
        let free = free.filter_map(|item| text_of(item, "sk")).map(|sk| partition.found(sk));
        for other in free.filter(|other| *other != key) {
            self.write(delete(&other, None)).await?;
        }
        Ok(named)
    }

    /// Deletes the lead's items outside its partition: drafts of messages to it, notifications that name it, its moves
    /// between stages.
    pub(crate) async fn erase_elsewhere(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<()> {
        let users = keys::users(workspace);
        let found = self.query(Query::table(&users).eventual()).await?;
        let users: Vec<UserId> =
            found.iter().filter_map(|item| UserId::parse(text_of(item, "id")?).ok()).collect();
        let drafts = users.iter().map(|user| keys::draft(workspace, &draft_to(user, id)));
        let mut gone: Vec<Key<Tenant>> = drafts.collect();
        let since = id.at().checked_sub(CLOCKS_DIFFER).unwrap_or(Timestamp::MIN);
        for moves in keys::stage_moves_of(workspace, id) {
            let moves = Query::table(&moves).range(Range::Above(sortable(since)));
            self.find_of_lead(moves, id, &mut gone).await?;
        }
        let since = keys::before_notifications_of(since);
        for user in users.iter().map(Some).chain([None]) {
            let partition = keys::notifications(workspace, user);
            let all = Query::table(&partition).range(Range::Above(since.clone()));
            self.find_of_lead(all, id, &mut gone).await?;
        }
        self.delete_all(&gone).await
    }

    /// Adds the keys of those of these items that name the lead.
    async fn find_of_lead(
        &self,
        query: Query<'_, Tenant>,
        id: &LeadId,
        found: &mut Vec<Key<Tenant>>,
    ) -> StoreResult<()> {
        let partition = query.partition;
        self.query_pages(query, |page| {
            let of_lead = |item: &&Item| text_of(item, "lead") == Some(id.as_str());
            let sort_keys = page.iter().filter(of_lead).filter_map(|item| text_of(item, "sk"));
            found.extend(sort_keys.map(|sk| partition.found(sk)));
            Ok(ControlFlow::Continue(()))
        })
        .await
    }
}

/// Returns the keys of what arrived from providers about the lead, and of the messages that a user has linked to it.
fn inbound_records(workspace: &WorkspaceId, items: &[Item]) -> Vec<Key<Tenant>> {
    let mut records: Vec<InboundId> =
        items.iter().filter_map(|item| keys::inbound_record_of(text_of(item, "sk")?)).collect();
    records.dedup();
    let linked = |item: &Item| UnmatchedId::parse(text_of(item, "unmatched")?).ok();
    let linked = items
        .iter()
        .filter(|item| text_of(item, "sk").is_some_and(|sk| keys::inbound_record_of(sk).is_some()))
        .filter_map(linked);
    let mut linked: Vec<UnmatchedId> = linked.collect();
    linked.dedup();
    let linked = linked.iter().map(|id| keys::unmatched(workspace, id));
    records.iter().map(|id| keys::inbound_record(workspace, id)).chain(linked).collect()
}

/// Returns the bucket keys that these items name, except those that are already deleted.
fn named_in_bucket(items: &[Item], freed: &[String]) -> Vec<String> {
    let named = items.iter().filter_map(|item| text_of(item, "blob"));
    named.filter(|key| !freed.iter().any(|gone| gone == key)).map(str::to_owned).collect()
}

fn names_any(item: &Item, named: &[String]) -> bool {
    text_of(item, "blob").is_some_and(|key| named.iter().any(|other| other == key))
}
