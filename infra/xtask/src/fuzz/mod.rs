//! `cargo xtask fuzz`: generated requests, right and wrong ones, for every route of openapi.json, against an installation of
//! their own. Schemathesis makes them and judges the answers.

use crate::ci;
use crate::process::run;
use crate::test::installation::Installation;
use crate::tree::root;
use anyhow::{Context, Result};
use clap::Args;
use std::fs;
use std::process::Command;
use tempfile::TempDir;

/// The rules: who asks, what is asked, and what an answer must be.
const RULES: &str = include_str!("schemathesis.toml");

#[derive(Args)]
pub struct FuzzArguments {
    /// Ends after so many seconds.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Draws other requests than another seed does.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The operations to ask, by the names in openapi.json; all if left out.
    operations: Vec<String>,
}

impl FuzzArguments {
    /// The requests of a landing: always the same, for a minute.
    pub fn of_a_landing() -> Self {
        Self { seconds: 60, seed: 1, operations: Vec::new() }
    }
}

pub const TOOL: &str = "schemathesis";

/// Asks the routes and fails if an answer breaks a rule; prints the request as a `curl` command then.
pub fn fuzz(arguments: &FuzzArguments) -> Result<()> {
    let tool = ci::tool(TOOL)
        .context("Schemathesis is missing; `.ci/run` installs it under target/lint with pip")?;
    let folder = TempDir::new()?;
    let rules = folder.path().join("schemathesis.toml");
    fs::write(&rules, RULES)?;
    let mut installation = Installation::start(&["--no-web"])?;
    let (email, password) = installation.sign_in()?;
    let mut command = Command::new(tool);
    command.current_dir(folder.path()).env("LEADFLOW_EMAIL", email).env("LEADFLOW_PASSWORD", password);
    command.arg("--config-file").arg(&rules).arg("run").arg(root().join("openapi.json"));
    command.args(["--url", &installation.url, "--max-time", &arguments.seconds.to_string()]);
    command.args(["--seed", &arguments.seed.to_string()]);
    for operation in &arguments.operations {
        command.args(["--include-operation-id", operation]);
    }
    let judged = run(&mut command);
    if judged.is_err() {
        println!("-- the end of what `dev` printed\n{}", installation.last_lines(40));
    }
    installation.stop()?;
    judged
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn rules_name_operations_and_a_sign_in_that_the_api_has() {
        let api: Value =
            serde_json::from_str(&fs::read_to_string(root().join("openapi.json")).unwrap()).unwrap();
        let rules: toml::Table = toml::from_str(RULES).unwrap();
        let paths = api["paths"].as_object().unwrap();
        let known = paths.values().filter_map(Value::as_object).flat_map(|methods| methods.values());
        let known: Vec<&str> = known.filter_map(|operation| operation["operationId"].as_str()).collect();
        let left_out = rules["operations"].as_array().unwrap();
        let left_out = left_out.iter().flat_map(|rule| rule["include-operation-id"].as_array().unwrap());
        let unknown: Vec<_> = left_out.filter(|name| !known.contains(&name.as_str().unwrap())).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        let sign_in = &rules["auth"]["dynamic"]["openapi"]["bearer"];
        assert!(paths.contains_key(sign_in["path"].as_str().unwrap()));
    }
}
