//! Whether a campaign can be what it is asked to be: its sequence, its senders, its launch.

use crate::App;
use application::StoreError;
use application::courses::senders_of;
use application::mailboxes::open_mailboxes;
use domain::campaign::{Campaign, CampaignState, MOST_MAILBOXES};
use domain::connection::ConnectionKind;
use domain::sequence::{Channel, Sequence, SequenceVersion};
use domain::sequence_check::window_fault;
use domain::{ConnectionId, SequenceId, WorkspaceId};
use http_api::{ApiError, ApiResult, FieldErrors};

const NEEDED: &str = "is needed: a step of the sequence uses this channel";

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

    /// 422 unless there are at most twenty, each is there once and sends e-mail.
    pub async fn usable_mailboxes(&self, workspace: &WorkspaceId, ids: &[ConnectionId]) -> ApiResult<()> {
        if ids.len() > MOST_MAILBOXES {
            return Err(ApiError::invalid("mailbox_ids", format!("are at most {MOST_MAILBOXES}")));
        }
        if ids.is_empty() {
            return Ok(());
        }
        let known = self.connections.list(workspace).await?;
        let kinds = ConnectionKind::of_channel(Channel::Email);
        let mut errors = FieldErrors::default();
        for (place, id) in ids.iter().enumerate() {
            let found = known.iter().find(|known| known.id == *id);
            let fault = match found {
                None => "there is no such connection",
                Some(found) if !kinds.contains(&found.settings.kind()) => "is not a mailbox",
                Some(_) if ids[..place].contains(id) => "is chosen twice",
                Some(_) => continue,
            };
            errors.add(format!("mailbox_ids[{place}]"), fault);
        }
        errors.finish()
    }

    /// 422 on `sms_sender_id` unless this connection exists and sends texts.
    pub async fn usable_sms_sender(
        &self,
        workspace: &WorkspaceId,
        id: Option<&ConnectionId>,
    ) -> ApiResult<()> {
        let Some(id) = id else { return Ok(()) };
        let field = "sms_sender_id";
        let found = self.connections.get(workspace, id).await;
        let found = found.map_err(|e| ApiError::from_missing(e, field, "there is no such connection"))?;
        if !ConnectionKind::of_channel(Channel::Sms).contains(&found.settings.kind()) {
            return Err(ApiError::invalid(field, "is not an SMS account"));
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

    /// 422 where these fields, changed, leave a campaign that is under way without a sender that its steps need.
    pub async fn check_still_sends(&self, campaign: &Campaign, changed: &[&str]) -> ApiResult<()> {
        if changed.is_empty() || !matches!(campaign.state, CampaignState::Active | CampaignState::Paused) {
            return Ok(());
        }
        let (workspace, sequence) = (&campaign.workspace, &campaign.sequence);
        let version = self.sequences.version(workspace, sequence, campaign.sequence_version).await?;
        let mut errors = FieldErrors::default();
        for (field, why) in self.launch_faults(campaign, &version).await? {
            if changed.contains(&field) {
                errors.add(field, why);
            }
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
            && let Some(why) = self.mailbox_fault(campaign).await?
        {
            faults.push(("mailbox_ids", why.to_owned()));
        }
        if uses(Channel::Sms)
            && let Some(why) = self.sender_fault(campaign, campaign.sms_sender.as_ref()).await?
        {
            faults.push(("sms_sender_id", why.to_owned()));
        }
        Ok(faults)
    }

    /// One that is there and switched on is enough.
    async fn mailbox_fault(&self, campaign: &Campaign) -> ApiResult<Option<&'static str>> {
        if campaign.mailboxes.is_empty() {
            return Ok(Some(NEEDED));
        }
        let senders = senders_of(&*self.connections, campaign).await?;
        let none = "none of them is there any more and switched on";
        Ok(open_mailboxes(campaign, &senders).is_empty().then_some(none))
    }

    async fn sender_fault(
        &self,
        campaign: &Campaign,
        id: Option<&ConnectionId>,
    ) -> ApiResult<Option<&'static str>> {
        let Some(id) = id else { return Ok(Some(NEEDED)) };
        match self.connections.get(&campaign.workspace, id).await {
            Ok(connection) if connection.enabled => Ok(None),
            Ok(_) => Ok(Some("is switched off")),
            Err(StoreError::NotFound) => Ok(Some("there is no such connection any more")),
            Err(other) => Err(other.into()),
        }
    }
}
