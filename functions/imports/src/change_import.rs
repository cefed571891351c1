//! `PATCH /api/imports/{id}`: changes mapping and options, before anything is written.

use crate::App;
use crate::column_target::{MappedColumn, map};
use crate::import_view::ImportView;
use crate::options_body::ImportOptionsBody;
use application::imports::fit::measure_fit;
use axum::extract::State;
use domain::ImportId;
use domain::event::{Event, EventKind};
use domain::import::{ImportCounts, ImportState};
use http_api::{ApiError, ApiResult, Caller, IfMatch, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportChanges {
    /// Columns that are not named keep their target.
    #[serde(default)]
    columns: Vec<MappedColumn>,
    #[serde(default)]
    options: ImportOptionsBody,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/imports/{id}", operation_id = "change_import", params(("id" = ImportId, Path)),
    request_body = ImportChanges, responses((status = 200, body = ImportView)))]
pub async fn change_import(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ImportId>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<ImportChanges>,
) -> ApiResult<JsonBody<ImportView>> {
    let mut import = app.import(&caller, &id).await?;
    if_match.check(changes.rev, import.rev)?;
    if matches!(import.state, ImportState::Committing | ImportState::Done | ImportState::Failed) {
        return Err(ApiError::conflict(
            "committed",
            "This import has started. Its columns can no longer change.",
        ));
    }
    changes.options.apply(&app, &caller, &mut import.options).await?;
    let fields = app.custom_fields.get(&caller.workspace).await?;
    map(&mut import, changes.columns, &fields)?;
    if import.state != ImportState::Uploading {
        let home = caller.read_workspace(&*app.workspaces).await?.default_country;
        measure_fit(&*app.blobs, &mut import, home, &fields).await?;
    }
    if import.state == ImportState::Checked {
        (import.state, import.counts) = (ImportState::Mapped, ImportCounts::default());
    }
    let event = Event::new(EventKind::ImportChanged, caller.actor(), app.clock.now());
    import.rev = app.imports.save(&import, &event).await?;
    Ok(JsonBody(import.into()))
}
