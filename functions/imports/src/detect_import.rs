//! `POST /api/imports/{id}/detect`: after the last chunk, recognises the file's format and the meaning of its
//! columns.

use crate::App;
use crate::import_view::ImportView;
use crate::received::read_encoding;
use axum::extract::State;
use domain::ImportId;
use domain::event::{Event, EventKind};
use domain::import::ImportState;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DetectQuery {
    /// Accept the file although the same one was imported before.
    #[serde(default)]
    force: bool,
    /// The encoding of the text, if the one that was recognised is wrong: a WHATWG name such as `windows-1251`.
    encoding: Option<String>,
}

#[utoipa::path(post, path = "/api/imports/{id}/detect", operation_id = "detect_import",
    params(("id" = ImportId, Path), DetectQuery), responses((status = 200, body = ImportView)))]
pub async fn detect_import(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ImportId>,
    QueryOf(query): QueryOf<DetectQuery>,
) -> ApiResult<JsonBody<ImportView>> {
    let mut import = app.import(&caller, &id).await?;
    if matches!(import.state, ImportState::Committing | ImportState::Done) {
        return Err(ApiError::conflict(
            "committed",
            "This import has started. Its columns can no longer change.",
        ));
    }
    app.demand_read(&import).await?;
    app.receive(&mut import, read_encoding(query.encoding.as_deref())?).await?;
    if !query.force {
        App::refuse_repeat(&caller, &import, &app.imports.list(&caller.workspace).await?)?;
    }
    let event = Event::new(EventKind::ImportDetected, caller.actor(), app.clock.now());
    import.rev = app.imports.save(&import, &event).await?;
    Ok(JsonBody(import.into()))
}
