//! Trigger rules: what a workspace wants done when a lead does something. A rule is carried out once per occasion:
//! its effects are written to the lead's timeline last, and until then every part of it may be repeated.

use crate::campaign::enrol::{WithMissingValues, enrol_lead};
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::launch::schedule_enrolments;
use crate::campaign::planning_context::PlanningContext;
use crate::campaign::unenrol::unenrol;

use crate::ports::campaigns::CampaignStore;
use crate::ports::leads::{Activity, ActivityKind, RuleEffect};
use crate::ports::notifications::NotificationStore;
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use crate::ports::tasks::TaskStore;
use crate::ports::trigger_rules::RuleStore;
use crate::retry;
use crate::tasks::follow_up::plan_follow_up;
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::campaign::trigger_rule::{Happened, Trigger, TriggerAction, TriggerRule};
use domain::campaign::{Campaign, CampaignState};
use domain::enrolment::Enrolment;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::resume_order::{GoesOn, Resumption};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::follow_up::FollowUpBy;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::{Task, TaskKind};
use domain::{CampaignId, LeadId, NotificationId, TaskId, WorkspaceId};
use jiff::Timestamp;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct RulePorts {
        pub campaigns: Arc<dyn CampaignStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub rules: Arc<dyn RuleStore>,
        pub tasks: Arc<dyn TaskStore>,
        pub enrol: EnrolPorts = EnrolPorts::new,
    }
}

/// Carries out the rules that these happenings trigger. `lead` is the lead after the event. Nothing is read where
/// nothing happened that a rule could wait for, and where the lead is deleted. A caller that makes up for a missed
/// event passes the time of the event: with the same time nothing is done twice.
pub async fn carry_out_rules(
    ports: &RulePorts,
    lead: &Lead,
    happened: &[Happened],
    at: Timestamp,
) -> StoreResult<()> {
    carry_out_judged(ports, lead, happened, (at, at)).await
}

/// Does what `carry_out_rules` does for what was so at one time, and was judged at a later one: what the rules do, they do
/// then. With the same times nothing is done twice.
pub(super) async fn carry_out_judged(
    ports: &RulePorts,
    lead: &Lead,
    happened: &[Happened],
    (since, at): (Timestamp, Timestamp),
) -> StoreResult<()> {
    if happened.is_empty() || lead.is_deleted() {
        return Ok(());
    }
    let now = ports.enrol.clock.now();
    let rules = ports.rules.get(&lead.workspace).await?.rules;
    let mut cases = Vec::new();
    for rule in &rules {
        for occasion in happened.iter().filter_map(|happened| rule.occasion(happened, lead, since)) {
            let case = Case { rule, occasion, lead, at, now, has_stopped: false };
            if !ports.enrol.leads.has_had_activity(lead, &case.id()).await? {
                cases.push(case);
            }
        }
    }
    // All rules stop before any of them enrols, so that none ends what another begins.
    stop(ports, &mut cases).await?;
    for case in &cases {
        carry_out(ports, case).await?;
    }
    Ok(())
}

/// Does what `carry_out_rules` does for a lead that is not read yet.
pub async fn carry_out_rules_for(
    ports: &RulePorts,
    (workspace, lead): (&WorkspaceId, &LeadId),
    happened: Happened,
    at: Timestamp,
) -> StoreResult<()> {
    match found(ports.enrol.leads.get(workspace, lead).await)? {
        Some(lead) => carry_out_rules(ports, &lead, &[happened], at).await,
        None => Ok(()),
    }
}

struct Case<'a> {
    rule: &'a TriggerRule,
    occasion: String,
    lead: &'a Lead,
    at: Timestamp,
    now: Timestamp,
    has_stopped: bool,
}

impl Case<'_> {
    fn event(&self, kind: EventKind) -> Event {
        Event::system(kind, self.now).because(self.rule.id.as_str())
    }

    fn parts(&self) -> [&str; 3] {
        ["rule", self.rule.id.as_str(), &self.occasion]
    }

    fn id(&self) -> String {
        self.parts().join("-")
    }
}

