//! The text of one message of a simulation. It is rendered when a user looks at it, by the code that renders it when
//! it is sent.

use crate::campaign::planning_context::{senders_of, text_senders};
use crate::campaign::simulation::{SimulatedPerson, SimulatedStep, read_simulation, simulated_people};
use crate::identity::links::with_dead_links;
use crate::ports::accounts::AccountStore;
use crate::ports::blobs::Blobs;
use crate::ports::leads::{LeadFile, LeadStore};
use crate::ports::sequences::SequenceStore;
use crate::ports::store::{StoreError, StoreResult};
use crate::ports::workspaces::WorkspaceStore;
use crate::sending::{render_mail, thread_of};
use domain::campaign::Campaign;
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::message::sms::{SmsSegments, sms_segments};
use domain::message::whatsapp;
use domain::message::{Direction, Message};
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::{Escaping, TemplateError, render};
use domain::sequence::step_kind::StepType;
use domain::sequence::{SequenceVersion, Step};
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use domain::{LeadId, MessageId};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

pub struct TextPorts<'a> {
    pub blobs: &'a dyn Blobs,
    pub accounts: &'a dyn AccountStore,
    pub leads: &'a dyn LeadStore,
    pub sequences: &'a dyn SequenceStore,
    pub workspaces: &'a dyn WorkspaceStore,
    pub public_url: &'a str,
}

/// The text of one message of a simulation. Its links to unsubscribe and to a preview page lead nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedText {
    /// The sender; absent for a task, and where no account is known that would send it.
    pub from: Option<String>,
    pub to: Option<String>,
    /// A mail's subject or a task's title.
    pub subject: Option<String>,
    /// The text; absent where it cannot be rendered.
    pub text: Option<String>,
    pub sms: Option<SmsSegments>,
    /// The cost in millionths of the workspace's currency; absent where no price is set.
    pub cost_micros: Option<u64>,
    /// Why the text cannot be rendered for this lead.
    pub error: Option<String>,
}

/// Renders the step at this position for a lead in this part of the latest simulation, on the lead's own version
/// unless another is named. `NotFound`: the simulation has no such message.
pub async fn simulated_text(
    ports: &TextPorts<'_>,
    campaign: &Campaign,
    (part, lead): (usize, &LeadId),
    (place, number): (u16, Option<u32>),
) -> StoreResult<SimulatedText> {
    let workspace = ports.workspaces.get(&campaign.workspace).await?;
    let simulation = read_simulation(ports.blobs, &workspace.id, &campaign.id).await?;
    let people = simulated_people(ports.blobs, &workspace.id, &campaign.id, &simulation, part).await?;
    let person = people.into_iter().find(|person| person.lead == *lead).ok_or(StoreError::NotFound)?;
    let number = number.unwrap_or(person.version);
    let mut versions = BTreeMap::new();
    for number in person.steps.iter().filter_map(|step| step.version).chain([person.version, number]) {
        if let Entry::Vacant(slot) = versions.entry(number) {
            slot.insert(ports.sequences.version(&workspace.id, &campaign.sequence, number).await?);
        }
    }
    let step = versions.get(&number).and_then(|version| version.steps.get(usize::from(place)));
    let step = step.ok_or(StoreError::NotFound)?;
    let file = ports.leads.file(&workspace.id, lead).await?.in_campaign(campaign);
    let from = sender_of(ports, campaign, &person, step).await?;
    let sender = from.as_ref().and_then(|from| from.settings.sender_name());
    let public_url = ports.public_url;
    let scene = Scene { workspace: &workspace, campaign, versions: &versions, sender, public_url };
    let written = scene.write(file.clone(), &person, (place, number, step));
    let address = step.kind.channel().and_then(|channel| file.lead.address_on(channel));
    let (subject, text, error) = match written {
        Ok((subject, text)) => (Some(subject), Some(text), None),
        Err(error) => (None, None, Some(error.to_string())),
    };
    let is_sms = step.kind.channel() == Some(Channel::Sms);
    let sms = text.as_deref().filter(|_| is_sms).map(sms_segments);
    let cost_micros = match (step.kind.channel(), sms) {
        (Some(Channel::Email), _) => workspace.prices.emails(u32::from(text.is_some())),
        (Some(Channel::Whatsapp), _) => workspace.prices.whatsapp(u32::from(text.is_some())),
        (_, Some(sms)) => workspace.prices.sms(u32::try_from(sms.segments).unwrap_or(u32::MAX)),
        _ => None,
    };
    Ok(SimulatedText {
        from: from.as_ref().map(shown),
        to: address,
        subject: subject.filter(|subject| !subject.is_empty()),
        sms,
        cost_micros,
        text,
        error,
    })
}

