//! The whole way through a sequence before anything is sent: the runtime's own planner, asked again and again.

use crate::campaign::{Campaign, CampaignState};
use crate::enrolment::{EndReason, Enrolment, EnrolmentKey, EnrolmentState};
use crate::lead::Lead;
use crate::planner::{Decision, PlanInput, SkipReason, plan};
use crate::sequence::{Channel, SequenceVersion};
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
    pub step: u16,
    pub channel: Channel,
    pub outcome: PlannedOutcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedOutcome {
    SendAt(Timestamp),
    Skipped(SkipReason),
}

/// What would happen to this lead if it were enrolled at `start` in the launched campaign and never answered.
pub fn flight_plan(
    version: &SequenceVersion,
    lead: &Lead,
    campaign: &Campaign,
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
    let (mut now, mut steps) = (start, Vec::new());
    loop {
        let input = PlanInput {
            enrolment: &enrolment,
            version,
            lead,
            campaign: &launched,
            sending: &Sending::Running,
            suppressions,
            replied_since_enrolment: false,
            now,
        };
        let found = plan(&input);
        let outcome = match found.decision {
            Decision::Wait { until } => {
                enrolment.due = Some(until);
                now = until;
                continue;
            }
            Decision::Send { .. } => PlannedOutcome::SendAt(now),
            Decision::Skip { why, .. } => PlannedOutcome::Skipped(why),
            Decision::End(end) => return FlightPlan { steps, zone: found.zone, end },
            // Not from a scheduled enrolment in an active campaign.
            Decision::Hold { .. } => return FlightPlan { steps, zone: found.zone, end: EndReason::Failed },
        };
        let index = usize::from(enrolment.step);
        let channel = version.steps[index].channel;
        steps.push(PlannedStep { step: enrolment.step, channel, outcome });
        enrolment.advance(now, version.steps.len(), None);
    }
}
