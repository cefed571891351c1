//! Releases held enrolments: those of one lead once a missing value or consent is there, or all of a campaign that are
//! held for the same reason.

use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::launch::schedule_enrolments;
use crate::campaign::pause::resume_enrolment_by_user;
use crate::campaign::planning_context::PlanningContext;
use crate::lead::change::change_lead;
use crate::ports::campaigns::CampaignStore;
use crate::ports::enrolments::EnrolmentFilter;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{PageRequest, StoreResult, found};
use crate::queue_messages::CampaignJob;
use domain::campaign::{Campaign, CampaignState};
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::resume_order::GoesOn;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;

const PAGE: usize = 50;

/// The order to release every enrolment that is held for a reason.
#[derive(Debug, Clone)]
pub struct Release {
    pub workspace: WorkspaceId,
    pub campaign: CampaignId,
    pub reason: HoldReason,
    pub at: Timestamp,
}

/// Starts a release. It runs in the background, however few are held. Ordered again, it also releases those that were
/// held since.
pub async fn start_release(outbox: &dyn Outbox, release: Release) -> StoreResult<()> {
    send_all(outbox, &[page_of(release, None)], 0).await
}

/// Starts a release for this reason in every active campaign of the workspace: what they are held for is judged anew.
pub async fn release_all(
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    (workspace, reason): (&WorkspaceId, HoldReason),
    at: Timestamp,
) -> StoreResult<()> {
    let active = campaigns.list(workspace).await?;
    let active = active.into_iter().filter(|campaign| campaign.state == CampaignState::Active);
    let order = |campaign: Campaign| {
        page_of(Release { workspace: workspace.clone(), campaign: campaign.id, reason, at }, None)
    };
    send_all(outbox, &active.map(order).collect::<Vec<_>>(), 0).await
}

fn page_of(Release { workspace, campaign, reason, at }: Release, cursor: Option<String>) -> CampaignJob {
    CampaignJob::Release { workspace, campaign, reason, at, cursor }
}

/// Releases one page. Each enrolment is planned anew within the hour after the order, in the capacity of its account.
/// Where the campaign is not active, nothing is released.
pub async fn release_page(
    ports: &EnrolPorts,
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    release: Release,
    cursor: Option<String>,
) -> StoreResult<()> {
    let Release { workspace, campaign: id, reason, at } = &release;
    let campaign = campaigns.get(workspace, id).await?;
    if campaign.state != CampaignState::Active {
        return Ok(());
    }
    let page = PageRequest { limit: PAGE, cursor };
    let page = ports.enrolments.of_campaign(workspace, id, Some(EnrolmentFilter::Held), page).await?;
    let is_meant =
        |state: &EnrolmentState| matches!(state, EnrolmentState::Held { reason: held, .. } if held == reason);
    let meant = page.items.into_iter().filter(|enrolment| is_meant(enrolment.state()));
    let keys: Vec<EnrolmentKey> = meant.map(|enrolment| enrolment.key().clone()).collect();
    if !keys.is_empty() {
        let goes_on = GoesOn::Released { reason: *reason, at: *at };
        schedule_enrolments(ports, &PlanningContext::of(ports, campaign).await?, &keys, &goes_on).await?;
    }
    match page.next_cursor {
        Some(cursor) => send_all(outbox, &[page_of(release, Some(cursor))], 0).await,
        None => Ok(()),
    }
}

/// Plans a lead's enrolments anew wherever they are held for a missing value, consent or time zone, after one was filled in. One
/// that lacks another value is held again, and the lead is marked again.
pub async fn release_lead(
    ports: &EnrolPorts,
    campaigns: &dyn CampaignStore,
    (workspace, lead): (&WorkspaceId, &LeadId),
) -> StoreResult<()> {
    let now = ports.clock.now();
    // The mark is cleared before they resume: an enrolment that finds another value missing then sets it anew.
    let change = |lead: &mut Lead| {
        std::mem::take(&mut lead.lacks_value).then(|| Event::system(EventKind::ValueFilledIn, now))
    };
    let Some(lead) = found(change_lead(&*ports.leads, workspace, lead, change).await)? else { return Ok(()) };
    let event = Event::system(EventKind::EnrolmentResumed, now).because("value_filled_in");
    for campaign in lead.active {
        let key = EnrolmentKey { workspace: workspace.clone(), lead: lead.id.clone(), campaign };
        let held = found(ports.enrolments.get(&key).await)?;
        let lacks = |state: &EnrolmentState| {
            let reasons = [HoldReason::MissingValue, HoldReason::NoConsent, HoldReason::UnknownZone];
            matches!(state, EnrolmentState::Held { reason, .. } if reasons.contains(reason))
        };
        if held.is_some_and(|held| lacks(held.state())) {
            found(resume_enrolment_by_user(ports, campaigns, &key, &event).await)?;
        }
    }
    Ok(())
}
