//! Checks the template with AWS's own linters.

use super::python::{ENABLE, tool};
use crate::process::run;
use crate::report::Report;
use crate::tree::root;
use std::path::PathBuf;
use std::process::Command;

pub fn add(report: &mut Report) {
    match tool("cfn-lint") {
        None => report.skip("cfn-lint", ENABLE),
        Some(tool) => {
            report.check("cfn-lint", || run(linter(tool).arg("template.yaml")));
        }
    }
    match tool("sam") {
        None => report.skip("sam validate --lint", ENABLE),
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
