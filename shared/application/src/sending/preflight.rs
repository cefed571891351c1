//! Preflight: the last look at what permits a send, before its claim and once more before its call. What was read for it may
//! be old by then, because an answer was slow or the function was suspended.

use crate::lead::suppression_lookup::scopes_of;
use crate::ports::store::{StoreResult, found};
use crate::sending::cache::PERMIT_LASTS;
use crate::sending::context::SendContext;
use crate::sending::run::SendRun;
use crate::sending::sent::Sent;
use crate::sending::writes::save_claimed;
use domain::AccountId;
use domain::campaign::CampaignState;
use domain::enrolment::deferral::Deferral;
use domain::enrolment::{ClaimToken, Enrolment};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::planning::behaviour::Behaviour;
use domain::planning::planner::still_in_time;
use domain::workspace::{Sending, Workspace};
use jiff::Timestamp;

/// The account that a message goes out by, and its address.
#[derive(Clone, Copy)]
pub(super) struct Route<'a> {
    pub account: &'a AccountId,
    pub to: &'a str,
}

/// Whether nothing was closed since the context was read: workspace, campaign and account send; the lead is still reached at
/// this address; the suppression list says the same as before. What is older than a permit is read anew, and is void if that
/// took as long. At last, by the clock of this moment, the lead's send window must be open still.
pub(super) async fn recheck(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: &Enrolment,
    Route { account, to }: Route<'_>,
) -> StoreResult<bool> {
    let (ports, Lead { workspace, id, .. }) = (run.ports, &context.file.lead);
    let began = run.now();
    let is_old = |read_at| ports.clock.now().duration_since(read_at) >= PERMIT_LASTS;
    if is_old(context.read_at)
        && !found(ports.leads.get(workspace, id).await)?.is_some_and(|lead| lead.is_reached_at(to))
    {
        return Ok(false);
    }
    if is_old(context.listed_at)
        && ports.suppressions.find(workspace, &scopes_of(&context.file.lead)).await? != context.suppressions
    {
        return Ok(false);
    }
    if is_old(context.permitted_at) && !is_open(run, context, account).await? {
        return Ok(false);
    }
    let in_time = still_in_time(&context.input(enrolment, &Behaviour::default(), run.now()));
    Ok(!is_old(began) && in_time)
}

async fn is_open(run: &mut SendRun<'_>, context: &SendContext, account: &AccountId) -> StoreResult<bool> {
    let id = &context.workspace.id;
    let workspace = run.cache.workspace(run.ports, id).await?.value;
    let campaign = run.cache.campaign(run.ports, id, &context.planning.campaign.id).await?.value;
    let account = found(run.ports.accounts.get(id, account).await)?;
    let open = account.is_some_and(|account| account.enabled && account.pause.is_none());
    Ok(open && sends(&workspace) && campaign.state == CampaignState::Active)
}

/// Whether the workspace still sends, for a message outside every campaign.
pub(super) async fn workspace_still_sends(
    run: &mut SendRun<'_>,
    workspace: &Workspace,
    read_at: Timestamp,
) -> StoreResult<bool> {
    if run.now().duration_since(read_at) < PERMIT_LASTS {
        return Ok(true);
    }
    Ok(sends(&run.cache.workspace(run.ports, &workspace.id).await?.value))
}

fn sends(workspace: &Workspace) -> bool {
    matches!(workspace.sending, Sending::Running)
}

/// Gives back a claim that no call was made under. The next look sees what was closed.
pub(super) async fn give_claim_back(
    run: &SendRun<'_>,
    mut enrolment: Enrolment,
    token: &ClaimToken,
) -> StoreResult<Sent> {
    let now = run.now();
    if enrolment.defer(Deferral::NotTried, now, now) {
        save_claimed(run.ports, &enrolment, token, &Event::system(EventKind::SendPostponed, now)).await?;
    }
    Ok(Sent::permits_ran_out())
}
