//! `GET /api/campaigns/{id}/stats`: how a campaign goes, as a whole and step by step, from figures kept ready.

use crate::App;
use application::campaign::version_sent::version_sent;
use application::ports::stats::{Counters, Metric};
use axum::extract::State;
use domain::{CampaignId, StepId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignStats {
    pub enrolments: EnrolmentFigures,
    pub messages: MessageFigures,
    /// Who became a client, however their sequence had ended by then, where this campaign was their latest.
    pub clients: i64,
    pub steps: Vec<StepStats>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolmentFigures {
    pub enrolled: i64,
    /// Not ended.
    pub in_flight: i64,
    pub held: i64,
    /// Of these, who waits for an answer whether a late message still goes out.
    pub late: i64,
    pub finished: i64,
    pub replied: i64,
    pub opted_out: i64,
    pub bounced: i64,
    /// Whom their payment took out: see also `clients`.
    pub won: i64,
    pub other: i64,
}

/// Actions of people; machines are not counted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MessageFigures {
    pub sent_email: i64,
    pub sent_sms: i64,
    pub sent_whatsapp: i64,
    /// Mails that have not come back, and texts that are reported to have arrived.
    pub delivered: i64,
    /// Messages, not openings; and so on.
    pub opened: i64,
    pub clicked: i64,
    pub replied: i64,
    pub opted_out: i64,
    /// Reported as spam.
    pub complained: i64,
    pub bounced: i64,
    pub failed: i64,
    pub uncertain: i64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepStats {
    pub step: u16,
    pub id: StepId,
    /// `email`, `sms`, `whatsapp`, `task`, …
    pub kind: String,
    /// A mail's subject or a task's title.
    pub headline: String,
    pub messages: MessageFigures,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/stats", operation_id = "get_campaign_stats",
    params(("id" = CampaignId, Path)), responses((status = 200, body = CampaignStats)))]
pub async fn get_campaign_stats(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<CampaignStats>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let number = version_sent(&*app.sequences, &campaign).await?;
    let version = app.sequences.version(&caller.workspace, &campaign.sequence, number).await?;
    let counted = app.stats.campaign(&caller.workspace, &id).await?;
    let none = Counters::new();
    let steps = version.steps.into_iter().zip(0_u16..).map(|(step, index)| StepStats {
        messages: messages(counted.steps.get(step.id.tail()).unwrap_or(&none)),
        step: index,
        kind: step.kind.as_str().to_owned(),
        headline: step.kind.headline().to_owned(),
        id: step.id,
    });
    Ok(JsonBody(CampaignStats {
        enrolments: enrolments(&counted.all),
        messages: messages(&counted.all),
        clients: of(&counted.all, Metric::Clients),
        steps: steps.collect(),
    }))
}

fn of(counters: &Counters, metric: Metric) -> i64 {
    counters.get(&metric).copied().unwrap_or(0)
}

fn enrolments(counters: &Counters) -> EnrolmentFigures {
    EnrolmentFigures {
        enrolled: of(counters, Metric::Enrolled),
        in_flight: of(counters, Metric::InFlight),
        held: of(counters, Metric::Held),
        late: of(counters, Metric::Late),
        finished: of(counters, Metric::Finished),
        replied: of(counters, Metric::EndedReplied),
        opted_out: of(counters, Metric::EndedOptedOut),
        bounced: of(counters, Metric::EndedBounced),
        won: of(counters, Metric::EndedWon),
        other: of(counters, Metric::EndedOther),
    }
}

fn messages(counters: &Counters) -> MessageFigures {
    MessageFigures {
        sent_email: of(counters, Metric::EmailsSent),
        sent_sms: of(counters, Metric::SmsSent),
        sent_whatsapp: of(counters, Metric::WhatsappSent),
        delivered: [Metric::EmailsDelivered, Metric::SmsDelivered, Metric::WhatsappDelivered]
            .map(|metric| of(counters, metric))
            .iter()
            .sum(),
        opened: of(counters, Metric::Opened),
        clicked: of(counters, Metric::Clicked),
        replied: of(counters, Metric::Answered),
        opted_out: of(counters, Metric::LedToOptOut),
        complained: of(counters, Metric::Complained),
        bounced: of(counters, Metric::Bounced),
        failed: of(counters, Metric::SendFailed),
        uncertain: of(counters, Metric::Uncertain),
    }
}
