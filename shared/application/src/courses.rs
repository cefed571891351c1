//! A campaign with all that planning its people's steps needs, read together.

use crate::connections::{ConnectionStore, choose_connection};
use crate::enrolling::EnrolPorts;
use crate::store::{StoreResult, found};
use domain::ConnectionId;
use domain::calendar::Calendar;
use domain::campaign::Campaign;
use domain::connection::{Connection, ConnectionKind};
use domain::enrolment::Enrolment;
use domain::sequence::{Channel, SequenceVersion};
use domain::workspace::Workspace;

#[derive(Debug, Clone)]
pub struct Course {
    pub campaign: Campaign,
    pub version: SequenceVersion,
    pub calendar: Calendar,
}

impl Course {
    /// On the version that the campaign has pinned.
    pub async fn of(ports: &EnrolPorts, campaign: Campaign) -> StoreResult<Self> {
        let (workspace, number) = (&campaign.workspace, campaign.sequence_version);
        let version = ports.sequences.version(workspace, &campaign.sequence, number).await?;
        Self::on(ports, campaign, version).await
    }

    /// On the version that somebody in it is under way on.
    pub async fn of_enrolment(
        ports: &EnrolPorts,
        campaign: Campaign,
        enrolment: &Enrolment,
    ) -> StoreResult<Self> {
        let version =
            ports.sequences.version(&campaign.workspace, &enrolment.sequence, enrolment.version).await?;
        Self::on(ports, campaign, version).await
    }

    /// On whatever version.
    pub async fn on(ports: &EnrolPorts, campaign: Campaign, version: SequenceVersion) -> StoreResult<Self> {
        let workspace = ports.workspaces.get(&campaign.workspace).await?;
        let senders = senders_of(&*ports.connections, &campaign).await?;
        let calendar = calendar_of(&workspace, &campaign, &senders);
        Ok(Self { campaign, version, calendar })
    }
}

/// The accounts that a campaign sends by. That one of them is gone is found when it is to send.
pub async fn senders_of(
    connections: &dyn ConnectionStore,
    campaign: &Campaign,
) -> StoreResult<Vec<Connection>> {
    let mut senders = Vec::new();
    for id in campaign.mailbox.iter().chain(&campaign.sms_sender) {
        senders.extend(found(connections.get(&campaign.workspace, id).await)?);
    }
    Ok(senders)
}

/// The account that messages of a channel go out by; `None`: there is none that works.
pub async fn sender_of(
    connections: &dyn ConnectionStore,
    campaign: &Campaign,
    channel: Channel,
) -> StoreResult<Option<Connection>> {
    let chosen = match channel {
        Channel::Email => campaign.mailbox.as_ref(),
        Channel::Sms => campaign.sms_sender.as_ref(),
    };
    choose_connection(connections, &campaign.workspace, chosen, ConnectionKind::of_channel(channel)).await
}

pub fn calendar_of(workspace: &Workspace, campaign: &Campaign, senders: &[Connection]) -> Calendar {
    let hours = |id: Option<&ConnectionId>| {
        let sender = senders.iter().find(|sender| Some(&sender.id) == id);
        sender.and_then(|sender| sender.hours.clone())
    };
    Calendar {
        days_off: workspace.days_off.clone(),
        mailbox: hours(campaign.mailbox.as_ref()),
        sms_sender: hours(campaign.sms_sender.as_ref()),
    }
}
