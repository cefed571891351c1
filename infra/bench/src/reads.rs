//! The cost of reading as leads grow in number: every dashboard route at 1,000 and 100,000 leads, pages of
//! the lead list at 100,000. The CPU time is that of this process: function, SDK and the table on this
//! machine together.

use crate::report::{Bound, CpuClock, Report};
use crate::trial::{Provider, Trial};
use anyhow::{Context, Result};
use application::Clock;
use application::Ports;
use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::{LeadId, WorkspaceId};
use std::collections::BTreeMap;

const FEW: usize = 1_000;
const MANY: usize = 100_000;
/// The leads created between two runs of the projection, so that few records wait in the stream.
const A_ROUND: usize = 1_000;

/// The read units of a page when nothing is new: the caller's session and rights, and one query for what was recorded.
const MOST_READS: f64 = 3.0;

const DASHBOARDS: [&str; 6] = [
    "/api/dashboard/stats",
    "/api/dashboard/momentum",
    "/api/dashboard/timeline",
    "/api/dashboard/campaigns",
    "/api/dashboard/hot-leads",
    "/api/analytics/dashboard",
];

const LISTS: [(&str, &str); 6] = [
    ("default page", "limit=50"),
    ("filtered by status and country", "limit=50&status=contacted&country=US"),
    ("searched for a word", "limit=50&q=harbour"),
    ("sorted by company", "limit=50&sort=company"),
    ("sorted by score", "limit=50&sort=score"),
    ("filtered and sorted", "limit=50&status=new&sort=name"),
];

pub fn run(report: &mut Report) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(report, FEW, MANY))
}

pub async fn measure(report: &mut Report, few: usize, many: usize) -> Result<()> {
    let mut trial = Trial::open(Provider::Sandbox).await?;
    let me = trial.api.get("/api/auth/me").await?;
    let workspace = WorkspaceId::parse(me["workspace"]["id"].as_str().context("who am I?")?)?;
    seed(&trial, &workspace, 0..few).await?;
    let at_few = dashboards(&mut trial).await?;
    seed(&trial, &workspace, few..many).await?;
    let at_many = dashboards(&mut trial).await?;
    for route in DASHBOARDS {
        report.figure(format!("{route}, {few} leads: RRU"), at_few[route]);
        report.bounded(format!("  at {many} leads"), at_many[route], Bound::AtMost(at_few[route]));
    }
    for (name, query) in LISTS {
        let path = format!("/api/leads?{query}");
        let first = page(&mut trial, report, &format!("list of {many}, {name}"), &path).await?;
        if let (true, Some(cursor)) = (name == "default page" || name == "sorted by company", first) {
            page(
                &mut trial,
                report,
                &format!("list of {many}, {name}, the next"),
                &format!("{path}&cursor={cursor}"),
            )
            .await?;
        }
    }
    Ok(())
}

async fn dashboards(trial: &mut Trial) -> Result<BTreeMap<&'static str, f64>> {
    let mut costs = BTreeMap::new();
    trial.api.sign_in().await?;
    for route in DASHBOARDS {
        let mark = trial.mark();
        trial.api.get(route).await?;
        costs.insert(route, trial.cost(&mark, 1).reads);
    }
    Ok(costs)
}

async fn page(trial: &mut Trial, report: &mut Report, name: &str, path: &str) -> Result<Option<String>> {
    // The first request warms up: a function's second request is the usual one.
    trial.api.get(path).await?;
    let (mark, mut cpu) = (trial.mark(), CpuClock::default());
    let answer = cpu.measure_async(trial.api.get(path)).await?;
    report.figure(format!("{name}: CPU ms"), cpu.seconds() * 1_000.0);
    report.bounded("  RRU", trial.cost(&mark, 1).reads, Bound::AtMost(MOST_READS));
    Ok(answer["next_cursor"].as_str().map(str::to_owned))
}

async fn seed(trial: &Trial, workspace: &WorkspaceId, numbers: std::ops::Range<usize>) -> Result<()> {
    let ports = trial.world.host.ports();
    let now = trial.clock.now();
    for n in numbers {
        let lead = lead(workspace, n, now)?;
        ports.leads().create(&lead, &Event::system(EventKind::LeadCreated, now)).await?;
        if n % A_ROUND == A_ROUND - 1 {
            trial.world.host.run_until_quiet().await?;
        }
    }
    trial.world.host.run_until_quiet().await
}

fn lead(workspace: &WorkspaceId, n: usize, now: jiff::Timestamp) -> Result<Lead> {
    let mut lead = Lead::blank(LeadId::derived(now, &["bench", &n.to_string()]), workspace.clone(), now);
    let pick = |names: &[&str]| names[n.wrapping_mul(2_654_435_761) / 64 % names.len()].to_owned();
    lead.first_name = Some(pick(&["Anna", "Ben", "Chloé", "David", "Emma"]));
    lead.last_name = Some(pick(&["Miller", "García", "Smith", "Jones", "Lee", "Novak", "Ward"]));
    lead.company = Some(format!(
        "{} {} {n}",
        pick(&["Harbour", "Summit", "Oak"]),
        pick(&["Dental", "Roofing", "Studio", "Partners"])
    ));
    lead.email = Some(EmailAddress::parse(&format!("lead{n}@practice{}.example", n % 997))?);
    lead.city = Some(pick(&["Boston", "Austin", "Denver", "Seattle", "Miami", "Leeds"]));
    lead.country = Country::parse(&pick(&["US", "US", "US", "GB"]));
    lead.category = Some(pick(&["Dental clinic", "Roofer", "Studio"]));
    lead.status = if n.is_multiple_of(3) { StageId::CONTACTED } else { StageId::NEW };
    Ok(lead)
}
