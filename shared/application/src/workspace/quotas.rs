//! The quotas of a workspace: what it may do within a day at most. They keep one tenant from using up what all pay for, above all
//! where everybody may open a workspace.

use crate::ports::rate_limits::RateLimitStore;
use crate::ports::sign_up_rule::SignUpRule;
use crate::ports::store::StoreResult;
use domain::WorkspaceId;
use jiff::{SignedDuration, Timestamp};

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkspaceQuota {
    /// Files that are announced or sent, checks without an import included: each is kept for weeks.
    Imports,
    /// Invitations, because their mails go to strangers.
    Invitations,
}

/// The number of each quota within a day; none where nothing limits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkspaceQuotas {
    pub imports: Option<u32>,
    pub invitations: Option<u32>,
}

/// A workspace has used up a quota of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaReached {
    pub most: u32,
    /// The time until the next one.
    pub wait: SignedDuration,
}

impl WorkspaceQuotas {
    pub fn of(rule: SignUpRule) -> Self {
        match rule {
            SignUpRule::Open => Self { imports: Some(100), invitations: Some(100) },
            // The operator knows everybody.
            SignUpRule::First => Self { imports: None, invitations: Some(100) },
        }
    }

    /// Takes one of the quota, or tells that it is used up.
    pub async fn take(
        self,
        limits: &dyn RateLimitStore,
        workspace: &WorkspaceId,
        quota: WorkspaceQuota,
        now: Timestamp,
    ) -> StoreResult<Result<(), QuotaReached>> {
        let (name, most) = match quota {
            WorkspaceQuota::Imports => ("imports", self.imports),
            WorkspaceQuota::Invitations => ("invitations", self.invitations),
        };
        let Some(most) = most else { return Ok(Ok(())) };
        let taken = limits.take(&format!("{name}/{workspace}"), most, DAY, now).await?;
        Ok(taken.map_err(|wait| QuotaReached { most, wait }))
    }
}
