//! What it costs to keep the lead list of a workspace in the bucket: an import, changes of leads anywhere, an erasure, and the
//! first page of a process that knows nothing yet.

use crate::lead_lists::{lead, workspace};
use crate::report::{Bound, CpuClock, Report};
use crate::trial::{Provider, Trial};
use anyhow::{Context, Result};
use application::change_log::blocks_of;
use application::change_log::fold::{FoldPorts, fold};
use application::change_log::manifest::read_manifest;
use application::lead::list::{LeadCache, LeadLists};
use application::ports::change_log::RecordedChanges;
use application::ports::leads::LeadQuery;
use application::{Clock, Ports};
use domain::lead::scope::LeadScope;
use jiff::SignedDuration;
use lead_columns::block::{PackedChange, join};
use local_cloud::{Service, Snapshot};

/// The changes under one number, and those of one fold.
const A_NUMBER: u64 = 250;
/// The folds of changes anywhere, which all lie within one hour.
const FOLDS: u64 = 120;

/// What a level may cost.
struct Bounds {
    /// Objects and bytes written for a thousand changes.
    objects: f64,
    megabytes: f64,
    /// The most calls of one fold, and the CPU milliseconds of one on average.
    calls: f64,
    cpu: f64,
    /// Objects and CPU milliseconds of a first page.
    first_objects: f64,
    first_cpu: f64,
}

pub fn small(report: &mut Report) -> Result<()> {
    let bounds = Bounds {
        objects: 40.0,
        megabytes: 6.0,
        calls: 40.0,
        cpu: 2_000.0,
        first_objects: 20.0,
        first_cpu: 2_000.0,
    };
    run(report, 20_000, &bounds)
}

pub fn hundred_thousand(report: &mut Report) -> Result<()> {
    let bounds = Bounds {
        objects: 30.0,
        megabytes: 3.0,
        calls: 40.0,
        cpu: 60.0,
        first_objects: 20.0,
        first_cpu: 200.0,
    };
    run(report, 100_000, &bounds)
}

pub fn million(report: &mut Report) -> Result<()> {
    let bounds = Bounds {
        objects: 30.0,
        megabytes: 3.0,
        calls: 40.0,
        cpu: 60.0,
        first_objects: 60.0,
        first_cpu: 2_000.0,
    };
    run(report, 1_000_000, &bounds)
}

fn run(report: &mut Report, leads: u64, bounds: &Bounds) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(report, leads, bounds))
}

struct Bench {
    trial: Trial,
    folding: FoldPorts,
    number: u64,
    bytes: u64,
}

impl Bench {
    /// Records changes of these leads at a revision, as the stream's reader does.
    async fn record(&mut self, numbers: impl Iterator<Item = u64>, rev: u64) -> Result<()> {
        let changes = numbers.map(|number| PackedChange::put(&lead(number, rev)));
        let changes = changes.collect::<Result<Vec<_>, _>>()?;
        self.append(join(&changes)?, false).await
    }

    async fn append(&mut self, leads: Vec<u8>, removes: bool) -> Result<()> {
        self.number += 1;
        self.bytes += leads.len() as u64;
        let (at, log) = (self.trial.clock.now(), Vec::new());
        let (number, bytes_through) = (self.number, self.bytes);
        let changes = RecordedChanges {
            workspace: workspace(),
            number,
            leads,
            log,
            bytes_through,
            removes,
            is_emptied: false,
            at,
        };
        Ok(self.folding.change_log.append(&changes).await?)
    }

    /// Returns the bytes in the bucket, and those of the blocks that a reader needs.
    async fn sizes(&self) -> Result<(f64, f64)> {
        let head = self.folding.change_log.head(&workspace()).await?.context("it was folded")?;
        let manifest =
            read_manifest(&*self.folding.blobs, &workspace(), &head).await?.context("it has blocks")?;
        let needed: Vec<&str> =
            manifest.blocks().context("none is lost")?.map(|block| block.name.as_str()).collect();
        let (mut all, mut read) = (0, 0);
        for key in self.folding.blobs.list(&blocks_of(&workspace())).await? {
            let size = self.folding.blobs.get(&key).await?.len();
            all += size;
            read += if needed.iter().any(|name| key.ends_with(name)) { size } else { 0 };
        }
        Ok((all as f64, read as f64))
    }
}

/// Objects and bytes that were put into the bucket.
fn written(used: &Snapshot) -> (f64, f64) {
    let put = used.sum(|line| line.service == Service::S3 && line.operation == "PutObject");
    (put.calls as f64, put.bytes as f64 / 1e6)
}

