//! Runs every 15 minutes: repairs what events missed, starts automatic enrolment, and fails where the operator must hear of
//! something that nobody else reports.

#[cfg(test)]
mod tests;

use application::Ports;
use application::ports::schedules::Schedule;
use application::repair::repair_ports::RepairPorts;
use application::repair::watch::{WatchPorts, look_for_trouble};
use application::repair::{Repaired, repair_all};
use queue_consumer::{BoxError, Handler, RunLog, Tick, watching_schedule_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: RepairPorts = RepairPorts::new,
        pub watch: WatchPorts = WatchPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    watching_schedule_handler(RunLog::of(Schedule::Monitor, ports), Arc::new(App::new(ports)), handle, watch)
}

async fn handle(app: Arc<App>, _: Tick) -> Result<(), BoxError> {
    let repaired = repair_all(&app.ports).await?;
    if repaired != Repaired::default() {
        tracing::info!(?repaired, "missed events made up for");
    }
    Ok(())
}

/// An error is counted by AWS, and the alarm on it is the only one on dead letters (docs/adr/0143).
async fn watch(app: Arc<App>) -> Result<(), BoxError> {
    let troubles = look_for_trouble(&app.watch).await?;
    for trouble in &troubles {
        tracing::error!(%trouble, "the operator is needed");
    }
    let named: Vec<String> = troubles.iter().map(ToString::to_string).collect();
    if named.is_empty() { Ok(()) } else { Err(named.join("; ").into()) }
}
