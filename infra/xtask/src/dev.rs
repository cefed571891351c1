//! `cargo xtask dev`: everything on this machine, with one command.

use crate::tree::root;
use anyhow::{Context, Result, bail};
use clap::Args;
use local_world::ServeOptions;
use std::path::PathBuf;
use std::process::Command;

#[derive(Args, Clone)]
pub struct DevArguments {
    /// Starts with nothing, so that sign-up can be walked. What was there is moved aside.
    #[arg(long)]
    fresh: bool,
    /// How many times faster than the wall's the clock runs.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// The app's port; the sandbox has the next one, its mail server the one after.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Where everything is kept.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A durable installation: real providers, no sandbox, no demo workspace.
    #[arg(long)]
    serve: bool,
    /// Leaves the web app as it is.
    #[arg(long)]
    no_web: bool,
}

pub fn dev(arguments: DevArguments) -> Result<()> {
    if !(0.01..=100_000.0).contains(&arguments.speed) {
        bail!("--speed takes a number from 0.01 to 100000");
    }
    if arguments.port > 65_533 {
        bail!("--port takes a number up to 65533: two more ports follow it");
    }
    if !arguments.no_web {
        build_web()?;
    }
    let data = arguments.data.unwrap_or_else(|| root().join(".leadflow"));
    if arguments.fresh && data.exists() {
        let aside = data.with_extension(format!("before-{}", std::process::id()));
        std::fs::rename(&data, &aside)
            .with_context(|| format!("{} cannot be moved aside", data.display()))?;
        println!("What was in {} is now in {}.", data.display(), aside.display());
    }
    show_logs("warn");
    let options = ServeOptions {
        port: arguments.port,
        data,
        speed: arguments.speed,
        fresh: arguments.fresh,
        real: arguments.serve,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(local_world::serve(&options))
}

/// Builds the app when its sources are newer than the last build.
pub fn build_web() -> Result<()> {
    let web = root().join("web");
    if Command::new("npm").arg("--version").output().is_err() {
        println!(
            "Node.js is missing: the API runs, the web app does not. Install Node 20.19 or newer and start again."
        );
        return Ok(());
    }
    if !web.join("node_modules").exists() {
        println!("Installing the web app's packages");
        run(&web, &["ci"])?;
    }
    let built = web.join("dist/index.html");
    let newest = newest(&web.join("src"))?.max(newest(&web.join("public"))?);
    if built.metadata().and_then(|m| m.modified()).is_ok_and(|at| Some(at) >= newest) {
        return Ok(());
    }
    println!("Building the web app");
    run(&web, &["run", "--silent", "build"])
}

fn run(folder: &std::path::Path, arguments: &[&str]) -> Result<()> {
    let status = Command::new("npm").args(arguments).current_dir(folder).status().context("npm")?;
    if !status.success() {
        bail!("npm {} failed", arguments.join(" "));
    }
    Ok(())
}

fn newest(folder: &std::path::Path) -> Result<Option<std::time::SystemTime>> {
    let mut newest = None;
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(None) };
    for entry in entries {
        let entry = entry?;
        let at = if entry.file_type()?.is_dir() {
            self::newest(&entry.path())?
        } else {
            Some(entry.metadata()?.modified()?)
        };
        newest = newest.max(at);
    }
    Ok(newest)
}

/// On standard error; `RUST_LOG` asks for more.
pub fn show_logs(default: &str) {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| default.into()),
        )
        .with_writer(std::io::stderr)
        .init();
}
