//! Takes what the provider reports of a call. A report of a call that is not the user's present one changes nothing but
//! its recording and its cost, which come late.

use crate::Clock;
use crate::ports::calls::{CallNews, CallReport, CallStore, Dial, Instruction};
use crate::ports::due::DueStore;
use crate::ports::leads::LeadStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::suppressions::SuppressionStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::tasks::call_costs::{EndedCall, note_end, note_name};
use crate::tasks::place_call::{NotPlaced, change_call, may_call, reports_to};
use crate::tasks::recordings::hear_recording;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::Lead;
use domain::workspace::account::Account;
use domain::workspace::call::{Call, CallLeg, CallSide};
use domain::workspace::recording::RecordingNotice;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct HearPorts {
        pub calls: Arc<dyn CallStore>,
        pub leads: Arc<dyn LeadStore>,
        /// Deleted leads can be restored, and their recordings stay until then.
        pub all_leads: Arc<dyn LeadStore> = crate::Ports::leads_with_deleted,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub due: Arc<dyn DueStore>,
        pub clock: Arc<dyn Clock>,
        pub public_url: Arc<str>,
    }
}

/// Notes a report, and returns what the provider is to do now.
pub async fn hear_call(
    ports: &HearPorts,
    account: &Account,
    report: &CallReport,
) -> StoreResult<Instruction> {
    let (side, leg, seconds) = match &report.news {
        CallNews::Recorded { .. } => {
            hear_recording(ports, account, report).await?;
            return Ok(Instruction::HangUp);
        }
        CallNews::NoticeWanted => (CallSide::Lead, CallLeg::Answered, None),
        CallNews::KeyPressed => (CallSide::User, CallLeg::Answered, None),
        CallNews::Leg { side, leg, seconds } => (*side, *leg, *seconds),
    };
    let known = ports.calls.of_user(&account.workspace, &report.user).await?;
    let is_meant = |call: &Call| call.id == report.call && call.account == account.id;
    let known = known.filter(is_meant);
    let heard = match &known {
        None => None,
        Some(known) => {
            let heard = change_call(&*ports.calls, known, |call| {
                let is_named = call.provider_id.is_none() && report.provider_id.is_some();
                if is_named {
                    call.provider_id = report.provider_id.clone();
                }
                call.hear(side, leg, seconds) || is_named
            });
            heard.await?
        }
    };
    if let Err(error) = note_cost(ports, (account, report, known.as_ref()), (side, leg, seconds)).await {
        tracing::warn!(account.id = %account.id, %error, "the price of a call is asked for when it must be over");
    }
    let Some(call) = heard else { return Ok(Instruction::HangUp) };
    let next = match report.news {
        CallNews::KeyPressed => dial(ports, account, &call).await?.map(Instruction::Dial),
        CallNews::NoticeWanted => notice(ports, &call).await?.map(Instruction::Say),
        CallNews::Leg { .. } | CallNews::Recorded { .. } => None,
    };
    Ok(next.unwrap_or(Instruction::HangUp))
}

/// Notes what a report tells for the cost of its call: the id by which its price is asked for, and its end.
async fn note_cost(
    ports: &HearPorts,
    (account, report, known): (&Account, &CallReport, Option<&Call>),
    (side, leg, seconds): (CallSide, CallLeg, Option<u32>),
) -> StoreResult<()> {
    if leg.has_ended() {
        let named = known.and_then(|call| call.provider_id.as_deref());
        let ended = EndedCall {
            workspace: &account.workspace,
            call: &report.call,
            account: &account.id,
            provider_id: report.provider_id.as_deref().or(named),
            seconds: if was_not_reached(side, leg) {
                Some(0)
            } else {
                seconds.filter(|_| leg == CallLeg::Completed)
            },
        };
        return note_end((&*ports.calls, &*ports.due), ended, ports.clock.now()).await;
    }
    match &report.provider_id {
        Some(provider_id) => {
            note_name(&*ports.calls, (&account.workspace, &report.call, &account.id), provider_id).await
        }
        None => Ok(()),
    }
}

/// Whether the user's own phone was not picked up, so that the call took no time.
fn was_not_reached(side: CallSide, leg: CallLeg) -> bool {
    side == CallSide::User && matches!(leg, CallLeg::NoAnswer | CallLeg::Busy | CallLeg::Failed)
}

/// The lead's number is read here and not before. One that has changed since the user chose it, or must not be called
/// any more, is not dialled.
async fn dial(ports: &HearPorts, account: &Account, call: &Call) -> StoreResult<Option<Dial>> {
    let now = ports.clock.now();
    let is_waiting = matches!(call.lead_leg, CallLeg::Waiting | CallLeg::Ringing);
    if !is_waiting || call.end(now).is_some() {
        return Ok(None);
    }
    let Some(caller) = account.settings.calls_from() else { return Ok(None) };
    let Some((lead, to)) = number_to_dial(ports, call).await? else { return Ok(None) };
    let workspace = match may_call((&*ports.suppressions, &*ports.workspaces), &lead, &to, now).await {
        Ok(workspace) => workspace,
        Err(NotPlaced::Store(error)) => return Err(error),
        Err(_) => return Ok(None),
    };
    let recorded = workspace.recording.notice(&lead, &to).is_some();
    let reports = reports_to(&ports.public_url, call);
    Ok(Some(Dial { to, caller: caller.clone(), reports, recorded }))
}

/// The notice to the lead. Where it is not known any more what to say, the lead's phone is hung up: a recorded call
/// without a notice is worse than none.
async fn notice(ports: &HearPorts, call: &Call) -> StoreResult<Option<RecordingNotice>> {
    let Some((lead, to)) = number_to_dial(ports, call).await? else { return Ok(None) };
    Ok(ports.workspaces.get(&call.workspace).await?.recording.notice(&lead, &to))
}

async fn number_to_dial(ports: &HearPorts, call: &Call) -> StoreResult<Option<(Lead, PhoneNumber)>> {
    let Some(lead) = found(ports.leads.get(&call.workspace, &call.id.lead()).await)? else { return Ok(None) };
    let to = call.number.of(&lead).filter(|number| call.is_to(number)).cloned();
    Ok(to.map(|to| (lead, to)))
}
