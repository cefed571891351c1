//! `POST /api/leads/import`: imports a whole file in one request; the meaning of its columns is recognised.

use crate::App;
use crate::check_import::ready;
use crate::create_import::blank;
use crate::import_view::ImportView;
use crate::options_body::{ImportConsentBody, ImportOptionsBody, ValueOptionsBody, defaults};
use crate::received::{read_encoding, recognise, refuse_guess};
use application::imports::fit::fit;
use application::ports::imports::blob_keys;
use axum::extract::State;
use domain::CampaignId;
use domain::event::{Event, EventKind};
use domain::import::consent_columns::channels;
use domain::import::mapping::ColumnUse;
use domain::import::opt_out_columns::target_for;
use domain::import::{BadValues, Column, Import, ImportConsent};
use domain::lead::attributes::Target;
use domain::lead::consent::ConsentBasis;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, QueryOf, RawBody, axum, utoipa};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Chunks are small enough for progress to be seen.
const CHUNK: usize = 256 * 1024;
const TYPES: [&str; 6] = [
    "text/csv",
    "application/csv",
    "text/plain",
    "text/tab-separated-values",
    "application/json",
    "application/x-ndjson",
];

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportFileQuery {
    /// The country of phone numbers without a country code. If left out, that of the file's other numbers,
    /// else the workspace's.
    country: Option<String>,
    file_name: Option<String>,
    /// The encoding of the text, a WHATWG name such as `windows-1251`. If left out, it is recognised; a file that
    /// may be in several is refused.
    encoding: Option<String>,
    /// A tag that every lead of the file gets.
    tag: Option<String>,
    /// What becomes of a row with a value that its custom field cannot read: `reject` (if left out), or
    /// `leave_out`, which imports it without the value.
    bad_values: Option<BadValues>,
    /// The campaign in which created leads are enrolled.
    #[param(value_type = Option<String>)]
    campaign: Option<CampaignId>,
    /// The consent of rows whose columns name none.
    #[param(value_type = Option<ConsentBasis>)]
    consent: Option<ConsentBasis>,
    /// The day of that consent, such as `2026-11-28`; that of the import if left out.
    consent_on: Option<String>,
    /// The channels that the consent is for, such as `email,sms`; e-mail if left out.
    consent_channels: Option<String>,
    /// The place or form where the leads agreed, in your words.
    consent_note: Option<String>,
    /// The names of columns that say who has opted out, between commas, or as JSON where one has a comma.
    opt_out_columns: Option<String>,
    /// The names of columns that look so, or are recognised as such, and say nothing of opt-outs.
    no_opt_out_columns: Option<String>,
    /// Only counts what would be done.
    #[serde(default)]
    dry_run: bool,
    /// Accept the file although the same one was imported before.
    #[serde(default)]
    force: bool,
}

#[utoipa::path(post, path = "/api/leads/import", operation_id = "import_file", params(ImportFileQuery),
    request_body(content = String, content_type = "text/csv", description = "CSV, or a JSON array of objects; at most 5 MB."),
    responses((status = 200, body = ImportView), (status = 202, body = ImportView)))]
