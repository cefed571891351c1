//! Whether a campaign can be what it is asked to be: its sequence, its senders, its launch.

use crate::App;
use application::StoreError;
use domain::campaign::Campaign;
use domain::connection::ConnectionKind;
use domain::sequence::{Channel, Sequence, SequenceVersion};
use domain::sequence_check::window_fault;
use domain::{ConnectionId, SequenceId, WorkspaceId};
use http_api::{ApiError, ApiResult, FieldErrors};

impl App {
    /// 422 on `sequence_id` unless it can be used.
    pub async fn usable_sequence(&self, workspace: &WorkspaceId, id: &SequenceId) -> ApiResult<Sequence> {
        let found = self.sequences.get(workspace, id).await;
        let found =
            found.map_err(|e| ApiError::from_missing(e, "sequence_id", "there is no such sequence"))?;
        if found.archived {
            return Err(ApiError::invalid("sequence_id", "is archived"));
        }
        Ok(found)
    }

    /// 422 on `field` unless this connection exists and sends over the channel.
    pub async fn usable_sender(
        &self,
        workspace: &WorkspaceId,
        id: Option<&ConnectionId>,
        channel: Channel,
        field: &str,
    ) -> ApiResult<()> {
        let Some(id) = id else { return Ok(()) };
        let found = self.connections.get(workspace, id).await;
        let found = found.map_err(|e| ApiError::from_missing(e, field, "there is no such connection"))?;
        if !ConnectionKind::of_channel(channel).contains(&found.settings.kind()) {
            let wanted = match channel {
                Channel::Email => "a mailbox",
                Channel::Sms => "an SMS account",
            };
            return Err(ApiError::invalid(field, format!("is not {wanted}")));
        }
        Ok(())
    }

    /// Everything that stands against launching, field by field.
    pub async fn check_launch(&self, campaign: &Campaign, version: &SequenceVersion) -> ApiResult<()> {
        let mut errors = FieldErrors::default();
        for (field, why) in self.launch_faults(campaign, version).await? {
            errors.add(field, why);
        }
        errors.finish()
    }

    /// The fields of a campaign that keep it from sending this version, and why.
    pub async fn launch_faults(
        &self,
        campaign: &Campaign,
        version: &SequenceVersion,
    ) -> ApiResult<Vec<(&'static str, String)>> {
        let mut faults = Vec::new();
        if version.steps.is_empty() {
            faults.push(("sequence_id", "the sequence has no steps".to_owned()));
        }
        if let Some(why) = window_fault(&version.steps, &version.window) {
            faults.push(("sequence_id", format!("its window: {why}")));
        }
        let uses = |channel| version.steps.iter().any(|step| step.kind.channel() == Some(channel));
        if uses(Channel::Email)
            && let Some(why) = self.sender_fault(campaign, campaign.mailbox.as_ref()).await?
        {
            faults.push(("mailbox_id", why.to_owned()));
        }
        if uses(Channel::Sms)
            && let Some(why) = self.sender_fault(campaign, campaign.sms_sender.as_ref()).await?
        {
            faults.push(("sms_sender_id", why.to_owned()));
        }
        Ok(faults)
    }

    async fn sender_fault(
        &self,
        campaign: &Campaign,
        id: Option<&ConnectionId>,
    ) -> ApiResult<Option<&'static str>> {
        let Some(id) = id else { return Ok(Some("is needed: a step of the sequence uses this channel")) };
        match self.connections.get(&campaign.workspace, id).await {
            Ok(connection) if connection.enabled => Ok(None),
            Ok(_) => Ok(Some("is switched off")),
            Err(StoreError::NotFound) => Ok(Some("there is no such connection any more")),
            Err(other) => Err(other.into()),
        }
    }
}