async fn carry_out(ports: &RulePorts, case: &Case<'_>) -> StoreResult<()> {
    let Case { rule, lead, at, .. } = case;
    let mut actions = rule.actions.clone();
    // What makes a quiet lead quiet no longer is last: a repeat judges the lead anew, and would not come to what is behind it.
    let ends_quiet = |action: &TriggerAction| {
        matches!(rule.when, Trigger::NoActivity { .. })
            && matches!(action, TriggerAction::Enrol { .. } | TriggerAction::SetFollowUp { .. })
    };
    actions.sort_by_key(|action| (ends_quiet(action), action.place()));
    let mut effects = Vec::new();
    for action in &actions {
        match action {
            TriggerAction::Stop {} => effects.extend(case.has_stopped.then_some(RuleEffect::Stopped)),
            TriggerAction::Enrol { campaign } => {
                let outcome = enrol(ports, case, campaign).await?;
                effects.push(RuleEffect::Enrolled { campaign: campaign.clone(), outcome });
            }
            TriggerAction::CreateTask { title } => effects.push(create_task(ports, case, title).await?),
            TriggerAction::SetFollowUp { working_days, note } => {
                effects.push(set_follow_up(ports, case, (*working_days, note)).await?);
            }
            TriggerAction::Notify {} => effects.push(notify(ports, case).await?),
        }
    }
    let kind = ActivityKind::RuleCarriedOut { rule: rule.id.clone(), name: rule.name.clone(), effects };
    let activity = Activity { id: case.id(), at: *at, kind, actor: None };
    unless_taken(ports.enrol.leads.put_activity(&lead.workspace, &lead.id, &activity).await)
}

