//! `cargo xtask rehearse`: runs the deployed programs, each as a process of its own behind Lambda's runtime
//! API, connected as the template says, against AWS at an address.

mod aws;
mod events;
mod process;
mod resources;
mod runtime_api;
mod story;

use crate::package;
use crate::process::{cargo, run};
use crate::tree::root;
use anyhow::{Context, Result, anyhow, bail};
use application::ports::clock::SystemClock;
use aws::{Aws, DEPLOYER};
use clap::{Args, ValueEnum};
use local_cloud::{ACCESS_KEY, LocalCloud, Principal, SECRET_KEY, SeededIds, names};
use local_host::{CloudDoor, FunctionDefinition, Gateway, Stack, TEMPLATE, serve_cloud};
use process::Function;
use resources::Renamed;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

#[derive(Args)]
pub struct RehearseArguments {
    /// The address of AWS, such as an emulator, instead of the local cloud: `http://127.0.0.1:4566`.
    #[arg(long)]
    endpoint: Option<String>,
    /// The programs to run: those under target/lambda, or development builds, which are built first.
    #[arg(long, value_enum, default_value_t = Programs::Packaged)]
    profile: Programs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Programs {
    Packaged,
    Dev,
}

/// The parts of the product that need a provider, or more than one process of a function.
const LEFT_OUT: &str = "left out: mails, texts, enrichment, first lines, answers and payments (they need a provider, and a deployed program \
                        reaches public addresses only); more than one process of a function; batching windows; IAM where an --endpoint \
                        does not look at it; what API Gateway itself does";
const STARTS: usize = 3;
/// The bound of the CPU time until a packaged function asks for its first event.
const LONGEST_INIT_MS: f64 = 10.0;

pub fn rehearse(arguments: &RehearseArguments) -> Result<()> {
    let programs = programs(arguments.profile)?;
    local_host::wait_for(async {
        let rehearsal = Rehearsal::start(arguments.endpoint.as_deref(), &programs).await?;
        let told = story::run(&rehearsal).await;
        rehearsal.stop.send_replace(true);
        let problems = rehearsal.report(arguments.profile == Programs::Packaged);
        println!("{LEFT_OUT}");
        told?;
        if problems.is_empty() { Ok(()) } else { bail!("{}", problems.join("; ")) }
    })?
}

/// The program of each function.
fn programs(profile: Programs) -> Result<BTreeMap<String, PathBuf>> {
    let names = package::functions()?;
    let folder = match profile {
        Programs::Packaged => package::packaged_folder(),
        Programs::Dev => {
            let mut build = cargo();
            // The programs are built together with this one, so that shared crates have the same features.
            run(build.args(["build", "--locked", "--package", package::PACKAGE, "--package", "xtask"]))?;
            root().join("target/debug")
        }
    };
    let program = |name: String| {
        let path = match profile {
            Programs::Packaged => folder.join(&name).join("bootstrap"),
            Programs::Dev => folder.join(package::program_of(&name).unwrap_or_default()),
        };
        (name, path)
    };
    Ok(names.into_iter().map(program).collect())
}

struct Rehearsal {
    gateway: Arc<Gateway>,
    functions: Vec<Arc<Function>>,
    programs: BTreeMap<String, PathBuf>,
    /// The code that the first sign-up needs.
    setup_code: String,
    /// The local cloud, if no other address was given.
    cloud: Option<LocalCloud>,
    /// Stops the pollers.
    stop: watch::Sender<bool>,
    /// Stops the cloud, last of all: functions may still run when the story ends.
    _cloud_stop: watch::Sender<bool>,
}

impl Rehearsal {
    async fn start(endpoint: Option<&str>, programs: &BTreeMap<String, PathBuf>) -> Result<Self> {
        let stack =
            Stack::read(TEMPLATE, &[("Stage", "rehearsal"), ("PublicUrl", "https://rehearsal.example")])?;
        let (stop, cloud_stop) = (watch::Sender::new(false), watch::Sender::new(false));
        let (endpoint, cloud) = match endpoint {
            Some(endpoint) => (endpoint.to_owned(), None),
            None => {
                let cloud = LocalCloud::in_memory(Arc::new(SystemClock))?;
                (serve(&cloud, &stack, &cloud_stop).await?, Some(cloud))
            }
        };
        let aws = Arc::new(Aws::at(&endpoint));
        let made = resources::create(&aws, &stack).await;
        let (renamed, setup_code) = made.context("an emulator must hold nothing yet: start it anew")?;
        let renamed = Arc::new(renamed);
        for (bucket, _) in &stack.buckets {
            match &cloud {
                Some(cloud) => cloud.create_bucket(bucket).map_err(|error| anyhow!("bucket: {error}"))?,
                None => aws.create_bucket(bucket).await.context("bucket")?,
            }
        }
        let mut gateway =
            Gateway::to_elsewhere(Arc::new(SystemClock), Arc::new(SeededIds::new(Arc::new(SystemClock), 1)));
        gateway.set_cors(stack.cors.clone());
        let logs = root().join("target/rehearsal");
        fs::create_dir_all(&logs)?;
        let mut functions = Vec::new();
        for definition in &stack.functions {
            let program = programs.get(&definition.name).context("every function has a program")?;
            let environment = environment(definition, &endpoint, &renamed);
            let log = logs.join(format!("{}.log", definition.name));
            let function =
                Function::start(definition.clone(), program.clone(), environment, log, STARTS).await?;
            functions.push(Arc::new(function));
        }
        println!(
            "{} functions run, each as its own process, against {endpoint}; their logs are in target/rehearsal",
            functions.len()
        );
        for function in &functions {
            if function.definition.routes().next().is_some() {
                let called = function.clone();
                let handler: queue_consumer::Handler = Arc::new(move |event| {
                    let called = called.clone();
                    Box::pin(async move { called.invoke(&event).await.map_err(Into::into) })
                });
                gateway.add_elsewhere(&function.definition, handler)?;
            }
            events::poll(&aws, function, &renamed, &stop.subscribe());
        }
        Ok(Self {
            gateway: Arc::new(gateway),
            functions,
            programs: programs.clone(),
            setup_code,
            cloud,
            stop,
            _cloud_stop: cloud_stop,
        })
    }

