//! Targets as the API shows and takes them.

use crate::App;
use crate::target_actuals::{Reached, TargetActuals};
use domain::UserId;
use domain::lead::scope::LeadScope;
use domain::money::Currency;
use domain::time::calendar_month::CalendarMonth;
use domain::time::days_off::DaysOff;
use domain::workspace::target::{MOST_TARGETS, TargetFigures, TargetPlan, TargetProgress, WorkingDays};
use domain::workspace::user::Role;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The months before the present one whose targets are shown: moves between stages are kept for a year.
const MONTHS_BACK: i32 = 11;
/// The months after the present one for which targets are set.
const MONTHS_AHEAD: i32 = 12;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TargetsView {
    /// `2026-11`, in UTC
    pub month: CalendarMonth,
    /// The working days of the month: Monday to Friday without days off and holidays of the workspace's country.
    pub working_days: u32,
    /// Those that are over.
    pub days_over: u32,
    /// The workspace's currency, in which money is counted.
    pub currency: Currency,
    /// The whole workspace; null for those who do not see all leads.
    pub team: Option<TargetProgresses>,
    /// The members by name: a rep gets their own figures alone, a manager of a team those of its members.
    pub members: Vec<MemberTargets>,
    /// There are payments in other currencies, which are not counted.
    pub other_currencies: bool,
    /// There are more calls or moves of leads than are counted.
    pub cut_off: bool,
    /// Whether the caller may set the targets of this month.
    pub may_change: bool,
    pub rev: u64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MemberTargets {
    pub user: UserId,
    pub name: String,
    pub progress: TargetProgresses,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TargetProgresses {
    pub calls: TargetProgress,
    /// Calls in which a meeting was booked.
    pub meetings: TargetProgress,
    /// Leads that were won, counted for their owner at that time.
    pub won: TargetProgress,
    /// Money that was collected less refunds, in minor units, shared as commissions are.
    pub collected: TargetProgress,
}

impl TargetProgresses {
    fn of(target: TargetFigures, Reached { all, before_today }: Reached, days: WorkingDays) -> Self {
        let of = |target: Option<i64>, all, before| TargetProgress::of(target, all, before, days);
        Self {
            calls: of(target.calls.map(i64::from), all.calls, before_today.calls),
            meetings: of(target.meetings.map(i64::from), all.meetings, before_today.meetings),
            won: of(target.won.map(i64::from), all.won, before_today.won),
            collected: of(target.collected_minor, all.collected_minor, before_today.collected_minor),
        }
    }
}

/// The users whose figures alone the caller sees: a rep their own, a manager of a team those of its members. None if the
/// caller sees those of all.
pub fn shown_to(caller: &Caller) -> ApiResult<Option<BTreeSet<UserId>>> {
    let signed_in = caller.signed_in()?;
    match caller.leads() {
        _ if signed_in.role == Role::Rep => Ok(Some(BTreeSet::from([signed_in.user.clone()]))),
        LeadScope::Owners(owners) => Ok(Some(owners.clone())),
        LeadScope::All => Ok(None),
    }
}

/// Tells whether a month has targets that are shown.
pub fn is_shown(month: &CalendarMonth, now: Timestamp) -> bool {
    let present = CalendarMonth::at(now);
    (present.plus(-MONTHS_BACK)..=present.plus(MONTHS_AHEAD)).contains(month)
}

/// The targets of a month beside what was reached.
pub async fn targets_view(app: &App, caller: &Caller, plan: TargetPlan) -> ApiResult<TargetsView> {
    let (workspace, now) = (caller.read_workspace(&*app.workspaces).await?, app.clock.now());
    let zone = workspace.default_zone.zone();
    let today = now.to_zoned(zone).date();
    let midnight = today.to_zoned(workspace.default_zone.zone()).map_or(now, |begin| begin.timestamp());
    let off = DaysOff::in_country(workspace.default_country, &workspace.days_off);
    let days = WorkingDays::of(&plan.month, off, today);
    let actuals =
        TargetActuals::of(app, &caller.workspace, (&plan.month, midnight), workspace.currency).await?;
    let only = shown_to(caller)?;
    let role = caller.signed_in()?.role;
    let mut members = Vec::new();
    let mut team: BTreeMap<UserId, (String, bool)> = BTreeMap::new();
    for user in app.users.list(&caller.workspace).await? {
        team.insert(user.id, (user.name, !user.disabled && user.role > Role::ReadOnly));
    }
    let sellers = team.iter().filter(|(_, (_, sells))| *sells).map(|(user, _)| user);
    let users: BTreeSet<&UserId> = sellers.chain(plan.members.keys()).chain(actuals.members.keys()).collect();
    for user in users.into_iter().filter(|user| only.as_ref().is_none_or(|only| only.contains(*user))) {
        let target = plan.members.get(user).copied().unwrap_or_default();
        let reached = actuals.members.get(user).copied().unwrap_or_default();
        let name = team.get(user).map_or_else(|| "A former member".to_owned(), |(name, _)| name.clone());
        let progress = TargetProgresses::of(target, reached, days);
        members.push(MemberTargets { user: user.clone(), name, progress });
    }
    members.sort_by(|a, b| (&a.name, &a.user).cmp(&(&b.name, &b.user)));
    let sees_all = caller.leads().is_all();
    Ok(TargetsView {
        working_days: days.all,
        days_over: days.over,
        currency: workspace.currency,
        team: sees_all.then(|| TargetProgresses::of(plan.team, actuals.team, days)),
        members,
        other_currencies: actuals.other_currencies,
        cut_off: actuals.cut_off,
        may_change: role >= Role::Manager && plan.month >= CalendarMonth::at(now),
        rev: plan.rev,
        month: plan.month,
    })
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetsBody {
    /// The targets of the whole workspace. They stay if this is left out, as it must be by those who do not see all leads.
    team: Option<TargetFigures>,
    /// The targets of all members whom the caller sees; one who is missing has none.
    members: Vec<MemberTargetsBody>,
    /// The revision that this change is based on; `If-Match` does the same.
    pub rev: Option<u64>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberTargetsBody {
    user: UserId,
    targets: TargetFigures,
}

impl TargetsBody {
    /// Puts the targets in the place of those that the caller sees; answers 422 on each fault.
    pub async fn apply(self, app: &App, caller: &Caller, plan: &mut TargetPlan) -> ApiResult<()> {
        let mut errors = FieldErrors::default();
        let only = shown_to(caller)?;
        let team: BTreeSet<UserId> =
            app.users.list(&caller.workspace).await?.into_iter().map(|user| user.id).collect();
        let is_shown = |user: &UserId| only.as_ref().is_none_or(|only| only.contains(user));
        if let Some(figures) = self.team {
            if !caller.leads().is_all() {
                errors.add("team", "is set by those who see all leads: leave it out");
            }
            figures
                .faults()
                .into_iter()
                .for_each(|(field, fault)| errors.add(format!("team.{field}"), fault));
            plan.team = figures;
        }
        if self.members.len() > MOST_TARGETS {
            return Err(ApiError::invalid("members", format!("are at most {MOST_TARGETS}")));
        }
        // Targets of former members are no longer anybody's to set, and stay.
        plan.members.retain(|user, _| !(is_shown(user) && team.contains(user)));
        let mut given = BTreeSet::new();
        for (place, MemberTargetsBody { user, targets }) in self.members.into_iter().enumerate() {
            let field = format!("members[{place}]");
            for (name, fault) in targets.faults() {
                errors.add(format!("{field}.targets.{name}"), fault);
            }
            if !team.contains(&user) {
                errors.add(format!("{field}.user"), "there is no such user in this workspace");
            } else if !is_shown(&user) {
                errors.add(format!("{field}.user"), "is not a member of your team");
            }
            if !given.insert(user.clone()) {
                errors.add(format!("{field}.user"), "is there twice");
            }
            if !targets.is_empty() {
                plan.members.insert(user, targets);
            }
        }
        if plan.members.len() > MOST_TARGETS {
            errors.add("members", format!("are at most {MOST_TARGETS}, former members included"));
        }
        errors.finish()
    }
}
