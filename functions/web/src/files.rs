//! The files of an app build, each with its hash, compressed once when it is first requested.

use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// Built by `npm run build` in `web`. An empty folder means that the app is not built.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Build;

/// `None` if compression gains nothing.
type Packed = Option<Arc<[u8]>>;
type Lookup = fn(&str) -> Option<Found>;

/// A file as it lies in the build.
pub struct Found {
    pub bytes: Cow<'static, [u8]>,
    pub hash: [u8; 32],
}

pub struct Files {
    lookup: Lookup,
    /// Compressed files by path and hash, so that a new build beside a running server is noticed.
    packed: Mutex<BTreeMap<(String, [u8; 32]), Packed>>,
}

impl Files {
    pub fn embedded() -> Self {
        Self::new(|path| {
            let file = Build::get(path)?;
            Some(Found { hash: file.metadata.sha256_hash(), bytes: file.data })
        })
    }

    pub fn new(lookup: Lookup) -> Self {
        Self { lookup, packed: Mutex::default() }
    }

    pub fn find(&self, path: &str) -> Option<Found> {
        (self.lookup)(path)
    }

    pub fn packed(&self, path: &str, file: &Found) -> Packed {
        let key = (path.to_owned(), file.hash);
        let mut packed = self.packed.lock().unwrap_or_else(PoisonError::into_inner);
        packed.entry(key).or_insert_with(|| pack(path, &file.bytes)).clone()
    }
}

fn pack(path: &str, bytes: &[u8]) -> Packed {
    let text =
        matches!(extension(path), "html" | "js" | "css" | "svg" | "json" | "map" | "txt" | "webmanifest");
    if !text || bytes.len() < 512 {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::default());
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < bytes.len()).then(|| packed.into())
}

pub fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

pub fn content_type(path: &str) -> &'static str {
    match extension(path) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_names_its_character_set() {
        for path in ["a.html", "a.js", "a.mjs", "a.css", "a.svg", "a.txt"] {
            assert!(content_type(path).ends_with("; charset=utf-8"), "{path}");
        }
    }
}
