//! What it costs to keep the lead list of a workspace in the bucket: an import, changes of leads anywhere, an erasure, and the
//! first page of a process that knows nothing yet.

use crate::lead_lists::{lead, workspace};
use crate::report::{Bound, CpuClock, Report};
use crate::trial::{Provider, Trial};
use anyhow::{Context, Result};
use application::Clock;
use application::change_log::blocks_of;
use application::change_log::fold::{FoldPorts, fold};
use application::change_log::manifest::{Manifest, read_manifest};
use application::lead::list::{LeadCache, LeadLists};
use application::ports::change_log::RecordedChanges;
use application::ports::leads::LeadQuery;
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
    /// The most calls of one fold, and the CPU milliseconds for a thousand changes.
    calls: f64,
    cpu: f64,
    /// Objects and CPU milliseconds of a first page.
    first_objects: f64,
    first_cpu: f64,
}

/// Counts what folds of a small workspace cost.
pub async fn count(report: &mut Report) -> Result<()> {
    let mut bench = Bench::open().await?;
    let import = bench.import(5_000).await?;
    report.figure("lead list: objects for a thousand imported leads", import.objects);
    report.figure("lead list: MB for a thousand imported leads", import.megabytes);
    let changes = bench.change_anywhere(5_000, 40).await?;
    report.figure("lead list: most calls of a fold", changes.most_calls);
    report.figure("lead list: objects for a thousand changes", changes.written.objects);
    report.figure("lead list: MB for a thousand changes", changes.written.megabytes);
    let first = bench.first_page(5_000).await?;
    report.figure("lead list: objects of a first page", first.objects);
    report.figure("lead list: read units of the next page", first.next_read_units);
    Ok(())
}

pub fn hundred_thousand(report: &mut Report) -> Result<()> {
    let bounds = Bounds {
        objects: 10.0,
        megabytes: 1.0,
        calls: 60.0,
        cpu: 50.0,
        first_objects: 20.0,
        first_cpu: 200.0,
    };
    run(report, 100_000, &bounds)
}

