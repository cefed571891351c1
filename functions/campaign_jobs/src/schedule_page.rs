//! One page of the enrolments of a campaign that was launched, resumed or closed: each gets its next time, or
//! ends.

use crate::App;
use application::campaign::launch::schedule_enrolments;
use application::campaign::planning_context::PlanningContext;
use application::campaign::quota_booking::forget_campaign;
use application::campaign::unenrol::{STILL_IN, unenrol};
use application::ports::enrolments::{EnrolmentFilter, LISTS_LAG};
use application::ports::outbox::send_all;
use application::ports::store::found;
use application::queue_messages::CampaignJob;
use application::{PageRequest, StoreResult};
use domain::campaign::CampaignState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::resume_order::{GoesOn, Resumption};
use domain::event::{Event, EventKind};
use domain::{CampaignId, WorkspaceId};

const PAGE: usize = 50;
/// The lists of enrolments that may wait for the campaign to send.
const WAITING: [EnrolmentFilter; 2] = [EnrolmentFilter::Pending, EnrolmentFilter::Held];

pub async fn schedule_page(
    app: &App,
    workspace: WorkspaceId,
    campaign_id: CampaignId,
    (cursor, second, resumed): (Option<String>, bool, Option<Resumption>),
) -> StoreResult<()> {
    let ports = &app.enrol;
    let campaign = app.campaigns.get(&workspace, &campaign_id).await?;
    let closed = matches!(campaign.state, CampaignState::Completed | CampaignState::Archived);
    let lists: &[EnrolmentFilter] = match campaign.state {
        CampaignState::Active => &WAITING,
        CampaignState::Completed | CampaignState::Archived => &STILL_IN,
        CampaignState::Draft | CampaignState::Paused => return Ok(()),
    };
    let first = cursor.is_none();
    // The cursor begins with the number of the list that it belongs to.
    let (list, cursor) = match cursor.as_deref().and_then(|text| text.split_once(':')) {
        Some((list, rest)) => (list.parse().unwrap_or(0), Some(rest.to_owned())),
        None => (0, None),
    };
    let Some(state) = lists.get(list).copied() else { return Ok(()) };
    let page = PageRequest { limit: PAGE, cursor: cursor.filter(|rest| !rest.is_empty()) };
    let page = ports.enrolments.of_campaign(&workspace, &campaign_id, Some(state), page).await?;
    let keys: Vec<_> = page.items.into_iter().map(|enrolment| enrolment.key().clone()).collect();
    if closed {
        if first {
            forget_campaign(&*ports.quotas, ports.clock.now(), (&workspace, &campaign_id)).await?;
        }
        leave(app, &keys).await?;
    } else {
        let over = GoesOn::Resumed(resumed.unwrap_or_else(|| Resumption::at(ports.clock.now())));
        schedule_enrolments(ports, &PlanningContext::of(ports, campaign).await?, &keys, &over).await?;
    }
    let next = match page.next_cursor {
        Some(cursor) => Some(format!("{list}:{cursor}")),
        None => (list + 1 < lists.len()).then(|| format!("{}:", list + 1)),
    };
    // The index lags: an enrolment written just before may not be listed yet, so all lists are read a second
    // time.
    let (more, wait) = (next.is_some(), if next.is_some() { 0 } else { LISTS_LAG });
    if more || !second {
        let second = second || !more;
        let message =
            CampaignJob::Schedule { workspace, campaign: campaign_id, cursor: next, second, resumed };
        send_all(&*app.outbox, &[message], wait).await?;
    }
    Ok(())
}

async fn leave(app: &App, keys: &[EnrolmentKey]) -> StoreResult<()> {
    for key in keys {
        let now = app.enrol.clock.now();
        let event = Event::system(EventKind::EnrolmentEnded, now).because(key.campaign.as_str());
        found(unenrol(&*app.enrol.enrolments, key, &event).await)?;
    }
    Ok(())
}
