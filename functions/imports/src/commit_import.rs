//! `POST /api/imports/{id}/commit`: turns the rows into leads, chunk by chunk, in the background.

use crate::App;
use crate::check_import::ready;
use crate::column_target::of_column;
use crate::create_import::owners_of;
use crate::import_view::ImportView;
use application::ports::outbox::send_all;
use application::queue_messages::ImportLeads;
use application::retry;
use axum::extract::State;
use domain::ImportId;
use domain::event::{Event, EventKind};
use domain::import::field_columns::prepare_fields;
use domain::import::{Import, ImportCounts, ImportState};
use domain::lead::custom_field::CustomFields;
use domain::workspace::api_key::ApiScope;
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/imports/{id}/commit", operation_id = "commit_import",
    params(("id" = ImportId, Path)), responses((status = 202, body = ImportView)))]
pub async fn commit_import(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ImportId>,
) -> ApiResult<(StatusCode, JsonBody<ImportView>)> {
    let mut import = app.import(&caller, &id).await?;
    if import.state != ImportState::Done {
        app.commit(&caller, &mut import).await?;
    }
    Ok((StatusCode::ACCEPTED, JsonBody(import.into())))
}

impl App {
    /// Starts the commit, with the custom fields and options that it needs. Repeated before the first chunk is done, it enqueues the job again, which changes
    /// nothing.
    pub async fn commit(&self, caller: &Caller, import: &mut Import) -> ApiResult<()> {
        // A user may have chosen the campaign; it is the commit that enrols.
        if import.options.campaign.is_some() {
            caller.demand(ApiScope::CampaignsWrite)?;
        }
        if import.state != ImportState::Committing {
            self.add_fields(caller, import).await?;
            import.sees = owners_of(caller);
            import.state = ImportState::Committing;
            (import.counts, import.chunks_done) = (ImportCounts::default(), 0);
            let event = Event::new(EventKind::ImportCommitted, caller.actor(), self.clock.now());
            import.rev = self.imports.save(import, &event).await?;
        } else if import.chunks_done > 0 {
            return Ok(());
        }
        let (workspace, id) = (import.workspace.clone(), import.id.clone());
        Ok(send_all(&*self.outbox, &[ImportLeads::Commit { workspace, import: id, chunk: 0 }], 0).await?)
    }

    /// Refuses a program that may not change fields, where the columns need fields or options that are not there yet.
    pub fn demand_fields(caller: &Caller, import: &Import, fields: &CustomFields) -> ApiResult<()> {
        match prepare_fields(&mut import.clone(), &mut fields.clone()) {
            Ok(true) => caller.demand(ApiScope::FieldsWrite),
            // What is wrong with a column is told by the commit.
            Ok(false) | Err(_) => Ok(()),
        }
    }

    /// Adds the text fields and options that the columns need, and maps the columns to them. If the import is then not
    /// saved, they are found again at the next try.
    async fn add_fields(&self, caller: &Caller, import: &mut Import) -> ApiResult<()> {
        let prepared = retry!(async {
            let mut fields = self.custom_fields.get(&import.workspace).await?;
            if let Err(refused) = ready(import, &fields) {
                return Ok(Err(refused));
            }
            let known = fields.fields.len();
            let mut prepared = import.clone();
            let changed = match prepare_fields(&mut prepared, &mut fields) {
                Ok(changed) => changed,
                Err(bad) => return Ok(Err(of_column(bad.header(), &bad))),
            };
            if changed {
                if let Err(refused) = caller.demand(ApiScope::FieldsWrite) {
                    return Ok(Err(refused));
                }
                let is_new = fields.fields.len() > known;
                let kind = if is_new { EventKind::CustomFieldCreated } else { EventKind::CustomFieldChanged };
                let event = Event::new(kind, caller.actor(), self.clock.now()).because(import.id.as_str());
                self.custom_fields.save(&fields, &event).await?;
            }
            Ok(Ok(prepared))
        });
        *import = prepared??;
        Ok(())
    }
}
