//! What Lambda and API Gateway hold every function to, whatever it is written in. Sources: the quotas pages of both.

use crate::template::FunctionDefinition;
use anyhow::{Result, ensure};
use application::Clock;
use http::HeaderMap;
use jiff::SignedDuration;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of an event or an answer as JSON, a body in base 64 and the envelope included.
pub const LARGEST_PAYLOAD: usize = 6_291_556;
/// Bytes of a request's body at the HTTP API.
pub const LARGEST_BODY: usize = 10 * 1024 * 1024;
/// Bytes of the request line and all header names and values, on the way in and on the way out.
pub const LARGEST_HEADERS: usize = 10_240;
/// Until the HTTP API gives a function up.
pub const LONGEST_REQUEST: SignedDuration = SignedDuration::from_secs(30);
/// Bytes of all names and values of a function's environment.
const LARGEST_ENVIRONMENT: usize = 4_096;

/// As CloudFormation would refuse it.
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

/// Ends what takes longer than it may. While somebody moves the clock on, its time counts, and what took longer is over when that is seen;
/// while requests and events are served as they come, real time does, and what takes longer breaks off.
#[derive(Clone)]
pub struct Stopwatch {
    clock: Arc<dyn Clock>,
    real: Arc<AtomicBool>,
}

/// It took longer than it may.
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
