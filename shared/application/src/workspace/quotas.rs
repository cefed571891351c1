//! The quotas of a workspace: what it may do within a day at most. They keep one tenant from using up what all pay for, above all
//! where everybody may open a workspace.

use crate::ports::rate_limits::RateLimitStore;
use crate::ports::sign_up_rule::SignUpRule;
use crate::ports::store::StoreResult;
use domain::WorkspaceId;
use domain::import::Import;
use jiff::{SignedDuration, Timestamp};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The number of each quota within a day; none where nothing limits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkspaceQuotas {
    /// Files that are announced or sent, checks without an import included: each is kept for weeks. No more than the list of
    /// a workspace's latest imports holds.
    pub imports: Option<u32>,
    /// Invitations, because their mails go to strangers.
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

    /// Tells whether one more import may begin, after those that the workspace has begun of late: the newest first.
    pub fn more_imports(self, begun: &[Import], now: Timestamp) -> Result<(), QuotaReached> {
        let Some(most) = self.imports else { return Ok(()) };
        let first_of_full_day = usize::try_from(most).ok().and_then(|most| begun.get(most.checked_sub(1)?));
        let wait = first_of_full_day.map(|import| DAY - now.duration_since(import.created_at));
        wait.filter(SignedDuration::is_positive).map_or(Ok(()), |wait| Err(QuotaReached { most, wait }))
    }

    /// Takes one of the invitations of the day, or tells that they are used up.
    pub async fn take_invitation(
        self,
        limits: &dyn RateLimitStore,
        workspace: &WorkspaceId,
        now: Timestamp,
    ) -> StoreResult<Result<(), QuotaReached>> {
        let Some(most) = self.invitations else { return Ok(Ok(())) };
        let taken = limits.take(&format!("invitations/{workspace}"), most, DAY, now).await?;
        Ok(taken.map_err(|wait| QuotaReached { most, wait }))
    }
}