/// Stops the enrolments that the lead had when it happened and notes it in the same write, so that neither a repeat nor a late
/// stop ends what began since, and a repeat knows whether anything was ended.
async fn stop(ports: &RulePorts, cases: &mut [Case<'_>]) -> StoreResult<()> {
    let is_stop = |case: &&mut Case<'_>| case.rule.actions.contains(&TriggerAction::Stop {});
    let mut stopping: Vec<_> = cases.iter_mut().filter(is_stop).collect();
    let Some(first) = stopping.first() else { return Ok(()) };
    let (workspace, lead, at) = (&first.lead.workspace, &first.lead.id, first.at);
    let event = first.event(EventKind::LeadStopped);
    let mut once = |lead: &mut Lead| {
        let mut is_new = false;
        for case in &mut stopping {
            let [ended, idle] = ["ended", "idle"].map(|what| format!("{what}-{}", case.id()));
            if !lead.engagement.has_seen(&ended) && !lead.engagement.has_seen(&idle) {
                is_new = true;
                lead.engagement.note(if lead.active.is_empty() { idle } else { ended.clone() });
            }
            case.has_stopped = lead.engagement.has_seen(&ended);
        }
        is_new
    };
    let enrolments = &ports.enrol.enrolments;
    let why = EndReason::Removed;
    let stopped = enrolments.stop_begun_by(workspace, lead, why, &event, at, &mut once).await;
    found(stopped).map(drop)
}

async fn enrol(ports: &RulePorts, case: &Case<'_>, campaign: &CampaignId) -> StoreResult<EnrolOutcome> {
    let lead = case.lead;
    let Some(campaign) = found(ports.campaigns.get(&lead.workspace, campaign).await)? else {
        return Ok(EnrolOutcome::CampaignOver);
    };
    let before = campaign.state;
    let Campaign { workspace, id, .. } = campaign.clone();
    let key = EnrolmentKey { workspace, lead: lead.id.clone(), campaign: id };
    let planning = PlanningContext::of(&ports.enrol, campaign).await?;
    let by_itself = (None, WithMissingValues::LeftOut);
    let mut outcome = enrol_lead(&ports.enrol, &planning, &lead.id, by_itself, None).await?.outcome;
    if outcome == EnrolOutcome::Busy {
        return Err(StoreError::Conflict);
    }
    let mut repeated = false;
    if outcome == EnrolOutcome::Already {
        // This very rule may have enrolled the lead before it broke off.
        let there = found(ports.enrol.enrolments.get(&key).await)?;
        let this_rule = |there: &Enrolment| {
            there.is_active() && there.enrolled_by().is_none() && there.enrolled_at() >= case.at
        };
        if there.as_ref().is_some_and(this_rule) {
            outcome = EnrolOutcome::Enrolled;
            repeated = true;
        }
    }
    if outcome == EnrolOutcome::Enrolled {
        // The broken attempt read the campaign before this one did.
        follow(ports, case, (!repeated).then_some(before), &key).await?;
    }
    Ok(outcome)
}

/// Schedules or ends the new enrolment if the campaign was launched, resumed or closed meanwhile, because that job
/// may have passed before the enrolment was there.
async fn follow(
    ports: &RulePorts,
    case: &Case<'_>,
    before: Option<CampaignState>,
    key: &EnrolmentKey,
) -> StoreResult<()> {
    let after = ports.campaigns.get(&key.workspace, &key.campaign).await?;
    match after.state {
        state if Some(state) == before => Ok(()),
        CampaignState::Active => {
            let planning = PlanningContext::of(&ports.enrol, after).await?;
            let over = GoesOn::Resumed(Resumption::at(ports.enrol.clock.now()));
            schedule_enrolments(&ports.enrol, &planning, std::slice::from_ref(key), &over).await
        }
        CampaignState::Completed | CampaignState::Archived => {
            unenrol(&*ports.enrol.enrolments, key, &case.event(EventKind::EnrolmentEnded)).await.map(drop)
        }
        CampaignState::Draft | CampaignState::Paused => Ok(()),
    }
}

async fn create_task(ports: &RulePorts, case: &Case<'_>, title: &str) -> StoreResult<RuleEffect> {
    let id = TaskId::derived(&case.lead.id, &case.parts());
    let task = Task::about(case.lead, id, TaskKind::FollowUp, title.to_owned(), case.at);
    unless_taken(ports.tasks.save(&task, &case.event(EventKind::TaskCreated)).await.map(drop))?;
    Ok(RuleEffect::TaskCreated { title: title.to_owned() })
}

/// Gives the lead a follow-up date, unless it has one or takes none. A date that this very case has set is not set again,
/// also if a user has removed it meanwhile.
async fn set_follow_up(
    ports: &RulePorts,
    case: &Case<'_>,
    (working_days, note): (u8, &str),
) -> StoreResult<RuleEffect> {
    let workspace = ports.enrol.workspaces.get(&case.lead.workspace).await?;
    let set = |at: Timestamp| RuleEffect::FollowUpSet { at, note: note.to_owned() };
    retry!(async {
        let Some(mut lead) = found(ports.enrol.leads.get(&workspace.id, &case.lead.id).await)? else {
            return Ok(RuleEffect::NoFollowUp);
        };
        if let Some(by) = lead.follow_up_by.as_ref().filter(|by| by.entry == case.id()) {
            return Ok(set(by.at));
        }
        if let Some(at) = lead.follow_up_at {
            return Ok(RuleEffect::FollowUpKept { at });
        }
        let at = workspace.working_morning_after(case.now, working_days);
        let Some(at) = at.filter(|_| lead.takes_follow_ups()) else {
            return Ok(RuleEffect::NoFollowUp);
        };
        lead.follow_up_at = Some(at);
        lead.follow_up_by = Some(FollowUpBy {
            rule: case.rule.id.clone(),
            name: case.rule.name.clone(),
            note: note.to_owned(),
            at,
            set_at: case.now,
            entry: case.id(),
        });
        lead.updated_at = case.now;
        plan_follow_up(&*ports.enrol.due, &lead).await?;
        ports.enrol.leads.save(&lead, &case.event(EventKind::LeadChanged)).await?;
        Ok(set(at))
    })
}

async fn notify(ports: &RulePorts, case: &Case<'_>) -> StoreResult<RuleEffect> {
    let [what, rule, occasion] = case.parts();
    let notification = Notification {
        id: NotificationId::derived(case.at, &[what, rule, occasion, case.lead.id.as_str()]),
        workspace: case.lead.workspace.clone(),
        user: case.lead.owner.clone(),
        kind: NotificationKind::Rule,
        title: format!("{}: {}", case.rule.name, case.lead.display_name()),
        detail: String::new(),
        lead: Some(case.lead.id.clone()),
        created_at: case.at,
        read_at: None,
    };
    ports.notifications.put(&notification, &case.event(EventKind::NotificationCreated)).await?;
    Ok(RuleEffect::Notified)
}
