//! Finds the leads of a campaign that lack a value named by the texts ahead of them, a consent that a message ahead needs,
//! or a time zone, before those messages are sent.

use crate::campaign::enrol::{WithMissingValues, read_opening_lines, texts};
use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::planning_context::PlanningContext;
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::enrolments::EnrolmentFilter;
use crate::ports::store::{PageRequest, StoreResult};
use domain::campaign::enrol_rules::reaching;
use domain::contact::channel::Channel;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::lead::Lead;
use domain::lead::suppression::Suppression;
use domain::planning::send_window::{clock_for, is_closed_by_unknown_zone};
use domain::sequence::compiled_texts::{Texts, fields_named};
use domain::sequence::{SequenceVersion, Step};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// The most leads that are looked at in one request: a second or two, also where the table is slow.
pub const MOST_LOOKED_AT: usize = 1_000;
const PAGE: usize = 100;
const UNDER_WAY: [EnrolmentFilter; 4] =
    [EnrolmentFilter::Pending, EnrolmentFilter::Moving, EnrolmentFilter::WaitingTask, EnrolmentFilter::Held];

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MissingValues {
    pub looked_at: usize,
    /// The leads among `looked_at` that would be held for a missing value.
    pub people: usize,
    /// Those leads counted by the first value that each lacks.
    pub fields: BTreeMap<String, usize>,
    /// The leads that would be held for want of consent, counted by the first message's channel and by what is asked
    /// for there.
    pub without_consent: BTreeMap<(Channel, String), usize>,
    /// The leads whose time zone is not known.
    pub zone_unknown: usize,
    /// Those of them who would be held at a text or call, since no hour of the window is day wherever they may be.
    pub without_hours: usize,
    /// The cursor of the next page; none when every lead was looked at, or no step sends anything.
    pub next_cursor: Option<String>,
}

impl MissingValues {
    /// Adds the figures of another campaign.
    pub fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.people += other.people;
        self.zone_unknown += other.zone_unknown;
        self.without_hours += other.without_hours;
        for (field, people) in other.fields {
            *self.fields.entry(field).or_default() += people;
        }
        for (asked, people) in other.without_consent {
            *self.without_consent.entry(asked).or_default() += people;
        }
    }
}

/// Looks at the active enrolments of the campaign, up to `most`, as if they were on the version of `course`, and
/// judges them by the same rule as leads about to be enrolled. Steps behind an enrolment's present step are not
/// counted.
pub async fn missing_values(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    cursor: Option<String>,
    most: usize,
) -> StoreResult<MissingValues> {
    let mut result = MissingValues::default();
    let sends = planning.version.steps.iter().any(|step| {
        let behaviour = step.kind.behaviour();
        behaviour.channel.is_some() || behaviour.disturbs.is_some()
    });
    if fields_named(&planning.version).is_empty() && !sends {
        return Ok(result);
    }
    let (mut state, mut cursor) = begin(cursor);
    while let Some(under_way) = UNDER_WAY.get(state) {
        let left = most - result.looked_at;
        let (workspace, campaign) = (&planning.campaign.workspace, &planning.campaign.id);
        let page = PageRequest { limit: PAGE.min(left).max(1), cursor: cursor.clone() };
        let page = ports.enrolments.of_campaign(workspace, campaign, Some(*under_way), page).await?;
        // There is a next page only where it would hold an enrolment.
        if left == 0 && !page.items.is_empty() {
            result.next_cursor = Some(format!("{state}:{}", cursor.unwrap_or_default()));
            return Ok(result);
        }
        result.count_missing(ports, planning, &page.items).await?;
        cursor = page.next_cursor;
        state += usize::from(cursor.is_none());
    }
    Ok(result)
}

fn begin(cursor: Option<String>) -> (usize, Option<String>) {
    let Some(cursor) = cursor else { return (0, None) };
    let known = cursor.split_once(':').and_then(|(state, rest)| Some((state.parse().ok()?, rest)));
    match known {
        Some((state, rest)) => (state, Some(rest.to_owned()).filter(|rest| !rest.is_empty())),
        // The list itself refuses a cursor that is broken.
        None => (0, Some(cursor)),
    }
}

