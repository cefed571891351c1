//! What a workspace's own rules cause. A rule is carried out once an occasion: what it did is put on the lead's timeline last,
//! and every part of it may be repeated until then.

use super::IngestPorts;
use crate::courses::Course;
use crate::enrolling::{Lacking, enrol_lead};
use crate::launching::schedule_enrolments;
use crate::leads::{Activity, ActivityKind, RuleEffect};
use crate::leaving::take_out;
use crate::store::{StoreError, StoreResult, found, unless_taken};
use domain::campaign::{Campaign, CampaignState};
use domain::enrolling::EnrolOutcome;
use domain::enrolment::{EndReason, EnrolmentKey};
use domain::event::Event;
use domain::lead::Lead;
use domain::notification::{Notification, NotificationKind};
use domain::task::{Task, TaskKind};
use domain::trigger_rule::{Happened, TriggerAction, TriggerRule};
use domain::{CampaignId, NotificationId, TaskId};
use jiff::Timestamp;

/// `lead` as it is after the event; nothing is read where nothing happened that a rule could be for.
pub(super) async fn carry_out_rules(
    ports: &IngestPorts,
    lead: &Lead,
    happened: &[Happened<'_>],
    at: Timestamp,
) -> StoreResult<()> {
    if happened.is_empty() {
        return Ok(());
    }
    for rule in ports.rules.get(&lead.workspace).await?.rules {
        for occasion in happened.iter().filter_map(|happened| rule.occasion(*happened, lead)) {
            carry_out(ports, &Case { rule: &rule, occasion, lead, at }).await?;
        }
    }
    Ok(())
}

struct Case<'a> {
    rule: &'a TriggerRule,
    occasion: String,
    lead: &'a Lead,
    at: Timestamp,
}

impl Case<'_> {
    fn event(&self, kind: &str) -> Event {
        Event::system(kind, self.at).because(self.rule.id.as_str())
    }

    fn parts(&self) -> [&str; 3] {
        ["rule", self.rule.id.as_str(), &self.occasion]
    }
}

async fn carry_out(ports: &IngestPorts, case: &Case<'_>) -> StoreResult<()> {
    let Case { rule, lead, at, .. } = case;
    let id = case.parts().join("-");
    if ports.leads.has_activity(&lead.workspace, &lead.id, &id).await? {
        return Ok(());
    }
    let mut actions = rule.actions.clone();
    actions.sort_by_key(TriggerAction::place);
    let mut effects = Vec::new();
    for action in &actions {
        effects.push(match action {
            TriggerAction::Stop {} => {
                stop(ports, case).await?;
                RuleEffect::Stopped
            }
            TriggerAction::Enrol { campaign } => RuleEffect::Enrolled {
                campaign: campaign.clone(),
                outcome: enrol(ports, case, campaign).await?,
            },
            TriggerAction::CreateTask { title } => create_task(ports, case, title).await?,
            TriggerAction::Notify {} => notify(ports, case).await?,
        });
    }
    let kind = ActivityKind::RuleCarriedOut { rule: rule.id.clone(), name: rule.name.clone(), effects };
    let activity = Activity { id, at: *at, kind, actor: None };
    unless_taken(ports.leads.put_activity(&lead.workspace, &lead.id, &activity).await)
}

/// Who is in nothing but where this rule leads has been through this, or need not.
async fn stop(ports: &IngestPorts, case: &Case<'_>) -> StoreResult<()> {
    let Case { rule, lead, .. } = case;
    let leads_to = |campaign: &CampaignId| {
        let there = TriggerAction::Enrol { campaign: campaign.clone() };
        rule.actions.contains(&there)
    };
    let Some(now) = found(ports.leads.get(&lead.workspace, &lead.id).await)? else { return Ok(()) };
    if now.active.iter().all(leads_to) {
        return Ok(());
    }
    let event = case.event("lead_stopped");
    ports.enrolments.stop(&lead.workspace, &lead.id, EndReason::Removed, &event).await.map(drop)
}

async fn enrol(ports: &IngestPorts, case: &Case<'_>, campaign: &CampaignId) -> StoreResult<EnrolOutcome> {
    let lead = case.lead;
    let Some(campaign) = found(ports.campaigns.get(&lead.workspace, campaign).await)? else {
        return Ok(EnrolOutcome::CampaignOver);
    };
    let before = campaign.state;
    let Campaign { workspace, id, .. } = campaign.clone();
    let key = EnrolmentKey { workspace, lead: lead.id.clone(), campaign: id };
    let course = Course::of(&ports.enrol, campaign).await?;
    let by_itself = (None, Lacking::LeftOut);
    let mut outcome = enrol_lead(&ports.enrol, &course, &lead.id, by_itself).await?.outcome;
    if outcome == EnrolOutcome::Busy {
        return Err(StoreError::Conflict);
    }
    if outcome == EnrolOutcome::Already {
        // This very rule, before it broke off.
        let there = found(ports.enrolments.get(&key).await)?;
        if there.is_some_and(|there| there.enrolled_by.is_none() && there.enrolled_at >= case.at) {
            outcome = EnrolOutcome::Enrolled;
        }
    }
    if outcome == EnrolOutcome::Enrolled {
        follow(ports, case, before, &key).await?;
    }
    Ok(outcome)
}

/// The campaign may have been launched, resumed or closed meanwhile, and its people gone through before this one was in.
async fn follow(
    ports: &IngestPorts,
    case: &Case<'_>,
    before: CampaignState,
    key: &EnrolmentKey,
) -> StoreResult<()> {
    let after = ports.campaigns.get(&key.workspace, &key.campaign).await?;
    match after.state {
        state if state == before => Ok(()),
        CampaignState::Active => {
            let course = Course::of(&ports.enrol, after).await?;
            schedule_enrolments(&ports.enrol, &course, std::slice::from_ref(key)).await
        }
        CampaignState::Completed | CampaignState::Archived => {
            take_out(&*ports.enrolments, key, &case.event("enrolment_ended")).await.map(drop)
        }
        CampaignState::Draft | CampaignState::Paused => Ok(()),
    }
}

async fn create_task(ports: &IngestPorts, case: &Case<'_>, title: &str) -> StoreResult<RuleEffect> {
    let id = TaskId::derived(&case.lead.id, &case.parts());
    let task = Task::about(case.lead, id, TaskKind::FollowUp, title.to_owned(), case.at);
    unless_taken(ports.tasks.save(&task, &case.event("task_created")).await.map(drop))?;
    Ok(RuleEffect::TaskCreated { title: title.to_owned() })
}

async fn notify(ports: &IngestPorts, case: &Case<'_>) -> StoreResult<RuleEffect> {
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
    ports.notifications.put(&notification, &case.event("notification_created")).await?;
    Ok(RuleEffect::Notified)
}
