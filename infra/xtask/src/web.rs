//! The web app's own tools, if a recent Node is installed.

use crate::process::{Counts, find, read, run, run_tests, vitest_counts};
use crate::tree::root;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The oldest Node that the build tools run on.
const NODE: (u32, u32) = (20, 19);

pub struct Web {
    folder: PathBuf,
    npm: PathBuf,
}

impl Web {
    /// Finds Node and npm, or says what has to be installed.
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

    /// Runs `npm ci`, unless the installed packages match the lock file.
    pub fn install(&self) -> Result<()> {
        self.install_app()?;
        self.install_in(&self.folder.join("tools/openapi"))
    }

    /// Installs what building and testing the app needs, without the generator of its types.
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

    /// Builds the app unless the last build is newer than its sources. Two commands that build at once wait
    /// for each other.
    pub fn build(&self) -> Result<()> {
        let target = root().join("target");
        fs::create_dir_all(&target)?;
        let alone = fs::File::create(target.join("web-build.lock"))?;
        alone.lock().context("the lock of the web app's build")?;
        if is_built()? {
            return Ok(());
        }
        run(self.npm().args(["run", "--silent", "build", "--", "--logLevel", "warn"]))
    }

    pub fn unit_tests(&self) -> Result<Counts> {
        run_tests(self.npm().args(["run", "--silent", "test"]), vitest_counts)
    }
}

fn built_at() -> Option<SystemTime> {
    root().join("web/dist/index.html").metadata().and_then(|built| built.modified()).ok()
}

pub fn was_ever_built() -> bool {
    built_at().is_some()
}

/// Tells whether the last build is newer than everything that the app is built from.
pub fn is_built() -> Result<bool> {
    let Some(built) = built_at() else { return Ok(false) };
    let parts = ["src", "public", "index.html", "vite.config.ts", "package-lock.json"];
    for part in parts {
        if newest(&root().join("web").join(part))?.is_some_and(|changed| changed > built) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns when a file, or the newest file in a folder, was last changed.
fn newest(path: &Path) -> Result<Option<SystemTime>> {
    if path.is_file() {
        return Ok(Some(path.metadata()?.modified()?));
    }
    let Ok(entries) = fs::read_dir(path) else { return Ok(None) };
    let mut latest = None;
    for entry in entries {
        latest = latest.max(newest(&entry?.path())?);
    }
    Ok(latest)
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_is_as_new_as_its_newest_file() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("src/parts");
        fs::create_dir_all(&inner).unwrap();
        assert_eq!(newest(&folder.path().join("nowhere")).unwrap(), None);
        let file = fs::File::create(inner.join("part.ts")).unwrap();
        let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        file.set_modified(at).unwrap();
        assert_eq!(newest(folder.path()).unwrap(), Some(at));
    }

    #[test]
    fn node_versions_are_compared_by_number() {
        assert_eq!(parsed("v20.20.2\n"), Some((20, 20)));
        assert!(parsed("v9.11.1").unwrap() < NODE);
        assert_eq!(parsed("nonsense"), None);
    }
}
