//! Runs daily: has leads erased that were deleted 30 days ago, deletes recordings that were kept long enough, settles reservations of work that broke off, starts the
//! runs of columns that are due, has the changes folded that have waited, announces temperatures that have changed with time
//! alone, finds leads on which nothing has happened for a while, and asks about custom fields that may say who has opted
//! out.

#[cfg(test)]
mod tests;

use application::Ports;
use application::change_log::fold::{DailyFoldPorts, order_daily_folds};
use application::columns::schedule::{ColumnSchedulePorts, start_due_columns};
use application::lead::deletion::{DueErasurePorts, plan_erasures};
use application::lead::earlier_opt_outs::{EarlierOptOutPorts, ask_about_opt_outs};
use application::lead::temperature_job::{CoolingPorts, announce_temperatures};
use application::ports::schedules::Schedule;
use application::spend::left_over::{LeftOverPorts, settle_left_over};
use application::tasks::recordings::{OldRecordingPorts, delete_old_recordings};
use jiff::SignedDuration;
use queue_consumer::{BoxError, Handler, RunLog, Tick, schedule_handler};
use std::sync::Arc;

/// The time limit of a run; the function itself may run for 15 minutes.
const TIME: SignedDuration = SignedDuration::from_secs(800);
/// The part of it that may go into looking for deleted leads; what is left is found the next night.
const LOOKING_TIME: SignedDuration = SignedDuration::from_secs(200);

application::ports! {
    pub struct App {
        pub columns: ColumnSchedulePorts = ColumnSchedulePorts::new,
        pub deletion: DueErasurePorts = DueErasurePorts::new,
        pub earlier_opt_outs: EarlierOptOutPorts = EarlierOptOutPorts::new,
        pub ports: CoolingPorts = CoolingPorts::new,
        pub folding: DailyFoldPorts = DailyFoldPorts::new,
        pub left_over: LeftOverPorts = LeftOverPorts::new,
        pub recordings: OldRecordingPorts = OldRecordingPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    schedule_handler(RunLog::of(Schedule::Nightly, ports), Arc::new(App::new(ports)), handle)
}

async fn handle(app: Arc<App>, _: Tick) -> Result<(), BoxError> {
    let now = app.ports.clock.now();
    let leads = plan_erasures(&app.deletion, now.checked_add(LOOKING_TIME)?).await?;
    tracing::info!(leads, "deleted leads are to be erased");
    let until = now.checked_add(TIME)?;
    let recordings = delete_old_recordings(&app.recordings, now.checked_add(LOOKING_TIME * 2)?).await?;
    tracing::info!(recordings, "old recordings are to be deleted");
    let reservations = settle_left_over(&app.left_over, until).await?;
    tracing::info!(reservations, "left-over reservations are settled");
    let runs = start_due_columns(&app.columns, until).await?;
    tracing::info!(runs, "runs of columns are due");
    let folds = order_daily_folds(&app.folding).await?;
    tracing::info!(folds, "folds are ordered");
    let asked = ask_about_opt_outs(&app.earlier_opt_outs, until).await?;
    tracing::info!(asked, "custom fields may say who has opted out");
    let cooled = announce_temperatures(&app.ports, until).await?;
    tracing::info!(?cooled, "temperatures announced");
    Ok(())
}
