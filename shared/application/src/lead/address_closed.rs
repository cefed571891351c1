//! Closes one address or channel of a lead, where the workspace leaves the other channels open. An enrolment
//! that has no other channel left ends, and a planned step on that channel is skipped.

use crate::campaign::due_step::due_step;
use crate::campaign::enrol_ports::EnrolPorts;
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::due::{DueStore, Hint};
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::leads::LeadStore;
use crate::ports::sequences::SequenceStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::suppressions::SuppressionStore;
use crate::retry;
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::Event;
use domain::lead::Lead;
use domain::planning::eligibility::{anything_left, step_closed_to};
use domain::planning::skip_reason::SkipReason;
use domain::{LeadId, WorkspaceId};

pub struct ClosingPorts<'a> {
    pub due: &'a dyn DueStore,
    pub enrolments: &'a dyn EnrolmentStore,
    pub leads: &'a dyn LeadStore,
    pub sequences: &'a dyn SequenceStore,
    pub suppressions: &'a dyn SuppressionStore,
}

impl<'a> From<&'a EnrolPorts> for ClosingPorts<'a> {
    fn from(ports: &'a EnrolPorts) -> Self {
        Self {
            due: &*ports.due,
            enrolments: &*ports.enrolments,
            leads: &*ports.leads,
            sequences: &*ports.sequences,
            suppressions: &*ports.suppressions,
        }
    }
}

/// Closes the channel within one campaign, after a message of it has failed in a way that others would, too. Safe to
/// repeat. An enrolment with a send under way is left to its sender.
pub async fn close_channel_in_campaign(
    ports: &ClosingPorts<'_>,
    key: &EnrolmentKey,
    channel: Channel,
    event: &Event,
) -> StoreResult<()> {
    let Some(lead) = found(ports.leads.get(&key.workspace, &key.lead).await)? else { return Ok(()) };
    retry!(async {
        let Some(mut enrolment) = found(ports.enrolments.get(key).await)? else { return Ok(()) };
        if !enrolment.close_channel(channel) {
            return Ok(());
        }
        close(ports, &lead, (enrolment, true), EndReason::Failed, event).await
    })
}

/// Closes the channel in all of a lead's enrolments. The address must be on the suppression list by now. Safe to
/// repeat. An enrolment with a send under way is left to its sender.
pub async fn close_channel(
    ports: &ClosingPorts<'_>,
    (workspace, lead): (&WorkspaceId, &LeadId),
    reason: EndReason,
    event: &Event,
) -> StoreResult<()> {
    let Some(lead) = found(ports.leads.get(workspace, lead).await)? else { return Ok(()) };
    for campaign in &lead.active {
        let key =
            EnrolmentKey { workspace: workspace.clone(), lead: lead.id.clone(), campaign: campaign.clone() };
        retry!(async {
            match found(ports.enrolments.get(&key).await)? {
                Some(enrolment) => close(ports, &lead, (enrolment, false), reason, event).await,
                None => Ok(()),
            }
        })?;
    }
    Ok(())
}

async fn close(
    ports: &ClosingPorts<'_>,
    lead: &Lead,
    (mut enrolment, is_changed): (Enrolment, bool),
    reason: EndReason,
    event: &Event,
) -> StoreResult<()> {
    let Some(step) = enrolment.step().clone().filter(|_| enrolment.is_active()) else { return Ok(()) };
    if matches!(enrolment.state(), EnrolmentState::Claimed { .. }) {
        return Ok(());
    }
    let listed = ports.suppressions.find(&lead.workspace, &scopes_of(lead)).await?;
    let version = ports.sequences.version(&lead.workspace, enrolment.sequence(), enrolment.version()).await?;
    if !anything_left(&version, &step, (&enrolment, lead), &listed, event.at) {
        enrolment.end(reason, event.at);
        return ports.enrolments.finish(&enrolment, Some(lead), event).await;
    }
    // A lead without any such address could not be written to before either.
    let present = version.step(&step);
    let closed = present.and_then(|step| step_closed_to(&enrolment, lead, &step.kind, &listed, event.at));
    let closed = matches!(closed, Some(SkipReason::AddressSuppressed | SkipReason::ChannelFailed));
    let is_planned = !matches!(enrolment.state(), EnrolmentState::Pending | EnrolmentState::WaitingTask);
    if closed && is_planned {
        // The new turn keeps a sender that read the old state from claiming the step; at its time the planner skips
        // it.
        enrolment.void_plans();
        if let Some(at) = enrolment.due() {
            let what = due_step(&enrolment, Some(&version));
            ports.due.put(&[Hint { at, what }]).await?;
        }
    } else if !is_changed {
        return Ok(());
    }
    ports.enrolments.save(&enrolment, event).await.map(drop)
}
