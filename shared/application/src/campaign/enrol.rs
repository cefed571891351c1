//! Enrols leads in campaigns, and gives enrolments their next time.

use crate::campaign::capacity_booking::CapacityBookings;
use crate::campaign::due_step::step_hint;
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::late_messages;
use crate::campaign::planning_context::{PlannedLead, PlanningContext};
use crate::lead::campaign_line::OpeningLines;
use crate::lead::company_hold::register_lead;
use crate::lead::suppression_lookup::scopes_of;
use crate::retry;

use crate::ports::campaigns::CampaignStore;

use crate::ports::outbox::{Outbox, send_all};

use crate::ports::store::{StoreError, StoreResult, found};

use crate::queue_messages::CampaignJob;
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::campaign::enrol_rules::{EnrolRefusal, Entrance, Entry, may_enrol};
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::enrolment::deferral::Deferral;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::resume_order::{GOES_ON_OVER, GoesOn};
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::lead::suppression::Suppression;
use domain::planning::behaviour::Behaviour;
use domain::planning::planner::{Decision, PlanInput, plan};
use domain::planning::send_window::hours_for;
use domain::sequence::SequenceVersion;
use domain::sequence::compiled_texts::{Texts, fields_named};
use domain::sequence::merge_fields::MergeContext;
use domain::time::days_off::DaysOff;
use domain::workspace::Sending;
use domain::{LeadId, MessageId};
use jiff::Timestamp;
use std::collections::HashSet;

/// Whether a lead that lacks a value named by a text is enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithMissingValues {
    LeftOut,
    /// The user has chosen so: the lead is held at the step that needs the value.
    Enrolled,
}

/// Enrols one lead in a campaign that is a draft, paused (both: pending) or active (scheduled, with its hint put
/// first), on the version that it has pinned. `arrivals` books capacity for all leads enrolled together; without it
/// none is booked.
pub async fn enrol_lead<'a>(
    ports: &EnrolPorts,
    planning: &'a PlanningContext,
    lead: &LeadId,
    (by, missing_values): (Option<&UserOrKey>, WithMissingValues),
    bookings: Option<&CapacityBookings<'a>>,
) -> StoreResult<Entry> {
    let campaign = &planning.campaign;
    let actor = by.map_or(Actor::System, UserOrKey::actor);
    let entered = retry!(async {
        let lead = match ports.leads.get(&campaign.workspace, lead).await {
            Ok(lead) => lead,
            Err(StoreError::NotFound) => return Ok(EnrolOutcome::NoSuchLead.into()),
            Err(other) => return Err(other),
        };
        let now = ports.clock.now();
        if !been_in(ports, planning, std::slice::from_ref(&lead)).await?.is_empty() {
            return Ok(EnrolOutcome::Already.into());
        }
        let listed = ports.suppressions.find(&campaign.workspace, &scopes_of(&lead)).await?;
        let lines = read_opening_lines(ports, planning, std::slice::from_ref(&lead.id)).await?;
        let texts = texts(planning, missing_values, &lines);
        let mut enrolment = match new_enrolment(planning, &texts, (&lead, &listed), by, now) {
            Ok(enrolment) => enrolment,
            Err(left_out) => return Ok(left_out),
        };
        drop(texts);
        let booking = match bookings {
            Some(bookings) => bookings.assign_mailbox_and_day(&lead, &mut enrolment, now).await?,
            None => None,
        };
        if booking.is_some()
            && let Ok(First::At(due)) =
                first_due_time(&enrolment, &planning.version, &lead, planning, &listed, now)
        {
            enrolment.plan_for(due);
        }
        put_hint(ports, planning, &enrolment).await?;
        let event = Event::new(EventKind::LeadEnrolled, actor.clone(), now).because(campaign.id.as_str());
        let mut tagged = lead.clone();
        tagged.tags.extend(campaign.lead_tag.clone());
        match ports.enrolments.enrol(&tagged, &enrolment, &event).await {
            Err(StoreError::Conflict) if found(ports.enrolments.get(enrolment.key()).await)?.is_some() => {
                return Ok(EnrolOutcome::Already.into());
            }
            enrolled => enrolled?,
        }
        register_lead(&*ports.companies, planning.holds_companies, &lead, now).await?;
        if let Some(bookings) = bookings {
            bookings.note_enrolled(booking).await;
        }
        Ok(EnrolOutcome::Enrolled.into())
    });
    match entered {
        Err(StoreError::Conflict) => Ok(EnrolOutcome::Busy.into()),
        done => done,
    }
}

/// Reads the opening lines written for these leads, where a text uses one and no more are being written.
pub(crate) async fn read_opening_lines(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    leads: &[LeadId],
) -> StoreResult<OpeningLines> {
    if planning.writes_opening_lines || !fields_named(&planning.version).contains("first_line") {
        return Ok(OpeningLines::default());
    }
    OpeningLines::read(&*ports.leads, &planning.campaign, leads).await
}

