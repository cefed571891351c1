//! An import as the API shows it.

use domain::ImportId;
use domain::event::UserOrKey;
use domain::import::phone_evidence::PhoneQuestion;
use domain::import::{Column, FileFormat, Import, ImportCounts, ImportOptions, ImportState};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ImportView {
    pub id: ImportId,
    pub file_name: String,
    pub size_bytes: u64,
    pub state: ImportState,
    pub format: Option<FileFormat>,
    pub columns: Vec<Column>,
    /// Whether `fits` of the columns counts the whole file, not only its beginning.
    pub fits_whole: bool,
    /// A question about phone numbers without a country code, asked if the file's other numbers suggest
    /// another country than the workspace's.
    pub phone_question: Option<PhoneQuestion>,
    pub options: ImportOptions,
    /// The counts of what was done; after a dry run, of what would be done.
    pub counts: ImportCounts,
    pub chunks: u32,
    pub chunks_done: u32,
    /// Why the import failed.
    pub failure: Option<String>,
    pub created_by: Option<UserOrKey>,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub rev: u64,
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        Self {
            id: import.id,
            file_name: import.file_name,
            size_bytes: import.size_bytes,
            state: import.state,
            format: import.format,
            columns: import.columns,
            fits_whole: import.fits_whole,
            phone_question: import.phone_question,
            options: import.options,
            counts: import.counts,
            chunks: import.chunks,
            chunks_done: import.chunks_done,
            failure: import.failure,
            created_by: import.created_by,
            created_at: import.created_at,
            finished_at: import.finished_at,
            rev: import.rev,
        }
    }
}
