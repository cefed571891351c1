//! The context of one send: the lead with its messages, the planning context of its campaign, and when each was read.

use crate::campaign::due_step::due_step;
use crate::campaign::planning_context::{PlannedLead, PlanningContext};
use crate::lead::company_hold::colleague_of;
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::due::Hint;
use crate::ports::leads::LeadFile;
use crate::ports::store::{StoreError, StoreResult};
use crate::sending::cache::Cache;
use crate::sending::ports::SendPorts;
use domain::contact::channel::Channel;
use domain::enrolment::Enrolment;
use domain::enrolment::deferral::Deferral;
use domain::enrolment::key::EnrolmentKey;
use domain::lead::colleague_reply::ColleagueAnswered;
use domain::lead::suppression::Suppression;
use domain::message::{Message, MessageState};
use domain::mutant;
use domain::planning::behaviour::Behaviour;
use domain::planning::planner::{Decision, PlanInput, plan};
use domain::sequence::rollout::Onward;
use domain::sequence::{SequenceVersion, Step};
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use domain::workspace::task::Task;
use jiff::Timestamp;

pub(super) struct SendContext {
    pub workspace: Workspace,
    pub planning: PlanningContext,
    /// The version that the enrolment goes to, while a rollout binds it.
    pub onward: Option<Onward>,
    /// The campaign's accounts.
    pub senders: Vec<Account>,
    pub file: LeadFile,
    pub suppressions: Vec<Suppression>,
    pub colleague: Option<ColleagueAnswered>,
    /// When the lead was read.
    pub read_at: Timestamp,
    /// When the oldest of workspace, campaign and accounts was read.
    pub permitted_at: Timestamp,
    /// When the suppression list was read for this lead.
    pub listed_at: Timestamp,
}

impl SendContext {
    /// The version that the enrolment is on, or has just come to.
    pub fn version_of(&self, enrolment: &Enrolment) -> &SequenceVersion {
        let there = self.onward.as_ref().map(|onward| &onward.version);
        there.filter(|version| version.version == enrolment.version()).unwrap_or(&self.planning.version)
    }

    pub fn present_step(&self, enrolment: &Enrolment) -> Option<&Step> {
        self.planning.version.step(enrolment.step().as_ref()?)
    }

    pub fn decide(&self, enrolment: &Enrolment, now: Timestamp) -> Decision {
        let seen = Behaviour::of(enrolment, &self.file.messages, &self.file.tasks);
        plan(&self.input(enrolment, &Behaviour { colleague: self.colleague, ..seen }, now)).decision
    }

