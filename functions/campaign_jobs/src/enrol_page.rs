//! One page of an enrolment job. A page may be repeated: enrolling a lead twice changes nothing, and the lead
//! is counted as before.

use crate::App;
use application::campaign::capacity_booking::CapacityBookings;
use application::campaign::enrol::{enrol_lead, schedule_if_moved_meanwhile};
use application::campaign::enrol_jobs::{EnrolJob, read_enrol_job};
use application::campaign::launch::schedule_enrolment;
use application::campaign::planning_context::PlanningContext;
use application::ports::outbox::send_all;
use application::queue_messages::CampaignJob;
use application::{StoreError, StoreResult};
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::campaign::enrol_progress::{EnrolCount, Outcomes};
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::resume_order::{GoesOn, Resumption};
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::{CampaignId, LeadId, WorkspaceId};

const PAGE: usize = 25;

pub async fn enrol_page(
    app: &App,
    (workspace, campaign_id): (WorkspaceId, CampaignId),
    job_id: String,
    cursor: Option<String>,
    mut outcomes: Outcomes,
) -> StoreResult<()> {
    let ports = &app.enrol;
    let job = read_enrol_job(&*app.blobs, &workspace, &job_id).await?;
    let campaign = app.campaigns.get(&workspace, &campaign_id).await?;
    let planning = PlanningContext::of(ports, campaign).await?;
    let now = ports.clock.now();
    let (leads, next) = match job.whom.page(&ports.lists, &workspace, cursor.clone(), PAGE, now).await {
        Err(bad @ StoreError::BadQuery(_)) => {
            // A custom field of the filter is gone: the job is done with whom it has enrolled.
            tracing::warn!(campaign.id = %campaign_id, job = job_id, error = %bad, "an enrolment job ends early");
            (Vec::new(), None)
        }
        page => page?,
    };
    if let Some(wait) = job.seconds_until_verified(&*ports.leads, &planning.campaign, &leads, now).await? {
        let again = CampaignJob::Enrol { workspace, campaign: campaign_id, job: job_id, cursor, outcomes };
        return send_all(&*app.outbox, &[again], wait).await;
    }
    let by = (job.by.as_ref(), job.missing_values());
    let bookings = CapacityBookings::of(ports, &planning);
    for lead in &leads {
        let outcome = match enrol_lead(ports, &planning, lead, by, Some(&bookings)).await?.outcome {
            EnrolOutcome::Already => already_enrolled(app, &job, &planning, lead).await?,
            other => other,
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    bookings.save_bookings().await;
    schedule_if_moved_meanwhile(&*app.campaigns, &*app.outbox, &planning.campaign).await?;
    tracing::info!(campaign.id = %campaign_id, job = job_id, ?outcomes, "a page of leads enrolled");
    let count = EnrolCount {
        workspace: workspace.clone(),
        campaign: campaign_id.clone(),
        job: job_id.clone(),
        started_at: job.at,
        finished_at: next.is_none().then_some(now),
        outcomes: outcomes.clone(),
    };
    let actor = job.by.as_ref().map_or(Actor::System, UserOrKey::actor);
    let event = Event::new(EventKind::EnrolmentsCounted, actor, now).because(job_id.as_str());
    app.auto_enrols.put_count(&count, &event).await?;
    if next.is_some() {
        let message =
            CampaignJob::Enrol { workspace, campaign: campaign_id, job: job_id, cursor: next, outcomes };
        send_all(&*app.outbox, &[message], 0).await?;
    }
    Ok(())
}

/// The outcome for a lead that is enrolled already, perhaps by an earlier attempt at this page. An enrolment
/// that such an attempt left pending while the campaign was launched is scheduled now.
async fn already_enrolled(
    app: &App,
    job: &EnrolJob,
    planning: &PlanningContext,
    lead: &LeadId,
) -> StoreResult<EnrolOutcome> {
    let key = EnrolmentKey {
        workspace: planning.campaign.workspace.clone(),
        lead: lead.clone(),
        campaign: planning.campaign.id.clone(),
    };
    match app.enrol.enrolments.get(&key).await {
        Ok(enrolment) if job.enrolled(&enrolment) => {
            if *enrolment.state() == EnrolmentState::Pending {
                let launched = GoesOn::Resumed(Resumption::at(app.enrol.clock.now()));
                schedule_enrolment(&app.enrol, planning, &key, &launched).await?;
            }
            Ok(EnrolOutcome::Enrolled)
        }
        Ok(_) | Err(StoreError::NotFound) => Ok(EnrolOutcome::Already),
        Err(other) => Err(other),
    }
}
