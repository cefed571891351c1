//! The forecast of one lead's way through a sequence before anything is sent.
//!
//! It asks the runtime's own planner again and again, and advances a copy of the enrolment as if each step
//! were done at once. So preview, simulation and sending cannot disagree.

pub mod campaign_simulation;

use crate::campaign::calendar::Calendar;
use crate::campaign::{Campaign, CampaignState};
use crate::capacity::follow_up_load::FollowUps;
use crate::contact::channel::{Channel, Touch};
use crate::enrolment::deferral::Deferral;
use crate::enrolment::key::EnrolmentKey;
use crate::enrolment::reasons::{EndReason, HoldReason};
use crate::enrolment::{Enrolment, EnrolmentState};
use crate::ids::{AccountId, MessageId, StepId};
use crate::lead::Lead;
use crate::lead::suppression::Suppression;
use crate::planning::behaviour::Behaviour;
use crate::planning::planner::{Decision, PlanInput, account_resumes, plan};
use crate::planning::send_window::zone_for;
use crate::planning::skip_reason::SkipReason;
use crate::sequence::SequenceVersion;
use crate::sequence::compiled_texts::{Texts, Written};
use crate::sequence::render::TemplateError;
use crate::sequence::rollout::Onward;
use crate::time::days_off::DaysOff;
use crate::time::time_zone::ZoneFact;
use crate::workspace::Sending;
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub struct LeadForecast {
    pub steps: Vec<PlannedStep>,
    pub zone: ZoneFact,
    /// How it ends if the lead does not reply.
    pub end: ForecastEnd,
}

/// Why a forecast goes no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForecastEnd {
    Ended(EndReason),
    /// The enrolment is held, and nothing known now says until when.
    Held(HoldReason),
}

impl ForecastEnd {
    pub fn ended(self) -> Option<EndReason> {
        match self {
            Self::Ended(reason) => Some(reason),
            Self::Held(_) => None,
        }
    }

