//! Who is held is let go: of one lead once a value is filled in, of a campaign all who are held for the same reason.

use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::launch::schedule_enrolments;
use crate::campaign::pause::let_go_on;
use crate::campaign::planning_context::Course;
use crate::lead::change::change_lead;
use crate::ports::campaigns::CampaignStore;
use crate::ports::enrolments::EnrolmentFilter;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{PageRequest, StoreResult, found};
use crate::queue_messages::EnrolLeads;
use domain::campaign::CampaignState;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::resume_order::GoesOn;
use domain::event::Event;
use domain::lead::Lead;
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;

const PAGE: usize = 50;

/// The order to let go whoever is held for a reason.
#[derive(Debug, Clone)]
pub struct Release {
    pub workspace: WorkspaceId,
    pub campaign: CampaignId,
    pub reason: HoldReason,
    pub at: Timestamp,
}

/// In the background, however few they are. Ordered again it lets go whoever is held by then.
pub async fn start_release(outbox: &dyn Outbox, release: Release) -> StoreResult<()> {
    send_all(outbox, &[page_of(release, None)], 0).await
}

fn page_of(Release { workspace, campaign, reason, at }: Release, cursor: Option<String>) -> EnrolLeads {
    EnrolLeads::Release { workspace, campaign, reason, at, cursor }
}

/// Each is planned anew, inside the hour after the order and lined up by their accounts' limits. Where the campaign is not
/// active nobody goes on.
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
    let meant = page.items.into_iter().filter(|enrolment| is_meant(&enrolment.state));
    let keys: Vec<EnrolmentKey> = meant.map(|enrolment| enrolment.key).collect();
    if !keys.is_empty() {
        let goes_on = GoesOn::Released { reason: *reason, at: *at };
        schedule_enrolments(ports, &Course::of(ports, campaign).await?, &keys, &goes_on).await?;
    }
    match page.next_cursor {
        Some(cursor) => send_all(outbox, &[page_of(release, Some(cursor))], 0).await,
        None => Ok(()),
    }
}

/// A value of theirs was filled in: they are planned anew wherever they are held for lack of one. Who lacks another is held again,
/// and marked again.
pub async fn release_lead(
    ports: &EnrolPorts,
    campaigns: &dyn CampaignStore,
    (workspace, lead): (&WorkspaceId, &LeadId),
) -> StoreResult<()> {
    let now = ports.clock.now();
    // Before they go on: whoever finds another value missing then marks them anew.
    let change = |lead: &mut Lead| {
        std::mem::take(&mut lead.lacks_value).then(|| Event::system("value_filled_in", now))
    };
    let Some(lead) = found(change_lead(&*ports.leads, workspace, lead, change).await)? else { return Ok(()) };
    let event = Event::system("enrolment_resumed", now).because("value_filled_in");
    for campaign in lead.active {
        let key = EnrolmentKey { workspace: workspace.clone(), lead: lead.id.clone(), campaign };
        let held = found(ports.enrolments.get(&key).await)?;
        let lacks = |state: &EnrolmentState| {
            matches!(state, EnrolmentState::Held { reason: HoldReason::MissingValue, .. })
        };
        if held.is_some_and(|held| lacks(&held.state)) {
            found(let_go_on(ports, campaigns, &key, &event).await)?;
        }
    }
    Ok(())
}
