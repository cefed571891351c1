//! The one test command: Rust, the web app, and journeys in a browser against a real `dev`.

mod browser;
mod installation;
mod rust;

use crate::report::Report;
use crate::web::Web;
use anyhow::Result;
use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    Rust,
    Web,
    Browser,
}

/// Runs all parts, or only the named ones.
pub fn test(parts: &[Part]) -> Result<()> {
    let wanted = |part| parts.is_empty() || parts.contains(&part);
    let mut report = Report::default();
    if wanted(Part::Rust) {
        report.stage("Rust tests", rust::run_all);
    }
    if wanted(Part::Web) || wanted(Part::Browser) {
        match Web::find() {
            Err(missing) => report.skip("web tests and browser journeys", &missing),
            Ok(web) => {
                if report.check("web packages", || web.install()) {
                    if wanted(Part::Web) {
                        report.stage("web unit tests", || web.unit_tests());
                    }
                    if wanted(Part::Browser) {
                        browser::journeys(&web, &mut report);
                    }
                }
            }
        }
    }
    report.end()
}
