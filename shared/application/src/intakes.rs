//! How people come into a campaign in the background: what is known of it; and a look of an evergreen campaign at who
//! matches and is not in yet, the next of whom are enrolled.

use crate::campaigns::CampaignStore;
use crate::courses::Course;
use crate::enrolling::{EnrolPorts, Lacking, enrol_lead, schedule_if_moved_meanwhile, would_enrol};
use crate::lead_filter::matching;
use crate::outbox::{Outbox, send_all};
use crate::queue_messages::EnrolLeads;
use crate::store::StoreResult;
use async_trait::async_trait;
use domain::campaign::Campaign;
use domain::enrol_count::EnrolCount;
use domain::enrolling::EnrolOutcome;
use domain::event::Event;
use domain::intake::{Evergreen, Intake, Look};
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
pub trait IntakeStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, campaign: &CampaignId) -> StoreResult<Option<Intake>>;
    async fn save(&self, intake: &Intake, event: &Event) -> StoreResult<u64>;
    /// Of every campaign that was ever evergreen.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Intake>>;
    /// What is known of the job is replaced: each page tells of all before it.
    async fn put_count(&self, count: &EnrolCount, event: &Event) -> StoreResult<()>;
    /// Of the campaign's latest jobs, newest first.
    async fn counts(&self, workspace: &WorkspaceId, campaign: &CampaignId) -> StoreResult<Vec<EnrolCount>>;
}

/// Leads looked at together.
const CHUNK: usize = 100;
/// Enrolled by one message: a function has half a minute.
const AT_A_TIME: u32 = 100;

pub async fn start_look(outbox: &dyn Outbox, campaign: &Campaign) -> StoreResult<()> {
    let (workspace, campaign) = (campaign.workspace.clone(), campaign.id.clone());
    send_all(outbox, &[EnrolLeads::TakeIn { workspace, campaign }], 0).await
}

/// One look. Who is in already is not enrolled twice, and places are reserved before anybody is enrolled, so that it may
/// break off anywhere and be repeated. Two at a time: the later one fails on the intake's revision and begins anew.
pub async fn take_in(
    ports: &EnrolPorts,
    (intakes, campaigns): (&dyn IntakeStore, &dyn CampaignStore),
    outbox: &dyn Outbox,
    (workspace, campaign): (&WorkspaceId, &CampaignId),
) -> StoreResult<()> {
    let campaign = campaigns.get(workspace, campaign).await?;
    let Some(evergreen) = campaign.takes_in().cloned() else { return Ok(()) };
    let known = intakes.get(workspace, &campaign.id).await?;
    let mut intake = known.unwrap_or_else(|| Intake::unused(workspace.clone(), campaign.id.clone()));
    let course = Course::of(ports, campaign).await?;
    let now = ports.clock.now();
    let day = course.campaign.day(now);
    let places = intake.reserve(day, evergreen.per_day, AT_A_TIME);
    let (mut look, willing) = look_around(ports, &course, &evergreen, places as usize, now).await?;
    intake.give_back(places - count(willing.len()));

    let event = Event::system("campaign_looked", now).because(course.campaign.id.as_str());
    if !willing.is_empty() {
        intake.rev = intakes.save(&intake, &event).await?;
    }
    let mut enrolled = 0;
    for lead in &willing {
        match enrol_lead(ports, &course, lead, (None, Lacking::LeftOut)).await?.outcome {
            EnrolOutcome::Enrolled => enrolled += 1,
            other => look.leave_out(other),
        }
    }
    look.inside += enrolled;
    intake.give_back(count(willing.len()) - enrolled);
    let goes_on = look.waiting > 0 && enrolled > 0 && intake.taken_on(day) < evergreen.per_day;
    intake.look = Some(look);
    intakes.save(&intake, &event).await?;
    if enrolled > 0 {
        schedule_if_moved_meanwhile(campaigns, outbox, &course.campaign).await?;
    }
    if goes_on { start_look(outbox, &course.campaign).await } else { Ok(()) }
}

/// The first `most` who match and may be enrolled, oldest first, and why those before them may not. Who comes behind waits
/// and is not asked, but for the first few: how many match says nothing of what a look costs.
async fn look_around(
    ports: &EnrolPorts,
    course: &Course,
    evergreen: &Evergreen,
    most: usize,
    now: Timestamp,
) -> StoreResult<(Look, Vec<LeadId>)> {
    let Campaign { workspace, id, .. } = &course.campaign;
    let (_, mut matched) =
        matching(&*ports.leads, workspace, &evergreen.filter, &[], usize::MAX, now).await?;
    let inside = ports.enrolments.everybody(workspace, id).await?;
    let mut look = Look { at: now, matched: count(matched.len()), ..Look::default() };
    matched.retain(|lead| !inside.contains(lead));
    look.inside = look.matched - count(matched.len());
    let (mut willing, mut asked) = (Vec::new(), 0);
    for chunk in matched.chunks(CHUNK) {
        if asked > 0 && willing.len() >= most {
            break;
        }
        asked += chunk.len();
        for (lead, entry) in would_enrol(ports, course, chunk, Lacking::LeftOut).await? {
            match entry.outcome {
                EnrolOutcome::Enrolled => willing.push(lead),
                other => look.leave_out(other),
            }
        }
    }
    let later = willing.split_off(most.min(willing.len()));
    look.waiting = count(matched.len() - asked + later.len());
    Ok((look, willing))
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}
