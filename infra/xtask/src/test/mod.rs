//! The one test command: Rust, the web app, and journeys in a browser against a real `dev`.

mod browser;
pub mod installation;
mod rust;
mod since;

use crate::process::Priority;
use crate::report::Report;
use crate::web::Web;
use anyhow::Result;
use clap::ValueEnum;
use since::{Choice, Journeys};
use std::thread;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    Rust,
    Web,
    Browser,
}

/// Runs all parts, or only the named ones; with a revision only what can have changed since. Rust's tests take what a
/// browser leaves idle, which waits more than it computes.
pub fn test(parts: &[Part], revision: Option<&str>) -> Result<()> {
    let choice = match revision {
        Some(revision) => since::since(revision)?,
        None => Choice::everything(),
    };
    let named = |part| parts.is_empty() || parts.contains(&part);
    let has_rust = named(Part::Rust) && !choice.runs_no_rust();
    let has_web = named(Part::Web) && choice.web;
    let journeys = if named(Part::Browser) { choice.journeys } else { Journeys::None };
    let has_browser = journeys != Journeys::None;
    let priority = if has_web || has_browser { Priority::Low } else { Priority::Usual };
    let mut report = Report::default();
    let mut built = None;
    // Nothing runs beside a build: it takes all processors, and a journey has deadlines.
    if has_rust
        && !report
            .check("Rust build", || rust::build(choice.crates.as_deref()).map(|found| built = Some(found)))
    {
        return report.end();
    }
    thread::scope(|scope| {
        let rust = built.map(|binaries| {
            scope.spawn(move || {
                let mut report = Report::default();
                report.stage("Rust tests", || rust::run_all(binaries, priority));
                report
            })
        });
        if has_web || has_browser {
            web(&mut report, has_web, journeys);
        }
        if let Some(rust) = rust {
            report.add(rust.join().expect("a stage that fails says so in its report"));
        }
    });
    report.end()
}

fn web(report: &mut Report, unit_tests: bool, journeys: Journeys) {
    let web = match Web::find() {
        Ok(web) => web,
        Err(missing) => return report.skip("web tests and browser journeys", &missing),
    };
    if !report.check("web packages", || web.install()) {
        return;
    }
    if unit_tests {
        report.stage("web unit tests", || web.unit_tests());
    }
    if journeys != Journeys::None {
        browser::journeys(&web, journeys, report);
    }
}
