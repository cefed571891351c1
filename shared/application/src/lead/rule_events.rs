//! What happens to a lead outside of what is ingested, and which trigger rules wait for it: calls that end, moves between
//! stages, what an answer was understood as, sequences that end. The table's stream tells it, however it came about. Only
//! where a workspace has a rule for it, a job is ordered that carries the rule out (`ingesting/rules.rs`). A visit to the
//! preview page, and a sequence that ends, leave a due hint for the time by which the lead should have replied. A closed
//! task, and a message outside of campaigns, leave one for the time at which nothing else may have happened; what changes
//! the lead itself, the nightly job finds (`quiet_leads.rs`).

use crate::lead::quiet_leads::QuietRules;
use crate::ports::changes::{Change, Changed};
use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreError, StoreResult, or_skip};
use crate::ports::trigger_rules::RuleStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::CampaignJob;
use domain::campaign::trigger_rule::{DAYS_TO_REPLY, Happened, Trigger, TriggerRules};
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::lead::stage::StageMove;
use domain::message::Message;
use domain::workspace::task::TaskOutcome;
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct RuleEventPorts {
        pub due: Arc<dyn DueStore>,
        pub outbox: Arc<dyn Outbox>,
        pub rules: Arc<dyn RuleStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleEvent {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    pub what: RuleCause,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleCause {
    Happened(Happened),
    /// A person viewed the lead's preview page, and the time at which one did so before.
    PreviewViewed {
        before: Option<Timestamp>,
    },
    /// A sequence has done all its steps.
    SequenceEnded,
    /// A user did something about the lead that the lead itself does not show.
    Attended,
}

impl RuleEvent {
    pub fn after(changed: &Changed) -> Vec<Self> {
        let event = |lead: &LeadId, what, at| Self {
            workspace: changed.workspace.clone(),
            lead: lead.clone(),
            what,
            at,
        };
        match &changed.change {
            Change::Lead { old: Some(old), new: Some(new) } if !new.is_deleted() => {
                let moved = StageMove::between(old, new).map(|made| {
                    let reached = Happened::StageReached { stage: made.to };
                    event(&new.id, RuleCause::Happened(reached), new.stage_since)
                });
                let views = |lead: &domain::lead::Lead| (lead.engagement.views, lead.absorbed.len());
                let is_visit = views(new).0 > views(old).0 && views(new).1 == views(old).1;
                let viewed = new.engagement.recent_views.last().filter(|_| is_visit);
                let before = old.engagement.recent_views.last().copied();
                let viewed = viewed.map(|at| event(&new.id, RuleCause::PreviewViewed { before }, *at));
                moved.into_iter().chain(viewed).collect()
            }
            Change::Message { old, new } => {
                let intent = |message: &Message| {
                    let understood =
                        message.understood.as_ref().filter(|_| message.is_answer() && !message.test);
                    understood.and_then(|understood| understood.intent)
                };
                let is_news = |was: &Message| intent(was) != intent(new);
                let intent = intent(new).filter(|_| old.as_deref().is_none_or(is_news));
                let answered = intent.map(|intent| Happened::Answered { message: new.id.clone(), intent });
                let answered =
                    answered.map(|what| event(&new.id.lead(), RuleCause::Happened(what), new.created_at));
                let was_sent = old.as_ref().is_some_and(|old| old.accepted_at.is_some());
                let sent = new.accepted_at.filter(|_| new.campaign.is_none() && !new.test && !was_sent);
                let sent = sent.map(|at| event(&new.id.lead(), RuleCause::Attended, at));
                answered.into_iter().chain(sent).collect()
            }
            Change::Task { old, new } => {
                let was = old.as_ref().and_then(|old| old.outcome);
                let ended = new.outcome.filter(|outcome| new.is_logged_call() && was != Some(*outcome));
                let ended = ended.zip(new.done_at).map(|(outcome, at)| {
                    let ended = Happened::CallEnded { task: new.id.clone(), outcome };
                    event(&new.id.lead(), RuleCause::Happened(ended), at)
                });
                let was_open = old.as_ref().is_none_or(|old| old.done_at.is_none());
                let is_done = was_open && new.outcome != Some(TaskOutcome::Cancelled);
                let done = new.done_at.filter(|_| is_done);
                let done = done.map(|at| event(&new.id.lead(), RuleCause::Attended, at));
                ended.into_iter().chain(done).collect()
            }
            Change::Enrolment { old: Some(old), new } if old.is_active() => {
                let is_over = *new.state() == EnrolmentState::Ended { reason: EndReason::Finished };
                let ended = new.ended_at().filter(|_| is_over);
                let ended = ended.map(|at| event(&new.key().lead, RuleCause::SequenceEnded, at));
                ended.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Orders what the rules of these workspaces wait for. It may be repeated: a rule is carried out once per occasion.
pub async fn order_rules(ports: &RuleEventPorts, events: Vec<RuleEvent>) -> StoreResult<()> {
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<RuleEvent>> = BTreeMap::new();
    for event in events {
        by_workspace.entry(event.workspace.clone()).or_default().push(event);
    }
    for (workspace, events) in by_workspace {
        match order_in(ports, &workspace, events).await {
            Ok(()) => {}
            // A workspace that is gone must not stop all records after these.
            Err(StoreError::NotFound) => {
                tracing::error!(workspace.id = %workspace, "a workspace with rules is gone")
            }
            Err(other) => or_skip(Err(other), &workspace)?,
        }
    }
    Ok(())
}

async fn order_in(
    ports: &RuleEventPorts,
    workspace: &WorkspaceId,
    events: Vec<RuleEvent>,
) -> StoreResult<()> {
    let rules = &ports.rules.get(workspace).await?;
    let mut jobs = Vec::new();
    for RuleEvent { workspace, lead, what, at } in events {
        match what {
            RuleCause::Happened(happened) if rules.wait_for(&happened, at) => {
                jobs.push(CampaignJob::CarryOutRules { workspace, lead, happened, at });
            }
            RuleCause::Happened(_) => {}
            RuleCause::PreviewViewed { before } => {
                let days = |when: Trigger| match when {
                    Trigger::PreviewUnanswered { working_days } => Some(working_days),
                    _ => None,
                };
                plan_unanswered(ports, rules, days, (&lead, at, before)).await?;
            }
            RuleCause::SequenceEnded => {
                let days = |when: Trigger| (when == Trigger::SequenceEnded {}).then_some(DAYS_TO_REPLY);
                plan_unanswered(ports, rules, days, (&lead, at, None)).await?;
            }
            RuleCause::Attended => {
                let hints = QuietRules::of(rules).hints_after(&lead, at);
                ports.due.put(&hints).await?;
            }
        }
    }
    send_all(&*ports.outbox, &jobs, 0).await
}

/// Puts a hint for each rule that waits for a reply after this, for the morning after so many working days. It puts none
/// where the same happened `before` and left a hint for the same morning.
async fn plan_unanswered(
    ports: &RuleEventPorts,
    rules: &TriggerRules,
    days_of: impl Fn(Trigger) -> Option<u8>,
    (lead, at, before): (&LeadId, Timestamp, Option<Timestamp>),
) -> StoreResult<()> {
    let waiting = rules.rules.iter().filter(|rule| rule.enabled && rule.created_at <= at);
    let waiting: Vec<_> = waiting.filter_map(|rule| Some((rule, days_of(rule.when)?))).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    let workspace = ports.workspaces.get(&rules.workspace).await?;
    let hints = waiting.into_iter().filter_map(|(rule, working_days)| {
        let due_at = workspace.working_morning_after(at, working_days)?;
        let known = before.filter(|before| rule.created_at <= *before);
        let is_there =
            known.is_some_and(|before| workspace.working_morning_after(before, working_days) == Some(due_at));
        let (workspace, lead, rule) = (workspace.id.clone(), lead.clone(), rule.id.clone());
        let what = DueWork::JudgeRule { workspace, lead, rule, since: at };
        (!is_there).then_some(Hint { at: due_at, what })
    });
    let hints: Vec<_> = hints.collect();
    ports.due.put(&hints).await
}
