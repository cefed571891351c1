//! `POST /api/leads/merge`: merges leads that are one person into one of them.

use crate::App;
use crate::chosen_leads::seen;
use crate::lead_view::{LeadView, read_view};
use crate::preview_merge::no_such_lead;
use application::lead::merging::{self, MergeOutcome};
use axum::extract::State;
use domain::LeadId;
use domain::lead::Lead;
use domain::lead::deletion::RESTORABLE_DAYS;
use domain::lead::duplicates::MOST_OF_A_GROUP;
use domain::lead::merging::{MOST_ABSORBED, MergeChoices, MergeField};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadsToMerge {
    /// The lead that stays.
    into: LeadId,
    /// The leads that are merged into it: 1 to 9.
    leads: Vec<LeadId>,
    /// The lead whose value the merged lead has, by the name of the field. Without a choice it keeps its own, or takes the first
    /// that another has.
    #[serde(default)]
    choices: BTreeMap<String, LeadId>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MergedLeads {
    pub lead: LeadView,
    /// The leads that were merged into it. Their ids mean the merged lead from now on.
    pub merged: Vec<LeadId>,
    /// The number of sequences that ended.
    pub ended: usize,
    /// The time until which the merge can be undone.
    pub undo_until: Timestamp,
    /// The leads with their revisions, `id:rev`: the list shows them at once to whoever gives them as `seen`.
    pub seen: Vec<String>,
}

/// Merges leads. What happened to either is on the timeline of the lead that stays, and what names one of the others, such
/// as an answer or a payment, means that lead. Sequences of the others end, and those of the lead that stays in which
/// another one has been. What one of them asked not to get, none gets. It can be undone for 30 days.
#[utoipa::path(post, path = "/api/leads/merge", operation_id = "merge_leads", request_body = LeadsToMerge,
    responses((status = 200, body = MergedLeads)))]
pub async fn merge_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(mut wanted): JsonBody<LeadsToMerge>,
) -> ApiResult<JsonBody<MergedLeads>> {
    wanted.leads.sort();
    wanted.leads.dedup();
    let choices = wanted.parse()?;
    let (mut ended, mut changed, mut survivor) = (0, Vec::new(), None);
    for absorbed in &wanted.leads {
        let pair = (&wanted.into, absorbed);
        let by = Some(caller.user_or_key());
        match merging::merge_leads(&app.merging, &caller.workspace, pair, &choices, by).await? {
            MergeOutcome::Merged(pair) => {
                ended += pair.ended;
                changed.push(pair.absorbed);
                survivor = Some(pair.survivor);
            }
            MergeOutcome::NoSuchLead(id) => return Err(so_far(no_such_lead(&id), &changed)),
            MergeOutcome::TooMany => {
                let detail = format!("A lead can have at most {MOST_ABSORBED} others merged into it.");
                return Err(so_far(ApiError::conflict("too_many_merged", detail), &changed));
            }
            MergeOutcome::AddressTaken(address) => return Err(so_far(address_taken(&address), &changed)),
        }
    }
    changed.extend(survivor);
    let kept = SignedDuration::from_hours(24 * RESTORABLE_DAYS);
    let undo_until = app.clock.now().checked_add(kept).unwrap_or(Timestamp::MAX);
    Ok(JsonBody(MergedLeads {
        lead: read_view(&app, &caller.workspace, &wanted.into).await?,
        merged: wanted.leads,
        ended,
        undo_until,
        seen: seen(&changed),
    }))
}

/// The 409 where another lead has an address that one of the two needs.
pub fn address_taken(address: &str) -> ApiError {
    let detail = format!("Another lead has the address {address}. Change it there first.");
    ApiError::conflict("address_taken", detail)
}

/// Says in an error which leads were merged before it.
fn so_far(mut error: ApiError, merged: &[Lead]) -> ApiError {
    if !merged.is_empty() {
        let names: Vec<String> = merged.iter().map(Lead::display_name).collect();
        error.detail = format!("{} Merged before that: {}.", error.detail, names.join(", "));
    }
    error
}

impl LeadsToMerge {
    fn parse(&self) -> ApiResult<MergeChoices> {
        let mut errors = FieldErrors::default();
        if self.leads.is_empty() || self.leads.len() >= MOST_OF_A_GROUP {
            errors.add("leads", format!("must name 1 to {} leads", MOST_OF_A_GROUP - 1));
        }
        if self.leads.contains(&self.into) {
            errors.add("leads", "names the lead that stays");
        }
        let mut choices = MergeChoices::new();
        for (name, lead) in &self.choices {
            let path = format!("choices.{name}");
            match MergeField::named(name) {
                None => errors.add(path, "is no field that can be chosen"),
                Some(field) if !field.can_be_chosen() => {
                    errors.add(path, "is not chosen: the lead that stays keeps its own address");
                }
                Some(_) if *lead != self.into && !self.leads.contains(lead) => {
                    errors.add(path, "names none of these leads");
                }
                Some(field) => drop(choices.insert(field, lead.clone())),
            }
        }
        errors.finish()?;
        Ok(choices)
    }
}
