//! `cargo xtask deploy`: from a source tree to an address, with one command that asks nothing. Everything
//! that is known to fail is checked first, and named with its fix.

mod preflight;
mod self_check;
pub mod setup_code;
#[cfg(test)]
mod tests;
pub mod tools;

use crate::package::{self, Architecture, PackageArguments};
use crate::tree::root;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use local_host::{EventSource, Stack, TEMPLATE};
use preflight::{Preflight, Target, Trouble};
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use tools::{Aws, Tools, command};

#[derive(Args, Debug, Clone)]
pub struct DeployArguments {
    /// The installation's name within the account: prod, test. Lower-case letters, digits, dashes.
    #[arg(long)]
    stage: String,
    /// The region, as AWS spells it: eu-central-1.
    #[arg(long)]
    region: String,
    /// The stack's name; `leadflow-<stage>` if left out.
    #[arg(long)]
    stack_name: Option<String>,
    /// Refuses packages for the other architecture; accepts either if left out.
    #[arg(long)]
    architecture: Option<Architecture>,
    /// A parameter of the template, `AlarmEmail=ops@example.com`. One that is left out keeps its value of the
    /// last deploy.
    #[arg(long = "parameter", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Deploys the packages in target/lambda, if no source has changed since.
    #[arg(long)]
    skip_package: bool,
    /// Only checks whether the deploy would succeed.
    #[arg(long)]
    check: bool,
}

pub fn deploy(arguments: DeployArguments) -> Result<()> {
    let functions = package::functions()?;
    let deployment = Deployment {
        arguments,
        tools: Tools::find(),
        folder: package::packaged_folder(),
        functions,
        sources: root(),
    };
    deployment.run(&mut std::io::stdout())
}

struct Deployment {
    arguments: DeployArguments,
    tools: Tools,
    /// The folder of the packaged functions, and the functions that must be in it.
    folder: PathBuf,
    functions: Vec<String>,
    sources: PathBuf,
}

impl Deployment {
    fn run(&self, out: &mut dyn Write) -> Result<()> {
        let arguments = &self.arguments;
        let stack = self.stack_name();
        let parameters = given_parameters(arguments)?;
        let keeps_a_secret = parameters.iter().any(|given| given.starts_with("ExistingSecret="));
        let target = Target {
            stack: &stack,
            region: &arguments.region,
            runs_at_once: runs_at_once(&parameters)?,
            keeps_a_secret,
            has_sender: parameters
                .iter()
                .any(|given| given.strip_prefix("SystemSender=").is_some_and(|address| !address.is_empty())),
        };
        let mut found = Preflight::look(&self.tools, &target);
        let packaged = if arguments.skip_package {
            self.packaged().inspect_err(|trouble| found.problems.push(trouble.clone())).ok()
        } else {
            None
        };
        if let Some(account) = &found.account {
            writeln!(out, "{stack} in {}, account {account}", arguments.region)?;
        }
        print(out, "note", &found.notes)?;
        if !found.problems.is_empty() {
            let all: Vec<String> = found.problems.iter().map(|p| format!("\n  - {p}")).collect();
            bail!("nothing was deployed:{}", all.concat());
        }
        if arguments.check {
            writeln!(out, "Nothing stands in the way of a deploy.")?;
            return Ok(());
        }
        let architecture = match packaged {
            Some(architecture) => architecture,
            None => {
                let unchecked = false;
                package::package(&PackageArguments { unchecked, architecture: arguments.architecture })?
            }
        };
        self.sam_deploy(&stack, architecture, &parameters)?;
        let outputs = self.outputs(&stack)?;
        self.say_where(out, &stack, &outputs)?;
        print(out, "still", &found.notes)?;
        self_check::print_report(&self.aws()?, output(&outputs, "SelfCheckFunction"), &self.folder, out)
    }

    fn stack_name(&self) -> String {
        let named = self.arguments.stack_name.clone();
        named.unwrap_or_else(|| format!("leadflow-{}", self.arguments.stage))
    }

    /// The architecture of the packages, if they may be deployed.
    fn packaged(&self) -> Result<Architecture, Trouble> {
        let found = package::inspect(&self.folder, &self.functions);
        let architecture = found.architecture(self.arguments.architecture).map_err(|problem| {
            Trouble::new(
                format!("what is packaged cannot be deployed: {problem}"),
                "or leave out --skip-package",
            )
        })?;
        match package::newer_source(&self.folder, &self.functions, &self.sources) {
            None => Ok(architecture),
            Some(source) => Err(Trouble::new(
                format!("{} has changed since the functions were packaged", source.display()),
                "leave out --skip-package, or run `cargo xtask package`",
            )),
        }
    }