/// Renders texts with the values that a lead has by itself. Links are made only when a message is.
pub(crate) fn texts<'a>(
    planning: &'a PlanningContext,
    missing_values: WithMissingValues,
    lines: &'a OpeningLines,
) -> Option<Texts<'a>> {
    let values = move |lead: &Lead, _: &MessageId| {
        let to_come = planning.writes_opening_lines.then_some("…");
        let used = lines.used(&planning.campaign, lead);
        let line = used.as_ref().map(|used| used.text.as_str()).or(to_come);
        MergeContext::from_lead(lead, &planning.company).with_opening_line(line).with_links("…", "…")
    };
    (missing_values == WithMissingValues::LeftOut).then(|| Texts::of(&planning.version, Box::new(values)))
}

/// Builds the enrolment as it would begin now, or tells why there is none.
fn new_enrolment(
    planning: &PlanningContext,
    texts: &Option<Texts<'_>>,
    (lead, listed): (&Lead, &[Suppression]),
    by: Option<&UserOrKey>,
    now: Timestamp,
) -> Result<Enrolment, Entry> {
    let PlanningContext { campaign, version, calendar, senders, .. } = planning;
    // A draft may still be without steps: its launch is refused then. Its accounts are chosen later, too.
    let every = Channel::ALL.into();
    let draft = campaign.state == CampaignState::Draft;
    let senders = if draft { &every } else { senders };
    let company = (!draft).then_some(&planning.company);
    let entrance = Entrance { campaign, version, calendar, senders, company, texts: texts.as_ref() };
    match may_enrol(lead, entrance, listed, now) {
        Ok(()) => {}
        Err(EnrolRefusal::NoSteps) if draft => {}
        Err(refusal) => return Err(refusal.into()),
    }
    let key = EnrolmentKey {
        workspace: campaign.workspace.clone(),
        lead: lead.id.clone(),
        campaign: campaign.id.clone(),
    };
    let mut enrolment = Enrolment::begin(key, version, EnrolmentState::Pending, by.cloned(), now);
    enrolment.keep_to_mailbox(lead, calendar, now);
    if campaign.state == CampaignState::Active {
        enrolment.launch(version, now, None);
        let due = match first_due_time(&enrolment, version, lead, planning, listed, now) {
            Ok(First::At(due)) => due,
            Ok(First::Now | First::Late) => now,
            Err(EndReason::GoalReached) => return Err(EnrolOutcome::GoalReached.into()),
            Err(_) => return Err(EnrolOutcome::Unreachable.into()),
        };
        enrolment.plan_for(due);
    }
    Ok(enrolment)
}

/// A lead that is examined before anybody is enrolled.
pub struct Prospect {
    pub lead: LeadId,
    /// The lead's status, so that users can be told how many of the leads are already closed.
    pub status: StageId,
    pub entry: Entry,
}

/// Tells what would become of these leads if they were enrolled now, as far as that is known in advance. Writes
/// nothing.
pub async fn would_enrol(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    ids: &[LeadId],
    missing_values: WithMissingValues,
) -> StoreResult<Vec<Prospect>> {
    let workspace = &planning.campaign.workspace;
    let leads = ports.leads.get_many(workspace, ids).await?;
    let mut scopes: Vec<_> = leads.iter().flat_map(scopes_of).collect();
    scopes.sort();
    scopes.dedup();
    let listed = ports.suppressions.find(workspace, &scopes).await?;
    let key = |lead: &LeadId| EnrolmentKey {
        workspace: workspace.clone(),
        lead: lead.clone(),
        campaign: planning.campaign.id.clone(),
    };
    // A lead that has been in the campaign before is not enrolled again.
    let keys: Vec<EnrolmentKey> = ids.iter().map(key).collect();
    let there = ports.enrolments.get_many(&keys).await?;
    let mut there: HashSet<LeadId> = there.iter().map(|enrolment| enrolment.key().lead.clone()).collect();
    there.extend(been_in(ports, planning, &leads).await?);
    let lines = read_opening_lines(ports, planning, ids).await?;
    let texts = texts(planning, missing_values, &lines);
    let now = ports.clock.now();
    let entry = |lead: &Lead| {
        let own = scopes_of(lead);
        let listed: Vec<_> = listed.iter().filter(|entry| own.contains(&entry.scope)).cloned().collect();
        let beginning = new_enrolment(planning, &texts, (lead, &listed), None, now);
        let outcome = if there.contains(&lead.id) { EnrolOutcome::Already } else { EnrolOutcome::Enrolled };
        beginning.map_or_else(|left_out| left_out, |_| outcome.into())
    };
    let prospect = |lead: &Lead| Prospect { lead: lead.id.clone(), status: lead.status, entry: entry(lead) };
    Ok(leads.iter().map(prospect).collect())
}

