//! `GET /api/leads/export.csv`: the leads of a list, with what they have opted out of and agreed to and their custom
//! fields, as a file that an import can read and whose cells no spreadsheet executes.

use crate::App;
use crate::list_leads::{LeadListQuery, query_of};
use application::lead::suppression_lookup::scopes_of;
use application::ports::leads::LeadRow;
use axum::extract::State;
use axum::response::Response;
use domain::LeadId;
use domain::import::consent_columns;
use domain::import::field_columns::exported_header;
use domain::import::opt_out_columns::RowOptOuts;
use domain::import::rejects::{BYTE_ORDER_MARK, EXPORTED, write_csv_record};
use domain::lead::Lead;
use domain::lead::custom_field::CustomField;
use domain::lead::stage::Stages;
use domain::lead::suppression::{Endings, Suppression, SuppressionScope};
use domain::workspace::access_record::AccessKind;
use http_api::{ApiError, ApiResult, Caller, Device, LARGEST_CSV_FILE, QueryOf, axum, csv_file, utoipa};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The most rows that fit an answer.
const MOST: usize = 20_000;
/// The leads that are read at once, with their entries on the suppression list.
const LEADS_AT_ONCE: usize = 500;

#[utoipa::path(get, path = "/api/leads/export.csv", operation_id = "export_leads", params(LeadListQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn export_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    device: Device,
    QueryOf(query): QueryOf<LeadListQuery>,
) -> ApiResult<Response> {
    let mut query = query_of(&query, app.clock.now())?;
    query.limit = MOST;
    query.columns.clear();
    let fields = app.custom_fields.get(&caller.workspace).await?;
    let stages = app.stages.get(&caller.workspace).await?;
    let endings = caller.read_workspace(&*app.workspaces).await?.endings;
    let headers: Vec<String> = fields.fields.iter().map(|field| exported_header(field, &fields)).collect();
    let mut rows_written = 0;
    let mut csv = BYTE_ORDER_MARK.to_owned();
    write_csv_record(&mut csv, EXPORTED.into_iter().chain(headers.iter().map(String::as_str)));
    loop {
        let page = app.lists.page(&caller.workspace, caller.leads(), &query).await;
        let page = page.map_err(|error| ApiError::of_query(error, "query"))?;
        if page.total > MOST {
            return Err(ApiError::invalid(
                "query",
                format!("more than {MOST} leads match: narrow the filter"),
            ));
        }
        for rows in page.leads.chunks(LEADS_AT_ONCE) {
            let details = details_of(&app, &caller, (rows, &endings)).await?;
            rows_written += rows.len() as u64;
            for row in rows {
                let detail = details.get(&row.id);
                let cell = |field: &CustomField| detail.and_then(|lead| lead.custom.get(&field.key)).cloned();
                write_row(
                    &mut csv,
                    (row, &stages),
                    detail.map_or_else(Default::default, |lead| (lead.said.clone(), lead.chat_user.clone())),
                    fields.fields.iter().map(|field| cell(field).unwrap_or_default()),
                );
            }
            if csv.len() > LARGEST_CSV_FILE {
                return Err(ApiError::invalid("query", "the file would be too large: narrow the filter"));
            }
        }
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    let exported = (AccessKind::Exported, caller.user_or_key());
    app.access.note(&caller.workspace, exported, device.origin(), Some(rows_written)).await;
    Ok(csv_file("leads.csv", csv))
}

/// What a row tells of its lead that the list of leads does not have.
struct Detail {
    custom: BTreeMap<String, String>,
    /// The cells that say what the lead has opted out of, whether it may have, and what it has agreed to, as an import reads
    /// them.
    said: [String; 9],
    chat_user: String,
}

async fn details_of(
    app: &App,
    caller: &Caller,
    (rows, endings): (&[LeadRow], &Endings),
) -> ApiResult<HashMap<LeadId, Detail>> {
    let ids: Vec<LeadId> = rows.iter().map(|row| row.id.clone()).collect();
    let leads = app.leads.get_many(&caller.workspace, &ids).await?;
    let scopes: BTreeSet<SuppressionScope> = leads.iter().flat_map(scopes_of).collect();
    let listed = match scopes.is_empty() {
        true => Vec::new(),
        false => app.enrolling.suppressions.find(&caller.workspace, &Vec::from_iter(scopes)).await?,
    };
    let now = app.clock.now();
    let mut in_force: HashMap<SuppressionScope, Vec<Suppression>> = HashMap::new();
    for entry in listed.into_iter().filter(|entry| entry.in_force(now)) {
        in_force.entry(entry.scope.clone()).or_default().push(entry);
    }
    let detail = |lead: Lead| {
        let mut says = RowOptOuts { all: lead.do_not_contact, ..RowOptOuts::default() };
        for scope in scopes_of(&lead) {
            for entry in in_force.get(&scope).into_iter().flatten() {
                says.note_entry(entry, endings);
            }
        }
        let [all, opted_out, bounced] = says.exported();
        let possible = if lead.opt_out_hold.is_some() { "yes" } else { "" };
        let [basis, on, note, channels] = consent_columns::exported(&lead.consents);
        let tracking = lead.tracking_consent.map(|on| on.to_string()).unwrap_or_default();
        let said = [all, opted_out, bounced, possible.to_owned(), basis, on, note, channels, tracking];
        let chat_user = lead.chat_user.map(String::from).unwrap_or_default();
        (lead.id, Detail { custom: lead.custom, said, chat_user })
    };
    Ok(leads.into_iter().map(detail).collect())
}

fn write_row(
    csv: &mut String,
    (row, stages): (&LeadRow, &Stages),
    (said, chat_user): ([String; 9], String),
    custom: impl Iterator<Item = String>,
) {
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
        chat_user,
        text(&row.city),
        row.country.map(|country| country.to_string()).unwrap_or_default(),
        text(&row.category),
        stages.stage(row.status).map_or_else(|| row.status.to_string(), |stage| stage.name.clone()),
        row.stage_since.to_string(),
        row.lost_reason
            .map(|id| stages.lost_reason(id).map_or_else(|| id.to_string(), |reason| reason.name.clone()))
            .unwrap_or_default(),
        word(serde_json::to_value(row.priority)),
        row.score.to_string(),
        word(serde_json::to_value(row.temperature)),
        row.tags.join("; "),
        row.last_contacted_at.map(|at| at.to_string()).unwrap_or_default(),
        row.created_at.to_string(),
    ];
    let cells: Vec<String> =
        cells.into_iter().chain(said).chain([row.id.to_string()]).chain(custom).collect();
    write_csv_record(csv, cells.iter().map(String::as_str));
}