    fn aws(&self) -> Result<Aws<'_>> {
        let line = self.tools.aws.as_deref().context("`aws` was there a moment ago")?;
        Ok(Aws { line, region: &self.arguments.region })
    }

    /// Runs `sam deploy`. Each value is given, so that neither a file of answers nor an earlier build decides
    /// anything.
    fn sam_deploy(&self, stack: &str, architecture: Architecture, parameters: &[String]) -> Result<()> {
        let line = self.tools.sam.as_deref().context("`sam` was there a moment ago")?;
        let mut sam = command(line);
        sam.args(["deploy", "--template-file", "template.yaml", "--stack-name", stack]);
        sam.args(["--region", &self.arguments.region, "--resolve-s3", "--capabilities", "CAPABILITY_IAM"]);
        sam.args(["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--parameter-overrides"]);
        sam.arg(format!("Stage={}", self.arguments.stage)).arg(format!("Architecture={architecture}"));
        sam.args(parameters);
        let status = sam.status().context("`sam` cannot be started")?;
        if status.success() {
            return Ok(());
        }
        let first = self.first_failure(stack);
        let reason = first.as_deref().unwrap_or("it says above why");
        bail!(
            "`sam deploy` ended with {status}: {reason}\n    {}\n    CloudFormation has undone or will undo what it began; nothing of \
             an earlier version is lost. Fix it and run the same command again.",
            mend(reason)
        );
    }

    /// The failure that CloudFormation reports first; all others follow from it.
    fn first_failure(&self, stack: &str) -> Option<String> {
        let events =
            self.aws().ok()?.ask(&["cloudformation", "describe-stack-events", "--stack-name", stack]).ok()?;
        let events = events["StackEvents"].as_array()?;
        let since_start = events.iter().take_while(|event| {
            event["ResourceStatusReason"] != "User Initiated"
                || event["ResourceType"] != "AWS::CloudFormation::Stack"
        });
        let failed = since_start.filter(|event| {
            let ends = |key: &str, end: &str| event[key].as_str().is_some_and(|text| text.ends_with(end));
            ends("ResourceStatus", "_FAILED") && !ends("ResourceStatusReason", "creation cancelled")
        });
        let event = failed.last()?;
        let text = |key: &str| event[key].as_str().unwrap_or("").to_owned();
        Some(format!("{} failed: {}", text("LogicalResourceId"), text("ResourceStatusReason")))
    }

    fn outputs(&self, stack: &str) -> Result<Value> {
        let stacks = self.aws()?.ask(&["cloudformation", "describe-stacks", "--stack-name", stack]);
        let mut stacks = stacks.map_err(|said| {
            anyhow::anyhow!(
                "{stack} is deployed, but its address cannot be read: {said}\n    look at the output Url of the stack in the \
                 CloudFormation console"
            )
        })?;
        Ok(stacks.pointer_mut("/Stacks/0/Outputs").map(Value::take).unwrap_or_default())
    }

    fn say_where(&self, out: &mut dyn Write, stack: &str, outputs: &Value) -> Result<()> {
        let url = output(outputs, "Url").with_context(|| {
            format!("{stack} is deployed, but has no output Url: look whether it is another project's stack of this name")
        })?;
        writeln!(out, "\nDeployed: {url}")?;
        writeln!(out, "{}", setup_code::first_sign_up(&self.aws()?, url, stack))?;
        Ok(())
    }
}

fn output<'a>(outputs: &'a Value, key: &str) -> Option<&'a str> {
    let mut outputs = outputs.as_array().into_iter().flatten();
    outputs.find(|output| output["OutputKey"] == key)?["OutputValue"].as_str()
}

fn print(out: &mut dyn Write, word: &str, notes: &[Trouble]) -> Result<()> {
    for note in notes {
        writeln!(out, "{word}: {note}")?;
    }
    Ok(())
}

/// The fix for a failure of CloudFormation.
fn mend(reason: &str) -> &'static str {
    let is = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if is(&["not authorized", "AccessDenied", "Access Denied"]) {
        "Let who deploys do what is named there, or use an administrator's credentials."
    } else if is(&["already exists", "AlreadyExists"]) {
        "Something of this name was kept from an earlier stack: delete it, or choose another --stack-name."
    } else if is(&["LimitExceeded", "limit exceeded", "quota"]) {
        "Ask for a higher quota in the console's Service Quotas, or delete what is no longer used."
    } else {
        "The events of the stack in the CloudFormation console have the whole story."
    }
}

/// The parameters to pass on, each known to the template.
fn given_parameters(arguments: &DeployArguments) -> Result<Vec<String>> {
    let stage = &arguments.stage;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    ensure!(
        stage.len() <= 16 && stage.starts_with(|c: char| c.is_ascii_lowercase()) && stage.chars().all(fits),
        "--stage {stage:?}: up to 16 lower-case letters, digits and dashes are expected, a letter first"
    );
    let known: Vec<&str> = parameter_names(TEMPLATE).collect();
    for given in &arguments.parameters {
        let (name, _) = given
            .split_once('=')
            .with_context(|| format!("--parameter {given:?}: NAME=VALUE is expected"))?;
        match name {
            "Stage" => bail!("--parameter Stage: use --stage"),
            "Architecture" => bail!("--parameter Architecture: use --architecture, and package for it"),
            _ => ensure!(
                known.contains(&name),
                "--parameter {name}: the template has no such parameter; it has {}",
                known.join(", ")
            ),
        }
    }
    Ok(arguments.parameters.clone())
}

fn parameter_names(template: &str) -> impl Iterator<Item = &str> {
    let lines = template.lines().skip_while(|line| *line != "Parameters:").skip(1);
    let section = lines.take_while(|line| line.is_empty() || line.starts_with([' ', '#']));
    section
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
        .filter(|name| !name.starts_with(' '))
}

/// A stream is read once for each shard, and a new table that is paid by request has four partitions with a shard each. A
/// table that has grown has more.
const SHARDS: u64 = 4;

/// The number of invocations that AWS starts by itself at the same time; requests of users come on top.
fn runs_at_once(parameters: &[String]) -> Result<u64> {
    let given: Vec<(&str, &str)> = parameters.iter().filter_map(|given| given.split_once('=')).collect();
    let stack = Stack::read(TEMPLATE, &given)?;
    let sources = stack.functions.iter().flat_map(|function| &function.sources);
    Ok(sources
        .map(|source| match source {
            EventSource::Queue { max_concurrency, .. } => *max_concurrency as u64,
            EventSource::Stream { .. } => SHARDS,
            EventSource::Schedule { .. } => 1,
            EventSource::Route { .. } => 0,
        })
        .sum())
}
