//! Auto-enrol: a campaign looks for leads that match its rule and are not in it yet, and enrols the next of them in
//! the background.

use crate::campaign::capacity_booking::CapacityBookings;
use crate::campaign::enrol::{WithMissingValues, enrol_lead, schedule_if_moved_meanwhile, would_enrol};
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::planning_context::PlanningContext;
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
use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// The number of leads that are read together.
const CHUNK: usize = 100;
/// The most leads that one message enrols: a function has half a minute.
const AT_A_TIME: u32 = 100;
/// The most leads that one message examines: four calls for each hundred.
const MOST_ASKED: usize = 500;
/// The most that it passes over, because they were in the campaign, and the most pages of the list that it reads for them.
const MOST_READ: usize = 5_000;
const MOST_PAGES: usize = 10;

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
    let Found { mut look, willing, goes_on_at } = match found {
        Err(StoreError::BadQuery(faults)) => {
            // Users are told on the campaign's page; until they change the filter, each look says the same.
            auto_enrol_state.give_back(places);
            auto_enrol_state.goes_on_at = None;
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
    let goes_on = goes_on_at.is_some() && auto_enrol_state.enrolled_on(day) < auto_enrol.per_day;
    (auto_enrol_state.goes_on_at, auto_enrol_state.look) = (goes_on_at.filter(|_| goes_on), Some(look));
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
    /// The list's cursor behind what was looked at, unless that was all.
    goes_on_at: Option<String>,
}

/// The leads that one look may examine.
struct Candidates {
    look: Look,
    /// The first of them, oldest first.
    leads: Vec<LeadId>,
    /// The list's cursor behind the last of them, if more may follow.
    read_to: Option<String>,
    /// Whether the look that came before has counted these leads already. Then leads of the campaign may be among them.
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
    let query = LeadQuery::of(&filter, LARGEST_PAGE, auto_enrol_state.goes_on_from(now), now);
    let begun = match query.cursor.is_some() {
        true => candidates_behind(ports, planning, &query, auto_enrol_state.look.clone()).await,
        false => Err(StoreError::BadCursor),
    };
    let candidates = match begun {
        // There is none, or it is of another filter.
        Err(StoreError::NotFound | StoreError::BadCursor) => all_candidates(ports, planning, &query).await?,
        begun => begun?,
    };
    let Candidates { mut look, leads, read_to, counted } = candidates;
    look.at = now;
    let (mut willing, mut later, mut examined, mut asked, mut of_waiting) = (Vec::new(), 0, 0, 0, 0);
    for chunk in leads.chunks(CHUNK) {
        if examined > 0 && willing.len() >= most || asked >= MOST_ASKED {
            break;
        }
        let inside = if counted { inside(ports, planning, chunk).await? } else { HashSet::new() };
        let others: Vec<LeadId> = chunk.iter().filter(|lead| !inside.contains(*lead)).cloned().collect();
        asked += others.len();
        let prospects = match others.is_empty() {
            true => Vec::new(),
            false => would_enrol(ports, planning, &others, WithMissingValues::LeftOut).await?,
        };
        let outcomes: HashMap<LeadId, EnrolOutcome> =
            prospects.into_iter().map(|prospect| (prospect.lead, prospect.entry.outcome)).collect();
        for lead in chunk {
            // Where a day has no place left, the first few are examined to tell why they are left out.
            if most > 0 && willing.len() >= most {
                break;
            }
            examined += 1;
            match outcomes.get(lead) {
                _ if inside.contains(lead) => continue,
                Some(EnrolOutcome::Enrolled) if willing.len() < most => willing.push(lead.clone()),
                Some(EnrolOutcome::Enrolled) => later += 1,
                Some(other) => look.count_left_out(*other),
                None => {}
            }
            of_waiting += 1;
        }
    }
    let goes_on_at = match leads.get(..examined).and_then(<[LeadId]>::last) {
        Some(last) if examined < leads.len() => Some(ports.lists.cursor_behind(workspace, &query, last)?),
        _ => read_to,
    };
    look.waiting = match goes_on_at {
        Some(_) => (look.waiting + later).saturating_sub(of_waiting),
        None => later,
    };
    if goes_on_at.is_none() && counted {
        // What others have done since the first look shows in none of its counts.
        let outside = look.left_out.values().sum::<u32>() + look.waiting + count(willing.len());
        look.inside = look.matched.saturating_sub(outside);
    }
    Ok(Found { look, willing, goes_on_at })
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
    let mut page_query = LeadQuery { cursor: None, ..query.clone() };
    loop {
        let page = ports.lists.page(workspace, &LeadScope::All, &page_query).await?;
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
        page_query.cursor = page.next_cursor;
        if page_query.cursor.is_none() {
            break;
        }
    }
    let last = leads.last().filter(|_| look.waiting > count(leads.len()));
    let read_to = last.map(|last| ports.lists.cursor_behind(workspace, query, last)).transpose()?;
    Ok(Candidates { look, leads, read_to, counted: false })
}

/// Returns the next leads behind the query's cursor that may be examined, of some pages at most. No lead before it is read.
async fn candidates_behind(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    query: &LeadQuery,
    look: Option<Look>,
) -> StoreResult<Candidates> {
    let Campaign { workspace, id, .. } = &planning.campaign;
    let (mut page_query, mut leads) = (query.clone(), Vec::new());
    for _ in 0..MOST_PAGES {
        let page = ports.lists.page(workspace, &LeadScope::All, &page_query).await?;
        page_query.cursor = page.next_cursor;
        let may_enrol = |row: &LeadRow| !row.active.contains(id) && left_out_by_list(planning, row).is_none();
        leads.extend(page.leads.into_iter().filter(may_enrol).map(|row| row.id));
        if page_query.cursor.is_none() || leads.len() >= MOST_READ {
            break;
        }
    }
    let mut read_to = page_query.cursor;
    if leads.len() > MOST_READ {
        leads.truncate(MOST_READ);
        let last = leads.last().map(|last| ports.lists.cursor_behind(workspace, query, last));
        read_to = last.transpose()?;
    }
    Ok(Candidates { look: look.unwrap_or_default(), leads, read_to, counted: true })
}

/// Returns those of these leads that are or were in the campaign.
async fn inside(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    leads: &[LeadId],
) -> StoreResult<HashSet<LeadId>> {
    let Campaign { workspace, id, .. } = &planning.campaign;
    let key = |lead: &LeadId| EnrolmentKey {
        workspace: workspace.clone(),
        lead: lead.clone(),
        campaign: id.clone(),
    };
    let keys: Vec<EnrolmentKey> = leads.iter().map(key).collect();
    let there = ports.enrolments.get_many(&keys).await?;
    Ok(there.into_iter().map(|enrolment| enrolment.key().lead.clone()).collect())
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