    /// Fires a schedule, as the scheduler does.
    async fn fire(&self, name: &str) -> Result<()> {
        let at = jiff::Timestamp::now().to_string();
        self.ask(name, &json!({ "source": "aws.scheduler", "time": at })).await.map(drop)
    }

    /// Invokes a function with an event.
    async fn ask(&self, name: &str, event: &Value) -> Result<Value> {
        self.function(name)?.invoke(event).await.map_err(|why| anyhow!("{name} failed: {why}"))
    }

    fn function(&self, name: &str) -> Result<&Function> {
        let found = self.functions.iter().find(|function| function.definition.name == name);
        found.map(Arc::as_ref).with_context(|| format!("there is no function {name}"))
    }

    /// Prints a line a function; returns what is above the template's limits, and what failed.
    fn report(&self, packaged: bool) -> Vec<String> {
        let mut problems = Vec::new();
        // The size of a development build says nothing, and zipping takes longer than the story.
        if packaged {
            println!();
            for program in local_host::PROGRAMS {
                let first = program.functions.first().and_then(|function| self.programs.get(*function));
                let zip = first.and_then(|path| package::zipped_megabytes(path).ok()).unwrap_or(0.0);
                println!("{}: zipped {zip:.2} MB", program.name);
            }
            let names: Vec<String> = self.programs.keys().cloned().collect();
            let found = package::inspect(&package::packaged_folder(), &names);
            problems.extend(found.architecture(package::Architecture::of_this_machine()).err());
        }
        println!(
            "{:<20} {:>8} {:>18} {:>7} {:>10}",
            "function", "init", "peak of memory", "events", "longest"
        );
        for function in &self.functions {
            let (name, figures) = (&function.definition.name, function.figures());
            let most = function.definition.memory_mb as f64;
            println!(
                "{name:<20} {:>5.1} ms {:>7.1} of {most:>4} MB {:>7} {:>7.2} s",
                figures.init_cpu_ms,
                figures.peak_mb,
                figures.invocations,
                figures.longest.as_secs_f64(),
            );
            if figures.peak_mb > most {
                problems.push(format!("{name} held {:.0} MB, the template gives it {most}", figures.peak_mb));
            }
            if packaged && figures.init_cpu_ms > LONGEST_INIT_MS {
                problems.push(format!(
                    "{name} took {:.1} ms of CPU to start, at most {LONGEST_INIT_MS}",
                    figures.init_cpu_ms
                ));
            }
            if let Some(first) = figures.failures.first() {
                problems.push(format!("{name} failed {} times, first: {first}", figures.failures.len()));
            }
            let log = function.log();
            if let Some(error) = log.lines().find(|line| line.contains("\"level\":\"ERROR\"")) {
                problems.push(format!("{name} logged an error: {error}"));
            }
            if let Some(told) = story::NEVER_LOGGED.iter().find(|word| log.contains(**word)) {
                problems.push(format!("{name} logged {told:?}, which is personal data"));
            }
        }
        let denied = self.cloud.as_ref().map(LocalCloud::denied_permissions).unwrap_or_default();
        if !denied.is_empty() {
            problems.push(format!("template.yaml does not grant what functions do: {denied:?}"));
        }
        problems
    }
}

/// Serves the local cloud at a free port of the loopback; each function calls it under its own policy.
async fn serve(cloud: &LocalCloud, stack: &Stack, stop: &watch::Sender<bool>) -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let policies = stack.functions.iter().map(|function| {
        (function.name.clone(), Principal::with_policy(&function.name, function.policy.clone()))
    });
    let callers = policies.chain([(DEPLOYER.to_owned(), Principal::root())]).collect();
    let door = CloudDoor { cloud: cloud.clone(), callers: Arc::new(callers) };
    tokio::spawn(serve_cloud(door, listener, stop.subscribe()));
    Ok(endpoint)
}

/// The template's variables, and those that Lambda sets for every function.
fn environment(function: &FunctionDefinition, endpoint: &str, renamed: &Renamed) -> BTreeMap<String, String> {
    let own = function.environment.iter();
    let mut all: BTreeMap<String, String> =
        own.map(|(name, value)| (name.clone(), renamed.get(value).unwrap_or(value).clone())).collect();
    for (name, value) in [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", names::REGION),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
        ("AWS_SESSION_TOKEN", &function.name),
    ] {
        all.insert(name.to_owned(), value.to_owned());
    }
    all
}
