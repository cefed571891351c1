//! The connections of a WebSocket API, and its management API (`@connections`), with the limits of API Gateway: ten idle
//! minutes, two hours, frames of 32 KB. A connection that is over, or not yet established, answers 410.

use crate::bucket::{ConnectionLost, http_response, signature};
use crate::cloud::LocalCloud;
use crate::dispatch::Outcome;
use crate::faults::Call;
use crate::ledger::Caller;
use crate::names;
use crate::principal::Principal;
use crate::purpose;
use crate::wire::{Reply, Service, ServiceError};
use application::Clock;
use http::{Method, Request, Response};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The largest frame, and so the largest text that is sent in one.
pub const LARGEST_FRAME: usize = 32 * 1024;
/// The largest message of a page, in frames of 32 KB each.
pub const LARGEST_MESSAGE: usize = 128 * 1024;
const LONGEST: SignedDuration = SignedDuration::from_hours(2);
const LONGEST_IDLE: SignedDuration = SignedDuration::from_mins(10);

/// All connections of this cloud's WebSocket APIs.
pub(crate) struct Connections {
    clock: Arc<dyn Clock>,
    open: Mutex<HashMap<String, Connection>>,
}

struct Connection {
    texts: UnboundedSender<String>,
    since: Timestamp,
    active: Timestamp,
}

impl Connections {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, open: Mutex::default() }
    }

    /// Returns the open connections, without those whose time is over.
    fn open(&self) -> MutexGuard<'_, HashMap<String, Connection>> {
        let now = self.clock.now();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, connection| {
            let idle = now.duration_since(connection.active);
            now.duration_since(connection.since) < LONGEST
                && idle < LONGEST_IDLE
                && !connection.texts.is_closed()
        });
        open
    }
}

impl LocalCloud {
    /// Establishes a connection. The receiver gets its texts, and ends with the connection.
    pub fn establish_connection(&self, id: &str) -> UnboundedReceiver<String> {
        let (texts, received) = unbounded_channel();
        let now = self.inner.clock.now();
        self.inner.connections.open().insert(id.to_owned(), Connection { texts, since: now, active: now });
        received
    }

    /// Notes that a page has sent something. False where its connection is over.
    pub fn note_activity(&self, id: &str) -> bool {
        let now = self.inner.clock.now();
        let mut open = self.inner.connections.open();
        open.get_mut(id).map(|connection| connection.active = now).is_some()
    }

    /// Tells whether a connection is open; one whose time is over is closed by this.
    pub fn is_connected(&self, id: &str) -> bool {
        self.inner.connections.open().contains_key(id)
    }

    pub fn end_connection(&self, id: &str) {
        self.inner.connections.open().remove(id);
    }

    /// Answers a signed request of the management API: `https://API.execute-api.REGION.amazonaws.com/STAGE/@connections/ID`.
    pub fn connections_request(
        &self,
        principal: &Principal,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, ConnectionLost> {
        let path = request.uri().path().to_owned();
        let Some((stage, id)) = path.trim_start_matches('/').split_once("/@connections/") else {
            return Ok(http_response(ServiceError::new(404, "NotFoundException", "").into_reply(SERVICE)));
        };
        let (id, method) = (id.replace("%3D", "="), request.method().clone());
        let resource = names::connections_arn(stage, method.as_str());
        let signed = signature::check(&request, "execute-api", self.inner.clock.now());
        let action = "execute-api:ManageConnections".to_owned();
        let allowed = signed.and_then(|()| self.inner.check(principal, &[(action, resource.clone())]));
        if let Err(error) = allowed {
            let denied = ServiceError::new(403, "ForbiddenException", error.message);
            return Ok(http_response(denied.into_reply(SERVICE)));
        }
        let operation = if method == Method::DELETE { "DeleteConnection" } else { "PostToConnection" };
        let body = request.body();
        let call = Call { service: SERVICE, operation, principal: principal.name(), resource: &id, body };
        let caller =
            Caller { principal: principal.name(), service: SERVICE, operation, purpose: purpose::current() };
        let outcome = self.inner.with_faults(&call, |_| {
            self.inner.ledger.count(&caller, stage, 1, body.len() as u64);
            self.inner.connections.execute(&method, &id, body)
        });
        match outcome {
            Outcome::Lost => Err(ConnectionLost),
            Outcome::Reply(reply) => Ok(http_response(reply)),
        }
    }
}

const SERVICE: Service = Service::Connections;

impl Connections {
    fn execute(&self, method: &Method, id: &str, body: &[u8]) -> Result<Reply, ServiceError> {
        let gone = || ServiceError::new(410, "GoneException", "");
        let now = self.clock.now();
        let mut open = self.open();
        match *method {
            Method::POST => {
                if body.len() > LARGEST_FRAME {
                    return Err(ServiceError::new(413, "PayloadTooLargeException", "Frame too large"));
                }
                let text = String::from_utf8_lossy(body).into_owned();
                let connection = open.get_mut(id).ok_or_else(gone)?;
                connection.active = now;
                connection.texts.send(text).map_err(|_| gone())?;
                Ok(Reply { status: 200, headers: Vec::new(), body: Vec::new() })
            }
            Method::DELETE => {
                open.remove(id).ok_or_else(gone)?;
                Ok(Reply { status: 204, headers: Vec::new(), body: Vec::new() })
            }
            _ => Err(ServiceError::new(501, "NotImplemented", "This request is not served here.")),
        }
    }
}
