//! Changes to texts of the tree, which are made all or none.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub struct Edits {
    root: PathBuf,
    texts: BTreeMap<String, String>,
}

impl Edits {
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), texts: BTreeMap::new() }
    }

    /// Creates a file; one that exists is not overwritten.
    pub fn create(&mut self, path: &str, text: String) -> Result<()> {
        if self.root.join(path).exists() || self.texts.insert(path.to_owned(), text).is_some() {
            bail!("{path} exists already");
        }
        Ok(())
    }

    /// Inserts a text before the first occurrence of `mark`.
    pub fn insert_before(&mut self, path: &str, mark: &str, text: &str) -> Result<()> {
        self.change(path, |whole| {
            let at = whole.find(mark).with_context(|| format!("{path} lacks {mark:?}"))?;
            whole.insert_str(at, text);
            Ok(())
        })
    }

    /// Adds a line to the sorted block of lines that contains `neighbour`.
    pub fn insert_sorted(&mut self, path: &str, neighbour: &str, line: &str) -> Result<()> {
        self.change(path, |whole| {
            let mut lines: Vec<&str> = whole.split('\n').collect();
            let at = lines.iter().position(|l| l.starts_with(neighbour));
            let at = at.with_context(|| format!("{path} lacks a line that begins with {neighbour:?}"))?;
            let belongs = |l: &&str| !l.is_empty() && !l.starts_with(['#', '[']);
            let start = lines[..at].iter().rposition(|l| !belongs(l)).map_or(0, |before| before + 1);
            let end = lines[at..].iter().position(|l| !belongs(l)).map_or(lines.len(), |length| at + length);
            if lines[start..end].contains(&line) {
                bail!("{path} has the line {line:?} already");
            }
            let place =
                lines[start..end].iter().position(|other| *other > line).map_or(end, |place| start + place);
            lines.insert(place, line);
            *whole = lines.join("\n");
            Ok(())
        })
    }

    pub fn change(&mut self, path: &str, change: impl FnOnce(&mut String) -> Result<()>) -> Result<()> {
        let mut text = match self.texts.get(path) {
            Some(text) => text.clone(),
            None => fs::read_to_string(self.root.join(path)).with_context(|| path.to_owned())?,
        };
        change(&mut text)?;
        self.texts.insert(path.to_owned(), text);
        Ok(())
    }

    /// Writes all changes; returns the paths.
    pub fn write(self) -> Result<Vec<String>> {
        for (path, text) in &self.texts {
            let file = self.root.join(path);
            fs::create_dir_all(file.parent().unwrap_or(&self.root))?;
            fs::write(&file, text).with_context(|| path.clone())?;
        }
        Ok(self.texts.into_keys().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_inserted_in_order() {
        let folder = tempfile::TempDir::new().unwrap();
        fs::write(folder.path().join("a"), "# crates\nauth = 1\nleads = 1\n\n# more\nzeta = 1\n").unwrap();
        let mut edits = Edits::at(folder.path());
        edits.insert_sorted("a", "auth", "notes = 1").unwrap();
        edits.insert_sorted("a", "auth", "calls = 1").unwrap();
        assert!(edits.insert_sorted("a", "auth", "calls = 1").is_err());
        edits.insert_before("a", "# more", "# new\n").unwrap();
        assert!(edits.insert_before("a", "# nothing", "x").is_err());
        assert!(edits.create("a", String::new()).is_err());
        edits.write().unwrap();
        let text = fs::read_to_string(folder.path().join("a")).unwrap();
        assert_eq!(text, "# crates\nauth = 1\ncalls = 1\nleads = 1\nnotes = 1\n\n# new\n# more\nzeta = 1\n");
    }
}
