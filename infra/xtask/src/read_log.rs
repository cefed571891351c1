//! `cargo xtask read-log`: checks the chain of each workspace's log files in a folder, and prints what they tell.

use anyhow::{Context, Result, anyhow, ensure};
use application::change_log::log_files::read_log;
use application::ports::blobs::{Blobs, UploadTicket, unavailable};
use application::ports::changes::LogEntry;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use clap::Args;
use domain::WorkspaceId;
use serde::Serialize;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Args)]
pub struct ReadLogArguments {
    /// A folder as `aws s3 sync s3://<BucketName>/log` makes it: one folder a workspace, with its log files.
    #[arg(long)]
    files: PathBuf,
    /// Prints this workspace's log only.
    #[arg(long)]
    workspace: Option<String>,
}

/// An entry as it is printed, one a line.
#[derive(Serialize)]
struct Line<'a> {
    workspace: &'a WorkspaceId,
    #[serde(flatten)]
    entry: &'a LogEntry,
}

pub fn read(arguments: &ReadLogArguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let wanted = arguments.workspace.as_deref();
    let told = runtime.block_on(tell(&arguments.files, wanted, &mut io::stdout().lock()))?;
    for (workspace, changes) in told {
        eprintln!("{workspace}: {changes} changes, and the chain of its files holds.");
    }
    Ok(())
}

/// Writes the entries of each workspace, or of the one that is wanted; returns how many there are.
async fn tell(folder: &Path, wanted: Option<&str>, to: &mut impl Write) -> Result<Vec<(WorkspaceId, usize)>> {
    let at = || format!("{} cannot be read", folder.display());
    let mut names = Vec::new();
    for found in std::fs::read_dir(folder).with_context(at)? {
        let name = found.with_context(at)?.file_name().to_string_lossy().into_owned();
        if wanted.is_none_or(|wanted| wanted == name) {
            names.push(name);
        }
    }
    ensure!(!names.is_empty(), "{} has no log of {}", folder.display(), wanted.unwrap_or("any workspace"));
    names.sort_unstable();
    let mut told = Vec::new();
    for name in names {
        let workspace = WorkspaceId::parse(&name).map_err(|error| anyhow!("{name}: {error}"))?;
        let log = read_log(&LogFolder(folder.to_owned()), &workspace).await;
        let log = log.with_context(|| format!("the log of {workspace} cannot be trusted"))?;
        for entry in &log {
            writeln!(to, "{}", serde_json::to_string(&Line { workspace: &workspace, entry })?)?;
        }
        told.push((workspace, log.len()));
    }
    Ok(told)
}

/// A copy of what the bucket has under `log/`.
struct LogFolder(PathBuf);

impl LogFolder {
    fn path(&self, key: &str) -> StoreResult<PathBuf> {
        key.strip_prefix("log/").map(|within| self.0.join(within)).ok_or(StoreError::NotFound)
    }
}

fn refused(error: io::Error) -> StoreError {
    if error.kind() == ErrorKind::NotFound { StoreError::NotFound } else { unavailable(error) }
}

#[async_trait]
impl Blobs for LogFolder {
    async fn put(&self, _: &str, _: &str, _: Vec<u8>) -> StoreResult<()> {
        Err(unavailable("a log that is read is not written"))
    }
    async fn put_new(&self, _: &str, _: &str, _: Vec<u8>) -> StoreResult<()> {
        Err(unavailable("a log that is read is not written"))
    }
    async fn get(&self, key: &str) -> StoreResult<Vec<u8>> {
        std::fs::read(self.path(key)?).map_err(refused)
    }
    async fn upload_ticket(&self, _: &str, _: &str, _: u64, _: Duration) -> StoreResult<UploadTicket> {
        Err(unavailable("a log that is read is not written"))
    }
    async fn delete(&self, _: &str) -> StoreResult<()> {
        Err(unavailable("a log that is read is not written"))
    }
    async fn list(&self, prefix: &str) -> StoreResult<Vec<String>> {
        let mut keys = Vec::new();
        for found in std::fs::read_dir(self.path(prefix)?).map_err(refused)? {
            keys.push(format!("{prefix}{}", found.map_err(refused)?.file_name().to_string_lossy()));
        }
        keys.sort_unstable();
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use serde_json::{Value, json};

    const WORKSPACE: &str = "ws_01M7HSBBM03A1EF6R5PQXEPRSC";

    fn put(folder: &Path, number: u64, lines: &[Value]) {
        let path = folder.join(WORKSPACE);
        std::fs::create_dir_all(&path).unwrap();
        let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
        for line in lines {
            writeln!(packing, "{line}").unwrap();
        }
        std::fs::write(path.join(format!("{number:010}")), packing.finish().unwrap()).unwrap();
    }

    fn header(number: u64, previous: &str) -> Value {
        json!({ "number": number, "previous": previous, "first": number, "last": number })
    }

    async fn read(folder: &Path, wanted: Option<&str>) -> Result<String> {
        let mut lines = Vec::new();
        tell(folder, wanted, &mut lines).await?;
        Ok(String::from_utf8(lines)?)
    }

    #[tokio::test]
    async fn entries_are_printed_with_their_workspace_and_a_gap_or_a_stranger_in_the_chain_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert!(read(folder, None).await.unwrap_err().to_string().contains("has no log of any workspace"));
        let entry = json!({ "item": "L#01M7HSBBM0647AVRT8HQ3KW11V LEAD", "entity": "lead", "rev": 2, "kind": "lead_won",
            "by": "system", "at": "2026-11-16T09:00:00Z" });
        put(folder, 1, &[header(1, ""), entry.clone()]);
        let mut told = entry.clone();
        told["workspace"] = json!(WORKSPACE);
        let line: Value = serde_json::from_str(read(folder, Some(WORKSPACE)).await.unwrap().trim()).unwrap();
        assert_eq!(line, told);
        assert!(read(folder, Some("ws_other")).await.is_err());
        put(folder, 2, &[header(2, "of another file"), entry]);
        let why = format!("{:#}", read(folder, None).await.unwrap_err());
        assert!(why.contains(WORKSPACE) && why.contains("log file 2 does not follow"), "{why}");
        std::fs::remove_file(folder.join(WORKSPACE).join("0000000001")).unwrap();
        let why = format!("{:#}", read(folder, None).await.unwrap_err());
        assert!(why.contains("log file 1 is missing"), "{why}");
    }
}
