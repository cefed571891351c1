//! Starts the runs that columns' schedules ask for.

use crate::ports::clock::Clock;
use crate::ports::columns::ColumnStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreResult, unless_taken};
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::FillColumns;
use domain::column::LeadColumn;
use domain::event::{Event, EventKind};
use domain::{ColumnRunId, WorkspaceId};
use jiff::Timestamp;
use std::sync::Arc;

crate::ports! {
    pub struct ColumnSchedulePorts {
        pub clock: Arc<dyn Clock>,
        pub columns: Arc<dyn ColumnStore>,
        pub outbox: Arc<dyn Outbox>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// Queues a run over all leads for each column whose time has come, in all workspaces, until the time is up. Returns the
/// number of runs.
pub async fn start_due_columns(ports: &ColumnSchedulePorts, until: Timestamp) -> StoreResult<usize> {
    let mut started = 0;
    for workspace in ports.workspaces.ids().await? {
        if ports.clock.now() >= until {
            break;
        }
        match start_due_of(ports, &workspace).await {
            Ok(count) => started += count,
            Err(error) => {
                tracing::error!(workspace.id = %workspace, %error, "columns were not filled by their schedule");
            }
        }
    }
    Ok(started)
}

async fn start_due_of(ports: &ColumnSchedulePorts, workspace: &WorkspaceId) -> StoreResult<usize> {
    let now = ports.clock.now();
    let columns = ports.columns.list(workspace).await?;
    let due: Vec<LeadColumn> = columns.into_iter().filter(|column| column.is_due(now)).collect();
    for column in &due {
        // The run's id follows from what was due, so that a repeat starts the same run.
        let since = column.scheduled_through.unwrap_or(column.created_at).as_millisecond().to_string();
        let run = ColumnRunId::derived(now, &[column.id.as_str(), &since]);
        let (workspace, id) = (workspace.clone(), column.id.clone());
        send_all(&*ports.outbox, &[FillColumns::All { workspace, column: id, run }], 0).await?;
        let noted = LeadColumn { scheduled_through: Some(now), ..column.clone() };
        let event = Event::system(EventKind::ColumnChanged, now);
        unless_taken(ports.columns.save(&noted, &event).await.map(drop))?;
    }
    Ok(due.len())
}
