//! `GET /api/leads/{id}/timeline`: one ordered list of what happened and what is planned next.

use crate::App;
use crate::key_names::KeyNames;
use crate::lead_view::{EnrichmentView, FollowUpRuleView};
use crate::line::{LineStep, LineStepState, Traces, line_of};
use crate::timeline::{
    EnrolmentWord, Happening, LeadEnrolment, Timeline, TimelineEntry, by, entry, of_activity, of_message,
    of_recording, of_task, planned,
};
use application::StoreError;
use application::inbox::quotations::Quotations;
use application::ports::leads::LeadFile;
use axum::extract::State;
use domain::LeadId;
use domain::campaign::Campaign;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::lead::routing::RoutedBy;
use domain::sequence::{SequenceVersion, Step};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/leads/{id}/timeline", operation_id = "get_timeline", params(("id" = LeadId, Path)),
    responses((status = 200, body = Timeline)))]
pub async fn get_timeline(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<Timeline>> {
    let file = app.leads.file(&caller.workspace, &id).await?;
    let names = app.names_of_keys_in(&file).await?;
    let (mut items, enrolments) = history(&app, file, &names).await?;
    items.sort_by_key(|item| (item.planned, item.at, !matches!(item.what, Happening::Created { .. })));
    Ok(JsonBody(Timeline { items, enrolments }))
}

/// What happened to a lead and what is planned next, in no order, and its enrolments.
pub async fn history(
    app: &App,
    file: LeadFile,
    names: &KeyNames,
) -> ApiResult<(Vec<TimelineEntry>, Vec<LeadEnrolment>)> {
    let traces = Traces::of(&file.messages, &file.tasks);
    let (lead, mut items, mut enrolments) = (file.lead, Vec::new(), Vec::new());
    let id = &lead.id;
    let created = Happening::Created { source: lead.source.clone() };
    items.push(entry(format!("created-{id}"), lead.created_at, created));
    if let Some(RoutedBy { owner, rule, name, how }) = lead.routed.clone() {
        let assigned = Happening::OwnerAssigned { owner, rule, rule_name: name, how };
        items.push(entry(format!("assigned-{id}"), lead.created_at, assigned));
    }
    if let Some(at) = lead.follow_up_at.filter(|at| *at > app.clock.now()) {
        items.push(planned(
            format!("follow-up-{id}"),
            at,
            Happening::FollowUp { rule: FollowUpRuleView::of(&lead) },
        ));
    }
    let now = app.clock.now();
    let quotations = Quotations::among(&file.messages);
    items.extend(
        file.messages.into_iter().map(|message| of_message(message, &quotations, &file.enrolments, now)),
    );
    items.extend(file.activities.into_iter().map(|activity| of_activity(activity, names)));
    items.extend(file.tasks.into_iter().map(|task| of_task(task, &file.call_costs, now)));
    items.extend(file.recordings.into_iter().filter_map(of_recording));
    for result in file.fields {
        let found = EnrichmentView::from(result);
        let (key, at) = (format!("enriched-{}", found.field.as_str()), found.at);
        let (field, status, detail, source) = (found.field, found.status, found.detail, found.source);
        items.push(entry(key, at, Happening::Enriched { field, status, detail, source }));
    }
    for enrolment in file.enrolments {
        let (campaign, version) = context_of(app, &enrolment).await?;
        let steps = version.map(|version| version.steps).unwrap_or_default();
        let name = name_of(campaign.as_ref());
        add_enrolment(&mut items, &enrolment, &name, &steps, names);
        let line = line_of(&enrolment, &steps, &lead, &traces, now);
        enrolments.push(of_enrolment(enrolment, name, campaign, line));
    }
    Ok((items, enrolments))
}

impl App {
    /// Reads the names of the API keys that did something to this lead.
    pub async fn names_of_keys_in(&self, file: &LeadFile) -> ApiResult<KeyNames> {
        let acted = file.activities.iter().filter_map(|activity| activity.actor.as_ref());
        let acted =
            acted.chain(file.enrolments.iter().filter_map(|enrolment| enrolment.enrolled_by().as_ref()));
        self.key_names(&file.lead.workspace, acted).await
    }
}

/// The campaign and the sequence version of an enrolment; either is None if it was deleted.
pub async fn context_of(
    app: &App,
    enrolment: &Enrolment,
) -> ApiResult<(Option<Campaign>, Option<SequenceVersion>)> {
    let workspace = &enrolment.key().workspace;
    let campaign = match app.campaigns.get(workspace, &enrolment.key().campaign).await {
        Ok(campaign) => Some(campaign),
        Err(StoreError::NotFound) => None,
        Err(other) => return Err(other.into()),
    };
    let version = app.sequences.version(workspace, enrolment.sequence(), enrolment.version()).await;
    match version {
        Ok(version) => Ok((campaign, Some(version))),
        Err(StoreError::NotFound) => Ok((campaign, None)),
        Err(other) => Err(other.into()),
    }
}

fn add_enrolment(
    items: &mut Vec<TimelineEntry>,
    enrolment: &Enrolment,
    name: &str,
    steps: &[Step],
    names: &KeyNames,
) {
    let campaign = enrolment.key().campaign.clone();
    let id = |what: &str| format!("{what}-{campaign}");
    let name = || name.to_owned();
    let begun = Happening::Enrolled { campaign: campaign.clone(), campaign_name: name() };
    let begun = entry(id("enrolled"), enrolment.enrolled_at(), begun);
    items.push(by(enrolment.enrolled_by().as_ref(), names, begun));
    if let (EnrolmentState::Ended { reason }, Some(at)) = (enrolment.state(), enrolment.ended_at()) {
        let end =
            Happening::SequenceEnded { campaign: campaign.clone(), campaign_name: name(), reason: *reason };
        items.push(entry(id("ended"), at, end));
    }
    let position = enrolment.step().as_ref().and_then(|id| steps.iter().position(|step| step.id == *id));
    let next = position.filter(|_| enrolment.is_active()).zip(enrolment.due());
    if let Some((position, due)) = next {
        let step = &steps[position];
        let next = Happening::PlannedStep {
            campaign: campaign.clone(),
            campaign_name: name(),
            step: short(position),
            step_kind: step.kind.step_type(),
            subject: step.words_for(enrolment.key(), None).headline.to_owned(),
        };
        items.push(planned(id("next"), due, next));
    }
}

pub fn name_of(campaign: Option<&Campaign>) -> String {
    campaign.map_or_else(|| "A deleted campaign".to_owned(), |campaign| campaign.name.clone())
}

fn short(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

pub fn of_enrolment(
    enrolment: Enrolment,
    name: String,
    campaign: Option<Campaign>,
    line: Vec<LineStep>,
) -> LeadEnrolment {
    let (hold_reason, held_until, end_reason) = match *enrolment.state() {
        EnrolmentState::Held { reason, until } => (Some(reason), until, None),
        EnrolmentState::Ended { reason } => (None, None, Some(reason)),
        _ => (None, None, None),
    };
    LeadEnrolment {
        state: EnrolmentWord::of(&enrolment),
        campaign: enrolment.key().campaign.clone(),
        campaign_name: name,
        campaign_state: campaign.map(|campaign| campaign.state),
        sequence: enrolment.sequence().clone(),
        version: enrolment.version(),
        hold_reason,
        held_until,
        end_reason,
        pause_wanted: enrolment.pause_wanted().is_some(),
        step: short(line.iter().take_while(|step| step.state != LineStepState::Planned).count()),
        steps: short(line.len()),
        line,
        task: enrolment.task().clone(),
        due: enrolment.due(),
        enrolled_at: enrolment.enrolled_at(),
        ended_at: enrolment.ended_at(),
    }
}
