//! Auto-enrol: a campaign looks for leads that match its rule and are not in it yet, and enrols the next of them in
//! the background.

use crate::campaign::capacity_booking::CapacityBookings;
use crate::campaign::enrol::{WithMissingValues, enrol_lead, schedule_if_moved_meanwhile, would_enrol};
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::planning_context::PlanningContext;
use crate::lead::filter::ROWS_AT_ONCE;
use crate::lead::list::LARGEST_PAGE;
use crate::ports::auto_enrol::AutoEnrolStore;
use crate::ports::campaigns::CampaignStore;
use crate::ports::leads::{LeadQuery, LeadRow};
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
use std::collections::HashMap;

/// The number of leads that are read together.
const CHUNK: usize = 100;
/// The most leads that one message enrols: a function has half a minute.
const AT_A_TIME: u32 = 100;
/// The most leads that one message examines: four calls for each hundred.
const MOST_ASKED: usize = 500;

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
        collect_candidates(ports, &planning, &auto_enrol, &auto_enrol_state, (places as usize, now)).await;
    let event = Event::system(EventKind::CampaignLooked, now).because(planning.campaign.id.as_str());
    let Found { mut look, willing, asked_to } = match found {
        Err(StoreError::BadQuery(faults)) => {
            // Users are told on the campaign's page; until they change the filter, each look says the same.
            auto_enrol_state.give_back(places);
            auto_enrol_state.asked_to = None;
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
    let goes_on = asked_to.is_some() && auto_enrol_state.enrolled_on(day) < auto_enrol.per_day;
    (auto_enrol_state.asked_to, auto_enrol_state.look) = (asked_to.filter(|_| goes_on), Some(look));
    if enrolled > 0 {
        // This comes before the look counts as done: a repeated look may find the campaign closed, and does nothing.
        schedule_if_moved_meanwhile(campaigns, outbox, &planning.campaign).await?;
    }
    auto_enrols.save(&auto_enrol_state, &event).await?;
    if goes_on { start_look(outbox, &planning.campaign).await } else { Ok(()) }
}

/// What a look has found.
struct Found {
    look: Look,
    /// The leads to enrol, oldest first.
    willing: Vec<LeadId>,
    /// The cursor behind the last lead that was examined, unless that was the last of all.
    asked_to: Option<String>,
}

/// The leads that one look may examine.
struct Candidates {
    look: Look,
    /// The first of them, oldest first.
    leads: Vec<LeadId>,
    /// Whether more of the list follows behind them.
    goes_on: bool,
    /// Whether the look that came before has counted these leads already.
    counted: bool,
}

/// Returns the first `most` leads that match and may be enrolled, oldest first, and counts why those before them may
/// not. What the list itself tells is not asked again, and after `MOST_ASKED` leads the next look goes on behind them.
async fn collect_candidates(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    auto_enrol: &AutoEnrolRule,
    auto_enrol_state: &AutoEnrolState,
    (most, now): (usize, Timestamp),
) -> StoreResult<Found> {
    let workspace = &planning.campaign.workspace;
    let filter = ports.lists.pinned(workspace, &LeadScope::All, auto_enrol.filter.clone()).await?;
    let query = LeadQuery::of(&filter, ROWS_AT_ONCE, auto_enrol_state.goes_on_from(now), now);
    let begun = match query.cursor.is_some() {
        true => candidates_behind(ports, planning, &query, auto_enrol_state.look.clone()).await,
        false => Err(StoreError::NotFound),
    };
    let candidates = match begun {
        // There is none, or it is of another filter.
        Err(StoreError::NotFound) => all_candidates(ports, planning, &query).await?,
        begun => begun?,
    };
    let Candidates { mut look, leads, goes_on, counted } = candidates;
    look.at = now;
    let (mut willing, mut later, mut asked_to, mut of_waiting) = (Vec::new(), 0, None, 0);
    for chunk in leads.chunks(CHUNK) {
        if asked_to.is_some() && willing.len() >= most {
            break;
        }
        let prospects = would_enrol(ports, planning, chunk, WithMissingValues::LeftOut).await?;
        let outcomes: HashMap<LeadId, EnrolOutcome> =
            prospects.into_iter().map(|prospect| (prospect.lead, prospect.entry.outcome)).collect();
        for lead in chunk {
            // Where a day has no place left, the first few are examined to tell why they are left out.
            if most > 0 && willing.len() >= most {
                break;
            }
            asked_to = Some(lead);
            match outcomes.get(lead) {
                Some(EnrolOutcome::Enrolled) if willing.len() < most => willing.push(lead.clone()),
                Some(EnrolOutcome::Enrolled) => later += 1,
                Some(EnrolOutcome::Already) if counted => continue,
                Some(other) => look.count_left_out(*other),
                None => {}
            }
            of_waiting += 1;
        }
    }
    let is_last = !goes_on && asked_to == leads.last();
    look.waiting = if is_last { later } else { (look.waiting + later).saturating_sub(of_waiting) };
    let cursor = |lead: &LeadId| ports.lists.cursor_behind(workspace, &query, lead);
    let asked_to = asked_to.filter(|_| !is_last).map(cursor).transpose()?;
    Ok(Found { look, willing, asked_to })
}

/// Passes once over all matching leads and all that are in the campaign, counts them, and returns the first to examine.
async fn all_candidates(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    query: &LeadQuery,
) -> StoreResult<Candidates> {
    let Campaign { workspace, id, .. } = &planning.campaign;
    let inside = ports.enrolments.leads_of_campaign(workspace, id).await?;
    let (mut look, mut leads) = (Look::default(), Vec::new());
    let mut query = LeadQuery { limit: LARGEST_PAGE, cursor: None, ..query.clone() };
    loop {
        let page = ports.lists.page(workspace, &LeadScope::All, &query).await?;
        look.matched += count(page.leads.len());
        for row in page.leads {
            if inside.contains(&row.id) {
                look.inside += 1;
            } else if let Some(why) = left_out_by_list(planning, &row) {
                look.count_left_out(why);
            } else {
                look.waiting += 1;
                if leads.len() < MOST_ASKED {
                    leads.push(row.id);
                }
            }
        }
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            let goes_on = look.waiting > count(leads.len());
            return Ok(Candidates { look, leads, goes_on, counted: false });
        }
    }
}

