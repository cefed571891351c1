//! The limits of Lambda and API Gateway for every function, whatever it is written in. Sources: the quota
//! pages of both.

use crate::template::FunctionDefinition;
use anyhow::{Result, ensure};
use application::Clock;
use http::HeaderMap;
use jiff::SignedDuration;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The largest event or answer, in bytes of JSON, with a body in base 64 and the envelope included.
pub const LARGEST_PAYLOAD: usize = 6_291_556;
/// The largest body of a request to the HTTP API, in bytes.
pub const LARGEST_BODY: usize = 10 * 1024 * 1024;
/// The largest request line with all header names and values, in bytes, for requests and answers.
pub const LARGEST_HEADERS: usize = 10_240;
/// The time after which the HTTP API abandons a function.
pub const LONGEST_REQUEST: SignedDuration = SignedDuration::from_secs(30);
/// The largest environment of a function, in bytes of all names and values.
const LARGEST_ENVIRONMENT: usize = 4_096;

/// Refuses a too large environment, as CloudFormation would.
pub fn check_environment(function: &FunctionDefinition) -> Result<()> {
    let bytes: usize = function.environment.iter().map(|(name, value)| name.len() + value.len()).sum();
    ensure!(
        bytes <= LARGEST_ENVIRONMENT,
        "the environment of {} has {bytes} bytes, and Lambda takes {LARGEST_ENVIRONMENT}",
        function.name
    );
    Ok(())
}

pub fn size_of_headers(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// Enforces time limits. With a virtual clock its time counts, and an overrun is noticed at the end; while
/// requests and events are served in real time, real time counts, and an overrun is interrupted.
#[derive(Clone)]
pub struct Stopwatch {
    clock: Arc<dyn Clock>,
    real: Arc<AtomicBool>,
}

/// The work took longer than its time limit.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the function timed out after {0:#}")]
pub struct TimedOut(SignedDuration);

impl Stopwatch {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, real: Arc::default() }
    }

    pub fn count_real_time(&self) {
        self.real.store(true, Ordering::Relaxed);
    }

    pub async fn within<T>(
        &self,
        most: SignedDuration,
        work: impl Future<Output = T>,
    ) -> Result<T, TimedOut> {
        if self.real.load(Ordering::Relaxed) {
            return tokio::time::timeout(most.unsigned_abs(), work).await.map_err(|_| TimedOut(most));
        }
        let began = self.clock.now();
        let done = work.await;
        match self.clock.now().duration_since(began) > most {
            true => Err(TimedOut(most)),
            false => Ok(done),
        }
    }
}
