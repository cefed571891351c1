//! `GET /api/campaigns/held`: the held enrolments of all campaigns, with reason and end.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use application::PageRequest;
use application::ports::enrolments::EnrolmentFilter;
use application::ports::stats::Metric;
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::{Campaign, CampaignState};
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PageQuery, QueryOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A page ends after this many queries of campaigns, or this many enrolments: with a filter, most may be held
/// for another reason.
const MOST_LOOKS: usize = 10;
const MOST_PEOPLE: usize = 200;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HeldQuery {
    /// One reason; all if left out.
    #[param(value_type = Option<HoldReason>, inline)]
    reason: Option<HoldReason>,
    /// 1–200, 50 if left out.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HeldPage {
    /// A page may be short, or empty, and still have a next one.
    pub items: Vec<HeldPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// The approximate number of held enrolments, for whatever reason; for a user who does not see all leads, the number
    /// on this page.
    pub total: u64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HeldPerson {
    pub campaign_name: String,
    #[serde(flatten)]
    pub enrolment: EnrolmentView,
}

#[utoipa::path(get, path = "/api/campaigns/held", operation_id = "list_held", params(HeldQuery),
    responses((status = 200, body = HeldPage)))]
pub async fn list_held(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<HeldQuery>,
) -> ApiResult<JsonBody<HeldPage>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor }.parse()?;
    let workspace = &caller.workspace;
    let mut campaigns = app.campaigns.list(workspace).await?;
    campaigns.retain(|campaign| matches!(campaign.state, CampaignState::Active | CampaignState::Paused));
    campaigns.sort_by(|a, b| a.id.cmp(&b.id));
    let (mut at, mut within) = match page.cursor.as_deref() {
        None => (0, None),
        Some(cursor) => begin(&campaigns, &caller.open_cursor(cursor)?)?,
    };
    let is_wanted = |one: &Enrolment| match *one.state() {
        EnrolmentState::Held { reason, .. } => query.reason.is_none_or(|wanted| wanted == reason),
        _ => false,
    };
    let (mut held, mut looks, mut looked_at) = (Vec::new(), 0, 0);
    while let Some(campaign) = campaigns.get(at)
        && held.len() < page.limit
        && looks < MOST_LOOKS
        && looked_at < MOST_PEOPLE
    {
        let request = PageRequest { limit: page.limit - held.len(), cursor: within.take() };
        let filter = Some(EnrolmentFilter::Held);
        let found = app.enrolments.of_campaign(workspace, &campaign.id, filter, request).await?;
        (looks, looked_at) = (looks + 1, looked_at + found.items.len());
        let wanted: Vec<Enrolment> = found.items.into_iter().filter(is_wanted).collect();
        held.extend(caller.keep_seen(wanted, |one| Some(one.key().lead.clone())).await?);
        within = found.next_cursor;
        at += usize::from(within.is_none());
    }
    let next_cursor = campaigns.get(at).map(|next| format!("{}.{}", next.id, within.unwrap_or_default()));
    let next_cursor = next_cursor.map(|cursor| caller.seal_cursor(&cursor));
    let views = app.enrolment_views(workspace, held).await?;
    let person = |enrolment: EnrolmentView| {
        let campaign = campaigns.iter().find(|campaign| campaign.id == enrolment.campaign_id);
        let campaign_name = campaign.map_or_else(String::new, |campaign| campaign.name.clone());
        HeldPerson { campaign_name, enrolment }
    };
    let total = match caller.leads().is_all() {
        true => app.stats.total(workspace).await?.get(&Metric::Held).copied().unwrap_or_default(),
        // The counters know no owner.
        false => i64::try_from(views.len()).unwrap_or(i64::MAX),
    };
    Ok(JsonBody(HeldPage {
        items: views.into_iter().map(person).collect(),
        next_cursor,
        total: u64::try_from(total).unwrap_or_default(),
    }))
}

/// Reads a cursor: the campaign that the page begins with, and the position in it.
fn begin(campaigns: &[Campaign], cursor: &str) -> ApiResult<(usize, Option<String>)> {
    let (campaign, within) = cursor.split_once('.').ok_or_else(ApiError::bad_cursor)?;
    let campaign: CampaignId = campaign.parse().map_err(|_| ApiError::bad_cursor())?;
    let at = campaigns.partition_point(|known| known.id < campaign);
    let same = campaigns.get(at).is_some_and(|known| known.id == campaign);
    Ok((at, Some(within.to_owned()).filter(|within| same && !within.is_empty())))
}
