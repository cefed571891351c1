//! `POST /api/imports/{id}/check`: counts what a commit would do; large files are counted in the background.

use crate::App;
use crate::column_target::of_column;
use crate::create_import::owners_of;
use crate::import_view::ImportView;
use application::imports::check;
use application::ports::outbox::send_all;
use application::queue_messages::ImportLeads;
use axum::extract::State;
use domain::ImportId;
use domain::event::{Event, EventKind};
use domain::import::field_columns::prepare_fields;
use domain::import::mapping::Mapping;
use domain::import::{Import, ImportState};
use domain::lead::custom_field::CustomFields;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

/// The largest file that is counted within the request; a larger one takes longer than an answer may.
pub const INLINE_BYTES: u64 = 2 * 1024 * 1024;

#[utoipa::path(post, path = "/api/imports/{id}/check", operation_id = "check_import", params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportView), (status = 202, body = ImportView)))]
pub async fn check_import(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ImportId>,
) -> ApiResult<(StatusCode, JsonBody<ImportView>)> {
    let mut import = app.import(&caller, &id).await?;
    ready(&import, &app.custom_fields.get(&caller.workspace).await?)?;
    import.sees = owners_of(&caller);
    app.demand_read(&import).await?;
    if import.size_bytes > INLINE_BYTES {
        let message = ImportLeads::Check { workspace: caller.workspace, import: id };
        send_all(&*app.outbox, &[message], 0).await?;
        return Ok((StatusCode::ACCEPTED, JsonBody(import.into())));
    }
    app.check(&caller, &mut import).await?;
    Ok((StatusCode::OK, JsonBody(import.into())))
}

/// What a column lacks that looks as if it said who has opted out.
const OPT_OUTS_UNCLEAR: &str = "looks as if it said who has opted out: map it to do_not_contact, opted_out_email, \
    opted_out_phone or bounced, or say no_opt_out (in one request: opt_out_columns, no_opt_out_columns)";

/// Answers 409 unless the columns are known and nothing was written yet, 422 if they cannot be imported, one may say who
/// has opted out and nobody has said whether it does, or the workspace has no room for the fields that they need.
pub fn ready(import: &Import, fields: &CustomFields) -> ApiResult<()> {
    match import.state {
        ImportState::Mapped | ImportState::Checked => {}
        ImportState::Uploading => {
            return Err(ApiError::conflict("not_detected", "Upload the file and detect its columns first."));
        }
        ImportState::Committing | ImportState::Done | ImportState::Failed => {
            return Err(ApiError::conflict("committed", "This import has already started."));
        }
    }
    if let Some(column) = import.columns.iter().find(|column| column.opt_out_question) {
        return Err(of_column(&column.header, &OPT_OUTS_UNCLEAR));
    }
    Mapping::of(&import.columns).check().map_err(|bad| ApiError::invalid("columns", bad.to_string()))?;
    prepare_fields(&mut import.clone(), &mut fields.clone()).map_err(|bad| of_column(bad.header(), &bad))?;
    Ok(())
}

impl App {
    pub async fn check(&self, caller: &Caller, import: &mut Import) -> ApiResult<()> {
        check::check_import(&self.checking, import).await?.note_in(import);
        let event = Event::new(EventKind::ImportChecked, caller.actor(), self.clock.now());
        import.rev = self.imports.save(import, &event).await?;
        Ok(())
    }
}