async fn measure(report: &mut Report, leads: u64, bounds: &Bounds) -> Result<()> {
    let trial = Trial::open(Provider::Nothing).await?;
    let folding = FoldPorts::new(trial.world.host.ports());
    let mut bench = Bench { trial, folding, number: 0, bytes: 0 };
    let thousands = leads as f64 / 1e3;

    let (mark, mut cpu) = (bench.trial.mark(), CpuClock::default());
    for from in (0..leads).step_by(A_NUMBER as usize) {
        bench.record(from..leads.min(from + A_NUMBER), 1).await?;
        // A fold is due at about every sixteenth number.
        if (from / A_NUMBER) % 16 == 15 {
            cpu.measure_async(fold(&bench.folding, &workspace())).await?;
        }
    }
    cpu.measure_async(fold(&bench.folding, &workspace())).await?;
    let (objects, megabytes) = written(&bench.trial.used_since(&mark));
    report.figure(format!("{leads} leads: import, objects for a thousand leads"), objects / thousands);
    report.figure("  MB for a thousand leads", megabytes / thousands);
    report.figure("  CPU ms of folds for a thousand leads", cpu.seconds() * 1e3 / thousands);

    let (mark, mut cpu, mut most) = (bench.trial.mark(), CpuClock::default(), 0);
    for turn in 0..FOLDS {
        let anywhere = (0..A_NUMBER).map(|n| (turn * A_NUMBER + n).wrapping_mul(2_654_435_761) % leads);
        bench.record(anywhere, 2 + turn).await?;
        bench.trial.clock.advance_to(bench.trial.clock.now() + SignedDuration::from_secs(30));
        let before = bench.trial.mark();
        cpu.measure_async(fold(&bench.folding, &workspace())).await?;
        most = most.max(bench.trial.used_since(&before).total().calls);
    }
    let (objects, megabytes) = written(&bench.trial.used_since(&mark));
    let changes = (FOLDS * A_NUMBER) as f64 / 1e3;
    let name = format!("{leads} leads: {FOLDS} folds of {A_NUMBER} changes anywhere");
    report.bounded(format!("{name}, most calls of one"), most as f64, Bound::AtMost(bounds.calls));
    report.bounded("  CPU ms of one", cpu.seconds() * 1e3 / FOLDS as f64, Bound::AtMost(bounds.cpu));
    report.bounded("  objects for a thousand changes", objects / changes, Bound::AtMost(bounds.objects));
    report.bounded("  MB for a thousand changes", megabytes / changes, Bound::AtMost(bounds.megabytes));

    let lists = LeadLists {
        lead_cache: LeadCache::of(1 << 30).into(),
        ..LeadLists::new(bench.trial.world.host.ports())
    };
    let query = LeadQuery { limit: 50, ..LeadQuery::default() };
    let (mark, mut cpu) = (bench.trial.mark(), CpuClock::default());
    let page = cpu.measure_async(lists.page(&workspace(), &LeadScope::All, &query)).await?;
    anyhow::ensure!(page.total as u64 == leads, "{} of {leads} leads are listed", page.total);
    let read = bench.trial.used_since(&mark);
    let objects = read.sum(|line| line.service == Service::S3).calls as f64;
    report.bounded(
        format!("{leads} leads: first page, objects"),
        objects,
        Bound::AtMost(bounds.first_objects),
    );
    report.bounded("  CPU ms", cpu.seconds() * 1e3, Bound::AtMost(bounds.first_cpu));
    let mark = bench.trial.mark();
    lists.page(&workspace(), &LeadScope::All, &query).await?;
    let warm = bench.trial.used_since(&mark).total();
    report.bounded("  read units of the next page", warm.read_units, Bound::AtMost(1.0));

    let (all, needed) = bench.sizes().await?;
    report.figure(format!("{leads} leads: bytes of a lead in its blocks"), needed / leads as f64);
    report.bounded("  bytes in the bucket, of those that are read", all / needed, Bound::AtMost(3.0));

    let runs = {
        let head = bench.folding.change_log.head(&workspace()).await?.context("it was folded")?;
        let manifest = read_manifest(&*bench.folding.blobs, &workspace(), &head).await?;
        manifest.context("it has blocks")?.runs.len() as f64
    };
    let gone: Vec<PackedChange> = (0..20)
        .map(|number| PackedChange::removed(&lead(number * 97 % leads, 1).id, 1_000, bench.trial.clock.now()))
        .collect::<Result<_, _>>()?;
    bench.append(join(&gone[..1])?, true).await?;
    let mark = bench.trial.mark();
    fold(&bench.folding, &workspace()).await?;
    let (objects, _) = written(&bench.trial.used_since(&mark));
    report.bounded(
        format!("{leads} leads: an erasure, objects beyond its runs"),
        objects - runs,
        Bound::AtMost(2.0),
    );
    bench.append(join(&gone[1..])?, true).await?;
    let mark = bench.trial.mark();
    fold(&bench.folding, &workspace()).await?;
    let (objects, megabytes) = written(&bench.trial.used_since(&mark));
    report.figure("  19 more together, objects", objects);
    report.figure("  MB", megabytes);
    Ok(())
}
