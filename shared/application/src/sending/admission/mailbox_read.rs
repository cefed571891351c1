//! Lets no step and no bulk message leave a mailbox whose replies were not read in the last 15 minutes: the lead may have
//! answered there. The mailbox is read first, and the message comes back a minute later, or when a mailbox that fails is
//! read again.

use crate::ports::store::StoreResult;
use crate::sending::run::SendRun;
use crate::workspace::read_mailbox::ask_for_reading;
use domain::capacity::admission::{Admission, DelayReason};
use domain::mutant;
use domain::workspace::account::Account;
use jiff::SignedDuration;

/// The wait until the next minute's tick has the mailbox read.
const READ_SOON: SignedDuration = SignedDuration::from_mins(1);

pub(super) async fn look(run: &SendRun<'_>, account: &Account) -> StoreResult<Admission<()>> {
    let ports = run.ports;
    let Some(mailbox) = ports.mailbox_reader.mailbox_of(&account.settings) else {
        return Ok(Admission::Granted(()));
    };
    let now = run.now();
    let known = run.cache.mailbox_reading(ports, account).await?.value;
    let known = known.filter(|known| known.mailbox == mailbox);
    if mutant!("sends_without_reading") || known.as_ref().is_some_and(|known| known.is_fresh(now)) {
        return Ok(Admission::Granted(()));
    }
    let soon = now.saturating_add(READ_SOON).unwrap_or(now);
    let at = match known.and_then(|known| known.held_until(now)) {
        Some(until) => until.max(soon),
        None => {
            ask_for_reading(&*ports.due, &account.workspace, &account.id, now).await?;
            soon
        }
    };
    Ok(Admission::NotBefore { at, why: DelayReason::MailboxUnread })
}
