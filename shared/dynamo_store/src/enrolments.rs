//! Enrolments: enrol, claim, advance, stop. Enrol and stop exclude each other, because both write the lead under its
//! revision. A claim is one conditional write of the enrolment, so that one attempt at most sends a step. A claim
//! also stores the step that follows it; instead of another write after the send, every read applies it once the
//! message says that it was accepted.

use crate::enrolment_item::{class, filter_of};
use crate::errors::{Cancelled, Refused};
use crate::item::{Item, decode, encode, head};
use crate::keys::{self, Partition, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::{Write, absent, put, saving};
use application::ports::enrolments::{Claim, EnrolmentFilter, EnrolmentStore, LeadChange};
use application::ports::store::found;
use application::{Page, PageRequest, StoreError, StoreResult};
use async_trait::async_trait;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::mutant;
use domain::workspace::task::{Task, TaskOutcome};
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// The attempts of a stop or an end against others who write the same items.
const TRIES: usize = 8;

/// Makes the error of a write that lost too often: the caller has to ask again.
fn too_many_writers() -> StoreError {
    StoreError::Unavailable("others write the lead and its enrolments all the time".into())
}

#[async_trait]
impl EnrolmentStore for Table {
    async fn enrol(&self, lead: &Lead, enrolment: &Enrolment, event: &Event) -> StoreResult<()> {
        let mut lead = lead.clone();
        lead.active.insert(enrolment.key().campaign.clone());
        lead.updated_at = event.at;
        // The revision of the lead covers its fence: every stop raises both.
        let writes = vec![saving(&lead, Some(event))?, put(encode(enrolment, 1, Some(event))?, absent())];
        Ok(self.transact(writes).await?)
    }

    async fn get(&self, key: &EnrolmentKey) -> StoreResult<Enrolment> {
        self.read(&keys::enrolment(key)).await
    }

    async fn get_many(&self, keys: &[EnrolmentKey]) -> StoreResult<Vec<Enrolment>> {
        let keys: Vec<_> = keys.iter().map(keys::enrolment).collect();
        self.read_many(&keys).await
    }

    async fn claim(&self, claimed: &Enrolment, now: Timestamp) -> StoreResult<Claim> {
        let event = Event::system(EventKind::StepClaimed, now);
        let claims = if mutant!("claim_without_condition") {
            put(encode(claimed, claimed.rev() + 1, Some(&event))?, None)
        } else {
            saving(claimed, Some(&event))?
        };
        match self.write(claims).await {
            Ok(()) => Ok(Claim::Taken(claimed.clone().stored_at(claimed.rev() + 1))),
            Err(Refused::Condition(None)) => Ok(Claim::Gone(None)),
            Err(Refused::Condition(Some(old))) => Ok(refused_claim(decode(old)?, claimed, now)),
            Err(Refused::Other(error)) => Err(error),
        }
    }

    async fn save(&self, enrolment: &Enrolment, event: &Event) -> StoreResult<u64> {
        self.save_entity(enrolment, Some(event)).await
    }

    async fn wait_for_task(
        &self,
        (enrolment, waits): (&Enrolment, &Event),
        (task, opened): (&Task, &Event),
    ) -> StoreResult<()> {
        let writes = vec![saving(enrolment, Some(waits))?, saving(task, Some(opened))?];
        Ok(self.transact(writes).await?)
    }

    async fn stop_and(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        reason: EndReason,
        event: &Event,
        change: &mut LeadChange<'_>,
    ) -> StoreResult<Vec<CampaignId>> {
        self.stop_some((workspace, lead), (reason, event), |_| true, change).await
    }

    async fn stop_begun_by(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        reason: EndReason,
        event: &Event,
        at: Timestamp,
        change: &mut LeadChange<'_>,
    ) -> StoreResult<Vec<CampaignId>> {
        // Providers tell times in whole seconds.
        let begun = |enrolment: &Enrolment| enrolment.enrolled_at().as_second() <= at.as_second();
        self.stop_some((workspace, lead), (reason, event), begun, change).await
    }

    async fn finish(&self, enrolment: &Enrolment, lead: Option<&Lead>, event: &Event) -> StoreResult<()> {
        // What was read may be the lead that the enrolment's own was merged into.
        let mut as_read = lead.filter(|lead| lead.id == enrolment.key().lead).cloned();
        for _ in 0..TRIES {
            let mut writes = vec![saving(enrolment, Some(event))?];
            writes.extend(self.closed_task(enrolment, event).await?);
            let lead = match as_read.take() {
                Some(lead) => Some(lead),
                None => {
                    let key = enrolment.key();
                    found(self.read_stored_lead(&key.workspace, &key.lead).await)?
                }
            };
            if let Some(mut lead) = lead {
                lead.leave(enrolment);
                lead.updated_at = event.at;
                writes.push(saving(&lead, Some(event))?);
            }
            match self.transact(writes).await {
                Ok(()) => return Ok(()),
                Err(Cancelled::Other(error)) => return Err(error),
                Err(Cancelled::Conditions(failed)) if failed.contains(&0) => {
                    return Err(StoreError::Conflict);
                }
                Err(Cancelled::Conditions(_)) => {}
            }
        }
        Err(too_many_writers())
    }

    async fn of_campaign(
        &self,
        workspace: &WorkspaceId,
        campaign: &CampaignId,
        state: Option<EnrolmentFilter>,
        page: PageRequest,
    ) -> StoreResult<Page<Enrolment>> {
        let shards = keys::enrolment_lists(workspace, campaign);
        let prefix = state.map(|state| format!("{}#", class(state)));
        let limit = page.limit.clamp(1, 200);
        let found =
            self.page_of_shards(&shards, true, prefix.as_deref(), limit, page.cursor.as_deref()).await?;
        let mut order = Vec::with_capacity(found.items.len());
        for item in &found.items {
            let head = head(item)?;
            let place =
                keys::lead_of(&head.pk).and_then(|(_, lead)| Ok((lead, keys::campaign_of(&head.sk)?)));
            let (lead, campaign) = place.map_err(|why| head.corrupt(why))?;
            order.push(EnrolmentKey { workspace: workspace.clone(), lead, campaign });
        }
        let mut enrolments = EnrolmentStore::get_many(self, &order).await?;
        // The index may lag behind the items.
        enrolments.retain(|found| state.is_none_or(|state| filter_of(found.state()) == state));
        let place = |found: &Enrolment| order.iter().position(|key| *key == *found.key());
        enrolments.sort_by_cached_key(place);
        Ok(Page { items: enrolments, next_cursor: found.next_cursor })
    }

    async fn leads_of_campaign(
        &self,
        workspace: &WorkspaceId,
        campaign: &CampaignId,
    ) -> StoreResult<BTreeSet<LeadId>> {
        let lead = |item: &Item| {
            let head = head(item)?;
            keys::lead_of(&head.pk).map(|(_, lead)| lead).map_err(|why| head.corrupt(why))
        };
        let of_shard = async |shard: Partition<Tenant>| {
            let mut leads = Vec::new();
            self.query_pages(Query::index(&shard), |page| {
                let some = page.iter().map(lead).collect::<StoreResult<Vec<LeadId>>>()?;
                leads.extend(some);
                Ok(ControlFlow::Continue(()))
            })
            .await?;
            StoreResult::Ok(leads)
        };
        let shards = keys::enrolment_lists(workspace, campaign).into_iter().map(of_shard);
        Ok(futures::future::try_join_all(shards).await?.into_iter().flatten().collect())
    }
}

impl Table {
    /// Stops a lead as `stop_and` says, and those of its enrolments that `stops` picks.
    async fn stop_some(
        &self,
        (workspace, lead): (&WorkspaceId, &LeadId),
        (reason, event): (EndReason, &Event),
        stops: impl Fn(&Enrolment) -> bool + Send + Sync,
        change: &mut LeadChange<'_>,
    ) -> StoreResult<Vec<CampaignId>> {
        for _ in 0..TRIES {
            let mut lead = self.read_lead_or_deleted(workspace, lead).await?;
            if !change(&mut lead) {
                return Ok(Vec::new());
            }
            let campaigns = std::mem::take(&mut lead.active);
            lead.fence += 1;
            lead.updated_at = event.at;
            let mut writes = Vec::new();
            let mut ended = Vec::new();
            for mut enrolment in self.enrolments_of(&lead, &campaigns).await? {
                if enrolment.is_active() && !stops(&enrolment) {
                    lead.active.insert(enrolment.key().campaign.clone());
                } else if enrolment.is_active() {
                    lead.leave(&enrolment);
                    enrolment.stop(reason, event.at);
                    if !mutant!("stop_leaves_enrolments") {
                        writes.push(saving(&enrolment, Some(event))?);
                    }
                    writes.extend(self.closed_task(&enrolment, event).await?);
                    ended.push(enrolment.key().campaign.clone());
                }
            }
            let fenced = saving(&lead, Some(event))?;
            if writes.is_empty() {
                // The lead alone needs no transaction, which would cost twice.
                match self.write(fenced).await.map_err(StoreError::from) {
                    Ok(()) => return Ok(ended),
                    Err(StoreError::Conflict) => continue,
                    Err(error) => return Err(error),
                }
            }
            writes.insert(0, fenced);
            match self.transact(writes).await {
                Ok(()) => return Ok(ended),
                Err(Cancelled::Other(error)) => return Err(error),
                Err(Cancelled::Conditions(_)) => {}
            }
        }
        Err(too_many_writers())
    }

    /// An ended enrolment's task need not be done any more.
    pub(crate) async fn closed_task(
        &self,
        enrolment: &Enrolment,
        event: &Event,
    ) -> StoreResult<Option<Write>> {
        let Some(id) = enrolment.task() else { return Ok(None) };
        let mut task: Task = match self.read(&keys::task(&enrolment.key().workspace, id)).await {
            Ok(task) => task,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        if task.done_at.is_some() {
            return Ok(None);
        }
        task.close(TaskOutcome::Cancelled, event.at);
        saving(&task, Some(event)).map(Some)
    }

    pub(crate) async fn enrolments_of(
        &self,
        lead: &Lead,
        campaigns: &BTreeSet<CampaignId>,
    ) -> StoreResult<Vec<Enrolment>> {
        let key = |campaign: &CampaignId| EnrolmentKey {
            workspace: lead.workspace.clone(),
            lead: lead.id.clone(),
            campaign: campaign.clone(),
        };
        let keys: Vec<_> = campaigns.iter().map(key).collect();
        EnrolmentStore::get_many(self, &keys).await
    }
}

fn refused_claim(enrolment: Enrolment, claimed: &Enrolment, now: Timestamp) -> Claim {
    match enrolment.state() {
        EnrolmentState::Claimed { .. } if enrolment.generation() != claimed.generation() => {
            Claim::Gone(Some(enrolment))
        }
        EnrolmentState::Claimed { token, .. } if claimed.is_claimed_by(token) => Claim::Taken(enrolment),
        EnrolmentState::Claimed { expires, .. } if *expires > now => Claim::Busy { until: *expires },
        EnrolmentState::Claimed { .. } => Claim::Expired(enrolment),
        _ => Claim::Gone(Some(enrolment)),
    }
}
