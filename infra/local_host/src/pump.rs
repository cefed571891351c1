//! Moves work along as AWS would: batches from queues, records from the stream, schedules that fire. `step` does what
//! one poll of one mapping would do; whoever calls it decides how time passes.

use crate::filter::Filter;
use crate::host::{Inner, LocalHost, failures_of};
use crate::shards::Shards;
use crate::template::EventSource;
use anyhow::{Context, Result, anyhow, bail, ensure};
use application::Ports;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use local_cloud::{ReceivedMessage, StreamBatch, StreamRecord, names};
use queue_consumer::{BoxError, Handler};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Until a batch that failed is handed out again.
const STREAM_RETRY: SignedDuration = SignedDuration::from_secs(1);

/// What can go otherwise when a source is polled, all of it within what AWS promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Oddity {
    #[default]
    None,
    /// The function is started twice with the same event.
    Twice,
    /// It succeeds, and the source does not hear of it: messages and records come again.
    Unheard,
    /// What was taken from the source never reaches the function. Messages come again after their visibility, records
    /// at once; a schedule's firing is lost.
    Dropped,
    /// At most one message or record is handed over.
    Single,
    /// Messages stay visible while the function has them: the next poll hands them to another. Elsewhere as `None`.
    Overlapping,
    /// The stream's shards are split first, where nothing is left of them that may come again. Elsewhere as `None`.
    ShardSplit,
}

/// A mapping or schedule of one function.
pub struct Source {
    pub function: String,
    pub kind: EventSource,
    handler: Mutex<Handler>,
    /// A schedule's next firing, or when a stream's failed batch is tried again.
    next: Mutex<Option<Timestamp>>,
    /// How far a stream has been read: its newest record stays in the cloud when all before it are trimmed.
    shards: Mutex<Shards>,
}

impl Source {
    pub fn new(function: &str, kind: EventSource, handler: Handler, now: Timestamp) -> Result<Self> {
        let next = match &kind {
            EventSource::Schedule { expression } => Some(next_firing(expression, now)?),
            _ => None,
        };
        Ok(Self {
            function: function.to_owned(),
            kind,
            handler: Mutex::new(handler),
            next: Mutex::new(next),
            shards: Mutex::new(Shards::whole()),
        })
    }

    pub fn serve_by(&self, handler: Handler) {
        *self.handler.lock().unwrap_or_else(PoisonError::into_inner) = handler;
    }

