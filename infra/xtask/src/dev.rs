//! `cargo xtask dev`: everything on this machine, with one command.

use crate::tree::root;
use crate::web::{self, Web};
use anyhow::{Context, Result, bail};
use clap::Args;
use local_world::{PublicAddress, ServeOptions};
use std::path::PathBuf;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Args, Clone)]
pub struct DevArguments {
    /// Starts with an empty installation, so that sign-up can be tried. What was there is moved aside.
    #[arg(long)]
    fresh: bool,
    /// How many times faster than the machine's the clock runs.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// The app's port; the sandbox has the next one, its mail servers the two after. 8787 if left out, or the
    /// port of the last run.
    #[arg(long)]
    port: Option<u16>,
    /// The folder in which everything is kept.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Lets others sign up after the first user, each with a workspace of their own.
    #[arg(long)]
    open_sign_up: bool,
    /// Serves a durable installation: real providers, no sandbox, no demo workspace.
    #[arg(long)]
    serve: bool,
    /// The address at which others reach what `--serve` serves, such as `https://app.example.com`: links in mails,
    /// webhooks and sign-ins carry it. `LEADFLOW_PUBLIC_URL` does the same. Without it nothing is sent.
    #[arg(long, requires = "serve")]
    url: Option<String>,
    /// The IP address at which `--serve` listens, with or without a port: `0.0.0.0` for every network. Without it a
    /// proxy on this machine alone reaches it. `LEADFLOW_LISTEN` does the same.
    #[arg(long, requires = "serve")]
    listen: Option<String>,
    /// The IP addresses of proxies on other machines, such as `10.0.0.5,10.0.0.6`: who passes a request on is believed from
    /// there, and always from this machine. `LEADFLOW_PROXY` does the same.
    #[arg(long, requires = "serve")]
    proxy: Option<String>,
    /// Does not build the web app.
    #[arg(long)]
    no_web: bool,
}

/// The fastest clock: a permit to send, which lasts five seconds, still lasts for 80 ms of the machine's time.
const FASTEST: f64 = 60.0;

pub fn dev(arguments: DevArguments) -> Result<()> {
    if !(0.01..=FASTEST).contains(&arguments.speed) {
        bail!(
            "--speed takes a number from 0.01 to {FASTEST}: on a faster clock permits, claims and sessions run out in use"
        );
    }
    if arguments.port.is_some_and(|port| port > 65_532) {
        bail!("--port takes a number up to 65532: three more ports follow it");
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
    let told =
        |name: &str| std::env::var(name).ok().filter(|value| arguments.serve && !value.trim().is_empty());
    let url = arguments.url.clone().or_else(|| told("LEADFLOW_PUBLIC_URL"));
    let listen = arguments.listen.clone().or_else(|| told("LEADFLOW_LISTEN"));
    let proxy = arguments.proxy.clone().or_else(|| told("LEADFLOW_PROXY"));
    let options = ServeOptions {
        port: arguments.port,
        data,
        speed: arguments.speed,
        fresh: arguments.fresh,
        open_sign_up: arguments.open_sign_up,
        real: arguments.serve,
        url: url.as_deref().map(PublicAddress::parse).transpose()?,
        listen,
        proxies: local_world::read_proxies(proxy.as_deref().unwrap_or_default())?,
        system_sender: local_world::system_sender(|name| std::env::var(name).ok())?,
    };
    local_host::wait_for(local_world::serve(&options))?
}

/// Builds the app if Node is installed; without it, the last build is used.
pub fn build_web() -> Result<()> {
    match Web::find() {
        _ if web::is_built()? => Ok(()),
        Ok(web) => {
            web.install_app()?;
            println!("Building the web app");
            web.build()
        }
        Err(enable) if web::was_ever_built() => {
            println!("The web app is as it was last built; to build what changed since, {enable}.");
            Ok(())
        }
        Err(enable) => {
            println!(
                "Node.js is missing: the API runs, the web app does not. To have it, {enable} and start again."
            );
            Ok(())
        }
    }
}

/// Shows logs on standard error; `RUST_LOG` asks for more.
pub fn show_logs(default: &str) {
    let wanted = std::env::var("RUST_LOG").unwrap_or_else(|_| default.to_owned()).parse::<Targets>();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines.with_filter(wanted.unwrap_or_default())).init();
}
