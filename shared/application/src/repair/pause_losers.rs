//! Looks at A/B tests once, when each variant has reached the leads that were fixed at launch. In campaigns that have that
//! switched on, the losers are paused then, in the version that the campaign is on.

use crate::ports::stats::tried;
use crate::ports::store::StoreResult;
use crate::repair::repair_ports::RepairPorts;
use domain::NotificationId;
use domain::campaign::{Campaign, CampaignState};
use domain::event::{Event, EventKind};
use domain::sequence::VersionRecord;
use domain::sequence::pause_losers::{may_promote, promote};
use domain::workspace::notification::{Notification, NotificationKind};

const UNDO: &str = "Resume them in the sequence. They are not paused automatically a second time.";

/// Looks at the tests of all active campaigns, and pauses the losers where that is switched on. A campaign where this fails is
/// looked at again a quarter of an hour later.
pub(super) async fn look_at_tests(ports: &RepairPorts, campaigns: &mut [Campaign]) {
    for campaign in campaigns.iter_mut().filter(|campaign| campaign.state == CampaignState::Active) {
        if let Err(error) = look_at_campaign(ports, campaign).await {
            tracing::warn!(campaign.id = %campaign.id, %error, "its variants could not be looked at");
        }
    }
}

/// Looks at the steps whose variants have reached enough leads, once each. What was seen is stored before anything follows.
async fn look_at_campaign(ports: &RepairPorts, campaign: &mut Campaign) -> StoreResult<()> {
    let (workspace, sequence) = (campaign.workspace.clone(), &campaign.sequence);
    let record = ports.sequences.version_record(&workspace, sequence, campaign.sequence_version).await?;
    let steps = &record.version.steps;
    if steps.iter().any(|step| campaign.ab_tests.is_open(step)) {
        let (counted, now) = (ports.stats.campaign(&workspace, &campaign.id).await?, ports.clock.now());
        let mut looked = campaign.clone();
        let mut has_looked = false;
        for step in steps {
            let tried: Vec<_> =
                step.kind.variants().iter().map(|variant| tried(&counted, step, variant)).collect();
            has_looked |= looked.ab_tests.look(step, &tried, now);
        }
        if has_looked {
            // A user may have changed the campaign meanwhile: what was seen is not stored then, and seen anew.
            let event = Event::system(EventKind::VariantsCompared, now);
            looked.rev = ports.campaigns.save(&looked, &event).await?;
            *campaign = looked;
        }
    }
    if campaign.promotes_winner { promote_winner(ports, campaign, record).await } else { Ok(()) }
}

async fn promote_winner(
    ports: &RepairPorts,
    campaign: &Campaign,
    mut record: VersionRecord,
) -> StoreResult<()> {
    let (workspace, sequence) = (&campaign.workspace, &campaign.sequence);
    if !may_promote(&record) {
        return Ok(());
    }
    let now = ports.clock.now();
    let leaders = promote(&mut record, &campaign.ab_tests, now);
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
