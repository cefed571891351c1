//! The limit on requests that read the whole of a large file: each takes seconds of a function, however fast it is repeated.

use crate::App;
use crate::check_import::INLINE_BYTES;
use domain::import::Import;
use http_api::{ApiError, ApiResult};
use jiff::SignedDuration;

/// The most reads of one file in an hour: enough for whoever tries one encoding after the other.
pub const MOST_READS: u32 = 20;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

impl App {
    /// Answers 429 if the file is large and has been read `MOST_READS` times within the hour. A small file is read in less time
    /// than counting takes.
    pub async fn demand_read(&self, import: &Import) -> ApiResult<()> {
        if import.size_bytes <= INLINE_BYTES {
            return Ok(());
        }
        let bucket = format!("import-reads/{}/{}", import.workspace, import.id);
        let taken = self.limits.take(&bucket, MOST_READS, HOUR, self.clock.now()).await?;
        taken.map_err(ApiError::too_many_for)
    }
}