    pub fn input<'a>(
        &'a self,
        enrolment: &'a Enrolment,
        seen: &'a Behaviour,
        now: Timestamp,
    ) -> PlanInput<'a> {
        let lead = PlannedLead { lead: &self.file.lead, suppressions: &self.suppressions, seen };
        PlanInput { version: self.version_of(enrolment), ..self.planning.input(enrolment, lead, now) }
    }

    /// The first time from `from` on at which the planner lets the present step go out.
    pub fn planned_from(&self, enrolment: &Enrolment, from: Timestamp, now: Timestamp) -> Timestamp {
        match self.decide(&enrolment.as_if_due(Some(from)), now) {
            Decision::Wait { until } => until,
            _ => from,
        }
    }

    /// Gives an enrolment that has moved on its due time, which is now if nothing keeps it, or its end.
    pub fn schedule_or_end(&self, enrolment: &mut Enrolment, now: Timestamp) {
        if !enrolment.is_active() {
            return;
        }
        match self.decide(enrolment, now) {
            Decision::Wait { until } => {
                enrolment.defer(Deferral::OwnLimit, until, now);
            }
            Decision::End(reason) => enrolment.end(reason, now),
            _ => enrolment.plan_for(now),
        }
    }

    /// The hint of the enrolment's due time, if it has one.
    pub fn step_hint(&self, enrolment: &Enrolment) -> Option<Hint> {
        let what = |at| Hint { at, what: due_step(enrolment, Some(self.version_of(enrolment))) };
        enrolment.due().map(what)
    }

    /// The enrolment's uncertain messages.
    pub fn uncertain_of(&self, enrolment: &Enrolment) -> impl Iterator<Item = &Message> {
        let campaign = enrolment.key().campaign.clone();
        let uncertain = move |message: &&Message| {
            message.state == MessageState::Uncertain && message.campaign.as_ref() == Some(&campaign)
        };
        self.file.messages.iter().filter(uncertain)
    }

    /// The present step's message, if it is uncertain.
    pub fn present_uncertain(&self, enrolment: &Enrolment) -> Option<&Message> {
        self.uncertain_of(enrolment).find(|message| message.step == *enrolment.step())
    }

    pub fn present_is_uncertain(&self, enrolment: &Enrolment) -> bool {
        self.present_uncertain(enrolment).is_some()
    }

    /// Whether the enrolment's mailbox exists, be it that it fails.
    pub fn has_mailbox_of(&self, enrolment: &Enrolment) -> bool {
        let mailboxes = &self.planning.calendar.mailboxes;
        enrolment.mailbox().as_ref().is_some_and(|own| mailboxes.contains_key(own))
    }

    /// Whether the present step goes out on a channel without mailboxes.
    pub fn is_on_text_channel(&self, enrolment: &Enrolment) -> bool {
        let step = enrolment.step().as_ref().and_then(|step| self.version_of(enrolment).step(step));
        step.and_then(|step| step.kind.channel()).is_some_and(|channel| channel != Channel::Email)
    }

    /// Whether a user was asked what became of this message and has not answered.
    pub fn is_asked_about(&self, message: &Message) -> bool {
        let asks = |task: &Task| task.message.as_ref() == Some(&message.id) && task.done_at.is_none();
        self.file.tasks.iter().any(asks)
    }
}

/// A hint at an enrolment that may be at no message when it is looked at.
pub(super) fn look_hint(enrolment: &Enrolment, at: Timestamp) -> Hint {
    Hint { at, what: due_step(enrolment, None) }
}

pub(super) enum Found {
    Here(Box<(SendContext, Enrolment)>),
    /// The lead is there and not in the campaign.
    NotWritten,
    /// The lead was deleted.
    Gone,
}

/// Reads the context of an enrolment's send. What the batch shares comes from its cache.
pub(super) async fn load_context(ports: &SendPorts, cache: &Cache, key: &EnrolmentKey) -> StoreResult<Found> {
    let read_at = ports.clock.now();
    let file = match ports.leads.file(&key.workspace, &key.lead).await {
        Ok(file) => file,
        Err(StoreError::NotFound) => return Ok(Found::Gone),
        Err(other) => return Err(other),
    };
    let Some(enrolment) = file.enrolments.iter().find(|enrolment| *enrolment.key() == *key).cloned() else {
        return Ok(Found::NotWritten);
    };
    let listed_at = ports.clock.now();
    let mut suppressions = ports.suppressions.find(&key.workspace, &scopes_of(&file.lead)).await?;
    suppressions.retain(|_| !mutant!("suppressions_not_read"));
    let workspace = cache.workspace(ports, &key.workspace).await?;
    let colleague = colleague_of(&*ports.companies, &workspace.value, &file.lead).await?;
    let campaign = cache.campaign(ports, &key.workspace, &key.campaign).await?;
    let senders = cache.senders(ports, &campaign.value).await?;
    let permitted_at = workspace.read_at.min(campaign.read_at).min(senders.read_at);
    let (workspace, senders) = (workspace.value, senders.value);
    let version = cache.version(ports, &enrolment).await?;
    let file = file.in_campaign(&campaign.value);
    let context = SendContext {
        planning: PlanningContext::of_parts(&workspace, campaign.value, version, &senders),
        onward: cache.onward(ports, &enrolment).await?,
        workspace,
        senders,
        file,
        suppressions,
        colleague,
        read_at,
        permitted_at,
        listed_at,
    };
    Ok(Found::Here(Box::new((context, enrolment))))
}
