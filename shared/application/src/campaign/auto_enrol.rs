//! Auto-enrol: a campaign looks for leads that match its rule and are not in it yet, and enrols the next of them in
//! the background.

use crate::campaign::capacity_booking::CapacityBookings;
use crate::campaign::enrol::{
    Prospect, WithMissingValues, enrol_lead, schedule_if_moved_meanwhile, would_enrol,
};
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::planning_context::PlanningContext;
use crate::lead::filter::ROWS_AT_ONCE;
use crate::ports::auto_enrol::AutoEnrolStore;
use crate::ports::campaigns::CampaignStore;
use crate::ports::leads::LeadQuery;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreError, StoreResult, faults_in_words};
use crate::queue_messages::CampaignJob;

use domain::campaign::Campaign;
use domain::campaign::auto_enrol::{AutoEnrolState, Look};
use domain::campaign::auto_enrol_rule::AutoEnrolRule;
use domain::lead::scope::LeadScope;

use domain::campaign::enrol_progress::EnrolOutcome;
use domain::event::{Event, EventKind};
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;

/// The number of leads that are read together.
const CHUNK: usize = 100;
/// The most leads that one message enrols: a function has half a minute.
const AT_A_TIME: u32 = 100;
/// The most leads that one message examines: four calls for each hundred.
const MOST_ASKED: usize = 500;
/// The outcomes that the list of leads tells without reading a lead.
const LISTED: [EnrolOutcome; 3] =
    [EnrolOutcome::DoNotContact, EnrolOutcome::PossibleOptOut, EnrolOutcome::InOtherCampaign];

pub async fn start_look(outbox: &dyn Outbox, campaign: &Campaign) -> StoreResult<()> {
    let (workspace, campaign) = (campaign.workspace.clone(), campaign.id.clone());
    send_all(outbox, &[CampaignJob::TakeIn { workspace, campaign }], 0).await
}

/// Runs one look. Leads that are in the campaign are not enrolled twice, and the day's quota is reserved before
/// anybody is enrolled, so a look may break off anywhere and be repeated. Of two looks at once, the later fails on
/// the revision of the auto-enrol state and starts anew.
pub async fn run_auto_enrol(
    ports: &EnrolPorts,
    (auto_enrols, campaigns): (&dyn AutoEnrolStore, &dyn CampaignStore),
    outbox: &dyn Outbox,
    (workspace, campaign): (&WorkspaceId, &CampaignId),
) -> StoreResult<()> {
    let campaign = campaigns.get(workspace, campaign).await?;
    let Some(auto_enrol) = campaign.active_auto_enrol_rule().cloned() else { return Ok(()) };
    let known = auto_enrols.get(workspace, &campaign.id).await?;
    let mut auto_enrol_state =
        known.unwrap_or_else(|| AutoEnrolState::unused(workspace.clone(), campaign.id.clone()));
    let planning = PlanningContext::of(ports, campaign).await?;
    let now = ports.clock.now();
    let day = planning.campaign.day(now);
    let places = auto_enrol_state.reserve(day, auto_enrol.per_day, AT_A_TIME);
    let found =
        collect_candidates(ports, &planning, &auto_enrol, &mut auto_enrol_state, (places as usize, now))
            .await;
    let event = Event::system(EventKind::CampaignLooked, now).because(planning.campaign.id.as_str());
    let (mut look, willing) = match found {
        Err(StoreError::BadQuery(faults)) => {
            // Users are told on the campaign's page; until they change the filter, each look says the same.
            auto_enrol_state.give_back(places);
            let problem = Some(faults_in_words(&faults));
            auto_enrol_state.look = Some(Look { at: now, problem, ..Look::default() });
            return auto_enrols.save(&auto_enrol_state, &event).await.map(drop);
        }
        found => found?,
    };
    auto_enrol_state.give_back(places - count(willing.len()));
    if !willing.is_empty() {
        auto_enrol_state.rev = auto_enrols.save(&auto_enrol_state, &event).await?;
    }
    let (mut enrolled, bookings) = (0, CapacityBookings::of(ports, &planning));
    for lead in &willing {
        let by_itself = (None, WithMissingValues::LeftOut);
        match enrol_lead(ports, &planning, lead, by_itself, Some(&bookings)).await?.outcome {
            // A lead that is in by now was enrolled by an earlier attempt whose answer was lost, or by
            // another job just then: it counts.
            EnrolOutcome::Enrolled | EnrolOutcome::Already => enrolled += 1,
            other => look.count_left_out(other),
        }
    }
    bookings.save_bookings().await;
    look.inside += enrolled;
    auto_enrol_state.give_back(count(willing.len()) - enrolled);
    let finds_more = enrolled > 0 || auto_enrol_state.asked_to.is_some();
    let goes_on = look.waiting > 0 && finds_more && auto_enrol_state.enrolled_on(day) < auto_enrol.per_day;
    auto_enrol_state.look = Some(look);
    if enrolled > 0 {
        // This comes before the look counts as done: a repeated look may find the campaign closed, and does nothing.
        schedule_if_moved_meanwhile(campaigns, outbox, &planning.campaign).await?;
    }
    auto_enrols.save(&auto_enrol_state, &event).await?;
    if goes_on { start_look(outbox, &planning.campaign).await } else { Ok(()) }
}

