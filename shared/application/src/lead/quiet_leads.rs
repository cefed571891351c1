//! Finds leads on which nothing has happened for as long as a rule says. The nightly job reads the rows of all leads anyway;
//! a lead whose latest change is that long ago gets a due hint, by which the rule looks at the lead itself
//! (`ingesting/timed_rules.rs`). Only leads that went quiet in the last days get one, so that those that have long been
//! quiet are not read every night.

use crate::ports::due::{DueWork, Hint};
use crate::ports::leads::LeadRow;
use domain::campaign::trigger_rule::{Trigger, TriggerRules};
use domain::{LeadId, RuleId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// How long ago a lead may have gone quiet: some nights may fail, or not come to the workspace.
const FOUND_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The most leads of a workspace and night; the others come the nights after.
pub const MOST_A_NIGHT: usize = 500;

/// The rules of a workspace that wait until nothing has happened for a while.
pub struct QuietRules {
    workspace: WorkspaceId,
    waits: Vec<(RuleId, SignedDuration)>,
}

impl QuietRules {
    pub fn of(rules: &TriggerRules) -> Self {
        let waits = rules.rules.iter().filter(|rule| rule.enabled).filter_map(|rule| match rule.when {
            Trigger::NoActivity { days } => {
                Some((rule.id.clone(), SignedDuration::from_hours(24 * i64::from(days))))
            }
            _ => None,
        });
        Self { workspace: rules.workspace.clone(), waits: waits.collect() }
    }

    /// The hints for rules that a lead may meet if nothing happens on it after this.
    pub fn hints_after(&self, lead: &LeadId, since: Timestamp) -> Vec<Hint> {
        let hints = self
            .waits
            .iter()
            .filter_map(|(rule, wait)| Some(self.hint(lead, rule, since, since.checked_add(*wait).ok()?)));
        hints.collect()
    }

    /// The hints for those of these leads that went quiet lately and for whom nothing is planned, due now.
    pub fn hints_of(&self, rows: &[LeadRow], now: Timestamp) -> Vec<Hint> {
        let mut hints = Vec::new();
        for (rule, wait) in &self.waits {
            let went_quiet = |row: &&LeadRow| {
                let ago = now.duration_since(row.updated_at) - *wait;
                (SignedDuration::ZERO..FOUND_WITHIN).contains(&ago)
            };
            let is_planned = |row: &LeadRow| {
                row.follow_up_at.is_some()
                    || !row.active.is_empty()
                    || row.status.is_closed()
                    || row.do_not_contact
            };
            let quiet = rows.iter().filter(went_quiet).filter(|row| !is_planned(row));
            hints.extend(quiet.map(|row| self.hint(&row.id, rule, row.updated_at, now)));
        }
        hints
    }

    fn hint(&self, lead: &LeadId, rule: &RuleId, since: Timestamp, at: Timestamp) -> Hint {
        let (workspace, lead, rule) = (self.workspace.clone(), lead.clone(), rule.clone());
        Hint { at, what: DueWork::JudgeRule { workspace, lead, rule, since } }
    }
}
