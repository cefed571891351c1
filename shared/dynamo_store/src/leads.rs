//! Leads: creation under a unique key, changes, erasure with the whole partition.

use crate::errors::Refused;
use crate::item::{decode, encode, event_of, head, text_of};
use crate::keys;
use crate::lead_file::{StoredActivity, StoredField, event_of_activity};
use crate::lead_item::{is_former, is_gone, merged_into};
use crate::lead_keys::{known_by, naming, naming_seconds};
use crate::table::Table;
use crate::write::{absent, present, put, saving};
use application::ports::leads::{Activity, ActivityKind, Creation, LeadFile, LeadStore, Reached};
use application::{Page, PageRequest, StoreError, StoreResult};
use async_trait::async_trait;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::event::Event;
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldResult};
use domain::lead::merging::MOST_ABSORBED;
use domain::message::Message;
use domain::{CampaignId, LeadId, MessageId, WorkspaceId};
use jiff::Timestamp;
use std::collections::HashMap;
use std::iter;

/// The ids that one call returns to a job over all leads.
const IDS_A_PAGE: usize = 500;

#[async_trait]
impl LeadStore for Table {
    async fn create(&self, lead: &Lead, event: &Event) -> StoreResult<Creation> {
        if let (None, Some(phone)) = (&lead.email, &lead.phone) {
            let others = self.leads_by_phone(&lead.workspace, phone).await?;
            // A repeat must not fail because other leads with the same number came after this lead was
            // indexed.
            if let Some(other) = others.first().filter(|_| !others.contains(&lead.id)) {
                // Of several leads with the number, one that is not deleted is the duplicate.
                let shown = match others.len() {
                    1 => None,
                    _ => LeadStore::get_many(self, &lead.workspace, &others).await?.into_iter().next(),
                };
                return Ok(Creation::Duplicate(shown.map_or_else(|| other.clone(), |shown| shown.id)));
            }
        }
        // The keys are written before the lead: when the lead is there, so are they.
        for known in known_by(lead) {
            if known.unique {
                if let Some(other) = self.name_lead(&known, lead, event.at).await? {
                    return Ok(Creation::Duplicate(other));
                }
            } else {
                self.write(naming(&known, &lead.id, event.at)).await?;
            }
        }
        for second in naming_seconds(lead) {
            self.write(second).await?;
        }
        match self.write(put(encode(lead, 1, Some(event))?, absent())).await {
            Ok(()) => {}
            Err(Refused::Condition(other)) => {
                self.forget_stale_keys(lead).await?;
                if other.as_ref().is_some_and(is_gone) {
                    return Ok(Creation::Deleted);
                }
            }
            Err(refused) => return Err(refused.into()),
        }
        Ok(Creation::Created)
    }

