//! Merges of leads. One transaction hides the absorbed lead, gives the survivor its values and keys, and ends enrolments, so
//! that no claim of them succeeds afterwards and nobody is enrolled from what was read before.

use crate::item::{Head, Item, Stored, decode, encode, head, text_of};
use crate::keys::{self, Key, Tenant};
use crate::lead_item::{LeadItem, is_gone};
use crate::lead_keys::{addresses_as_former, former_address, known_by, naming_over};
use crate::query::{Query, Range};
use crate::table::Table;
use crate::write::{Write, delete, put, saving};
use application::StoreResult;
use application::ports::lead_merges::LeadMergeStore;
use async_trait::async_trait;
use domain::enrolment::Enrolment;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, UserOrKey};
use domain::lead::Lead;
use domain::lead::merging::LeadMerge;
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::iter;

#[derive(Serialize, Deserialize)]
pub(crate) struct LeadMergeItem {
    lead: LeadId,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    at: Timestamp,
    by: Option<UserOrKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    known: Vec<String>,
    /// The log tells nothing of what stands under this name but ids and times.
    merge: Snapshots,
}

/// The survivor before and after.
#[derive(Serialize, Deserialize)]
struct Snapshots {
    before: LeadItem,
    after: LeadItem,
}

impl Stored for LeadMerge {
    const ENTITY: &'static str = "lead_merge";
    type Scope = Tenant;
    type Body = LeadMergeItem;

    fn key(&self) -> Key<Tenant> {
        keys::lead_merge(&self.workspace, &self.survivor, &self.absorbed)
    }

    fn body(&self, _rev: u64) -> LeadMergeItem {
        LeadMergeItem {
            lead: self.absorbed.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            at: self.at,
            by: self.by.clone(),
            known: self.known_before.clone(),
            merge: Snapshots { before: self.before.body(0), after: self.after.body(0) },
        }
    }

    fn from_body(body: LeadMergeItem, head: &Head) -> Result<Self, String> {
        let (workspace, survivor) = keys::lead_of(&head.pk)?;
        let before = Lead::from_body(body.merge.before, head)?;
        let after = Lead::from_body(body.merge.after, head)?;
        let LeadMergeItem { lead, name, email, phone, at, by, known, merge: _ } = body;
        Ok(Self {
            workspace,
            survivor,
            absorbed: lead,
            name,
            email,
            phone,
            at,
            by,
            known_before: known,
            before,
            after,
        })
    }
}

#[async_trait]
impl LeadMergeStore for Table {
    async fn stored(&self, workspace: &WorkspaceId, ids: &[LeadId]) -> StoreResult<Vec<Lead>> {
        let wanted: Vec<_> = ids.iter().map(|id| keys::lead(workspace, id)).collect();
        let items = self.read_items(&wanted).await?;
        let mut leads: Vec<Lead> =
            items.into_iter().filter(|item| !is_gone(item)).map(decode).collect::<StoreResult<_>>()?;
        leads.sort_by_key(|lead| ids.iter().position(|id| *id == lead.id));
        Ok(leads)
    }

    async fn ending(&self, survivor: &Lead, absorbed: &Lead) -> StoreResult<Vec<Enrolment>> {
        let mut shared = BTreeSet::new();
        for lead in iter::once(&absorbed.id).chain(&absorbed.absorbed).chain(&absorbed.parted) {
            shared.extend(self.campaigns_ever(&absorbed.workspace, lead).await?);
        }
        // A hold for a possible opt-out comes with the stop of everything, also where a merge brings it.
        let of_survivor: BTreeSet<CampaignId> = match &absorbed.opt_out_hold {
            Some(_) => survivor.active.clone(),
            None => survivor.active.intersection(&shared).cloned().collect(),
        };
        let mut ending = self.enrolments_of(absorbed, &absorbed.active).await?;
        ending.extend(self.enrolments_of(survivor, &of_survivor).await?);
        ending.retain(Enrolment::is_active);
        Ok(ending)
    }

