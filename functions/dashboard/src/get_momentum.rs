//! `GET /api/dashboard/momentum`: each metric compared with the equally long time before.

use crate::App;
use crate::days::{DaysQuery, back, span};
use crate::figures::{Figures, sum};
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, QueryOf, axum, utoipa};
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

/// The metrics that make sense as a flow; of stocks such as MRR the movements are shown.
const SHOWN: [&str; 17] = [
    "leads_created",
    "leads_contacted",
    "emails_sent",
    "sms_sent",
    "whatsapp_sent",
    "emails_delivered",
    "opened",
    "clicked",
    "replied",
    "preview_views",
    "turned_hot",
    "opted_out",
    "bounced",
    "leads_won",
    "payments",
    "collected_minor",
    "mrr_new_minor",
];

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Momentum {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    pub items: Vec<Movement>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Movement {
    /// The metric's name, as in the figures of the stats.
    pub metric: String,
    pub current: i64,
    pub before: i64,
    /// The relative change: 0.25 is a quarter more; absent if `before` is zero.
    pub change: Option<f64>,
}

/// Compares the last seven days with the seven before by default.
#[utoipa::path(get, path = "/api/dashboard/momentum", operation_id = "get_momentum", params(DaysQuery),
    responses((status = 200, body = Momentum)))]
pub async fn get_momentum(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<DaysQuery>,
) -> ApiResult<JsonBody<Momentum>> {
    let (from, to) = query.parse(app.clock.now(), 7)?;
    let begin = back(from, span(from, to));
    let days = app.days(&caller.workspace, begin, to).await?;
    let current = Figures::from(&sum(days.range(from..).map(|(_, counters)| counters)));
    let before = Figures::from(&sum(days.range(..from).map(|(_, counters)| counters)));
    let pairs = current.named().into_iter().zip(before.named());
    let items =
        pairs.filter(|((name, _), _)| SHOWN.contains(name)).map(|((name, now), (_, then))| Movement {
            metric: name.to_owned(),
            current: now,
            before: then,
            change: (then != 0).then(|| (now - then) as f64 / then.abs() as f64),
        });
    Ok(JsonBody(Momentum { from, to, items: items.collect() }))
}
