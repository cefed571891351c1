//! Runs daily: folds the changes that have waited, and announces temperatures that have changed with time alone.

#[cfg(test)]
mod tests;

use application::Ports;
use application::change_log::fold::{DailyFoldPorts, fold_all};
use application::lead::temperature_job::{CoolingPorts, announce_temperatures};
use application::ports::schedules::Schedule;
use jiff::SignedDuration;
use queue_consumer::{BoxError, Handler, RunLog, Tick, schedule_handler};
use std::sync::Arc;

/// The time limit of a run; the function itself may run for 15 minutes.
const TIME: SignedDuration = SignedDuration::from_secs(800);

application::ports! {
    pub struct App {
        pub ports: CoolingPorts = CoolingPorts::new,
        pub folding: DailyFoldPorts = DailyFoldPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    schedule_handler(RunLog::of(Schedule::Nightly, ports), Arc::new(App::new(ports)), handle)
}

async fn handle(app: Arc<App>, _: Tick) -> Result<(), BoxError> {
    let until = app.ports.clock.now().checked_add(TIME)?;
    let left = fold_all(&app.folding, until).await?;
    tracing::info!(left, "changes folded");
    let cooled = announce_temperatures(&app.ports, until).await?;
    tracing::info!(?cooled, "temperatures announced");
    Ok(())
}
