//! `POST /api/prospects/add`: adds found prospects as leads. Those whose address costs a credit are bought, under the caps.

use crate::App;
use crate::refusals::refusal;
use crate::search_body::asker;
use application::prospects::add::{AddEstimate, AddOutcome, Adding, add_prospects as add, estimate_adding};
use application::prospects::desk::ProspectDesk;
use application::prospects::search::kept_search;
use axum::extract::State;
use domain::campaign::CampaignState;
use domain::lead::MOST_TAGS;
use domain::lead::consent::ConsentSource;
use domain::prospect::{Prospect, provider_name};
use domain::spend::Usd;
use domain::{CampaignId, LeadId, ProspectSearchId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, KeyedId, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most prospects that one request adds; more are added by several.
const MOST_ADDED: usize = 50;
/// The most prospects whose cost is told.
const MOST_CHOSEN: usize = 500;
const LONGEST_TAG: usize = 60;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProspectsToAdd {
    search: ProspectSearchId,
    /// The prospects: at most 50, and 500 with `dry_run`.
    #[serde(default)]
    ids: Vec<String>,
    /// Instead of ids: so many, from the first one that was found.
    first: Option<usize>,
    /// The tags of the new leads.
    #[serde(default)]
    tags: Vec<String>,
    /// The campaign that enrols the new leads.
    campaign: Option<CampaignId>,
    /// Only tells what adding them would cost.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AddProspectsAnswer {
    /// Only with `dry_run`: what adding them would come to.
    pub estimate: Option<AddEstimateView>,
    /// What became of each.
    pub results: Vec<AddedProspectView>,
    /// The prospects of each outcome.
    pub counts: BTreeMap<AddOutcome, usize>,
    /// What it cost, in millionths of a dollar.
    pub cost: Usd,
    /// What is left under the caps of the month and of the user; none if there is no cap.
    pub left: Option<Usd>,
    /// The background job that enrols the new leads.
    pub job: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AddEstimateView {
    pub chosen: usize,
    /// Those who are leads already.
    pub already: usize,
    /// Those whose address is bought.
    pub to_buy: usize,
    /// Those who are added without a further cost.
    pub free: usize,
    /// Those of whom the provider has no address.
    pub without_address: usize,
    /// Those who are left out for another reason: erased before, on the suppression list, or an answer that was lost.
    pub left_out: usize,
    /// The price of an address, in millionths of a dollar.
    pub each: Usd,
    pub most: Usd,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AddedProspectView {
    pub id: String,
    pub outcome: AddOutcome,
    pub lead: Option<LeadId>,
    pub cost: Usd,
}

impl From<&AddEstimate> for AddEstimateView {
    fn from(of: &AddEstimate) -> Self {
        Self {
            chosen: of.chosen,
            already: of.already,
            to_buy: of.to_buy,
            free: of.free,
            without_address: of.without_address,
            left_out: of.left_out,
            each: of.each,
            most: of.most,
        }
    }
}

#[utoipa::path(post, path = "/api/prospects/add", operation_id = "add_prospects", request_body = ProspectsToAdd,
    responses((status = 200, body = AddProspectsAnswer)))]
pub async fn add_prospects(
    State(app): State<Arc<App>>,
    caller: Caller,
    KeyedId(request): KeyedId,
    JsonBody(body): JsonBody<ProspectsToAdd>,
) -> ApiResult<JsonBody<AddProspectsAnswer>> {
    let desk = ProspectDesk::open(&app.ports, &caller.workspace).await?;
    let asker = asker(&app, &caller, request);
    let mut errors = FieldErrors::default();
    let tags = tags(&mut errors, body.tags);
    errors.finish()?;
    if let Some(campaign) = &body.campaign {
        known_campaign(&app, &caller, campaign).await?;
    }
    let search = kept_search(&desk, &caller.workspace, &body.search).await;
    let missing = "is not there: searches are kept for a day";
    let search = search.map_err(|error| ApiError::from_missing(error, "search", missing))?;
    let pages = app.ports.prospects.pages(&caller.workspace, &search.id).await?;
    let kept = pages.into_iter().flat_map(|page| page.prospects).collect();
    let most = if body.dry_run { MOST_CHOSEN } else { MOST_ADDED };
    let chosen = chosen(kept, (&body.ids, body.first), most)?;
    if body.dry_run {
        let estimate = estimate_adding(&desk, &search, chosen, &asker).await?;
        return Ok(JsonBody(AddProspectsAnswer {
            estimate: Some((&estimate).into()),
            results: Vec::new(),
            counts: BTreeMap::new(),
            cost: Usd::ZERO,
            left: estimate.left,
            job: None,
        }));
    }
    let source = if caller.user().is_some() { ConsentSource::Hand } else { ConsentSource::Api };
    let provider_name = provider_name(&search.provider).to_owned();
    let adding = Adding { search, chosen, tags, campaign: body.campaign, source, provider_name };
    let added = add(&desk, &adding, &asker).await.map_err(refusal)?;
    let mut counts: BTreeMap<AddOutcome, usize> = BTreeMap::new();
    for result in &added.results {
        *counts.entry(result.outcome).or_default() += 1;
    }
    let results = added.results.into_iter().map(|one| AddedProspectView {
        id: one.prospect,
        outcome: one.outcome,
        lead: one.lead,
        cost: one.cost,
    });
    Ok(JsonBody(AddProspectsAnswer {
        estimate: None,
        results: results.collect(),
        counts,
        cost: added.cost,
        left: desk.left(&asker).await?,
        job: added.job,
    }))
}

/// Finds the chosen prospects among those that are kept.
fn chosen(
    kept: Vec<Prospect>,
    (ids, first): (&[String], Option<usize>),
    most: usize,
) -> ApiResult<Vec<Prospect>> {
    let (field, count) = match (ids.len(), first) {
        (0, None) => return Err(ApiError::invalid("ids", "choose at least one prospect")),
        (0, Some(first)) => ("first", first),
        (_, Some(_)) => return Err(ApiError::invalid("first", "give ids or a number, not both")),
        (count, None) => ("ids", count),
    };
    if !(1..=most).contains(&count) {
        return Err(ApiError::invalid(field, format!("choose 1 to {most} prospects in one request")));
    }
    if first.is_some() {
        return Ok(kept.into_iter().take(count).collect());
    }
    let mut kept: BTreeMap<String, Prospect> = kept.into_iter().map(|one| (one.id.clone(), one)).collect();
    let wanted: BTreeSet<&String> = ids.iter().collect();
    if let Some(unknown) = wanted.iter().find(|id| !kept.contains_key(**id)) {
        let unknown: String = unknown.chars().take(40).collect();
        return Err(ApiError::invalid("ids", format!("'{unknown}' is none of this search")));
    }
    Ok(ids.iter().filter_map(|id| kept.remove(id)).collect())
}

fn tags(errors: &mut FieldErrors, tags: Vec<String>) -> BTreeSet<String> {
    let tags: BTreeSet<String> =
        tags.into_iter().filter_map(|tag| errors.text("tags", Some(tag), LONGEST_TAG)).collect();
    if tags.len() > MOST_TAGS {
        errors.add("tags", format!("are at most {MOST_TAGS}"));
    }
    tags
}

async fn known_campaign(app: &App, caller: &Caller, id: &CampaignId) -> ApiResult<()> {
    let found = app.ports.campaigns.get(&caller.workspace, id).await;
    let campaign = found.map_err(|error| ApiError::from_missing(error, "campaign", "is not there"))?;
    match campaign.state {
        CampaignState::Completed | CampaignState::Archived => {
            Err(ApiError::invalid("campaign", "no longer accepts leads"))
        }
        _ => Ok(()),
    }
}
