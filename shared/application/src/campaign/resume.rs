//! Resumes a campaign, an account or the whole workspace, when a user says so or when a pause with a set end is over.
//! A due hint is written before the pause or the resumption itself, so that a request which breaks off is found by
//! the due tick and finished.

use crate::campaign::auto_enrol::start_look;
use crate::campaign::enrol_ports::EnrolPorts;
use crate::ports::campaigns::CampaignStore;
use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreResult, found};
use crate::queue_messages::CampaignJob;
use domain::campaign::{Campaign, CampaignState};
use domain::enrolment::pause::PausedScope;
use domain::enrolment::resume_order::Resumption;
use domain::event::{Event, EventKind};
use domain::workspace::Sending;
use domain::{AccountId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// Puts the hint of a pause's end. It is put before the pause is written, so that no pause with an end lacks it. A
/// pause without an end needs none.
pub async fn put_end_of_pause(
    due: &dyn DueStore,
    workspace: &WorkspaceId,
    what: PausedScope,
    until: Option<Timestamp>,
) -> StoreResult<()> {
    let Some(at) = until else { return Ok(()) };
    due.put(&[Hint { at, what: DueWork::Resume { workspace: workspace.clone(), what } }]).await
}

/// The delay of the hint that finds a broken request: longer than a request may take. The odd nanosecond tells it
/// apart from the end of a pause, which users give to the second.
const FOUND_WITHIN: SignedDuration = SignedDuration::new(5 * 60, 1);

/// Puts a hint before a resumption, or the end of a campaign, is written. If the request breaks off behind that, the
/// hint is found, and the campaign's enrolments are scheduled.
pub async fn put_recovery_hint(
    due: &dyn DueStore,
    workspace: &WorkspaceId,
    what: PausedScope,
    now: Timestamp,
) -> StoreResult<RecoveryHint> {
    let at = now.checked_add(FOUND_WITHIN).unwrap_or(Timestamp::MAX);
    let hint = Hint { at, what: DueWork::Resume { workspace: workspace.clone(), what } };
    due.put(std::slice::from_ref(&hint)).await?;
    Ok(RecoveryHint(hint))
}

/// The hint that finds a request which breaks off.
#[must_use]
pub struct RecoveryHint(Hint);

impl RecoveryHint {
    /// Takes the hint back once the pages are queued that schedule the enrolments. If this fails, they are scheduled
    /// once more, which changes nothing.
    pub async fn over(self, due: &dyn DueStore) {
        if let Err(error) = due.delete_one(&self.0).await {
            tracing::warn!(%error, "a campaign's enrolments are scheduled twice");
        }
    }
}

/// Queues the job that schedules all waiting enrolments of these campaigns, or ends them where the campaign is over.
/// Repeating it changes nothing.
pub async fn schedule_waiting(
    outbox: &dyn Outbox,
    campaigns: &[Campaign],
    resumed: Option<Resumption>,
) -> StoreResult<()> {
    let message = |campaign: &Campaign| CampaignJob::Schedule {
        workspace: campaign.workspace.clone(),
        campaign: campaign.id.clone(),
        cursor: None,
        second: false,
        resumed,
    };
    send_all(outbox, &campaigns.iter().map(message).collect::<Vec<_>>(), 0).await
}

/// Schedules the campaign's waiting enrolments and starts the look of an auto-enrol campaign. Repeating it changes
/// nothing.
pub async fn schedule_campaign(
    outbox: &dyn Outbox,
    campaign: &Campaign,
    resumed: Option<Resumption>,
) -> StoreResult<()> {
    schedule_waiting(outbox, std::slice::from_ref(campaign), resumed).await?;
    if campaign.auto_enrol.is_some() {
        start_look(outbox, campaign).await?;
    }
    Ok(())
}

/// Schedules the enrolments of all active campaigns, once the workspace sends again.
pub async fn schedule_all_campaigns(
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    workspace: &WorkspaceId,
    resumed: Option<Resumption>,
) -> StoreResult<()> {
    let mut active = campaigns.list(workspace).await?;
    active.retain(|campaign| campaign.state == CampaignState::Active);
    schedule_waiting(outbox, &active, resumed).await
}

/// Schedules the enrolments of all active campaigns that send through this account.
pub async fn schedule_campaigns_of_account(
    campaigns: &dyn CampaignStore,
    outbox: &dyn Outbox,
    workspace: &WorkspaceId,
    account: &AccountId,
    resumed: Option<Resumption>,
) -> StoreResult<()> {
    let mut active = campaigns.list(workspace).await?;
    active.retain(|campaign| campaign.state == CampaignState::Active && campaign.sends_by(account));
    schedule_waiting(outbox, &active, resumed).await
}

/// Ends a pause whose time has come. It does nothing if a user has resumed meanwhile, or has set another end.
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
                let event = Event::system(EventKind::CampaignResumed, now).because("pause_is_over");
                campaign.rev = campaigns.save(&campaign, &event).await?;
                resumed = Some(Resumption { since, at: now });
            }
            // This also continues an earlier run, or a request, that broke off after the campaign had changed.
            let answered = campaign.late_answer.map(|answer| answer.planned_before);
            let changed = answered.unwrap_or(campaign.state_since).max(campaign.state_since);
            match campaign.state {
                _ if until.duration_since(changed) > FOUND_WITHIN => {}
                CampaignState::Active => schedule_campaign(outbox, &campaign, resumed).await?,
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
                    let event = Event::system(EventKind::SendingStarted, now).because("pause_is_over");
                    ports.workspaces.save(&tenant, &event).await?;
                    resumed = Some(Resumption { since, at: now });
                }
                Sending::Stopped { .. } => return Ok(()),
                Sending::Running => {}
            }
            schedule_all_campaigns(campaigns, outbox, workspace, resumed).await?;
        }
        PausedScope::Account(id) => {
            let Some(mut account) = found(ports.accounts.get(workspace, id).await)? else {
                // The account is gone, so nobody else resumes its campaigns. A campaign that no longer names it was
                // scheduled when it was removed.
                return schedule_campaigns_of_account(campaigns, outbox, workspace, id, None).await;
            };
            let resumed = account.pause.as_ref().map(|pause| Resumption { since: pause.since, at: now });
            if account.is_paused_until(until) {
                account.pause = None;
                let event = Event::system(EventKind::AccountResumed, now).because("pause_is_over");
                ports.accounts.save(&account, &event).await?;
            }
            if account.pause.is_none() {
                schedule_campaigns_of_account(campaigns, outbox, workspace, id, resumed).await?;
            }
        }
    }
    Ok(())
}
