//! One page of a launched or resumed campaign's people: each gets its next time.

use crate::App;
use application::courses::Course;
use application::enrolments::EnrolmentFilter;
use application::launching::schedule_enrolments;
use application::outbox::send_all;
use application::queue_messages::EnrolLeads;
use application::{PageRequest, StoreResult};
use domain::campaign::CampaignState;
use domain::{CampaignId, WorkspaceId};

const PAGE: usize = 50;

pub async fn schedule_page(
    app: &App,
    workspace: WorkspaceId,
    campaign_id: CampaignId,
    cursor: Option<String>,
) -> StoreResult<()> {
    let ports = &app.enrol;
    let campaign = app.campaigns.get(&workspace, &campaign_id).await?;
    if campaign.state != CampaignState::Active {
        return Ok(());
    }
    let course = Course::of(ports, campaign).await?;
    // The cursor says which of the two lists it belongs to.
    let (held, cursor) = match cursor.as_deref().and_then(|text| text.split_once(':')) {
        Some(("held", rest)) => (true, Some(rest.to_owned()).filter(|rest| !rest.is_empty())),
        Some((_, rest)) => (false, Some(rest.to_owned())),
        None => (false, None),
    };
    let state = if held { EnrolmentFilter::Held } else { EnrolmentFilter::Pending };
    let page = PageRequest { limit: PAGE, cursor };
    let page = ports.enrolments.of_campaign(&workspace, &campaign_id, Some(state), page).await?;
    let keys: Vec<_> = page.items.into_iter().map(|enrolment| enrolment.key).collect();
    schedule_enrolments(ports, &course, &keys).await?;
    let next = match (page.next_cursor, held) {
        (Some(cursor), true) => Some(format!("held:{cursor}")),
        (Some(cursor), false) => Some(format!("pending:{cursor}")),
        (None, false) => Some("held:".to_owned()),
        (None, true) => None,
    };
    if next.is_some() {
        let message = EnrolLeads::Schedule { workspace, campaign: campaign_id, cursor: next };
        send_all(&*app.outbox, &[message], 0).await?;
    }
    Ok(())
}