/// Returns those of these leads that have been in the campaign as another one: as a lead that was merged into them, or as
/// one into which they were merged for a while. They may have had its messages. Reads nothing for other leads.
async fn been_in(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    leads: &[Lead],
) -> StoreResult<HashSet<LeadId>> {
    let key = |lead: &LeadId| EnrolmentKey {
        workspace: planning.campaign.workspace.clone(),
        lead: lead.clone(),
        campaign: planning.campaign.id.clone(),
    };
    let others = leads.iter().flat_map(|lead| lead.absorbed.iter().chain(&lead.parted));
    let keys: Vec<EnrolmentKey> = others.map(key).collect();
    if keys.is_empty() {
        return Ok(HashSet::new());
    }
    let there = ports.enrolments.get_many(&keys).await?;
    let is_one = |lead: &Lead, id: &LeadId| lead.absorbed.contains(id) || lead.parted.contains(id);
    let has_been = |lead: &&Lead| there.iter().any(|known| is_one(lead, &known.key().lead));
    Ok(leads.iter().filter(has_been).map(|lead| lead.id.clone()).collect())
}

enum First {
    At(Timestamp),
    /// The step is no message, or the message is not sent.
    Now,
    /// The message is late: a user decides whether it still goes out.
    Late,
}

/// Returns when the next step is due, according to the planner, which decides again at that moment. `Err` means that
/// nothing is left to do.
fn first_due_time(
    enrolment: &Enrolment,
    version: &SequenceVersion,
    lead: &Lead,
    planning: &PlanningContext,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Result<First, EndReason> {
    let lead = PlannedLead { lead, suppressions, seen: &Behaviour::default() };
    // A stopped workspace holds what falls due; it does not change when it falls due.
    let input = PlanInput { version, sending: &Sending::Running, ..planning.input(enrolment, lead, now) };
    match plan(&input).decision {
        Decision::Wait { until } => Ok(First::At(until)),
        Decision::Hold { reason: HoldReason::Late, .. } => Ok(First::Late),
        Decision::End(reason) => Err(reason),
        Decision::Send => Ok(First::At(now)),
        _ => Ok(First::Now),
    }
}

/// Called after leads were enrolled under `before`: if the campaign was launched, resumed or closed meanwhile, all of
/// its enrolments are scheduled once more, because that job may have passed before they were in.
pub async fn schedule_if_moved_meanwhile(
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    before: &Campaign,
) -> StoreResult<()> {
    let after = campaigns.get(&before.workspace, &before.id).await?;
    if after.state == before.state {
        return Ok(());
    }
    let (workspace, campaign) = (after.workspace, after.id);
    send_all(
        outbox,
        &[CampaignJob::Schedule { workspace, campaign, cursor: None, second: false, resumed: None }],
        0,
    )
    .await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduling {
    At(Timestamp),
    /// The message is late: a user decides whether it still goes out.
    Late,
    /// Nothing was left to do for this lead.
    Ended(EndReason),
    /// The enrolment already has a time, is held for a reason of its own, or has ended.
    LeftAlone,
}

/// Resumes an enrolment that a user paused or that is held for a reason of its own.
pub async fn resume_enrolment(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    mut enrolment: Enrolment,
) -> StoreResult<Scheduling> {
    let now = ports.clock.now();
    if enrolment.resume(now).is_err() {
        return Ok(Scheduling::LeftAlone);
    }
    enrolment.clear_lateness();
    schedule_or_end(ports, planning, enrolment, now).await
}

/// Gives an enrolment that may move again its next time, or ends it. The hint is put first.
pub(crate) async fn schedule_or_end(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    enrolment: Enrolment,
    now: Timestamp,
) -> StoreResult<Scheduling> {
    let campaign = &planning.campaign;
    let enrolment = match next_move(ports, planning, enrolment, None, now).await? {
        Next::Waits(Waiting { enrolment, .. }) => enrolment,
        Next::Late(enrolment) => {
            late_messages::notify_late_messages(&*ports.notifications, campaign, now).await?;
            return save_late(ports, campaign, &enrolment, now).await;
        }
        Next::Over(enrolment, reason) => return finish(ports, campaign, &enrolment, reason, now).await,
    };
    put_hint(ports, planning, &enrolment).await?;
    save_scheduled(ports, campaign, &enrolment, now).await
}

/// An enrolment with its next time.
pub(crate) struct Waiting<'a> {
    pub enrolment: Enrolment,
    /// The lead's days off.
    pub days_off: DaysOff<'a>,
}

/// The next move of an enrolment. Nothing is written yet.
pub(crate) enum Next<'a> {
    Waits(Waiting<'a>),
    /// Held until a user decides whether the late message goes out.
    Late(Enrolment),
    Over(Enrolment, EndReason),
}

pub(crate) async fn next_move<'a>(
    ports: &EnrolPorts,
    planning: &'a PlanningContext,
    mut enrolment: Enrolment,
    goes_on: Option<&GoesOn>,
    now: Timestamp,
) -> StoreResult<Next<'a>> {
    let workspace = &planning.campaign.workspace;
    let lead = ports.leads.get(workspace, &enrolment.key().lead).await?;
    let listed = ports.suppressions.find(workspace, &scopes_of(&lead)).await?;
    let older;
    let version = if enrolment.version() == planning.version.version {
        &planning.version
    } else {
        older = ports.sequences.version(workspace, enrolment.sequence(), enrolment.version()).await?;
        &older
    };
    let days_off = DaysOff::of(&lead, &planning.calendar.days_off);
    enrolment.keep_to_mailbox(&lead, &planning.calendar, now);
    Ok(match first_due_time(&enrolment, version, &lead, planning, &listed, now) {
        Ok(First::At(due)) => {
            let placed = goes_on
                .and_then(|goes_on| resume_position(planning, version, &lead, &enrolment, (goes_on, due)));
            let due = placed.map_or(due, |placed| placed.max(now));
            if due > now {
                enrolment.defer(Deferral::OwnLimit, due, now);
            }
            enrolment.plan_for(due);
            Next::Waits(Waiting { enrolment, days_off })
        }
        // The step is planned once more, and is then as late as now.
        Ok(First::Now) => {
            enrolment.plan_for(now);
            Next::Waits(Waiting { enrolment, days_off })
        }
        Ok(First::Late) => match enrolment.hold(HoldReason::Late, None, now) {
            Ok(()) => Next::Late(enrolment),
            Err(_) => Next::Waits(Waiting { enrolment, days_off }),
        },
        Err(reason) => {
            enrolment.end(reason, now);
            Next::Over(enrolment, reason)
        }
    })
}

