//! The planning context of a campaign: the campaign and all that planning its enrolments' steps needs, read together.
//! Every caller of the planner puts its question about an enrolment together with `input`.

use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::mailbox_choice::{open_mailboxes, usable_mailboxes};
use crate::campaign::version_sent::version_sent;
use crate::ports::accounts::AccountStore;
use crate::ports::store::StoreResult;
use crate::workspace::open_account::is_usable;
use domain::campaign::Campaign;
use domain::campaign::calendar::{Calendar, OpenMailbox, PausedAccount};
use domain::contact::channel::Channel;
use domain::enrolment::Enrolment;
use domain::lead::Lead;
use domain::lead::suppression::Suppression;
use domain::planning::behaviour::Behaviour;
use domain::planning::closed_hours::ClosedHours;
use domain::planning::planner::PlanInput;
use domain::sequence::SequenceVersion;
use domain::workspace::account::{Account, AccountKind};
use domain::workspace::{Company, Sending, Workspace};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
pub struct PlanningContext {
    pub campaign: Campaign,
    pub version: SequenceVersion,
    pub calendar: Calendar,
    /// Whether the workspace sends.
    pub sending: Sending,
    /// The channels for which the campaign has an account that exists and is switched on.
    pub senders: BTreeSet<Channel>,
    pub company: Company,
    /// Whether an opening line is written for each lead that has none.
    pub writes_opening_lines: bool,
    /// Whether a reply holds the other leads of the company.
    pub holds_companies: bool,
}

/// The facts about a lead that the planner asks for.
#[derive(Clone, Copy)]
pub struct PlannedLead<'a> {
    pub lead: &'a Lead,
    /// Every suppression entry that names an address, domain or number of the lead.
    pub suppressions: &'a [Suppression],
    pub seen: &'a Behaviour,
}

impl PlanningContext {
    /// Reads the context on the version that the campaign sends, or will send once it is launched.
    pub async fn of(ports: &EnrolPorts, campaign: Campaign) -> StoreResult<Self> {
        let number = version_sent(&*ports.sequences, &campaign).await?;
        let version = ports.sequences.version(&campaign.workspace, &campaign.sequence, number).await?;
        Self::on(ports, campaign, version).await
    }

    /// Reads the context on the version that this enrolment is on.
    pub async fn of_enrolment(
        ports: &EnrolPorts,
        campaign: Campaign,
        enrolment: &Enrolment,
    ) -> StoreResult<Self> {
        let version =
            ports.sequences.version(&campaign.workspace, enrolment.sequence(), enrolment.version()).await?;
        Self::on(ports, campaign, version).await
    }

    /// Reads the context on a given version.
    pub async fn on(ports: &EnrolPorts, campaign: Campaign, version: SequenceVersion) -> StoreResult<Self> {
        let workspace = ports.workspaces.get(&campaign.workspace).await?;
        let senders = senders_of(&*ports.accounts, &campaign).await?;
        Ok(Self::of_parts(&workspace, campaign, version, &senders))
    }

    /// Puts the context together from what was read. `senders` are the campaign's accounts.
    pub fn of_parts(
        workspace: &Workspace,
        campaign: Campaign,
        version: SequenceVersion,
        senders: &[Account],
    ) -> Self {
        let calendar = calendar_of(workspace, &campaign, senders);
        let has_account = |channel: &Channel| !calendar.without_account.contains(channel);
        Self {
            campaign,
            version,
            senders: Channel::ALL.into_iter().filter(has_account).collect(),
            calendar,
            sending: workspace.sending,
            writes_opening_lines: workspace.ai_enabled,
            holds_companies: workspace.company_hold_days > 0,
            company: workspace.company.clone(),
        }
    }

    /// Puts together the planner's question about an enrolment of the campaign.
    pub fn input<'a>(
        &'a self,
        enrolment: &'a Enrolment,
        PlannedLead { lead, suppressions, seen }: PlannedLead<'a>,
        now: Timestamp,
    ) -> PlanInput<'a> {
        PlanInput {
            enrolment,
            version: &self.version,
            lead,
            campaign: &self.campaign,
            calendar: &self.calendar,
            sending: &self.sending,
            suppressions,
            seen,
            now,
        }
    }
}

/// Reads the campaign's accounts with a strong read. An account that is gone is noticed only when it is to send.
pub async fn senders_of(accounts: &dyn AccountStore, campaign: &Campaign) -> StoreResult<Vec<Account>> {
    let mut all = accounts.list(&campaign.workspace).await?;
    all.retain(|sender| campaign.sends_by(&sender.id));
    Ok(all)
}

/// Returns the accounts that SMS and WhatsApp messages of the campaign go out through, where they are usable.
pub fn text_senders(campaign: &Campaign, senders: &[Account]) -> BTreeMap<Channel, Account> {
    let sender_of = |channel| {
        let own = campaign.text_sender(channel)?;
        let usable = |sender: &&Account| is_usable(sender, AccountKind::of_channel(channel));
        let sender = senders.iter().find(|sender| sender.id == *own).filter(usable)?;
        Some((channel, sender.clone()))
    };
    Channel::ALL.into_iter().filter_map(sender_of).collect()
}

pub fn calendar_of(workspace: &Workspace, campaign: &Campaign, senders: &[Account]) -> Calendar {
    let open = |mailbox: &Account| {
        let open = OpenMailbox { name: mailbox.name.clone(), hours: mailbox.hours.clone() };
        (mailbox.id.clone(), open)
    };
    let hours_of = |channel| {
        let own = campaign.text_sender(channel)?;
        let sender = senders.iter().find(|sender| sender.id == *own)?;
        sender.hours.clone().map(|hours| (channel, hours))
    };
    let paused = |sender: &Account| {
        let until = sender.pause.filter(|_| sender.enabled)?.until;
        let (name, hours) = (sender.name.clone(), sender.hours.clone());
        Some((sender.id.clone(), PausedAccount { name, until, hours }))
    };
    let failing = |sender: &Account| Some((sender.id.clone(), sender.failing()?));
    let texts_by = text_senders(campaign, senders);
    let is_without = |channel: &Channel| match channel {
        Channel::Email => usable_mailboxes(campaign, senders).is_empty(),
        Channel::Sms | Channel::Whatsapp => !texts_by.contains_key(channel),
    };
    Calendar {
        failing: senders.iter().filter_map(failing).collect(),
        paused: senders.iter().filter_map(paused).collect(),
        days_off: workspace.days_off.clone(),
        mailboxes: open_mailboxes(campaign, senders).into_iter().map(open).collect(),
        caps: workspace.caps.clone(),
        when_late: workspace.when_late,
        endings: workspace.endings,
        consent: workspace.consent_policy(),
        without_account: Channel::ALL.into_iter().filter(is_without).collect(),
        text_senders: Channel::ALL.into_iter().filter_map(hours_of).collect(),
        closed: ClosedHours::default(),
    }
}
