//! Takes what the provider reports of a call. A report of a call that is not the user's present one changes nothing.

use crate::Clock;
use crate::ports::calls::{CallNews, CallReport, CallStore, Dial};
use crate::ports::leads::LeadStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::suppressions::SuppressionStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::tasks::place_call::{NotPlaced, change_call, may_call, reports_to};
use domain::workspace::account::Account;
use domain::workspace::call::{Call, CallLeg, CallSide};
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct HearPorts {
        pub calls: Arc<dyn CallStore>,
        pub leads: Arc<dyn LeadStore>,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub clock: Arc<dyn Clock>,
        pub public_url: Arc<str>,
    }
}

/// Notes a report, and returns the lead to dial if the user waits for one now.
pub async fn hear_call(
    ports: &HearPorts,
    account: &Account,
    report: &CallReport,
) -> StoreResult<Option<Dial>> {
    let known = ports.calls.of_user(&account.workspace, &report.user).await?;
    let is_meant = |call: &Call| call.id == report.call && call.account == account.id;
    let Some(known) = known.filter(is_meant) else { return Ok(None) };
    let (side, leg, seconds) = match report.news {
        CallNews::KeyPressed => (CallSide::User, CallLeg::Answered, None),
        CallNews::Leg { side, leg, seconds } => (side, leg, seconds),
    };
    let heard = change_call(&*ports.calls, &known, |call| {
        let is_named = call.provider_id.is_none() && report.provider_id.is_some();
        if is_named {
            call.provider_id = report.provider_id.clone();
        }
        call.hear(side, leg, seconds) || is_named
    });
    let Some(call) = heard.await?.filter(|_| report.news == CallNews::KeyPressed) else { return Ok(None) };
    dial(ports, account, &call).await
}

/// The lead's number is read here and not before. One that has changed since the user chose it, or must not be called
/// any more, is not dialled.
async fn dial(ports: &HearPorts, account: &Account, call: &Call) -> StoreResult<Option<Dial>> {
    let now = ports.clock.now();
    let is_waiting = matches!(call.lead_leg, CallLeg::Waiting | CallLeg::Ringing);
    if !is_waiting || call.end(now).is_some() {
        return Ok(None);
    }
    let lead = found(ports.leads.get(&call.workspace, &call.id.lead()).await)?;
    let (Some(lead), Some(caller)) = (lead, account.settings.calls_from()) else { return Ok(None) };
    let Some(to) = call.number.of(&lead).filter(|number| call.is_to(number)) else { return Ok(None) };
    match may_call((&*ports.suppressions, &*ports.workspaces), &lead, to, now).await {
        Ok(()) => {}
        Err(NotPlaced::Store(error)) => return Err(error),
        Err(_) => return Ok(None),
    }
    let reports = reports_to(&ports.public_url, call);
    Ok(Some(Dial { to: to.clone(), caller: caller.clone(), reports }))
}
