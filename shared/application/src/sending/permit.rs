//! What was read before a claim may be old when the call begins: a slow answer, or a function that was put aside.

use crate::lead::suppression_lookup::scopes_of;
use crate::ports::store::{StoreResult, found};
use crate::sending::context::SendContext;
use crate::sending::memory::{Memory, PERMIT_LASTS};
use crate::sending::{SendPorts, Sent, save_claimed};
use domain::AccountId;
use domain::campaign::CampaignState;
use domain::enrolment::deferral::Deferral;
use domain::enrolment::{ClaimToken, Enrolment};
use domain::event::Event;
use domain::lead::Lead;
use domain::planning::behaviour::Behaviour;
use domain::planning::planner::still_in_time;
use domain::workspace::{Sending, Workspace};
use jiff::Timestamp;

/// Nothing was closed since the scene was read: workspace, campaign, or the account that it goes out by; the lead is still
/// reached where it goes, and the suppression list says the same of its address, domain and number. What is older than a
/// permit lasts is read anew, and is no good where that took as long. Last of all, by the clock of this moment: its hours are
/// not over. Asked before the claim, and right before the call.
pub(super) async fn still_stands(
    ports: &SendPorts,
    memory: &mut Memory,
    (scene, enrolment): (&SendContext, &Enrolment),
    (account, to): (&AccountId, &str),
) -> StoreResult<bool> {
    let (Lead { workspace, id, .. }, began) = (&scene.file.lead, ports.clock.now());
    if ports.clock.now().duration_since(scene.read_at) >= PERMIT_LASTS
        && !found(ports.leads.get(workspace, id).await)?.is_some_and(|lead| lead.is_reached_at(to))
    {
        return Ok(false);
    }
    if ports.clock.now().duration_since(scene.listed_at) >= PERMIT_LASTS
        && ports.suppressions.find(workspace, &scopes_of(&scene.file.lead)).await? != scene.suppressions
    {
        return Ok(false);
    }
    if ports.clock.now().duration_since(scene.permitted_at) >= PERMIT_LASTS
        && !is_open(ports, memory, scene, account).await?
    {
        return Ok(false);
    }
    let now = ports.clock.now();
    let read_just_now = now.duration_since(began) < PERMIT_LASTS;
    Ok(read_just_now && still_in_time(&scene.input(enrolment, &Behaviour::default(), now)))
}

async fn is_open(
    ports: &SendPorts,
    memory: &mut Memory,
    scene: &SendContext,
    account: &AccountId,
) -> StoreResult<bool> {
    let workspace = memory.workspace(ports, &scene.workspace.id).await?;
    let campaign = memory.campaign(ports, &scene.workspace.id, &scene.campaign.id).await?;
    let account = found(ports.accounts.get(&scene.workspace.id, account).await)?;
    let open = account.is_some_and(|account| account.enabled && account.pause.is_none());
    Ok(open && sends(&workspace) && campaign.state == CampaignState::Active)
}

/// As `still_stands`, for what is in no campaign: whether the workspace sends.
pub(super) async fn workspace_still_sends(
    ports: &SendPorts,
    memory: &mut Memory,
    (workspace, read_at): (&Workspace, Timestamp),
) -> StoreResult<bool> {
    if ports.clock.now().duration_since(read_at) < PERMIT_LASTS {
        return Ok(true);
    }
    Ok(sends(&memory.workspace(ports, &workspace.id).await?))
}

fn sends(workspace: &Workspace) -> bool {
    matches!(workspace.sending, Sending::Running)
}

/// Gives back a claim that nobody made use of; whoever looks next sees what was closed.
pub(super) async fn put_back(
    ports: &SendPorts,
    mut enrolment: Enrolment,
    token: &ClaimToken,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    if enrolment.defer(Deferral::NotTried, now, now) {
        save_claimed(ports, &enrolment, token, &Event::system("send_postponed", now)).await?;
    }
    Ok(ran_out())
}

pub(super) fn ran_out() -> Sent {
    Sent::Later(1, "what permits it was read too long ago".to_owned())
}
