//! `GET /api/leads/{id}/why`: what happened, what comes next and when, and why: for each campaign that the
//! lead is or was enrolled in, and for a lead in none.

use crate::App;
use crate::get_timeline::{context_of, name_of, of_enrolment};
use crate::line::{Traces, line_of};
use crate::timeline::LeadEnrolment;
use crate::tracking_why::TrackingWhy;
use application::campaign::why::{ExplainContext, Explanation};
use application::ports::leads::LeadFile;
use axum::extract::State;
use domain::LeadId;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::message::{Direction, MessageState};
use domain::planning::check::{Check, CheckRule};
use domain::planning::next_action::{NextAction, NextActionKind};
use domain::planning::readiness::lead_checks;
use domain::sequence::step_kind::StepType;
use domain::time::time_zone::{ZoneName, ZoneSource};
use domain::workspace::task::{TaskKind, TaskOutcome};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::cmp::Reverse;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadWhy {
    /// The checks that hold for any message to this lead, outside campaigns too.
    pub checks: Vec<Check>,
    /// The earliest next action of all campaigns.
    pub next: NextAction,
    /// Active enrolments first, then the latest first.
    pub enrolments: Vec<WhyInCampaign>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WhyInCampaign {
    pub enrolment: LeadEnrolment,
    /// The next step's kind.
    pub step_kind: Option<StepType>,
    /// The events, oldest first.
    pub happened: Vec<Happened>,
    /// The checks in the order in which they run before each send; all but the last have passed.
    pub checks: Vec<Check>,
    pub next: NextAction,
    /// Null if the campaign is gone.
    pub tracking: Option<TrackingWhy>,
    pub zone: Option<ZoneName>,
    pub zone_source: Option<ZoneSource>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Happened {
    pub at: Timestamp,
    #[serde(flatten)]
    pub what: HappenedWhat,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum HappenedWhat {
    Enrolled {},
    /// `step` counts from 0.
    Message {
        channel: Channel,
        state: MessageState,
        step: Option<u16>,
    },
    Task {
        task_kind: TaskKind,
        title: String,
        outcome: Option<TaskOutcome>,
    },
    Ended {
        reason: EndReason,
    },
}

#[utoipa::path(get, path = "/api/leads/{id}/why", operation_id = "get_lead_why", params(("id" = LeadId, Path)),
    responses((status = 200, body = LeadWhy)))]
pub async fn get_lead_why(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<LeadWhy>> {
    let mut file = app.leads.file(&caller.workspace, &id).await?;
    let context = ExplainContext::of(&app.why, &caller.workspace, &file.lead).await?;
    let mut checks = lead_checks(
        (&context.workspace.sending, &context.workspace.endings),
        &file.lead,
        &context.listed,
        context.now,
    );
    let mut known = std::mem::take(&mut file.enrolments);
    known.sort_by_key(|enrolment| (!enrolment.is_active(), Reverse(enrolment.enrolled_at())));
    let under_way = known.iter().filter(|enrolment| enrolment.is_active()).count();
    let seen = match under_way {
        0 => "in no active campaign".to_owned(),
        1 => "in one campaign".to_owned(),
        many => format!("in {many} campaigns"),
    };
    checks.push(Check { rule: CheckRule::InACampaign, passed: under_way > 0, seen });
    let mut enrolments = Vec::with_capacity(known.len());
    for enrolment in known {
        enrolments.push(in_campaign(&app, &context, &file, enrolment).await?);
    }
    // An action with a known time comes before those without one.
    let coming = enrolments.iter().map(|one| one.next).filter(|next| next.what != NextActionKind::Nothing);
    let next = coming.min_by_key(|next| (next.at.is_none(), next.at));
    let next = next.unwrap_or(NextAction { what: NextActionKind::Nothing, at: None });
    Ok(JsonBody(LeadWhy { checks, next, enrolments }))
}

async fn in_campaign(
    app: &App,
    context: &ExplainContext,
    file: &LeadFile,
    enrolment: Enrolment,
) -> ApiResult<WhyInCampaign> {
    let (campaign, version) = context_of(app, &enrolment).await?;
    let known = campaign.as_ref().zip(version.as_ref());
    let why = known.map(|(campaign, version)| context.explain(file, &enrolment, campaign, version));
    let tracking = campaign.as_ref().map(|campaign| TrackingWhy::of(&context.workspace, campaign, file));
    let (checks, next, zone) = match why {
        Some(Explanation { checks, next, zone }) => (checks, next, Some(zone)),
        None => (Vec::new(), NextAction { what: NextActionKind::Nothing, at: None }, None),
    };
    let (zone, zone_source) = zone.map(|fact| (fact.zone, fact.source)).unzip();
    let step = enrolment.step().as_ref().zip(version.as_ref()).and_then(|(step, version)| version.step(step));
    let (name, step_kind) = (name_of(campaign.as_ref()), step.map(|step| step.kind.step_type()));
    let steps = version.map(|version| version.steps).unwrap_or_default();
    let traces = Traces::of(&file.messages, &file.tasks);
    let line = line_of(&enrolment, &steps, &file.lead, &traces, context.now);
    Ok(WhyInCampaign {
        happened: lead_history(file, &enrolment),
        enrolment: of_enrolment(enrolment, name, campaign, line),
        step_kind,
        checks,
        next,
        tracking,
        zone,
        zone_source,
    })
}

fn lead_history(file: &LeadFile, enrolment: &Enrolment) -> Vec<Happened> {
    let mine = Some(&enrolment.key().campaign);
    let mut told = vec![Happened { at: enrolment.enrolled_at(), what: HappenedWhat::Enrolled {} }];
    let sent = file.messages.iter().filter(|m| m.direction == Direction::Out && m.campaign.as_ref() == mine);
    told.extend(sent.map(|message| Happened {
        at: message.accepted_at.unwrap_or(message.created_at),
        what: HappenedWhat::Message {
            channel: message.channel,
            state: message.state,
            step: message.step_index,
        },
    }));
    let tasks = file.tasks.iter().filter(|task| task.campaign.as_ref() == mine);
    told.extend(tasks.map(|task| Happened {
        at: task.done_at.unwrap_or(task.created_at),
        what: HappenedWhat::Task { task_kind: task.kind, title: task.title.clone(), outcome: task.outcome },
    }));
    if let (EnrolmentState::Ended { reason }, Some(at)) = (enrolment.state(), enrolment.ended_at()) {
        told.push(Happened { at, what: HappenedWhat::Ended { reason: *reason } });
    }
    told.sort_by_key(|happened| happened.at);
    told
}
