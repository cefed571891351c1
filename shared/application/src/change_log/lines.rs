//! JSON lines, compressed.

use crate::ports::blobs::unavailable;
use crate::ports::store::StoreResult;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{Read, Write};

/// The most bytes of lines that are unpacked at once.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

pub(super) fn pack(lines: &str) -> StoreResult<Vec<u8>> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::best());
    packing.write_all(lines.as_bytes()).map_err(unavailable)?;
    packing.finish().map_err(unavailable)
}

pub(super) fn unpack(packed: &[u8]) -> StoreResult<String> {
    let mut lines = String::new();
    if !packed.is_empty() {
        GzDecoder::new(packed).take(MOST_BYTES).read_to_string(&mut lines).map_err(unavailable)?;
    }
    Ok(lines)
}

pub(super) fn line<T: Serialize>(value: &T) -> StoreResult<String> {
    let mut line = serde_json::to_string(value).map_err(unavailable)?;
    line.push('\n');
    Ok(line)
}

pub(super) fn read<T: DeserializeOwned>(line: &str) -> StoreResult<T> {
    serde_json::from_str(line).map_err(unavailable)
}
