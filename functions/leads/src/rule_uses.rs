//! What selects leads by a saved rule: the views and the automatic enrolments of a workspace whose filter names it.

use crate::App;
use domain::campaign::CampaignState;
use domain::lead::filter::LeadFilter;
use domain::lead::list_view::LeadListView;
use http_api::{ApiError, ApiResult, Caller, FieldError};

/// The views and the automatic enrolments whose filter is one of these, by their ids. A private view of another user is
/// counted and not named; that of a user who is disabled does not count.
pub async fn uses_of(
    app: &App,
    caller: &Caller,
    is_used: impl Fn(&LeadFilter) -> bool,
) -> ApiResult<Vec<FieldError>> {
    let mut views = app.lead_views.all(&caller.workspace).await?;
    views.retain(|view| is_used(&view.filter));
    let is_seen = |view: &LeadListView| caller.user().map_or(view.shared, |user| view.is_seen_by(user));
    if !views.iter().all(is_seen) {
        let mut team = app.users.list(&caller.workspace).await?;
        team.retain(|user| !user.disabled);
        views.retain(|view| is_seen(view) || team.iter().any(|user| user.id == view.owner));
    }
    let mut uses: Vec<FieldError> = views
        .iter()
        .map(|view| {
            let detail = match is_seen(view) {
                true => format!("the view “{}”", view.name),
                false => "a private view of another team member".to_owned(),
            };
            FieldError { field: view.id.to_string(), detail }
        })
        .collect();
    for campaign in app.campaigns.list(&caller.workspace).await? {
        let rule = campaign.auto_enrol.as_ref();
        if rule.is_some_and(|rule| is_used(&rule.filter)) && campaign.state != CampaignState::Archived {
            let detail = format!("auto-enrol of the campaign “{}”", campaign.name);
            uses.push(FieldError { field: campaign.id.to_string(), detail });
        }
    }
    Ok(uses)
}

/// Answers 409 with everything that uses a thing, if anything does.
pub fn refuse_in_use(what: &str, uses: Vec<FieldError>) -> ApiResult<()> {
    if uses.is_empty() {
        return Ok(());
    }
    let named: Vec<&str> = uses.iter().map(|used| used.detail.as_str()).collect();
    let mut in_use =
        ApiError::conflict("in_use", format!("{what} used by {}. Change that first.", named.join(", ")));
    in_use.errors = uses;
    Err(in_use)
}
