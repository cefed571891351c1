//! One call from policy to ledger: whether it is allowed, whether it fails on purpose, its effect, its cost.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::cloud::Inner;
use crate::dynamo::HalfBatch;
use crate::faults::{Call, Fault, Moment};
use crate::ledger::Caller;
use crate::principal::{Permission, Principal};
use crate::wire::{Answer, Reply, Service, ServiceError};
use crate::{dynamo, events, names, secrets, trace};

/// SQS and EventBridge bill by the 64 KB.
const REQUEST_BYTES: u64 = 65_536;

/// A deviation in how a call is carried out that is neither refused nor lost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Oddity {
    None,
    HoldBack(Duration),
    HalfBatch,
    Behind(Duration),
    Late,
}

/// A call that has left its caller and is not carried out yet.
pub(crate) struct LateCall {
    principal: Principal,
    purpose: Arc<str>,
    trace: Option<Arc<str>>,
    target: String,
    body: Vec<u8>,
}

/// The response that reached the caller.
pub(crate) enum Outcome {
    Reply(Reply),
    /// The effect took place; the connection broke before the answer.
    Lost,
}

impl Inner {
    /// Runs a call of one of the JSON protocols.
    pub(crate) fn call(
        &self,
        principal: &Principal,
        purpose: Arc<str>,
        target: &str,
        body: &[u8],
    ) -> Outcome {
        let Some((service, operation)) = Service::of_target(target) else {
            let error =
                ServiceError::bad("UnknownOperationException", format!("{target} is not served here"));
            return Outcome::Reply(error.into_reply(Service::DynamoDb));
        };
        let needed = match self.authorize(principal, service, operation, body) {
            Ok(needed) => needed,
            Err(error) => return Outcome::Reply(error.into_reply(service)),
        };
        let resource = needed.first().map_or("*", |(_, resource)| resource.as_str());
        let call = Call { service, operation, principal: principal.name(), resource, body };
        let caller = Caller { principal: principal.name(), service, operation, purpose };
        self.with_faults(&call, |oddity| match oddity {
            Oddity::Late => {
                let (principal, purpose) = (principal.clone(), caller.purpose.clone());
                let (target, trace) = (target.to_owned(), trace::current());
                let late = LateCall { principal, purpose, trace, target, body: body.to_vec() };
                self.late.lock().unwrap_or_else(PoisonError::into_inner).push_back(late);
                Err(ServiceError::bad("RequestTimeout", "it is done later".to_owned()))
            }
            oddity => self.execute(&caller, operation, resource, body, oddity),
        })
    }

    /// Carries out the oldest late call, whatever has happened since; nobody gets its answer. False if there
    /// is none.
    pub(crate) fn run_deferred_call(&self) -> bool {
        let next = self.late.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(LateCall { principal, purpose, trace, target, body }) = next else { return false };
        let Some((service, operation)) = Service::of_target(&target) else { return true };
        let Ok(needed) = self.authorize(&principal, service, operation, &body) else { return true };
        let resource = needed.first().map_or("*", |(_, resource)| resource.as_str());
        let call = Call { service, operation, principal: principal.name(), resource, body: &body };
        let caller = Caller { principal: principal.name(), service, operation, purpose };
        let done = trace::resume(trace, || self.execute(&caller, operation, resource, &body, Oddity::None));
        if let Err(refused) = done {
            tracing::debug!(operation, error = ?refused, "a call that came late was refused");
        }
        drop(self.faults.ask(Moment::After, &call));
        true
    }

    /// Runs `effect` and asks the injector before and after it.
    pub(crate) fn with_faults(
        &self,
        call: &Call<'_>,
        effect: impl FnOnce(Oddity) -> Result<Reply, ServiceError>,
    ) -> Outcome {
        let (mut lose, mut oddity) = (false, Oddity::None);
        match self.faults.ask(Moment::Before, call) {
            Some(Fault::LoseResponse) => lose = true,
            Some(Fault::DoneLater) if !matches!(call.service, Service::S3 | Service::Connections) => {
                drop(effect(Oddity::Late));
                return Outcome::Lost;
            }
            Some(Fault::DelayVisibility(delay)) => oddity = Oddity::HoldBack(delay),
            Some(Fault::Unprocessed) => oddity = Oddity::HalfBatch,
            Some(Fault::Behind(by)) => oddity = Oddity::Behind(by),
            Some(fault) => {
                if let Some(error) = error_of(fault, call) {
                    return Outcome::Reply(error.into_reply(call.service));
                }
            }
            None => {}
        }
        let answer = effect(oddity);
        match self.faults.ask(Moment::After, call) {
            Some(Fault::LoseResponse) => lose = true,
            Some(fault) => {
                if let Some(error) = error_of(fault, call) {
                    return Outcome::Reply(error.into_reply(call.service));
                }
            }
            None => {}
        }
        match (lose, answer) {
            (true, _) => Outcome::Lost,
            (false, Ok(reply)) => Outcome::Reply(reply),
            (false, Err(error)) => Outcome::Reply(error.into_reply(call.service)),
        }
    }