pub fn million(report: &mut Report) -> Result<()> {
    let bounds = Bounds {
        objects: 10.0,
        megabytes: 1.0,
        calls: 600.0,
        cpu: 100.0,
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

/// What was put into the bucket for a thousand leads or changes, and the CPU milliseconds of folds.
struct Written {
    objects: f64,
    megabytes: f64,
    cpu: f64,
}

struct Changed {
    written: Written,
    most_calls: f64,
}

struct FirstPage {
    objects: f64,
    cpu: f64,
    next_read_units: f64,
}

impl Bench {
    async fn open() -> Result<Self> {
        let trial = Trial::open(Provider::Nothing).await?;
        let folding = FoldPorts::new(trial.world.host.ports());
        Ok(Self { trial, folding, number: 0, bytes: 0 })
    }

    /// Records so many leads as one large file brings them.
    async fn import(&mut self, leads: u64) -> Result<Written> {
        let (mark, mut cpu) = (self.trial.mark(), CpuClock::default());
        for from in (0..leads).step_by(A_NUMBER as usize) {
            self.record(from..leads.min(from + A_NUMBER), 1).await?;
            // A fold is due at about every sixteenth number.
            if (from / A_NUMBER) % 16 == 15 {
                cpu.measure_async(fold(&self.folding, &workspace())).await?;
            }
        }
        cpu.measure_async(fold(&self.folding, &workspace())).await?;
        Ok(self.written(&mark, leads, &cpu))
    }

    /// Folds changes of leads anywhere, all within an hour.
    async fn change_anywhere(&mut self, leads: u64, folds: u64) -> Result<Changed> {
        let (mark, mut cpu, mut most_calls) = (self.trial.mark(), CpuClock::default(), 0);
        for turn in 0..folds {
            let anywhere = (0..A_NUMBER).map(|n| (turn * A_NUMBER + n).wrapping_mul(2_654_435_761) % leads);
            self.record(anywhere, 2 + turn).await?;
            self.trial.clock.advance_to(self.trial.clock.now() + SignedDuration::from_secs(30));
            let before = self.trial.mark();
            cpu.measure_async(fold(&self.folding, &workspace())).await?;
            most_calls = most_calls.max(self.trial.used_since(&before).total().calls);
        }
        let written = self.written(&mark, folds * A_NUMBER, &cpu);
        Ok(Changed { written, most_calls: most_calls as f64 })
    }

    /// Reads the first page in a process that knows nothing, and the next.
    async fn first_page(&self, leads: u64) -> Result<FirstPage> {
        let ports = self.trial.world.host.ports();
        let lists = LeadLists { lead_cache: LeadCache::of(1 << 30).into(), ..LeadLists::new(ports) };
        let query = LeadQuery { limit: 50, ..LeadQuery::default() };
        let (mark, mut cpu) = (self.trial.mark(), CpuClock::default());
        let page = cpu.measure_async(lists.page(&workspace(), &LeadScope::All, &query)).await?;
        anyhow::ensure!(page.total as u64 == leads, "{} of {leads} leads are listed", page.total);
        let objects = self.trial.used_since(&mark).sum(|line| line.service == Service::S3).calls as f64;
        let mark = self.trial.mark();
        lists.page(&workspace(), &LeadScope::All, &query).await?;
        let next_read_units = self.trial.used_since(&mark).total().read_units;
        Ok(FirstPage { objects, cpu: cpu.seconds() * 1e3, next_read_units })
    }

    fn written(&self, mark: &Snapshot, leads: u64, cpu: &CpuClock) -> Written {
        let used = self.trial.used_since(mark);
        let put = used.sum(|line| line.service == Service::S3 && line.operation == "PutObject");
        let thousands = leads as f64 / 1e3;
        Written {
            objects: put.calls as f64 / thousands,
            megabytes: put.bytes as f64 / 1e6 / thousands,
            cpu: cpu.seconds() * 1e3 / thousands,
        }
    }

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

    async fn manifest(&self) -> Result<Manifest> {
        let head = self.folding.change_log.head(&workspace()).await?.context("it was folded")?;
        let manifest = read_manifest(&*self.folding.blobs, &workspace(), &head).await?;
        manifest.context("it has blocks")
    }

    async fn runs(&self) -> Result<usize> {
        Ok(self.manifest().await?.runs.len())
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

async fn measure(report: &mut Report, leads: u64, bounds: &Bounds) -> Result<()> {
    let mut bench = Bench::open().await?;
    let import = bench.import(leads).await?;
    report.figure(format!("{leads} leads: import, objects for a thousand leads"), import.objects);
    report.figure("  MB for a thousand leads", import.megabytes);
    report.figure("  CPU ms of folds for a thousand leads", import.cpu);

    let Changed { written, most_calls } = bench.change_anywhere(leads, FOLDS).await?;
    let name = format!("{leads} leads: {FOLDS} folds of {A_NUMBER} changes anywhere");
    report.bounded(format!("{name}, most calls of one"), most_calls, Bound::AtMost(bounds.calls));
    report.bounded("  CPU ms for a thousand changes", written.cpu, Bound::AtMost(bounds.cpu));
    report.bounded("  objects for a thousand changes", written.objects, Bound::AtMost(bounds.objects));
    report.bounded("  MB for a thousand changes", written.megabytes, Bound::AtMost(bounds.megabytes));

    let first = bench.first_page(leads).await?;
    let objects = Bound::AtMost(bounds.first_objects);
    report.bounded(format!("{leads} leads: first page, objects"), first.objects, objects);
    report.bounded("  CPU ms", first.cpu, Bound::AtMost(bounds.first_cpu));
    report.bounded("  read units of the next page", first.next_read_units, Bound::AtMost(1.0));

    let (all, needed) = bench.sizes().await?;
    report.figure(format!("{leads} leads: bytes of a lead in its blocks"), needed / leads as f64);
    report.bounded("  bytes in the bucket, of those that are read", all / needed, Bound::AtMost(3.0));

    for (gone, together) in [(0..1, 1), (1..20, 19)] {
        let runs = bench.runs().await?;
        let gone = gone.map(|number| {
            PackedChange::removed(&lead(number * 97 % leads, 1).id, 1_000, bench.trial.clock.now())
        });
        bench.append(join(&gone.collect::<Result<Vec<_>, _>>()?)?, true).await?;
        let mark = bench.trial.mark();
        fold(&bench.folding, &workspace()).await?;
        let written = bench.written(&mark, 1_000, &CpuClock::default());
        let name = format!("{leads} leads: {together} erased together, of {runs} runs: objects");
        report.figure(name, written.objects);
        report.figure("  MB", written.megabytes);
    }
    Ok(())
}
