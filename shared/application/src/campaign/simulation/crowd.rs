//! The leads of a campaign that a simulation sends to, with what their way depends on.

use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::planning_context::PlanningContext;
use crate::campaign::rollout::onward;
use crate::identity::links::with_dead_links;
use crate::lead::campaign_line::OpeningLines;
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::{PageRequest, StoreResult, found};
use crate::sending::{DAY, cap_queue, domain_bucket, workspace_bucket};
use domain::campaign::Campaign;
use domain::capacity::day_load::DayRoom;
use domain::capacity::domain_load::RecipientDomains;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::forecast::{Forecast, Route};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::lead::suppression::Suppression;
use domain::message::Message;
use domain::planning::behaviour::Behaviour;
use domain::planning::skip_reason::SkipReason;
use domain::sequence::SequenceVersion;
use domain::sequence::compiled_texts::{Texts, fields_named};
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::rollout::Onward;
use domain::workspace::Company;
use domain::{LeadId, MessageId, RolloutId, StepId};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const PAGE: usize = 100;
/// The lead files that are read at the same time; each is a query of its own.
const AT_ONCE: usize = 16;
/// The recipient domains whose messages of today are read, the most common first. For the others none are assumed.
const DOMAINS_READ: usize = 100;

pub(super) struct Person {
    pub lead: Lead,
    pub enrolment: Enrolment,
    /// Whether the enrolment begins when the campaign is launched.
    pub pending: bool,
    pub suppressions: Vec<Suppression>,
    /// The lead's earlier reactions, where its way depends on them.
    pub seen: Behaviour,
    /// The steps, of any version, whose message the lead has had, where it changes versions.
    pub had: BTreeMap<StepId, SkipReason>,
}

/// All leads that the simulation sends to.
#[derive(Default)]
pub(super) struct Crowd {
    pub people: Vec<Person>,
    /// The leads that are left out, because nobody knows when they are released.
    pub held: BTreeMap<HoldReason, u32>,
    pub cut_off: bool,
    /// The versions of enrolments that are not on the campaign's own.
    pub versions: HashMap<u32, SequenceVersion>,
    /// The versions that enrolments change to because of a rollout.
    onwards: HashMap<RolloutId, Onward>,
    /// The opening lines written for the leads, where a text uses one.
    opening_lines: OpeningLines,
}

/// Tells whether a step asks for more than the lead itself, such as an open or a reply.
fn needs_behaviour(version: &SequenceVersion) -> bool {
    version.steps.iter().any(|step| step.kind.needs_behaviour())
}

/// Returns those of `steps` whose message the lead had on an earlier visit, and with what result, by the planner's
/// own rule.
fn had_before(
    steps: &BTreeSet<StepId>,
    enrolment: &Enrolment,
    messages: &[Message],
    now: Timestamp,
) -> BTreeMap<StepId, SkipReason> {
    let had = |step: &StepId| Behaviour::of(&enrolment.as_if_at(step, now), messages, &[]).had_before;
    steps.iter().filter_map(|step| Some((step.clone(), had(step)?))).collect()
}

/// Returns the state of the workspace's daily cap, where it has one.
pub(super) async fn workspace_room(
    limits: &dyn RateLimitStore,
    planning: &PlanningContext,
    now: Timestamp,
) -> StoreResult<Option<DayRoom>> {
    let Some(per_day) = planning.calendar.caps.messages_per_day else { return Ok(None) };
    let bucket = workspace_bucket(&planning.campaign.workspace);
    let taken = limits.taken(&bucket, DAY, now).await?;
    let last = limits.last_position(&cap_queue(&bucket), DAY).await?;
    Ok(Some(DayRoom::known(per_day, now, taken, last)))
}

