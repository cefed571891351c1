//! Serves the product on one machine, in real time or faster: the app on a port, the sandbox beside it,
//! everything kept on disk.

mod announce;

use crate::account::{self, SandboxAddress};
use crate::public_address::{PublicAddress, listen_at};
use crate::world::{Served, World};
use anyhow::{Context, Result, bail};
use application::{Clock, Ids};
use async_trait::async_trait;
use aws_platform::RandomIds;
use axum::Router;
use axum::routing::get;
use domain::contact::email_address::EmailAddress;
use domain::workspace::account::SmtpSecurity;
use dynamo_store::STORED_SHAPE;
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use jiff::Timestamp;
use local_cloud::{Durability, LocalCloud, ScaledClock};
use local_host::SystemSender;
use providers::SmtpAccount;
use providers::transport::{Http, Reach, ReqwestHttp};
use sandbox::{AppClient, Credentials, Pace, Sandbox, SandboxConfig, Snapshot};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::watch;

#[derive(Clone)]
pub struct ServeOptions {
    /// The app's port; the sandbox has the next one, its SMTP server the one after. None: the port of the
    /// last run.
    pub port: Option<u16>,
    pub data: PathBuf,
    pub speed: f64,
    /// Creates no demo workspace, so that the user signs up.
    pub fresh: bool,
    /// Lets others sign up after the first user.
    pub open_sign_up: bool,
    /// Serves a durable installation with real providers, without sandbox and demo.
    pub real: bool,
    /// The address at which others reach it; this machine's own if left out.
    pub url: Option<PublicAddress>,
    /// The IP address to listen at, with or without a port; this machine alone if left out.
    pub listen: Option<String>,
    /// The addresses of proxies elsewhere that pass requests on and say whose they are.
    pub proxies: Vec<IpAddr>,
    /// The installation's own sender, if its operator has one.
    pub system_sender: Option<SystemSender>,
}

const SANDBOX_STATE: &str = "sandbox.json";
const CLOCK_STATE: &str = "clock";
/// The file with the app's port: the demo's accounts name the sandbox by the ports after it.
const PORT_STATE: &str = "port";
/// The file that names the shape of the stored items.
const SHAPE_STATE: &str = "shape";
const USUAL_PORT: u16 = 8787;

/// Serves until Ctrl-C or SIGTERM.
pub async fn serve(options: &ServeOptions) -> Result<()> {
    let app_listener = bind(listen_at(options.listen.as_deref(), port_for(options)?)?, "the app").await?;
    std::fs::create_dir_all(&options.data).with_context(|| format!("{}", options.data.display()))?;
    check_shape(&options.data)?;
    let clock = Arc::new(ScaledClock::new(start_time(&options.data)?, options.speed));
    let dynamic: Arc<dyn Clock> = clock.clone();
    let ids: Arc<dyn Ids> = Arc::new(RandomIds::new(dynamic.clone()));
    let durability = if options.real { Durability::PowerLoss } else { Durability::ProcessDeath };
    let cloud = LocalCloud::open(&options.data.join("cloud"), dynamic.clone(), durability);
    let cloud = cloud.with_context(|| format!("the data in {} cannot be opened", options.data.display()))?;
    let port = app_listener.local_addr()?.port();
    let address = options.url.clone().unwrap_or_else(|| PublicAddress::here(port));
    let app_url = address.as_str();
    let sandbox_url = format!("http://localhost:{}", port + 1);
    let mut config = SandboxConfig::demo(dynamic.clone(), 7).with_urls(app_url, &sandbox_url);
    config.pace = Pace::BRISK;
    let sandbox = Sandbox::new(config);
    let system_sender = options.system_sender.clone();
    let system_sender = system_sender.or_else(|| (!options.real).then(|| sandbox_sender(&sandbox_at(port))));
    let held = address.why_nothing_is_sent().filter(|_| options.real);
    let served = Served {
        app_url,
        open_sign_up: options.open_sign_up,
        real: options.real,
        system_sender,
        held: held.as_deref().map(Into::into),
        proxies: believed_proxies(options),
    };
    let world = World::over_sockets(cloud, dynamic.clone(), ids, sandbox.clone(), served).await?;

    let (stop, stopping) = watch::channel(false);
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(keep_time(options.data.clone(), clock.clone(), world.clone(), stopping.clone()));
    if !options.real {
        restore(&sandbox, &options.data)?;
        let web = bind((Ipv4Addr::LOCALHOST, port + 1).into(), "the sandbox").await?;
        let smtp = bind((Ipv4Addr::LOCALHOST, port + 2).into(), "the sandbox's mail server").await?;
        let imap = bind((Ipv4Addr::LOCALHOST, port + 3).into(), "the sandbox's folder of sent mail").await?;
        write_whole(&options.data.join(PORT_STATE), port.to_string().as_bytes())?;
        let app = Arc::new(Loopback(ReqwestHttp::new(Reach::Anywhere)));
        sandbox.reach_app(app.clone());
        tasks.spawn(people(sandbox.clone(), app, options.data.clone(), clock.clone(), stopping.clone()));
        tokio::spawn({
            let sandbox = sandbox.clone();
            async move {
                if let Err(error) = sandbox.listen_smtp(smtp).await {
                    tracing::error!(%error, "the sandbox's mail server ended");
                }
            }
        });
        tokio::spawn({
            let sandbox = sandbox.clone();
            async move {
                if let Err(error) = sandbox.listen_imap(imap).await {
                    tracing::error!(%error, "the sandbox's folder of sent mail ended");
                }
            }
        });
        let wait = stopped(stopping.clone());
        let router = sandbox.router();
        tasks.spawn(async move {
            axum::serve(web, router).with_graceful_shutdown(wait).await.context("the sandbox's page")
        });
    }
    let serving = tokio::spawn({
        let (host, stopping) = (world.host.clone(), stopping.clone());
        let own = if options.real { Router::new() } else { offered_accounts(port) };
        async move { host.serve_beside(own, app_listener, stopping).await }
    });
    let mut signal = std::pin::pin!(wait_for_signal());
    tokio::select! {
        announced = announce::announce(options, &world, (port, &address)) => {
            announced?;
            signal.await?;
        }
        asked = &mut signal => asked?,
    }
    println!("Stopping: work in progress is finished.");
    stop.send_replace(true);
    serving.await??;
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}