    /// Checks and records the permissions that the call needs.
    fn authorize(
        &self,
        principal: &Principal,
        service: Service,
        operation: &str,
        body: &[u8],
    ) -> Result<Vec<Permission>, ServiceError> {
        let needed = match service {
            Service::DynamoDb => dynamo::permissions(operation, body)?,
            Service::Streams => vec![(format!("dynamodb:{operation}"), names::table_arn("*"))],
            Service::Sqs => self.queues.permissions(operation, body)?,
            Service::Events => events::permissions(operation, body)?,
            Service::Secrets => secrets::permissions(operation, body)?,
            Service::S3 | Service::Connections => Vec::new(),
        };
        self.check(principal, &needed)?;
        Ok(needed)
    }

    pub(crate) fn check(&self, principal: &Principal, needed: &[Permission]) -> Result<(), ServiceError> {
        for permission in needed {
            let (action, resource) = permission;
            if !principal.may(action, resource) {
                self.denied.record(principal, std::slice::from_ref(permission));
                return Err(ServiceError::denied(&principal.arn(), action, resource));
            }
        }
        self.used.record(principal, needed);
        Ok(())
    }

    fn execute(
        &self,
        caller: &Caller<'_>,
        operation: &str,
        resource: &str,
        body: &[u8],
        oddity: Oddity,
    ) -> Result<Reply, ServiceError> {
        let answer: Answer = match caller.service {
            Service::DynamoDb => {
                let half = (oddity == Oddity::HalfBatch).then(|| HalfBatch::split(operation, body)).flatten();
                let done = half.as_ref().map_or(body, |half| half.body.as_slice());
                let (mut answer, charges) = match oddity {
                    Oddity::Behind(by) => self.tables.execute_behind(by, operation, done)?,
                    _ => self.tables.execute(operation, done),
                };
                self.ledger.charge(caller, self.clock.now(), &charges);
                if let Some(half) = half {
                    answer = answer.and_then(|answer| half.tell(&answer));
                }
                answer
            }
            Service::Streams => self.tables.execute_stream(operation, body),
            Service::Sqs => {
                let hold_back = match oddity {
                    Oddity::HoldBack(delay) => Some(delay),
                    _ => None,
                };
                let done = self.queues.execute(operation, body, hold_back);
                let requests = done.payload.div_ceil(REQUEST_BYTES).max(1);
                self.ledger.count(caller, names::queue_name(resource), requests, done.payload);
                done.answer
            }
            Service::Events => {
                let bytes = body.len() as u64;
                self.ledger.count(caller, resource, bytes.div_ceil(REQUEST_BYTES).max(1), bytes);
                self.events.execute(operation, body)
            }
            Service::Secrets | Service::S3 | Service::Connections => {
                self.ledger.count(caller, resource, 1, 0);
                self.secrets.execute(operation, body)
            }
        };
        if !only_reads(operation) {
            self.touched();
        }
        answer.map(|body| Reply::ok(caller.service, body))
    }
}

fn only_reads(operation: &str) -> bool {
    let reads = ["Get", "Query", "Scan", "BatchGet", "TransactGet", "Describe", "List"];
    reads.iter().any(|read| operation.starts_with(read))
}

/// The error that a fault answers with; `None` for faults that are no error here.
fn error_of(fault: Fault, call: &Call<'_>) -> Option<ServiceError> {
    match fault {
        Fault::Fail { status, code, message } => Some(ServiceError::new(status, code, message)),
        Fault::Throttle => Some(ServiceError::throttled(call.service)),
        Fault::TransactionCancelled(why) if call.operation.starts_with("Transact") => {
            Some(dynamo::cancelled(call.body, why))
        }
        Fault::TransactionCancelled(_)
        | Fault::LoseResponse
        | Fault::DoneLater
        | Fault::DelayVisibility(_)
        | Fault::Unprocessed
        | Fault::Behind(_) => None,
    }
}