/// Returns the next leads to examine behind the query's cursor. Neither the leads before it nor those of the campaign are read.
async fn candidates_behind(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    query: &LeadQuery,
    look: Option<Look>,
) -> StoreResult<Candidates> {
    let (mut query, mut leads) = (query.clone(), Vec::new());
    loop {
        let page = ports.lists.page(&planning.campaign.workspace, &LeadScope::All, &query).await?;
        query.cursor = page.next_cursor;
        let rows = page.leads.into_iter().filter(|row| left_out_by_list(planning, row).is_none());
        leads.extend(rows.map(|row| row.id));
        let goes_on = query.cursor.is_some() || leads.len() > MOST_ASKED;
        if query.cursor.is_none() || leads.len() >= MOST_ASKED {
            leads.truncate(MOST_ASKED);
            return Ok(Candidates { look: look.unwrap_or_default(), leads, goes_on, counted: true });
        }
    }
}

/// Tells why a lead is left out, as far as its row of the list does.
fn left_out_by_list(planning: &PlanningContext, row: &LeadRow) -> Option<EnrolOutcome> {
    if planning.calendar.caps.one_campaign && !row.active.is_empty() {
        Some(EnrolOutcome::InOtherCampaign)
    } else if row.do_not_contact {
        Some(EnrolOutcome::DoNotContact)
    } else if row.possible_opt_out {
        Some(EnrolOutcome::PossibleOptOut)
    } else {
        None
    }
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}