    async fn merge(&self, merge: &LeadMerge, absorbed: &Lead, event: &Event) -> StoreResult<usize> {
        let (mut survivor, mut hidden) = (merge.after.clone(), merge.hidden(absorbed));
        let ending = self.ending(&merge.before, absorbed).await?;
        let ended = ending.len();
        let mut writes = Vec::new();
        for mut enrolment in ending {
            let of_survivor = enrolment.key().lead == survivor.id;
            let lead = if of_survivor { &mut survivor } else { &mut hidden };
            lead.active.remove(&enrolment.key().campaign);
            lead.leave(&enrolment);
            survivor.fence = merge.before.fence + 1;
            enrolment.stop(EndReason::Removed, event.at);
            writes.push(saving(&enrolment, Some(event))?);
            writes.extend(self.closed_task(&enrolment, event).await?);
        }
        hidden.active.clear();
        survivor.mailbox = survivor.mailbox.or_else(|| hidden.mailbox.clone());
        writes.push(saving(&survivor, Some(event))?);
        writes.push(saving(&hidden, Some(event))?);
        writes.extend(Self::renaming(&merge.before, &survivor, event.at));
        let former = addresses_as_former(absorbed, &survivor.id, &[]);
        let known = self.read_items(&former).await?;
        let known_before: BTreeSet<&str> = known.iter().filter_map(former_address).collect();
        let known_before = known_before.into_iter().map(str::to_owned).collect();
        let kept = LeadMerge { known_before, after: survivor, ..merge.clone() };
        writes.push(put(encode(&kept, 1, Some(event))?, None));
        self.transact(writes).await?;
        Ok(ended)
    }

    async fn merges(&self, workspace: &WorkspaceId, survivor: &LeadId) -> StoreResult<Vec<LeadMerge>> {
        let partition = keys::lead_partition(workspace, survivor);
        let merges = Query::table(&partition).range(Range::Prefix(keys::MERGES.to_owned()));
        let mut merges: Vec<LeadMerge> =
            self.query(merges).await?.into_iter().map(decode).collect::<StoreResult<_>>()?;
        merges.sort_by(|a, b| (b.at, &b.absorbed).cmp(&(a.at, &a.absorbed)));
        Ok(merges)
    }

    async fn unmerge(
        &self,
        merge: &LeadMerge,
        before: &Lead,
        (survivor, absorbed): (&Lead, &Lead),
        event: &Event,
    ) -> StoreResult<()> {
        let theirs = known_by(absorbed);
        // A key that goes back is put once, and not deleted before.
        let goes_back = |write: &Write| match write {
            Write::Delete { pk, sk, .. } => {
                theirs.iter().any(|known| (known.key.pk(), known.key.sk()) == (pk.as_str(), sk.as_str()))
            }
            _ => false,
        };
        // What comes from an address of the absorbed lead is its own again.
        let found_by = addresses_as_former(absorbed, &survivor.id, &merge.known_before);
        let is_theirs = |write: &Write| match write {
            Write::Put { item, .. } => found_by.iter().any(|key| is_at(item, key)),
            _ => false,
        };
        let own = Self::renaming(before, survivor, event.at);
        let own = own.into_iter().filter(|write| !goes_back(write) && !is_theirs(write));
        let mut writes = vec![saving(survivor, Some(event))?, saving(absorbed, Some(event))?];
        writes.extend(own);
        writes.extend(found_by.iter().map(|key| delete(key, None)));
        let owners: BTreeSet<LeadId> = iter::once(&survivor.id).chain(&before.absorbed).cloned().collect();
        writes.extend(theirs.iter().map(|known| naming_over(known, &absorbed.id, &owners, event.at)));
        writes.push(delete(&merge.key(), None));
        Ok(self.transact(writes).await?)
    }
}

fn is_at(item: &Item, key: &Key<Tenant>) -> bool {
    (text_of(item, "pk"), text_of(item, "sk")) == (Some(key.pk()), Some(key.sk()))
}

impl Table {
    /// Returns the campaigns in which this very lead is or was.
    async fn campaigns_ever(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
    ) -> StoreResult<BTreeSet<CampaignId>> {
        let partition = keys::lead_partition(workspace, lead);
        let enrolments = Query::table(&partition).range(Range::Prefix(keys::ENROLMENTS.to_owned()));
        let campaign = |item: &Item| {
            let head = head(item)?;
            keys::campaign_of(&head.sk).map_err(|why| head.corrupt(why))
        };
        self.query(enrolments).await?.iter().map(campaign).collect()
    }
}
