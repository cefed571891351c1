//! What a mail goes out by: the mailbox that the lead knows; where that one is gone, what the campaign wants then.

use super::{Checks, Decision, PlanInput};
use crate::campaign::WhenMailboxGone;
use crate::enrolment::{EndReason, HoldReason};
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
    let hold = || Decision::Hold { reason: HoldReason::Mailbox, until: now.checked_add(MAILBOX_WAIT).ok() };
    let gone = "the mailbox that wrote before is deleted, switched off or not the campaign's any more";
    let knows_it = enrolment.knows_mailbox();
    let others = calendar.mailboxes.len();
    match campaign.when_mailbox_gone {
        WhenMailboxGone::Hold if knows_it => {
            checks.fail(RULE, format!("{gone}; who knows it waits until it is back"), hold()).map(drop)
        }
        WhenMailboxGone::Exit if knows_it => {
            let end = Decision::End(EndReason::MailboxGone);
            checks.fail(RULE, format!("{gone}; who knows it leaves the sequence"), end).map(drop)
        }
        _ if others == 0 => {
            checks.fail(RULE, "none of the campaign's mailboxes is there and switched on", hold()).map(drop)
        }
        _ => {
            let gone = if knows_it { format!("{gone}; ") } else { String::new() };
            checks.pass(RULE, format!("{gone}one of the campaign's {others} is chosen now"));
            Ok(())
        }
    }
}
