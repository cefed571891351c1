//! The whole way through a sequence before anything is sent: the runtime's own planner, asked again and again.

use crate::calendar::Calendar;
use crate::campaign::{Campaign, CampaignState};
use crate::condition::Seen;
use crate::enrolment::{EndReason, Enrolment, EnrolmentKey, EnrolmentState};
use crate::lead::Lead;
use crate::planner::{Decision, PlanInput, plan};
use crate::reach::SkipReason;
use crate::sequence::SequenceVersion;
use crate::suppression::Suppression;
use crate::time_zone::ZoneFact;
use crate::workspace::Sending;
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq)]
pub struct FlightPlan {
    pub steps: Vec<PlannedStep>,
    pub zone: ZoneFact,
    /// Why it ends where it ends, if nobody answers.
    pub end: EndReason,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PlannedStep {
    /// Its position in the version.
    pub step: u16,
    pub outcome: PlannedOutcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlannedOutcome {
    SendAt(Timestamp),
    /// A person gets a task then.
    TaskAt(Timestamp),
    /// Waited, or decided, by then; why is the planner's code.
    Passed(Timestamp, String),
    Skipped(SkipReason),
    /// The window, the sender's hours and the lead's never meet.
    NeverOpens,
}

/// What would happen to this lead if it were enrolled at `start` in the launched campaign, did nothing, and every task
/// were done at once.
pub fn flight_plan(
    version: &SequenceVersion,
    lead: &Lead,
    campaign: &Campaign,
    calendar: &Calendar,
    suppressions: &[Suppression],
    start: Timestamp,
) -> FlightPlan {
    let key = EnrolmentKey {
        workspace: lead.workspace.clone(),
        lead: lead.id.clone(),
        campaign: campaign.id.clone(),
    };
    let launched = Campaign { state: CampaignState::Active, state_since: start, ..campaign.clone() };
    let mut enrolment = Enrolment::begin(key, version, EnrolmentState::Scheduled, None, start);
    let (mut now, mut steps, seen) = (start, Vec::new(), Seen::default());
    loop {
        let input = PlanInput {
            enrolment: &enrolment,
            version,
            lead,
            campaign: &launched,
            calendar,
            sending: &Sending::Running,
            suppressions,
            seen: &seen,
            now,
        };
        let found = plan(&input);
        let outcome = match found.decision {
            Decision::Wait { until } => {
                enrolment.due = Some(until);
                now = until;
                continue;
            }
            Decision::Send => (PlannedOutcome::SendAt(now), None),
            Decision::OpenTask => (PlannedOutcome::TaskAt(now), None),
            Decision::Pass { to, because, .. } => (PlannedOutcome::Passed(now, because), Some(to)),
            Decision::Skip { why } => (PlannedOutcome::Skipped(why), None),
            Decision::End(end) => {
                if end == EndReason::Failed {
                    let present = enrolment.step.as_ref().and_then(|step| version.position(step));
                    let outcome = PlannedOutcome::NeverOpens;
                    steps.extend(present.map(|step| PlannedStep { step, outcome }));
                }
                return FlightPlan { steps, zone: found.zone, end };
            }
            // Not from a scheduled enrolment in an active campaign.
            Decision::Hold { .. } | Decision::AwaitTask => {
                return FlightPlan { steps, zone: found.zone, end: EndReason::Failed };
            }
        };
        let Some(present) = enrolment.step.clone() else {
            return FlightPlan { steps, zone: found.zone, end: EndReason::Finished };
        };
        let (outcome, to) = outcome;
        steps.extend(version.position(&present).map(|step| PlannedStep { step, outcome }));
        enrolment.advance(now, to.unwrap_or_else(|| version.after(&present)), None);
    }
}
