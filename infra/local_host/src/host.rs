//! Builds the stack of the template on a local cloud and connects every function to it, each with its own
//! policy.

use crate::gateway::Gateway;
use crate::limits::{Stopwatch, check_environment};
use crate::socket::SocketDoor;
use crate::source::Source;
use crate::template::{FunctionDefinition, LOCAL, Stack, TEMPLATE};
use anyhow::{Context, Result, anyhow};
use application::{Clock, Ids, Ports};
use async_trait::async_trait;
use aws_platform::{Config, Connected, Outside};
use bootstrap::{Served, build};
use domain::contact::email_address::EmailAddress;
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{LocalCloud, Principal};
use providers::SmtpAccount;
use providers::transport::{Http, Imap, Smtp, TransportError, Web};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub struct HostOptions {
    pub cloud: LocalCloud,
    pub clock: Arc<dyn Clock>,
    /// The clock that functions read; it may be wrong.
    pub function_clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// The connections to providers.
    pub http: Arc<dyn Http>,
    pub web: Arc<dyn Web>,
    pub smtp: Arc<dyn Smtp>,
    pub imap: Arc<dyn Imap>,
    pub public_url: String,
    /// Whether others may sign up after the first user.
    pub open_sign_up: bool,
    /// The registrations at providers of sign-ins, as the stage's secret holds them.
    pub sign_in_clients: Vec<Value>,
    /// The installation's own sender, if its operator has one.
    pub system_sender: Option<SystemSender>,
    /// Why nothing may be sent, if so.
    pub held: Option<Arc<str>>,
    /// The other addresses from which a proxy may pass requests on and say whose they are, if one on this machine may.
    pub proxies: Option<Arc<[IpAddr]>>,
}

/// The installation's own sender of mail about accounts.
#[derive(Clone)]
pub struct SystemSender {
    pub address: EmailAddress,
    /// The operator's account at a mail server.
    pub smtp: SmtpAccount,
}

#[derive(Debug, Clone, Copy)]
pub struct Invocations {
    pub by_events: u64,
    pub by_requests: u64,
    /// The number of records of the stream that were delivered.
    pub changes: u64,
}

/// A running installation. Clones are the same one.
#[derive(Clone)]
pub struct LocalHost {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub cloud: LocalCloud,
    pub clock: Arc<dyn Clock>,
    pub gateway: Gateway,
    pub sources: Vec<Source>,
    /// The WebSocket API, where the template has one.
    pub socket: Option<SocketDoor>,
    pub ports: Connected,
    pub stack: Stack,
    pub options: HostOptions,
    /// The earliest hint, and the number of writes after which it was read.
    pub earliest_hint: Mutex<Option<(u64, Option<Timestamp>)>>,
    /// Messages that every function fails to process.
    pub poison: Mutex<BTreeSet<String>>,
    /// The number of invocations that queues, the stream and schedules started.
    pub started: AtomicU64,
    pub requested: AtomicU64,
    /// The number of invocation chains that began here.
    pub chains: Arc<AtomicU64>,
    pub stopwatch: Stopwatch,
    /// The number of records of the stream that were delivered.
    pub changes: AtomicU64,
}

impl LocalHost {
    pub async fn start(options: HostOptions) -> Result<Self> {
        Self::start_from(TEMPLATE, &[], options).await
    }

