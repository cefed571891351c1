//! `POST /api/leads/merge/preview`: what a merge of leads would make of them, field by field.

use crate::App;
use crate::list_duplicates::DuplicateLeadView;
use application::lead::merging::{ending_enrolments, opt_outs};
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::lead::Lead;
use domain::lead::custom_field::CustomFields;
use domain::lead::duplicates::MOST_OF_A_GROUP;
use domain::lead::merging::{LeadMerge, MergeChoices, MergeField, proposed_survivor, united_tags};
use domain::workspace::user::User;
use domain::{CampaignId, LeadId, WorkspaceId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeToPreview {
    /// The leads that are one person: 2 to 10.
    leads: Vec<LeadId>,
    /// The one that stays; one is proposed without it.
    into: Option<LeadId>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MergePreview {
    /// The lead that stays: the one asked for, else the one contacted last, else the oldest.
    pub into: LeadId,
    pub leads: Vec<DuplicateLeadView>,
    /// The fields of which any of the leads has a value.
    pub fields: Vec<MergeFieldView>,
    /// What is put together instead of chosen.
    pub united: Vec<UnitedField>,
    /// The sequences that end with the merge.
    pub ends: Vec<EndingEnrolment>,
    /// The leads that asked not to be contacted, and where: the merged lead is not contacted there either.
    pub opted_out: Vec<OptedOutLead>,
    /// The leads that are marked as not to be contacted at all.
    pub do_not_contact: Vec<LeadId>,
    /// The leads that may have opted out: the merged lead is held until a user has decided.
    pub possible_opt_out: Vec<LeadId>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MergeFieldView {
    /// The field's name in `choices` of the merge.
    pub field: String,
    pub label: String,
    /// The values of the leads that have one.
    pub values: Vec<MergeValue>,
    /// The lead whose value the merged lead gets if nothing is chosen.
    pub chosen: LeadId,
    /// Whether there are several values.
    pub differs: bool,
    /// Whether one of them can be chosen. Addresses cannot: the lead that stays keeps its own, and those of the others
    /// become its second ones.
    pub can_choose: bool,
    /// The merged lead's value if nothing is chosen.
    pub result: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MergeValue {
    pub lead: LeadId,
    pub value: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UnitedField {
    pub field: String,
    pub label: String,
    pub value: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EndingEnrolment {
    pub lead: LeadId,
    pub campaign: CampaignId,
    pub name: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OptedOutLead {
    pub lead: LeadId,
    pub channel: Channel,
}

#[utoipa::path(post, path = "/api/leads/merge/preview", operation_id = "preview_merge",
    request_body = MergeToPreview, responses((status = 200, body = MergePreview)))]
pub async fn preview_merge(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(wanted): JsonBody<MergeToPreview>,
) -> ApiResult<JsonBody<MergePreview>> {
    let ids = distinct(&wanted.leads)?;
    if wanted.into.as_ref().is_some_and(|into| !ids.contains(into)) {
        return Err(ApiError::invalid("into", "is none of these leads"));
    }
    let leads = app.leads.get_many(&caller.workspace, &ids).await?;
    if let Some(missing) = ids.iter().find(|id| leads.iter().all(|lead| lead.id != **id)) {
        return Err(no_such_lead(missing));
    }
    let stays = match &wanted.into {
        Some(into) => leads.iter().find(|lead| lead.id == *into),
        None => proposed_survivor(&leads),
    };
    let stays = stays.ok_or_else(|| ApiError::not_found("lead"))?;
    let users = app.users.list(&caller.workspace).await?;
    let custom = app.custom_fields.get(&caller.workspace).await?;
    let all: Vec<&Lead> = leads.iter().collect();
    let others = leads.iter().filter(|lead| lead.id != stays.id);
    let (choices, now) = (MergeChoices::new(), app.clock.now());
    let after =
        others.fold(stays.clone(), |so_far, other| LeadMerge::new(&so_far, other, &choices, now).after);
    let fields = MergeField::of_any(&all.iter().copied().chain([&after]).collect::<Vec<_>>());
    let fields = fields.iter().map(|field| shown(field, (stays, &after), &all, (&users, &custom))).collect();
    let ends = ending(&app, &caller.workspace, stays, &leads).await?;
    let opted_out = opt_outs(&app.merging, &leads).await?;
    let held = all.iter().filter(|lead| lead.opt_out_hold.is_some());
    Ok(JsonBody(MergePreview {
        into: stays.id.clone(),
        fields,
        united: united(&leads),
        ends,
        opted_out: opted_out.into_iter().map(|(lead, channel)| OptedOutLead { lead, channel }).collect(),
        do_not_contact: all.iter().filter(|lead| lead.do_not_contact).map(|lead| lead.id.clone()).collect(),
        possible_opt_out: held.map(|lead| lead.id.clone()).collect(),
        leads: leads.into_iter().map(DuplicateLeadView::from).collect(),
    }))
}

/// Returns the ids without repeats; answers 422 where they are no group of leads.
fn distinct(leads: &[LeadId]) -> ApiResult<Vec<LeadId>> {
    let mut ids = Vec::new();
    for id in leads {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    if !(2..=MOST_OF_A_GROUP).contains(&ids.len()) {
        return Err(ApiError::invalid("leads", format!("must name 2 to {MOST_OF_A_GROUP} leads")));
    }
    Ok(ids)
}

/// The 404 for a lead that cannot be merged because it is in no list.
pub fn no_such_lead(id: &LeadId) -> ApiError {
    let detail = format!("There is no lead {id}: it was deleted, erased or merged into another one.");
    ApiError::new(StatusCode::NOT_FOUND, "no_such_lead", detail)
}

fn shown(
    field: &MergeField,
    (stays, after): (&Lead, &Lead),
    leads: &[&Lead],
    (users, custom): (&[User], &CustomFields),
) -> MergeFieldView {
    let has: Vec<(&Lead, String)> =
        leads.iter().filter_map(|lead| Some((*lead, field.value_in(lead)?))).collect();
    let differs = has.iter().any(|(_, value)| has.first().is_some_and(|(_, first)| value != first));
    let further = has.iter().max_by_key(|(lead, _)| (lead.status, lead.id == stays.id));
    let chosen = match field {
        // A lead that one of them has brought further is that far.
        MergeField::Status => further.map(|(lead, _)| *lead),
        _ => has.iter().map(|(lead, _)| *lead).find(|lead| lead.id == stays.id),
    };
    let chosen = chosen.or_else(|| has.first().map(|(lead, _)| *lead)).unwrap_or(stays).id.clone();
    let words = |value: String| match field {
        MergeField::Owner => {
            let known = users.iter().find(|user| user.id.as_str() == value);
            known.map_or(value, |user| user.name.clone())
        }
        _ => value,
    };
    let values = has
        .into_iter()
        .map(|(lead, value)| MergeValue { lead: lead.id.clone(), value: words(value) })
        .collect();
    MergeFieldView {
        field: field.name().into_owned(),
        label: label(field, custom),
        values,
        chosen,
        differs,
        can_choose: field.can_be_chosen(),
        result: field.value_in(after).map(words),
    }
}

/// The field's name as users read it.
fn label(field: &MergeField, custom: &CustomFields) -> String {
    let label = match field {
        MergeField::Email => "e-mail",
        MergeField::Phone => "phone",
        MergeField::SecondEmail => "second e-mail",
        MergeField::SecondPhone => "second phone",
        MergeField::Text(text) => text.label(),
        MergeField::Country => "country",
        MergeField::Rating => "rating",
        MergeField::Reviews => "reviews",
        MergeField::Status => "status",
        MergeField::Priority => "priority",
        MergeField::Owner => "owner",
        MergeField::FollowUp => "follow-up",
        MergeField::Custom(key) => {
            return custom.named(key).map_or_else(|| key.clone(), |field| field.label.clone());
        }
    };
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn united(leads: &[Lead]) -> Vec<UnitedField> {
    let one = |field: &str, label: &str, value: String| {
        (!value.is_empty()).then(|| UnitedField { field: field.to_owned(), label: label.to_owned(), value })
    };
    let tags = united_tags(leads).into_iter().collect::<Vec<_>>().join(", ");
    let mut notes: Vec<&str> = leads.iter().filter_map(|lead| lead.notes.as_deref()).collect();
    notes.dedup();
    [one("tags", "Tags", tags), one("notes", "Notes", notes.join("\n\n"))].into_iter().flatten().collect()
}

async fn ending(
    app: &App,
    workspace: &WorkspaceId,
    stays: &Lead,
    leads: &[Lead],
) -> ApiResult<Vec<EndingEnrolment>> {
    let ending = ending_enrolments(&app.merging, stays, leads).await?;
    let mut names = BTreeMap::new();
    for enrolment in &ending {
        let campaign = &enrolment.key().campaign;
        if !names.contains_key(campaign) {
            names.insert(campaign.clone(), app.campaigns.get(workspace, campaign).await?.name);
        }
    }
    let ends = ending.iter().map(|enrolment| {
        let (lead, campaign) = (enrolment.key().lead.clone(), enrolment.key().campaign.clone());
        EndingEnrolment { name: names.get(&campaign).cloned().unwrap_or_default(), lead, campaign }
    });
    Ok(ends.collect())
}