impl Crowd {
    /// Reads the leads that are active or wait for the launch, up to `most`.
    pub async fn read(
        &mut self,
        ports: &EnrolPorts,
        planning: &PlanningContext,
        now: Timestamp,
        most: usize,
    ) -> StoreResult<()> {
        let Campaign { workspace, id, .. } = &planning.campaign;
        let mut cursor = None;
        loop {
            let page = PageRequest { limit: PAGE, cursor };
            let page = ports.enrolments.of_campaign(workspace, id, None, page).await?;
            let mut under_way = Vec::new();
            for mut enrolment in page.items {
                let pending = *enrolment.state() == EnrolmentState::Pending;
                match *enrolment.state() {
                    EnrolmentState::Ended { .. } => continue,
                    EnrolmentState::Held { until: Some(until), .. } => enrolment.plan_for(until),
                    // These resume together with their campaign, account or workspace.
                    EnrolmentState::Held { reason, until: None } if reason.is_of_a_scope() => {
                        enrolment.resume(now).expect("who is held may go on");
                    }
                    EnrolmentState::Held { reason, until: None } => {
                        *self.held.entry(reason).or_default() += 1;
                        continue;
                    }
                    EnrolmentState::Pending => {
                        enrolment.launch(&planning.version, now, None);
                    }
                    _ => {}
                }
                under_way.push((enrolment, pending));
            }
            self.add_page(ports, planning, under_way, now).await?;
            if self.people.len() > most {
                self.people.truncate(most);
                self.cut_off = true;
                return Ok(());
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn add_page(
        &mut self,
        ports: &EnrolPorts,
        planning: &PlanningContext,
        enrolments: Vec<(Enrolment, bool)>,
        now: Timestamp,
    ) -> StoreResult<()> {
        let workspace = &planning.campaign.workspace;
        for (enrolment, _) in &enrolments {
            let number = enrolment.version();
            if number != planning.version.version && !self.versions.contains_key(&number) {
                let version = ports.sequences.version(workspace, enrolment.sequence(), number).await?;
                self.versions.insert(number, version);
            }
            self.read_next_version(ports, planning, enrolment).await?;
        }
        let ids: Vec<LeadId> = enrolments.iter().map(|(enrolment, _)| enrolment.key().lead.clone()).collect();
        let leads = ports.leads.get_many(workspace, &ids).await?;
        let mut scopes: Vec<_> = leads.iter().flat_map(scopes_of).collect();
        scopes.sort();
        scopes.dedup();
        let listed = ports.suppressions.find(workspace, &scopes).await?;
        let held = match planning.holds_companies {
            true => {
                let companies: Vec<&str> = leads.iter().filter_map(Lead::company_domain).collect();
                ports.companies.find(workspace, &companies).await?
            }
            false => Vec::new(),
        };
        let mut by_id: HashMap<LeadId, Lead> =
            leads.into_iter().map(|lead| (lead.id.clone(), lead)).collect();
        for (mut enrolment, pending) in enrolments {
            let Some(lead) = by_id.remove(&enrolment.key().lead) else { continue };
            enrolment.keep_to_mailbox(&lead, &planning.calendar, now);
            let colleague = held.iter().find_map(|held| held.concerns(&lead));
            if let Some(colleague) = colleague.filter(|colleague| colleague.holds(&enrolment, now)) {
                enrolment.plan_for(enrolment.due().map_or(colleague.until, |due| due.max(colleague.until)));
            }
            let own = scopes_of(&lead);
            let suppressions = listed.iter().filter(|entry| own.contains(&entry.scope)).cloned().collect();
            let (seen, had) = (Behaviour::default(), BTreeMap::new());
            self.people.push(Person { lead, enrolment, pending, suppressions, seen, had });
        }
        Ok(())
    }

    /// Reads the version that a rollout has marked the enrolment for, once per rollout.
    async fn read_next_version(
        &mut self,
        ports: &EnrolPorts,
        planning: &PlanningContext,
        enrolment: &Enrolment,
    ) -> StoreResult<()> {
        let Some(transfer) = enrolment.pending_transfer() else { return Ok(()) };
        if self.onwards.contains_key(&transfer.rollout) {
            return Ok(());
        }
        let Some(onward) = onward(&*ports.sequences, enrolment).await? else { return Ok(()) };
        let version = &onward.version;
        if version.version != planning.version.version {
            self.versions.insert(version.version, version.clone());
        }
        self.onwards.insert(transfer.rollout.clone(), onward);
        Ok(())
    }

    pub fn onward_of(&self, person: &Person) -> Option<&Onward> {
        self.onwards.get(&person.enrolment.pending_transfer()?.rollout)
    }

    /// Reads what leads did with earlier messages, where their way depends on it. A lead that was deleted meanwhile
    /// did nothing.
    pub async fn read_behaviour(
        &mut self,
        ports: &EnrolPorts,
        planning: &PlanningContext,
        now: Timestamp,
    ) -> StoreResult<()> {
        let versions = self.versions.values().chain([&planning.version]);
        let steps: BTreeSet<StepId> =
            versions.flat_map(|version| version.steps.iter().map(|step| step.id.clone())).collect();
        let workspace = &planning.campaign.workspace;
        let anything = planning.calendar.caps.hours_apart.is_some();
        let asked: HashMap<u32, bool> = (self.versions.values().chain([&planning.version]))
            .map(|version| (version.version, anything || needs_behaviour(version)))
            .collect();
        let depends = |person: &Person| {
            let moved = person.enrolment.transfer().is_some();
            let past = person.lead.status != StageId::NEW || person.enrolment.generation() > 0;
            past && (moved || asked.get(&person.enrolment.version()).copied().unwrap_or(false))
        };
        let depending = self.people.iter().enumerate().filter(|(_, person)| depends(person));
        let read: Vec<_> = depending
            .map(|(at, person)| {
                let (leads, workspace, id) = (ports.leads.clone(), workspace.clone(), person.lead.id.clone());
                async move { Ok((at, found(leads.file(&workspace, &id).await)?)) }
            })
            .collect();
        let mut read = stream::iter(read).buffer_unordered(AT_ONCE);
        while let Some((at, file)) = read.try_next().await? {
            let (Some(file), person) = (file, &mut self.people[at]) else { continue };
            person.seen = Behaviour::of(&person.enrolment, &file.messages, &file.tasks);
            if person.enrolment.transfer().is_some() {
                person.had = had_before(&steps, &person.enrolment, &file.messages, now);
            }
        }
        Ok(())
    }

    /// Returns the state of the cap per recipient domain, where there is one, with today's messages of the most
    /// common domains.
    pub async fn domains(
        &self,
        limits: &dyn RateLimitStore,
        planning: &PlanningContext,
        now: Timestamp,
    ) -> StoreResult<Option<RecipientDomains>> {
        let Some(per_day) = planning.calendar.caps.domain_per_day else { return Ok(None) };
        let mut people: HashMap<&str, usize> = HashMap::new();
        for email in self.people.iter().filter_map(|person| person.lead.email.as_ref()) {
            *people.entry(email.domain()).or_default() += 1;
        }
        let mut most: Vec<(&str, usize)> = people.into_iter().collect();
        most.sort_by_key(|(domain, people)| (Reverse(*people), *domain));
        let workspace = &planning.campaign.workspace;
        let mut domains = RecipientDomains::new(per_day);
        for (domain, _) in most.into_iter().take(DOMAINS_READ) {
            let bucket = domain_bucket(workspace, domain);
            let taken = limits.taken(&bucket, DAY, now).await?;
            let last = limits.last_position(&cap_queue(&bucket), DAY).await?;
            domains.set_taken(domain, now, taken, last);
        }
        Ok(Some(domains))
    }

    pub fn version_of<'a>(&'a self, planning: &'a PlanningContext, person: &Person) -> &'a SequenceVersion {
        self.version_numbered(planning, person.enrolment.version())
    }

    pub fn version_numbered<'a>(&'a self, planning: &'a PlanningContext, number: u32) -> &'a SequenceVersion {
        self.versions.get(&number).unwrap_or(&planning.version)
    }

    pub async fn read_opening_lines(
        &mut self,
        ports: &EnrolPorts,
        planning: &PlanningContext,
    ) -> StoreResult<()> {
        let mut versions = self.versions.values().chain([&planning.version]);
        if !versions.any(|version| fields_named(version).contains("first_line")) {
            return Ok(());
        }
        let ids: Vec<LeadId> = self.people.iter().map(|person| person.lead.id.clone()).collect();
        self.opening_lines = OpeningLines::read(&*ports.leads, &planning.campaign, &ids).await?;
        Ok(())
    }

    /// Returns the texts of each version, which are rendered with each lead's values.
    pub fn texts<'a>(
        &'a self,
        planning: &'a PlanningContext,
        company: &'a Company,
        public_url: &'a str,
    ) -> HashMap<u32, Texts<'a>> {
        let values = move |lead: &Lead, message: &MessageId| {
            let line = self.opening_lines.used(&planning.campaign, lead);
            let line = line.as_ref().map(|used| used.text.as_str());
            let own = MergeContext::from_lead(lead, company).with_opening_line(line);
            with_dead_links(own, public_url, (&lead.workspace, message))
        };
        let versions = self.versions.values().chain([&planning.version]);
        versions.map(|version| (version.version, Texts::of(version, Box::new(values)))).collect()
    }

    pub fn lead_forecasts<'a>(
        &'a self,
        planning: &'a PlanningContext,
        texts: &'a HashMap<u32, Texts<'a>>,
        now: Timestamp,
    ) -> Vec<Forecast<'a>> {
        let PlanningContext { campaign, calendar, .. } = planning;
        let mut forecasts = Vec::with_capacity(self.people.len());
        for person in &self.people {
            let version = self.version_of(planning, person);
            let onward = self.onward_of(person);
            let onward = onward.map(|onward| (onward, texts.get(&onward.version.version)));
            let route = Route { version, campaign, calendar, texts: texts.get(&version.version), onward };
            let enrolment = person.enrolment.clone();
            let forecast = Forecast::of(route, &person.lead, &person.suppressions, enrolment, now);
            let forecast = forecast.having_seen(person.seen).having_had(person.had.clone());
            forecasts.push(forecast.without_a_place(person.pending));
        }
        forecasts
    }
}
