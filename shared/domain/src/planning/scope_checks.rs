//! The checks that are the same for every lead: whether the workspace sends, and whether the campaign is active.

use crate::campaign::{Campaign, CampaignState};
use crate::enrolment::pause::ending;
use crate::planning::check::{Check, CheckRule};
use crate::workspace::Sending;

pub fn workspace_sends(sending: &Sending) -> Check {
    let (passed, seen) = match sending {
        Sending::Running => (true, "on".to_owned()),
        Sending::Stopped { since, until } => (false, format!("stopped since {since}{}", ending(*until))),
    };
    Check { rule: CheckRule::WorkspaceSending, passed, seen }
}

pub fn campaign_is_active(campaign: &Campaign) -> Check {
    let Campaign { state, state_since, paused_until, .. } = campaign;
    let seen = format!("{} since {state_since}{}", state.words(), ending(*paused_until));
    Check { rule: CheckRule::CampaignActive, passed: campaign.state == CampaignState::Active, seen }
}