    pub fn held(self) -> Option<HoldReason> {
        match self {
            Self::Held(reason) => Some(reason),
            Self::Ended(_) => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct PlannedStep {
    /// The step's position in that version.
    pub step: u16,
    pub version: u32,
    pub channel: Option<Channel>,
    /// Whether it is the first message to this lead.
    pub opening: bool,
    pub outcome: PlannedOutcome,
    /// Segments, if it is an SMS whose text was rendered.
    pub segments: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlannedOutcome {
    SendAt(Timestamp),
    /// A user gets a task at this time.
    TaskAt(Timestamp),
    /// A wait, branch or goal is over by this time; the text is the planner's code.
    Passed(Timestamp, String),
    Skipped(SkipReason),
    /// The send window, the account's hours and the lead's hours never meet.
    NeverOpens,
    /// The step could not go out: the enrolment is held here.
    Held(HoldReason),
}

/// The forecast for a lead enrolled at `start` in the launched campaign, who does nothing more than `seen`,
/// while every task is done at once.
pub fn forecast_lead(
    version: &SequenceVersion,
    (lead, seen): (&Lead, Behaviour),
    campaign: &Campaign,
    calendar: &Calendar,
    suppressions: &[Suppression],
    start: Timestamp,
) -> LeadForecast {
    let key = EnrolmentKey {
        workspace: lead.workspace.clone(),
        lead: lead.id.clone(),
        campaign: campaign.id.clone(),
    };
    let launched = Campaign { state: CampaignState::Active, state_since: start, ..campaign.clone() };
    let mut enrolment = Enrolment::begin(key, version, EnrolmentState::Scheduled, None, start);
    enrolment.keep_to_mailbox(lead, calendar, start);
    let route = Route { version, campaign: &launched, calendar, texts: None, onward: None };
    let mut forecast = Forecast::of(route, lead, suppressions, enrolment, start).having_seen(seen);
    loop {
        match forecast.next_forecast_step() {
            ForecastStep::Message { .. } => forecast.sent(),
            ForecastStep::Over(end) => {
                return LeadForecast { steps: forecast.steps, zone: zone_for(lead, campaign), end };
            }
        }
    }
}

/// The data that all enrolments in one simulation share. The campaign counts as it is given: a forecast
/// begins when it is active.
#[derive(Debug, Clone, Copy)]
pub struct Route<'a> {
    pub version: &'a SequenceVersion,
    pub campaign: &'a Campaign,
    pub calendar: &'a Calendar,
    /// If given, messages are rendered, and an enrolment that lacks a value is held.
    pub texts: Option<&'a Texts<'a>>,
    /// The version, with its texts, that enrolments with a pending transfer continue on after their present step.
    pub onward: Option<(&'a Onward, Option<&'a Texts<'a>>)>,
}

/// The forecast of one lead as it is computed, from message to message.
#[derive(Debug, Clone)]
pub struct Forecast<'a> {
    route: Route<'a>,
    /// The route's calendar, without the pauses that are over by now.
    calendar: Cow<'a, Calendar>,
    lead: &'a Lead,
    suppressions: &'a [Suppression],
    enrolment: Enrolment,
    now: Timestamp,
    seen: Behaviour,
    /// Steps whose message went out or was refused, on any version.
    had: BTreeMap<StepId, SkipReason>,
    has_no_place: bool,
    /// The rendered text of the present step.
    written: Option<Written>,
    /// The steps found so far.
    pub steps: Vec<PlannedStep>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForecastStep {
    /// The present step could be sent at this time.
    Message {
        at: Timestamp,
        touch: Touch,
    },
    Over(ForecastEnd),
}

impl<'a> Forecast<'a> {
    /// Begins where the enrolment stands. A task that a user has counts as done now.
    pub fn of(
        route: Route<'a>,
        lead: &'a Lead,
        suppressions: &'a [Suppression],
        mut enrolment: Enrolment,
        now: Timestamp,
    ) -> Self {
        let has_task = *enrolment.state() == EnrolmentState::WaitingTask;
        enrolment.release();
        let mut forecast = Self {
            route,
            calendar: Cow::Borrowed(route.calendar),
            lead,
            suppressions,
            enrolment,
            now,
            seen: Behaviour::default(),
            had: BTreeMap::new(),
            has_no_place: false,
            written: None,
            steps: Vec::new(),
        };
        if has_task {
            forecast.continue_at(forecast.below());
        }
        forecast
    }

    /// Adds steps that the lead has had: after a transfer they may come to them again.
    pub fn having_had(mut self, steps: BTreeMap<StepId, SkipReason>) -> Self {
        self.had = steps;
        self
    }

    /// Adds the lead's behaviour before now, as known for the step at which they stand.
    pub fn having_seen(mut self, seen: Behaviour) -> Self {
        // A task of the present step counts as done now, so the enrolment has left that step.
        self.seen =
            Behaviour { task: None, had_before: seen.had_before.filter(|_| seen.task.is_none()), ..seen };
        self
    }

    /// Marks an enrolment that begins with the campaign, so that no day is booked for it yet.
    pub fn without_a_place(mut self, without: bool) -> Self {
        self.has_no_place = without;
        self
    }

    pub(crate) fn has_no_place(&self) -> bool {
        self.has_no_place
    }

    /// The follow-ups that the capacity calendar books with the present step's message.
    pub(crate) fn follow_ups(&self, with_all: bool) -> FollowUps<'a> {
        let Route { version, campaign, calendar, .. } = self.route;
        let days_off = DaysOff::of(self.lead, &calendar.days_off);
        match self.enrolment.step() {
            Some(step) => FollowUps::counted_with((&campaign.id, version), step, with_all, days_off),
            None => FollowUps::none(version.window.week()),
        }
    }

    pub fn lead(&self) -> &'a Lead {
        self.lead
    }

    pub fn mailbox(&self) -> Option<&AccountId> {
        self.enrolment.mailbox().as_ref()
    }

    /// Whether the mailbox exists, is switched on, and is not paused any more.
    pub(crate) fn finds_open(&self, mailbox: &AccountId) -> bool {
        self.calendar.mailboxes.contains_key(mailbox)
    }

    pub fn give_mailbox(&mut self, mailbox: AccountId) {
        self.enrolment.send_by(mailbox);
    }

    /// Advances to the next message, or to the end.
    pub fn next_forecast_step(&mut self) -> ForecastStep {
        let ended = |reason| ForecastStep::Over(ForecastEnd::Ended(reason));
        loop {
            match self.decide(&self.enrolment) {
                Decision::Wait { until } => self.defer(until),
                Decision::Send => {
                    let touch = self.enrolment.touch(self.route.version);
                    let Some(touch) = touch else { return ended(EndReason::Failed) };
                    if self.write().is_err() {
                        self.note(PlannedOutcome::Held(HoldReason::MissingValue));
                        return ForecastStep::Over(ForecastEnd::Held(HoldReason::MissingValue));
                    }
                    return ForecastStep::Message { at: self.now, touch };
                }
                Decision::OpenTask if self.write().is_err() => {
                    self.note(PlannedOutcome::Held(HoldReason::MissingValue));
                    return ForecastStep::Over(ForecastEnd::Held(HoldReason::MissingValue));
                }
                Decision::OpenTask => self.leave(PlannedOutcome::TaskAt(self.now), None),
                Decision::Pass { to, because, .. } => {
                    self.leave(PlannedOutcome::Passed(self.now, because), Some(to));
                }
                Decision::Skip { why } => self.leave(PlannedOutcome::Skipped(why), None),
                Decision::End(end) => {
                    if end == EndReason::Failed {
                        self.note(PlannedOutcome::NeverOpens);
                    }
                    return ended(end);
                }
                // The lead is back by then.
                Decision::Hold { reason: HoldReason::OutOfOffice, until: Some(until) } => self.defer(until),
                Decision::Hold { reason: HoldReason::AccountPaused, .. } if self.waits_for_account() => {}
                Decision::Hold { reason, .. } => {
                    self.note(PlannedOutcome::Held(reason));
                    return ForecastStep::Over(ForecastEnd::Held(reason));
                }
                // The planner never returns this for a scheduled enrolment.
                Decision::AwaitTask => return ended(EndReason::Failed),
            }
        }
    }

    fn decide(&self, enrolment: &Enrolment) -> Decision {
        plan(&self.input(enrolment)).decision
    }

    fn input<'b>(&'b self, enrolment: &'b Enrolment) -> PlanInput<'b> {
        let Route { version, campaign, .. } = self.route;
        PlanInput {
            enrolment,
            version,
            lead: self.lead,
            campaign,
            calendar: &self.calendar,
            sending: &Sending::Running,
            suppressions: self.suppressions,
            seen: &self.seen,
            now: self.now,
        }
    }

    /// Holds the enrolment until its account's pause is over, which may make it late; false if the pause has no end.
    fn waits_for_account(&mut self) -> bool {
        let Some(until) = account_resumes(&self.input(&self.enrolment)) else { return false };
        let until = until.max(self.now);
        let held = self.enrolment.hold(HoldReason::AccountPaused, None, self.now);
        let goes_on = held.and_then(|()| self.enrolment.resume(until)).is_ok();
        self.now = until;
        self.calendar = Cow::Owned(self.calendar.resumed_by(until, self.route.campaign));
        goes_on
    }

    /// Renders the present step's text, once however often the step is deferred.
    fn write(&mut self) -> Result<(), TemplateError> {
        let Route { version, campaign, texts, .. } = self.route;
        let (Some(texts), None, Some(present)) = (texts, self.written, self.enrolment.step()) else {
            return Ok(());
        };
        let Some(place) = version.steps.iter().position(|step| step.id == *present) else { return Ok(()) };
        let words = version.steps[place].words_for(self.enrolment.key(), None);
        let message = MessageId::for_step(&self.lead.id, &campaign.id, present);
        self.written = Some(texts.write(place, &words, (self.lead, &message))?);
        Ok(())
    }

    /// When the present step could be sent if it were not due before `due`.
    pub fn next_from(&self, due: Timestamp) -> Timestamp {
        match self.decide(&self.enrolment.as_if_due(Some(due))) {
            Decision::Wait { until } => until,
            _ => due,
        }
    }

    /// Records that the message goes out now.
    pub fn sent(&mut self) {
        self.seen.last_message = self.seen.last_message.max(Some(self.now));
        self.had.extend(self.enrolment.step().clone().map(|step| (step, SkipReason::AlreadySent)));
        let touch = self.enrolment.touch(self.route.version);
        self.leave(PlannedOutcome::SendAt(self.now), None);
        if let Some(touch) = touch {
            self.enrolment.note_channel_used(touch.channel);
        }
    }

    /// Defers the present step until then.
    pub fn defer(&mut self, until: Timestamp) {
        self.enrolment.defer(Deferral::OwnLimit, until, self.now);
        self.now = self.now.max(until);
    }

    fn note(&mut self, outcome: PlannedOutcome) {
        let present = self.enrolment.step().as_ref().and_then(|step| self.route.version.position(step));
        let segments = self.written.take().and_then(|written| written.segments);
        let version = self.route.version;
        let touch = self.enrolment.touch(version);
        self.steps.extend(present.map(|step| PlannedStep {
            step,
            version: version.version,
            channel: touch.map(|touch| touch.channel),
            opening: touch.is_some_and(|touch| touch.opening),
            outcome,
            segments,
        }));
    }

    /// Leaves the present step. `to` is where a branch leads; without it the step below is next.
    fn leave(&mut self, outcome: PlannedOutcome, to: Option<Option<StepId>>) {
        let late = self
            .enrolment
            .planned_if_late(self.now)
            .filter(|_| matches!(outcome, PlannedOutcome::Passed(..)));
        self.note(outcome);
        let to = to.unwrap_or_else(|| self.below());
        self.continue_at(to);
        self.enrolment.inherit_lateness(late, self.route.version);
    }

    fn below(&self) -> Option<StepId> {
        self.enrolment.step().as_ref().and_then(|step| self.route.version.after(step))
    }

    /// Advances to this step, or to its counterpart in the version of a pending transfer.
    fn continue_at(&mut self, to: Option<StepId>) {
        let onward = self.route.onward;
        self.enrolment.advance_onto(self.now, to, self.route.version, onward.map(|(onward, _)| onward));
        if let Some((onward, texts)) = onward
            && self.enrolment.version() == onward.version.version
        {
            self.route = Route { version: &onward.version, texts, onward: None, ..self.route };
        }
        self.seen.had_before = self.enrolment.step().as_ref().and_then(|step| self.had.get(step).copied());
    }
}
