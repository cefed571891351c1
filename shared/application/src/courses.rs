//! A campaign with all that planning its people's steps needs, read together.

use crate::connections::{ConnectionStore, choose_connection};
use crate::enrolling::EnrolPorts;
use crate::mailboxes::open_mailboxes;
use crate::store::StoreResult;
use domain::calendar::{Calendar, OpenMailbox};
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

/// The accounts that a campaign sends by, read strongly. That one of them is gone is found when it is to send.
pub async fn senders_of(
    connections: &dyn ConnectionStore,
    campaign: &Campaign,
) -> StoreResult<Vec<Connection>> {
    let mut all = connections.list(&campaign.workspace).await?;
    all.retain(|sender| campaign.sends_by(&sender.id));
    Ok(all)
}

/// The account that texts go out by; `None`: there is none that works.
pub async fn sms_sender_of(
    connections: &dyn ConnectionStore,
    campaign: &Campaign,
) -> StoreResult<Option<Connection>> {
    let kinds = ConnectionKind::of_channel(Channel::Sms);
    choose_connection(connections, &campaign.workspace, campaign.sms_sender.as_ref(), kinds).await
}

pub fn calendar_of(workspace: &Workspace, campaign: &Campaign, senders: &[Connection]) -> Calendar {
    let open = |mailbox: &Connection| {
        let open = OpenMailbox { name: mailbox.name.clone(), hours: mailbox.hours.clone() };
        (mailbox.id.clone(), open)
    };
    let sms_sender = senders.iter().find(|sender| campaign.sms_sender.as_ref() == Some(&sender.id));
    Calendar {
        days_off: workspace.days_off.clone(),
        mailboxes: open_mailboxes(campaign, senders).into_iter().map(open).collect(),
        caps: workspace.caps.clone(),
        sms_sender: sms_sender.and_then(|sender| sender.hours.clone()),
    }
}
