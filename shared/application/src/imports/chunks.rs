//! Reads the chunks of an uploaded file.

use crate::ports::blobs::Blobs;
use crate::ports::store::StoreResult;
use futures::{StreamExt, stream};

/// The number of chunks that are read side by side: eight of 4 MB take 32 MB of memory.
const AT_ONCE: usize = 8;

/// Reads these files side by side, and gives each to `take` in their order.
pub async fn read_in_order(
    blobs: &dyn Blobs,
    keys: &[String],
    mut take: impl FnMut(Vec<u8>),
) -> StoreResult<()> {
    let each: Vec<_> = keys.iter().map(|key| blobs.get(key)).collect();
    let mut files = stream::iter(each).buffered(AT_ONCE);
    while let Some(file) = files.next().await {
        take(file?);
    }
    Ok(())
}
