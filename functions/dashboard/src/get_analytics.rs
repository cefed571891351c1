//! `GET /api/analytics/dashboard`: the funnel, channels, rates, why enrolments ended, and the sizes of the
//! queues.

use crate::App;
use crate::days::DaysQuery;
use crate::figures::{Figures, Rate, sum};
use application::queue_messages::Queue;
use axum::extract::State;
use domain::WorkspaceId;
use domain::contact::channel::Channel;
use http_api::{ApiResult, Caller, JsonBody, QueryOf, axum, utoipa};
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Analytics {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// The stages from the widest to the narrowest.
    pub funnel: Vec<FunnelStage>,
    pub channels: Vec<ChannelFigures>,
    pub rates: Rates,
    pub ended: EndFigures,
    pub counters: Figures,
    /// Totals over all queues; absent if they cannot be read, and for every workspace except the one that
    /// installed this server.
    pub queues: Option<QueueTotals>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FunnelStage {
    /// `created`, `contacted`, `delivered`, `opened`, `clicked`, `replied`, `qualified`, `won`.
    pub stage: String,
    /// Leads; for `delivered`, `opened` and `clicked`: messages.
    pub count: i64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ChannelFigures {
    pub channel: Channel,
    pub sent: i64,
    /// Mails that have not bounced, and texts reported as delivered.
    pub delivered: Rate,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Rates {
    /// Shares of the e-mails sent: opened, clicked, bounced.
    pub opened: Rate,
    pub clicked: Rate,
    pub bounced: Rate,
    /// Shares of the leads contacted: replied, opted out, won.
    pub replied: Rate,
    pub opted_out: Rate,
    pub won: Rate,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EndFigures {
    pub finished: i64,
    pub replied: i64,
    pub opted_out: i64,
    pub bounced: i64,
    pub won: i64,
    pub other: i64,
}

#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct QueueTotals {
    pub waiting: u64,
    pub in_flight: u64,
    pub delayed: u64,
    pub dead: u64,
}

/// Covers the last 30 days by default.
#[utoipa::path(get, path = "/api/analytics/dashboard", operation_id = "get_analytics", params(DaysQuery),
    responses((status = 200, body = Analytics)))]
pub async fn get_analytics(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<DaysQuery>,
) -> ApiResult<JsonBody<Analytics>> {
    let (from, to) = query.parse(app.clock.now(), 30)?;
    let days = app.days(&caller.workspace, from, to).await?;
    let counters = Figures::from(&sum(days.values()));
    Ok(JsonBody(Analytics {
        from,
        to,
        funnel: funnel(&counters),
        channels: channels(&counters),
        rates: rates(&counters),
        ended: ended(&counters),
        queues: queues(&app, &caller.workspace).await,
        counters,
    }))
}

fn funnel(c: &Figures) -> Vec<FunnelStage> {
    let stages = [
        ("created", c.leads_created),
        ("contacted", c.leads_contacted),
        ("delivered", c.emails_delivered + c.sms_delivered + c.whatsapp_delivered),
        ("opened", c.opened),
        ("clicked", c.clicked),
        ("replied", c.leads_replied),
        ("qualified", c.leads_qualified),
        ("won", c.leads_won),
    ];
    stages.map(|(stage, count)| FunnelStage { stage: stage.to_owned(), count }).into()
}

fn channels(c: &Figures) -> Vec<ChannelFigures> {
    let of =
        |channel, sent, delivered| ChannelFigures { channel, sent, delivered: Rate::new(delivered, sent) };
    vec![
        of(Channel::Email, c.emails_sent, c.emails_delivered),
        of(Channel::Sms, c.sms_sent, c.sms_delivered),
        of(Channel::Whatsapp, c.whatsapp_sent, c.whatsapp_delivered),
    ]
}

fn rates(c: &Figures) -> Rates {
    Rates {
        opened: Rate::new(c.opened, c.emails_sent),
        clicked: Rate::new(c.clicked, c.emails_sent),
        bounced: Rate::new(c.bounced, c.emails_sent + c.sms_sent + c.whatsapp_sent),
        replied: Rate::new(c.leads_replied, c.leads_contacted),
        opted_out: Rate::new(c.opted_out, c.leads_contacted),
        won: Rate::new(c.leads_won, c.leads_contacted),
    }
}

fn ended(c: &Figures) -> EndFigures {
    EndFigures {
        finished: c.finished,
        replied: c.ended_replied,
        opted_out: c.ended_opted_out,
        bounced: c.ended_bounced,
        won: c.ended_won,
        other: c.ended_other,
    }
}

/// Reads the totals of the queues; a failure leaves them out, and the other figures stand. Queues are shared
/// by all workspaces, so only the workspace that installed this server sees them.
async fn queues(app: &App, workspace: &WorkspaceId) -> Option<QueueTotals> {
    let first_workspace = app.users.first_workspace().await;
    let first_workspace =
        first_workspace.inspect_err(|error| tracing::warn!(%error, "nobody knows who installed this"));
    if first_workspace.ok()?.as_ref() != Some(workspace) {
        return None;
    }
    let all = Queue::ALL.map(|queue| app.queues.depth(queue));
    let mut totals = QueueTotals::default();
    for depth in futures::future::join_all(all).await {
        let depth = depth.inspect_err(|error| tracing::warn!(%error, "a queue's depth is unknown")).ok()?;
        totals.waiting += depth.waiting;
        totals.in_flight += depth.in_flight;
        totals.delayed += depth.delayed;
        totals.dead += depth.dead;
    }
    Some(totals)
}
