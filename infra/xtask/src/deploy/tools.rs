//! The command lines of AWS and of SAM, which may be missing.

use crate::process::find;
use crate::tree::root;
use serde_json::Value;
use std::ffi::OsString;
use std::process::{Command, Stdio};

/// The command line of each; None if it is not installed.
pub struct Tools {
    pub sam: Option<Vec<OsString>>,
    pub aws: Option<Vec<OsString>>,
}

impl Tools {
    pub fn find() -> Self {
        let own = root().join("target/lint/bin/sam");
        let sam = find("sam").or_else(|| own.is_file().then_some(own));
        let line = |program: std::path::PathBuf| vec![program.into_os_string()];
        Self { sam: sam.map(line), aws: find("aws").map(line) }
    }
}

/// A command of `line` that cannot ask: its input is empty, and no pager reads its output.
pub fn command(line: &[OsString]) -> Command {
    let mut command = Command::new(line.first().cloned().unwrap_or_default());
    command.args(line.iter().skip(1)).current_dir(root()).stdin(Stdio::null());
    command.env("AWS_PAGER", "").env("SAM_CLI_TELEMETRY", "0");
    command
}

/// The AWS command line: its answers, or its errors.
pub struct Aws<'a> {
    pub line: &'a [OsString],
    pub region: &'a str,
}

impl Aws<'_> {
    pub fn ask(&self, question: &[&str]) -> Result<Value, String> {
        let mut command = command(self.line);
        command.args(question).args(["--region", self.region, "--output", "json"]);
        let output = command.output().map_err(|error| format!("it cannot be started: {error}"))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            let said: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            return Err(if said.is_empty() {
                format!("it ended with {}", output.status)
            } else {
                said.join(" ")
            });
        }
        serde_json::from_slice(&output.stdout).map_err(|_| "it did not answer in JSON".to_owned())
    }
}
