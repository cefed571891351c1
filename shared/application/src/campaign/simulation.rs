//! A campaign's simulation: a user asks for it, it is made in the background, and the bucket keeps it until the next
//! one is made.

pub mod crowd;
pub mod first_message;
pub mod making;
pub mod text;

use crate::ports::blobs::Blobs;
use crate::ports::ids::Ids;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreError, StoreResult};
use crate::queue_messages::CampaignJob;
use domain::campaign::Campaign;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::message::price::Costs;
use domain::sequence::step_kind::StepType;
use domain::time::time_zone::ZoneName;
use domain::{AccountId, CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most leads that are simulated.
pub const MOST_PEOPLE: usize = 10_000;
/// The leads in one file of the bucket.
const PART: usize = 200;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Simulation {
    pub id: String,
    pub asked_at: Timestamp,
    /// The result; absent while it is being made.
    pub result: Option<SimulationResult>,
}

/// The messages that the campaign will send, and when, if no lead replies, opens or clicks from now on, every
/// task is done at once, and nothing else is sent through these accounts. A paused campaign or workspace
/// begins at its set end, or now if it has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulationResult {
    pub made_at: Timestamp,
    /// The leads that are active or wait for the launch.
    pub people: usize,
    /// The leads that are held without an end: nobody knows when they are released, so they were not simulated.
    pub held: usize,
    /// The leads of `held`, counted by the reason of their hold.
    #[serde(default)]
    pub held_by: BTreeMap<HoldReason, u32>,
    /// Whether the campaign has more than 10,000 leads: the others were not simulated.
    pub cut_off: bool,
    pub messages: u32,
    pub tasks: u32,
    /// The time of the last message.
    pub last_message: Option<Timestamp>,
    pub senders: Vec<SenderLoad>,
    /// The steps that are skipped, counted by reason.
    pub skipped: BTreeMap<String, u32>,
    pub ends: BTreeMap<EndReason, u32>,
    /// The leads that come to a step which could not go out, and would be held there, counted by reason.
    pub would_be_held: BTreeMap<HoldReason, u32>,
    /// The same leads by the step that they stop at; absent in simulations that were made before it was counted.
    #[serde(default)]
    pub stops: Vec<SimulatedStop>,
    /// The simulated leads whose time zone is not known.
    #[serde(default)]
    pub zone_unknown: usize,
    pub costs: Costs,
}

/// The leads that would be held at one step for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedStop {
    /// The step's position in that version of the sequence.
    pub step: u16,
    pub version: u32,
    pub channel: Option<Channel>,
    pub reason: HoldReason,
    pub people: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SenderLoad {
    pub channel: Channel,
    /// The account's id; absent where no account works.
    pub account_id: Option<AccountId>,
    /// The account's name; absent where no account works.
    pub name: Option<String>,
    /// The time zone of `days`: the account's, else the campaign's.
    pub zone: ZoneName,
    pub days: Vec<DayLoad>,
    /// Messages on the fullest day if no account of the channel had limits.
    pub without_limits: u32,
    /// How many accounts like this one the channel needs so that no message waits for another day. Only limits per
    /// day count: all messages, first messages, and what a ramp-up allows on each day.
    pub accounts_needed: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayLoad {
    pub day: Date,
    pub messages: u32,
    /// The account's limit on that day.
    pub allowed: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedPerson {
    pub lead: LeadId,
    pub zone: ZoneName,
    /// Whether the lead's time zone is not known, and times are read in this one of those in which it may be.
    #[serde(default)]
    pub zone_unknown: bool,
    /// The version of the sequence that the lead is on.
    pub version: u32,
    /// The mailbox that the lead's mails go out through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<AccountId>,
    /// How the enrolment ends; absent where the last step could not go out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<EndReason>,
    pub steps: Vec<SimulatedStep>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimulatedStep {
    /// The step's position in the sequence.
    pub step: u16,
    /// The version that the step belongs to, where the lead changes to another version on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    pub kind: StepType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The same instant in the lead's local time: `2027-03-05T09:12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// The name of the lead's variant, where the step has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Why the step is skipped, or how a wait, goal or branch turned out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Why the step could not go out: a lead that comes here is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<HoldReason>,
    /// The segments of an SMS with this lead's values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<u32>,
    /// The cost in millionths of the currency; absent where no price is set.
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

/// Asks for a new simulation, which replaces the one before.
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
    let message = CampaignJob::Simulate { workspace, campaign: id, simulation: simulation.id.clone() };
    send_all(outbox, &[message], 0).await?;
    Ok(simulation)
}

/// Reads a campaign's simulation; `NotFound` where none was asked for yet. One that another version of the app made
/// may be unreadable, and counts as none.
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

/// Reads one part of a simulation's leads; `NotFound` behind the last part, and where a newer simulation has replaced
/// it.
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

/// Finds those of `wanted` that the simulation contains, each with the number of its part.
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

/// Tells whether there are leads behind this part.
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
