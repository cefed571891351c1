//! `POST /api/campaigns`: creates a draft; nothing is sent until it is launched.

use crate::App;
use crate::campaign_view::CampaignView;
use axum::extract::State;
use domain::campaign::{Campaign, CampaignState, WhenMailboxGone};
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::time::time_zone::ZoneName;
use domain::workspace::tracking::Untracked;
use domain::{AccountId, CampaignId, SequenceId};
use http::StatusCode;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCampaign {
    name: String,
    sequence_id: SequenceId,
    /// Up to 20 accounts that send e-mail, of which each lead gets one; needed at launch if the sequence has
    /// e-mail steps.
    #[serde(default)]
    mailbox_ids: Vec<AccountId>,
    /// `hold` if left out: no lead gets a follow-up from another mailbox unless a user has chosen that.
    when_mailbox_gone: Option<WhenMailboxGone>,
    /// An account that sends SMS; needed at launch if the sequence has SMS steps.
    sms_sender_id: Option<AccountId>,
    #[serde(default)]
    whatsapp_sender_id: Option<AccountId>,
    /// An IANA time zone; the workspace's if left out.
    zone: Option<String>,
    lead_tag: Option<String>,
    /// Leads that get e-mail are enrolled only if a verifier has found their address deliverable.
    #[serde(default)]
    only_verified: bool,
    /// What is not tracked in mails of this campaign.
    #[serde(default)]
    untracked: Untracked,
}

#[utoipa::path(post, path = "/api/campaigns", operation_id = "create_campaign", request_body = NewCampaign,
    responses((status = 201, body = CampaignView)))]
pub async fn create_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewCampaign>,
) -> ApiResult<(StatusCode, JsonBody<CampaignView>)> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &new.name, 120);
    let lead_tag = errors.text("lead_tag", new.lead_tag, 60);
    let zone = errors.text("zone", new.zone, 60);
    let zone = zone.map(|zone| errors.take("zone", ZoneName::parse_given(&zone)));
    errors.finish()?;
    let workspace = &caller.workspace;
    let sequence = app.usable_sequence(workspace, &new.sequence_id).await?;
    app.usable_mailboxes(workspace, &new.mailbox_ids).await?;
    app.usable_text_sender(workspace, Channel::Sms, new.sms_sender_id.as_ref()).await?;
    app.usable_text_sender(workspace, Channel::Whatsapp, new.whatsapp_sender_id.as_ref()).await?;
    let zone = match zone.flatten() {
        Some(zone) => zone,
        None => app.workspaces.get(workspace).await?.default_zone,
    };
    let now = app.clock.now();
    let mut campaign = Campaign {
        id: CampaignId::new(app.ids.next()),
        workspace: workspace.clone(),
        name,
        state: CampaignState::Draft,
        state_since: now,
        paused_until: None,
        sequence: sequence.id,
        sequence_version: sequence.version,
        mailboxes: new.mailbox_ids,
        when_mailbox_gone: new.when_mailbox_gone.unwrap_or_default(),
        sms_sender: new.sms_sender_id,
        whatsapp_sender: new.whatsapp_sender_id,
        zone,
        lead_tag,
        only_verified: new.only_verified,
        untracked: new.untracked,
        writing: Default::default(),
        promotes_winner: false,
        ab_tests: Default::default(),
        late_answer: None,
        auto_enrol: None,
        owner: caller.user().cloned(),
        created_at: now,
        launched_at: None,
        rev: 0,
    };
    let event = Event::new(EventKind::CampaignCreated, caller.actor(), now);
    campaign.rev = app.campaigns.save(&campaign, &event).await?;
    Ok((StatusCode::CREATED, JsonBody(CampaignView::of(campaign, now))))
}
