//! The cost of a million e-mails on AWS: the deployed functions run a campaign, and every call in its ledger
//! is multiplied by its price. `cargo xtask cost` writes `docs/COST.md` from it.

use crate::capacity::DEEDS;
use crate::ceiling::{self, Mail};
use crate::idle;
use crate::report::{Bound, Report};
use crate::side_by_side;
use crate::trial::{Provider, Trial, three_mails};
use anyhow::{Context, Result, ensure};
use local_cloud::{Line, Service, Snapshot, Usage};
use local_host::{TEMPLATE, as_json};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

const PEOPLE: u64 = 300;
const CITIES: u64 = 4;
const MILLION: f64 = 1e6;
/// The highest acceptable cost, without the mail provider's fees.
const MOST_DOLLARS: f64 = 22.0;

/// A price of AWS, us-east-1, in dollars for a million units.
pub struct Price {
    unit: &'static str,
    pub per_million: f64,
}

pub const WRITE: Price = Price { unit: "write request unit", per_million: 0.625 };
pub const READ: Price = Price { unit: "read request unit", per_million: 0.125 };
pub const QUEUE: Price = Price { unit: "SQS request", per_million: 0.40 };
pub const INVOCATION: Price = Price { unit: "Lambda request", per_million: 0.20 };
pub const GB_SECOND: Price = Price { unit: "Lambda GB-second, arm", per_million: 13.333_4 };
const REQUEST: Price = Price { unit: "HTTP API request", per_million: 1.00 };
const EVENT: Price = Price { unit: "EventBridge event", per_million: 1.00 };
const OBJECT_PUT: Price = Price { unit: "S3 PUT", per_million: 5.00 };
const OBJECT_GET: Price = Price { unit: "S3 GET", per_million: 0.40 };
const SECRET: Price = Price { unit: "Secrets Manager call", per_million: 5.00 };
pub const LOG_GB: Price = Price { unit: "GB of logs", per_million: 500_000.0 };

const CARD: [&Price; 11] = [
    &WRITE,
    &READ,
    &QUEUE,
    &INVOCATION,
    &GB_SECOND,
    &REQUEST,
    &EVENT,
    &OBJECT_PUT,
    &OBJECT_GET,
    &SECRET,
    &LOG_GB,
];

/// Assumed, not measured, because they depend on a network: the seconds of a call to AWS and of a
/// conversation with a mail server. A function makes one after the other.
pub const CALL_SECONDS: f64 = 0.008;
pub const CONVERSATION_SECONDS: f64 = 0.4;
pub const LOG_GB_AN_INVOCATION: f64 = 0.5e-6;

/// Functions that run at fixed times, whether or not anything is sent.
const BY_THE_CLOCK: [&str; 2] = ["monitor", "nightly"];

/// One line of the bill, for a million e-mails.
struct Entry {
    what: String,
    units: f64,
    price: &'static Price,
}

impl Entry {
    fn dollars(&self) -> f64 {
        self.units * self.price.per_million / MILLION
    }
}

pub struct Bill {
    mails: u64,
    mail: Mail,
    entries: Vec<Entry>,
}

impl Bill {
    fn dollars(&self) -> f64 {
        self.entries.iter().map(Entry::dollars).sum()
    }
}

pub fn run(report: &mut Report) -> Result<()> {
    let bill = bill(PEOPLE)?;
    for entry in &bill.entries {
        report.figure(format!("{}, {}: $", entry.what, entry.price.unit), entry.dollars());
    }
    report.bounded("1,000,000 e-mails: $", bill.dollars(), Bound::AtMost(MOST_DOLLARS));
    Ok(())
}

pub fn bill(people: u64) -> Result<Bill> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(live(people))
}

