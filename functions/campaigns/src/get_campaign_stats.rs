//! `GET /api/campaigns/{id}/stats`: a campaign's figures, in total and by step, read from counters.

use crate::App;
use application::campaign::version_sent::version_sent;
use application::ports::stats::{Counters, Metric};
use axum::extract::State;
use domain::sequence::step_kind::StepType;
use domain::{CampaignId, StepId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignStats {
    pub enrolments: EnrolmentFigures,
    pub messages: MessageFigures,
    /// Leads who became clients and whose latest campaign was this one, however their enrolment had ended by
    /// then.
    pub clients: i64,
    pub steps: Vec<StepStats>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolmentFigures {
    pub enrolled: i64,
    /// Enrolments that have not ended.
    pub in_flight: i64,
    pub held: i64,
    /// Held enrolments that wait for a user's decision about a late message.
    pub late: i64,
    pub finished: i64,
    pub replied: i64,
    pub opted_out: i64,
    pub bounced: i64,
    /// Enrolments that ended because the lead paid; see also `clients`.
    pub won: i64,
    pub other: i64,
}

/// The leads' behaviour; opens and clicks by machines are not counted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MessageFigures {
    pub sent_email: i64,
    pub sent_sms: i64,
    pub sent_whatsapp: i64,
    /// Mails that have not bounced, and texts reported as delivered.
    pub delivered: i64,
    /// Messages that were opened at least once; `clicked` and `replied` count messages too.
    pub opened: i64,
    pub clicked: i64,
    /// Opens and clicks by machines, each visit once, which are left out of `opened` and `clicked`.
    pub machine_visits: i64,
    pub replied: i64,
    pub opted_out: i64,
    /// Messages reported as spam.
    pub complained: i64,
    pub bounced: i64,
    pub failed: i64,
    pub uncertain: i64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepStats {
    pub step: u16,
    pub id: StepId,
    pub kind: StepType,
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
        kind: step.kind.step_type(),
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
        machine_visits: of(counters, Metric::MachineVisits),
        replied: of(counters, Metric::Answered),
        opted_out: of(counters, Metric::LedToOptOut),
        complained: of(counters, Metric::Complained),
        bounced: of(counters, Metric::Bounced),
        failed: of(counters, Metric::SendFailed),
        uncertain: of(counters, Metric::Uncertain),
    }
}
