//! `POST /api/icp/propose`: an ICP that a language model proposes from a description of what is sold.

use crate::App;
use application::ai::propose_icp::propose_icp as propose;
use axum::extract::State;
use domain::icp::proposal::LONGEST_DESCRIPTION;
use domain::icp::{IcpRule, IcpWeight};
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, not_asked, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IcpDescription {
    /// What is sold, to whom and why they buy it, in up to 4,000 characters.
    description: String,
}

/// An ICP that is not saved.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProposedIcp {
    pub name: String,
    pub rules: Vec<ProposedRule>,
    pub weights: Vec<ProposedWeight>,
    pub threshold: u8,
    /// What the model named that the workspace does not have, and what else was left out.
    pub remarks: Vec<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProposedRule {
    pub rule: IcpRule,
    /// The model's reason for it.
    pub reason: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProposedWeight {
    pub weight: IcpWeight,
    /// The model's reason for it.
    pub reason: String,
}

/// The proposal uses fields that the workspace has, and is paid for under the caps. Nothing is saved.
#[utoipa::path(post, path = "/api/icp/propose", operation_id = "propose_icp", request_body = IcpDescription,
    responses((status = 200, body = ProposedIcp), (status = 409, description = "There is no proposal; `code` says why.")))]
pub async fn propose_icp(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(asked): JsonBody<IcpDescription>,
) -> ApiResult<JsonBody<ProposedIcp>> {
    let mut errors = FieldErrors::default();
    let description = errors.required("description", &asked.description, LONGEST_DESCRIPTION);
    errors.finish()?;
    let fields = app.custom_fields.get(&caller.workspace).await?;
    let who = (&caller.workspace, &caller.signed_in()?.user);
    let proposal = propose(&app.ai, who, &description, &fields).await?.map_err(|why| not_asked(&why))?;
    let rules = proposal.profile.rules.into_iter().zip(proposal.rule_reasons);
    let weights = proposal.profile.weights.into_iter().zip(proposal.weight_reasons);
    Ok(JsonBody(ProposedIcp {
        name: proposal.name,
        rules: rules.map(|(rule, reason)| ProposedRule { rule, reason }).collect(),
        weights: weights.map(|(weight, reason)| ProposedWeight { weight, reason }).collect(),
        threshold: proposal.profile.threshold,
        remarks: proposal.remarks,
    }))
}
