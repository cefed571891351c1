//! Letters of people in mailboxes that the app reads: which it has read, and which lie there.

use crate::observed::Deed;
use crate::sandbox::Sandbox;
use mail_parser::MessageParser;

impl Sandbox {
    /// Notes that a mailbox hands this mail out whole.
    pub(crate) fn note_read(&self, raw: &[u8]) {
        let Some(mail) = MessageParser::default().parse(raw) else { return };
        let Some(id) = mail.message_id() else { return };
        let now = self.now();
        let mut world = self.world();
        let is_it = |deed: &&mut Deed| deed.mailbox.is_some() && deed.letter.as_deref() == Some(id);
        if let Some(deed) = world.deeds.iter_mut().rev().find(is_it) {
            deed.read_at.get_or_insert(now);
        }
    }

    /// Returns the letters in mailboxes that the app has not read yet.
    pub fn unread_letters(&self) -> Vec<Deed> {
        let world = self.world();
        let is_unread = |deed: &&Deed| deed.mailbox.is_some() && deed.read_at.is_none();
        world.deeds.iter().filter(is_unread).cloned().collect()
    }

    /// Tells whether the newest letter in this mailbox is unread.
    pub fn has_unread_letter(&self, address: &str) -> bool {
        let world = self.world();
        let is_its =
            |deed: &&Deed| deed.mailbox.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(address));
        world.deeds.iter().rev().find(is_its).is_some_and(|deed| deed.read_at.is_none())
    }
}
