//! Checks of a campaign's sequence, accounts and readiness for launch.

use crate::App;
use application::campaign::launch_checks::launch_faults;
use domain::campaign::{Campaign, CampaignState, MOST_MAILBOXES};
use domain::contact::channel::Channel;
use domain::sequence::{Sequence, SequenceVersion};
use domain::workspace::account::AccountKind;
use domain::{AccountId, SequenceId, WorkspaceId};
use http_api::{ApiError, ApiResult, FieldErrors};

impl App {
    /// Answers 422 on `sequence_id` unless the sequence exists and can be used.
    pub async fn usable_sequence(&self, workspace: &WorkspaceId, id: &SequenceId) -> ApiResult<Sequence> {
        let found = self.sequences.get(workspace, id).await;
        let found =
            found.map_err(|e| ApiError::from_missing(e, "sequence_id", "there is no such sequence"))?;
        if found.archived {
            return Err(ApiError::invalid("sequence_id", "is archived"));
        }
        Ok(found)
    }

    /// Answers 422 unless these are at most twenty different accounts that send e-mail.
    pub async fn usable_mailboxes(&self, workspace: &WorkspaceId, ids: &[AccountId]) -> ApiResult<()> {
        if ids.len() > MOST_MAILBOXES {
            return Err(ApiError::invalid("mailbox_ids", format!("are at most {MOST_MAILBOXES}")));
        }
        if ids.is_empty() {
            return Ok(());
        }
        let known = self.accounts.list(workspace).await?;
        let kinds = AccountKind::of_channel(Channel::Email);
        let mut errors = FieldErrors::default();
        for (place, id) in ids.iter().enumerate() {
            let found = known.iter().find(|known| known.id == *id);
            let fault = match found {
                None => "there is no such account",
                Some(found) if !kinds.contains(&found.settings.kind()) => "is not a mailbox",
                Some(_) if ids[..place].contains(id) => "is chosen twice",
                Some(_) => continue,
            };
            errors.add(format!("mailbox_ids[{place}]"), fault);
        }
        errors.finish()
    }

    /// Answers 422 on the account's field unless it exists and sends on this channel.
    pub async fn usable_text_sender(
        &self,
        workspace: &WorkspaceId,
        channel: Channel,
        id: Option<&AccountId>,
    ) -> ApiResult<()> {
        let Some(id) = id else { return Ok(()) };
        let (field, wanted) = match channel {
            Channel::Whatsapp => ("whatsapp_sender_id", "is not a WhatsApp number"),
            _ => ("sms_sender_id", "is not an SMS number"),
        };
        let found = self.accounts.get(workspace, id).await;
        let found = found.map_err(|e| ApiError::from_missing(e, field, "there is no such account"))?;
        if !AccountKind::of_channel(channel).contains(&found.settings.kind()) {
            return Err(ApiError::invalid(field, wanted));
        }
        Ok(())
    }

    /// Answers 422 with everything that prevents the launch, field by field.
    pub async fn check_launch(&self, campaign: &Campaign, version: &SequenceVersion) -> ApiResult<()> {
        let mut errors = FieldErrors::default();
        let company = self.workspaces.get(&campaign.workspace).await?.company;
        for (field, why) in launch_faults(&*self.accounts, &company, campaign, version).await? {
            errors.add(field, why);
        }
        errors.finish()
    }

    /// Answers 422 if the changed fields leave an active or paused campaign without an account that its steps
    /// need.
    pub async fn check_still_sends(&self, campaign: &Campaign, changed: &[&str]) -> ApiResult<()> {
        if changed.is_empty() || !matches!(campaign.state, CampaignState::Active | CampaignState::Paused) {
            return Ok(());
        }
        let (workspace, sequence) = (&campaign.workspace, &campaign.sequence);
        let version = self.sequences.version(workspace, sequence, campaign.sequence_version).await?;
        let mut errors = FieldErrors::default();
        let company = self.workspaces.get(workspace).await?.company;
        for (field, why) in launch_faults(&*self.accounts, &company, campaign, &version).await? {
            if changed.contains(&field) {
                errors.add(field, why);
            }
        }
        errors.finish()
    }
}