/// Returns the first `most` leads that match and may be enrolled, oldest first, and counts why those before them may
/// not. The leads after them are left unread, except for the first few, so that the cost of a look depends neither on
/// how many leads match nor on how many are left out: what the list itself tells is not asked again, and after
/// `MOST_ASKED` leads the next look continues behind them.
async fn collect_candidates(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    auto_enrol: &AutoEnrolRule,
    auto_enrol_state: &mut AutoEnrolState,
    (most, now): (usize, Timestamp),
) -> StoreResult<(Look, Vec<LeadId>)> {
    let Campaign { workspace, id, .. } = &planning.campaign;
    let inside = ports.enrolments.leads_of_campaign(workspace, id).await?;
    let mut look = Look { at: now, ..Look::default() };
    let one_campaign = planning.calendar.caps.one_campaign;
    let filter = ports.lists.pinned(workspace, &LeadScope::All, auto_enrol.filter.clone()).await?;
    let (mut matched, mut cursor) = (Vec::<LeadId>::new(), None);
    loop {
        // All matching leads, oldest first, as the list shows them.
        let query = LeadQuery::of(&filter, ROWS_AT_ONCE, cursor, now);
        let (rows, next) = ports.lists.matching(workspace, &LeadScope::All, &query).await?;
        look.matched += count(rows.len());
        for row in rows {
            if inside.contains(&row.id) {
                look.inside += 1;
            } else if one_campaign && !row.active.is_empty() {
                look.count_left_out(EnrolOutcome::InOtherCampaign);
            } else if row.do_not_contact {
                look.count_left_out(EnrolOutcome::DoNotContact);
            } else if row.possible_opt_out {
                look.count_left_out(EnrolOutcome::PossibleOptOut);
            } else {
                matched.push(row.id);
            }
        }
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    let before = auto_enrol_state.asked_to.take();
    let before = before.and_then(|last| matched.iter().position(|lead| *lead == last));
    if let (Some(_), Some(last)) = (before, &auto_enrol_state.look) {
        // The next look carries on the counts of the leads examined before this one.
        let asked = |why: &EnrolOutcome| !LISTED.contains(why);
        look.left_out.extend(last.left_out.iter().filter(|(why, _)| asked(why)).map(|(why, n)| (*why, *n)));
    }
    let from = before.map_or(0, |at| at + 1);
    let (mut willing, mut asked) = (Vec::new(), 0);
    for chunk in matched[from..].chunks(CHUNK) {
        if asked > 0 && willing.len() >= most {
            break;
        }
        if asked >= MOST_ASKED {
            auto_enrol_state.asked_to = matched.get(from + asked - 1).cloned();
            break;
        }
        asked += chunk.len();
        for Prospect { lead, entry, .. } in
            would_enrol(ports, planning, chunk, WithMissingValues::LeftOut).await?
        {
            match entry.outcome {
                EnrolOutcome::Enrolled => willing.push(lead),
                other => look.count_left_out(other),
            }
        }
    }
    let later = willing.split_off(most.min(willing.len()));
    look.waiting = count(matched.len() - from - asked + later.len());
    Ok((look, willing))
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}
