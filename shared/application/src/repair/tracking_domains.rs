//! Has the tracking domain of each workspace that has one looked at: it is used for new mails only while it works.

use crate::ports::outbox::send_all;
use crate::ports::store::StoreResult;
use crate::queue_messages::CampaignJob;
use crate::repair::repair_ports::RepairPorts;
use domain::WorkspaceId;

pub(super) async fn ask_for_check(ports: &RepairPorts, id: &WorkspaceId) -> StoreResult<()> {
    if ports.workspaces.get(id).await?.tracking.domain.is_none() {
        return Ok(());
    }
    let job = CampaignJob::CheckTrackingDomain { workspace: id.clone() };
    send_all(&*ports.outbox, &[job], 0).await
}
