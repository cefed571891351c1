//! Jobs that enrol more leads than one request can: the job lies in the bucket, and its consumer goes through it page
//! by page.

use crate::campaign::enrol::WithMissingValues;
use crate::lead::list::LeadLists;
use crate::ports::blobs::Blobs;
use crate::ports::ids::Ids;
use crate::ports::leads::{LeadQuery, LeadStore};
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreError, StoreResult};
use crate::queue_messages::CampaignJob;
use domain::campaign::Campaign;
use domain::campaign::enrol_progress::Outcomes;
use domain::enrolment::Enrolment;
use domain::event::UserOrKey;
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldStatus};
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnrolJob {
    pub by: Option<UserOrKey>,
    #[serde(default)]
    pub at: Timestamp,
    pub whom: Audience,
    /// Whether leads that lack a value are enrolled too, because a user chose so or because the value is still being
    /// looked up.
    #[serde(default)]
    pub with_missing_values: bool,
    /// Leads whose address is still being verified are waited for until this time.
    #[serde(default)]
    pub waits_until: Option<Timestamp>,
}

/// Look-ups take minutes, and hours for ten thousand leads, each with a website to read. Where they do not work, enrolling
/// waits no longer than this.
pub const WAITS_FOR_LOOK_UPS: SignedDuration = SignedDuration::from_hours(6);
/// The seconds until a page looks again whether the look-ups are done.
const LOOKS_AGAIN_AFTER: u32 = 300;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Ids(Vec<LeadId>),
    /// All leads that match the filter, except these.
    Filter {
        filter: Box<LeadFilter>,
        except: Vec<LeadId>,
    },
}

fn blob_key(workspace: &WorkspaceId, job: &str) -> String {
    format!("{workspace}/enrol-jobs/{job}")
}

/// Stores the job and enqueues its first page. Returns the job's id.
pub async fn start_enrol_job(
    blobs: &dyn Blobs,
    outbox: &dyn Outbox,
    ids: &dyn Ids,
    workspace: &WorkspaceId,
    campaign: &CampaignId,
    job: &EnrolJob,
) -> StoreResult<String> {
    let id = format!("job_{}", ids.next());
    let mut job = job.clone();
    if let Audience::Ids(named) = &mut job.whom {
        // A lead that is named twice counts once.
        named.sort();
        named.dedup();
    }
    let body = serde_json::to_vec(&job).map_err(|e| StoreError::Unavailable(Box::new(e)))?;
    blobs.put(&blob_key(workspace, &id), "application/json", body).await?;
    let message = CampaignJob::Enrol {
        workspace: workspace.clone(),
        campaign: campaign.clone(),
        job: id.clone(),
        cursor: None,
        outcomes: Outcomes::new(),
    };
    send_all(outbox, &[message], 0).await?;
    Ok(id)
}

pub async fn read_enrol_job(blobs: &dyn Blobs, workspace: &WorkspaceId, job: &str) -> StoreResult<EnrolJob> {
    let key = blob_key(workspace, job);
    let body = blobs.get(&key).await?;
    serde_json::from_slice(&body).map_err(|e| StoreError::Corrupt { key, why: e.to_string() })
}

impl EnrolJob {
    /// Returns the seconds until this page is tried again, where the address of one of these leads is still being
    /// verified.
    pub async fn seconds_until_verified(
        &self,
        leads: &dyn LeadStore,
        campaign: &Campaign,
        ids: &[LeadId],
        now: Timestamp,
    ) -> StoreResult<Option<u32>> {
        if !campaign.only_verified || self.waits_until.is_none_or(|until| until <= now) {
            return Ok(None);
        }
        let workspace = &campaign.workspace;
        let looked_up = leads.field_of_many(workspace, ids, Field::EmailVerification).await?;
        let found = leads.get_many(workspace, ids).await?;
        // The field's result is written before the lead itself shows it.
        let is_over =
            |status: &FieldStatus| matches!(status, FieldStatus::NotFound | FieldStatus::Skipped { .. });
        let is_looked_up = |lead: &Lead| {
            lead.email.is_some()
                && lead.deliverability.is_none()
                && !looked_up.iter().any(|(known, result)| *known == lead.id && is_over(&result.status))
        };
        Ok(found.iter().any(is_looked_up).then_some(LOOKS_AGAIN_AFTER))
    }

    pub fn missing_values(&self) -> WithMissingValues {
        if self.with_missing_values { WithMissingValues::Enrolled } else { WithMissingValues::LeftOut }
    }

    /// Tells whether this job enrolled the lead: its page broke off and is repeated.
    pub fn enrolled(&self, enrolment: &Enrolment) -> bool {
        *enrolment.enrolled_by() == self.by && enrolment.enrolled_at() >= self.at
    }
}

impl Audience {
    /// Returns the next leads and the cursor behind them; no cursor when these are the last.
    pub async fn page(
        &self,
        lists: &LeadLists,
        workspace: &WorkspaceId,
        cursor: Option<String>,
        limit: usize,
        now: Timestamp,
    ) -> StoreResult<(Vec<LeadId>, Option<String>)> {
        match self {
            Self::Ids(ids) => {
                let from = cursor.and_then(|text| text.parse().ok()).unwrap_or(0).min(ids.len());
                let to = (from + limit).min(ids.len());
                Ok((ids[from..to].to_vec(), (to < ids.len()).then(|| to.to_string())))
            }
            Self::Filter { filter, except } => {
                let query = LeadQuery::of(filter, limit, cursor, now);
                let (rows, next_cursor) = lists.matching(workspace, &LeadScope::All, &query).await?;
                let ids = rows.into_iter().map(|row| row.id);
                Ok((ids.filter(|id| !except.contains(id)).collect(), next_cursor))
            }
        }
    }
}
