//! `GET /api/settings/suppressions/export.csv`: the suppression list, or the entries that somebody looks for, as a file that
//! can be imported again and whose cells no spreadsheet executes.

use crate::App;
use crate::suppression_view::SuppressionView;
use application::PageRequest;
use application::lead::suppression_search::{SuppressionSearch, search_suppressions};
use axum::extract::State;
use axum::response::Response;
use domain::import::rejects::{BYTE_ORDER_MARK, write_csv_record};
use domain::lead::suppression_line::EXPORTED_COLUMNS;
use domain::workspace::access_record::AccessKind;
use http_api::{ApiError, ApiResult, Caller, Device, LARGEST_CSV_FILE, QueryOf, axum, csv_file, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuppressionExportQuery {
    /// A part of an address, a domain, a number or an id.
    q: Option<String>,
}

#[utoipa::path(get, path = "/api/settings/suppressions/export.csv", operation_id = "export_suppressions",
    params(SuppressionExportQuery), responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn export_suppressions(
    State(app): State<Arc<App>>,
    caller: Caller,
    device: Device,
    QueryOf(query): QueryOf<SuppressionExportQuery>,
) -> ApiResult<Response> {
    let search = query.q.as_deref().and_then(SuppressionSearch::parse);
    let mut csv = BYTE_ORDER_MARK.to_owned();
    write_csv_record(&mut csv, EXPORTED_COLUMNS);
    let mut rows_written = 0;
    let mut page = PageRequest::first(200);
    loop {
        let found = match &search {
            Some(search) => search_suppressions(&*app.suppressions, &caller.workspace, search, page).await?,
            None => app.suppressions.list(&caller.workspace, page).await?,
        };
        for entry in found.items {
            rows_written += 1;
            write_row(&mut csv, &entry.into());
        }
        if csv.len() > LARGEST_CSV_FILE {
            return Err(ApiError::invalid(
                "query",
                "the file would be too large: search for a part of the list",
            ));
        }
        if found.next_cursor.is_none() {
            break;
        }
        page = PageRequest { limit: 200, cursor: found.next_cursor };
    }
    let exported = (AccessKind::SuppressionsExported, caller.user_or_key());
    app.access.note(&caller.workspace, exported, device.origin(), Some(rows_written)).await;
    Ok(csv_file("suppression-list.csv", csv))
}

fn write_row(csv: &mut String, entry: &SuppressionView) {
    let since = entry.created_at.to_string();
    let until = entry.expires_at.map(|at| at.to_string()).unwrap_or_default();
    write_csv_record(csv, [entry.scope.as_str(), &entry.value, entry.reason.as_str(), &since, &until]);
}
