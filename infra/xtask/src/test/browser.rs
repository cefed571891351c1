//! Runs the journeys in a real browser, against an installation started for them.

use super::installation::Installation;
use super::since::Journeys;
use crate::process::{Counts, find, playwright_counts, run_tests};
use crate::report::Report;
use crate::web::Web;
use anyhow::Result;
use std::env;
use std::path::{Path, PathBuf};

pub fn journeys(web: &Web, journeys: Journeys, report: &mut Report) {
    let Some(chromium) = chromium() else {
        let enable =
            "install Chromium (Debian: apt-get install chromium-headless-shell) or name it in CHROMIUM_PATH";
        return report.skip("browser journeys", enable);
    };
    if report.check("web build", || web.build()) {
        report.stage("browser journeys", || run(web, journeys, &chromium));
    }
}

fn run(web: &Web, journeys: Journeys, chromium: &Path) -> Result<Counts> {
    let mut installation = Installation::start(&[])?;
    let mut command = web.npm();
    command.args(["run", "--silent", "e2e"]).env("CI", "1").env("CHROMIUM_PATH", chromium);
    if journeys == Journeys::Live {
        command.args(["--", "--project", "live"]);
    }
    command.env("LEADFLOW_URL", &installation.url);
    let (email, password) = installation.sign_in()?;
    command.env("LEADFLOW_EMAIL", email).env("LEADFLOW_PASSWORD", password);
    let counts = run_tests(&mut command, playwright_counts);
    if !matches!(counts, Ok(Counts { failed: 0, .. })) {
        println!("-- the end of what `dev` printed\n{}", installation.last_lines(40));
    }
    installation.stop()?;
    counts
}

fn chromium() -> Option<PathBuf> {
    let named = env::var_os("CHROMIUM_PATH").map(PathBuf::from).filter(|path| path.is_file());
    // The headless shell draws no windows: it takes a fifth less CPU for the same journeys.
    let known = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
    named.or_else(|| known.into_iter().find_map(find))
}
