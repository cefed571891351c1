//! Where the source tree is.

use std::path::{Path, PathBuf};

/// The repository's root, wherever the command was called.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
