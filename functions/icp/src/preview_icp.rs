//! `POST /api/icp/preview`: what an ICP comes to that is being written: the leads left after each rule, how they fit, and
//! a few of them.

use crate::App;
use crate::fit_view::FitView;
use application::lead::list::SampledLead;
use axum::extract::State;
use domain::LeadId;
use domain::icp::{IcpProfile, IcpRule, IcpWeight};
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The number of the last sample.
const LAST_ROUND: u32 = 1_000_000;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IcpPreviewRequest {
    #[serde(default)]
    rules: Vec<IcpRule>,
    #[serde(default)]
    weights: Vec<IcpWeight>,
    threshold: u8,
    /// The number of the sample, from 0 on: another number shows other leads.
    #[serde(default)]
    #[schema(maximum = 1_000_000)]
    round: u32,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IcpPreview {
    /// All leads of the workspace.
    pub leads: usize,
    /// The leads left after each rule, in their order.
    pub rules: Vec<IcpRuleCount>,
    /// The leads that pass every rule and did not opt out.
    pub matching: usize,
    /// The leads that fail one rule only.
    pub just_outside: usize,
    /// The matching leads by fit, in ten bins: 0 to 9, 10 to 19 and so on; 100 is in the last one.
    pub histogram: [usize; 10],
    /// The matching leads whose fit is at least the threshold.
    pub at_threshold: usize,
    /// The matching leads that each weight adds to, in their order.
    pub weights: Vec<IcpWeightCount>,
    /// The examples: at most eight matching leads, the best first, spread over fit.
    pub sample: Vec<FitExample>,
    /// A lead that is just outside.
    pub outside: Option<FitExample>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IcpRuleCount {
    pub left: usize,
    /// The leads about which the rule is not known, among those left before it.
    pub not_known: usize,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IcpWeightCount {
    pub met: usize,
    /// The matching leads about which it is not known.
    pub not_known: usize,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FitExample {
    pub id: LeadId,
    pub name: String,
    pub company: Option<String>,
    pub fit: FitView,
}

impl From<SampledLead> for FitExample {
    fn from(SampledLead { lead, fit }: SampledLead) -> Self {
        Self { id: lead.id, name: lead.name, company: lead.company, fit: fit.into() }
    }
}

#[utoipa::path(post, path = "/api/icp/preview", operation_id = "preview_icp",
    request_body = IcpPreviewRequest, responses((status = 200, body = IcpPreview)))]
pub async fn preview_icp(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(asked): JsonBody<IcpPreviewRequest>,
) -> ApiResult<JsonBody<IcpPreview>> {
    let profile = IcpProfile { rules: asked.rules, weights: asked.weights, threshold: asked.threshold };
    let mut errors = FieldErrors::default();
    if asked.round > LAST_ROUND {
        errors.add("round", format!("must be from 0 to {LAST_ROUND}"));
    }
    let fields = app.check_profile(&caller, &profile, &mut errors).await?;
    errors.finish()?;
    let found = app.lists.fit_preview(&caller.workspace, &profile, &fields, asked.round as usize).await?;
    let counts = found.counts;
    let rules = counts.rules.iter().map(|rule| IcpRuleCount { left: rule.left, not_known: rule.not_known });
    let weights =
        counts.weights.iter().map(|weight| IcpWeightCount { met: weight.met, not_known: weight.not_known });
    Ok(JsonBody(IcpPreview {
        leads: counts.leads,
        rules: rules.collect(),
        matching: counts.matching,
        just_outside: counts.just_outside,
        histogram: counts.histogram,
        at_threshold: counts.at_threshold,
        weights: weights.collect(),
        sample: found.sample.into_iter().map(FitExample::from).collect(),
        outside: found.outside.map(FitExample::from),
    }))
}
