//! Explains why a message to a lead goes out, waits or does not: asks the planner as the send pipeline asks it, and
//! then the account's own checks. Writes nothing.

use crate::campaign::mailbox_choice::{candidates_from, open_mailboxes};
use crate::campaign::planning_context::{PlannedLead, PlanningContext, text_senders};
use crate::lead::company_hold::colleague_of;
use crate::lead::suppression_lookup::scopes_of;

use crate::ports::accounts::AccountStore;
use crate::ports::circuit_breakers::BreakerStore;
use crate::ports::clock::Clock;
use crate::ports::companies::CompanyStore;
use crate::ports::leads::LeadFile;
use crate::ports::mailbox_readings::MailboxReadingStore;
use crate::ports::mailboxes::MailboxReader;
use crate::ports::quotas::QuotaStore;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::StoreResult;
use crate::ports::suppressions::SuppressionStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::sending::{DAY, domain_bucket, workspace_room};
use domain::campaign::Campaign;
use domain::capacity::circuit_breaker::Breaker;
use domain::capacity::contact_caps::{day_begins, day_of};
use domain::capacity::follow_up_load::FollowUps;
use domain::capacity::mailbox_rotation::choose;
use domain::capacity::quota::{Quota, SlotRequest};
use domain::contact::channel::{Channel, Touch};
use domain::enrolment::reasons::{HoldReason, HoldScope};
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::lead::Lead;
use domain::lead::colleague_reply::ColleagueAnswered;
use domain::lead::suppression::Suppression;
use domain::planning::behaviour::Behaviour;
use domain::planning::check::Check;
use domain::planning::next_action::{NextAction, NextActionKind};
use domain::planning::planner::{Decision, PlanInput, account_resumes, may_change_mailbox, plan};
use domain::planning::readiness::CheckedAccount;
use domain::sequence::SequenceVersion;
use domain::time::days_off::DaysOff;
use domain::time::time_zone::ZoneFact;
use domain::workspace::account::Account;
use domain::workspace::mailbox_reading::MailboxReading;
use domain::workspace::{WhenUncertain, Workspace};
use domain::{AccountId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct WhyPorts {
        clock: Arc<dyn Clock>,
        workspaces: Arc<dyn WorkspaceStore>,
        companies: Arc<dyn CompanyStore>,
        accounts: Arc<dyn AccountStore>,
        breakers: Arc<dyn BreakerStore>,
        quotas: Arc<dyn QuotaStore>,
        limits: Arc<dyn RateLimitStore>,
        mailbox_reader: Arc<dyn MailboxReader>,
        mailbox_readings: Arc<dyn MailboxReadingStore>,
        suppressions: Arc<dyn SuppressionStore>,
    }
}

/// The data that all of a lead's enrolments are explained with, read once for all of them.
pub struct ExplainContext {
    pub workspace: Workspace,
    /// The suppression entries that name an address, a domain or a number of the lead.
    pub listed: Vec<Suppression>,
    pub now: Timestamp,
    colleague: Option<ColleagueAnswered>,
    accounts: Vec<Account>,
    breakers: Vec<Breaker>,
    quotas: Vec<Quota>,
    /// Whether replies were read lately, by account, for those that read a mailbox.
    replies_read: BTreeMap<AccountId, Check>,
    workspace_room: Option<Check>,
    domain_room: Option<Check>,
}

pub struct Explanation {
    /// The checks in the order in which they are made before each send. All but the last have passed, except
    /// the account's checks, which are all listed.
    pub checks: Vec<Check>,
    pub zone: ZoneFact,
    pub next: NextAction,
}

impl ExplainContext {
    pub async fn of(ports: &WhyPorts, workspace: &WorkspaceId, lead: &Lead) -> StoreResult<Self> {
        let workspace = ports.workspaces.get(workspace).await?;
        let (id, now) = (&workspace.id, ports.clock.now());
        let mut domain_room = None;
        if let (Some(email), Some(_)) = (&lead.email, workspace.caps.domain_per_day) {
            let taken = ports.limits.taken(&domain_bucket(id, email.domain()), DAY, now).await?;
            domain_room = workspace.caps.domain_room(email.domain(), taken);
        }
        let accounts = ports.accounts.list(id).await?;
        Ok(Self {
            replies_read: replies_read(ports, &accounts, now).await?,
            colleague: colleague_of(&*ports.companies, &workspace, lead).await?,
            listed: ports.suppressions.find(id, &scopes_of(lead)).await?,
            accounts,
            breakers: ports.breakers.list(id).await?,
            quotas: ports.quotas.list(id).await?,
            workspace_room: workspace_room(&*ports.limits, &workspace, now).await?,
            domain_room,
            workspace,
            now,
        })
    }

