//! Makes a simulation: runs all leads of a campaign through their steps and stores the figures.

use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::mailbox_choice::{candidates, usable_mailboxes};
use crate::campaign::planning_context::{PlanningContext, senders_of, text_senders};
use crate::campaign::simulation::crowd::{Crowd, Person, workspace_room};
use crate::campaign::simulation::{
    DayLoad, MOST_PEOPLE, PART, Part, SenderLoad, SimulatedPerson, SimulatedStep, SimulatedStop, Simulation,
    SimulationResult,
};
use crate::campaign::simulation::{part_key, put, read_simulation, summary_key};
use crate::ports::blobs::Blobs;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::StoreResult;
use domain::campaign::{Campaign, CampaignState};
use domain::capacity::quota::Quota;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::HoldReason;
use domain::forecast::campaign_simulation::{
    Figures, SharedCapacity, SimulatedAccount, SimulatedPath, simulate,
};
use domain::forecast::{ForecastEnd, PlannedOutcome, PlannedStep};
use domain::lead::zone::zone_of;
use domain::message::price::{Costs, Prices};
use domain::planning::send_window::zone_for;
use domain::time::time_zone::ZoneFact;
use domain::time::time_zone::ZoneName;
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap};

pub struct SimulationPorts<'a> {
    pub enrol: &'a EnrolPorts,
    pub blobs: &'a dyn Blobs,
    pub limits: &'a dyn RateLimitStore,
    pub public_url: &'a str,
}

/// Makes and stores the simulation `id`. Safe to repeat. Does nothing if a newer one has replaced it.
pub async fn make_simulation(
    SimulationPorts { enrol: ports, blobs, limits, public_url }: SimulationPorts<'_>,
    campaign: Campaign,
    id: &str,
) -> StoreResult<()> {
    let (workspace, campaign_id) = (campaign.workspace.clone(), campaign.id.clone());
    let asked = read_simulation(blobs, &workspace, &campaign_id).await?;
    if asked.id != id || asked.result.is_some() {
        return Ok(());
    }
    let made_at = ports.clock.now();
    let Start { planning, sender, crowd, senders, capacity, now } =
        Start::read(ports, limits, campaign, made_at, MOST_PEOPLE).await?;
    let free = SharedCapacity {
        domains: capacity.domains.clone(),
        workspace: capacity.workspace,
        ..SharedCapacity::default()
    };
    let paths = {
        let texts = crowd.texts(&planning, &sender.company, public_url);
        simulate(crowd.lead_forecasts(&planning, &texts, now), capacity)
    };
    let mut without_limits = simulate(crowd.lead_forecasts(&planning, &HashMap::new(), now), free);
    for (free, path) in without_limits.iter_mut().zip(&paths) {
        // Texts are rendered only once: a lead that lacks a value there lacks it here as well.
        if path.end == ForecastEnd::Held(HoldReason::MissingValue) {
            free.steps.truncate(path.steps.len().saturating_sub(1));
        }
    }
    let result = crowd.result(&planning, (&senders, &sender), (&paths, &without_limits), made_at);
    if read_simulation(blobs, &workspace, &campaign_id).await?.id != id {
        // Another simulation was asked for meanwhile; its result counts.
        return Ok(());
    }
    for (number, part) in crowd.people.chunks(PART).zip(paths.chunks(PART)).enumerate() {
        let person = |(person, path): (&Person, &SimulatedPath)| {
            simulated_person(&crowd, person, path, (&planning, &sender.prices))
        };
        let people = part.0.iter().zip(part.1).map(person).collect();
        let body = Part { simulation: id.to_owned(), people };
        put(blobs, &part_key(&workspace, &campaign_id, number), &body).await?;
    }
    let done = Simulation { result: Some(result), ..asked };
    put(blobs, &summary_key(&workspace, &campaign_id), &done).await
}

