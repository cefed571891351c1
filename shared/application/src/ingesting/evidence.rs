//! An uncertain send is settled by evidence that the provider had it, or given up when its deadline comes.

use super::{IngestPorts, change_message};
use crate::enrolling::go_on;
use crate::leads::first_contact;
use crate::store::{StoreError, StoreResult};
use domain::enrolment::{EndReason, EnrolmentKey, EnrolmentState, HoldReason};
use domain::event::Event;
use domain::message::MessageState;
use domain::{MessageId, WorkspaceId};
use jiff::Timestamp;

/// Something that only a message which went out can cause has happened.
pub(super) async fn of_acceptance(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    id: &MessageId,
    at: Timestamp,
) -> StoreResult<()> {
    let mut settled = false;
    let message = change_message(ports, workspace, id, |message| {
        settled = message.state == MessageState::Uncertain && message.raise_state(MessageState::Accepted, at);
        settled.then(|| Event::system("message_accepted", at).because("evidence"))
    })
    .await?;
    let Some(message) = message.filter(|_| settled) else { return Ok(()) };
    first_contact(&*ports.leads, workspace, &id.lead(), at).await?;
    let Some(campaign) = message.campaign else { return Ok(()) };
    let key = EnrolmentKey { workspace: workspace.clone(), lead: id.lead(), campaign };
    let Some(step) = message.step_index else { return Ok(()) };
    settle(ports, &key, step, at).await
}

async fn settle(ports: &IngestPorts, key: &EnrolmentKey, step: u16, at: Timestamp) -> StoreResult<()> {
    let mut enrolment = match ports.enrolments.get(key).await {
        Ok(enrolment) => enrolment,
        Err(StoreError::NotFound) => return Ok(()),
        Err(other) => return Err(other),
    };
    let waits = matches!(enrolment.state, EnrolmentState::Held { reason: HoldReason::Uncertain, .. });
    if !waits || enrolment.step != step {
        return Ok(());
    }
    let campaign = ports.campaigns.get(&key.workspace, &key.campaign).await?;
    let version =
        ports.enrol.sequences.version(&key.workspace, &enrolment.sequence, enrolment.version).await?;
    enrolment.state = EnrolmentState::Scheduled;
    enrolment.advance(at, version.steps.len(), None);
    go_on(&ports.enrol, &campaign, &version, enrolment, ports.clock.now()).await.map(drop)
}

/// Nobody ever said that it went out: not sent again, ended, left to a person.
pub(super) async fn deadline(ports: &IngestPorts, key: &EnrolmentKey, id: &MessageId) -> StoreResult<()> {
    let now = ports.clock.now();
    let message = change_message(ports, &key.workspace, id, |message| {
        (message.state == MessageState::Uncertain).then(|| {
            message.state = MessageState::Abandoned;
            Event::system("message_abandoned", now)
        })
    })
    .await?;
    if message.is_none_or(|message| message.state != MessageState::Abandoned) {
        return Ok(());
    }
    let mut enrolment = match ports.enrolments.get(key).await {
        Ok(enrolment) => enrolment,
        Err(StoreError::NotFound) => return Ok(()),
        Err(other) => return Err(other),
    };
    if !matches!(enrolment.state, EnrolmentState::Held { reason: HoldReason::Uncertain, .. }) {
        return Ok(());
    }
    enrolment.end(EndReason::Failed, now);
    let event = Event::system("enrolment_ended", now).because(id.as_str());
    ports.enrolments.finish(&enrolment, &event).await
}
