//! The speed of the demo: three weeks of the built-in sample, on a virtual clock.

use crate::report::Report;
use anyhow::{Result, ensure};
use local_world::{DemoOptions, demo};

pub fn run(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let options = DemoOptions {
        leads: None,
        days: 21,
        country: "US".to_owned(),
        seed: 7,
        faults: 0,
        day_begins: |_| {},
    };
    let lived = runtime.block_on(demo(&options))?;
    ensure!(lived.is_clean(), "the demo's own checks failed");
    let seconds = lived.wall_seconds.max(0.001);
    report.figure("events (calls of the functions to the cloud)", lived.details.events as f64);
    report.figure("wall seconds", seconds);
    report.figure("events per second", lived.details.events as f64 / seconds);
    report.figure("virtual hours per second", lived.virtual_seconds as f64 / 3_600.0 / seconds);
    report.figure("write units", lived.wru);
    report.figure("read units", lived.rru);
    Ok(())
}
