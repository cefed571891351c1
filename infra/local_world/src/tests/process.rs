//! The installation as a process of its own, which its parent tells the time, so that it can really be
//! killed.

use super::moments::STRIKES;
use anyhow::{Context, Result, bail};
use application::Clock;
use async_trait::async_trait;
use http::uri::{Authority, Scheme};
use http::{Request, Response, StatusCode, Uri};
use jiff::Timestamp;
use local_cloud::{Durability, LocalCloud, SeededIds, VirtualClock};
use local_host::{HostOptions, LocalHost};
use providers::transport::{Http, LettreSmtp, PublicWeb, Reach, ReqwestHttp, SocketImap};
use sandbox::AppClient;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

/// The product's address as the simulated people know it; the port that it listens on changes with every
/// start.
pub const APP: &str = "http://localhost:8787";

const FOLDER: &str = "LEADFLOW_TEST_FOLDER";
const TIME: &str = "LEADFLOW_TEST_TIME";
const LIFE: &str = "LEADFLOW_TEST_LIFE";
const STRIKE: &str = "LEADFLOW_TEST_STRIKE";
/// The prefix of the process's own lines; all other output is the test runner's.
const SAYS: &str = "@ ";

/// The body of the child process. As a test it does nothing, unless another test has started it.
#[test]
fn installation() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(live(Path::new(&folder))).unwrap();
}

fn say(what: &str) {
    println!("{SAYS}{what}");
    std::io::stdout().flush().unwrap();
}

async fn live(folder: &Path) -> Result<()> {
    let variable = |name: &str| env::var(name).with_context(|| name.to_owned());
    let clock = Arc::new(VirtualClock::at(variable(TIME)?.parse()?));
    let dynamic: Arc<dyn Clock> = clock.clone();
    let cloud = LocalCloud::open(folder, dynamic.clone(), Durability::ProcessDeath)?;
    let options = HostOptions {
        cloud: cloud.clone(),
        clock: dynamic.clone(),
        function_clock: dynamic.clone(),
        ids: Arc::new(SeededIds::new(dynamic, variable(LIFE)?.parse()?)),
        http: Arc::new(ReqwestHttp::new(Reach::Anywhere)),
        web: Arc::new(PublicWeb::default()),
        smtp: Arc::new(LettreSmtp::new(Reach::Anywhere)),
        imap: Arc::new(SocketImap::new(Reach::Anywhere)),
        public_url: APP.to_owned(),
        open_sign_up: false,
        sign_in_clients: Vec::new(),
        system_sender: None,
        held: None,
        proxies: None,
    };
    let host = LocalHost::start(options).await?;
    if let Ok(number) = env::var(STRIKE) {
        let strike = STRIKES.get(number.parse::<usize>()?).context("no such strike")?;
        strike.arm(&cloud, || {
            say("struck");
            loop {
                std::thread::park();
            }
        });
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    say(&format!("listens {}", listener.local_addr()?));
    say(&host.setup_code());
    let (_stop, stopping) = watch::channel(false);
    let server = host.clone();
    tokio::spawn(async move { server.serve_requests(listener, stopping).await });
    let (orders, mut heard) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if orders.send(line).is_err() {
                return;
            }
        }
    });
    while let Some(time) = heard.recv().await {
        clock.advance_to(time.parse()?);
        host.run_until_quiet().await?;
        say(&format!("quiet {}", host.next_due(true).await?.map_or("never".to_owned(), |at| at.to_string())));
    }
    Ok(())
}

/// A running installation, seen from its parent.
pub struct Installation {
    child: Arc<Mutex<Child>>,
    orders: ChildStdin,
    said: mpsc::UnboundedReceiver<String>,
    pub address: SocketAddr,
    pub setup_code: String,
}

/// The result of a piece of time.
#[derive(Debug, PartialEq)]
pub enum Lived {
    Quiet(Option<Timestamp>),
    Killed,
}

impl Installation {
    /// Starts the process; `strike` is the moment at which it is killed, and `life` keeps its ids apart from
    /// those of earlier ones.
    pub async fn start(folder: &Path, now: Timestamp, life: usize, strike: Option<usize>) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["tests::process::installation", "--exact", "--nocapture"]);
        command.env(FOLDER, folder).env(TIME, now.to_string()).env(LIFE, life.to_string());
        if let Some(strike) = strike {
            command.env(STRIKE, strike.to_string());
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let orders = child.stdin.take().context("its input is piped")?;
        let output = child.stdout.take().context("its output is piped")?;
        let child = Arc::new(Mutex::new(child));
        let (sender, mut said) = mpsc::unbounded_channel();
        let struck = child.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // The test runner may print the beginning of its own line before the first word.
                let Some((_, words)) = line.split_once(SAYS) else { continue };
                if words == "struck" {
                    kill(&struck);
                }
                if sender.send(words.to_owned()).is_err() {
                    return;
                }
            }
        });
        let first = said.recv().await.context("it ended before it listened")?;
        let address = first.strip_prefix("listens ").context("it says where it listens first")?.parse()?;
        let setup_code = said.recv().await.context("it says its setup code next")?;
        Ok(Self { child, orders, said, address, setup_code })
    }

    /// Lets the process do everything that is due at `now`.
    pub async fn live(&mut self, now: Timestamp) -> Result<Lived> {
        if writeln!(self.orders, "{now}").is_err() {
            return self.end();
        }
        match self.said.recv().await {
            Some(words) if words == "struck" => self.end(),
            Some(words) => match words.strip_prefix("quiet ").context("it is quiet or dead")? {
                "never" => Ok(Lived::Quiet(None)),
                at => Ok(Lived::Quiet(Some(at.parse()?))),
            },
            None => self.end(),
        }
    }

    fn end(&mut self) -> Result<Lived> {
        use std::os::unix::process::ExitStatusExt;
        let status = self.child.lock().expect("nobody panics with it").wait()?;
        match status.signal() {
            Some(9) => Ok(Lived::Killed),
            _ => bail!("it ended by itself: {status}"),
        }
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        kill(&self.child);
        drop(self.child.lock().expect("nobody panics with it").wait());
    }
}

/// Kills the process with signal 9.
fn kill(child: &Mutex<Child>) {
    child.lock().expect("nobody panics with it").kill().expect("a child of ours can be killed");
}

/// Forwards requests to the address at which the installation listens now; answers 502 while it does not.
pub struct Way {
    pub to: Arc<Mutex<SocketAddr>>,
    http: ReqwestHttp,
}

impl Way {
    pub fn new(to: Arc<Mutex<SocketAddr>>) -> Self {
        Self { to, http: ReqwestHttp::new(Reach::Anywhere) }
    }
}

#[async_trait]
impl AppClient for Way {
    async fn call(&self, mut request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let address = self.to.lock().expect("nobody panics with it").to_string();
        let mut parts = request.uri().clone().into_parts();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Authority::try_from(address).ok();
        *request.uri_mut() = Uri::from_parts(parts).expect("an address and a path");
        let answer = self.http.send(request).await;
        answer.unwrap_or_else(|_| {
            let mut gone = Response::new(Vec::new());
            *gone.status_mut() = StatusCode::BAD_GATEWAY;
            gone
        })
    }
}
