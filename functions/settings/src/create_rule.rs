//! `POST /api/settings/rules`: adds a trigger rule, which is carried out automatically from now on.

use crate::App;
use application::StoreError;
use axum::extract::State;
use domain::campaign::CampaignState;
use domain::campaign::trigger_rule::{MOST_RULES, OnlyIf, Trigger, TriggerAction, TriggerRule};
use domain::event::{Event, EventKind};
use domain::{CampaignId, RuleId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    name: String,
    when: Trigger,
    /// If left out, the rule applies to every lead.
    #[serde(default)]
    only: OnlyIf,
    /// Actions, at most one of each kind.
    actions: Vec<TriggerAction>,
}

#[utoipa::path(post, path = "/api/settings/rules", operation_id = "create_rule", request_body = NewRule,
    responses((status = 201, body = TriggerRule)))]
pub async fn create_rule(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewRule>,
) -> ApiResult<(StatusCode, JsonBody<TriggerRule>)> {
    let mut errors = FieldErrors::default();
    let now = app.clock.now();
    let mut rule = TriggerRule {
        id: RuleId::new(app.ids.next()),
        name: errors.required("name", &new.name, 120),
        when: new.when,
        only: new.only,
        actions: new.actions,
        enabled: true,
        created_by: caller.signed_in()?.user.clone(),
        created_at: now,
    };
    for (field, why) in rule.faults() {
        errors.add(field, why);
    }
    for (at, action) in rule.actions.iter().enumerate() {
        if let TriggerAction::Enrol { campaign } = action
            && !takes_leads(&app, &caller, campaign).await?
        {
            errors.add(format!("actions[{at}].campaign"), "no longer accepts leads");
        }
    }
    if let Trigger::StageReached { stage } = rule.when
        && app.stages.get(&caller.workspace).await?.stage(stage).is_none()
    {
        errors.add("when.stage", "there is no such stage in this workspace");
    }
    errors.finish()?;
    rule.actions.sort_by_key(TriggerAction::place);
    let mut rules = app.rules.get(&caller.workspace).await?;
    if rules.rules.len() >= MOST_RULES {
        return Err(ApiError::conflict("too_many_rules", format!("A workspace has at most {MOST_RULES}.")));
    }
    rules.rules.push(rule.clone());
    let event = Event::new(EventKind::RuleCreated, caller.actor(), now).because(rule.id.as_str());
    app.rules.save(&rules, &event).await?;
    Ok((StatusCode::CREATED, JsonBody(rule)))
}

async fn takes_leads(app: &App, caller: &Caller, campaign: &CampaignId) -> ApiResult<bool> {
    match app.campaigns.get(&caller.workspace, campaign).await {
        Ok(campaign) => Ok(!matches!(campaign.state, CampaignState::Completed | CampaignState::Archived)),
        Err(StoreError::NotFound) => Ok(false),
        Err(other) => Err(other.into()),
    }
}