/// Returns the enrolment's place among those that were resumed or released together: behind those that were due
/// before it, where only the pause kept it back. `None` where something else defers it.
fn resume_position(
    planning: &PlanningContext,
    version: &SequenceVersion,
    lead: &Lead,
    enrolment: &Enrolment,
    (goes_on, due): (&GoesOn, Timestamp),
) -> Option<Timestamp> {
    let PlanningContext { campaign, calendar, .. } = planning;
    let step = enrolment.step().as_ref().and_then(|step| version.step(step))?;
    step.kind.channel()?;
    let hours = hours_for(lead, campaign, version, calendar);
    let hours = hours.for_step(&step.kind, calendar, enrolment.mailbox().as_ref());
    let latest = hours.next(goes_on.since())?.checked_add(GOES_ON_OVER).ok()?;
    (due <= latest).then(|| goes_on.place(enrolment, &hours))?
}

pub(crate) async fn save_scheduled(
    ports: &EnrolPorts,
    campaign: &Campaign,
    enrolment: &Enrolment,
    now: Timestamp,
) -> StoreResult<Scheduling> {
    let event = Event::system(EventKind::EnrolmentScheduled, now).because(campaign.id.as_str());
    ports.enrolments.save(enrolment, &event).await?;
    Ok(enrolment.due().map_or(Scheduling::LeftAlone, Scheduling::At))
}

/// Saves a late enrolment as held. It has no due time, so nothing finds it until a user decides.
pub(crate) async fn save_late(
    ports: &EnrolPorts,
    campaign: &Campaign,
    enrolment: &Enrolment,
    now: Timestamp,
) -> StoreResult<Scheduling> {
    let event = Event::system(EventKind::EnrolmentHeld, now).because(campaign.id.as_str());
    ports.enrolments.save(enrolment, &event).await?;
    Ok(Scheduling::Late)
}

pub(crate) async fn finish(
    ports: &EnrolPorts,
    campaign: &Campaign,
    enrolment: &Enrolment,
    reason: EndReason,
    now: Timestamp,
) -> StoreResult<Scheduling> {
    let event = Event::system(EventKind::EnrolmentEnded, now).because(campaign.id.as_str());
    ports.enrolments.finish(enrolment, None, &event).await?;
    Ok(Scheduling::Ended(reason))
}

async fn put_hint(ports: &EnrolPorts, planning: &PlanningContext, enrolment: &Enrolment) -> StoreResult<()> {
    match step_hint(planning, enrolment) {
        Some(hint) => ports.due.put(&[hint]).await,
        None => Ok(()),
    }
}