pub async fn import_file(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<ImportFileQuery>,
    body: RawBody,
) -> ApiResult<(StatusCode, JsonBody<ImportView>)> {
    if !TYPES.contains(&body.media_type.as_str()) {
        let detail = "Send the file as text/csv or application/json.";
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
    }
    if body.bytes.is_empty() {
        return Err(ApiError::invalid("file", "the file is empty"));
    }
    let (dry_run, force) = (query.dry_run, query.force);
    let encoding = read_encoding(query.encoding.as_deref())?;
    let opt_outs = columns("query.opt_out_columns", query.opt_out_columns.as_deref())?;
    let no_opt_outs = columns("query.no_opt_out_columns", query.no_opt_out_columns.as_deref())?;
    let mut import = create_from_query(&app, &caller, query, &body.bytes).await?;
    let fields = app.custom_fields.get(&caller.workspace).await?;
    recognise(&mut import, &body.bytes, encoding, &fields)?;
    refuse_guess(&import)?;
    for header in opt_outs {
        let column = named(&mut import, "query.opt_out_columns", &header)?;
        column.set_use(ColumnUse::Fixed(target_for(&header)));
    }
    for header in no_opt_outs {
        let column = named(&mut import, "query.no_opt_out_columns", &header)?;
        // Its name may be one that is recognised. Another use takes the answer away, so that comes last.
        if column.target.is_some_and(Target::is_opt_out) {
            column.set_use(ColumnUse::NewField);
        }
        column.no_opt_out = true;
    }
    let home = caller.read_workspace(&*app.workspaces).await?.default_country;
    fit(&mut import, std::slice::from_ref(&body.bytes), true, (home, &fields));
    ready(&import, &fields)?;
    if !dry_run {
        App::demand_fields(&caller, &import, &fields)?;
    }
    let latest = app.imports.list(&caller.workspace).await?;
    if !force {
        App::refuse_repeat(&caller, &import, &latest)?;
    }
    app.refuse_beyond_quota(&latest)?;
    for (number, chunk) in (0..).zip(body.bytes.chunks(CHUNK)) {
        let key = blob_keys::chunk(&import.workspace, &import.id, number);
        app.blobs.put(&key, "application/octet-stream", chunk.to_vec()).await?;
        import.chunks = number + 1;
    }
    let event = Event::new(EventKind::ImportCreated, caller.actor(), import.created_at);
    import.rev = app.imports.save(&import, &event).await?;
    if dry_run {
        app.check(&caller, &mut import).await?;
        return Ok((StatusCode::OK, JsonBody(import.into())));
    }
    app.commit(&caller, &mut import).await?;
    Ok((StatusCode::ACCEPTED, JsonBody(import.into())))
}

/// Reads names of columns: between commas, or as JSON where one of them has a comma.
fn columns(parameter: &str, text: Option<&str>) -> ApiResult<Vec<String>> {
    let text = text.unwrap_or_default();
    let names: Vec<String> = match text.starts_with('[') {
        true => serde_json::from_str(text)
            .map_err(|_| ApiError::invalid(parameter, "is no list of texts as JSON"))?,
        false => text.split(',').map(|name| name.trim().to_owned()).collect(),
    };
    Ok(names.into_iter().filter(|name| !name.is_empty()).collect())
}

fn named<'i>(import: &'i mut Import, parameter: &str, header: &str) -> ApiResult<&'i mut Column> {
    let column = import.columns.iter_mut().find(|column| column.header == header);
    column.ok_or_else(|| ApiError::invalid(parameter, format!("the file has no column '{header}'")))
}

async fn create_from_query(
    app: &App,
    caller: &Caller,
    query: ImportFileQuery,
    bytes: &[u8],
) -> ApiResult<Import> {
    let workspace = caller.read_workspace(&*app.workspaces).await?;
    let mut options = defaults(workspace.default_country);
    let channels = match query.consent_channels.as_deref() {
        None => ImportConsent::default().channels,
        Some(text) => channels(text).ok_or_else(|| {
            ApiError::invalid("query.consent_channels", "is not a list of email, sms and whatsapp")
        })?,
    };
    let chosen = ImportConsentBody { basis: query.consent, on: query.consent_on, channels };
    let said = ImportOptionsBody {
        default_country: query.country.map(Some),
        tag: query.tag.map(Some),
        campaign: query.campaign.map(Some),
        values: ValueOptionsBody { bad_values: query.bad_values, ..ValueOptionsBody::default() },
        consent_basis: query.consent_note.map(Some),
        consent: Some(chosen),
        ..ImportOptionsBody::default()
    };
    said.apply(app, caller, &mut options).await?;
    let name: String = query.file_name.unwrap_or_default().trim().chars().take(255).collect();
    let name = if name.is_empty() { "upload".to_owned() } else { name };
    let mut import = blank(app, caller, name, bytes.len() as u64, options);
    import.content_hash = hex::encode(Sha256::digest(bytes));
    Ok(import)
}