    async fn get(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<Lead> {
        self.read_lead(workspace, id).await
    }

    async fn get_many(&self, workspace: &WorkspaceId, ids: &[LeadId]) -> StoreResult<Vec<Lead>> {
        let wanted: Vec<_> = ids.iter().map(|id| keys::lead(workspace, id)).collect();
        let items = self.read_items(&wanted).await?;
        let mut found = HashMap::new();
        for item in items.into_iter().filter(|item| !self.hides(item)) {
            let into = merged_into(&item);
            let lead: Lead = decode(item)?;
            let asked_for = lead.id.clone();
            match into {
                None => drop(found.insert(asked_for, lead)),
                Some(into) => {
                    if let Ok(survivor) = self.read_lead(workspace, &into).await {
                        found.insert(asked_for, survivor);
                    }
                }
            }
        }
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    async fn save(&self, lead: &Lead, event: &Event) -> StoreResult<u64> {
        self.save_entity(lead, Some(event)).await
    }

    async fn change_identity(&self, before: &Lead, after: &Lead, event: &Event) -> StoreResult<u64> {
        let moved = Lead { rev: before.rev, ..after.clone() };
        let mut writes = vec![saving(&moved, Some(event))?];
        writes.extend(Self::renaming(before, after, event.at));
        self.transact(writes).await?;
        Ok(before.rev + 1)
    }

    async fn deleted(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Lead>> {
        self.deleted_page(workspace, page).await
    }

    async fn deleted_by(
        &self,
        workspace: &WorkspaceId,
        at: Timestamp,
        cursor: Option<String>,
    ) -> StoreResult<(Vec<LeadId>, Option<String>)> {
        self.deleted_page_by(workspace, at, cursor).await
    }

    async fn erase(&self, workspace: &WorkspaceId, id: &LeadId, event: &Event) -> StoreResult<Vec<String>> {
        self.erase_one(workspace, (None, id), event).await
    }

    async fn erase_absorbed(&self, survivor: &Lead, id: &LeadId, event: &Event) -> StoreResult<Vec<String>> {
        self.erase_one(&survivor.workspace, (Some(survivor), id), event).await
    }

    async fn delete_leftovers(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<()> {
        self.erase_rest(workspace, id, &[]).await.map(drop)
    }

    async fn finish_erasure(
        &self,
        workspace: &WorkspaceId,
        id: &LeadId,
        freed: &[String],
    ) -> StoreResult<Vec<String>> {
        match self.read_item(&keys::lead(workspace, id)).await? {
            Some(item) if is_gone(&item) && !is_former(&item) => {
                let marked = event_of(&item, &head(&item)?)?.map(|event| event.at);
                let lead: Lead = decode(item)?;
                self.erase_all(&lead, marked.unwrap_or(lead.updated_at), freed).await
            }
            Some(item) if !is_gone(&item) => Ok(Vec::new()),
            _ => {
                self.erase_elsewhere(workspace, id).await?;
                self.erase_rest(workspace, id, freed).await
            }
        }
    }

    async fn find_by_email(
        &self,
        workspace: &WorkspaceId,
        email: &EmailAddress,
    ) -> StoreResult<Option<LeadId>> {
        self.lead_by_email(workspace, email).await
    }

    async fn find_by_phone(&self, workspace: &WorkspaceId, phone: &PhoneNumber) -> StoreResult<Vec<LeadId>> {
        self.leads_by_phone(workspace, phone).await
    }

    async fn note_address(&self, workspace: &WorkspaceId, id: &LeadId, at: Reached<'_>) -> StoreResult<()> {
        self.put_address(workspace, id, at).await
    }

    async fn find_by_former(&self, workspace: &WorkspaceId, at: Reached<'_>) -> StoreResult<Vec<LeadId>> {
        self.leads_by_former(workspace, at).await
    }

    async fn file(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<LeadFile> {
        self.read_file(workspace, id).await
    }

    async fn ids(
        &self,
        workspace: &WorkspaceId,
        cursor: Option<String>,
    ) -> StoreResult<(Vec<LeadId>, Option<String>)> {
        let shards = keys::lead_lists(workspace);
        let page = self.page_of_shards(&shards, true, None, IDS_A_PAGE, cursor.as_deref()).await?;
        let ids = page.items.iter().map(|item| {
            let head = head(item)?;
            keys::lead_of(&head.pk).map(|(_, lead)| lead).map_err(|why| head.corrupt(why))
        });
        Ok((ids.collect::<StoreResult<_>>()?, page.next_cursor))
    }

    async fn put_field(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        result: &FieldResult,
        event: &Event,
    ) -> StoreResult<()> {
        let (lead, result) = (lead.clone(), result.clone());
        let stored = StoredField { workspace: workspace.clone(), lead, campaign: None, result };
        Ok(self.write(put(encode(&stored, 1, Some(event))?, None)).await?)
    }

    async fn field(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        field: Field,
    ) -> StoreResult<Option<FieldResult>> {
        let key = keys::field(workspace, lead, field);
        let found = self.find::<StoredField>(&key).await?;
        Ok(found.map(|stored| stored.result))
    }

    async fn get_with_fields(
        &self,
        workspace: &WorkspaceId,
        id: &LeadId,
        fields: &[Field],
    ) -> StoreResult<(Lead, Vec<FieldResult>)> {
        let (mut id, mut hops) = (id.clone(), 0);
        let (of_lead, of_fields) = loop {
            let lead = keys::lead(workspace, &id);
            let of_fields = fields.iter().map(|field| keys::field(workspace, &id, *field));
            let wanted: Vec<_> = iter::once(lead.clone()).chain(of_fields).collect();
            let (of_lead, of_fields): (Vec<_>, Vec<_>) = self
                .read_items(&wanted)
                .await?
                .into_iter()
                .partition(|item| text_of(item, "sk") == Some(lead.sk()));
            match of_lead.iter().find_map(merged_into).filter(|_| hops < MOST_ABSORBED) {
                Some(into) => (id, hops) = (into, hops + 1),
                None => break (of_lead, of_fields),
            }
        };
        let shown = of_lead.into_iter().find(|item| !self.hides(item)).ok_or(StoreError::NotFound)?;
        let mut known = Vec::new();
        for item in of_fields {
            known.push(decode::<StoredField>(item)?.result);
        }
        known.sort_by_key(|result| fields.iter().position(|field| *field == result.field));
        Ok((decode(shown)?, known))
    }

    async fn field_of_many(
        &self,
        workspace: &WorkspaceId,
        leads: &[LeadId],
        field: Field,
    ) -> StoreResult<Vec<(LeadId, FieldResult)>> {
        let wanted: Vec<_> = leads.iter().map(|lead| keys::field(workspace, lead, field)).collect();
        self.read_fields(&wanted).await
    }

    async fn put_campaign_line(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        campaign: &CampaignId,
        result: &FieldResult,
        event: &Event,
    ) -> StoreResult<()> {
        let (lead, campaign, result) = (lead.clone(), Some(campaign.clone()), result.clone());
        let stored = StoredField { workspace: workspace.clone(), lead, campaign, result };
        Ok(self.write(put(encode(&stored, 1, Some(event))?, None)).await?)
    }

    async fn campaign_line(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        campaign: &CampaignId,
    ) -> StoreResult<Option<FieldResult>> {
        let found = self.find::<StoredField>(&keys::campaign_line(workspace, lead, campaign)).await?;
        Ok(found.map(|stored| stored.result))
    }

    async fn campaign_lines(
        &self,
        workspace: &WorkspaceId,
        leads: &[LeadId],
        campaign: &CampaignId,
    ) -> StoreResult<Vec<(LeadId, FieldResult)>> {
        let wanted: Vec<_> =
            leads.iter().map(|lead| keys::campaign_line(workspace, lead, campaign)).collect();
        self.read_fields(&wanted).await
    }

    async fn put_activity(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        activity: &Activity,
    ) -> StoreResult<()> {
        let stored =
            StoredActivity { workspace: workspace.clone(), lead: lead.clone(), activity: activity.clone() };
        let event = event_of_activity(activity);
        Ok(self.write(put(encode(&stored, 1, Some(&event))?, absent())).await?)
    }

    async fn save_verdicts(
        &self,
        lead: &Lead,
        visits: &[Activity],
        messages: &[Message],
        event: &Event,
    ) -> StoreResult<()> {
        let mut writes = vec![saving(lead, Some(event))?];
        for visit in visits {
            // A visit to a message of a lead that was merged into this one stands with that lead.
            let of_message = match &visit.kind {
                ActivityKind::Engaged(engaged) => engaged.message.as_ref().map(MessageId::lead),
                _ => None,
            };
            let id = of_message.filter(|id| lead.absorbed.contains(id)).unwrap_or_else(|| lead.id.clone());
            let stored =
                StoredActivity { workspace: lead.workspace.clone(), lead: id, activity: visit.clone() };
            writes.push(put(encode(&stored, 1, Some(&event_of_activity(visit)))?, present()));
        }
        for message in messages {
            writes.push(saving(message, Some(event))?);
        }
        Ok(self.transact(writes).await?)
    }

    async fn has_activity(&self, workspace: &WorkspaceId, lead: &LeadId, id: &str) -> StoreResult<bool> {
        Ok(self.read_item(&keys::activity(workspace, lead, id)).await?.is_some())
    }
}

impl Table {
    async fn read_fields(&self, wanted: &[keys::WorkspaceKey]) -> StoreResult<Vec<(LeadId, FieldResult)>> {
        let mut found = Vec::new();
        for item in self.read_items(wanted).await? {
            let stored: StoredField = decode(item)?;
            found.push((stored.lead, stored.result));
        }
        Ok(found)
    }
}
