//! What was read for one send: the lead with what they were sent, the workspace, the campaign with its accounts, the version, and when
//! each was read. One loader reads it, and the planner is asked with it.

use crate::campaign::planning_context::calendar_of;
use crate::lead::company_hold::colleague_of;
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::leads::LeadFile;
use crate::ports::store::StoreError;
use crate::ports::store::StoreResult;
use crate::sending::SendPorts;

use crate::sending::memory::Memory;

use domain::campaign::Campaign;
use domain::campaign::calendar::Calendar;
use domain::enrolment::Enrolment;
use domain::enrolment::deferral::Deferral;
use domain::enrolment::key::EnrolmentKey;
use domain::lead::colleague_reply::ColleagueAnswered;
use domain::lead::suppression::Suppression;
use domain::message::Message;
use domain::message::MessageState;
use domain::planning::behaviour::Behaviour;
use domain::planning::planner::Decision;
use domain::planning::planner::PlanInput;
use domain::planning::planner::plan;
use domain::sequence::SequenceVersion;
use domain::sequence::rollout::Onward;
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use jiff::Timestamp;

/// All that the planner looks at.
pub(super) struct SendContext {
    pub workspace: Workspace,
    pub campaign: Campaign,
    pub version: SequenceVersion,
    /// The version that the enrolment goes to, while a rollout binds it.
    pub onward: Option<Onward>,
    pub calendar: Calendar,
    /// The campaign's accounts.
    pub senders: Vec<Account>,
    pub file: LeadFile,
    pub suppressions: Vec<Suppression>,
    pub colleague: Option<ColleagueAnswered>,
    pub read_at: Timestamp,
    /// When workspace, campaign and accounts were read.
    pub permitted_at: Timestamp,
    /// When the suppression list was read for this lead.
    pub listed_at: Timestamp,
}

impl SendContext {
    /// The one that it is on, or has just come to.
    pub fn version_of(&self, enrolment: &Enrolment) -> &SequenceVersion {
        let there = self.onward.as_ref().map(|onward| &onward.version);
        there.filter(|version| version.version == enrolment.version).unwrap_or(&self.version)
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
        PlanInput {
            enrolment,
            version: self.version_of(enrolment),
            lead: &self.file.lead,
            campaign: &self.campaign,
            calendar: &self.calendar,
            sending: &self.workspace.sending,
            suppressions: &self.suppressions,
            seen,
            now,
        }
    }

    /// Its messages of which nobody knows yet whether they went out.
    pub fn uncertain_of(&self, enrolment: &Enrolment) -> impl Iterator<Item = &Message> {
        let campaign = enrolment.key.campaign.clone();
        let open = move |message: &&Message| {
            message.state == MessageState::Uncertain && message.campaign.as_ref() == Some(&campaign)
        };
        self.file.messages.iter().filter(open)
    }

    /// Whether the present step's message is uncertain.
    pub fn present_uncertain(&self, enrolment: &Enrolment) -> Option<&Message> {
        self.uncertain_of(enrolment).find(|message| message.step == enrolment.step)
    }

    pub fn present_is_uncertain(&self, enrolment: &Enrolment) -> bool {
        self.present_uncertain(enrolment).is_some()
    }

    /// When an enrolment that has moved on is due again: now, if nothing keeps it. Or its end.
    pub fn settle(&self, enrolment: &mut Enrolment, now: Timestamp) {
        if !enrolment.is_active() {
            return;
        }
        match self.decide(enrolment, now) {
            Decision::Wait { until } => {
                enrolment.defer(Deferral::OwnLimit, until, now);
            }
            Decision::End(reason) => enrolment.end(reason, now),
            _ => enrolment.due = Some(now),
        }
    }
}

pub(super) enum Found {
    Here(Box<(SendContext, Enrolment)>),
    /// The lead is there and not in the campaign.
    NotWritten,
    Gone,
}

pub(super) async fn load_context(
    ports: &SendPorts,
    memory: &mut Memory,
    key: &EnrolmentKey,
) -> StoreResult<Found> {
    let read_at = ports.clock.now();
    let file = match ports.leads.file(&key.workspace, &key.lead).await {
        Ok(file) => file,
        Err(StoreError::NotFound) => return Ok(Found::Gone),
        Err(other) => return Err(other),
    };
    let Some(enrolment) = file.enrolments.iter().find(|enrolment| enrolment.key == *key).cloned() else {
        return Ok(Found::NotWritten);
    };
    let listed_at = ports.clock.now();
    let suppressions = ports.suppressions.find(&key.workspace, &scopes_of(&file.lead)).await?;
    let workspace = memory.workspace(ports, &key.workspace).await?;
    let colleague = colleague_of(&*ports.companies, &workspace, &file.lead).await?;
    let campaign = memory.campaign(ports, &key.workspace, &key.campaign).await?;
    let senders = memory.senders(ports, &campaign).await?;
    let scene = SendContext {
        calendar: calendar_of(&workspace, &campaign, &senders),
        read_at,
        permitted_at: memory.permitted_at(&campaign).unwrap_or(Timestamp::MIN),
        listed_at,
        senders,
        workspace,
        campaign,
        version: memory.version(ports, &enrolment).await?,
        onward: memory.onward(ports, &enrolment).await?,
        colleague,
        suppressions,
        file,
    };
    Ok(Found::Here(Box::new((scene, enrolment))))
}
