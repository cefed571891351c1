//! `GET /api/pipeline/health`: how fast leads go through the stages, how many go on, how long they wait, and whether the
//! open deals reach what was won before.

use crate::App;
use crate::deal_view::DealSumsView;
use application::deals::with_leads::{DealOfLead, closed_deals, open_deals};
use application::ports::leads::LeadQuery;
use axum::extract::State;
use domain::deal::pipeline_health::{StageAges, StageFlow, Wins, stage_flow, wins};
use domain::deal::{DealOutcome, DealSums};
use domain::lead::scope::LeadScope;
use domain::lead::stage::StageId;
use domain::time::calendar_month::CalendarMonth;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The days that conversion and the times in stages look back.
const DAYS: i64 = 90;
/// The days in which the first stage of a lead that was won is looked for.
const DAYS_OF_HISTORY: i64 = 365;
/// The most moves that are read.
const MOST_MOVES: usize = 50_000;

/// The whole workspace, whoever owns the leads.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PipelineHealth {
    /// The open stages in the workspace's order.
    pub stages: Vec<StageHealth>,
    /// The days that `left`, `went_on`, `lost` and the times look back.
    pub days: i64,
    /// Leads that were won in these days.
    pub won: usize,
    /// The median hours from a lead's first known stage until it was won.
    pub hours_to_win: Option<i64>,
    /// Open deals that are expected until the end of this month, overdue ones included.
    pub this_month: DealSumsView,
    /// Open deals that are expected until the end of the month after next, overdue ones included.
    pub three_months: DealSumsView,
    /// Deals that were won in the three months before this one.
    pub won_three_months: DealSumsView,
    /// There are more deals or moves than are read: the figures are incomplete.
    pub cut_off: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StageHealth {
    pub stage: StageId,
    /// The leads in the stage, by the whole days that they have been in it.
    pub under_7_days: usize,
    pub under_30_days: usize,
    pub under_90_days: usize,
    pub over_90_days: usize,
    /// The leads that are in it for longer than the workspace wants.
    pub stale: usize,
    /// The leads that left the stage.
    pub left: usize,
    /// Those of them that went to a later stage, won included.
    pub went_on: usize,
    pub lost: usize,
    /// The median hours that they were in the stage.
    pub median_hours: Option<i64>,
    /// The open deals of the leads in the stage.
    pub deals: DealSumsView,
}

#[utoipa::path(get, path = "/api/pipeline/health", operation_id = "get_pipeline_health",
    responses((status = 200, body = PipelineHealth)))]
pub async fn get_pipeline_health(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PipelineHealth>> {
    let (workspace, all, now) = (&caller.workspace, &LeadScope::All, app.clock.now());
    let month = CalendarMonth::at(now);
    let stages = app.stages.get(workspace).await?;
    let moves = app.stages.moves_since(workspace, days_ago(now, DAYS_OF_HISTORY), MOST_MOVES).await?;
    let open = open_deals(&app.deals, workspace, all, (&LeadQuery::default(), None)).await?;
    let before = month.before().before().before();
    let closed = closed_deals(&app.deals, workspace, all, before.start()).await?;
    let mut by_stage: BTreeMap<u8, DealSums> = BTreeMap::new();
    let (mut this_month, mut three_months, mut won) =
        (DealSums::default(), DealSums::default(), DealSums::default());
    let third = CalendarMonth::at(CalendarMonth::at(month.end()).end());
    for DealOfLead { deal, lead, chance } in &open.deals {
        by_stage.entry(lead.stage.number()).or_default().add(deal, *chance);
        let expected = deal.close_on.strftime("%Y-%m").to_string();
        if expected.as_str() <= month.as_str() {
            this_month.add(deal, *chance);
        }
        if expected.as_str() <= third.as_str() {
            three_months.add(deal, *chance);
        }
    }
    for DealOfLead { deal, .. } in &closed.deals {
        let is_counted = |closing: &domain::deal::DealClosing| {
            closing.outcome == DealOutcome::Won && closing.at < month.start()
        };
        if deal.closed.as_ref().is_some_and(is_counted) {
            won.add(deal, 100);
        }
    }
    let mut ages: BTreeMap<u8, StageAges> = BTreeMap::new();
    for (id, since) in app.lists.stages_of_open(workspace).await? {
        if let Some(stage) = stages.stage(id) {
            ages.entry(id.number()).or_default().add(stage, since, now);
        }
    }
    let since = days_ago(now, DAYS);
    let of_stage = |id: StageId| {
        let ages = ages.get(&id.number()).cloned().unwrap_or_default();
        let deals = by_stage.get(&id.number()).map(DealSumsView::from).unwrap_or_default();
        StageHealth::of(id, ages, stage_flow(&stages, id, &moves, since), deals)
    };
    let open_stages = stages.stages.iter().map(|stage| stage.id).filter(|id| !id.is_closed());
    let Wins { won: wins_made, median_hours: hours_to_win } = wins(&moves, since);
    Ok(JsonBody(PipelineHealth {
        stages: open_stages.map(of_stage).collect(),
        days: DAYS,
        won: wins_made,
        hours_to_win,
        this_month: (&this_month).into(),
        three_months: (&three_months).into(),
        won_three_months: (&won).into(),
        cut_off: open.cut_off || closed.cut_off || moves.len() >= MOST_MOVES,
    }))
}

fn days_ago(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN)
}

impl StageHealth {
    fn of(stage: StageId, ages: StageAges, flow: StageFlow, deals: DealSumsView) -> Self {
        Self {
            stage,
            under_7_days: ages.under_7_days,
            under_30_days: ages.under_30_days,
            under_90_days: ages.under_90_days,
            over_90_days: ages.over_90_days,
            stale: ages.stale,
            left: flow.left,
            went_on: flow.went_on,
            lost: flow.lost,
            median_hours: flow.median_hours,
            deals,
        }
    }
}
