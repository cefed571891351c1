//! One lead waits, or goes on, in all that it is in; each campaign by the rule for one person in it.

use crate::campaigns::CampaignStore;
use crate::enrolling::EnrolPorts;
use crate::pausing::{StaysPut, let_go_on, pause_enrolment, take_back_pause};
use crate::store::{StoreError, StoreResult};
use domain::enrolment::{Enrolment, EnrolmentKey, EnrolmentState, HoldReason, IllegalEnrolmentMove};
use domain::event::{Actor, Event};
use domain::lead::Lead;
use jiff::Timestamp;

/// In one campaign, as it was and as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct InCampaign {
    pub before: Enrolment,
    pub now: Enrolment,
    pub came_to: CameTo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameTo {
    Paused,
    /// Once what is under way is settled, or what keeps it now is over.
    PauseWanted,
    GoesOn,
    WishTakenBack,
    /// Paused just so before.
    AlreadyPaused,
    /// There was nothing to let go on.
    NotPaused,
    /// No person's word holds it: that is answered, or ends, by itself.
    HeldOtherwise,
    Ended,
    /// Others keep changing it: said again it may work.
    Busy,
}

/// In the order in which the campaigns were made. Said again it changes nothing more.
pub async fn pause_lead(
    ports: &EnrolPorts,
    lead: &Lead,
    until: Option<Timestamp>,
    (actor, now): (&Actor, Timestamp),
) -> StoreResult<Vec<InCampaign>> {
    let mut all = Vec::new();
    for before in in_all(ports, lead).await? {
        let mut asked = before.clone();
        let done = match asked.pause(until, now) {
            Ok(()) if asked == before => Ok((before.clone(), CameTo::AlreadyPaused)),
            _ => {
                let because = before.key.campaign.as_str();
                let event = Event::new("enrolment_held", actor.clone(), now).because(because);
                let stores = (&*ports.enrolments, &*ports.due);
                pause_enrolment(stores, &before.key, until, &event).await.map(|paused| match paused {
                    Ok(paused) if is_paused(&paused) => (paused, CameTo::Paused),
                    Ok(wanted) => (wanted, CameTo::PauseWanted),
                    Err(IllegalEnrolmentMove::Ended) => (before.clone(), CameTo::Ended),
                    Err(_) => (before.clone(), CameTo::Busy),
                })
            }
        };
        all.push(in_campaign(before, done)?);
    }
    Ok(all)
}

/// What a person has paused, or was to say, goes on; what waits for something else still does.
pub async fn resume_lead(
    ports: &EnrolPorts,
    campaigns: &dyn CampaignStore,
    lead: &Lead,
    (actor, now): (&Actor, Timestamp),
) -> StoreResult<Vec<InCampaign>> {
    let mut all = Vec::new();
    for before in in_all(ports, lead).await? {
        let event = Event::new("enrolment_resumed", actor.clone(), now).because(before.key.campaign.as_str());
        let as_before = |came_to| (before.clone(), came_to);
        let done = match before.state {
            EnrolmentState::Ended { .. } => Ok(as_before(CameTo::Ended)),
            EnrolmentState::Held { reason: HoldReason::PausedByUser | HoldReason::OwnerChanged, .. } => {
                let_go_on(ports, campaigns, &before.key, &event).await.map(|moved| match moved {
                    Ok(moved) if moved.is_active() => (moved, CameTo::GoesOn),
                    Ok(over) => (over, CameTo::Ended),
                    Err(StaysPut::Uncertain) => as_before(CameTo::HeldOtherwise),
                    Err(StaysPut::NotHeld) => as_before(CameTo::NotPaused),
                })
            }
            _ if before.pause_wanted.is_some() => {
                let taken = take_back_pause(&*ports.enrolments, &before.key, &event).await;
                taken.map(|taken| match taken {
                    Some(taken) => (taken, CameTo::WishTakenBack),
                    None => as_before(CameTo::NotPaused),
                })
            }
            EnrolmentState::Held { .. } => Ok(as_before(CameTo::HeldOtherwise)),
            _ => Ok(as_before(CameTo::NotPaused)),
        };
        all.push(in_campaign(before, done)?);
    }
    Ok(all)
}

async fn in_all(ports: &EnrolPorts, lead: &Lead) -> StoreResult<Vec<Enrolment>> {
    let key = |campaign: &_| EnrolmentKey {
        workspace: lead.workspace.clone(),
        lead: lead.id.clone(),
        campaign: Clone::clone(campaign),
    };
    let keys: Vec<_> = lead.active.iter().map(key).collect();
    let mut all = ports.enrolments.get_many(&keys).await?;
    all.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(all)
}

fn is_paused(enrolment: &Enrolment) -> bool {
    matches!(enrolment.state, EnrolmentState::Held { reason: HoldReason::PausedByUser, .. })
}

fn in_campaign(before: Enrolment, done: StoreResult<(Enrolment, CameTo)>) -> StoreResult<InCampaign> {
    match done {
        Ok((now, came_to)) => Ok(InCampaign { before, now, came_to }),
        // The others are not kept from theirs.
        Err(StoreError::Conflict) => Ok(InCampaign { now: before.clone(), before, came_to: CameTo::Busy }),
        Err(other) => Err(other),
    }
}