    /// Starts from another template that names the same functions, or with other parameters.
    pub async fn start_from(template: &str, given: &[(&str, &str)], options: HostOptions) -> Result<Self> {
        let sign_up = if options.open_sign_up { "open" } else { "first" };
        let mut parameters =
            vec![("Stage", "local"), ("PublicUrl", options.public_url.as_str()), ("SignUp", sign_up)];
        let sender = options.system_sender.as_ref().map(|sender| sender.address.to_string());
        parameters.extend(sender.as_deref().map(|address| ("SystemSender", address)));
        parameters.extend(LOCAL);
        parameters.extend(given);
        let stack = Stack::read(template, &parameters)?;
        Self::create_resources(&stack, &options).await?;
        let (chains, stopwatch) = (Arc::<AtomicU64>::default(), Stopwatch::new(options.clock.clone()));
        let mut gateway = Gateway::new(&options, chains.clone(), stopwatch.clone());
        gateway.set_cors(stack.cors.clone());
        let (mut sources, mut socket) = (Vec::new(), None);
        for function in &stack.functions {
            let place = || format!("function {}", function.name);
            let unknown = || format!("the template names a function {} that there is not", function.name);
            check_environment(function)?;
            let principal = Principal::with_policy(&function.name, function.policy.clone());
            let ports = connect(function, principal, &options).await.with_context(place)?;
            match build(&function.name, &ports).with_context(unknown)? {
                Served::Routes(router) => gateway.add(function, router).with_context(place)?,
                Served::Events(handler) => {
                    if let Some(api) = stack.socket.clone().filter(|api| api.function == function.logical_id)
                    {
                        let (name, timeout) = (function.name.clone(), function.timeout());
                        socket = Some(SocketDoor::new(api, name, timeout, handler.clone()));
                    }
                    for source in &function.sources {
                        sources.push(Source::new(
                            function,
                            source.clone(),
                            handler.clone(),
                            options.clock.now(),
                        )?);
                    }
                }
            }
        }
        let everything = whole(&stack);
        let ports = connect(&everything, Principal::root(), &options).await?;
        let (cloud, clock) = (options.cloud.clone(), options.clock.clone());
        Ok(Self {
            inner: Arc::new(Inner {
                cloud,
                clock,
                options,
                gateway,
                sources,
                socket,
                ports,
                stack,
                earliest_hint: Mutex::default(),
                poison: Mutex::default(),
                started: AtomicU64::new(0),
                requested: AtomicU64::new(0),
                chains,
                stopwatch,
                changes: AtomicU64::new(0),
            }),
        })
    }

    /// Replaces all functions by new instances without memory, as a deployment does. Running invocations
    /// finish in the old ones.
    pub async fn restart_functions(&self) -> Result<()> {
        let Inner { stack, options, sources, socket, gateway, .. } = self.inner.as_ref();
        let mut served = 0;
        for function in &stack.functions {
            let place = || format!("function {}", function.name);
            let unknown = || format!("the template names a function {} that there is not", function.name);
            let principal = Principal::with_policy(&function.name, function.policy.clone());
            let ports = connect(function, principal, options).await.with_context(place)?;
            match build(&function.name, &ports).with_context(unknown)? {
                Served::Routes(router) => {
                    gateway.replace(served, router);
                    served += 1;
                }
                Served::Events(handler) => {
                    let own = sources.iter().filter(|source| source.function == function.name);
                    own.for_each(|source| source.serve_by(handler.clone()));
                    let own = socket.as_ref().filter(|door| door.function == function.name);
                    own.into_iter().for_each(|door| door.serve_by(handler.clone()));
                }
            }
        }
        Ok(())
    }

    async fn create_resources(stack: &Stack, options: &HostOptions) -> Result<()> {
        let cloud = &options.cloud;
        let refused = |error| anyhow!("the local cloud refused: {error:?}");
        for (name, properties) in &stack.tables {
            cloud.create_table_from(name, properties).map_err(refused)?;
        }
        // Dead-letter queues come first, since the others name them.
        let mut queues: Vec<_> = stack.queues.iter().collect();
        queues.sort_by_key(|(_, properties)| properties.get("RedrivePolicy").is_some());
        for (name, properties) in queues {
            let taken = ["VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy", "DelaySeconds"];
            let attributes: Vec<(&str, String)> = taken
                .iter()
                .filter_map(|key| properties.get(*key).map(|value| (*key, value.to_string())))
                .collect();
            let attributes: Vec<(&str, &str)> =
                attributes.iter().map(|(key, value)| (*key, value.as_str())).collect();
            cloud.create_queue(name, &attributes).map_err(refused)?;
        }
        for (name, properties) in &stack.buckets {
            cloud.create_bucket_from(name, properties).map_err(refused)?;
        }
        let secrets = aws_sdk_secretsmanager::Client::new(&cloud.sdk_config_for(Principal::root()));
        for name in &stack.secrets {
            let text = aws_platform::new_secret_text(options.ids.as_ref());
            let text = with_clients(&text, options)?;
            match secrets
                .create_secret()
                .name(name)
                .secret_string(text)
                .send()
                .await
                .map_err(|e| e.into_service_error())
            {
                Ok(_) => {}
                // The secret of an earlier start is kept, so that everything encrypted with it stays
                // readable.
                Err(error) if error.is_resource_exists_exception() && options.sign_in_clients.is_empty() => {}
                Err(error) if error.is_resource_exists_exception() => {
                    let kept = secrets.get_secret_value().secret_id(name).send().await?;
                    let text = with_clients(kept.secret_string().unwrap_or_default(), options)?;
                    secrets.put_secret_value().secret_id(name).secret_string(text).send().await?;
                }
                Err(error) => return Err(error).context("the stage's secret"),
            }
        }
        Ok(())
    }

