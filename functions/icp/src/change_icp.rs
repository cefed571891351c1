//! `PATCH /api/icp/{id}`: changes an ICP for all that goes by it from then on, or makes it the main one. Where a campaign
//! enrols by the fit, a program needs `campaigns:write`.

use crate::App;
use crate::icp_view::{IcpView, name_taken};
use application::StoreError;
use application::ports::icps::IcpSaved;
use axum::extract::State;
use domain::IcpId;
use domain::event::{Event, EventKind};
use domain::icp::{Icp, IcpProfile, IcpRule, IcpWeight, LONGEST_ICP_NAME};
use domain::lead::segment::FitField;
use http_api::{ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IcpChanges {
    name: Option<String>,
    rules: Option<Vec<IcpRule>>,
    weights: Option<Vec<IcpWeight>>,
    threshold: Option<u8>,
    /// `true` makes it the main one instead of the former one; `false` leaves the workspace without a main one, if it was
    /// it.
    main: Option<bool>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/icp/{id}", operation_id = "change_icp",
    params(("id" = IcpId, Path)), request_body = IcpChanges,
    responses((status = 200, body = IcpView)))]
pub async fn change_icp(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<IcpId>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<IcpChanges>,
) -> ApiResult<JsonBody<IcpView>> {
    let known = app.icps.list(&caller.workspace).await?;
    let before = known.iter().find(|icp| icp.id == id).ok_or(StoreError::NotFound)?;
    if_match.check(changes.rev, before.rev)?;
    let mut errors = FieldErrors::default();
    let name = match &changes.name {
        Some(name) => errors.required("name", name, LONGEST_ICP_NAME),
        None => before.name.clone(),
    };
    let profile = IcpProfile {
        rules: changes.rules.unwrap_or_else(|| before.profile.rules.clone()),
        weights: changes.weights.unwrap_or_else(|| before.profile.weights.clone()),
        threshold: changes.threshold.unwrap_or(before.profile.threshold),
    };
    // What stays as it was does not stand in the way of another name, even if a field that it names is gone.
    let is_changed = profile != before.profile;
    if is_changed {
        app.check_profile(&caller, &profile, &mut errors).await?;
    }
    errors.finish()?;
    let icp = Icp {
        name,
        profile,
        main: changes.main.unwrap_or(before.main),
        version: before.version + u32::from(is_changed),
        updated_at: app.clock.now(),
        ..before.clone()
    };
    let moves_main = before.main != icp.main;
    if is_changed || moves_main {
        let is_main = before.main || icp.main;
        let changes = |field: FitField| match field {
            FitField::Main => is_main,
            of => is_changed && Icp::of_field(&known, of).is_some_and(|meant| meant.id == icp.id),
        };
        app.demand_for_enrolling(&caller, changes).await?;
    }
    if before.main && !icp.main {
        app.refuse_used_fit(&caller, &known, before, true).await?;
    }
    let former_main = Icp::main_of(&known).filter(|main| icp.main && main.id != icp.id);
    let event = Event::new(EventKind::IcpChanged, caller.actor(), icp.updated_at);
    match app.icps.save(&icp, Some(&before.name), former_main, &event).await? {
        IcpSaved::At(rev) => Ok(JsonBody(Icp { rev, ..icp }.into())),
        IcpSaved::NameTaken => Err(name_taken(&known, &icp.name)),
    }
}
