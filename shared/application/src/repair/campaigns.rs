//! Completes active campaigns whose enrolments have all ended, except campaigns on auto-enrol.

use crate::campaign::quota_booking::forget_campaign;
use crate::ports::enrolments::EnrolmentFilter;
use crate::ports::stats::Metric;
use crate::ports::store::{PageRequest, StoreError, StoreResult};
use crate::repair::repair_ports::RepairPorts;
use domain::campaign::{Campaign, CampaignState};
use domain::event::{Event, EventKind};
use domain::import::{Import, ImportState};
use jiff::{SignedDuration, Timestamp};

/// The time after a launch or resumption in which a campaign's enrolments may still be on their way.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_hours(1);
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 7);

pub(super) async fn complete(
    ports: &RepairPorts,
    campaigns: Vec<Campaign>,
    imports: &[Import],
) -> StoreResult<usize> {
    let now = ports.clock.now();
    let mut completed = 0;
    for mut campaign in campaigns {
        let fed = imports.iter().any(|import| {
            import.state == ImportState::Committing && import.options.campaign.as_ref() == Some(&campaign.id)
        });
        if fed || !is_over(ports, &campaign, now).await? {
            continue;
        }
        if campaign.move_to(CampaignState::Completed, now).is_err() {
            continue;
        }
        match ports.campaigns.save(&campaign, &Event::system(EventKind::CampaignCompleted, now)).await {
            Ok(_) => completed += 1,
            Err(StoreError::Conflict) => continue,
            Err(other) => return Err(other),
        }
        // Leads that stopped early may still have capacity booked.
        forget_campaign(&*ports.quotas, now, (&campaign.workspace, &campaign.id)).await?;
    }
    Ok(completed)
}

/// Tells whether a campaign is over. The counters tell it cheaply, the lists of enrolments surely, and both must have
/// said the same a quarter of an hour ago.
async fn is_over(ports: &RepairPorts, campaign: &Campaign, now: Timestamp) -> StoreResult<bool> {
    let settled = now.duration_since(campaign.state_since) >= SETTLED_AFTER;
    if campaign.state != CampaignState::Active || campaign.auto_enrol.is_some() || !settled {
        return Ok(false);
    }
    let counted = ports.stats.campaign(&campaign.workspace, &campaign.id).await?.all;
    let count = |metric| counted.get(&metric).copied().unwrap_or(0);
    let enrolled = count(Metric::Enrolled);
    if enrolled == 0 || count(Metric::InFlight) > 0 {
        return Ok(false);
    }
    for state in [EnrolmentFilter::Pending, EnrolmentFilter::Moving, EnrolmentFilter::Held] {
        let page = PageRequest::first(1);
        let found =
            ports.enrolments.of_campaign(&campaign.workspace, &campaign.id, Some(state), page).await?;
        if !found.items.is_empty() {
            return Ok(false);
        }
    }
    let seen = format!("campaign-over:{}:{enrolled}", campaign.id);
    Ok(!ports.limits.first_time(&seen, now, REMEMBERED).await?)
}