/// What a simulation begins with.
pub(super) struct Start {
    pub planning: PlanningContext,
    pub sender: Workspace,
    pub crowd: Crowd,
    pub senders: Senders,
    pub capacity: SharedCapacity,
    /// The time at which the campaign begins to send.
    pub now: Timestamp,
}

impl Start {
    /// Reads it for the campaign as if it were active at `asked_at`, with up to `most` of its leads.
    pub async fn read(
        ports: &EnrolPorts,
        limits: &dyn RateLimitStore,
        campaign: Campaign,
        asked_at: Timestamp,
        most: usize,
    ) -> StoreResult<Self> {
        let mut planning = PlanningContext::of(ports, campaign).await?;
        planning.campaign.state = CampaignState::Active;
        let sender = ports.workspaces.get(&planning.campaign.workspace).await?;
        // Nothing is sent before their pauses end.
        let ends = [planning.campaign.paused_until, sender.sending.runs_from(asked_at)];
        let now = ends.into_iter().flatten().fold(asked_at, Timestamp::max);
        let mut crowd = Crowd::default();
        crowd.read(ports, &planning, now, most).await?;
        crowd.read_behaviour(ports, &planning, now).await?;
        let (senders, mut capacity) = senders(ports, &planning.campaign, now).await?;
        capacity.domains = crowd.domains(limits, &planning, now).await?;
        capacity.workspace = workspace_room(limits, &planning, now).await?;
        crowd.read_opening_lines(ports, &planning).await?;
        Ok(Self { planning, sender, crowd, senders, capacity, now })
    }
}

impl Crowd {
    fn result(
        &self,
        planning: &PlanningContext,
        (senders, sender): (&Senders, &Workspace),
        (paths, without_limits): (&[SimulatedPath], &[SimulatedPath]),
        made_at: Timestamp,
    ) -> SimulationResult {
        let clock = |(account, sender): (&SimulatedAccount, &Account)| {
            Some((account.clone(), sender.limits.as_ref()?.zone.clone()))
        };
        let zones: BTreeMap<SimulatedAccount, ZoneName> = senders.iter().filter_map(clock).collect();
        let figures = |paths: &[SimulatedPath]| Figures::of(paths, &zones, &planning.campaign.zone);
        let (limited, natural) = (figures(paths), figures(without_limits));
        let load = |(account, days): (&SimulatedAccount, &BTreeMap<Date, u32>)| {
            let (sender, channel) = (senders.get(account), account.0);
            let limits = sender.and_then(|sender| sender.limits.as_ref());
            let day = |(day, messages): (&Date, &u32)| DayLoad {
                day: *day,
                messages: *messages,
                allowed: limits.map(|limits| limits.allowed_on(*day)),
            };
            SenderLoad {
                channel,
                account_id: sender.map(|sender| sender.id.clone()),
                name: sender.map(|sender| sender.name.clone()),
                zone: zones.get(account).unwrap_or(&planning.campaign.zone).clone(),
                days: days.iter().map(day).collect(),
                without_limits: natural.most_on_a_day(channel),
                accounts_needed: limits.map_or(1, |limits| natural.accounts_needed(channel, limits)),
            }
        };
        SimulationResult {
            made_at,
            people: self.people.len(),
            held: self.held.values().map(|count| *count as usize).sum(),
            held_by: self.held.clone(),
            cut_off: self.cut_off,
            messages: limited.messages,
            tasks: limited.tasks,
            last_message: limited.last,
            senders: limited.by_day.iter().map(load).collect(),
            skipped: limited.skipped.iter().map(|(why, count)| ((*why).to_owned(), *count)).collect(),
            ends: limited.ends,
            would_be_held: limited.held,
            stops: limited.stops.into_iter().map(stop_of).collect(),
            zone_unknown: self.people.iter().filter(|person| zone_of(&person.lead).is_none()).count(),
            costs: Costs::of(&sender.prices, sender.currency, limited.amounts),
        }
    }
}

