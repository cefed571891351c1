//! Checks on an uploaded file: that it is whole, of a known format, and new.

use crate::{App, is_seen};
use application::imports::chunks::read_in_order;
use application::imports::fit::{WHOLE_BYTES, fit};
use application::ports::imports::blob_keys;
use domain::import::decode::Encoding;
use domain::import::detect::detect_in;
use domain::import::field_columns::propose_fields;
use domain::import::{FileFormat, Import, ImportState};
use domain::lead::custom_field::CustomFields;
use http_api::{ApiError, ApiResult, Caller, FieldError};
use sha2::{Digest, Sha256};

impl App {
    /// Counts and hashes the chunks in the bucket; answers 422 if one is missing.
    pub async fn receive(&self, import: &mut Import, encoding: Option<Encoding>) -> ApiResult<()> {
        let prefix = blob_keys::all_chunks(&import.workspace, &import.id);
        let keys = self.blobs.list(&prefix).await?;
        let (mut hash, mut size, mut chunks) = (Sha256::new(), 0, 0);
        let mut beginning = Vec::new();
        for (number, key) in (0..).zip(&keys) {
            if *key != blob_keys::chunk(&import.workspace, &import.id, number) {
                return Err(ApiError::invalid("chunks", format!("chunk {number} is missing")));
            }
        }
        read_in_order(&*self.blobs, &keys, |bytes| {
            hash.update(&bytes);
            size += bytes.len() as u64;
            // Only the first chunk of a large file is kept in memory.
            if chunks == 0 || import.size_bytes <= WHOLE_BYTES {
                beginning.push(bytes);
            }
            chunks += 1;
        })
        .await?;
        if size != import.size_bytes {
            let detail = format!("{size} of {} bytes have arrived", import.size_bytes);
            return Err(ApiError::invalid("chunks", detail));
        }
        import.chunks = chunks;
        import.content_hash = hex::encode(hash.finalize());
        let first = beginning.first().cloned().unwrap_or_default();
        let fields = self.custom_fields.get(&import.workspace).await?;
        recognise(import, &first, encoding, &fields)?;
        let home = self.workspaces.get(&import.workspace).await?.default_country;
        fit(import, &beginning, import.size_bytes <= WHOLE_BYTES, (home, &fields));
        Ok(())
    }

    /// Answers 409 if one of the workspace's latest imports is of the same file. A caller who does not see that import learns no
    /// more of it than that.
    pub fn refuse_repeat(caller: &Caller, import: &Import, latest: &[Import]) -> ApiResult<()> {
        let same = latest.iter().filter(|other| {
            let taken = matches!(other.state, ImportState::Committing | ImportState::Done);
            taken && other.id != import.id && other.content_hash == import.content_hash
        });
        let seen = same.clone().find(|other| is_seen(caller, other));
        let Some(earlier) = seen.or_else(|| same.clone().next()) else { return Ok(()) };
        if !is_seen(caller, earlier) {
            let detail =
                "Another team member has imported the same file. Send force=true to import it again.";
            return Err(ApiError::conflict("already_imported", detail));
        }
        let detail = format!(
            "The same file was imported on {} as {} ({}). Send force=true to import it again.",
            earlier.created_at.strftime("%Y-%m-%d"),
            earlier.id,
            earlier.file_name
        );
        let mut error = ApiError::conflict("already_imported", detail);
        error.errors = vec![FieldError { field: "import_id".to_owned(), detail: earlier.id.to_string() }];
        Err(error.existing(&earlier.id))
    }
}

/// Recognises format and columns from the first bytes; answers 422 on `file` if it is no list of leads.
pub fn recognise(
    import: &mut Import,
    first: &[u8],
    encoding: Option<Encoding>,
    fields: &CustomFields,
) -> ApiResult<()> {
    let whole = first.len() as u64 == import.size_bytes;
    let found =
        detect_in(first, whole, encoding).map_err(|error| ApiError::invalid("file", error.to_string()))?;
    import.format = Some(found.format);
    import.columns = found.columns;
    propose_fields(&mut import.columns, fields);
    import.state = ImportState::Mapped;
    Ok(())
}

/// Reads the name of an encoding that a caller has chosen.
pub fn read_encoding(name: Option<&str>) -> ApiResult<Option<Encoding>> {
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else { return Ok(None) };
    Encoding::parse(name).map(Some).ok_or_else(|| {
        let known: Vec<&str> = Encoding::all().map(Encoding::name).collect();
        ApiError::invalid("query.encoding", format!("is none of {}", known.join(", ")))
    })
}

/// Refuses a file whose encoding is a guess, where nobody sees what is read before it is imported.
pub fn refuse_guess(import: &Import) -> ApiResult<()> {
    match &import.format {
        Some(FileFormat::Csv { encoding, encoding_sure: false, .. }) => Err(ApiError::invalid(
            "query.encoding",
            format!(
                "cannot be told from the file: it may be {encoding}. Send the encoding, or save the file as UTF-8"
            ),
        )),
        _ => Ok(()),
    }
}
