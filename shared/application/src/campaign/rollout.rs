//! Rolls a version out to its campaigns, and to the enrolments in them, page by page. Every move is one
//! conditional write of one enrolment; a page that is repeated finds nothing left to do. Because enrolments
//! change from one list to another while the lists are read, the rollout sweeps over them again until a sweep
//! finds no enrolment to move.

use crate::campaign::due_step::{due_step, step_hint};
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::planning_context::{PlannedLead, PlanningContext};
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::campaigns::CampaignStore;
use crate::ports::due::Hint;
use crate::ports::enrolments::{EnrolmentFilter, LISTS_LAG};
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::sequences::SequenceStore;
use crate::ports::store::{PageRequest, StoreError, StoreResult, found};
use crate::queue_messages::CampaignJob;
use crate::queue_messages::Sweep;
use domain::campaign::{Campaign, CampaignState};
use domain::enrolment::deferral::Deferral;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Actor, Event, EventKind};
use domain::planning::behaviour::Behaviour;
use domain::planning::planner::{Decision, PlanInput, plan};
use domain::sequence::rollout::{Destination, Onward, People, Rollout};
use domain::workspace::Sending;
use domain::{CampaignId, RolloutId, SequenceId, StepId, WorkspaceId};
use jiff::Timestamp;

const PAGE: usize = 50;
/// The most sweeps of a rollout. An enrolment that changes lists during a sweep is met by the next one; this is
/// enough for hours of sending.
const MOST_SWEEPS: u32 = 200;
/// The rollouts that are read to find a later one. Users do not order as many while one of them runs.
const LATEST: usize = 20;
/// The seconds until the next sweep where a send was under way: longer than a claim lasts.
const CLAIMS_LAST: u32 = 150;

const LISTS: [EnrolmentFilter; 3] =
    [EnrolmentFilter::Moving, EnrolmentFilter::Held, EnrolmentFilter::WaitingTask];

/// Enqueues the first page of a rollout that is stored.
pub async fn start_rollout(outbox: &dyn Outbox, rollout: &Rollout) -> StoreResult<()> {
    send_all(outbox, &[page_of(rollout, Sweep::default())], 0).await
}

fn page_of(rollout: &Rollout, sweep: Sweep) -> CampaignJob {
    let Rollout { workspace, sequence, id, .. } = rollout;
    let (workspace, sequence, rollout) = (workspace.clone(), sequence.clone(), id.clone());
    CampaignJob::RollOut { workspace, sequence, rollout, sweep }
}

