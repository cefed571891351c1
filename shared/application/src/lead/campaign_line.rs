//! The opening lines of a campaign with a style of its own: which line a mail of it has, and when one is ordered. A line
//! is ordered when its lead is enrolled, when the campaign's settings change, and after the lead's own line was written
//! anew. Sending never waits for one: it uses what is there.

use crate::ports::campaigns::CampaignStore;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::leads::LeadStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{PageRequest, StoreError, StoreResult, found};
use crate::queue_messages::{CampaignJob, PersonalizeLead};
use domain::campaign::Campaign;
use domain::campaign::writing::LineUsed;
use domain::enrolment::Enrolment;
use domain::enrolment::key::EnrolmentKey;
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldResult};
use domain::{CampaignId, LeadId, WorkspaceId};
use std::collections::{BTreeMap, HashMap};

const PAGE: usize = 100;

/// The stored opening lines of some leads, for the mails of one campaign.
#[derive(Debug, Default)]
pub struct OpeningLines {
    own: HashMap<LeadId, FieldResult>,
    of_campaign: HashMap<LeadId, FieldResult>,
}

impl OpeningLines {
    pub async fn read(leads: &dyn LeadStore, campaign: &Campaign, ids: &[LeadId]) -> StoreResult<Self> {
        let own = leads.field_of_many(&campaign.workspace, ids, Field::FirstLine).await?;
        let of_campaign = match campaign.writing.has_style() {
            true => leads.campaign_lines(&campaign.workspace, ids, &campaign.id).await?,
            false => Vec::new(),
        };
        Ok(Self { own: own.into_iter().collect(), of_campaign: of_campaign.into_iter().collect() })
    }

    /// The line that a mail of the campaign to this lead has, as things are.
    pub fn used(&self, campaign: &Campaign, lead: &Lead) -> Option<LineUsed> {
        campaign.writing.line_for(lead, self.own.get(&lead.id), self.of_campaign.get(&lead.id))
    }
}

/// A lead's opening line in a campaign.
pub struct LineShown {
    pub used: Option<LineUsed>,
    /// What became of the campaign's own line, if it was tried.
    pub of_campaign: Option<FieldResult>,
}

/// Returns the opening line that the campaign uses for this lead now.
pub async fn show_line(leads: &dyn LeadStore, campaign: &Campaign, lead: &Lead) -> StoreResult<LineShown> {
    let mut lines = OpeningLines::read(leads, campaign, std::slice::from_ref(&lead.id)).await?;
    let used = lines.used(campaign, lead);
    Ok(LineShown { used, of_campaign: lines.of_campaign.remove(&lead.id) })
}

fn order(workspace: &WorkspaceId, lead: &LeadId, campaign: &CampaignId) -> PersonalizeLead {
    let (workspace, lead, campaign) = (workspace.clone(), lead.clone(), Some(campaign.clone()));
    PersonalizeLead { workspace, lead, campaign, force: false, attempt: 0 }
}

/// Orders the lines of leads that were just enrolled, in the campaigns that write their own.
pub async fn write_for_enrolled(
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    enrolled: &[EnrolmentKey],
) -> StoreResult<()> {
    let mut by_campaign: BTreeMap<(&WorkspaceId, &CampaignId), Vec<&LeadId>> = BTreeMap::new();
    for key in enrolled {
        by_campaign.entry((&key.workspace, &key.campaign)).or_default().push(&key.lead);
    }
    let mut orders = Vec::new();
    for ((workspace, id), leads) in by_campaign {
        let campaign = match campaigns.get(workspace, id).await {
            // One that cannot be read must not stop the stream, from which this is called.
            Err(error @ StoreError::Corrupt { .. }) => {
                tracing::error!(%error, "a campaign cannot be read");
                continue;
            }
            read => found(read)?,
        };
        if campaign.is_some_and(|campaign| campaign.writing.writes_lines()) {
            orders.extend(leads.into_iter().map(|lead| order(workspace, lead, id)));
        }
    }
    send_all(outbox, &orders, 0).await
}

/// Orders the lead's line anew in each campaign it is in that writes its own.
pub async fn write_for_campaigns_of(
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    lead: &Lead,
) -> StoreResult<()> {
    let key = |campaign: &CampaignId| EnrolmentKey {
        workspace: lead.workspace.clone(),
        lead: lead.id.clone(),
        campaign: campaign.clone(),
    };
    let keys: Vec<EnrolmentKey> = lead.active.iter().map(key).collect();
    write_for_enrolled(campaigns, outbox, &keys).await
}

/// Starts the job that orders the lines of all enrolled leads, if the campaign writes its own.
pub async fn write_lines(outbox: &dyn Outbox, campaign: &Campaign) -> StoreResult<()> {
    if !campaign.writing.writes_lines() {
        return Ok(());
    }
    let (workspace, campaign) = (campaign.workspace.clone(), campaign.id.clone());
    send_all(outbox, &[CampaignJob::WriteLines { workspace, campaign, cursor: None }], 0).await
}

/// Orders the lines of one page of the campaign's leads. A line that answers the same question as before costs nothing.
pub async fn write_lines_page(
    (campaigns, enrolments): (&dyn CampaignStore, &dyn EnrolmentStore),
    outbox: &dyn Outbox,
    (workspace, id): (&WorkspaceId, &CampaignId),
    cursor: Option<String>,
) -> StoreResult<()> {
    let campaign = campaigns.get(workspace, id).await?;
    if !campaign.writing.writes_lines() {
        return Ok(());
    }
    let page = enrolments.of_campaign(workspace, id, None, PageRequest { limit: PAGE, cursor }).await?;
    let active = page.items.iter().filter(|enrolment| Enrolment::is_active(enrolment));
    let orders: Vec<_> = active.map(|enrolment| order(workspace, &enrolment.key().lead, id)).collect();
    send_all(outbox, &orders, 0).await?;
    match page.next_cursor {
        Some(cursor) => {
            let (workspace, campaign) = (workspace.clone(), id.clone());
            send_all(outbox, &[CampaignJob::WriteLines { workspace, campaign, cursor: Some(cursor) }], 0)
                .await
        }
        None => Ok(()),
    }
}
