//! `GET /api/campaigns/{id}/simulation/people`: each lead's simulated steps with their times, some hundred
//! leads a page.

use crate::App;
use application::StoreError;
use application::campaign::simulation::{
    SimulatedPerson, SimulatedStep, Simulation, find_simulated, has_more, read_simulation, simulated_people,
};
use application::ports::leads::LeadQuery;
use axum::extract::State;
use domain::campaign::Campaign;
use domain::enrolment::reasons::EndReason;
use domain::lead::Lead;
use domain::lead::filter::LeadFilter;
use domain::time::time_zone::ZoneName;
use domain::{AccountId, CampaignId, LeadId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, QueryOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

const MOST_FOUND: usize = 20;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SimulatedPeopleQuery {
    cursor: Option<String>,
    /// Words in name, company, e-mail, phone or city. At most 20 leads are found, all on one page.
    q: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SimulatedPeople {
    pub items: Vec<SimulatedPersonView>,
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SimulatedPersonView {
    pub lead_id: LeadId,
    /// The cursor of the page on which the lead is; absent on the first one.
    pub page: Option<String>,
    /// Absent if the lead was deleted meanwhile.
    pub name: Option<String>,
    pub zone: ZoneName,
    /// Whether the lead's time zone is not known, and times are read in this one of those in which it may be.
    pub zone_unknown: bool,
    /// The mailbox that its mail goes out by.
    pub mailbox_id: Option<AccountId>,
    /// Absent if the last step could not go out and the lead would be held there.
    pub end: Option<EndReason>,
    pub steps: Vec<SimulatedStep>,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/simulation/people", operation_id = "list_simulated_people",
    params(("id" = CampaignId, Path), SimulatedPeopleQuery), responses((status = 200, body = SimulatedPeople)))]
pub async fn list_simulated_people(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    QueryOf(query): QueryOf<SimulatedPeopleQuery>,
) -> ApiResult<JsonBody<SimulatedPeople>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let part = match &query.cursor {
        Some(cursor) => cursor.parse().map_err(|_| ApiError::bad_cursor())?,
        None => 0,
    };
    let simulation = read_simulation(&*app.blobs, &caller.workspace, &campaign.id).await?;
    let Some(result) = simulation.result.as_ref().filter(|result| result.people > 0) else {
        return Ok(JsonBody(SimulatedPeople { items: Vec::new(), next_cursor: None }));
    };
    let (people, next_cursor) = match query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        Some(q) => (search(&app, &caller, (&campaign, &simulation), q).await?, None),
        None => {
            let people =
                simulated_people(&*app.blobs, &caller.workspace, &campaign.id, &simulation, part).await;
            // The first page is there, so what is missing is behind the last one.
            let people = people.map_err(|error| match error {
                StoreError::NotFound if part > 0 => ApiError::bad_cursor(),
                other => other.into(),
            })?;
            let next = has_more(result, part).then(|| (part + 1).to_string());
            (people.into_iter().map(|person| (part, person)).collect(), next)
        }
    };
    let people = caller.keep_seen(people, |(_, person)| Some(person.lead.clone())).await?;
    let ids: Vec<LeadId> = people.iter().map(|(_, person)| person.lead.clone()).collect();
    let leads = app.leads.get_many(&caller.workspace, &ids).await?;
    let names: HashMap<LeadId, String> =
        leads.into_iter().map(|lead: Lead| (lead.id.clone(), lead.display_name())).collect();
    let view = |(part, person): (usize, SimulatedPerson)| SimulatedPersonView {
        name: names.get(&person.lead).cloned(),
        lead_id: person.lead,
        page: (part > 0).then(|| part.to_string()),
        zone: person.zone,
        zone_unknown: person.zone_unknown,
        mailbox_id: person.mailbox,
        end: person.end,
        steps: person.steps,
    };
    Ok(JsonBody(SimulatedPeople { items: people.into_iter().map(view).collect(), next_cursor }))
}

/// Searches among the leads that are enrolled in the campaign now.
async fn search(
    app: &App,
    caller: &Caller,
    (campaign, simulation): (&Campaign, &Simulation),
    q: &str,
) -> ApiResult<Vec<(usize, SimulatedPerson)>> {
    let filter =
        LeadFilter { q: Some(q.to_owned()), campaign: Some(campaign.id.clone()), ..LeadFilter::default() };
    let query = LeadQuery::of(&filter, MOST_FOUND, None, app.clock.now());
    let found = app.lists.page(&campaign.workspace, caller.leads(), &query).await?;
    let ids: Vec<LeadId> = found.leads.into_iter().map(|row| row.id).collect();
    let place = (&campaign.workspace, &campaign.id);
    Ok(find_simulated(&*app.blobs, place, simulation, &ids).await?)
}
