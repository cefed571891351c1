//! One page of an enrolment job. Enrolling somebody twice changes nothing, so a page may be repeated.

use crate::App;
use application::StoreResult;
use application::courses::Course;
use application::enrol_jobs::read_enrol_job;
use application::enrolling::{EnrolOutcome, enrol_lead, schedule_if_moved_meanwhile};
use application::outbox::send_all;
use application::queue_messages::EnrolLeads;
use domain::{CampaignId, WorkspaceId};
use std::collections::BTreeMap;

const PAGE: usize = 25;

pub async fn enrol_page(
    app: &App,
    workspace: WorkspaceId,
    campaign_id: CampaignId,
    job_id: String,
    cursor: Option<String>,
) -> StoreResult<()> {
    let ports = &app.enrol;
    let job = read_enrol_job(&*app.blobs, &workspace, &job_id).await?;
    let campaign = app.campaigns.get(&workspace, &campaign_id).await?;
    let course = Course::of(ports, campaign).await?;
    let now = ports.clock.now();
    let (leads, next) = job.page(&*ports.leads, &workspace, cursor, PAGE, now).await?;
    let mut outcomes: BTreeMap<EnrolOutcome, usize> = BTreeMap::new();
    for lead in &leads {
        let outcome = enrol_lead(ports, &course, lead, job.by.as_ref()).await?;
        *outcomes.entry(outcome).or_default() += 1;
    }
    schedule_if_moved_meanwhile(&*app.campaigns, &*app.outbox, &course.campaign).await?;
    tracing::info!(campaign.id = %campaign_id, job = job_id, ?outcomes, "a page of leads enrolled");
    if next.is_some() {
        let message = EnrolLeads::Enrol { workspace, campaign: campaign_id, job: job_id, cursor: next };
        send_all(&*app.outbox, &[message], 0).await?;
    }
    Ok(())
}
