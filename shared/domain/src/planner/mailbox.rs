//! What a mail goes out by: the mailbox that the lead knows; where that one is gone, what the campaign wants then.

use super::{Checks, Decision, PlanInput};
use crate::calendar::PausedAccount;
use crate::campaign::WhenMailboxGone;
use crate::enrolment::{EndReason, HoldReason};
use crate::pause::ending;
use crate::sequence::Channel;
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
    // Who knows a mailbox that is paused waits for it; who does not waits only where there is no other.
    let own_is_paused = own.and_then(|own| calendar.paused.get(own)).filter(|_| knows_it);
    let theirs = || campaign.mailboxes.iter().filter_map(|mailbox| calendar.paused.get(mailbox));
    let all_are_paused = || theirs().next().filter(|_| !knows_it && others == 0);
    if let Some(paused) = own_is_paused.or_else(all_are_paused) {
        return waits_for(paused, checks);
    }
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

/// The account that texts and chats go out by has no stand-in.
pub(super) fn text_sender_not_paused(
    input: &PlanInput<'_>,
    channel: Channel,
    checks: &mut Checks<'_>,
) -> Result<(), Decision> {
    let sender = input.campaign.text_sender(channel);
    match sender.and_then(|sender| input.calendar.paused.get(sender)) {
        Some(paused) => waits_for(paused, checks),
        None => Ok(()),
    }
}

/// Who resumes it schedules whoever waits for it.
fn waits_for(paused: &PausedAccount, checks: &mut Checks<'_>) -> Result<(), Decision> {
    let hold = Decision::Hold { reason: HoldReason::AccountPaused, until: None };
    let seen = format!("{} is paused{}", paused.name, ending(paused.until));
    checks.fail("sender_not_paused", seen, hold).map(drop)
}
