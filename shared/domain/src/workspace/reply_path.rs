//! Whether replies to an account's messages reach leadflow; a reply that does not arrive stops no sequence.

use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::workspace::account::{Account, AccountSettings};

/// Whether replies arrive; none if the account sends nothing. `all` are the workspace's accounts. Replies to mail arrive if
/// they go to a mailbox that is read, which `is_read` tells, to an address that an inbound account receives by webhook, or
/// to a domain of a sender whose own webhook brings received mail, which `brings_mail` tells. Those to texts and chats are
/// reported by their provider.
pub fn hears_replies(
    account: &Account,
    all: &[Account],
    is_read: impl Fn(&Account) -> bool,
    brings_mail: impl Fn(&Account) -> bool,
) -> Option<bool> {
    let channel = account.settings.kind().channel()?;
    if channel != Channel::Email {
        return Some(true);
    }
    let mailbox = account.settings.mailbox()?;
    let answers_go_to = mailbox.reply_to.unwrap_or(mailbox.address);
    let is_heard_by = |known: &Account| {
        let reads_it = || {
            let is_there = known.settings.mailbox().is_some_and(|mailbox| mailbox.address == answers_go_to);
            is_there && is_read(known)
        };
        reads_it() || (receives_for_domain(known, answers_go_to) && brings_mail(known))
    };
    let mut others = all.iter().filter(|known| known.enabled);
    Some(
        is_heard_by(account)
            || others.any(|known| is_heard_by(known) || receives_mail_to(known, answers_go_to)),
    )
}

fn receives_mail_to(account: &Account, address: &EmailAddress) -> bool {
    matches!(&account.settings, AccountSettings::InboundEmail { addresses, .. } if addresses.contains(address))
}

/// Whether an account writes from the address's domain, or has its replies go there. A provider receives the mail of
/// whole domains, and never that of a free-mail domain.
fn receives_for_domain(account: &Account, address: &EmailAddress) -> bool {
    let Some(mailbox) = account.settings.mailbox() else { return false };
    let mut own = [Some(mailbox.address), mailbox.reply_to].into_iter().flatten();
    address.company_domain().is_some_and(|domain| own.any(|own| own.domain() == domain))
}

#[cfg(test)]
mod tests;