    /// Answers one request from outside.
    pub async fn call(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        self.call_from(request, "127.0.0.1").await
    }

    pub async fn call_from(&self, request: Request<Vec<u8>>, source: &str) -> Response<Vec<u8>> {
        self.inner.requested.fetch_add(1, Ordering::Relaxed);
        self.inner.gateway.call(request, source).await
    }

    /// The number of invocations so far, as Lambda would bill them.
    pub fn invocations(&self) -> Invocations {
        let Inner { started, requested, changes, .. } = self.inner.as_ref();
        Invocations {
            by_events: started.load(Ordering::Relaxed),
            by_requests: requested.load(Ordering::Relaxed),
            changes: changes.load(Ordering::Relaxed),
        }
    }

    /// All ports, without a policy: for seeding and for checks.
    pub fn ports(&self) -> &Connected {
        &self.inner.ports
    }

    /// The code that the first sign-up needs.
    pub fn setup_code(&self) -> String {
        self.inner.ports.keys().setup_code()
    }

    pub fn cloud(&self) -> &LocalCloud {
        &self.inner.cloud
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    pub fn options(&self) -> &HostOptions {
        &self.inner.options
    }

    pub fn stack(&self) -> &Stack {
        &self.inner.stack
    }
}

/// A function that has the variables of all functions, and the keys.
fn whole(stack: &Stack) -> FunctionDefinition {
    let mut environment = BTreeMap::new();
    for function in &stack.functions {
        environment.extend(function.environment.clone());
    }
    // It has the keys, as most functions do.
    environment.remove("STAGE_KEYS");
    FunctionDefinition {
        logical_id: "Host".to_owned(),
        name: "host".to_owned(),
        environment,
        policy: Vec::new(),
        sources: Vec::new(),
        timeout_seconds: 0,
        may_recurse: false,
        async_retries: (0, SignedDuration::ZERO),
        memory_mb: 0,
    }
}

async fn connect(
    function: &FunctionDefinition,
    principal: Principal,
    options: &HostOptions,
) -> Result<Connected> {
    let config = Config::read(&function.name, |name| function.environment.get(name).cloned())?;
    let signed = SignedDoor { cloud: options.cloud.clone(), principal: principal.clone() };
    let outside = Outside {
        aws: options.cloud.retrying_sdk_config_for(principal),
        http: options.http.clone(),
        web: options.web.clone(),
        smtp: options.smtp.clone(),
        imap: options.imap.clone(),
        clock: options.function_clock.clone(),
        ids: options.ids.clone(),
        aws_http: Some(Arc::new(signed)),
        held: options.held.clone(),
        system_smtp: options.system_sender.as_ref().map(|sender| sender.smtp.clone()),
    };
    aws_platform::connect(&config, outside).await.map_err(|error| anyhow!("{error}"))
}

/// An HTTP client whose signed requests to the bucket and to open pages stay in this process.
struct SignedDoor {
    cloud: LocalCloud,
    principal: Principal,
}

#[async_trait]
impl Http for SignedDoor {
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        self.cloud
            .signed_request(&self.principal, request)
            .map_err(|lost| TransportError::Ambiguous(Box::new(lost)))
    }
}

/// The item identifiers that a function's answer reports as failed.
pub(crate) fn failures_of(answer: &Value) -> Vec<String> {
    let items = answer["batchItemFailures"].as_array().into_iter().flatten();
    items.filter_map(|item| item["itemIdentifier"].as_str()).map(str::to_owned).collect()
}

/// Puts the registrations at providers of sign-ins into the text of a secret, where there are any.
fn with_clients(text: &str, options: &HostOptions) -> Result<String> {
    match options.sign_in_clients.as_slice() {
        [] => Ok(text.to_owned()),
        clients => {
            aws_platform::with_sign_in_clients(text, clients.to_vec()).map_err(|error| anyhow!("{error}"))
        }
    }
}
