//! Moves work along as AWS does: batches from queues, records from the stream, schedules. `step` does what
//! one poll of one mapping would do; the caller decides how time passes.

use crate::host::{Inner, LocalHost};
use crate::source::{Oddity, Source};
use crate::template::EventSource;
use anyhow::{Context, Result, anyhow, bail, ensure};
use application::Ports;
use jiff::Timestamp;
use std::sync::PoisonError;

impl LocalHost {
    pub fn sources(&self) -> usize {
        self.inner.sources.len()
    }

    fn is_stream(&self, source: usize) -> bool {
        matches!(self.inner.sources[source].kind, EventSource::Stream { .. })
    }

    /// The source's kind, and the name of its function.
    pub fn source(&self, source: usize) -> (&str, &EventSource) {
        let source = &self.inner.sources[source];
        (&source.function, &source.kind)
    }

    /// When a schedule fires next, or a failed batch is retried.
    pub fn source_due(&self, source: usize) -> Option<Timestamp> {
        self.inner.sources[source].due()
    }

    /// True while a mapping is still gathering its batch: it is not full, and the window that began with its
    /// first message or record is not over. `since` remembers that beginning between two calls.
    pub fn is_gathering(&self, source: usize, since: &mut Option<Timestamp>) -> Result<bool> {
        let source = &self.inner.sources[source];
        let (window, full) = source.window();
        if window.is_zero() {
            return Ok(false);
        }
        let waiting = self.inner.waiting(source, full)?;
        let now = self.inner.clock.now();
        let open = waiting > 0 && waiting < full && now.duration_since(*since.get_or_insert(now)) < window;
        if !open {
            *since = None;
        }
        Ok(open)
    }

    /// Polls one source once, as if its window were over. True if there was anything to do.
    pub async fn step(&self, source: usize) -> Result<bool> {
        self.step_with_oddity(source, Oddity::None).await
    }

    /// Like `step`, with a deviation. Dropped at a call, it stands for a function that was killed there.
    pub async fn step_with_oddity(&self, source: usize, oddity: Oddity) -> Result<bool> {
        let source = &self.inner.sources[source];
        let place = || format!("an event source of {}", source.function);
        let most = |batch: usize| if oddity == Oddity::Single { 1 } else { batch };
        match &source.kind {
            EventSource::Queue { queue, batch_size, .. } => {
                self.inner.deliver(source, queue, most(*batch_size), oddity).await.with_context(place)
            }
            EventSource::Stream { table, batch_size, retries, filter, .. } => {
                let read = (table.as_str(), most(*batch_size), *retries);
                self.inner.project(source, read, filter, oddity).await.with_context(place)
            }
            EventSource::Schedule { expression } => {
                self.inner.fire(source, expression, oddity).await.with_context(place)
            }
            EventSource::Route { .. } => Ok(false),
        }
    }

    /// Makes every function fail to process this message from now on, whichever queue it comes from.
    pub fn poison(&self, body: &str) {
        let mut poison = self.inner.poison.lock().unwrap_or_else(PoisonError::into_inner);
        poison.insert(body.to_owned());
    }

    /// Makes all poison messages processable again.
    pub fn cure(&self) {
        self.inner.poison.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Polls all sources in turn until none has anything to do at this instant. The stream comes last: its
    /// mapping has a window of some seconds, which gathers the records of one instant.
    pub async fn run_until_quiet(&self) -> Result<()> {
        // The bound is higher than any correct run needs: two functions that feed each other must not hang a
        // test.
        for _ in 0..1_000_000 {
            let mut busy = false;
            for streams in [false, true] {
                for source in (0..self.sources()).filter(|at| self.is_stream(*at) == streams) {
                    busy |= self.step(source).await?;
                }
                if busy {
                    break;
                }
            }
            if !busy {
                return self.nothing_was_denied();
            }
        }
        bail!("work keeps making work without time passing")
    }

    /// Fails if a permission was denied: that is a fault of the template, which no retry fixes.
    fn nothing_was_denied(&self) -> Result<()> {
        let denied = self.inner.cloud.denied_permissions();
        ensure!(denied.is_empty(), "template.yaml does not grant what functions do: {denied:?}");
        Ok(())
    }

    /// When the next delayed message appears or schedule fires. With `skip_idle_ticks`, the minute's tick
    /// counts only if a hint has come due: an empty tick changes nothing but the time of its last run.
    pub async fn next_due(&self, skip_idle_ticks: bool) -> Result<Option<Timestamp>> {
        let queues: Vec<&str> = self.inner.sources.iter().filter_map(queue_of).collect();
        let refused = |error| anyhow!("the local cloud refused: {error:?}");
        let mut next = self.inner.cloud.queues().next_visible_at(&queues).map_err(refused)?;
        for source in &self.inner.sources {
            let Some(mut at) = source.due() else { continue };
            if skip_idle_ticks && source.function == "due_steps" {
                match self.busy_tick(at).await? {
                    Some(busy) => at = busy,
                    None => continue,
                }
            }
            next = Some(next.map_or(at, |earlier| earlier.min(at)));
        }
        Ok(next)
    }

    /// The first of the minute's ticks from `at` on that finds due work.
    async fn busy_tick(&self, at: Timestamp) -> Result<Option<Timestamp>> {
        Ok(self.earliest_hint().await?.map(|earliest| at.max(next_minute(earliest))))
    }

    /// When a schedule fires next with due work to find, the earliest of which is given.
    pub fn next_due_tick(&self, source: usize, earliest: Timestamp) -> Option<Timestamp> {
        self.source_due(source).map(|at| at.max(next_minute(earliest)))
    }

    /// When the earliest hint comes due. The table is read only after something was written.
    async fn earliest_hint(&self) -> Result<Option<Timestamp>> {
        let writes = *self.inner.cloud.activity().borrow();
        let known = || self.inner.earliest_hint.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at_writes, earliest)) = *known()
            && at_writes == writes
        {
            return Ok(earliest);
        }
        let earliest = self.inner.ports.due().earliest().await?;
        *known() = Some((writes, earliest));
        Ok(earliest)
    }
}

/// The first whole minute at or after an instant.
fn next_minute(at: Timestamp) -> Timestamp {
    let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    Timestamp::from_second(second.div_euclid(60) * 60 + if second.rem_euclid(60) == 0 { 0 } else { 60 })
        .unwrap_or(at)
}

impl Inner {
    /// Counts the messages or records that would be delivered now, up to `most`.
    fn waiting(&self, source: &Source, most: usize) -> Result<usize> {
        let refused = |error| anyhow!("the local cloud refused: {error:?}");
        match &source.kind {
            EventSource::Queue { queue, .. } => {
                let visible = self.cloud.queues().depth(queue).map_err(refused)?.visible;
                Ok(usize::try_from(visible).unwrap_or(usize::MAX))
            }
            EventSource::Stream { table, filter, .. } => {
                let after = source.shards().done_in_all();
                let read = self.cloud.stream_records(table, after, most).map_err(refused)?;
                let news = read.records.iter().filter(|record| filter.lets_through(&record.event)).count();
                // A read full of records that the filter leaves out is worth delivering: it moves the mapping
                // on.
                Ok(if read.records.len() >= most { most } else { news })
            }
            EventSource::Schedule { .. } | EventSource::Route { .. } => Ok(0),
        }
    }
}

fn queue_of(source: &Source) -> Option<&str> {
    match &source.kind {
        EventSource::Queue { queue, .. } => Some(queue),
        _ => None,
    }
}
