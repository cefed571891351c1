//! The one test command: Rust, the web app, and journeys in a browser against a real `dev`.

mod browser;
mod installation;
mod rust;

use crate::report::Report;
use crate::web::Web;
use anyhow::Result;

pub fn test() -> Result<()> {
    let mut report = Report::default();
    report.stage("Rust tests", rust::run);
    match Web::find() {
        Err(missing) => {
            report.skip("web tests", &missing);
            report.skip("browser journeys", &missing);
        }
        Ok(web) => {
            if report.check("web packages", || web.install()) {
                report.check("web lint, types, boundaries", || web.script("check"));
                report.stage("web unit tests", || web.unit_tests());
                browser::journeys(&web, &mut report);
            }
        }
    }
    report.end()
}