    pub fn explain(
        &self,
        file: &LeadFile,
        enrolment: &Enrolment,
        campaign: &Campaign,
        version: &SequenceVersion,
    ) -> Explanation {
        let Self { workspace, now, .. } = self;
        let mut senders = self.accounts.clone();
        senders.retain(|sender| campaign.sends_by(&sender.id));
        let known = Behaviour::of(enrolment, &file.messages, &file.tasks);
        let seen = Behaviour { colleague: self.colleague, ..known };
        let planning = PlanningContext::of_parts(workspace, campaign.clone(), version.clone(), &senders);
        let lead = PlannedLead { lead: &file.lead, suppressions: &self.listed, seen: &seen };
        let input = planning.input(enrolment, lead, *now);
        let mut found = plan(&input);
        // Where the provider deferred the step, the answer is what holds once that delay is over.
        let at_once = enrolment.as_if_due(None);
        let otherwise = plan(&PlanInput { enrolment: &at_once, ..input });
        let mut room_from = None;
        if otherwise.decision == Decision::Send
            && let Some(account) = self.account_of(&planning, &senders, &file.lead, enrolment)
        {
            let (checks, from) = self.account_checks(&account, version, enrolment);
            if checks.iter().any(|check| !check.passed) {
                found = otherwise;
                room_from = Some(from);
            }
            if found.decision == Decision::Send {
                found.checks.extend(checks);
            }
        }
        let uncertain =
            matches!(enrolment.state(), EnrolmentState::Held { reason: HoldReason::Uncertain, .. });
        let afterwards = match (uncertain, workspace.when_uncertain) {
            (false, _) => "",
            (true, WhenUncertain::Hold) => ". If delivery stays uncertain, you decide",
            (true, WhenUncertain::Resend) => ". If delivery stays uncertain, it is sent again",
        };
        for check in found.checks.iter_mut().filter(|check| !check.passed) {
            check.seen.push_str(afterwards);
        }
        let mut next = NextAction::of(enrolment, version, &found.decision, *now);
        if let Some(at) = end_of_pause(&found.decision, &input) {
            next = NextAction { what: NextActionKind::LookAgain, at: Some(at) };
        }
        if let Some(from) = room_from {
            let what = if from.is_some() { NextActionKind::Send } else { NextActionKind::AwaitPerson };
            next =
                NextAction { what, at: from.map(|from| enrolment.due().map_or(from, |due| due.max(from))) };
        }
        Explanation { checks: found.checks, zone: found.zone, next }
    }

    /// Returns the account that sends the present step: for e-mail the enrolment's own mailbox, else the one that
    /// would be chosen now.
    fn account_of(
        &self,
        PlanningContext { campaign, version, calendar, .. }: &PlanningContext,
        senders: &[Account],
        lead: &Lead,
        enrolment: &Enrolment,
    ) -> Option<Account> {
        let step = enrolment.step().as_ref()?;
        let Touch { channel, opening } = enrolment.touch(version)?;
        if channel != Channel::Email {
            return text_senders(campaign, senders).remove(&channel);
        }
        let open = open_mailboxes(campaign, senders);
        let moves = may_change_mailbox(enrolment, campaign, calendar, self.now);
        let own = open.iter().find(|mailbox| Some(&mailbox.id) == enrolment.mailbox().as_ref());
        if let Some(own) = own.filter(|_| !moves) {
            return Some((*own).clone());
        }
        let candidates = candidates_from(&open, &self.breakers, &self.quotas, self.now);
        let wish = SlotRequest { at: self.now, opening };
        let days_off = DaysOff::of(lead, &calendar.days_off);
        let follow_ups = FollowUps::counted_with((&campaign.id, version), step, opening, days_off);
        let chosen = choose(&candidates, &enrolment.key().lead, wish, &follow_ups)?;
        Some(open[chosen].clone())
    }

    /// Returns the last checks before a claim, and the time from which none of them stands against a send.
    fn account_checks(
        &self,
        account: &Account,
        version: &SequenceVersion,
        enrolment: &Enrolment,
    ) -> (Vec<Check>, Option<Timestamp>) {
        let now = self.now;
        let breaker = self.breakers.iter().find(|breaker| breaker.account == account.id);
        let quota = self.quotas.iter().find(|quota| quota.account == account.id);
        let checked = CheckedAccount { account, breaker, quota };
        let touch = enrolment.touch(version);
        let wish = SlotRequest { at: now, opening: touch.is_some_and(|touch| touch.opening) };
        let reachable = checked.is_reachable(now);
        let mut checks = match reachable.passed {
            true => checked.has_room(wish, now).into_iter().collect(),
            false => vec![reachable],
        };
        checks.extend(self.replies_read.get(&account.id).cloned());
        let by_mail = self.domain_room.iter().filter(|_| account.settings.mailbox().is_some());
        let shared: Vec<Check> = self.workspace_room.iter().chain(by_mail).cloned().collect();
        let full = shared.iter().any(|check| !check.passed);
        let tomorrow = full.then(|| day_begins(day_of(now) + 1));
        let from = checked.sends_from(wish, now).map(|at| tomorrow.map_or(at, |day| day.max(at)));
        checks.extend(shared);
        (checks, from)
    }
}

/// Checks for each account that reads a mailbox whether its replies were read lately.
async fn replies_read(
    ports: &WhyPorts,
    accounts: &[Account],
    now: Timestamp,
) -> StoreResult<BTreeMap<AccountId, Check>> {
    let mut checks = BTreeMap::new();
    for account in accounts.iter().filter(|account| account.enabled) {
        if let Some(mailbox) = ports.mailbox_reader.mailbox_of(&account.settings) {
            let known = ports.mailbox_readings.get(&account.workspace, &account.id).await?;
            let known = known.filter(|known| known.mailbox == mailbox);
            checks.insert(account.id.clone(), MailboxReading::check(known.as_ref(), now));
        }
    }
    Ok(checks)
}

/// Returns when a pause of the campaign, the account or the workspace ends, if it has a set end.
fn end_of_pause(decision: &Decision, input: &PlanInput<'_>) -> Option<Timestamp> {
    let Decision::Hold { reason, .. } = decision else { return None };
    match reason.behaviour().scope? {
        HoldScope::Campaign => input.campaign.paused_until,
        HoldScope::Workspace => input.sending.runs_from(input.now),
        HoldScope::Account => account_resumes(input),
    }
}
