//! The cost of a mail in a campaign of five, from its launch to its end; the load when a whole city comes due
//! as its sending window opens; and the distribution of the CPU time when a provider costs nothing. The goals
//! are 2.5 write units and 2 read units a mail for sending, 0.5 write units for projections, 1.2 requests of
//! queues. A higher bound is what is reached now, so that it gets no worse.

use crate::cost::{CALL_SECONDS, CONVERSATION_SECONDS};
use crate::report::{Bound, CpuClock, Report};
use crate::trial::{Provider, Trial, five_mails};
use anyhow::{Result, ensure};
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::{CompiledTemplate, Escaping};
use local_cloud::{Line, Moment, PartitionUse, Service, Snapshot};
use local_host::EventSource;
use serde_json::{Value, json};
use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const MAILS: u64 = 5;
/// The leads of the load test: in one time zone and without limits, so that all are due as their sending
/// window opens.
const CITY: u64 = 10_000;
const TEXTS: usize = 20_000;
/// The write units a second that a table accepts on its first day.
const NEW_TABLE: f64 = 4_000.0;

pub fn run(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(campaign(report, &FEW))?;
    runtime.block_on(storm(report))?;
    render(report)
}

/// Measures a campaign of many leads, most of whom wait for days.
pub fn large(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(campaign(report, &MANY))
}

/// Measures the same with as many leads as the goals are about.
pub fn full(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(campaign(report, &ALL))
}

/// A campaign's leads, and the most that a mail to them may cost.
struct Crowd {
    people: u64,
    /// The daily limit of their account.
    a_day: Option<u64>,
    /// The days until the last lead has had all mails.
    days: i64,
    bounds: Bounds,
}

/// Bounds in units a mail.
struct Bounds {
    written: f64,
    every_time: f64,
    read: f64,
    /// Sending without the search for due work, which runs every minute, however little is due.
    sent: f64,
    hints: f64,
    slots: f64,
}

const FEW: Crowd = Crowd {
    people: 1_000,
    a_day: None,
    days: 42,
    bounds: Bounds { written: 5.0, every_time: 3.2, read: 7.0, sent: 5.2, hints: 0.2, slots: 0.3 },
};
const WHO_WAIT: Bounds =
    Bounds { written: 5.0, every_time: 3.2, read: 5.5, sent: 5.2, hints: 0.2, slots: 0.3 };
/// Most wait for days, as 100,000 do for an account that sends 20,000.
const MANY: Crowd = Crowd { people: 10_000, a_day: Some(2_000), days: 63, bounds: WHO_WAIT };
const ALL: Crowd = Crowd { people: 100_000, a_day: Some(20_000), ..MANY };

/// The functions that send a mail, and those that count it.
const ON_THE_WAY_OUT: [&str; 2] = ["due_steps", "send_message"];
const PROJECTIONS: [&str; 1] = ["project_events"];

async fn campaign(report: &mut Report, crowd: &Crowd) -> Result<()> {
    let (mut trial, bounds) = (Trial::open(Provider::Nothing).await?, &crowd.bounds);
    if let Some(a_day) = crowd.a_day {
        trial.limit(json!({ "zone": "UTC", "per_day": a_day })).await?;
    }
    trial.import("plain", crowd.people, false).await?;
    let campaign = trial.enrol("Five mails", five_mails()).await?;
    trial.launch(&campaign).await?;
    let mark = trial.mark();
    for day in 1..=crowd.days {
        trial.work_until(trial.later(24)?).await?;
        if crowd.a_day.is_some() {
            eprintln!("day {day} of {}: {} mails", crowd.days, trial.taken());
        }
    }
    let mails = trial.taken();
    ensure!(mails == MAILS * crowd.people, "{mails} mails were sent");
    let used = trial.used_since(&mark);
    // What a schedule notes of each run depends on the days, not on the mails: the bench of an idle month has it.
    let by = |who: &[&str]| used.only(|line| who.contains(&&*line.principal) && line.keys != "SCHEDULES");
    let (out, projections) = (by(&ON_THE_WAY_OUT), by(&PROJECTIONS));
    let each = |sum: f64| sum / mails as f64;

    report.bounded(
        format!("{mails} mails, way out: WRU"),
        each(out.write_units()),
        Bound::AtMost(bounds.written),
    );
    split(report, &out, mails, |usage| usage.0);
    let every_time = out.sum(is_for_every_mail).write_units;
    report.bounded(
        "    schedule, claim, rate, record: WRU",
        each(every_time),
        Bound::AtMost(bounds.every_time),
    );
    report.bounded("  RRU", each(out.read_units()), Bound::AtMost(bounds.read));
    split(report, &out, mails, |usage| usage.1);
    let sent = by(&["send_message"]).read_units();
    report.bounded("    without looking for what is due: RRU", each(sent), Bound::AtMost(bounds.sent));
    report.bounded("  projections: WRU", each(projections.write_units()), Bound::AtMost(0.5));
    let queues = out.of_service(Service::Sqs).requests as f64;
    report.bounded("  requests of queues", each(queues), Bound::AtMost(1.2));
    let kind = |words: &[&str]| out.sum(|line| words.contains(&line.keys.as_str())).write_units;
    report.bounded("  packed hints: WRU", each(kind(&["DUE"])), Bound::AtMost(bounds.hints));
    report.bounded("  slots of mailboxes: WRU", each(kind(&["W#QUOTAS"])), Bound::AtMost(bounds.slots));
    report.bounded("  state of accounts: WRU", each(kind(&["W#BREAKERS"])), Bound::AtMost(0.02));
    Ok(())
}

