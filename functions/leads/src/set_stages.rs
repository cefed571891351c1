//! `PUT /api/stages`: replaces the stages and lost reasons of the workspace.

use crate::App;
use crate::get_stages::StagesView;
use application::ports::leads::LeadQuery;
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::lead::stage::{
    LONGEST_NAME, LostReason, LostReasonId, MOST_LOST_REASONS, MOST_STAGES, MOST_STALE_DAYS, Stage, StageId,
    Stages,
};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, IfMatch, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The leads of a deleted stage that are looked at: with more, it is in use.
const LOOKED_AT: usize = 100;

/// The stages and lost reasons as a request gives them, all together and in order.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StagesBody {
    stages: Vec<StageBody>,
    lost_reasons: Vec<LostReasonBody>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageBody {
    /// The id of a stage that is kept; a stage without one is new.
    id: Option<StageId>,
    name: String,
    /// How likely a lead of this stage is won, in percent. Won has 100 and lost has 0, whatever is given.
    probability: u8,
    /// The days after which a lead that is still in the stage is stale, 1–365; none if it never is. Won and lost leads are
    /// never stale.
    stale_after_days: Option<u16>,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LostReasonBody {
    /// The id of a reason that is kept; a reason without one is new.
    id: Option<LostReasonId>,
    name: String,
}

/// A stage that still has leads cannot be deleted: move them to another stage first.
#[utoipa::path(put, path = "/api/stages", operation_id = "set_stages", request_body = StagesBody,
    responses((status = 200, body = StagesView)))]
pub async fn set_stages(
    State(app): State<Arc<App>>,
    caller: Caller,
    if_match: IfMatch,
    JsonBody(body): JsonBody<StagesBody>,
) -> ApiResult<JsonBody<StagesView>> {
    let known = app.stages.get(&caller.workspace).await?;
    if_match.check(body.rev, known.rev)?;
    let mut stages = body.parse(known.clone())?;
    for gone in known.stages.iter().filter(|stage| stages.stage(stage.id).is_none()) {
        refuse_in_use(&app, &caller, gone).await?;
    }
    let event = Event::new(EventKind::StagesChanged, caller.actor(), app.clock.now());
    stages.rev = app.stages.save(&stages, &event).await?;
    Ok(JsonBody(stages.into()))
}

/// Answers 409 where leads are still in the stage. Those that the list names are read, because it is a moment behind.
async fn refuse_in_use(app: &App, caller: &Caller, stage: &Stage) -> ApiResult<()> {
    let filter = LeadFilter { status: vec![stage.id], ..LeadFilter::default() };
    let query = LeadQuery { filter, limit: LOOKED_AT, ..LeadQuery::default() };
    let page = app.lists.page(&caller.workspace, &LeadScope::All, &query).await?;
    let ids: Vec<_> = page.leads.iter().map(|row| row.id.clone()).collect();
    let found = app.leads.get_many(&caller.workspace, &ids).await?;
    let left = found.iter().filter(|lead| lead.status == stage.id).count();
    let more = page.total - page.leads.len();
    match left + more {
        0 => Ok(()),
        leads => {
            let leads = if leads == 1 { "1 lead is".to_owned() } else { format!("{leads} leads are") };
            let detail =
                format!("{leads} still in the stage {}. Move them to another stage first.", stage.name);
            Err(ApiError::conflict("stage_in_use", detail))
        }
    }
}

impl StagesBody {
    /// Parses the stages; answers 422 on each fault. New stages and reasons get the next numbers.
    fn parse(self, known: Stages) -> ApiResult<Stages> {
        let mut errors = FieldErrors::default();
        let mut next = Stages { stages: Vec::new(), lost_reasons: Vec::new(), ..known.clone() };
        if self.stages.len() > MOST_STAGES {
            errors.add("stages", format!("are at most {MOST_STAGES}"));
        }
        if self.lost_reasons.len() > MOST_LOST_REASONS {
            errors.add("lost_reasons", format!("are at most {MOST_LOST_REASONS}"));
        }
        let mut names = BTreeSet::new();
        for (place, stage) in self.stages.into_iter().take(MOST_STAGES).enumerate() {
            let path = format!("stages[{place}]");
            let name = name(&mut errors, &path, &stage.name, &mut names);
            let id = match stage.id {
                Some(id) if next.stage(id).is_some() => {
                    errors.add(format!("{path}.id"), "is there twice");
                    continue;
                }
                Some(id) if known.stage(id).is_none() => {
                    errors.add(format!("{path}.id"), "there is no such stage");
                    continue;
                }
                Some(id) => id,
                None => match next.next_stage() {
                    Some(id) => id,
                    None => {
                        errors.add(path, "cannot be added: the workspace has used up its numbers of stages");
                        continue;
                    }
                },
            };
            if stage.probability > 100 {
                errors.add(format!("{path}.probability"), "must be from 0 to 100");
            }
            let days = stage.stale_after_days;
            if days.is_some_and(|days| !(1..=MOST_STALE_DAYS).contains(&days)) {
                errors
                    .add(format!("{path}.stale_after_days"), format!("must be from 1 to {MOST_STALE_DAYS}"));
            }
            let (probability, stale_after_days) = match id {
                StageId::WON => (100, None),
                StageId::LOST => (0, None),
                _ => (stage.probability, days),
            };
            next.stages.push(Stage { id, name, probability, stale_after_days });
        }
        for id in StageId::built_in().filter(|id| id.is_needed() && next.stage(*id).is_none()) {
            errors.add("stages", format!("must have the stage {id}, to which the app moves leads"));
        }
        let open = next.stages.iter().take_while(|stage| !stage.id.is_closed()).count();
        if next.stages.iter().skip(open).map(|stage| stage.id).ne([StageId::WON, StageId::LOST]) {
            errors.add("stages", "must end with won and lost, in this order");
        }
        let mut names = BTreeSet::new();
        for (place, reason) in self.lost_reasons.into_iter().take(MOST_LOST_REASONS).enumerate() {
            let path = format!("lost_reasons[{place}]");
            let name = name(&mut errors, &path, &reason.name, &mut names);
            let id = match reason.id {
                Some(id) if next.lost_reason(id).is_some() => {
                    errors.add(format!("{path}.id"), "is there twice");
                    continue;
                }
                Some(id) if known.lost_reason(id).is_none() => {
                    errors.add(format!("{path}.id"), "there is no such reason");
                    continue;
                }
                Some(id) => id,
                None => match next.next_reason() {
                    Some(id) => id,
                    None => {
                        errors.add(path, "cannot be added: the workspace has used up its numbers of reasons");
                        continue;
                    }
                },
            };
            next.lost_reasons.push(LostReason { id, name });
        }
        if next.lost_reason(LostReasonId::OTHER).is_none() {
            errors.add(
                "lost_reasons",
                "must have the reason other, which stands in for reasons that nobody gave",
            );
        }
        errors.finish()?;
        Ok(next)
    }
}

/// Reads a name, which no other has in any case.
fn name(errors: &mut FieldErrors, path: &str, text: &str, names: &mut BTreeSet<String>) -> String {
    let field = format!("{path}.name");
    let name = errors.required(&field, text, LONGEST_NAME);
    if !name.is_empty() && !names.insert(name.to_lowercase()) {
        errors.add(field, "is there twice");
    }
    name
}
