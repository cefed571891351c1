//! Restarts imports that stand still because a message was lost: the chunk they wait for is queued again.

use crate::ports::outbox::send_all;
use crate::ports::store::StoreResult;
use crate::queue_messages::ImportLeads;
use crate::repair::repair_ports::RepairPorts;
use domain::import::{Import, ImportState};
use jiff::SignedDuration;

const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// The age after which an import is given up.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(24 * 7);

pub(super) async fn requeue_imports(ports: &RepairPorts, imports: &[Import]) -> StoreResult<usize> {
    let now = ports.clock.now();
    let mut pushed = 0;
    for import in imports.iter().filter(|import| import.state == ImportState::Committing) {
        let (chunk, rows) = (import.chunks_done, import.counts.rows);
        // An import that is where it was at the last run stands still.
        let place = format!("import-at:{}:{chunk}:{rows}", import.id);
        let moved = ports.limits.first_time(&place, now, REMEMBERED).await?;
        if moved || now.duration_since(import.created_at) > GIVEN_UP_AFTER {
            continue;
        }
        let (workspace, id) = (import.workspace.clone(), import.id.clone());
        send_all(&*ports.outbox, &[ImportLeads::Commit { workspace, import: id, chunk }], 0).await?;
        pushed += 1;
    }
    Ok(pushed)
}