    fn handler(&self) -> Handler {
        self.handler.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn next(&self) -> Option<Timestamp> {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_next(&self, at: Option<Timestamp>) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn shards(&self) -> MutexGuard<'_, Shards> {
        self.shards.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LocalHost {
    pub fn sources(&self) -> usize {
        self.inner.sources.len()
    }

    fn is_stream(&self, source: usize) -> bool {
        matches!(self.inner.sources[source].kind, EventSource::Stream { .. })
    }

    /// What a source is, and whose.
    pub fn source(&self, source: usize) -> (&str, &EventSource) {
        let source = &self.inner.sources[source];
        (&source.function, &source.kind)
    }

    /// When a schedule fires next, or a stream's failed batch is tried again.
    pub fn source_due(&self, source: usize) -> Option<Timestamp> {
        self.inner.sources[source].next()
    }

    /// One poll of one source. True when there was anything to do.
    pub async fn step(&self, source: usize) -> Result<bool> {
        self.step_oddly(source, Oddity::None).await
    }

    /// As `step`, not going as it mostly does. Dropped at a call, it is a function that was killed there.
    pub async fn step_oddly(&self, source: usize, oddity: Oddity) -> Result<bool> {
        let source = &self.inner.sources[source];
        let place = || format!("an event source of {}", source.function);
        let most = |batch: usize| if oddity == Oddity::Single { 1 } else { batch };
        match &source.kind {
            EventSource::Queue { queue, batch_size, .. } => {
                self.inner.deliver(source, queue, most(*batch_size), oddity).await.with_context(place)
            }
            EventSource::Stream { table, batch_size, retries, filter } => {
                let read = (table.as_str(), most(*batch_size), *retries);
                self.inner.project(source, read, filter, oddity).await.with_context(place)
            }
            EventSource::Schedule { expression } => {
                self.inner.fire(source, expression, oddity).await.with_context(place)
            }
            EventSource::Route { .. } => Ok(false),
        }
    }

    /// From now on no function can do anything with this message, whichever queue it comes from: it fails each time.
    pub fn poison(&self, body: &str) {
        let mut poison = self.inner.poison.lock().unwrap_or_else(PoisonError::into_inner);
        poison.insert(body.to_owned());
    }

    /// Whatever was poison is none any more.
    pub fn cure(&self) {
        self.inner.poison.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Goes round all sources until none has anything to do at this instant. The stream comes when the others are quiet:
    /// its mapping has a window of some seconds, in which the records of one instant come together.
    pub async fn run_until_quiet(&self) -> Result<()> {
        // More rounds than any correct run needs: two functions that feed each other must not hang a test.
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

    /// A refused permission is a fault of the template, which no retry mends.
    fn nothing_was_denied(&self) -> Result<()> {
        let denied = self.inner.cloud.denied_permissions();
        ensure!(denied.is_empty(), "template.yaml does not grant what functions do: {denied:?}");
        Ok(())
    }

    /// When the next delayed message appears or schedule fires. With `skip_idle_ticks`, the minute's tick counts only
    /// where a hint has come due: an empty tick changes nothing.
    pub async fn next_due(&self, skip_idle_ticks: bool) -> Result<Option<Timestamp>> {
        let queues: Vec<&str> = self.inner.sources.iter().filter_map(queue_of).collect();
        let refused = |error| anyhow!("the local cloud refused: {error:?}");
        let mut next = self.inner.cloud.queues().next_visible_at(&queues).map_err(refused)?;
        for source in &self.inner.sources {
            let Some(mut at) = source.next() else { continue };
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

    /// The first of a minute's ticks from `at` on that finds due work.
    async fn busy_tick(&self, at: Timestamp) -> Result<Option<Timestamp>> {
        Ok(self.earliest_hint().await?.map(|earliest| at.max(next_minute(earliest))))
    }

    /// When a minute's schedule fires next with due work to find, of which this is the earliest.
    pub fn next_due_tick(&self, source: usize, earliest: Timestamp) -> Option<Timestamp> {
        self.source_due(source).map(|at| at.max(next_minute(earliest)))
    }

    /// When the earliest piece of due work comes due. The table is asked only after something was written.
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

/// An error with all its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(&format!(": {next}"));
        cause = next.source();
    }
    text
}

/// The first whole minute at or after an instant.
fn next_minute(at: Timestamp) -> Timestamp {
    let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    Timestamp::from_second(second.div_euclid(60) * 60 + if second.rem_euclid(60) == 0 { 0 } else { 60 })
        .unwrap_or(at)
}

fn queue_of(source: &Source) -> Option<&str> {
    match &source.kind {
        EventSource::Queue { queue, .. } => Some(queue),
        _ => None,
    }
}

impl Inner {
    fn is_poison(&self, body: &str) -> bool {
        self.poison.lock().unwrap_or_else(PoisonError::into_inner).contains(body)
    }

    async fn start(&self, source: &Source, event: Value, oddity: Oddity) -> Result<Value, BoxError> {
        self.started.fetch_add(1, Ordering::Relaxed);
        let handler = source.handler();
        if oddity == Oddity::Twice {
            self.started.fetch_add(1, Ordering::Relaxed);
            if let Err(error) = handler(event.clone()).await {
                tracing::error!(function = source.function, error = %chain(error.as_ref()), "invocation failed");
            }
        }
        handler(event).await
    }

    async fn deliver(&self, source: &Source, queue: &str, batch: usize, oddity: Oddity) -> Result<bool> {
        let refused = |error| anyhow!("the local cloud refused: {error:?}");
        let visibility = (oddity == Oddity::Overlapping).then_some(Duration::ZERO);
        let messages = self.cloud.queues().receive(queue, batch, visibility).map_err(refused)?;
        if messages.is_empty() {
            return Ok(false);
        }
        let messages: Vec<ReceivedMessage> =
            messages.into_iter().filter(|message| !self.is_poison(&message.body)).collect();
        if oddity == Oddity::Dropped || messages.is_empty() {
            return Ok(true);
        }
        let arn = names::queue_arn(queue);
        let records: Vec<Value> = messages.iter().map(|message| record(message, &arn)).collect();
        match self.start(source, json!({ "Records": records }), oddity).await {
            Ok(_) if oddity == Oddity::Unheard => {}
            Ok(answer) => {
                let failed = failures_of(&answer);
                let done = messages.iter().filter(|message| !failed.contains(&message.message_id));
                let handles: Vec<&str> = done.map(|message| message.receipt_handle.as_str()).collect();
                self.cloud.queues().delete(queue, &handles).map_err(refused)?;
            }
            // The whole batch stays hidden until its visibility ends.
            Err(error) => {
                tracing::error!(function = source.function, error = %chain(error.as_ref()), "invocation failed")
            }
        }
        Ok(true)
    }

    async fn project(
        &self,
        source: &Source,
        read: (&str, usize, Option<u32>),
        filter: &Filter,
        oddity: Oddity,
    ) -> Result<bool> {
        let refused = |error| anyhow!("the local cloud refused: {error:?}");
        let now = self.clock.now();
        if source.next().is_some_and(|at| at > now) {
            return Ok(false);
        }
        if oddity == Oddity::ShardSplit {
            source.shards().split();
        }
        let count = source.shards().count();
        for _ in 0..count {
            let shard = source.shards().next();
            if self.project_shard(source, read, shard, filter, oddity).await? {
                self.cloud.trim_stream(read.0, source.shards().done_in_all()).map_err(refused)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn project_shard(
        &self,
        source: &Source,
        (table, batch, retries): (&str, usize, Option<u32>),
        shard: usize,
        filter: &Filter,
        oddity: Oddity,
    ) -> Result<bool> {
        let refused = |error| anyhow!("the local cloud refused: {error:?}");
        let after = source.shards().position(shard);
        let read = self.cloud.stream_records(table, after, batch).map_err(refused)?;
        if read.records.is_empty() {
            return Ok(false);
        }
        if oddity == Oddity::Dropped {
            return Ok(true);
        }
        let looked_at = read.last;
        let own = |record: &StreamRecord| source.shards().holds(shard, record);
        let news =
            read.records.into_iter().filter(|record| own(record) && filter.lets_through(&record.event));
        let news = StreamBatch { records: news.collect(), last: looked_at };
        let done = if news.records.is_empty() {
            looked_at
        } else {
            source.shards().handed(shard, looked_at);
            self.hand_on(source, shard, &news, after, oddity).await?
        };
        let done = if oddity == Oddity::Unheard { after } else { done };
        let in_vain = news.records.first().filter(|first| first.position > done && oddity != Oddity::Unheard);
        let done = match in_vain {
            Some(first) if source.shards().fails(shard, retries) => {
                tracing::error!(function = source.function, "a record of the stream is left out, and lost");
                first.position
            }
            _ => done,
        };
        // What failed holds up the shard and is tried again, as on AWS.
        if done < looked_at {
            source.set_next(Some(self.clock.now().checked_add(STREAM_RETRY)?));
        } else {
            source.set_next(None);
        }
        let handed_on = news.records.iter().filter(|record| record.position <= done).count();
        self.changes.fetch_add(handed_on as u64, Ordering::Relaxed);
        source.shards().done(shard, done);
        Ok(true)
    }

    /// Gives records to the function; answers up to where the stream is done, `after` when it failed as a whole.
    async fn hand_on(
        &self,
        source: &Source,
        shard: usize,
        news: &StreamBatch,
        after: i64,
        oddity: Oddity,
    ) -> Result<i64> {
        let records: Vec<&Value> = news.records.iter().map(|record| &record.event).collect();
        let name = source.shards().name(shard);
        let event =
            json!({ "Records": records, "shardId": name, "state": {}, "isFinalInvokeForWindow": false });
        match self.start(source, event, oddity).await {
            Ok(answer) => done_through(news, &answer),
            Err(error) => {
                tracing::error!(function = source.function, error = %chain(error.as_ref()), "invocation failed");
                Ok(after)
            }
        }
    }

    async fn fire(&self, source: &Source, expression: &str, oddity: Oddity) -> Result<bool> {
        let now = self.clock.now();
        let Some(at) = source.next().filter(|at| *at <= now) else { return Ok(false) };
        let event = json!({ "source": "aws.scheduler", "time": at.to_string() });
        // First, for a function that is killed does not fire again before its time.
        source.set_next(Some(next_firing(expression, now)?));
        if oddity != Oddity::Dropped
            && let Err(error) = self.start(source, event, oddity).await
        {
            tracing::error!(function = source.function, error = %chain(error.as_ref()), "invocation failed");
        }
        Ok(true)
    }
}

/// Position of the last record before the first that a function reports as failed.
fn done_through(read: &StreamBatch, answer: &Value) -> Result<i64> {
    let Some(failed) = failures_of(answer).into_iter().next() else { return Ok(read.last) };
    let position = read.records.iter().position(|r| r.event["dynamodb"]["SequenceNumber"] == json!(failed));
    let first = position.context("the function named a record that was not in its batch")?;
    Ok(read.records[first].position - 1)
}

fn record(message: &ReceivedMessage, arn: &str) -> Value {
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "md5OfBody": message.md5_of_body,
        "attributes": message.attributes,
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": names::REGION,
    })
}

/// `rate(n minutes)` on whole multiples, and `cron(m h * * ? *)`: what the template uses.
fn next_firing(expression: &str, after: Timestamp) -> Result<Timestamp> {
    let inside = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(rate) = inside("rate") {
        let (count, unit) = rate.split_once(' ').context("a rate is a number and a unit")?;
        let seconds = match unit.trim_end_matches('s') {
            "minute" => 60,
            "hour" => 3600,
            "day" => 86_400,
            other => bail!("unknown unit {other}"),
        };
        let period = count.parse::<i64>()? * seconds;
        return Ok(Timestamp::from_second((after.as_second().div_euclid(period) + 1) * period)?);
    }
    let cron: Vec<&str> = inside("cron").context("neither rate nor cron")?.split(' ').collect();
    let [minute, hour, "*", "*", "?", "*"] = cron.as_slice() else {
        bail!("only daily cron expressions are used")
    };
    let day = after.to_zoned(TimeZone::UTC).date();
    let at = day.at(hour.parse()?, minute.parse()?, 0, 0).to_zoned(TimeZone::UTC)?.timestamp();
    Ok(if at > after { at } else { at.checked_add(SignedDuration::from_hours(24))? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_fire_on_their_minute() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let next = |expression: &str, after: &str| next_firing(expression, at(after)).unwrap();
        assert_eq!(next("rate(1 minute)", "2026-11-20T09:00:00Z"), at("2026-11-20T09:01:00Z"));
        assert_eq!(next("rate(15 minutes)", "2026-11-20T09:14:59Z"), at("2026-11-20T09:15:00Z"));
        assert_eq!(next("cron(0 2 * * ? *)", "2026-11-20T02:00:00Z"), at("2026-11-21T02:00:00Z"));
        assert_eq!(next("cron(30 2 * * ? *)", "2026-11-20T01:00:00Z"), at("2026-11-20T02:30:00Z"));
        assert!(next_firing("cron(0 2 1 * ? *)", at("2026-11-20T02:00:00Z")).is_err());
    }
}
