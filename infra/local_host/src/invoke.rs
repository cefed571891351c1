//! One invocation of a function by an event: in its chain, within its time limit, counted.

use crate::chain::Chain;
use crate::host::Inner;
use crate::source::{Oddity, Source};
use local_cloud::trace;
use queue_consumer::BoxError;
use serde_json::Value;
use std::sync::atomic::Ordering;

impl Inner {
    /// A new chain that begins with this event.
    pub fn new_chain(&self) -> Chain {
        let number = self.chains.fetch_add(1, Ordering::Relaxed);
        Chain::new(self.clock.now().as_second(), number)
    }

    pub async fn start(
        &self,
        source: &Source,
        chain: Chain,
        event: Value,
        oddity: Oddity,
    ) -> Result<Value, BoxError> {
        let header = chain.entered(&source.function).header();
        if oddity == Oddity::Twice
            && let Err(error) = self.run(source, &header, event.clone()).await
        {
            log_failure(source, error.as_ref());
        }
        self.run(source, &header, event).await
    }

    async fn run(&self, source: &Source, header: &str, event: Value) -> Result<Value, BoxError> {
        self.started.fetch_add(1, Ordering::Relaxed);
        let work = trace::scope(header, source.handler()(event));
        self.stopwatch.within(source.timeout, work).await?
    }
}

pub fn log_failure(source: &Source, error: &dyn std::error::Error) {
    tracing::error!(function = source.function, error = %with_causes(error), "invocation failed");
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(&format!(": {next}"));
        cause = next.source();
    }
    text
}
