//! Pauses the losing variants of A/B tests in campaigns that have that switched on: where a variant is ahead, the
//! others are paused, in the version that the campaign is on.

use crate::ports::stats::tried;
use crate::ports::store::StoreResult;
use crate::repair::repair_ports::RepairPorts;
use domain::NotificationId;
use domain::campaign::{Campaign, CampaignState};
use domain::event::{Event, EventKind};
use domain::sequence::pause_losers::{may_promote, promote};
use domain::workspace::notification::{Notification, NotificationKind};

const UNDO: &str = "Resume them in the sequence. They are not paused automatically a second time.";

/// Pauses the losers in all campaigns. A campaign where this fails is looked at again a quarter of an hour later.
pub(super) async fn promote_winners(ports: &RepairPorts, campaigns: &[Campaign]) {
    let wants = |campaign: &&Campaign| campaign.promotes_winner && campaign.state == CampaignState::Active;
    for campaign in campaigns.iter().filter(wants) {
        if let Err(error) = promote_winner(ports, campaign).await {
            tracing::warn!(campaign.id = %campaign.id, %error, "its variants could not be looked at");
        }
    }
}

async fn promote_winner(ports: &RepairPorts, campaign: &Campaign) -> StoreResult<()> {
    let (workspace, sequence) = (&campaign.workspace, &campaign.sequence);
    let mut record = ports.sequences.version_record(workspace, sequence, campaign.sequence_version).await?;
    if !may_promote(&record) {
        return Ok(());
    }
    let counted = ports.stats.campaign(workspace, &campaign.id).await?;
    let now = ports.clock.now();
    let leaders = promote(&mut record, |step, variant| tried(&counted, step, variant), now);
    if leaders.is_empty() {
        return Ok(());
    }
    let why: Vec<&str> = leaders.iter().map(|(leader, _)| leader.as_str()).collect();
    let event = Event::system(EventKind::VariantsPromoted, now).because(why.join(" "));
    let mut newest = ports.sequences.get(workspace, sequence).await?;
    let is_newest = newest.version == record.version.version;
    if is_newest {
        newest.steps.clone_from(&record.version.steps);
        newest.updated_at = now;
    }
    ports.sequences.patch(&record, Some(&newest).filter(|_| is_newest), &event).await?;
    // The version shows the pause, too: if this breaks off here, the notification is not repeated.
    for (leader, label) in &leaders {
        let id = [campaign.id.as_str(), leader.as_str()];
        let notification = Notification {
            id: NotificationId::derived(record.made_at, &id),
            workspace: workspace.clone(),
            user: campaign.owner.clone(),
            kind: NotificationKind::VariantAhead,
            title: format!("{}: {label} is ahead, the others are paused", campaign.name),
            detail: UNDO.to_owned(),
            lead: None,
            created_at: now,
            read_at: None,
        };
        ports.notifications.put(&notification, &event).await?;
    }
    Ok(())
}
