//! The location of the source tree, and its texts.

use anyhow::Result;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The repository's root, wherever the command was called.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Folders that are built, installed or recorded, never written by hand.
const OUTSIDE: [&str; 9] = [
    "target",
    "node_modules",
    "dist",
    ".git",
    ".leadflow",
    ".aws-sam",
    ".venv",
    "test-results",
    "playwright-report",
];

/// Every text of the tree by its path from the root, with `/` on every system.
#[derive(Default)]
pub struct Tree {
    pub texts: BTreeMap<String, String>,
}

impl Tree {
    pub fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        tree.walk(root, "")?;
        Ok(tree)
    }

    fn walk(&mut self, folder: &Path, path: &str) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if OUTSIDE.contains(&name.as_str()) {
                continue;
            }
            let inner = if path.is_empty() { name } else { format!("{path}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.walk(&entry.path(), &inner)?;
            } else if kind.is_file()
                && let Ok(text) = String::from_utf8(fs::read(entry.path())?)
            {
                self.texts.insert(inner, text);
            }
        }
        Ok(())
    }

    /// Paths and texts under a folder with one ending.
    pub fn under<'a>(&'a self, folder: &'a str, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        all.filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending))
    }

    /// The folders directly below one, such as the crates of a floor.
    pub fn folders(&self, floor: &str) -> Vec<&str> {
        let inside = self.texts.keys().filter_map(|path| path.strip_prefix(floor)?.strip_prefix('/'));
        let mut names: Vec<&str> = inside.filter_map(|rest| Some(rest.split_once('/')?.0)).collect();
        names.dedup();
        names
    }

    pub fn text(&self, path: &str) -> &str {
        self.texts.get(path).map_or("", String::as_str)
    }
}

#[cfg(test)]
impl Tree {
    pub fn of(texts: &[(&str, &str)]) -> Self {
        let texts = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Self { texts: texts.collect() }
    }
}
