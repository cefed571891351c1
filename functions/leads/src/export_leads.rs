//! `GET /api/leads/export.csv`: the leads of a list as a file that an import can read and whose cells no
//! spreadsheet executes.

use crate::App;
use crate::list_leads::{LeadListQuery, query_of};
use application::ports::leads::LeadRow;
use axum::extract::State;
use axum::response::Response;
use domain::import::rejects::{BYTE_ORDER_MARK, OWN_EXPORT, write_csv_record};
use http_api::{ApiError, ApiResult, Caller, LARGEST_CSV_FILE, QueryOf, axum, csv_file, utoipa};
use std::sync::Arc;

/// The most rows that fit an answer.
const MOST: usize = 20_000;
const COLUMNS: [&str; 16] = [
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "city",
    "country",
    "category",
    "status",
    "priority",
    "score",
    "temperature",
    "tags",
    "last_contacted_at",
    "created_at",
    OWN_EXPORT,
];

#[utoipa::path(get, path = "/api/leads/export.csv", operation_id = "export_leads", params(LeadListQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn export_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<LeadListQuery>,
) -> ApiResult<Response> {
    let mut query = query_of(&query, app.clock.now())?;
    query.limit = MOST;
    let mut csv = BYTE_ORDER_MARK.to_owned();
    write_csv_record(&mut csv, COLUMNS);
    loop {
        let page = app.lists.page(&caller.workspace, &query).await?;
        if page.total > MOST {
            return Err(ApiError::invalid(
                "query",
                format!("more than {MOST} leads match: narrow the filter"),
            ));
        }
        page.leads.iter().for_each(|row| write_row(&mut csv, row));
        if csv.len() > LARGEST_CSV_FILE {
            return Err(ApiError::invalid("query", "the file would be too large: narrow the filter"));
        }
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    Ok(csv_file("leads.csv", csv))
}

fn write_row(csv: &mut String, row: &LeadRow) {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let word = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let cells = [
        text(&row.first_name),
        text(&row.last_name),
        text(&row.company),
        text(&row.email),
        text(&row.phone),
        text(&row.city),
        row.country.map(|country| country.to_string()).unwrap_or_default(),
        text(&row.category),
        word(serde_json::to_value(row.status)),
        word(serde_json::to_value(row.priority)),
        row.score.to_string(),
        word(serde_json::to_value(row.temperature)),
        row.tags.join("; "),
        row.last_contacted_at.map(|at| at.to_string()).unwrap_or_default(),
        row.created_at.to_string(),
        row.id.to_string(),
    ];
    write_csv_record(csv, cells.iter().map(String::as_str));
}
