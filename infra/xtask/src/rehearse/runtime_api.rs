//! Lambda's runtime API for one function on this machine's loopback: events go out one at a time, answers
//! come back.

use anyhow::{Result, bail};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use http::{Method, Request, Response, StatusCode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};

/// The largest answer; Lambda accepts no more.
const LARGEST: usize = 6_291_556;

/// The function's answer to an event, or why there is none.
pub type Answer = Result<Value, String>;

struct Job {
    event: Vec<u8>,
    allowed: Duration,
    answer: oneshot::Sender<Answer>,
}

#[derive(Clone)]
pub struct RuntimeApi {
    pub address: SocketAddr,
    jobs: mpsc::UnboundedSender<Job>,
    shared: Arc<Shared>,
}

struct Shared {
    waiting: AsyncMutex<mpsc::UnboundedReceiver<Job>>,
    open: Mutex<BTreeMap<String, oneshot::Sender<Answer>>>,
    state: watch::Sender<Phase>,
    function: String,
}

/// The state of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    Starting,
    /// The process has asked for its first event.
    Ready,
    Failed(String),
}

impl RuntimeApi {
    pub async fn start(function: &str) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (jobs, waiting) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            waiting: AsyncMutex::new(waiting),
            open: Mutex::default(),
            state: watch::Sender::new(Phase::Starting),
            function: function.to_owned(),
        });
        let router = Router::new().fallback(serve).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, jobs, shared })
    }

    /// Forgets open events, since a new process begins.
    pub fn begin(&self) {
        self.shared.state.send_replace(Phase::Starting);
        self.shared.open.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Waits until the process asks for its first event.
    pub async fn ready(&self) -> Result<()> {
        let mut state = self.shared.state.subscribe();
        let reached = state.wait_for(|state| *state != Phase::Starting).await?.clone();
        match reached {
            Phase::Failed(why) => bail!("{} could not start: {why}", self.shared.function),
            _ => Ok(()),
        }
    }

    /// Gives an event to the function; the answer comes when the function has one, and never if its process
    /// ends.
    pub fn invoke(&self, event: Vec<u8>, allowed: Duration) -> oneshot::Receiver<Answer> {
        let (answer, given) = oneshot::channel();
        // A send fails only once the receiver is gone, and this holds it.
        self.jobs.send(Job { event, allowed, answer }).unwrap_or_default();
        given
    }
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let path: Vec<&str> = head.uri.path().split('/').collect();
    let Ok(body) = to_bytes(body, LARGEST + 1).await else { return plain(StatusCode::PAYLOAD_TOO_LARGE) };
    match (&head.method, path.as_slice()) {
        (&Method::GET, [.., "invocation", "next"]) => next(&shared).await,
        (&Method::POST, [.., "invocation", id, "response"]) if body.len() > LARGEST => {
            let long = format!("an answer of {} bytes, Lambda takes {LARGEST}", body.len());
            shared.answer(id, Err(long));
            plain(StatusCode::PAYLOAD_TOO_LARGE)
        }
        (&Method::POST, [.., "invocation", id, "response"]) => {
            shared.answer(id, serde_json::from_slice(&body).map_err(|error| format!("no JSON: {error}")));
            plain(StatusCode::ACCEPTED)
        }
        (&Method::POST, [.., "invocation", id, "error"]) => {
            shared.answer(id, Err(String::from_utf8_lossy(&body).into_owned()));
            plain(StatusCode::ACCEPTED)
        }
        (&Method::POST, [.., "init", "error"]) => {
            shared.state.send_replace(Phase::Failed(String::from_utf8_lossy(&body).into_owned()));
            plain(StatusCode::ACCEPTED)
        }
        _ => plain(StatusCode::NOT_FOUND),
    }
}

async fn next(shared: &Shared) -> Response<Body> {
    shared.state.send_replace(Phase::Ready);
    let Some(Job { event, allowed, answer }) = shared.waiting.lock().await.recv().await else {
        return plain(StatusCode::GONE);
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let id = format!("{:08x}-0000-4000-8000-{:012x}", now.subsec_nanos(), now.as_millis());
    let arn = format!("arn:aws:lambda:{}:{}:function:{}", region(), account(), shared.function);
    shared.open.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), answer);
    let built = Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", id)
        .header("lambda-runtime-deadline-ms", (now + allowed).as_millis().to_string())
        .header("lambda-runtime-invoked-function-arn", arn)
        .header("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000;Sampled=0")
        .body(Body::from(event));
    built.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

fn region() -> &'static str {
    local_cloud::names::REGION
}

fn account() -> &'static str {
    local_cloud::names::ACCOUNT
}

impl Shared {
    fn answer(&self, id: &str, answer: Answer) {
        let waiting = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        if let Some(waiting) = waiting {
            // The caller may have given up; then nobody waits.
            waiting.send(answer).unwrap_or_default();
        }
    }
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn asked(api: &RuntimeApi, method: Method, path: &str, body: Vec<u8>) -> Response<Body> {
        let path = format!("/2018-06-01/runtime/{path}");
        let request = Request::builder().method(method).uri(path).body(Body::from(body)).unwrap();
        serve(State(api.shared.clone()), request).await
    }

    /// Takes an event as a function's process does, and returns its id.
    async fn taken(api: &RuntimeApi) -> String {
        let event = asked(api, Method::GET, "invocation/next", vec![]).await;
        assert!(event.headers()["lambda-runtime-deadline-ms"].to_str().unwrap().parse::<u64>().is_ok());
        event.headers()["lambda-runtime-aws-request-id"].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn event_is_delivered_once_and_its_answer_returned() {
        let api = RuntimeApi::start("leads").await.unwrap();
        for (word, body, answer) in [
            ("response", b"{\"a\":1}".to_vec(), Ok(serde_json::json!({ "a": 1 }))),
            ("error", b"out of order".to_vec(), Err("out of order".to_owned())),
        ] {
            let given = api.invoke(b"{}".to_vec(), Duration::from_secs(3));
            let id = taken(&api).await;
            let path = format!("invocation/{id}/{word}");
            assert_eq!(asked(&api, Method::POST, &path, body).await.status(), StatusCode::ACCEPTED);
            assert_eq!(given.await.unwrap(), answer);
        }
        assert!(api.ready().await.is_ok());
    }

    #[tokio::test]
    async fn answer_over_lambdas_limit_is_a_failure() {
        let api = RuntimeApi::start("leads").await.unwrap();
        let given = api.invoke(b"{}".to_vec(), Duration::from_secs(3));
        let id = taken(&api).await;
        let path = format!("invocation/{id}/response");
        let status = asked(&api, Method::POST, &path, vec![b' '; LARGEST + 1]).await.status();
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(given.await.unwrap().unwrap_err().contains("Lambda takes"));
    }

    #[tokio::test]
    async fn failed_start_is_reported_and_open_events_are_dropped() {
        let api = RuntimeApi::start("leads").await.unwrap();
        asked(&api, Method::POST, "init/error", b"SECRET_ID is not set".to_vec()).await;
        let why = api.ready().await.unwrap_err().to_string();
        assert_eq!(why, "leads could not start: SECRET_ID is not set");
        let given = api.invoke(b"{}".to_vec(), Duration::from_secs(3));
        taken(&api).await;
        api.begin();
        assert!(given.await.is_err());
    }
}
