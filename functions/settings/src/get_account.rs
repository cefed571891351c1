//! `GET /api/settings/accounts/{id}`: a provider account, its plan for today, and the campaigns that use
//! it.

use crate::App;
use crate::account_view::{AccountView, BesideAccount, DAYS_AHEAD, quota_of};
use axum::extract::State;
use domain::campaign::{Campaign, CampaignState};
use domain::capacity::day_plan::{DayAllowed, HourPlan};
use domain::time::days_off::DaysOff;
use domain::{AccountId, CampaignId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccountDetail {
    #[serde(flatten)]
    pub account: AccountView,
    /// Today hour by hour, if there are limits.
    pub hours_today: Vec<HourPlan>,
    /// The coming daily limits while the account is ramped up.
    pub ramp: Vec<DayAllowed>,
    /// The workspace's days off among today and the six days after it. Public holidays are those of each
    /// lead's country.
    pub days_off: Vec<DayOffAhead>,
    /// Campaigns that send from it, or will; active ones first.
    pub campaigns: Vec<CampaignUse>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DayOffAhead {
    pub day: Date,
    pub name: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignUse {
    pub id: CampaignId,
    pub name: String,
    pub state: CampaignState,
    /// The number of mailboxes that share the campaign's mail; 0 if the campaign sends texts from this
    /// account.
    pub mailboxes: usize,
}

#[utoipa::path(get, path = "/api/settings/accounts/{id}", operation_id = "get_account",
    params(("id" = AccountId, Path)), responses((status = 200, body = AccountDetail)))]
pub async fn get_account(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<AccountId>,
) -> ApiResult<JsonBody<AccountDetail>> {
    let account = app.accounts.get(&caller.workspace, &id).await?;
    let breaker = app.breakers.get(&caller.workspace, &id).await?;
    let quota = app.quotas.get(&caller.workspace, &id).await?;
    let reading = app.mailbox_readings.get(&caller.workspace, &id).await?;
    let workspace = app.workspaces.get(&caller.workspace).await?;
    let campaigns = app.campaigns.list(&caller.workspace).await?;
    let all = app.accounts.list(&caller.workspace).await?;
    let now = app.clock.now();
    let beside =
        BesideAccount { breaker: breaker.as_ref(), quota: quota.as_ref(), reading: reading.as_ref() };
    let stands = quota_of(&account, quota.as_ref());
    let limits = account.limits.as_ref();
    let zone = limits.map(|limits| &limits.zone).or(account.hours.as_ref().map(|hours| &hours.zone));
    let today = now.to_zoned(zone.unwrap_or(&workspace.default_zone).zone()).date();
    let off = DaysOff::of_workspace(&workspace.days_off);
    let days = today.series(1.day()).take(DAYS_AHEAD);
    Ok(JsonBody(AccountDetail {
        hours_today: limits
            .map(|limits| stands.hours_of_today(limits, account.hours.as_ref(), now))
            .unwrap_or_default(),
        ramp: limits.map(|limits| limits.ramp(today)).unwrap_or_default(),
        days_off: days
            .filter_map(|day| Some(DayOffAhead { day, name: off.on(day)?.name().to_owned() }))
            .collect(),
        campaigns: users(campaigns, &id),
        account: app.account_view(account, &all, beside),
    }))
}

fn users(mut campaigns: Vec<Campaign>, account: &AccountId) -> Vec<CampaignUse> {
    campaigns.retain(|campaign| campaign.sends_by(account) && campaign.state < CampaignState::Completed);
    // Drafts come last.
    campaigns.sort_by_key(|campaign| (campaign.state == CampaignState::Draft, campaign.state));
    let view = |campaign: Campaign| CampaignUse {
        mailboxes: if campaign.mailboxes.contains(account) { campaign.mailboxes.len() } else { 0 },
        id: campaign.id,
        name: campaign.name,
        state: campaign.state,
    };
    campaigns.into_iter().map(view).collect()
}
