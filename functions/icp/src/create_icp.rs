//! `POST /api/icp`: saves an ideal customer profile under a name.

use crate::App;
use crate::icp_view::{IcpView, name_taken};
use application::ports::icps::IcpSaved;
use axum::extract::State;
use domain::IcpId;
use domain::event::{Event, EventKind};
use domain::icp::{Icp, IcpProfile, IcpRule, IcpWeight, LONGEST_ICP_NAME, MOST_ICPS};
use domain::lead::segment::FitField;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIcp {
    /// 1 to 80 characters, which no other ICP has, whatever the case of letters.
    name: String,
    /// What must be true of a lead, at most 20 rules.
    #[serde(default)]
    rules: Vec<IcpRule>,
    /// What adds to fit, at most 20. Points that do not add up to 100 are scaled to it.
    #[serde(default)]
    weights: Vec<IcpWeight>,
    /// The fit from which on a lead is a good one: 0 to 100.
    #[serde(default = "usual_threshold")]
    threshold: u8,
    /// Whether it is the one that the field `fit` means, instead of the former main one. The first ICP of a workspace is
    /// it in any case.
    #[serde(default)]
    main: bool,
}

/// The threshold of an ICP that says none.
fn usual_threshold() -> u8 {
    60
}

#[utoipa::path(post, path = "/api/icp", operation_id = "create_icp", request_body = NewIcp,
    responses((status = 201, body = IcpView)))]
pub async fn create_icp(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewIcp>,
) -> ApiResult<(StatusCode, JsonBody<IcpView>)> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &new.name, LONGEST_ICP_NAME);
    let profile = IcpProfile { rules: new.rules, weights: new.weights, threshold: new.threshold };
    app.check_profile(&caller, &profile, &mut errors).await?;
    errors.finish()?;
    let known = app.icps.list(&caller.workspace).await?;
    if known.len() >= MOST_ICPS {
        let detail = format!("A workspace has at most {MOST_ICPS} ICPs. Delete one first.");
        return Err(ApiError::conflict("too_many_icps", detail));
    }
    let now = app.clock.now();
    let icp = Icp {
        id: IcpId::new(app.ids.next()),
        workspace: caller.workspace.clone(),
        name,
        profile,
        main: new.main || known.is_empty(),
        version: 1,
        by: caller.user().cloned(),
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    if icp.main {
        app.demand_for_enrolling(&caller, |field| field == FitField::Main).await?;
    }
    let former_main = Icp::main_of(&known).filter(|_| icp.main);
    let event = Event::new(EventKind::IcpCreated, caller.actor(), now);
    match app.icps.save(&icp, None, former_main, &event).await? {
        IcpSaved::At(rev) => Ok((StatusCode::CREATED, JsonBody(Icp { rev, ..icp }.into()))),
        IcpSaved::NameTaken => Err(name_taken(&known, &icp.name)),
    }
}
