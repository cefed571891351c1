//! `POST /api/imports`: announces a file; its chunks follow.

use crate::import_view::ImportView;
use crate::options_body::{ImportOptionsBody, defaults};
use crate::{App, LARGEST_FILE};
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::import::{Import, ImportCounts, ImportOptions, ImportState};
use domain::lead::scope::LeadScope;
use domain::{ImportId, UserId};
use http::StatusCode;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    file_name: String,
    size_bytes: u64,
    #[serde(default)]
    options: ImportOptionsBody,
}

#[utoipa::path(post, path = "/api/imports", operation_id = "create_import", request_body = NewImport,
    responses((status = 201, body = ImportView)))]
pub async fn create_import(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewImport>,
) -> ApiResult<(StatusCode, JsonBody<ImportView>)> {
    let mut errors = FieldErrors::default();
    let file_name = errors.required("file_name", &new.file_name, 255);
    if new.size_bytes == 0 {
        errors.add("size_bytes", "the file is empty");
    } else if new.size_bytes > LARGEST_FILE {
        errors.add("size_bytes", format!("a file has at most {} MB", LARGEST_FILE / 1024 / 1024));
    }
    errors.finish()?;
    let workspace = caller.read_workspace(&*app.workspaces).await?;
    let mut options = defaults(workspace.default_country);
    new.options.apply(&app, &caller, &mut options).await?;
    app.refuse_beyond_quota(&app.imports.list(&caller.workspace).await?)?;
    let mut import = blank(&app, &caller, file_name, new.size_bytes, options);
    let event = Event::new(EventKind::ImportCreated, caller.actor(), import.created_at);
    import.rev = app.imports.save(&import, &event).await?;
    Ok((StatusCode::CREATED, JsonBody(import.into())))
}

/// The owners whose leads an import of the caller sees; none if it sees all.
pub fn owners_of(caller: &Caller) -> Option<Vec<UserId>> {
    match caller.leads() {
        LeadScope::All => None,
        LeadScope::Owners(owners) => Some(owners.iter().cloned().collect()),
    }
}

pub fn blank(
    app: &App,
    caller: &Caller,
    file_name: String,
    size_bytes: u64,
    options: ImportOptions,
) -> Import {
    Import {
        id: ImportId::new(app.ids.next()),
        workspace: caller.workspace.clone(),
        file_name,
        size_bytes,
        content_hash: String::new(),
        state: ImportState::Uploading,
        format: None,
        columns: Vec::new(),
        fits_whole: false,
        phone_question: None,
        options,
        counts: ImportCounts::default(),
        chunks: 0,
        chunks_done: 0,
        failure: None,
        created_by: Some(caller.user_or_key()),
        created_at: app.clock.now(),
        finished_at: None,
        sees: owners_of(caller),
        rev: 0,
    }
}
