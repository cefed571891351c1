//! The part of Lambda's runtime API and of Secrets Manager that a function needs to start: the secret is
//! returned, the first request for an event is noted and never answered.

use anyhow::Result;
use application::ports::clock::SystemClock;
use local_cloud::SeededIds;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

pub struct RuntimeApi {
    address: SocketAddr,
    polls: Mutex<Receiver<bool>>,
}

impl RuntimeApi {
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let (tell, polls) = channel();
        let ids = SeededIds::new(Arc::new(SystemClock), 7);
        let secret: Arc<str> = serde_json::json!({
            "ARN": "arn:aws:secretsmanager:us-east-1:000000000000:secret:bench/stage-000000",
            "Name": "bench/stage",
            "VersionId": "00000000-0000-0000-0000-000000000000",
            "SecretString": aws_platform::new_secret_text(&ids),
        })
        .to_string()
        .into();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tell, secret) = (tell.clone(), secret.clone());
                std::thread::spawn(move || serve(stream, &tell, &secret));
            }
        });
        Ok(Self { address, polls: Mutex::new(polls) })
    }

    /// The variables that Lambda sets, and the endpoint of AWS.
    pub fn environment(&self, function: &str) -> BTreeMap<&'static str, String> {
        let address = self.address.to_string();
        BTreeMap::from([
            ("AWS_LAMBDA_RUNTIME_API", address.clone()),
            ("AWS_ENDPOINT_URL", format!("http://{address}")),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "bench".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "bench".to_owned()),
            ("AWS_SESSION_TOKEN", "bench".to_owned()),
            ("AWS_LAMBDA_FUNCTION_NAME", function.to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "bench".to_owned()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench".to_owned()),
        ])
    }

    /// Waits until a function asks for its first event; false if it gave up or the time ran out.
    pub fn first_poll(&self) -> bool {
        let polls = self.polls.lock().unwrap_or_else(PoisonError::into_inner);
        polls.recv_timeout(PATIENCE).unwrap_or(false)
    }
}

fn serve(stream: TcpStream, tell: &Sender<bool>, secret: &str) {
    let Ok(mut answers) = stream.try_clone() else { return };
    let mut requests = BufReader::new(stream);
    while let Some(path) = request(&mut requests) {
        if path.ends_with("/invocation/next") || path.ends_with("/init/error") {
            // The caller may have gone already; then nobody waits.
            tell.send(path.ends_with("/next")).unwrap_or_default();
            continue;
        }
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length:";
        if write!(answers, "{head} {}\r\n\r\n{secret}", secret.len()).is_err() {
            return;
        }
    }
}

/// Reads one request to its end and returns its path.
fn request(requests: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    requests.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        requests.read_line(&mut header).ok().filter(|read| *read > 0)?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    requests.read_exact(&mut body).ok()?;
    Some(path)
}
