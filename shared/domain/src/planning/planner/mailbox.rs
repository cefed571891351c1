//! The account that a message goes out by. A mail goes out by the mailbox that the lead knows from earlier
//! mails; if that one is gone, the campaign says whether to hold, leave or choose another. A text or chat
//! goes out by the campaign's account for its channel.

use super::timing::local;
use super::{Checks, Decision, PlanInput};
use crate::campaign::calendar::{Calendar, PausedAccount};
use crate::campaign::{Campaign, WhenMailboxGone};
use crate::contact::channel::Channel;
use crate::enrolment::Enrolment;
use crate::enrolment::pause::ending;
use crate::enrolment::reasons::{EndReason, HoldReason};
use crate::ids::AccountId;
use crate::mutant;
use crate::planning::check::CheckRule;
use crate::planning::send_window::zone_for;
use jiff::{SignedDuration, Timestamp};

/// How long a message is held before a missing account is looked for again.
pub const MAILBOX_WAIT: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn check_mailbox(input: &PlanInput<'_>, checks: &mut Checks<'_>) -> Result<(), Decision> {
    const RULE: CheckRule = CheckRule::MailboxUsable;
    let PlanInput { enrolment, campaign, calendar, now, .. } = *input;
    let own = enrolment.mailbox().as_ref();
    if let Some((id, mailbox)) = own.and_then(|own| Some((own, calendar.mailboxes.get(own)?))) {
        let long_failure = calendar.long_failure(id, now).filter(|_| enrolment.knows_mailbox());
        let Some(failing) = long_failure else {
            checks.pass(RULE, &*mailbox.name);
            return Ok(());
        };
        let clock = zone_for(input.lead, campaign).zone.zone();
        let fails = format!("{} has accepted nothing since {}", failing.name, local(failing.since, &clock));
        // If every mailbox fails, no lead is moved to another one and none leaves the sequence.
        let works = calendar.mailboxes.keys().any(|other| calendar.long_failure(other, now).is_none());
        return match (campaign.when_mailbox_gone, may_change_mailbox(enrolment, campaign, calendar, now)) {
            (WhenMailboxGone::Exit, _) if works => {
                let end = Decision::End(EndReason::MailboxGone);
                checks
                    .fail(RULE, format!("{fails}; leads it has written to leave the sequence"), end)
                    .map(drop)
            }
            (_, true) => {
                checks.pass(RULE, format!("{fails}; another mailbox of the campaign takes over"));
                Ok(())
            }
            (_, false) => {
                checks.pass(RULE, format!("{fails}; leads it has written to wait until it is back"));
                Ok(())
            }
        };
    }
    let none_chosen = campaign.mailboxes.is_empty();
    if own.is_none() && none_chosen && !calendar.without_account.contains(&Channel::Email) {
        return Ok(());
    }
    let hold = || hold_for_mailbox(now);
    let gone = "their mailbox was deleted, switched off or removed from the campaign";
    let knows_it = enrolment.knows_mailbox();
    let others = calendar.mailboxes.len();
    // A lead who knows a paused mailbox waits for it; one who knows none waits only if no other mailbox is left.
    let own_is_paused = own.and_then(|own| calendar.paused.get(own)).filter(|_| knows_it);
    let paused_mailboxes = || campaign.mailboxes.iter().filter_map(|mailbox| calendar.paused.get(mailbox));
    let all_are_paused = || paused_mailboxes().next().filter(|_| !knows_it && others == 0);
    let paused = own_is_paused.or_else(all_are_paused);
    if let Some(paused) = paused.filter(|_| !mutant!("paused_mailbox_sends")) {
        return check_account_pause(paused, checks);
    }
    match campaign.when_mailbox_gone {
        WhenMailboxGone::Hold if knows_it => checks
            .fail(RULE, format!("{gone}; leads it has written to wait until it is back"), hold())
            .map(drop),
        WhenMailboxGone::Exit if knows_it => {
            let end = Decision::End(EndReason::MailboxGone);
            checks.fail(RULE, format!("{gone}; leads it has written to leave the sequence"), end).map(drop)
        }
        _ if others == 0 => {
            let none = match none_chosen {
                true => "the campaign has no mailbox",
                false => "no mailbox of the campaign is connected and on",
            };
            checks.fail(RULE, none, hold()).map(drop)
        }
        _ => {
            let gone = if knows_it { format!("{gone}; ") } else { String::new() };
            checks.pass(RULE, format!("{gone}the campaign chooses a mailbox now, out of {others}"));
            Ok(())
        }
    }
}

/// Whether the mailbox that the lead knows has failed for long, and the campaign lets another working one write instead.
pub fn may_change_mailbox(
    enrolment: &Enrolment,
    campaign: &Campaign,
    calendar: &Calendar,
    now: Timestamp,
) -> bool {
    let has_failed_for_long = |mailbox: &AccountId| calendar.long_failure(mailbox, now).is_some();
    campaign.when_mailbox_gone == WhenMailboxGone::Reassign
        && enrolment.knows_mailbox()
        && enrolment.mailbox().as_ref().is_some_and(has_failed_for_long)
        && calendar.mailboxes.keys().any(|other| !has_failed_for_long(other))
}

/// Whether the campaign's account for texts or chats is there and not paused; it has no replacement.
pub(super) fn check_text_sender(
    input: &PlanInput<'_>,
    channel: Channel,
    checks: &mut Checks<'_>,
) -> Result<(), Decision> {
    let PlanInput { campaign, calendar, now, .. } = *input;
    let sender = campaign.text_sender(channel);
    if let Some(paused) = sender.and_then(|sender| calendar.paused.get(sender)) {
        return check_account_pause(paused, checks);
    }
    if calendar.without_account.contains(&channel) {
        let seen = match sender {
            Some(_) => format!("the campaign's account for {} was deleted or switched off", channel.words()),
            None => format!("the campaign has no account for {}", channel.words()),
        };
        return checks.fail(CheckRule::SenderEnabled, seen, hold_for_mailbox(now)).map(drop);
    }
    Ok(())
}

/// When the paused account that the present step needs resumes automatically, if its pause has an end.
pub fn account_resumes(input: &PlanInput<'_>) -> Option<Timestamp> {
    let PlanInput { enrolment, version, campaign, calendar, .. } = *input;
    let channel = version.step(enrolment.step().as_ref()?)?.kind.channel()?;
    let end = |account: &AccountId| calendar.paused.get(account)?.until;
    match channel {
        Channel::Sms | Channel::Whatsapp => end(campaign.text_sender(channel)?),
        Channel::Email if enrolment.knows_mailbox() => end(enrolment.mailbox().as_ref()?),
        Channel::Email => campaign.mailboxes.iter().filter_map(end).min(),
    }
}

fn hold_for_mailbox(now: Timestamp) -> Decision {
    Decision::Hold { reason: HoldReason::Mailbox, until: now.checked_add(MAILBOX_WAIT).ok() }
}

/// Held without an end: resuming the account schedules the enrolments that wait for it.
fn check_account_pause(paused: &PausedAccount, checks: &mut Checks<'_>) -> Result<(), Decision> {
    let hold = Decision::Hold { reason: HoldReason::AccountPaused, until: None };
    let seen = format!("{} is paused{}", paused.name, ending(paused.until));
    checks.fail(CheckRule::SenderNotPaused, seen, hold).map(drop)
}
