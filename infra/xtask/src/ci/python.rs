//! Tools that are Python programs: the template's linters and the API's fuzzer.

use crate::process::find;
use crate::tree::root;
use std::path::PathBuf;

pub const ENABLE: &str = "`.ci/run` installs it under target/lint with pip";

/// Returns the program where `.ci/run` installs it, else where the search path has it.
pub fn tool(name: &str) -> Option<PathBuf> {
    let own = root().join("target/lint/bin").join(name);
    if own.is_file() { Some(own) } else { find(name) }
}
