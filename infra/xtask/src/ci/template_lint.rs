//! Checks the template with AWS's own linters.

use crate::process::{find, run};
use crate::report::Report;
use crate::tree::root;
use std::path::PathBuf;
use std::process::Command;

pub fn add(report: &mut Report) {
    let enable = "`.ci/run` installs them under target/lint with pip";
    match tool("cfn-lint") {
        None => report.skip("cfn-lint", enable),
        Some(tool) => {
            report.check("cfn-lint", || run(linter(tool).arg("template.yaml")));
        }
    }
    match tool("sam") {
        None => report.skip("sam validate --lint", enable),
        Some(tool) => {
            let arguments = ["validate", "--lint", "--template", "template.yaml"];
            report.check("sam validate --lint", || run(linter(tool).args(arguments)));
        }
    }
}

fn linter(tool: PathBuf) -> Command {
    let mut command = Command::new(tool);
    command.current_dir(root()).env("SAM_CLI_TELEMETRY", "0").env("AWS_DEFAULT_REGION", "eu-central-1");
    command
}

fn tool(name: &str) -> Option<PathBuf> {
    let own = root().join("target/lint/bin").join(name);
    if own.is_file() { Some(own) } else { find(name) }
}
