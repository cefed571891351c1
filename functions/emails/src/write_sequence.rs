//! `POST /api/ai/sequence`: a sequence that a language model writes from an offer, as an unsaved draft.

use crate::App;
use application::ai::write_sequence::write_sequence as write;
use axum::extract::State;
use domain::IcpId;
use domain::contact::channel::Channel;
use domain::icp::rule_text;
use domain::sequence::writing::{
    CHANNELS, FEWEST_STEPS, LONGEST_LANGUAGE, LONGEST_OFFER, LONGEST_TONE, MOST_STEPS, SequenceWish,
};
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, not_asked, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SequenceFromOffer {
    /// What is offered, in up to 4,000 characters: the texts say nothing that it does not.
    offer: String,
    /// The ICP whose leads are written to.
    #[serde(default)]
    icp: Option<IcpId>,
    /// The number of messages, 1 to 8.
    steps: u8,
    /// `email`, `sms` or both.
    channels: Vec<Channel>,
    /// How it sounds, such as `friendly`, in up to 80 characters.
    #[serde(default)]
    tone: String,
    /// The language, such as `German`; the offer's own if it is empty.
    #[serde(default)]
    language: String,
}

/// A sequence that is not saved.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WrittenSequenceView {
    pub name: String,
    pub messages: Vec<WrittenMessageView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WrittenMessageView {
    pub channel: Channel,
    /// The working days since the message before.
    pub wait_days: u32,
    /// The subject of a mail; empty on a follow-up and on a text message.
    pub subject: String,
    pub text: String,
}

/// The texts have no number, name, link or promise that the offer lacks, and known merge fields only. Nothing is saved.
#[utoipa::path(post, path = "/api/ai/sequence", operation_id = "write_sequence", request_body = SequenceFromOffer,
    responses((status = 200, body = WrittenSequenceView), (status = 409, description = "There is no sequence; `code` says why.")))]
pub async fn write_sequence(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(asked): JsonBody<SequenceFromOffer>,
) -> ApiResult<JsonBody<WrittenSequenceView>> {
    let mut errors = FieldErrors::default();
    let offer = errors.required("offer", &asked.offer, LONGEST_OFFER);
    errors.text("tone", Some(asked.tone.clone()), LONGEST_TONE);
    errors.text("language", Some(asked.language.clone()), LONGEST_LANGUAGE);
    if !(FEWEST_STEPS..=MOST_STEPS).contains(&asked.steps) {
        errors.add("steps", "are 1 to 8");
    }
    if asked.channels.is_empty() || asked.channels.iter().any(|channel| !CHANNELS.contains(channel)) {
        errors.add("channels", "are email, sms or both");
    }
    let icps = app.icps.list(&caller.workspace).await?;
    let icp = asked.icp.as_ref().map(|id| icps.iter().find(|icp| icp.id == *id));
    if icp == Some(None) {
        errors.add("icp", "is not an ICP of this workspace");
    }
    errors.finish()?;
    let fields = app.custom_fields.get(&caller.workspace).await?;
    let rules =
        icp.flatten().map(|icp| icp.profile.all_rules().map(|rule| rule_text(rule, &fields)).collect());
    let wish = SequenceWish {
        offer,
        icp: rules.unwrap_or_default(),
        steps: asked.steps,
        channels: asked.channels,
        tone: asked.tone,
        language: asked.language,
    };
    let who = (&caller.workspace, &caller.signed_in()?.user);
    let written = write(&app.ai, who, &wish).await?.map_err(|why| not_asked(&why))?;
    let view = |message: domain::sequence::writing::WrittenMessage| WrittenMessageView {
        channel: message.channel,
        wait_days: message.wait_days,
        subject: message.subject,
        text: message.text,
    };
    let messages = written.messages.into_iter().map(view).collect();
    Ok(JsonBody(WrittenSequenceView { name: written.name, messages }))
}
