//! The version of its sequence that a campaign sends.

use crate::ports::sequences::SequenceStore;
use crate::ports::store::StoreResult;
use crate::ports::store::found;
use domain::campaign::Campaign;
use domain::campaign::CampaignState;

/// Returns the version that new enrolments of a campaign get: the one that it has pinned; for a draft the newest,
/// which its launch will pin.
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
