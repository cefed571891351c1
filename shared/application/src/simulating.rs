//! A campaign's simulation: asked for, made in the background, kept in the bucket until the next one is made.

use crate::blobs::Blobs;
use crate::courses::{Course, senders_of, sms_sender_of};
use crate::enrolling::EnrolPorts;
use crate::ids::Ids;
use crate::mailboxes::{candidates, open_mailboxes};
use crate::outbox::{Outbox, send_all};
use crate::queue_messages::EnrolLeads;
use crate::store::{PageRequest, StoreError, StoreResult};
use crate::suppressions::scopes_of;
use domain::campaign::{Campaign, CampaignState};
use domain::connection::Connection;
use domain::enrolment::{EndReason, Enrolment, EnrolmentState};
use domain::flight_plan::{Flight, PlannedOutcome, PlannedStep, Route};
use domain::lead::Lead;
use domain::pace::Pace;
use domain::planner::zone_for;
use domain::sequence::{Channel, SequenceVersion};
use domain::simulation::{Account, Figures, Lanes, Way, simulate};
use domain::suppression::Suppression;
use domain::time_zone::ZoneName;
use domain::{CampaignId, ConnectionId, LeadId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// More people than this are not looked at.
pub const MOST_PEOPLE: usize = 10_000;
const PAGE: usize = 100;
/// People in one file.
const PART: usize = 200;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Simulation {
    pub id: String,
    pub asked_at: Timestamp,
    /// Absent while it is being made.
    pub result: Option<SimulationResult>,
}

/// If nobody answers, opens or clicks, every task is done at once, and nothing else is sent by these accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulationResult {
    pub made_at: Timestamp,
    /// Who is under way, or waits for the launch.
    pub people: usize,
    /// Held by a person or waiting for one: nobody knows when they go on.
    pub held: usize,
    /// There are more than 10,000: the others were not looked at.
    pub cut_off: bool,
    pub messages: u32,
    pub tasks: u32,
    /// When the last message goes out.
    pub last_message: Option<Timestamp>,
    pub senders: Vec<SenderLoad>,
    /// Steps that are left out, by reason.
    pub skipped: BTreeMap<String, u32>,
    pub ends: BTreeMap<EndReason, u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SenderLoad {
    pub channel: Channel,
    /// Absent where there is none that works.
    pub connection_id: Option<ConnectionId>,
    /// The account's; absent where there is none that works.
    pub name: Option<String>,
    /// By the account's clock, else the campaign's.
    pub zone: ZoneName,
    pub days: Vec<DayLoad>,
    /// Messages on the fullest day if no account of the channel had limits.
    pub without_limits: u32,
    /// How many such accounts that would take.
    pub accounts_needed: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayLoad {
    pub day: Date,
    pub messages: u32,
    /// The account's limit of that day.
    pub allowed: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedPerson {
    pub lead: LeadId,
    pub zone: ZoneName,
    pub end: EndReason,
    pub steps: Vec<SimulatedStep>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedStep {
    /// Its position in the sequence.
    pub step: u16,
    /// `email`, `sms`, `task`, `wait`, `branch`, `goal`, `end`.
    pub kind: String,
    pub at: Option<Timestamp>,
    /// The same instant on the lead's wall: `2027-03-05T09:12`.
    pub local: Option<String>,
    /// What the person's variant is called, where the step has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Why it is left out, or what a wait, goal or branch came to.
    pub because: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Part {
    simulation: String,
    people: Vec<SimulatedPerson>,
}

fn summary_key(workspace: &WorkspaceId, campaign: &CampaignId) -> String {
    format!("{workspace}/simulations/{campaign}/summary.json")
}

fn part_key(workspace: &WorkspaceId, campaign: &CampaignId, number: usize) -> String {
    format!("{workspace}/simulations/{campaign}/people-{number:03}.json")
}

/// Takes the place of the one before.
pub async fn start_simulation(
    blobs: &dyn Blobs,
    outbox: &dyn Outbox,
    ids: &dyn Ids,
    campaign: &Campaign,
    now: Timestamp,
) -> StoreResult<Simulation> {
    let simulation = Simulation { id: format!("simulation_{}", ids.next()), asked_at: now, result: None };
    let (workspace, id) = (campaign.workspace.clone(), campaign.id.clone());
    put(blobs, &summary_key(&workspace, &id), &simulation).await?;
    let message = EnrolLeads::Simulate { workspace, campaign: id, simulation: simulation.id.clone() };
    send_all(outbox, &[message], 0).await?;
    Ok(simulation)
}

/// `NotFound` where none was asked for yet.
pub async fn read_simulation(
    blobs: &dyn Blobs,
    workspace: &WorkspaceId,
    campaign: &CampaignId,
) -> StoreResult<Simulation> {
    get(blobs, &summary_key(workspace, campaign)).await
}

/// Some of its people; `NotFound` behind the last of them, and where another has taken its place.
pub async fn simulated_people(
    blobs: &dyn Blobs,
    workspace: &WorkspaceId,
    campaign: &CampaignId,
    simulation: &Simulation,
    part: usize,
) -> StoreResult<Vec<SimulatedPerson>> {
    let found: Part = get(blobs, &part_key(workspace, campaign, part)).await?;
    if found.simulation == simulation.id { Ok(found.people) } else { Err(StoreError::NotFound) }
}

/// Whether there are people behind this part.
pub fn has_more(result: &SimulationResult, part: usize) -> bool {
    (part + 1) * PART < result.people
}

struct Person {
    lead: Lead,
    enrolment: Enrolment,
    suppressions: Vec<Suppression>,
}

/// Safe to repeat. A simulation that another has taken the place of is left.
pub async fn make_simulation(
    ports: &EnrolPorts,
    blobs: &dyn Blobs,
    campaign: Campaign,
    id: &str,
) -> StoreResult<()> {
    let (workspace, campaign_id) = (campaign.workspace.clone(), campaign.id.clone());
    let asked = read_simulation(blobs, &workspace, &campaign_id).await?;
    if asked.id != id || asked.result.is_some() {
        return Ok(());
    }
    let now = ports.clock.now();
    let newest = ports.sequences.get(&workspace, &campaign.sequence).await?.pinned();
    let mut course = Course::of(ports, campaign).await?;
    if course.campaign.state == CampaignState::Draft {
        course.version = newest;
    }
    course.campaign.state = CampaignState::Active;
    let mut crowd = Crowd::default();
    crowd.read(ports, &course, now).await?;
    let (senders, lanes) = senders(ports, &course.campaign, now).await?;
    let ways = simulate(crowd.flights(&course, now), lanes);
    let without_limits = simulate(crowd.flights(&course, now), Lanes::default());
    let result = crowd.result(&course, &senders, (&ways, &without_limits), now);
    for (number, part) in crowd.people.chunks(PART).zip(ways.chunks(PART)).enumerate() {
        let person =
            |(person, way): (&Person, &Way)| told(person, way, crowd.version_of(&course, person), &course);
        let people = part.0.iter().zip(part.1).map(person).collect();
        let body = Part { simulation: id.to_owned(), people };
        put(blobs, &part_key(&workspace, &campaign_id, number), &body).await?;
    }
    let done = Simulation { result: Some(result), ..asked };
    put(blobs, &summary_key(&workspace, &campaign_id), &done).await
}

/// Everybody who is to be written to.
#[derive(Default)]
struct Crowd {
    people: Vec<Person>,
    held: usize,
    cut_off: bool,
    /// Of those who are not on the campaign's own.
    versions: HashMap<u32, SequenceVersion>,
}

impl Crowd {
    async fn read(&mut self, ports: &EnrolPorts, course: &Course, now: Timestamp) -> StoreResult<()> {
        let Campaign { workspace, id, .. } = &course.campaign;
        let mut cursor = None;
        loop {
            let page = PageRequest { limit: PAGE, cursor };
            let page = ports.enrolments.of_campaign(workspace, id, None, page).await?;
            let mut under_way = Vec::new();
            for mut enrolment in page.items {
                match enrolment.state {
                    EnrolmentState::Ended { .. } => continue,
                    EnrolmentState::Held { until, .. } => match until {
                        Some(until) => enrolment.due = Some(until),
                        None => {
                            self.held += 1;
                            continue;
                        }
                    },
                    EnrolmentState::Pending => {
                        enrolment.launch(&course.version, now, None);
                    }
                    _ => {}
                }
                under_way.push(enrolment);
            }
            self.take_in(ports, course, under_way).await?;
            if self.people.len() > MOST_PEOPLE {
                self.people.truncate(MOST_PEOPLE);
                self.cut_off = true;
                return Ok(());
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn take_in(
        &mut self,
        ports: &EnrolPorts,
        course: &Course,
        enrolments: Vec<Enrolment>,
    ) -> StoreResult<()> {
        let workspace = &course.campaign.workspace;
        for enrolment in &enrolments {
            let number = enrolment.version;
            if number != course.version.version && !self.versions.contains_key(&number) {
                let version = ports.sequences.version(workspace, &enrolment.sequence, number).await?;
                self.versions.insert(number, version);
            }
        }
        let ids: Vec<LeadId> = enrolments.iter().map(|enrolment| enrolment.key.lead.clone()).collect();
        let leads = ports.leads.get_many(workspace, &ids).await?;
        let mut scopes: Vec<_> = leads.iter().flat_map(scopes_of).collect();
        scopes.sort();
        scopes.dedup();
        let listed = ports.suppressions.find(workspace, &scopes).await?;
        let mut by_id: HashMap<LeadId, Lead> =
            leads.into_iter().map(|lead| (lead.id.clone(), lead)).collect();
        for enrolment in enrolments {
            let Some(lead) = by_id.remove(&enrolment.key.lead) else { continue };
            let own = scopes_of(&lead);
            let suppressions = listed.iter().filter(|entry| own.contains(&entry.scope)).cloned().collect();
            self.people.push(Person { lead, enrolment, suppressions });
        }
        Ok(())
    }

    fn version_of<'a>(&'a self, course: &'a Course, person: &Person) -> &'a SequenceVersion {
        self.versions.get(&person.enrolment.version).unwrap_or(&course.version)
    }

    fn flights<'a>(&'a self, course: &'a Course, now: Timestamp) -> Vec<Flight<'a>> {
        let Course { campaign, calendar, .. } = course;
        let mut flights = Vec::with_capacity(self.people.len());
        for person in &self.people {
            let route = Route { version: self.version_of(course, person), campaign, calendar };
            let enrolment = person.enrolment.clone();
            flights.push(Flight::of(route, &person.lead, &person.suppressions, enrolment, now));
        }
        flights
    }

    fn result(
        &self,
        course: &Course,
        senders: &Senders,
        (ways, without_limits): (&[Way], &[Way]),
        now: Timestamp,
    ) -> SimulationResult {
        let own = channels_of(&course.version);
        let others: HashMap<u32, Vec<Option<Channel>>> =
            self.versions.iter().map(|(number, version)| (*number, channels_of(version))).collect();
        let channels = |person: &Person| others.get(&person.enrolment.version).unwrap_or(&own).as_slice();
        let clock = |(account, sender): (&Account, &Connection)| {
            Some((account.clone(), sender.limits.as_ref()?.zone.clone()))
        };
        let zones: BTreeMap<Account, ZoneName> = senders.iter().filter_map(clock).collect();
        let figures = |ways: &[Way]| {
            let each = ways.iter().zip(&self.people).map(|(way, person)| (way, channels(person)));
            Figures::of(each, &zones, &course.campaign.zone)
        };
        let (limited, natural) = (figures(ways), figures(without_limits));
        let load = |(account, days): (&Account, &BTreeMap<Date, u32>)| {
            let (sender, channel) = (senders.get(account), account.0);
            let limits = sender.and_then(|sender| sender.limits.as_ref());
            let day = |(day, messages): (&Date, &u32)| DayLoad {
                day: *day,
                messages: *messages,
                allowed: limits.map(|limits| limits.allowed_on(*day)),
            };
            let most = natural.most_on_a_day(channel);
            SenderLoad {
                channel,
                connection_id: sender.map(|sender| sender.id.clone()),
                name: sender.map(|sender| sender.name.clone()),
                zone: zones.get(account).unwrap_or(&course.campaign.zone).clone(),
                days: days.iter().map(day).collect(),
                without_limits: most,
                accounts_needed: limits.map_or(1, |limits| most.div_ceil(limits.per_day.max(1))).max(1),
            }
        };
        SimulationResult {
            made_at: now,
            people: self.people.len(),
            held: self.held,
            cut_off: self.cut_off,
            messages: limited.messages,
            tasks: limited.tasks,
            last_message: limited.last,
            senders: limited.by_day.iter().map(load).collect(),
            skipped: limited.skipped.iter().map(|(why, count)| ((*why).to_owned(), *count)).collect(),
            ends: limited.ends,
        }
    }
}

type Senders = BTreeMap<Account, Connection>;

async fn senders(ports: &EnrolPorts, campaign: &Campaign, now: Timestamp) -> StoreResult<(Senders, Lanes)> {
    let all = senders_of(&*ports.connections, campaign).await?;
    let open = open_mailboxes(campaign, &all);
    let mailboxes = candidates((&*ports.breakers, &*ports.paces), &open, now).await?;
    let texts = sms_sender_of(&*ports.connections, campaign).await?;
    let sms = match texts.as_ref().and_then(|texts| Some((texts, texts.limits.clone()?))) {
        Some((texts, limits)) => {
            let pace = ports.paces.get(&texts.workspace, &texts.id).await?;
            let pace = pace.unwrap_or_else(|| Pace::unused(texts.workspace.clone(), texts.id.clone()));
            Some((limits, pace))
        }
        None => None,
    };
    let mail = open.into_iter().map(|mailbox| ((Channel::Email, Some(mailbox.id.clone())), mailbox.clone()));
    let texts = texts.into_iter().map(|texts| ((Channel::Sms, None), texts));
    Ok((mail.chain(texts).collect(), Lanes { mailboxes, sms }))
}

fn channels_of(version: &SequenceVersion) -> Vec<Option<Channel>> {
    version.steps.iter().map(|step| step.kind.channel()).collect()
}

fn told(person: &Person, way: &Way, version: &SequenceVersion, course: &Course) -> SimulatedPerson {
    let zone = zone_for(&person.lead, &course.campaign).zone;
    let clock = zone.zone();
    let step = |planned: &PlannedStep| {
        let (at, because) = match &planned.outcome {
            PlannedOutcome::SendAt(at) | PlannedOutcome::TaskAt(at) => (Some(*at), None),
            PlannedOutcome::Passed(at, because) => (Some(*at), Some(because.clone())),
            PlannedOutcome::Skipped(why) => (None, Some(why.as_str().to_owned())),
            PlannedOutcome::NeverOpens => (None, Some("window_never_opens".to_owned())),
            PlannedOutcome::NoMailbox => (None, Some("no_mailbox".to_owned())),
        };
        let local = at.map(|at| at.to_zoned(clock.clone()).strftime("%Y-%m-%dT%H:%M").to_string());
        let step = version.steps.get(usize::from(planned.step));
        let kind = step.map_or("", |step| step.kind.as_str()).to_owned();
        let variant = step.filter(|_| at.is_some()).and_then(|step| {
            let variant = step.words_for(&person.enrolment.key, None).variant?;
            Some(step.kind.label_of(&variant.id))
        });
        SimulatedStep { step: planned.step, kind, at, local, variant, because }
    };
    let steps = way.steps.iter().map(step).collect();
    SimulatedPerson { lead: person.lead.id.clone(), zone, end: way.end, steps }
}

async fn put(blobs: &dyn Blobs, key: &str, value: &impl Serialize) -> StoreResult<()> {
    let body = serde_json::to_vec(value).map_err(|e| StoreError::Unavailable(Box::new(e)))?;
    blobs.put(key, "application/json", body).await
}

async fn get<T: DeserializeOwned>(blobs: &dyn Blobs, key: &str) -> StoreResult<T> {
    let body = blobs.get(key).await?;
    serde_json::from_slice(&body).map_err(|e| StoreError::Corrupt { key: key.to_owned(), why: e.to_string() })
}
