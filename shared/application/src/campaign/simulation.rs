//! A campaign's simulation: asked for, made in the background, kept in the bucket until the next one is made.

pub mod crowd;
pub mod making;
pub mod text;

use crate::ports::blobs::Blobs;
use crate::ports::ids::Ids;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreError, StoreResult};
use crate::queue_messages::EnrolLeads;
use domain::campaign::Campaign;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::message::price::Costs;
use domain::time::time_zone::ZoneName;
use domain::{CampaignId, ConnectionId, LeadId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// More people than this are not looked at.
pub const MOST_PEOPLE: usize = 10_000;
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

/// If nobody answers, opens or clicks from now on, every task is done at once, and nothing else is sent by these accounts. It
/// begins when campaign and workspace go on, which is now where nobody has said when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulationResult {
    pub made_at: Timestamp,
    /// Who is under way, or waits for the launch.
    pub people: usize,
    /// Held now without an end: nobody knows when they go on, and they were not looked at.
    pub held: usize,
    /// Those of `held`, by what they wait for.
    #[serde(default)]
    pub held_by: BTreeMap<HoldReason, u32>,
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
    /// Who comes to a step that could not go out, and would be held there.
    pub would_be_held: BTreeMap<HoldReason, u32>,
    pub costs: Costs,
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
    /// How many such accounts the channel would take for nobody to wait for another day, as far as its limits of a day go: all
    /// messages, new people and what a ramp-up allows on each.
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
    /// Of their sequence.
    pub version: u32,
    /// What its mails go out by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<ConnectionId>,
    /// Absent where the last step could not go out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<EndReason>,
    pub steps: Vec<SimulatedStep>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedStep {
    /// Its position in the sequence.
    pub step: u16,
    /// The version that it is a step of, where the person goes over to another one on their way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// `email`, `sms`, `task`, `wait`, `branch`, `goal`, `end`.
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The same instant on the lead's wall: `2027-03-05T09:12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// What the person's variant is called, where the step has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Why it is left out, or what a wait, goal or branch came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Why it could not go out: whoever comes here waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<HoldReason>,
    /// Of an SMS, with this lead's values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<u32>,
    /// In millionths of the currency; absent where no price is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
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

/// `NotFound` where none was asked for yet. One that another version of the product made may not be readable any more: it
/// is made again.
pub async fn read_simulation(
    blobs: &dyn Blobs,
    workspace: &WorkspaceId,
    campaign: &CampaignId,
) -> StoreResult<Simulation> {
    match get(blobs, &summary_key(workspace, campaign)).await {
        Err(StoreError::Corrupt { .. }) => {
            tracing::warn!(campaign.id = %campaign, "a simulation cannot be read");
            Err(StoreError::NotFound)
        }
        other => other,
    }
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

/// Those of them whom a simulation has looked at, each with the part that they are in.
pub async fn find_simulated(
    blobs: &dyn Blobs,
    (workspace, campaign): (&WorkspaceId, &CampaignId),
    simulation: &Simulation,
    wanted: &[LeadId],
) -> StoreResult<Vec<(usize, SimulatedPerson)>> {
    let mut found = Vec::new();
    let parts = simulation.result.as_ref().map_or(0, |result| result.people.div_ceil(PART));
    for part in 0..parts {
        if found.len() == wanted.len() {
            break;
        }
        let people = simulated_people(blobs, workspace, campaign, simulation, part).await?;
        found.extend(people.into_iter().filter(|one| wanted.contains(&one.lead)).map(|one| (part, one)));
    }
    Ok(found)
}

/// Whether there are people behind this part.
pub fn has_more(result: &SimulationResult, part: usize) -> bool {
    (part + 1) * PART < result.people
}

async fn put(blobs: &dyn Blobs, key: &str, value: &impl Serialize) -> StoreResult<()> {
    let body = serde_json::to_vec(value).map_err(|e| StoreError::Unavailable(Box::new(e)))?;
    blobs.put(key, "application/json", body).await
}

async fn get<T: DeserializeOwned>(blobs: &dyn Blobs, key: &str) -> StoreResult<T> {
    let body = blobs.get(key).await?;
    serde_json::from_slice(&body).map_err(|e| StoreError::Corrupt { key: key.to_owned(), why: e.to_string() })
}