/// The path at which the web app finds the accounts of a sandbox beside it; a deployed installation has no
/// such path.
const OFFERED_ACCOUNTS: &str = "/sandbox-accounts";

/// The accounts that a new workspace can connect with one click.
fn offered_accounts(port: u16) -> Router {
    let offered = json!({ "items": [account::offered_mailbox(&sandbox_at(port)), account::replies()] });
    let answer = ([(CONTENT_TYPE, "application/json")], offered.to_string());
    Router::new().route(OFFERED_ACCOUNTS, get(|| async move { answer }))
}

/// The address of the sandbox: its web page has the port after the app's, its mail server the next one.
fn sandbox_at(app_port: u16) -> SandboxAddress {
    SandboxAddress {
        url: format!("http://localhost:{}", app_port + 1),
        smtp_host: "localhost".to_owned(),
        smtp_port: app_port + 2,
    }
}

/// The demo's own sender: a mailbox of the sandbox.
fn sandbox_sender(sandbox: &SandboxAddress) -> SystemSender {
    SystemSender {
        address: EmailAddress::parse(Credentials::SMTP_USER).expect("the sandbox's mailbox has an address"),
        smtp: SmtpAccount {
            host: sandbox.smtp_host.clone(),
            port: sandbox.smtp_port,
            security: SmtpSecurity::None,
            username: Credentials::SMTP_USER.to_owned(),
            password: Credentials::SMTP_PASSWORD.to_owned(),
        },
    }
}

async fn bind(at: SocketAddr, what: &str) -> Result<TcpListener> {
    let port = at.port();
    match TcpListener::bind(at).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!(
                "Port {port} is taken, and {what} needs it. Stop what listens there, or choose others with --port N (app N, sandbox N+1, mail N+2, sent mail N+3), and --data DIR if there is a demo already."
            )
        }
        Err(error) => Err(error).with_context(|| format!("{at} for {what}")),
    }
}

/// The proxies that are believed where others reach the installation by one, beside any on this machine.
fn believed_proxies(options: &ServeOptions) -> Option<Arc<[IpAddr]>> {
    let is_behind = options.url.is_some() || !options.proxies.is_empty();
    (options.real && is_behind).then(|| options.proxies.clone().into())
}

/// Chooses the app's port. An existing demo keeps its port, since its accounts name the sandbox by it.
fn port_for(options: &ServeOptions) -> Result<u16> {
    let known = match std::fs::read_to_string(options.data.join(PORT_STATE)) {
        Ok(text) => text.trim().parse::<u16>().ok(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).context("the last run's port"),
    };
    match (options.port, known.filter(|_| !options.real)) {
        (Some(asked), Some(known)) if asked != known => bail!(
            "The demo in {} was begun with --port {known}, and its accounts know the sandbox there. Start it without --port, or a new one with --port {asked} --data DIR.",
            options.data.display()
        ),
        (asked, known) => Ok(asked.or(known).unwrap_or(USUAL_PORT)),
    }
}