/// Runs a campaign of three mails to each lead, three working days apart, with the reactions to them.
async fn live(people: u64) -> Result<Bill> {
    let mut trial = Trial::open(Provider::Sandbox).await?;
    trial.cities = CITIES;
    trial.import("plain", people, false).await?;
    let mark = trial.mark();
    let before = trial.world.host.invocations();
    let campaign = trial.enrol("Three mails", three_mails()).await?;
    trial.launch(&campaign).await?;
    let mut seen = 0;
    for hours in [28, 96, 96] {
        trial.work_until(trial.later(hours)?).await?;
        for (_, (one_in, from), deed) in DEEDS {
            for mail in (seen..trial.mails()).filter(|mail| mail % one_in == from) {
                deed(&trial, mail);
            }
        }
        seen = trial.mails();
        trial.people_act().await?;
    }
    trial.work_until(trial.later(30)?).await?;
    let mails = trial.mails() as u64;
    ensure!(mails > 2 * people, "{mails} mails were sent to {people} people");
    let after = trial.world.host.invocations();
    let used = trial.world.host.cloud().ledger().since(&mark);
    let used = used.only(|line| !BY_THE_CLOCK.contains(&&*line.principal) && &*line.principal != "root");
    let events = after.by_events - before.by_events;
    let requests = after.by_requests - before.by_requests;
    let sending = used.sum(|line| &*line.principal == "send_message").calls;
    let mail = Mail { calls: sending as f64 / mails as f64, requests: requests as f64 / mails as f64 };
    Ok(Bill { mails, mail, entries: entries(&used, &memories()?, (mails, events, requests)) })
}

/// Returns the memory of each function in GB, by its name, as the template has it.
fn memories() -> Result<BTreeMap<String, f64>> {
    let template = as_json(TEMPLATE)?;
    let usual = &template["Globals"]["Function"]["MemorySize"];
    let size = |value: &Value| match value["Ref"].as_str() {
        Some(parameter) => template["Parameters"][parameter]["Default"].as_f64(),
        None => value.as_f64(),
    };
    let resources = template["Resources"].as_object().context("a template has resources")?;
    let functions = resources.values().filter(|resource| resource["Type"] == "AWS::Serverless::Function");
    let memory = |function: &Value| {
        let own = function["Properties"].get("MemorySize").unwrap_or(usual);
        let name = function["Properties"]["Handler"].as_str()?;
        Some((name.to_owned(), size(own)? / 1024.0))
    };
    functions.map(|function| memory(function).context("a function has a name and memory")).collect()
}

fn memory_gb(memories: &BTreeMap<String, f64>, function: &str) -> f64 {
    memories.get(function).copied().unwrap_or(0.25)
}

fn entries(
    used: &Snapshot,
    memories: &BTreeMap<String, f64>,
    (mails, events, requests): (u64, u64, u64),
) -> Vec<Entry> {
    let scale = MILLION / mails as f64;
    let mut entries = Vec::new();
    let mut add = |what: String, units: f64, price: &'static Price| {
        if units > 0.0 {
            entries.push(Entry { what, units: units * scale, price });
        }
    };
    let table = used.only(|line| line.service == Service::DynamoDb);
    for (function, usage) in dearest(&table, |line| line.principal.to_string(), |usage| usage.write_units) {
        add(format!("table, written by {function}"), usage.write_units, &WRITE);
    }
    for (function, usage) in dearest(&table, |line| line.principal.to_string(), |usage| usage.read_units) {
        add(format!("table, read by {function}"), usage.read_units, &READ);
    }
    let queues = used.only(|line| line.service == Service::Sqs);
    for (queue, usage) in dearest(&queues, |line| line.resource.clone(), |usage| usage.requests as f64) {
        add(format!("queue {queue}"), usage.requests as f64, &QUEUE);
    }
    let of = |service| used.sum(|line: &Line| line.service == service);
    add("events put".to_owned(), of(Service::Events).requests as f64, &EVENT);
    add("secrets read".to_owned(), of(Service::Secrets).calls as f64, &SECRET);
    // Objects are deleted for nothing.
    let objects = |operations: &[&str]| {
        used.sum(|line| line.service == Service::S3 && operations.contains(&line.operation.as_str())).calls
            as f64
    };
    add("objects written and listed".to_owned(), objects(&["PutObject", "ListObjectsV2"]), &OBJECT_PUT);
    add("objects read".to_owned(), objects(&["GetObject"]), &OBJECT_GET);
    let invocations = (events + requests) as f64;
    add("functions started".to_owned(), invocations, &INVOCATION);
    let running = used.lines().filter(|(line, _)| &*line.principal != "event_source_mapping");
    let gb_seconds: f64 = running
        .map(|(line, usage)| usage.calls as f64 * CALL_SECONDS * memory_gb(memories, &line.principal))
        .sum();
    let talking = mails as f64 * CONVERSATION_SECONDS * memory_gb(memories, "send_message");
    add("functions running".to_owned(), gb_seconds + talking, &GB_SECOND);
    add("requests from outside".to_owned(), requests as f64, &REQUEST);
    add("logs".to_owned(), invocations * LOG_GB_AN_INVOCATION, &LOG_GB);
    entries
}

