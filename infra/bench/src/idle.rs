//! The monthly cost of an idle installation, computed from the template and the prices, with what its
//! schedules read of the table in a few hours.

use crate::cost::{CALL_SECONDS, GB_SECOND, INVOCATION, LOG_GB, LOG_GB_AN_INVOCATION, QUEUE, READ, WRITE};
use crate::trial::{Provider, Trial};
use anyhow::{Context, Result, ensure};
use local_cloud::Service;
use local_host::{EventSource, TEMPLATE, as_json};
use std::fmt::Write;

const DAYS: f64 = 30.0;
/// The hours that are run and scaled to a day.
const HOURS: i64 = 2;
const ALARM_METRIC: f64 = 0.10;
const SECRET: f64 = 0.40;
/// Lambda polls an empty queue with five pollers at once, each of which waits for twenty seconds.
const POLLERS: f64 = 5.0;
const POLL_SECONDS: f64 = 20.0;
/// The amounts that are free in every account every month, without an end.
const FREE_ALARM_METRICS: f64 = 10.0;
const FREE_QUEUE_REQUESTS: f64 = 1e6;
const MEMORY_GB: f64 = 0.25;
const LIST_MEMORY_GB: f64 = 1.0;
/// The bounds of the total: what is billed in an account that has nothing else, and at list price.
#[cfg(test)]
pub const MOST_DOLLARS: f64 = 2.80;
#[cfg(test)]
const MOST_LIST_DOLLARS: f64 = 4.20;

pub struct Line {
    what: String,
    list: f64,
    /// The part of the list price that is free in every account.
    free: f64,
}

pub struct Idle {
    pub lines: Vec<Line>,
}

/// The usage of a day of schedules, scaled from a few hours.
pub struct Day {
    runs: f64,
    calls: f64,
    /// Requests to queues, beside those by which mappings poll.
    queue_requests: f64,
    read_units: f64,
    write_units: f64,
}

impl Idle {
    pub fn list(&self) -> f64 {
        self.lines.iter().map(|line| line.list).sum()
    }

    pub fn billed(&self) -> f64 {
        self.lines.iter().map(|line| line.list - line.free).sum()
    }

    pub fn work_out(template: &str, day: &Day) -> Result<Self> {
        let template = as_json(template)?;
        let resources = template["Resources"].as_object().context("a template has resources")?;
        let of = |kind: &str| resources.values().filter(|r| r["Type"] == kind).collect::<Vec<_>>();
        let alarms = of("AWS::CloudWatch::Alarm");
        let metrics: usize =
            alarms.iter().map(|alarm| alarm["Properties"]["Metrics"].as_array().map_or(1, Vec::len)).sum();
        let secrets = of("AWS::SecretsManager::Secret").len() as f64;
        let mappings = of("AWS::Serverless::Function")
            .iter()
            .flat_map(|function| function["Properties"]["Events"].as_object().into_iter().flatten())
            .filter(|(_, event)| event["Type"] == "SQS")
            .count() as f64;
        let polls = mappings * POLLERS * DAYS * 86_400.0 / POLL_SECONDS;
        let million = |units: f64, price: f64| units * price / 1e6;
        let metrics = metrics as f64;
        let runs = day.runs * DAYS;
        let seconds = day.calls * DAYS * CALL_SECONDS;
        let mut lines = Vec::new();
        let mut line = |what: String, list: f64, free: f64| lines.push(Line { what, list, free });
        line(
            format!("{metrics:.0} alarms"),
            metrics * ALARM_METRIC,
            metrics.min(FREE_ALARM_METRICS) * ALARM_METRIC,
        );
        line(format!("{secrets:.0} secret"), secrets * SECRET, 0.0);
        line(
            format!("{mappings:.0} queue mappings that ask empty queues, {polls:.0} times"),
            million(polls, QUEUE.per_million),
            million(polls.min(FREE_QUEUE_REQUESTS), QUEUE.per_million),
        );
        line(format!("schedules, {runs:.0} runs"), million(runs, INVOCATION.per_million), 0.0);
        line(
            "schedules running".to_owned(),
            million(seconds * MEMORY_GB.max(LIST_MEMORY_GB), GB_SECOND.per_million),
            0.0,
        );
        let table = million(day.read_units * DAYS, READ.per_million)
            + million(day.write_units * DAYS, WRITE.per_million);
        line("the table, as schedules look for work".to_owned(), table, 0.0);
        let looks = million(day.queue_requests * DAYS, QUEUE.per_million);
        line("the queues, as monitor counts dead letters".to_owned(), looks, 0.0);
        line("logs".to_owned(), million(runs * LOG_GB_AN_INVOCATION, LOG_GB.per_million), 0.0);
        Ok(Self { lines })
    }

