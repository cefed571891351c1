//! The web app's own tools, where Node is new enough.

use crate::process::{Counts, find, read, run, run_tests, vitest_counts};
use crate::tree::root;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Node that the build tools run on.
const NODE: (u32, u32) = (20, 19);

pub struct Web {
    folder: PathBuf,
    npm: PathBuf,
}

impl Web {
    /// Or what has to be installed.
    pub fn find() -> Result<Self, String> {
        let enable = || format!("install Node {}.{} or newer with npm", NODE.0, NODE.1);
        let node = find("node").ok_or_else(enable)?;
        let npm = find("npm").ok_or_else(enable)?;
        let version = read(Command::new(node).arg("--version")).map_err(|error| error.to_string())?;
        if parsed(&version).is_none_or(|version| version < NODE) {
            return Err(format!("{} (found {})", enable(), version.trim()));
        }
        Ok(Self { folder: root().join("web"), npm })
    }

    pub fn npm(&self) -> Command {
        let mut npm = Command::new(&self.npm);
        npm.current_dir(&self.folder);
        npm
    }

    /// `npm ci`, unless what is installed is what the lock file says.
    pub fn install(&self) -> Result<()> {
        self.install_app()?;
        self.install_in(&self.folder.join("tools/openapi"))
    }

    /// What building and testing the app needs, without the generator of its types.
    pub fn install_app(&self) -> Result<()> {
        self.install_in(&self.folder)
    }

    fn install_in(&self, folder: &Path) -> Result<()> {
        let lock = fs::read(folder.join("package-lock.json")).context("package-lock.json")?;
        let seal = folder.join("node_modules/.installed-lock.json");
        if fs::read(&seal).is_ok_and(|installed| installed == lock) {
            return Ok(());
        }
        run(self.npm().current_dir(folder).arg("ci"))?;
        fs::write(&seal, lock)?;
        Ok(())
    }

    pub fn script(&self, name: &str) -> Result<()> {
        run(self.npm().args(["run", "--silent", name]))
    }

    pub fn build(&self) -> Result<()> {
        run(self.npm().args(["run", "--silent", "build", "--", "--logLevel", "warn"]))
    }

    pub fn unit_tests(&self) -> Result<Counts> {
        run_tests(self.npm().args(["run", "--silent", "test"]), vitest_counts)
    }
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert_eq!(parsed("v20.20.2\n"), Some((20, 20)));
        assert!(parsed("v9.11.1").unwrap() < NODE);
        assert_eq!(parsed("nonsense"), None);
    }
}
