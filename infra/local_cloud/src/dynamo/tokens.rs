//! Client request tokens: within ten minutes, the same transaction with the same token takes effect once.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::wire::ServiceError;

const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Limits the memory that many transactions take; a retry comes within seconds.
const KEPT: usize = 4_096;

#[derive(Default)]
pub(super) struct Tokens {
    bodies: HashMap<String, (Timestamp, Vec<u8>)>,
    order: VecDeque<String>,
}

pub(super) enum Known {
    New,
    Repeated,
}

impl Tokens {
    pub(super) fn look_up(&self, token: &str, now: Timestamp, body: &[u8]) -> Result<Known, ServiceError> {
        if !(1..=36).contains(&token.len()) {
            return Err(ServiceError::bad(
                "ValidationException",
                format!(
                    "1 validation error detected: Value '{token}' at 'clientRequestToken' failed to satisfy \
                     constraint: Member must have length less than or equal to 36"
                ),
            ));
        }
        match self.bodies.get(token) {
            Some((then, first)) if now.duration_since(*then) < WINDOW => match items(first) == items(body) {
                true => Ok(Known::Repeated),
                false => Err(ServiceError::bad(
                    "IdempotentParameterMismatchException",
                    "An error occurred (IdempotentParameterMismatchException)",
                )),
            },
            _ => Ok(Known::New),
        }
    }

    pub(super) fn remember(&mut self, token: String, now: Timestamp, body: &[u8]) {
        if self.order.len() >= KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.bodies.remove(&oldest);
        }
        self.order.push_back(token.clone());
        self.bodies.insert(token, (now, body.to_owned()));
    }
}

/// The part of the request that must be equal in a repetition; the order of members on the wire is random.
fn items(body: &[u8]) -> Option<Value> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    body.get_mut("TransactItems").map(Value::take)
}
