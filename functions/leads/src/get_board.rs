//! `GET /api/leads/board`: the leads that match, by stage.

use crate::App;
use crate::deal_view::DealSumsView;
use crate::list_leads::{LeadListQuery, LeadRowView, query_of};
use application::deals::with_leads::{DealOfLead, open_deals};
use application::lead::list::BoardColumn;
use application::ports::leads::LeadSort;
use axum::extract::State;
use domain::deal::DealSums;
use domain::lead::stage::StageId;
use http_api::{ApiError, ApiResult, Caller, JsonBody, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the board asks besides what the list does. There, `limit` is the number of cards of each stage, `sort` is `score`
/// if left out, and `cursor` continues the one stage that `status` names.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BoardQuery {
    /// Won and lost leads are shown if they became so within the last so many days, 1–3,650; all of them are, if left out.
    closed_days: Option<u32>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BoardView {
    /// The stages in the workspace's order, or those that `status` names.
    pub columns: Vec<BoardColumnView>,
    /// The number of leads in all of them.
    pub total: usize,
    /// The open deals of these leads.
    pub deals: DealSumsView,
    /// The workspace has more than 10,000 open deals: their sums are too low.
    pub deals_cut_off: bool,
    /// The time up to which the board has what others changed, as in the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BoardColumnView {
    pub stage: StageId,
    /// The number of leads in the stage, over all pages.
    pub count: usize,
    /// The open deals of the leads in the stage, over all pages.
    pub deals: DealSumsView,
    pub cards: Vec<LeadRowView>,
    pub next_cursor: Option<String>,
}

/// Each stage has its number of leads, what their open deals come to, its first cards, and a cursor for more of them.
#[utoipa::path(get, path = "/api/leads/board", operation_id = "get_board", params(LeadListQuery, BoardQuery),
    responses((status = 200, body = BoardView)))]
pub async fn get_board(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(list): QueryOf<LeadListQuery>,
    QueryOf(board): QueryOf<BoardQuery>,
) -> ApiResult<JsonBody<BoardView>> {
    let mut query = query_of(&list, app.clock.now())?;
    if list.names_no_sort() {
        (query.sort, query.descending) = (LeadSort::Score, true);
    }
    if board.closed_days.is_some_and(|days| !(1..=3_650).contains(&days)) {
        return Err(ApiError::invalid("query.closed_days", "must be from 1 to 3,650"));
    }
    let asked = std::mem::take(&mut query.filter.status);
    let columns = if query.cursor.is_some() {
        let [stage] = asked[..] else {
            return Err(ApiError::invalid("query.status", "must name one stage with a cursor"));
        };
        let column = app
            .lists
            .board_column(&caller.workspace, caller.leads(), &query, (stage, board.closed_days))
            .await;
        column.map(|column| vec![column])
    } else {
        let known = app.stages.get(&caller.workspace).await?;
        let stages = known.stages.iter().map(|stage| stage.id);
        let stages: Vec<StageId> = stages.filter(|stage| asked.is_empty() || asked.contains(stage)).collect();
        app.lists.board(&caller.workspace, caller.leads(), &query, (&stages, board.closed_days)).await
    };
    let columns = columns.map_err(|error| ApiError::of_query(error, "query"))?;
    query.cursor = None;
    let open = (&query, board.closed_days);
    let open = open_deals(&app.deals, &caller.workspace, caller.leads(), open).await?;
    let mut by_stage = BTreeMap::new();
    for DealOfLead { deal, lead, chance } in &open.deals {
        by_stage.entry(lead.stage.number()).or_insert_with(DealSums::default).add(deal, *chance);
    }
    let (mut total, mut all, mut shown) = (0, DealSums::default(), Vec::with_capacity(columns.len()));
    for column in columns {
        let deals = by_stage.remove(&column.stage.number()).unwrap_or_default();
        total += column.page.total;
        all.join(&deals);
        shown.push(BoardColumnView::of(column, &deals));
    }
    let (deals, as_of) = ((&all).into(), app.lists.as_of().await);
    Ok(JsonBody(BoardView { columns: shown, total, deals, deals_cut_off: open.cut_off, as_of }))
}

impl BoardColumnView {
    fn of(BoardColumn { stage, page }: BoardColumn, deals: &DealSums) -> Self {
        let cards = page.leads.into_iter().map(LeadRowView::from).collect();
        Self { stage, count: page.total, deals: deals.into(), cards, next_cursor: page.next_cursor }
    }
}
