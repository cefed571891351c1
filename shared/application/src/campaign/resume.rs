//! What was paused, a campaign, an account or everything, goes on: at a person's word, or by itself at the end that was said before.

use crate::campaign::auto_enrol::start_look;
use crate::campaign::enrol_ports::EnrolPorts;
use crate::ports::campaigns::CampaignStore;
use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreResult, found};
use crate::queue_messages::EnrolLeads;
use domain::campaign::{Campaign, CampaignState};
use domain::enrolment::pause::PausedScope;
use domain::enrolment::resume_order::Resumption;
use domain::event::Event;
use domain::workspace::Sending;
use domain::{ConnectionId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// Put before the pause is written, so that none is without its end. Without one nothing is put.
pub async fn put_end_of_pause(
    due: &dyn DueStore,
    workspace: &WorkspaceId,
    what: PausedScope,
    until: Option<Timestamp>,
) -> StoreResult<()> {
    let Some(at) = until else { return Ok(()) };
    due.put(&[Hint { at, what: DueWork::Resume { workspace: workspace.clone(), what } }]).await
}

/// Longer than a request may take. No pause ends then: users say its end to the second.
const FOUND_WITHIN: SignedDuration = SignedDuration::new(5 * 60, 1);

/// Put before it is written that something goes on, or is over: a request that breaks off behind that is found, and its people
/// are gone through.
pub async fn put_in_case(
    due: &dyn DueStore,
    workspace: &WorkspaceId,
    what: PausedScope,
    now: Timestamp,
) -> StoreResult<InCase> {
    let at = now.checked_add(FOUND_WITHIN).unwrap_or(Timestamp::MAX);
    let hint = Hint { at, what: DueWork::Resume { workspace: workspace.clone(), what } };
    due.put(std::slice::from_ref(&hint)).await?;
    Ok(InCase(hint))
}

/// What finds a request that breaks off.
#[must_use]
pub struct InCase(Hint);

impl InCase {
    /// The pages are queued, which hold their people. Where this fails they are gone through once more.
    pub async fn over(self, due: &dyn DueStore) {
        if let Err(error) = due.take_back(&self.0).await {
            tracing::warn!(%error, "people are gone through twice");
        }
    }
}

/// Gives everybody who waits for this campaign a time, or lets them go where it is over; repeating it changes nothing.
pub async fn schedule_waiting(
    outbox: &dyn Outbox,
    campaigns: &[Campaign],
    resumed: Option<Resumption>,
) -> StoreResult<()> {
    let message = |campaign: &Campaign| EnrolLeads::Schedule {
        workspace: campaign.workspace.clone(),
        campaign: campaign.id.clone(),
        cursor: None,
        second: false,
        resumed,
    };
    send_all(outbox, &campaigns.iter().map(message).collect::<Vec<_>>(), 0).await
}

/// Who waits gets a time, and an evergreen campaign looks whom it takes in; repeating it changes nothing.
pub async fn set_going(
    outbox: &dyn Outbox,
    campaign: &Campaign,
    resumed: Option<Resumption>,
) -> StoreResult<()> {
    schedule_waiting(outbox, std::slice::from_ref(campaign), resumed).await?;
    if campaign.evergreen.is_some() {
        start_look(outbox, campaign).await?;
    }
    Ok(())
}

/// The people of all active campaigns, once the workspace sends again.
pub async fn set_all_going(
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    workspace: &WorkspaceId,
    resumed: Option<Resumption>,
) -> StoreResult<()> {
    let mut active = campaigns.list(workspace).await?;
    active.retain(|campaign| campaign.state == CampaignState::Active);
    schedule_waiting(outbox, &active, resumed).await
}

/// The people of all active campaigns that send by this account.
pub async fn set_users_going(
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    workspace: &WorkspaceId,
    account: &ConnectionId,
    resumed: Option<Resumption>,
) -> StoreResult<()> {
    let mut active = campaigns.list(workspace).await?;
    active.retain(|campaign| campaign.state == CampaignState::Active && campaign.sends_by(account));
    schedule_waiting(outbox, &active, resumed).await
}

/// The end of a pause has come. It is void where somebody has resumed meanwhile, or has said another end.
pub async fn end_pause(
    ports: &EnrolPorts,
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    (workspace, what): (&WorkspaceId, &PausedScope),
    until: Timestamp,
) -> StoreResult<()> {
    let now = ports.clock.now();
    match what {
        PausedScope::Campaign(id) => {
            let mut campaign = campaigns.get(workspace, id).await?;
            let since = campaign.state_since;
            let mut resumed = None;
            if campaign.is_paused_until(until) && campaign.move_to(CampaignState::Active, now).is_ok() {
                let event = Event::system("campaign_resumed", now).because("pause_is_over");
                campaign.rev = campaigns.save(&campaign, &event).await?;
                resumed = Some(Resumption { since, at: now });
            }
            // Also who broke off here before, or a request did.
            let answered = campaign.late_answer.map(|answer| answer.planned_before);
            let changed = answered.unwrap_or(campaign.state_since).max(campaign.state_since);
            match campaign.state {
                _ if until.duration_since(changed) > FOUND_WITHIN => {}
                CampaignState::Active => set_going(outbox, &campaign, resumed).await?,
                CampaignState::Completed | CampaignState::Archived => {
                    schedule_waiting(outbox, &[campaign], None).await?;
                }
                CampaignState::Draft | CampaignState::Paused => {}
            }
        }
        PausedScope::Workspace => {
            let mut tenant = ports.workspaces.get(workspace).await?;
            let mut resumed = None;
            match tenant.sending {
                Sending::Stopped { since, until: end } if end == Some(until) => {
                    tenant.sending = Sending::Running;
                    let event = Event::system("sending_started", now).because("pause_is_over");
                    ports.workspaces.save(&tenant, &event).await?;
                    resumed = Some(Resumption { since, at: now });
                }
                Sending::Stopped { .. } => return Ok(()),
                Sending::Running => {}
            }
            set_all_going(campaigns, outbox, workspace, resumed).await?;
        }
        PausedScope::Account(id) => {
            let Some(mut account) = found(ports.connections.get(workspace, id).await)? else {
                // Nobody else will resume it. A campaign that does not know it any more was gone through when it was taken out.
                return set_users_going(campaigns, outbox, workspace, id, None).await;
            };
            let resumed = account.pause.as_ref().map(|pause| Resumption { since: pause.since, at: now });
            if account.is_paused_until(until) {
                account.pause = None;
                let event = Event::system("connection_resumed", now).because("pause_is_over");
                ports.connections.save(&account, &event).await?;
            }
            if account.pause.is_none() {
                set_users_going(campaigns, outbox, workspace, id, resumed).await?;
            }
        }
    }
    Ok(())
}
