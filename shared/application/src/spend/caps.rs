//! Reserves money under caps, and tells of the caps of a month and of a campaign: once when four fifths are spent, and once when a call
//! finds too little left. A cap that was changed tells anew. A run of columns says by itself that its money is out.
//!
//! What is told is noted at the budget with its first time, from which the notifications' ids are made: workers side by
//! side, and repeats, write the same notifications. Telling never stops a call: a fault is logged, and the next call
//! under the cap tells again.

use crate::ports::campaigns::CampaignStore;
use crate::ports::columns::ColumnStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::spend::SpendStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::users::UserStore;
use domain::event::{Event, EventKind};
use domain::spend::{BudgetScope, Reservation, Reserving, SpendLimit, Usd};
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::user::{Role, User};
use domain::{NotificationId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The part of a cap, in hundredths, at which it is told that little is left.
const NEARLY: u64 = 80;
/// The time after which what was noted has been told: no worker is between the two for so long.
const TOLD_AFTER: SignedDuration = SignedDuration::from_mins(30);

crate::ports! {
    #[derive(Clone)]
    pub struct Caps {
        pub campaigns: Arc<dyn CampaignStore>,
        pub columns: Arc<dyn ColumnStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub spend: Arc<dyn SpendStore>,
        pub users: Arc<dyn UserStore>,
    }
}

/// How far a cap is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Used {
    Nearly,
    Reached,
}

impl Caps {
    /// Reserves money as the store does, and tells of caps that are nearly or quite reached.
    pub(crate) async fn reserve(&self, reservation: &Reservation) -> StoreResult<Reserving> {
        let answer = self.spend.reserve(reservation).await?;
        match &answer {
            Reserving::Reserved => self.note_reserved(reservation).await,
            Reserving::Refused { scope, .. } => self.note_refused(reservation, scope).await,
            Reserving::OpenAlready | Reserving::SettledAlready => {}
        }
        Ok(answer)
    }

    /// Tells of the caps of which four fifths are spent.
    pub(crate) async fn note_reserved(&self, reservation: &Reservation) {
        if let Err(error) = self.tell_nearly(reservation).await {
            tracing::warn!(workspace.id = %reservation.workspace, %error, "a cap that is nearly reached was not told");
        }
    }

    /// Tells that a budget has too little left. A caller that reserves less after a refusal calls this only when it gives
    /// up.
    pub(crate) async fn note_refused(&self, reservation: &Reservation, scope: &BudgetScope) {
        let limit = reservation.limits.iter().find(|limit| limit.scope == *scope);
        let cap = limit.and_then(|limit| limit.cap);
        let Some(cap) = cap else { return };
        let (workspace, at) = (&reservation.workspace, reservation.made_at);
        if let Err(error) = self.tell(workspace, (scope, cap), Used::Reached, at).await {
            tracing::warn!(workspace.id = %workspace, %error, "a reached cap was not told");
        }
    }

    async fn tell_nearly(&self, reservation: &Reservation) -> StoreResult<()> {
        let Reservation { workspace, limits, made_at, .. } = reservation;
        let capped = |limit: &&SpendLimit| limit.cap.is_some() && is_told(&limit.scope);
        let limits: Vec<&SpendLimit> = limits.iter().filter(capped).collect();
        if limits.is_empty() {
            return Ok(());
        }
        let scopes: Vec<BudgetScope> = limits.iter().map(|limit| limit.scope.clone()).collect();
        let budgets = self.spend.budgets(workspace, &scopes).await?;
        for (limit, budget) in limits.into_iter().zip(budgets) {
            let Some(cap) = limit.cap else { continue };
            if budget.spent * 100 >= cap * NEARLY {
                self.tell(workspace, (&limit.scope, cap), Used::Nearly, *made_at).await?;
            }
        }
        Ok(())
    }

    async fn tell(
        &self,
        workspace: &WorkspaceId,
        (scope, cap): (&BudgetScope, Usd),
        used: Used,
        now: Timestamp,
    ) -> StoreResult<()> {
        // A cap of nothing is a switch: it is not reached.
        if !is_told(scope) || cap.is_zero() {
            return Ok(());
        }
        let level = match used {
            Used::Nearly => "nearly",
            Used::Reached => "reached",
        };
        let mark = format!("{level}#{}", cap.as_micros());
        let since = self.spend.note_told(workspace, scope, &mark, now).await?;
        if now.duration_since(since) > TOLD_AFTER {
            return Ok(());
        }
        let users = self.users.list(workspace).await?;
        let own = match scope {
            BudgetScope::User { user, .. } => Some(user),
            _ => None,
        };
        let is_admin = |user: &User| user.role >= Role::Admin;
        let told = users.iter().filter(|user| !user.disabled && (is_admin(user) || Some(&user.id) == own));
        let subject = self.subject(workspace, scope, &users).await?;
        for user in told {
            let subject = if own == Some(&user.id) { "Your month" } else { &subject };
            let (title, detail) = words(used, cap, subject, scope);
            let id = [level, &cap.as_micros().to_string(), &format!("{scope:?}"), user.id.as_str()];
            let notification = Notification {
                id: NotificationId::derived(since, &id),
                workspace: workspace.clone(),
                user: Some(user.id.clone()),
                kind: NotificationKind::Spend,
                title,
                detail: detail.to_owned(),
                lead: None,
                created_at: since,
                read_at: None,
            };
            self.notifications.put(&notification, &Event::system(EventKind::CapNoted, since)).await?;
        }
        Ok(())
    }

    /// Says what the cap is of.
    async fn subject(
        &self,
        workspace: &WorkspaceId,
        scope: &BudgetScope,
        users: &[User],
    ) -> StoreResult<String> {
        let name_of = |id: &UserId| users.iter().find(|user| user.id == *id).map(|user| user.name.clone());
        Ok(match scope {
            BudgetScope::User { user, .. } => {
                format!("{}'s month", name_of(user).unwrap_or_else(|| "A former user".to_owned()))
            }
            BudgetScope::Column { column, .. } => {
                let column = found(self.columns.get(workspace, column).await)?;
                format!("Column {}'s month", column.map_or_else(|| "that was deleted".to_owned(), |c| c.name))
            }
            BudgetScope::Campaign { campaign } => {
                let campaign = found(self.campaigns.get(workspace, campaign).await)?;
                format!("Campaign {}", campaign.map_or_else(|| "that was deleted".to_owned(), |c| c.name))
            }
            _ => "The month".to_owned(),
        })
    }
}

/// A run says by itself that its money is out.
fn is_told(scope: &BudgetScope) -> bool {
    !matches!(scope, BudgetScope::Run { .. })
}

fn words(used: Used, cap: Usd, subject: &str, scope: &BudgetScope) -> (String, &'static str) {
    match used {
        Used::Nearly if matches!(scope, BudgetScope::Campaign { .. }) => (
            format!("{subject}: {NEARLY}% of its budget of {cap} is spent"),
            "Models write nothing more for it when the budget is used up.",
        ),
        Used::Reached if matches!(scope, BudgetScope::Campaign { .. }) => (
            format!("{subject}: its budget of {cap} is used up"),
            "Its mails use the leads' own opening lines, or the default text, until the budget is raised.",
        ),
        Used::Nearly => (
            format!("{subject}: {NEARLY}% of the cap of {cap} is spent"),
            "Calls that cost money stop when the cap is reached.",
        ),
        Used::Reached => (
            format!("{subject}: the cap of {cap} is reached"),
            "Calls that cost more than what is left are not made until the month ends or an admin raises the cap.",
        ),
    }
}
