//! Counts what was reached in a month, from the lists that the statistics of calls, the health of the pipeline and the
//! commissions read, too.

use crate::App;
use application::ports::store::StoreResult;
use domain::deal::pipeline_health::winning_moves;
use domain::money::Currency;
use domain::revenue::commission::split;
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::task::TaskOutcome;
use domain::{UserId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// The most calls of a month that are counted.
const MOST_CALLS: usize = 20_000;
/// The most moves between stages that are read, the latest ones.
const MOST_MOVES: usize = 50_000;

/// The figures that have targets.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    pub calls: i64,
    pub meetings: i64,
    pub won: i64,
    pub collected_minor: i64,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.meetings += other.meetings;
        self.won += other.won;
        self.collected_minor = self.collected_minor.saturating_add(other.collected_minor);
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Reached {
    pub all: Figures,
    pub before_today: Figures,
}

impl Reached {
    fn add(&mut self, figures: Figures, is_before_today: bool) {
        self.all += figures;
        if is_before_today {
            self.before_today += figures;
        }
    }
}

#[derive(Debug, Default)]
pub struct TargetActuals {
    /// The figures of the workspace, with what nobody made or is credited with.
    pub team: Reached,
    pub members: BTreeMap<UserId, Reached>,
    /// There are more calls or moves than are read.
    pub cut_off: bool,
    /// There are payments in other currencies, which are left out.
    pub other_currencies: bool,
}

impl TargetActuals {
    /// Counts a month. `today` is the time at which the present day began.
    pub async fn of(
        app: &App,
        workspace: &WorkspaceId,
        (month, today): (&CalendarMonth, Timestamp),
        currency: Currency,
    ) -> StoreResult<Self> {
        let mut actuals = Self::default();
        let time = month.start()..month.end();
        let calls = app.tasks.calls_between(workspace, time.clone(), MOST_CALLS).await?;
        // A lead that was won and moved back in a later month was not won.
        let moves = app.stages.moves_since(workspace, time.start, MOST_MOVES).await?;
        actuals.cut_off = calls.len() >= MOST_CALLS || moves.len() >= MOST_MOVES;
        for call in calls {
            let meetings = i64::from(call.outcome == Some(TaskOutcome::Booked));
            let figures = Figures { calls: 1, meetings, ..Figures::default() };
            let is_before_today = call.done_at.is_some_and(|at| at < today);
            actuals.team.add(figures, is_before_today);
            actuals.add(call.done_by.as_ref(), figures, is_before_today);
        }
        for made in winning_moves(&moves).filter(|made| time.contains(&made.at)) {
            let figures = Figures { won: 1, ..Figures::default() };
            actuals.team.add(figures, made.at < today);
            actuals.add(made.owner.as_ref(), figures, made.at < today);
        }
        for paid in app.commissions.booked_in(workspace, month).await? {
            if paid.amount.currency != currency {
                actuals.other_currencies = true;
                continue;
            }
            let of = |collected_minor: i64| Figures { collected_minor, ..Figures::default() };
            let is_before_today = paid.booked_at < today;
            actuals.team.add(of(paid.amount.amount_minor), is_before_today);
            for (credit, share) in paid.credits.iter().zip(split(paid.amount.amount_minor, &paid.credits)) {
                actuals.add(Some(&credit.user), of(share), is_before_today);
            }
        }
        Ok(actuals)
    }

    fn add(&mut self, user: Option<&UserId>, figures: Figures, is_before_today: bool) {
        if let Some(user) = user {
            self.members.entry(user.clone()).or_default().add(figures, is_before_today);
        }
    }
}