/// The time to start at, never before the time that an earlier run reached: a faster clock has run ahead of
/// the machine's.
fn start_time(data: &Path) -> Result<Timestamp> {
    let now = Timestamp::now();
    match std::fs::read_to_string(data.join(CLOCK_STATE)) {
        Ok(text) => Ok(text.trim().parse::<Timestamp>().map_or(now, |reached| reached.max(now))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(now),
        Err(error) => Err(error).context("the clock's last time"),
    }
}

/// Records the time reached twice a second, and deletes expired items every minute.
async fn keep_time(
    data: PathBuf,
    clock: Arc<ScaledClock>,
    world: World,
    stopping: watch::Receiver<bool>,
) -> Result<()> {
    let mut rounds = 0u32;
    while !*stopping.borrow() {
        write_whole(&data.join(CLOCK_STATE), clock.now().to_string().as_bytes())?;
        if rounds.is_multiple_of(120) {
            world.host.cloud().sweep_expired().map_err(|error| anyhow::anyhow!("{error:?}"))?;
        }
        rounds = rounds.wrapping_add(1);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

/// How often the simulated people are asked what they do next.
const PEOPLE_ACT_EVERY: Duration = Duration::from_millis(300);
/// How often their state is saved, which is as large as all that they were sent. People of a process that is killed do the
/// last of it again.
const PEOPLE_SAVED_EVERY: Duration = Duration::from_secs(2);

/// Runs the simulated people; what they have read and intend to do survives a restart.
async fn people(
    sandbox: Sandbox,
    app: Arc<dyn AppClient>,
    data: PathBuf,
    clock: Arc<ScaledClock>,
    stopping: watch::Receiver<bool>,
) -> Result<()> {
    let file = data.join(SANDBOX_STATE);
    let save = || -> Result<()> { write_whole(&file, &serde_json::to_vec(&sandbox.snapshot())?) };
    let (mut saved, mut saved_at) = (None, Instant::now());
    while !*stopping.borrow() {
        sandbox.run_due(clock.now(), &*app).await;
        // Read before the state: a change in between is saved by the next look.
        let changes = sandbox.changes();
        if saved.is_none() || (saved != Some(changes) && saved_at.elapsed() >= PEOPLE_SAVED_EVERY) {
            save()?;
            (saved, saved_at) = (Some(changes), Instant::now());
        }
        tokio::time::sleep(PEOPLE_ACT_EVERY).await;
    }
    save()
}

fn restore(sandbox: &Sandbox, data: &Path) -> Result<()> {
    match std::fs::read(data.join(SANDBOX_STATE)) {
        Ok(bytes) => match serde_json::from_slice::<Snapshot>(&bytes) {
            Ok(snapshot) => sandbox.restore(snapshot),
            Err(error) => tracing::warn!(%error, "the sandbox begins anew: its state cannot be read"),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).context("the sandbox's state"),
    }
    Ok(())
}

/// Refuses data whose stored items have another shape than this version reads. A new folder gets this version's shape.
fn check_shape(data: &Path) -> Result<()> {
    let (file, ours) = (data.join(SHAPE_STATE), STORED_SHAPE.to_string());
    if !data.join("cloud").exists() {
        return write_whole(&file, ours.as_bytes());
    }
    if std::fs::read_to_string(&file).unwrap_or_default().trim() != ours {
        bail!(
            "{} holds the data of another version of leadflow, which this version cannot read. \
             Start with --fresh to move the folder aside and begin anew, or name another folder with --data.",
            data.display()
        );
    }
    Ok(())
}

/// Writes a file so that a reader never sees half of it, whenever the process is killed.
fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, content)?;
    Ok(std::fs::rename(&beside, path)?)
}

struct Loopback(ReqwestHttp);

#[async_trait]
impl AppClient for Loopback {
    async fn call(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        match self.0.send(request).await {
            Ok(response) => response,
            Err(_) => {
                let mut gone = Response::new(Vec::new());
                *gone.status_mut() = StatusCode::BAD_GATEWAY;
                gone
            }
        }
    }
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that nobody can stop the server any more, so this waits for ever.
    if stopping.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn wait_for_signal() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.context("Ctrl-C"),
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_of_another_shape_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        check_shape(folder.path()).unwrap();
        std::fs::create_dir(folder.path().join("cloud")).unwrap();
        check_shape(folder.path()).unwrap();
        for former in ["1", ""] {
            std::fs::write(folder.path().join(SHAPE_STATE), former).unwrap();
            assert!(check_shape(folder.path()).unwrap_err().to_string().contains("--fresh"), "{former}");
        }
        std::fs::remove_file(folder.path().join(SHAPE_STATE)).unwrap();
        assert!(check_shape(folder.path()).is_err(), "a folder from before shapes were named");
    }

    #[test]
    fn demo_keeps_the_port_that_its_accounts_name() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_owned();
        let port = |port, real| {
            port_for(&ServeOptions {
                port,
                data: data.clone(),
                speed: 1.0,
                fresh: false,
                open_sign_up: false,
                real,
                url: None,
                listen: None,
                proxies: Vec::new(),
                system_sender: None,
            })
        };
        assert_eq!(port(None, false).unwrap(), USUAL_PORT);
        assert_eq!(port(Some(9_000), false).unwrap(), 9_000);
        write_whole(&data.join(PORT_STATE), b"9000").unwrap();
        assert_eq!((port(None, false).unwrap(), port(Some(9_000), false).unwrap()), (9_000, 9_000));
        let told = port(Some(9_100), false).unwrap_err().to_string();
        assert!(told.contains("begun with --port 9000") && told.contains("--port 9100 --data DIR"), "{told}");
        assert_eq!(port(Some(9_100), true).unwrap(), 9_100, "real providers are where they are");
    }
}