impl MissingValues {
    async fn count_missing(
        &mut self,
        ports: &EnrolPorts,
        planning: &PlanningContext,
        enrolments: &[Enrolment],
    ) -> StoreResult<()> {
        let (workspace, now) = (&planning.campaign.workspace, ports.clock.now());
        let ids: Vec<_> = enrolments.iter().map(|enrolment| enrolment.key().lead.clone()).collect();
        let leads = ports.leads.get_many(workspace, &ids).await?;
        let lines = read_opening_lines(ports, planning, &ids).await?;
        let Some(texts) = texts(planning, WithMissingValues::LeftOut, &lines) else { return Ok(()) };
        self.looked_at += leads.len();
        let by_lead: HashMap<_, _> =
            enrolments.iter().map(|enrolment| (&enrolment.key().lead, enrolment)).collect();
        let mut missing_values: Vec<(&Lead, &Enrolment)> =
            leads.iter().filter_map(|lead| Some((lead, *by_lead.get(&lead.id)?))).collect();
        for (lead, enrolment) in &missing_values {
            let clock = clock_for(lead, &planning.campaign);
            if !clock.is_known() {
                self.zone_unknown += 1;
                self.without_hours += usize::from(is_held(planning, lead, enrolment, now));
            }
            if let Some(asked) = first_without_consent(planning, lead, enrolment, now) {
                *self.without_consent.entry(asked).or_default() += 1;
            }
        }
        missing_values
            .retain(|(lead, enrolment)| first_missing(planning, &texts, lead, enrolment, &[], now).is_some());
        // Suppressions are read only for leads that seem to lack a value: for the others they make no difference.
        let mut scopes: Vec<_> = missing_values.iter().flat_map(|(lead, _)| scopes_of(lead)).collect();
        scopes.sort();
        scopes.dedup();
        let listed = ports.suppressions.find(workspace, &scopes).await?;
        for (lead, enrolment) in missing_values {
            let own = scopes_of(lead);
            let own: Vec<_> = listed.iter().filter(|entry| own.contains(&entry.scope)).cloned().collect();
            if let Some(field) = first_missing(planning, &texts, lead, enrolment, &own, now) {
                self.people += 1;
                *self.fields.entry(field).or_default() += 1;
            }
        }
        Ok(())
    }
}

/// Tells whether the lead would be held at a text or call ahead because its zone is not known.
fn is_held(planning: &PlanningContext, lead: &Lead, enrolment: &Enrolment, now: Timestamp) -> bool {
    let PlanningContext { campaign, version, calendar, .. } = planning;
    let ahead = reaching(ahead_of(enrolment, version), lead, &[], now);
    ahead.into_iter().any(|step| is_closed_by_unknown_zone((lead, step), campaign, version, calendar, now))
}

/// Returns the first message ahead that the lead's consent does not allow: its channel, and what is asked for there.
fn first_without_consent(
    planning: &PlanningContext,
    lead: &Lead,
    enrolment: &Enrolment,
    now: Timestamp,
) -> Option<(Channel, String)> {
    let policy = planning.calendar.consent;
    let ahead = reaching(ahead_of(enrolment, &planning.version), lead, &[], now);
    let mut channels = ahead.into_iter().filter_map(|step| step.kind.channel());
    let channel = channels.find(|channel| !policy.check(lead, *channel).passed)?;
    Some((channel, policy.needed(lead, channel)?.rule))
}

fn first_missing(
    planning: &PlanningContext,
    texts: &Texts<'_>,
    lead: &Lead,
    enrolment: &Enrolment,
    listed: &[Suppression],
    now: Timestamp,
) -> Option<String> {
    let ahead = reaching(ahead_of(enrolment, &planning.version), lead, listed, now);
    texts.missing(&ahead, lead, &planning.campaign.id)
}

/// Returns the steps ahead of an enrolment. If its step is not in this version, or it waits for the launch, every
/// step may come.
fn ahead_of<'a>(enrolment: &Enrolment, version: &'a SequenceVersion) -> &'a [Step] {
    if *enrolment.state() == EnrolmentState::Pending {
        return &version.steps;
    }
    let Some(present) = enrolment.step() else { return &[] };
    let place = version.steps.iter().position(|step| step.id == *present);
    // The text of an open task is already written.
    let done = usize::from(*enrolment.state() == EnrolmentState::WaitingTask);
    place.map_or(&version.steps, |place| &version.steps[place + done..])
}
