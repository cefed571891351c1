//! Which version of its sequence a campaign sends.

use crate::ports::sequences::SequenceStore;
use crate::ports::store::StoreResult;
use crate::ports::store::found;
use domain::campaign::Campaign;
use domain::campaign::CampaignState;

/// What whoever comes into a campaign is sent: the version that it has pinned; of a draft the newest, which its launch pins.
pub async fn version_sent(sequences: &dyn SequenceStore, campaign: &Campaign) -> StoreResult<u32> {
    let pinned = campaign.sequence_version;
    match campaign.state {
        CampaignState::Draft => {
            let sequence = found(sequences.get(&campaign.workspace, &campaign.sequence).await)?;
            Ok(sequence.map_or(pinned, |sequence| sequence.version))
        }
        CampaignState::Active
        | CampaignState::Paused
        | CampaignState::Completed
        | CampaignState::Archived => Ok(pinned),
    }
}
