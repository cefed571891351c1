//! Takes what the provider reports of a call. A report of a call that is not the user's present one changes nothing.

use crate::Clock;
use crate::ports::calls::{CallNews, CallReport, CallStore, Dial};
use crate::ports::leads::LeadStore;
use crate::ports::store::{StoreResult, found};
use crate::tasks::place_call::{change_call, reports_to};
use domain::workspace::account::Account;
use domain::workspace::call::{Call, CallLeg, CallSide};
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct HearPorts {
        pub calls: Arc<dyn CallStore>,
        pub leads: Arc<dyn LeadStore>,
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

/// The lead's number is read here and not before: it may have changed, or become one that must not be called.
async fn dial(ports: &HearPorts, account: &Account, call: &Call) -> StoreResult<Option<Dial>> {
    let is_waiting = matches!(call.lead_leg, CallLeg::Waiting | CallLeg::Ringing);
    if !is_waiting || call.end(ports.clock.now()).is_some() {
        return Ok(None);
    }
    let lead = found(ports.leads.get(&call.workspace, &call.id.lead()).await)?;
    let Some(lead) = lead.filter(|lead| !lead.do_not_contact) else { return Ok(None) };
    let (Some(to), Some(caller)) = (call.number.of(&lead), account.settings.calls_from()) else {
        return Ok(None);
    };
    let reports = reports_to(&ports.public_url, call);
    Ok(Some(Dial { to: to.clone(), caller: caller.clone(), reports }))
}
