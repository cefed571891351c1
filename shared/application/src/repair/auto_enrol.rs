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
    let auto_enrol = |campaign| Some((campaign, Campaign::active_auto_enrol_rule(campaign)?.per_day));
    let auto_enrol: Vec<_> = campaigns.iter().filter_map(auto_enrol).collect();
    if auto_enrol.is_empty() {
        return Ok(());
    }
    let known = ports.auto_enrols.list(workspace).await?;
    let now = ports.clock.now();
    for (campaign, per_day) in auto_enrol {
        let auto_enrol_state = known.iter().find(|auto_enrol_state| auto_enrol_state.campaign == campaign.id);
        if auto_enrol_state
            .is_none_or(|auto_enrol_state| auto_enrol_state.is_due(campaign.day(now), per_day, now))
        {
            start_look(&*ports.outbox, campaign).await?;
        }
    }
    Ok(())
}
