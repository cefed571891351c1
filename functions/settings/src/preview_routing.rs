//! `POST /api/settings/routing/preview`: who would own the next ten leads of a kind, by rules that need not be saved.

use crate::App;
use crate::routing_view::RoutingBody;
use application::lead::routing::OwnerRouter;
use axum::extract::State;
use domain::contact::country::Country;
use domain::lead::Lead;
use domain::lead::routing::{RoutedBy, RoutedHow};
use domain::{LeadId, RoutingRuleId, UserId};
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const SHOWN: usize = 10;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutingPreview {
    /// The rules to try; those that are saved if left out.
    routing: Option<RoutingBody>,
    /// What is known of the leads.
    #[serde(default)]
    lead: SampleLead,
}

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleLead {
    /// Two letters, or a country's name.
    country: Option<String>,
    /// A state, province or city.
    region: Option<String>,
    source: Option<String>,
    tag: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NextOwners {
    /// The next ten leads, in order.
    pub leads: Vec<NextOwner>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NextOwner {
    /// Null: the lead would have no owner.
    pub owner: Option<UserId>,
    /// The rule that decides; null for the choice for all other leads.
    pub rule: Option<RoutingRuleId>,
    pub rule_name: String,
    pub how: Option<RoutedHow>,
}

#[utoipa::path(post, path = "/api/settings/routing/preview", operation_id = "preview_routing",
    request_body = RoutingPreview, responses((status = 200, body = NextOwners)))]
pub async fn preview_routing(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(RoutingPreview { routing, lead: sample }): JsonBody<RoutingPreview>,
) -> ApiResult<JsonBody<NextOwners>> {
    let known = app.routing.routing.get(&caller.workspace).await?;
    let routing = match routing {
        Some(body) => body.parse(&app, &caller.workspace, known.rev).await?,
        None => known,
    };
    let mut errors = FieldErrors::default();
    let mut lead = Lead::blank(LeadId::new(app.ids.next()), caller.workspace.clone(), app.clock.now());
    if let Some(country) = errors.text("lead.country", sample.country, 60) {
        let country = Country::from_name(&country).ok_or("is not a country code such as GB");
        lead.country = errors.take("lead.country", country);
    }
    lead.city = errors.text("lead.region", sample.region, 60);
    lead.source = errors.text("lead.source", sample.source, 60);
    lead.tags.extend(errors.text("lead.tag", sample.tag, 60));
    errors.finish()?;
    let decisions = OwnerRouter::with(&app.routing, routing).await?.preview(&lead, SHOWN).await?;
    let next = |decision: Option<RoutedBy>| match decision {
        Some(RoutedBy { owner, rule, name, how }) => {
            NextOwner { owner: Some(owner), rule, rule_name: name, how: Some(how) }
        }
        None => NextOwner { owner: None, rule: None, rule_name: String::new(), how: None },
    };
    Ok(JsonBody(NextOwners { leads: decisions.into_iter().map(next).collect() }))
}