/// Excludes the writes that a lead causes once a campaign: its first contact, its end, and both in lists.
fn is_for_every_mail(line: &Line) -> bool {
    let is_list = line.resource.contains('/');
    match line.keys.as_str() {
        "W#L/LEAD" => false,
        // An enrolment's end is a transaction with its lead.
        "W#L/N" => !is_list && line.operation == "PutItem",
        _ => !is_list,
    }
}

/// Reports the units by their purpose, the most expensive first.
fn split(report: &mut Report, used: &Snapshot, mails: u64, of: impl Fn((f64, f64)) -> f64) {
    let label = |line: &Line| match line.service {
        Service::DynamoDb => format!("{} · {}", line.principal, crate::ledger_lines::item(line)),
        _ => String::new(),
    };
    let sums = used.by(label);
    let mut sums: Vec<_> =
        sums.iter().map(|(label, sum)| (label, of((sum.write_units, sum.read_units)))).collect();
    sums.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (label, sum) in sums.into_iter().filter(|(_, sum)| *sum / mails as f64 >= 0.01) {
        report.figure(format!("      {label}"), sum / mails as f64);
    }
}

/// Returns the most write units that one key takes in a second, for each mail, as so many come due at once.
pub async fn hottest_key(mails: u64) -> Result<f64> {
    let mut trial = before_the_window(mails).await?;
    trial.world.host.cloud().ledger().forget_partitions();
    let end = trial.later(16)?;
    trial.work_until(end).await?;
    let sent = trial.taken();
    ensure!(sent == mails, "{sent} mails were sent on the first day");
    Ok(trial.world.host.cloud().ledger().peak_partition_writes() / sent as f64)
}

/// Leads of one city, launched before their sending window opens.
async fn before_the_window(leads: u64) -> Result<Trial> {
    let mut trial = Trial::open(Provider::Nothing).await?;
    trial.cities = 1;
    trial.import("city", leads, false).await?;
    trial.limit(Value::Null).await?;
    let campaign = trial.enrol("Five mails", five_mails()).await?;
    trial.launch(&campaign).await?;
    Ok(trial)
}

async fn storm(report: &mut Report) -> Result<()> {
    let mut trial = before_the_window(CITY).await?;
    let start = trial.mark();
    let stand_in = Arc::new(Mutex::new(StandIn::default()));
    let watched = stand_in.clone();
    trial.world.host.cloud().faults().inject(move |moment, _| {
        watched.lock().unwrap_or_else(PoisonError::into_inner).note(moment);
        None
    });
    trial.world.host.cloud().ledger().forget_partitions();
    let mark = trial.mark();
    let end = trial.later(16)?;
    let mut cpu = CpuClock::default();
    cpu.measure_async(trial.work_until(end)).await?;
    let sent = trial.taken();
    ensure!(sent == CITY, "{sent} mails were sent on the first day");

    let ledger = trial.world.host.cloud().ledger();
    let partitions = ledger.partitions();
    let peak = |used: &PartitionUse| used.peak_write_units_per_second;
    for (from, to) in [(0.0, 10.0), (10.0, 100.0), (100.0, 500.0), (500.0, f64::INFINITY)] {
        let count = partitions.iter().filter(|(_, used)| peak(used) > from && peak(used) <= to).count();
        let name = match to.is_finite() {
            true => format!("{sent} mails as the window opens: keys of {from} to {to} WRU in a second"),
            false => format!("{sent} mails as the window opens: keys of more than {from} WRU in a second"),
        };
        report.figure(name, count as f64);
    }
    for (key, used) in partitions.iter().take(5) {
        report.figure(format!("    {}", kind_of(key)), peak(used));
    }
    report.bounded("  the most of one key: WRU", ledger.peak_partition_writes(), Bound::AtMost(500.0));
    let most = written_at_once(&trial, &trial.used_since(&start));
    report.bounded("  all functions of queues at once: WRU in a second", most, Bound::AtMost(NEW_TABLE));

    let cloud = stand_in.lock().unwrap_or_else(PoisonError::into_inner).spent.as_secs_f64();
    let calls = trial.used_since(&mark).total().calls;
    report.figure("provider that costs nothing: mails per CPU-second", sent as f64 / cpu.seconds());
    report.figure("  calls to the cloud a mail", calls as f64 / sent as f64);
    report.figure("  share of the CPU: what stands in for the cloud, %", 100.0 * cloud / cpu.seconds());
    report.figure("  functions with their SDK, %", 100.0 * (1.0 - cloud / cpu.seconds()));
    Ok(())
}