fn stop_of(
    ((version, step, channel, reason), people): ((u32, u16, Option<Channel>, HoldReason), u32),
) -> SimulatedStop {
    SimulatedStop { step, version, channel, reason, people }
}

type Senders = BTreeMap<SimulatedAccount, Account>;

async fn senders(
    ports: &EnrolPorts,
    campaign: &Campaign,
    now: Timestamp,
) -> StoreResult<(Senders, SharedCapacity)> {
    let all = senders_of(&*ports.accounts, campaign).await?;
    let mut usable = usable_mailboxes(campaign, &all);
    // A mailbox that only a user can resume sends nothing.
    usable.retain(|mailbox| mailbox.pause.is_none_or(|pause| pause.until.is_some()));
    let mailboxes = candidates((&*ports.breakers, &*ports.quotas), &usable, now).await?;
    let senders = text_senders(campaign, &all);
    let mut texts = BTreeMap::new();
    for (channel, sender) in &senders {
        let Some(limits) = sender.limits.clone() else { continue };
        let quota = ports.quotas.get(&sender.workspace, &sender.id).await?;
        let unused = || Quota::unused(sender.workspace.clone(), sender.id.clone());
        texts.insert(*channel, (limits, quota.unwrap_or_else(unused)));
    }
    let mail =
        usable.into_iter().map(|mailbox| ((Channel::Email, Some(mailbox.id.clone())), mailbox.clone()));
    let others = senders.into_iter().map(|(channel, sender)| ((channel, None), sender));
    Ok((mail.chain(others).collect(), SharedCapacity { mailboxes, texts, ..SharedCapacity::default() }))
}

fn simulated_person(
    crowd: &Crowd,
    person: &Person,
    path: &SimulatedPath,
    (planning, prices): (&PlanningContext, &Prices),
) -> SimulatedPerson {
    let own = crowd.version_of(planning, person).version;
    let ZoneFact { zone, source, .. } = zone_for(&person.lead, &planning.campaign);
    let clock = zone.zone();
    let step = |planned: &PlannedStep| {
        let (at, because, held) = match &planned.outcome {
            PlannedOutcome::SendAt(at) | PlannedOutcome::TaskAt(at) => (Some(*at), None, None),
            PlannedOutcome::Passed(at, because) => (Some(*at), Some(because.clone()), None),
            PlannedOutcome::Skipped(why) => (None, Some(why.as_str().to_owned()), None),
            PlannedOutcome::NeverOpens => (None, Some("window_never_opens".to_owned()), None),
            PlannedOutcome::Held(reason) => (None, None, Some(*reason)),
        };
        let local = at.map(|at| at.to_zoned(clock.clone()).strftime("%Y-%m-%dT%H:%M").to_string());
        let version = crowd.version_numbered(planning, planned.version);
        let step = version.steps.get(usize::from(planned.step))?;
        let kind = step.kind.step_type();
        let variant = Some(step).filter(|_| at.is_some()).and_then(|step| {
            let variant = step.words_for(person.enrolment.key(), None).variant?;
            Some(step.kind.label_of(&variant.id))
        });
        let channel = planned.channel.filter(|_| at.is_some());
        let segments = planned.segments;
        let cost_micros = match channel {
            Some(Channel::Email) => prices.emails(1),
            Some(Channel::Sms) => segments.and_then(|segments| prices.sms(segments)),
            Some(Channel::Whatsapp) => prices.whatsapp(1),
            None => None,
        };
        let (step, version) = (planned.step, Some(planned.version).filter(|version| *version != own));
        Some(SimulatedStep { step, version, kind, at, local, variant, because, held, segments, cost_micros })
    };
    let steps = path.steps.iter().filter_map(step).collect();
    SimulatedPerson {
        lead: person.lead.id.clone(),
        zone,
        zone_unknown: !source.tells_the_time(),
        version: own,
        mailbox: path.mailbox.clone(),
        end: path.end.ended(),
        steps,
    }
}
