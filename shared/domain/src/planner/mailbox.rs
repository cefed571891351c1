//! What a mail goes out by: the mailbox that the lead knows, or another where that one is gone.

use super::{Checks, Decision, PlanInput};
use crate::enrolment::HoldReason;
use jiff::SignedDuration;

/// How long a mail waits until its mailbox is looked for again.
pub const MAILBOX_WAIT: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn mailbox_usable(input: &PlanInput<'_>, checks: &mut Checks<'_>) -> Result<(), Decision> {
    const RULE: &str = "mailbox_usable";
    let PlanInput { enrolment, campaign, calendar, now, .. } = *input;
    let own = enrolment.mailbox.as_ref();
    if let Some(mailbox) = own.and_then(|own| calendar.mailboxes.get(own)) {
        checks.pass(RULE, &*mailbox.name);
        return Ok(());
    }
    if own.is_none() && campaign.mailboxes.is_empty() {
        return Ok(());
    }
    let gone = match own {
        Some(_) => "its mailbox is deleted, switched off or not the campaign's any more; ",
        None => "",
    };
    if calendar.mailboxes.is_empty() {
        let seen = format!("{gone}none of the campaign's mailboxes is there and switched on");
        let hold = Decision::Hold { reason: HoldReason::Mailbox, until: now.checked_add(MAILBOX_WAIT).ok() };
        return checks.fail(RULE, seen, hold).map(drop);
    }
    checks.pass(RULE, format!("{gone}one of the campaign's {} is chosen now", calendar.mailboxes.len()));
    Ok(())
}
