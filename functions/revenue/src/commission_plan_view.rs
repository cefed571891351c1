//! The rates of commissions in requests and answers.

use crate::App;
use domain::money::Currency;
use domain::revenue::commission::{CommissionPlan, CommissionTier, MOST_OWN_RATES, fault_of_tiers};
use domain::{UserId, WorkspaceId};
use http_api::{ApiResult, FieldErrors, utoipa};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CommissionPlanView {
    /// The currency of the tiers' sums: the workspace's.
    pub currency: Currency,
    /// The tiers for everybody; without any nobody earns a commission.
    pub tiers: Vec<CommissionTier>,
    /// Tiers of single team members, in place of those for everybody.
    pub own: Vec<OwnCommissionTiers>,
    pub rev: u64,
}

impl CommissionPlanView {
    pub fn of(plan: CommissionPlan, currency: Currency) -> Self {
        let own = plan.own.into_iter().map(|(user, tiers)| OwnCommissionTiers { user, tiers });
        Self { currency, tiers: plan.tiers, own: own.collect(), rev: plan.rev }
    }
}

#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnCommissionTiers {
    pub user: UserId,
    /// The member's tiers; empty if the member earns no commission.
    pub tiers: Vec<CommissionTier>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommissionPlanBody {
    tiers: Vec<CommissionTier>,
    #[serde(default)]
    own: Vec<OwnCommissionTiers>,
    /// The revision that this change is based on; `If-Match` does the same.
    pub rev: Option<u64>,
}

impl CommissionPlanBody {
    /// Parses the rates; answers 422 on each fault.
    pub async fn parse(self, app: &App, workspace: &WorkspaceId, rev: u64) -> ApiResult<CommissionPlan> {
        let mut errors = FieldErrors::default();
        let team: BTreeSet<UserId> =
            app.users.list(workspace).await?.into_iter().map(|user| user.id).collect();
        if let Some(fault) = fault_of_tiers(&self.tiers) {
            errors.add("tiers", fault);
        }
        if self.own.len() > MOST_OWN_RATES {
            errors.add("own", format!("are at most {MOST_OWN_RATES}"));
        }
        let mut own = BTreeMap::new();
        for (place, OwnCommissionTiers { user, tiers }) in
            self.own.into_iter().take(MOST_OWN_RATES).enumerate()
        {
            if let Some(fault) = fault_of_tiers(&tiers) {
                errors.add(format!("own[{place}].tiers"), fault);
            }
            if !team.contains(&user) {
                errors.add(format!("own[{place}].user"), "there is no such user in this workspace");
            }
            if own.insert(user, tiers).is_some() {
                errors.add(format!("own[{place}].user"), "is there twice");
            }
        }
        errors.finish()?;
        Ok(CommissionPlan { workspace: workspace.clone(), tiers: self.tiers, own, rev })
    }
}