pub async fn roll_out_page(
    ports: &EnrolPorts,
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    (workspace, sequence, id): (&WorkspaceId, &SequenceId, &RolloutId),
    mut sweep: Sweep,
) -> StoreResult<()> {
    let mut rollout = ports.sequences.rollout(workspace, sequence, id).await?;
    if rollout.finished_at.is_some() {
        return Ok(());
    }
    if sweep == Sweep::default() {
        pin_version_in_campaigns(ports, campaigns, &rollout).await?;
    }
    let everybody_stays = rollout.people == People::Keep;
    let campaign = rollout.campaigns.get(sweep.campaign).filter(|_| !everybody_stays);
    if let Some(campaign) = campaign {
        if has_later_rollout(ports, &rollout, campaign).await? {
            let next = Sweep { campaign: sweep.campaign + 1, list: 0, cursor: None, ..sweep };
            return send_all(outbox, &[page_of(&rollout, next)], 0).await;
        }
        let campaign = campaigns.get(workspace, campaign).await?;
        let version = ports.sequences.version(workspace, sequence, rollout.version).await?;
        let planning = PlanningContext::on(ports, campaign, version).await?;
        let page = PageRequest { limit: PAGE, cursor: sweep.cursor.take() };
        let list = Some(LISTS[sweep.list.min(LISTS.len() - 1)]);
        let page = ports.enrolments.of_campaign(workspace, &planning.campaign.id, list, page).await?;
        let (moved, busy) = move_page(ports, &planning, &rollout, page.items).await?;
        sweep = Sweep { moved: sweep.moved + moved, busy: sweep.busy + busy, ..sweep };
        match page.next_cursor {
            Some(cursor) => sweep.cursor = Some(cursor),
            None if sweep.list + 1 < LISTS.len() => sweep.list += 1,
            None => (sweep.campaign, sweep.list) = (sweep.campaign + 1, 0),
        }
        return send_all(outbox, &[page_of(&rollout, sweep)], 0).await;
    }
    // A list may not show yet who has just been enrolled: one sweep that finds nothing to move is not enough.
    let first = sweep.number == 0 && !everybody_stays;
    let again = (sweep.moved + sweep.busy > 0 || first) && sweep.number < MOST_SWEEPS;
    if again {
        let wait = if sweep.busy > 0 { CLAIMS_LAST } else { LISTS_LAG };
        let next = Sweep { number: sweep.number + 1, ..Sweep::default() };
        return send_all(outbox, &[page_of(&rollout, next)], wait).await;
    }
    let now = ports.clock.now();
    rollout.finished_at = Some(now);
    let event = Event::system(EventKind::RolloutFinished, now);
    match ports.sequences.save_rollout(&rollout, &event).await {
        // Another run of the same page was faster.
        Ok(_) | Err(StoreError::Conflict) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Tells whether a later rollout that moves the enrolments, too, has been ordered. An enrolment that began on the
/// later version bears no mark of that rollout, so a late page of this one would move it back.
async fn has_later_rollout(
    ports: &EnrolPorts,
    rollout: &Rollout,
    campaign: &CampaignId,
) -> StoreResult<bool> {
    let latest = ports.sequences.rollouts(&rollout.workspace, &rollout.sequence, LATEST).await?;
    let mut later = latest.iter().take_while(|other| other.id > rollout.id);
    Ok(later.any(|later| later.people != People::Keep && later.campaigns.contains(campaign)))
}

/// Pins the version in the campaigns, so that new enrolments begin with it, unless a later rollout has pinned
/// another.
async fn pin_version_in_campaigns(
    ports: &EnrolPorts,
    campaigns: &dyn CampaignStore,
    rollout: &Rollout,
) -> StoreResult<()> {
    let latest = ports.sequences.rollouts(&rollout.workspace, &rollout.sequence, 1).await?;
    if latest.first().is_some_and(|latest| latest.id != rollout.id) {
        return Ok(());
    }
    for id in &rollout.campaigns {
        let mut campaign = campaigns.get(&rollout.workspace, id).await?;
        let goes_on = matches!(campaign.state, CampaignState::Active | CampaignState::Paused);
        if goes_on && campaign.sequence_version != rollout.version {
            campaign.sequence_version = rollout.version;
            campaigns
                .save(&campaign, &event(rollout, EventKind::CampaignVersionChanged, ports.clock.now()))
                .await?;
        }
    }
    Ok(())
}

fn event(rollout: &Rollout, kind: EventKind, now: Timestamp) -> Event {
    Event::new(kind, Actor::User(rollout.by.clone()), now).because(rollout.id.as_str())
}

/// Moves or marks the enrolments of one page. Returns how many were written, and how many had a send under way. Their
/// hints are packed and put first.
async fn move_page(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    rollout: &Rollout,
    people: Vec<Enrolment>,
) -> StoreResult<(u32, u32)> {
    let now = ports.clock.now();
    let (mut written, mut busy) = (Vec::new(), 0);
    for enrolment in people.into_iter().filter(|enrolment| concerns(enrolment, rollout)) {
        let claimed = matches!(enrolment.state(), EnrolmentState::Claimed { .. });
        if claimed && !enrolment.claim_expired(now) {
            busy += 1;
            continue;
        }
        match moved(ports, planning, rollout, enrolment, now).await {
            Ok(moved) => written.extend(moved),
            Err(StoreError::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    let hint = |enrolment: &Enrolment| match enrolment.state() {
        EnrolmentState::Scheduled => step_hint(planning, enrolment),
        // The enrolment's next step on the new version may not be a message.
        _ => enrolment.due().map(|at| Hint { at, what: due_step(enrolment, None) }),
    };
    let going_on = written.iter().map(|(enrolment, _)| enrolment).filter(|enrolment| enrolment.is_active());
    let hints: Vec<_> = going_on.filter_map(hint).collect();
    ports.due.put(&hints).await?;
    let mut moved = 0;
    for (enrolment, event) in written {
        let saved = if enrolment.is_active() {
            ports.enrolments.save(&enrolment, &event).await.map(drop)
        } else {
            ports.enrolments.finish(&enrolment, None, &event).await
        };
        match saved {
            // Changed by others meanwhile: the next sweep looks again.
            Ok(()) | Err(StoreError::Conflict) => moved += 1,
            Err(StoreError::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok((moved, busy))
}

/// Tells whether the rollout concerns the enrolment. An earlier rollout never undoes a later one; ids rise with time.
fn concerns(enrolment: &Enrolment, rollout: &Rollout) -> bool {
    if !enrolment.is_active() || *enrolment.state() == EnrolmentState::Pending {
        return false;
    }
    let bound_elsewhere = enrolment.pending_transfer().is_some();
    match enrolment.transfer() {
        Some(transfer) if transfer.rollout >= rollout.id => false,
        _ => enrolment.version() != rollout.version || bound_elsewhere,
    }
}

/// Returns the enrolment as the rollout changes it, with its event. `None`: it stays as it is.
async fn moved(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    rollout: &Rollout,
    mut enrolment: Enrolment,
    now: Timestamp,
) -> StoreResult<Option<(Enrolment, Event)>> {
    let bound = event(rollout, EventKind::EnrolmentBound, now);
    let stays_there = enrolment.version() == rollout.version;
    if rollout.people == People::NextStep || stays_there || !enrolment.may_move_now() {
        let bound_for = enrolment.transfer_later(&rollout.id, rollout.version, now);
        return Ok(bound_for.is_ok().then_some((enrolment, bound)));
    }
    let Some(step) = enrolment.step() else { return Ok(None) };
    let place = rollout.mapping.place(step, &planning.version);
    if place == Destination::Nowhere
        || enrolment.transfer_now(&rollout.id, rollout.version, place, now).is_err()
    {
        return Ok(None);
    }
    if *enrolment.state() == EnrolmentState::Scheduled {
        schedule_moved(ports, planning, &mut enrolment, now).await?;
    }
    Ok(Some((enrolment, event(rollout, EventKind::EnrolmentTransferred, now))))
}

/// Gives the moved enrolment its next time, or its end, by the planner.
async fn schedule_moved(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    enrolment: &mut Enrolment,
    now: Timestamp,
) -> StoreResult<()> {
    let EnrolmentKey { workspace, lead, .. } = enrolment.key();
    let file = ports.leads.file(workspace, lead).await?;
    let suppressions = ports.suppressions.find(workspace, &scopes_of(&file.lead)).await?;
    // A pause of the campaign or the workspace holds what falls due; it does not change when that is.
    let campaign = Campaign { state: CampaignState::Active, ..planning.campaign.clone() };
    let seen = Behaviour::of(enrolment, &file.messages, &file.tasks);
    let lead = PlannedLead { lead: &file.lead, suppressions: &suppressions, seen: &seen };
    let input = planning.input(enrolment, lead, now);
    let decided = plan(&PlanInput { campaign: &campaign, sending: &Sending::Running, ..input });
    match decided.decision {
        Decision::Wait { until } => {
            enrolment.defer(Deferral::OwnLimit, until, now);
        }
        Decision::End(reason) => enrolment.end(reason, now),
        _ => enrolment.plan_for(now),
    }
    Ok(())
}

/// Reads the version that an enrolment changes to with its next step, where a rollout has marked it so.
pub(crate) async fn onward(
    sequences: &dyn SequenceStore,
    enrolment: &Enrolment,
) -> StoreResult<Option<Onward>> {
    let Some(transfer) = enrolment.pending_transfer() else { return Ok(None) };
    let (workspace, sequence) = (&enrolment.key().workspace, enrolment.sequence());
    let rollout = found(sequences.rollout(workspace, sequence, &transfer.rollout).await)?;
    let Some(Rollout { id, mapping, .. }) = rollout else { return Ok(None) };
    let version = sequences.version(workspace, sequence, transfer.to).await?;
    Ok(Some(Onward { rollout: id, version, mapping }))
}

/// Moves the enrolment from its finished step to the next one, on the version that a rollout has marked it for.
pub(crate) async fn advance(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    enrolment: &mut Enrolment,
    at: Timestamp,
    next: Option<StepId>,
) -> StoreResult<()> {
    let onward = onward(&*ports.sequences, enrolment).await?;
    enrolment.advance_onto(at, next, &planning.version, onward.as_ref());
    Ok(())
}
