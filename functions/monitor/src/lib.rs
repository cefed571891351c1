//! Runs every 15 minutes: repairs what events missed, and starts automatic enrolment.

#[cfg(test)]
mod tests;

use application::Ports;
use application::ports::schedules::Schedule;
use application::repair::repair_ports::RepairPorts;
use application::repair::{Repaired, repair_all};
use queue_consumer::{BoxError, Handler, RunLog, Tick, schedule_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: RepairPorts = RepairPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    schedule_handler(RunLog::of(Schedule::Monitor, ports), Arc::new(App::new(ports)), handle)
}

async fn handle(app: Arc<App>, _: Tick) -> Result<(), BoxError> {
    let repaired = repair_all(&app.ports).await?;
    if repaired != Repaired::default() {
        tracing::info!(?repaired, "missed events made up for");
    }
    Ok(())
}