/// The most writes a second: the template limits how many of each function run at once. None makes two calls
/// at once but the sending one, which may have a message group for each message of its batch.
fn written_at_once(trial: &Trial, used: &Snapshot) -> f64 {
    let mut most = 0.0;
    for function in &trial.world.host.stack().functions {
        let (groups, conversations) = match function.name == "send_message" {
            true => (usize::MAX, trial.taken() as f64 * CONVERSATION_SECONDS),
            false => (1, 0.0),
        };
        let at_once = function.sources.iter().find_map(|source| match source {
            EventSource::Queue { max_concurrency, batch_size, .. } => {
                Some((max_concurrency * batch_size.min(&groups)) as f64)
            }
            _ => None,
        });
        let spent = used.sum(|line| *line.principal == *function.name);
        if let Some(at_once) = at_once.filter(|_| spent.calls > 0) {
            most += at_once * spent.write_units / (spent.calls as f64 * CALL_SECONDS + conversations);
        }
    }
    most
}

/// The CPU time between a call's arrival and its answer, in a process that does nothing else.
#[derive(Default)]
struct StandIn {
    since: Option<cpu_time::ProcessTime>,
    spent: Duration,
}

impl StandIn {
    fn note(&mut self, moment: Moment) {
        match moment {
            Moment::Before => self.since = Some(cpu_time::ProcessTime::now()),
            Moment::After => self.spent += self.since.take().map(|since| since.elapsed()).unwrap_or_default(),
        }
    }
}

/// The kind of a key, with its ids left out.
fn kind_of(key: &str) -> String {
    let words = key.split('#').map(|word| if word.len() > 20 { "…" } else { word });
    words.collect::<Vec<_>>().join("#")
}

/// Renders mails of two kilobytes with eight fields: compiled once for a batch, and compiled each time.
fn render(report: &mut Report) -> Result<()> {
    let fields =
        ["first_name", "company", "city", "job_title", "website", "first_line", "sender.name", "preview_url"];
    let mut text = String::new();
    for field in fields {
        text.push_str(&format!("{{{{ {field} | default(\"there\") }}}} "));
        text.push_str(&"and this is what we would like to say about it. ".repeat(5));
        text.push('\n');
    }
    ensure!((1_900..2_300).contains(&text.len()), "a text of {} bytes", text.len());
    let values = |context: MergeContext, field: &&str| context.with(field, "A value of a usual length");
    let context = Arc::new(fields.iter().fold(MergeContext::default(), values));
    let mut cpu = CpuClock::default();
    cpu.measure(|| -> Result<()> {
        let template = CompiledTemplate::compile(&text, Escaping::None)?;
        for _ in 0..TEXTS {
            black_box(template.render(&context)?);
        }
        Ok(())
    })?;
    let speed = TEXTS as f64 / cpu.seconds();
    report.bounded("texts of 2 KB with 8 fields per CPU-second", speed, Bound::AtLeast(100_000.0));
    let mut cpu = CpuClock::default();
    cpu.measure(|| -> Result<()> {
        for _ in 0..TEXTS {
            black_box(CompiledTemplate::compile(&text, Escaping::None)?.render(&context)?);
        }
        Ok(())
    })?;
    report.figure("  each compiled anew", TEXTS as f64 / cpu.seconds());
    Ok(())
}
