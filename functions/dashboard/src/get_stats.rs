//! `GET /api/dashboard/stats`: the state of the workspace, today and this week.

use crate::App;
use crate::days::{back, today};
use crate::figures::{Amount, Figures, sum};
use crate::list_hot_leads::hot_leads;
use application::PageRequest;
use application::ports::stats::Metric;
use axum::extract::State;
use domain::campaign::CampaignState;
use domain::message::conversation::Folder;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

/// Lists are read up to this length: a number that reaches it means "this many or more".
const LOOKED_AT: usize = 200;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DashboardStats {
    /// The day that `today` is about, in UTC.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub leads: i64,
    pub clients: i64,
    /// The monthly recurring revenue in the workspace's currency; `GET /api/revenue` has the others.
    pub mrr: Amount,
    /// Enrolments that have not ended; `held` of them are held.
    pub in_flight: i64,
    pub held: i64,
    /// Messages whose delivery is uncertain.
    pub uncertain: i64,
    pub active_campaigns: usize,
    /// Leads that are hot now.
    pub hot_leads: usize,
    /// Conversations that wait for a reply from us; this and the two below stop counting at 200.
    pub inbox_open: usize,
    pub tasks_open: usize,
    pub tasks_due: usize,
    pub today: Figures,
    /// The last seven days, today included.
    pub week: Figures,
    /// The seven days before.
    pub last_week: Figures,
    pub total: Figures,
}

#[utoipa::path(get, path = "/api/dashboard/stats", operation_id = "get_stats",
    responses((status = 200, body = DashboardStats)))]
pub async fn get_stats(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<DashboardStats>> {
    let (workspace, now) = (&caller.workspace, app.clock.now());
    let date = today(now);
    let days = app.days(workspace, back(date, 13), date).await?;
    let currency = app.workspaces.get(workspace).await?.currency;
    let total = app.stats.total_in(workspace, currency).await?;
    let waiting = app.conversations.list(workspace, Folder::Open, PageRequest::first(LOOKED_AT)).await?.items;
    let tasks = app.tasks.open(workspace, None, PageRequest::first(LOOKED_AT)).await?.items;
    let hot = app.lists.page(workspace, caller.leads(), &hot_leads(1, now)).await?;
    let campaigns = app.campaigns.list(workspace).await?;
    let of = |metric| total.get(&metric).copied().unwrap_or(0);
    let week = back(date, 6);
    Ok(JsonBody(DashboardStats {
        date,
        leads: of(Metric::LeadsCreated) - of(Metric::LeadsDeleted),
        clients: of(Metric::Clients),
        mrr: Amount { amount_minor: of(Metric::MrrMinor), currency },
        in_flight: of(Metric::InFlight),
        held: of(Metric::Held),
        uncertain: of(Metric::Uncertain),
        active_campaigns: campaigns.iter().filter(|c| c.state == CampaignState::Active).count(),
        hot_leads: hot.total,
        inbox_open: waiting.len(),
        tasks_open: tasks.len(),
        tasks_due: tasks.iter().filter(|task| task.due_at <= now).count(),
        today: Figures::from(&sum(days.get(&date))),
        week: Figures::from(&sum(days.range(week..).map(|(_, counters)| counters))),
        last_week: Figures::from(&sum(days.range(..week).map(|(_, counters)| counters))),
        total: Figures::from(&total),
    }))
}
