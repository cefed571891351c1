//! Starts the next look of auto-enrol campaigns, an hour after the last one, while their day's quota is not used up.

use crate::campaign::auto_enrol::start_look;
use crate::ports::store::StoreResult;
use crate::repair::repair_ports::RepairPorts;
use domain::WorkspaceId;
use domain::campaign::Campaign;

pub(super) async fn look(
    ports: &RepairPorts,
    workspace: &WorkspaceId,
    campaigns: &[Campaign],
) -> StoreResult<()> {
    let evergreen = |campaign| Some((campaign, Campaign::takes_in(campaign)?.per_day));
    let evergreen: Vec<_> = campaigns.iter().filter_map(evergreen).collect();
    if evergreen.is_empty() {
        return Ok(());
    }
    let known = ports.intakes.list(workspace).await?;
    let now = ports.clock.now();
    for (campaign, per_day) in evergreen {
        let intake = known.iter().find(|intake| intake.campaign == campaign.id);
        if intake.is_none_or(|intake| intake.is_due(campaign.day(now), per_day, now)) {
            start_look(&*ports.outbox, campaign).await?;
        }
    }
    Ok(())
}
