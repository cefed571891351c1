//! `/api/imports*` and `/api/leads/import`: imports of files of leads.

mod change_import;
mod check_import;
mod column_target;
mod commit_import;
mod create_import;
mod detect_import;
mod download_problems;
mod get_import;
mod import_file;
mod import_view;
mod list_imports;
mod list_problems;
mod options_body;
mod put_chunk;
mod read_limit;
mod received;
mod stored_problems;
#[cfg(test)]
mod tests;

use application::imports::check::ImportCheckPorts;
use application::ports::blobs::Blobs;
use application::ports::campaigns::CampaignStore;
use application::ports::custom_fields::CustomFieldStore;
use application::ports::imports::ImportStore;
use application::ports::outbox::Outbox;
use application::ports::rate_limits::RateLimitStore;
use application::ports::sign_up_rule::SignUpRule;
use application::ports::workspaces::WorkspaceStore;
use application::workspace::quotas::WorkspaceQuotas;
use application::{Clock, Ids, StoreError};
use domain::ImportId;
use domain::event::UserOrKey;
use domain::import::Import;
use domain::workspace::api_key::ApiScope::{CampaignsWrite, LeadsRead, LeadsWrite};
use http_api::Access::{ReadOnly, Rep};
use http_api::IdUse::Needs;
use http_api::{ApiError, ApiResult, Caller, OtherId, Routes, routes};
use std::sync::Arc;

/// The largest chunk that, in base64, fits the payload of a function.
pub const LARGEST_CHUNK: usize = 4 * 1024 * 1024;
/// The largest text that one request may carry.
pub const LARGEST_FILE_AT_ONCE: usize = 5 * 1024 * 1024;
pub const LARGEST_FILE: u64 = 200 * 1024 * 1024;

application::ports! {
    pub struct App {
        imports: Arc<dyn ImportStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        campaigns: Arc<dyn CampaignStore>,
        custom_fields: Arc<dyn CustomFieldStore>,
        blobs: Arc<dyn Blobs>,
        outbox: Arc<dyn Outbox>,
        limits: Arc<dyn RateLimitStore>,
        sign_up_rule: SignUpRule,
        checking: ImportCheckPorts = ImportCheckPorts::new,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    }
}

impl App {
    /// Refuses one more import where the workspace has begun the most of a day. `latest` are its latest ones.
    pub(crate) fn refuse_beyond_quota(&self, latest: &[Import]) -> ApiResult<()> {
        let more = WorkspaceQuotas::of(self.sign_up_rule).more_imports(latest, self.clock.now());
        more.map_err(|reached| ApiError::quota_reached(reached, "imports"))
    }

    /// Reads an import: 404 where the leads of the user who began it are not the caller's to see.
    pub(crate) async fn import(&self, caller: &Caller, id: &ImportId) -> ApiResult<Import> {
        let import = self.imports.get(&caller.workspace, id).await?;
        match is_seen(caller, &import) {
            true => Ok(import),
            false => Err(StoreError::NotFound.into()),
        }
    }
}

/// Tells whether the caller sees an import: the file and its problems have leads of the user who began it.
pub(crate) fn is_seen(caller: &Caller, import: &Import) -> bool {
    caller.leads().sees(import.created_by.as_ref().and_then(UserOrKey::user).as_ref())
}

/// The campaign in which an import enrols its leads.
const ENROLS_IN: &[OtherId] = &[("options.campaign", Needs(CampaignsWrite))];

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/imports")
        .for_keys(LeadsRead, LeadsWrite)
        .add(ReadOnly.narrowed(), routes!(list_imports::list_imports))
        .add(Rep.narrowed().naming(ENROLS_IN), routes!(create_import::create_import))
        .add(ReadOnly.narrowed(), routes!(get_import::get_import))
        .add(Rep.narrowed().naming(ENROLS_IN), routes!(change_import::change_import))
        .add_with_limit(Rep.narrowed(), LARGEST_CHUNK, routes!(put_chunk::put_chunk))
        .add(Rep.narrowed(), routes!(detect_import::detect_import))
        .add(Rep.narrowed(), routes!(check_import::check_import))
        .add(Rep.narrowed(), routes!(commit_import::commit_import))
        .add(ReadOnly.narrowed(), routes!(list_problems::list_problems))
        .add(ReadOnly.narrowed(), routes!(download_problems::download_problems))
        .add_with_limit(
            Rep.narrowed().naming(&[("query.campaign", Needs(CampaignsWrite))]),
            LARGEST_FILE_AT_ONCE,
            routes!(import_file::import_file),
        )
}
