//! Finds leads on which nothing has happened for as long as a rule says. The nightly job reads the rows of all leads anyway;
//! a lead whose latest change is that long ago gets a due hint, by which the rule looks at the lead itself
//! (`ingesting/timed_rules.rs`). Only leads that went quiet in the last two days get one, so that those that have long been
//! quiet are not read every night.

use crate::ports::due::{DueWork, Hint};
use crate::ports::leads::LeadRow;
use domain::campaign::trigger_rule::{OnlyIf, Trigger, TriggerRules};
use domain::{LeadId, RuleId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// The time since the last night, which began about a day ago.
const SINCE_LAST_NIGHT: SignedDuration = SignedDuration::from_hours(25);
/// How long ago a lead may have gone quiet: one night may fail, or not come to the workspace.
const FOUND_WITHIN: SignedDuration = SignedDuration::from_hours(49);
/// The most leads of a workspace and night.
pub const MOST_A_NIGHT: usize = 500;

/// The rules of a workspace that wait until nothing has happened for a while.
pub struct QuietRules {
    workspace: WorkspaceId,
    waits: Vec<QuietRule>,
}

struct QuietRule {
    id: RuleId,
    wait: SignedDuration,
    only: OnlyIf,
    created_at: Timestamp,
}

/// The hints of one page of rows.
pub struct QuietHints {
    /// The hints for leads that went quiet since the last night.
    pub first: Vec<Hint>,
    /// The hints for those that went quiet before it, and may have one already.
    pub second: Vec<Hint>,
}

impl QuietRules {
    pub fn of(rules: &TriggerRules) -> Self {
        let waits = rules.rules.iter().filter(|rule| rule.enabled).filter_map(|rule| match rule.when {
            Trigger::NoActivity { days } => Some(QuietRule {
                id: rule.id.clone(),
                wait: SignedDuration::from_hours(24 * i64::from(days)),
                only: rule.only.clone(),
                created_at: rule.created_at,
            }),
            _ => None,
        });
        Self { workspace: rules.workspace.clone(), waits: waits.collect() }
    }

    /// The hints for rules that a lead may meet if nothing happens on it after this.
    pub fn hints_after(&self, lead: &LeadId, since: Timestamp) -> Vec<Hint> {
        let hint = |rule: &QuietRule| {
            let at = since.checked_add(rule.wait).ok()?;
            Some(self.hint(lead, &rule.id, since, at))
        };
        self.waits.iter().filter_map(hint).collect()
    }

    /// The hints for those of these leads that went quiet lately, since the rule was made, and for whom nothing is planned,
    /// due now.
    pub fn hints_of(&self, rows: &[LeadRow], now: Timestamp) -> QuietHints {
        let mut hints = QuietHints { first: Vec::new(), second: Vec::new() };
        for rule in &self.waits {
            for row in rows.iter().filter(|row| rule.may_concern(row)) {
                let ago = now.duration_since(row.updated_at) - rule.wait;
                let is_old = now.duration_since(rule.created_at) < ago;
                if is_old || !(SignedDuration::ZERO..FOUND_WITHIN).contains(&ago) {
                    continue;
                }
                let night = if ago < SINCE_LAST_NIGHT { &mut hints.first } else { &mut hints.second };
                night.push(self.hint(&row.id, &rule.id, row.updated_at, now));
            }
        }
        hints
    }

    fn hint(&self, lead: &LeadId, rule: &RuleId, since: Timestamp, at: Timestamp) -> Hint {
        let (workspace, lead, rule) = (self.workspace.clone(), lead.clone(), rule.clone());
        Hint { at, what: DueWork::JudgeRule { workspace, lead, rule, since } }
    }
}

impl QuietRule {
    fn may_concern(&self, row: &LeadRow) -> bool {
        let is_over = row.status.is_closed() || row.do_not_contact || row.possible_opt_out;
        let is_planned = row.follow_up_at.is_some() || !row.active.is_empty();
        let has_tag = |tag: &String| row.tags.contains(tag);
        !is_over && !is_planned && self.only.holds_for(row.status, row.country, has_tag)
    }
}
