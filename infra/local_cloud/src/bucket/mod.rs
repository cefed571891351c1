//! The bucket: the part of S3's REST interface that a private blob store needs, signatures checked.

mod errors;
mod lifecycle;
mod list;
mod objects;
mod operation;
pub(crate) mod signature;
mod store;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::Clock;
use http::{HeaderMap, Request, Response, StatusCode};
use serde_json::Value;

use crate::cloud::LocalCloud;
use crate::dispatch::Outcome;
use crate::faults::Call;
use crate::ledger::Caller;
use crate::names::{bucket_arn, object_arn};
use crate::principal::Principal;
use crate::wire::{Reply, Service, ServiceError};
use crate::{names, purpose};
use operation::{Operation, Target};
use store::Store;

/// All buckets of one cloud.
pub(crate) struct Buckets {
    store: Mutex<Store>,
    clock: Arc<dyn Clock>,
}

/// The connection broke before the answer; the request may have taken effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection broke before the answer arrived")]
pub struct ConnectionLost;

/// An answer before it is HTTP.
struct Answer {
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl LocalCloud {
    /// Answers a signed S3 request (`https://s3.REGION.amazonaws.com/bucket/key`, or the bucket as host).
    pub fn s3_request(
        &self,
        principal: &Principal,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, ConnectionLost> {
        let target = Target::of(&request);
        let operation = Operation::of(&request, &target);
        let (action, resource) = match &target.key {
            Some(key) => (operation.action(), object_arn(&target.bucket, key)),
            None => (operation.action(), bucket_arn(&target.bucket)),
        };
        let signed = signature::check(&request, "s3", self.inner.clock.now());
        let allowed =
            signed.and_then(|()| self.inner.check(principal, &[(action.to_owned(), resource.clone())]));
        if let Err(error) = allowed {
            return Ok(http_response(errors::reply(error, &target)));
        }
        let call = Call {
            service: Service::S3,
            operation: operation.name(),
            principal: principal.name(),
            resource: &resource,
            body: request.body(),
        };
        let caller = Caller {
            principal: principal.name(),
            service: Service::S3,
            operation: operation.name(),
            purpose: purpose::current(),
        };
        let outcome = self.inner.with_faults(&call, |_| {
            let mut answer = self.inner.buckets.execute(operation, &target, &request);
            let may_list =
                || self.inner.check(principal, &[("s3:ListBucket".into(), bucket_arn(&target.bucket))]);
            // A caller who may not list does not learn that a key is missing.
            if matches!(&answer, Err(error) if error.code == "NoSuchKey") && may_list().is_err() {
                answer = Err(ServiceError::new(403, "AccessDenied", "Access Denied"));
            }
            let bytes = request.body().len() + answer.as_ref().map_or(0, |answer| answer.body.len());
            self.inner.ledger.count(&caller, &target.bucket, 1, bytes as u64);
            let answer = answer.map(|answer| Reply {
                status: answer.status.as_u16(),
                headers: answer.headers,
                body: answer.body,
            });
            Ok(answer.unwrap_or_else(|error| errors::reply(error, &target)))
        });
        match outcome {
            Outcome::Lost => Err(ConnectionLost),
            Outcome::Reply(reply) => Ok(http_response(reply)),
        }
    }

    /// Creates a bucket; repeating is harmless.
    pub fn create_bucket(&self, name: &str) -> Result<(), ServiceError> {
        self.inner.buckets.store().create_bucket(name)
    }

    /// Deletes a bucket with all its objects, as an operator does in the console.
    pub fn delete_bucket(&self, name: &str) -> Result<(), ServiceError> {
        self.inner.buckets.store().delete_bucket(name)
    }

    /// Creates a bucket from the properties of an `AWS::S3::Bucket`, with the lifecycle rules of its objects.
    pub fn create_bucket_from(&self, name: &str, properties: &Value) -> Result<(), ServiceError> {
        let rules = lifecycle::expirations(properties)?;
        let store = self.inner.buckets.store();
        store.create_bucket(name)?;
        store.set_expirations(name, &rules)
    }

    /// All objects of the buckets: `bucket/key` and body, in order.
    pub fn objects(&self) -> Result<Vec<(String, Vec<u8>)>, ServiceError> {
        self.inner.buckets.store().objects()
    }
}

impl Buckets {
    /// Deletes objects that have expired; returns how many.
    pub(crate) fn sweep(&self) -> Result<usize, ServiceError> {
        self.store().delete_expired(self.clock.now().as_millisecond())
    }

    fn execute(
        &self,
        operation: Operation,
        target: &Target,
        request: &Request<Vec<u8>>,
    ) -> Result<Answer, ServiceError> {
        let store = self.store();
        if operation == Operation::CreateBucket {
            store.create_bucket(&target.bucket)?;
            return Ok(Answer::new(StatusCode::OK));
        }
        store.require_bucket(&target.bucket)?;
        let key = target.key.as_deref().unwrap_or_default();
        let now = self.clock.now();
        match operation {
            Operation::PutObject => objects::put(&store, now, &target.bucket, key, request),
            Operation::GetObject => objects::get(&store, &target.bucket, key, request.headers(), true),
            Operation::HeadObject => objects::get(&store, &target.bucket, key, request.headers(), false),
            Operation::DeleteObject => objects::delete(&store, &target.bucket, key, request.headers()),
            Operation::ListObjects => list::list(&store, &target.bucket, &target.query),
            Operation::HeadBucket => Ok(Answer::new(StatusCode::OK)),
            _ => Err(ServiceError::new(501, "NotImplemented", "This request is not served here.")),
        }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer {
    fn new(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    fn with(mut self, header: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((header, value.into()));
        self
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

pub(crate) fn http_response(reply: Reply) -> Response<Vec<u8>> {
    let mut response = Response::new(reply.body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Host of path-style requests.
pub fn s3_host() -> String {
    format!("s3.{}.amazonaws.com", names::REGION)
}
