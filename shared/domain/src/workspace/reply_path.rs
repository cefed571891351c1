//! Whether answers to an account's messages reach leadflow. What is not heard stops no sequence.

use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::workspace::account::{Connection, ConnectionSettings};

/// `all`: the workspace's accounts. Mail is heard where its answers go to an address that comes in by webhook; texts and chats
/// are reported by who carries them. `None`: nothing goes out by it.
pub fn hears_replies(account: &Connection, all: &[Connection]) -> Option<bool> {
    let channel = account.settings.kind().channel()?;
    if channel != Channel::Email {
        return Some(true);
    }
    let mailbox = account.settings.mailbox()?;
    let answers_go_to = mailbox.reply_to.unwrap_or(mailbox.address);
    Some(all.iter().any(|known| known.enabled && comes_in(known, answers_go_to)))
}

fn comes_in(account: &Connection, address: &EmailAddress) -> bool {
    matches!(&account.settings, ConnectionSettings::InboundEmail { addresses } if addresses.contains(address))
}

#[cfg(test)]
mod tests;