fn dearest(
    used: &Snapshot,
    label: impl Fn(&Line) -> String,
    of: impl Fn(&Usage) -> f64,
) -> Vec<(String, Usage)> {
    let mut sums: Vec<_> = used.by(label).into_iter().collect();
    sums.sort_by(|a, b| of(&b.1).total_cmp(&of(&a.1)));
    sums
}

/// The text of `docs/COST.md`.
pub fn document() -> Result<String> {
    let bill = bill(PEOPLE)?;
    let mut text = String::from(
        "# What a million e-mails cost\n\n\
        Written by `cargo xtask cost`: the deployed functions run a campaign of three mails against the local cloud, which\n\
        counts what AWS would bill. Half of the mails are opened, one in eight clicked, one in 25 answered, one in 25 bounced.\n\
        The figures include enrolling, launching, sending, handling events and counting. They do not include importing and\n\
        enriching leads, scheduled jobs (monitor, nightly), and the mail provider's charges (with Amazon SES, from $100).\n\
        The first mail to a lead costs more writes than later ones, because its preview page is made. No company is held after\n\
        a reply; with company holds, as in a new workspace, add a write unit per lead enrolled and a read unit per step.\n\n",
    );
    writeln!(text, "Counted over {} mails, for one million:\n", bill.mails)?;
    text.push_str("| for | units | unit | dollars |\n|---|---:|---|---:|\n");
    for entry in bill.entries.iter().filter(|entry| entry.dollars() >= 0.005) {
        writeln!(
            text,
            "| {} | {:.0} | {} | {:.2} |",
            entry.what,
            entry.units,
            entry.price.unit,
            entry.dollars()
        )?;
    }
    let rest: f64 = bill.entries.iter().map(Entry::dollars).filter(|dollars| *dollars < 0.005).sum();
    writeln!(text, "| all entries below a cent | | | {rest:.2} |")?;
    writeln!(text, "| **in all** | | | **{:.2}** |\n", bill.dollars())?;
    writeln!(
        text,
        "## How fast\n\nA mail takes {:.1} calls of the sending function, one after the other, and causes {:.2} requests to the API. The parameters are\n\
        those of `OPERATIONS.md`. Limits of accounts and sending windows apply besides, and the due tick finds some hundred a second.\n\n{}",
        bill.mail.calls,
        bill.mail.requests,
        ceiling::table(&bill.mail)?
    )?;
    writeln!(
        text,
        "The figures are those of a batch whose mails go out by one account, one after the other. A function sends the mails of\n\
        several accounts side by side. Measured with batches of 15 and the times below:\n\n{}",
        side_by_side::table()?
    )?;
    let idle = tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(idle::today())?;
    writeln!(
        text,
        "## Idle\n\nA month without any use, from the template's alarms, secret, queues and schedules and from hours of measured ticks.\n\
        Storage is not included. In dollars:\n\n{}",
        idle.table()?
    )?;
    writeln!(text, "{}", crate::mailbox::text())?;
    text.push_str("## Prices\n\nOn-demand, us-east-1, without free tiers.\n\n| unit | dollars a million |\n|---|---:|\n");
    for price in CARD {
        writeln!(text, "| {} | {} |", price.unit, price.per_million)?;
    }
    writeln!(
        text,
        "\n## Assumed, not measured\n\n\
        How long functions run depends on a network. Each call to AWS counts as {:.0} ms, one after the other; a conversation\n\
        with the mail server as {:.0} ms, one after the other as for one account. Memory is what the template gives each function. Each start\n\
        writes {:.1} KB of logs.",
        CALL_SECONDS * 1000.0,
        CONVERSATION_SECONDS * 1000.0,
        LOG_GB_AN_INVOCATION * 1e6,
    )?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A smaller campaign fills its batches less, so it may cost somewhat more.
    #[test]
    fn cost_document_matches_the_code() {
        let document = include_str!("../../../docs/COST.md");
        let total = document.split("**in all** | | | **").nth(1).and_then(|rest| rest.split("**").next());
        let total: f64 = total.unwrap().parse().unwrap();
        let now = bill(150).unwrap().dollars();
        assert!((0.9..1.4).contains(&(now / total)), "{now:.2} dollars now, {total} in docs/COST.md");
    }
}