async fn sender_of(
    ports: &TextPorts<'_>,
    campaign: &Campaign,
    person: &SimulatedPerson,
    step: &Step,
) -> StoreResult<Option<Account>> {
    match (step.kind.channel(), &person.mailbox) {
        (Some(Channel::Email), Some(mailbox)) => {
            match ports.accounts.get(&campaign.workspace, mailbox).await {
                Ok(mailbox) => Ok(Some(mailbox)),
                Err(StoreError::NotFound) => Ok(None),
                Err(other) => Err(other),
            }
        }
        (Some(channel @ (Channel::Sms | Channel::Whatsapp)), _) => {
            let senders = senders_of(ports.accounts, campaign).await?;
            Ok(text_senders(campaign, &senders).remove(&channel))
        }
        _ => Ok(None),
    }
}

fn shown(account: &Account) -> String {
    match (account.settings.mailbox(), account.settings.number()) {
        (Some(mailbox), _) => format!("{} <{}>", mailbox.name, mailbox.address),
        (None, Some(number)) => number.to_string(),
        (None, None) => account.name.clone(),
    }
}

struct Scene<'a> {
    workspace: &'a Workspace,
    campaign: &'a Campaign,
    /// All versions that the lead's way leads through.
    versions: &'a BTreeMap<u32, SequenceVersion>,
    /// The name in the header of the lead's mails.
    sender: Option<&'a str>,
    public_url: &'a str,
}

impl Scene<'_> {
    /// Renders subject and text, as a later mail in the thread of those that the simulation sends before it.
    fn write(
        &self,
        mut file: LeadFile,
        person: &SimulatedPerson,
        (place, number, step): (u16, u32, &Step),
    ) -> Result<(String, String), TemplateError> {
        let version_of = |planned: &SimulatedStep| planned.version.unwrap_or(person.version);
        let is_it = |planned: &SimulatedStep| planned.step == place && version_of(planned) == number;
        // If the lead's way does not lead to the step, the mails above it count.
        let on_the_way = person.steps.iter().position(is_it);
        let above = |planned: &&SimulatedStep| version_of(planned) == number && planned.step < place;
        let before: Vec<&SimulatedStep> = match on_the_way {
            Some(at) => person.steps[..at].iter().collect(),
            None => person.steps.iter().filter(above).collect(),
        };
        let mails = before.into_iter().filter(|planned| planned.kind == StepType::Email);
        for (planned, at) in mails.filter_map(|planned| Some((planned, planned.at?))) {
            let version = self.versions.get(&version_of(planned));
            let before = version.and_then(|version| version.steps.get(usize::from(planned.step)));
            let Some(before) = before else { continue };
            // A text that cannot be rendered is held there, and nothing follows it.
            let (subject, _) = self.written(&file, person, before)?;
            file.messages.push(self.sent(&file, person, (before, at), subject));
        }
        self.written(&file, person, step)
    }

    fn written(
        &self,
        file: &LeadFile,
        person: &SimulatedPerson,
        step: &Step,
    ) -> Result<(String, String), TemplateError> {
        let Self { workspace, campaign, .. } = self;
        let key = EnrolmentKey {
            workspace: workspace.id.clone(),
            lead: file.lead.id.clone(),
            campaign: campaign.id.clone(),
        };
        let words = step.words_for(&key, None);
        let id = MessageId::for_step(&file.lead.id, &campaign.id, &step.id);
        let values = MergeContext::from_lead(&file.lead, &workspace.company)
            .with_opening_line(file.opening_line())
            .with_sender(self.sender);
        let values = with_dead_links(values, self.public_url, (&workspace.id, &id));
        if step.kind.channel() == Some(Channel::Email) {
            let thread = thread_of(file, &campaign.id, person.mailbox.as_ref());
            return render_mail(&values, (words.headline, words.body), &thread);
        }
        if step.kind.channel() == Some(Channel::Whatsapp) {
            return Ok((String::new(), whatsapp::fill(words.body, &values)?.text));
        }
        Ok((render(words.headline, &values, Escaping::None)?, render(words.body, &values, Escaping::None)?))
    }

    fn sent(
        &self,
        file: &LeadFile,
        person: &SimulatedPerson,
        (step, at): (&Step, Timestamp),
        subject: String,
    ) -> Message {
        let id = MessageId::for_step(&file.lead.id, &self.campaign.id, &step.id);
        let workspace = self.workspace.id.clone();
        Message {
            campaign: Some(self.campaign.id.clone()),
            account: person.mailbox.clone(),
            to: file.lead.address_on(Channel::Email).unwrap_or_default(),
            accepted_at: Some(at),
            subject,
            ..Message::blank(id, workspace, Direction::Out, Channel::Email, at)
        }
    }
}
