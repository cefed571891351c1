//! Whether replies to an account's messages reach leadflow; a reply that does not arrive stops no sequence.

use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::workspace::account::{Account, AccountSettings};

/// Whether replies arrive; none if the account sends nothing. `all` are the workspace's accounts. Replies to mail arrive if
/// they go to a mailbox that is read, which `is_read` tells, or to an address that an inbound account receives by
/// webhook; those to texts and chats are reported by their provider.
pub fn hears_replies(
    account: &Account,
    all: &[Account],
    is_read: impl Fn(&AccountSettings) -> bool,
) -> Option<bool> {
    let channel = account.settings.kind().channel()?;
    if channel != Channel::Email {
        return Some(true);
    }
    let mailbox = account.settings.mailbox()?;
    let answers_go_to = mailbox.reply_to.unwrap_or(mailbox.address);
    let reads_it = |known: &Account| {
        is_read(&known.settings)
            && known.settings.mailbox().is_some_and(|mailbox| mailbox.address == answers_go_to)
    };
    let mut others = all.iter().filter(|known| known.enabled);
    Some(reads_it(account) || others.any(|known| reads_it(known) || receives_mail_to(known, answers_go_to)))
}

fn receives_mail_to(account: &Account, address: &EmailAddress) -> bool {
    matches!(&account.settings, AccountSettings::InboundEmail { addresses, .. } if addresses.contains(address))
}

#[cfg(test)]
mod tests;
