//! The rejected rows, as the dry run or the commit has stored them.

use crate::App;
use application::StoreError;
use application::ports::imports::blob_keys;
use application::ports::store::found;
use domain::import::{Import, ImportState, RowProblem};
use http_api::{ApiError, ApiResult};

impl App {
    /// Problems in the order of the file, at most `most`.
    pub async fn problems(&self, import: &Import, most: usize) -> ApiResult<Vec<RowProblem>> {
        let keys = match import.state {
            ImportState::Checked => vec![blob_keys::check_problems(&import.workspace, &import.id)],
            _ => self.blobs.list(&blob_keys::all_problems(&import.workspace, &import.id)).await?,
        };
        let mut problems = Vec::new();
        for key in keys {
            let Some(lines) = found(self.blobs.get(&key).await)? else { continue };
            for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                if problems.len() == most {
                    return Ok(problems);
                }
                let problem = serde_json::from_slice(line).map_err(|error| {
                    ApiError::from(StoreError::Corrupt { key: key.clone(), why: error.to_string() })
                })?;
                problems.push(problem);
            }
        }
        Ok(problems)
    }
}