    pub fn table(&self) -> Result<String> {
        let mut text = "| what | list price | of it free in every account |\n|---|---:|---:|\n".to_owned();
        for Line { what, list, free } in &self.lines {
            writeln!(text, "| {what} | {list:.2} | {free:.2} |")?;
        }
        writeln!(text, "| **in all** | **{:.2}** | billed **{:.2}** |", self.list(), self.billed())?;
        Ok(text)
    }
}

/// Runs some hours of one workspace in which nothing is due, with every tick of every schedule, and scales
/// them to a day. The nightly run is not among them: it is one of 1,500.
pub async fn day() -> Result<Day> {
    let mut trial = Trial::open(Provider::Nothing).await?;
    trial.work_until(trial.later(26)?).await?;
    let (mark, before, end) = (trial.mark(), trial.world.host.invocations(), trial.later(HOURS)?);
    loop {
        trial.world.host.run_until_quiet().await?;
        match trial.world.host.next_due(false).await? {
            Some(next) if next <= end => trial.clock.advance_to(next),
            _ => break,
        }
    }
    let runs = (trial.world.host.invocations().by_events - before.by_events) as f64;
    let running: Vec<&str> = trial
        .world
        .host
        .stack()
        .functions
        .iter()
        .filter_map(|function| {
            // What a schedule writes comes through the stream.
            let runs = |source: &EventSource| {
                matches!(source, EventSource::Schedule { .. } | EventSource::Stream { .. })
            };
            function.sources.iter().any(runs).then_some(function.name.as_str())
        })
        .collect();
    let used = trial.used_since(&mark);
    let used = used.only(|line| running.contains(&&*line.principal));
    let calls = used.sum(|_| true).calls as f64;
    let table = used.sum(|line| line.service == Service::DynamoDb);
    let queue_requests = used.sum(|line| line.service == Service::Sqs).requests as f64;
    ensure!(runs >= 60.0 * HOURS as f64, "{runs} runs in {HOURS} hours of one a minute");
    let times = 24.0 / HOURS as f64;
    Ok(Day {
        runs: runs * times,
        calls: calls * times,
        queue_requests: queue_requests * times,
        read_units: table.read_units * times,
        write_units: table.write_units * times,
    })
}

pub async fn today() -> Result<Idle> {
    Idle::work_out(TEMPLATE, &day().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn idle_installation_stays_below_its_cost_bound() {
        let day = day().await.unwrap();
        let idle = Idle::work_out(TEMPLATE, &day).unwrap();
        println!("{}", idle.table().unwrap());
        assert!(idle.billed() <= MOST_DOLLARS, "{}", idle.table().unwrap());
        assert!(idle.list() <= MOST_LIST_DOLLARS, "{}", idle.table().unwrap());
        let alarm = "  SendErrorsAlarm:\n    Type: AWS::CloudWatch::Alarm\n";
        let more = TEMPLATE.replace(alarm, &format!("  OneMore:\n    Type: AWS::CloudWatch::Alarm\n{alarm}"));
        let dearer = Idle::work_out(&more, &day).unwrap();
        assert!((dearer.list() - idle.list() - ALARM_METRIC).abs() < 1e-9);
    }
}
