//! `GET /api/leads/board`: the leads that match, by stage.

use crate::App;
use crate::list_leads::{LeadListQuery, LeadRowView, query_of};
use application::lead::list::BoardColumn;
use application::ports::leads::LeadSort;
use axum::extract::State;
use domain::lead::stage::StageId;
use http_api::{ApiError, ApiResult, Caller, JsonBody, QueryOf, axum, utoipa};
use serde::{Deserialize, Serialize};
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
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BoardColumnView {
    pub stage: StageId,
    /// The number of leads in the stage, over all pages.
    pub count: usize,
    pub cards: Vec<LeadRowView>,
    pub next_cursor: Option<String>,
}

/// Each stage has its number of leads, its first cards, and a cursor for more of them.
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
    let columns: Vec<BoardColumnView> = columns.into_iter().map(BoardColumnView::from).collect();
    let total = columns.iter().map(|column| column.count).sum();
    Ok(JsonBody(BoardView { columns, total }))
}

impl From<BoardColumn> for BoardColumnView {
    fn from(BoardColumn { stage, page }: BoardColumn) -> Self {
        let cards = page.leads.into_iter().map(LeadRowView::from).collect();
        Self { stage, count: page.total, cards, next_cursor: page.next_cursor }
    }
}
