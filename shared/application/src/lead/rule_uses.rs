//! What selects leads by something that may change or go: the views and the automatic enrolments of a workspace.

use crate::ports::campaigns::CampaignStore;
use crate::ports::lead_views::LeadViewStore;
use crate::ports::store::StoreResult;
use crate::ports::users::UserStore;
use domain::campaign::CampaignState;
use domain::lead::filter::LeadFilter;
use domain::lead::list_view::LeadListView;
use domain::{UserId, WorkspaceId};
use std::sync::Arc;

crate::ports! {
    pub struct RuleUsePorts {
        pub campaigns: Arc<dyn CampaignStore>,
        pub lead_views: Arc<dyn LeadViewStore>,
        pub users: Arc<dyn UserStore>,
    }
}

/// A view or a campaign that selects leads by something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleUse {
    pub id: String,
    /// What it is, such as `the view “Mine”`.
    pub what: String,
}

/// The views and the automatic enrolments that use a thing by their filter, or by the field that a view is sorted by. A
/// private view of another user is counted and not named; that of a user who is disabled does not count. `user`: the one
/// who asks; none if a program does.
pub async fn rule_uses(
    ports: &RuleUsePorts,
    workspace: &WorkspaceId,
    user: Option<&UserId>,
    is_used: impl Fn(&LeadFilter, Option<&str>) -> bool,
) -> StoreResult<Vec<RuleUse>> {
    let mut views = ports.lead_views.all(workspace).await?;
    views.retain(|view| is_used(&view.filter, view.sort.as_deref()));
    let is_seen = |view: &LeadListView| user.map_or(view.shared, |user| view.is_seen_by(user));
    if !views.iter().all(is_seen) {
        let mut team = ports.users.list(workspace).await?;
        team.retain(|user| !user.disabled);
        views.retain(|view| is_seen(view) || team.iter().any(|user| user.id == view.owner));
    }
    let of_view = |view: &LeadListView| RuleUse {
        id: view.id.to_string(),
        what: match is_seen(view) {
            true => format!("the view “{}”", view.name),
            false => "a private view of another team member".to_owned(),
        },
    };
    let mut uses: Vec<RuleUse> = views.iter().map(of_view).collect();
    for campaign in ports.campaigns.list(workspace).await? {
        let rule = campaign.auto_enrol.as_ref();
        if rule.is_some_and(|rule| is_used(&rule.filter, None)) && campaign.state != CampaignState::Archived {
            let what = format!("auto-enrol of the campaign “{}”", campaign.name);
            uses.push(RuleUse { id: campaign.id.to_string(), what });
        }
    }
    Ok(uses)
}

/// Tells whether a campaign that takes leads enrols by itself those whom such a filter selects. A change of what the filter
/// goes by then enrols leads.
pub async fn enrols_by_itself(
    campaigns: &dyn CampaignStore,
    workspace: &WorkspaceId,
    is_used: impl Fn(&LeadFilter) -> bool,
) -> StoreResult<bool> {
    let campaigns = campaigns.list(workspace).await?;
    let mut rules = campaigns
        .iter()
        .filter(|campaign| !matches!(campaign.state, CampaignState::Completed | CampaignState::Archived))
        .filter_map(|campaign| campaign.auto_enrol.as_ref());
    Ok(rules.any(|rule| is_used(&rule.filter)))
}
