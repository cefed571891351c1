//! A mailbox with folders that a user reads by IMAP. UIDs grow from mail to mail and are never given out twice, unless a
//! folder is numbered anew, as servers do after a restore or a move.

mod command;
mod fetch;
mod server;

pub use server::{ImapAccount, ImapHost, serve_imap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImapOffers {
    /// Whether folders of a role are marked.
    pub special_use: bool,
    /// Whether `AUTHENTICATE PLAIN` is accepted; `LOGIN` always is.
    pub auth_plain: bool,
}

impl Default for ImapOffers {
    fn default() -> Self {
        Self { special_use: true, auth_plain: true }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImapMailbox {
    folders: Vec<Folder>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Folder {
    name: String,
    /// The role's mark, such as `\Sent`.
    mark: Option<String>,
    uid_validity: u32,
    uid_next: u32,
    /// The mails in the order of their UIDs.
    mails: Vec<Mail>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Mail {
    uid: u32,
    at: Timestamp,
    raw: String,
}

impl Folder {
    fn new(name: &str, mark: Option<&str>) -> Self {
        let mark = mark.map(str::to_owned);
        Self { name: name.to_owned(), mark, uid_validity: 1, uid_next: 1, mails: Vec::new() }
    }

    fn add(&mut self, raw: String, at: Timestamp) {
        self.mails.push(Mail { uid: self.uid_next, at, raw });
        self.uid_next += 1;
    }
}

impl ImapMailbox {
    /// Makes an empty mailbox with an inbox and folders of junk and of sent mail.
    pub fn new(sent_folder: &str) -> Self {
        let folders = [("INBOX", None), ("Junk", Some("\\Junk")), (sent_folder, Some("\\Sent"))];
        Self { folders: folders.map(|(name, mark)| Folder::new(name, mark)).into() }
    }

    fn find(&mut self, name: &str) -> Option<&mut Folder> {
        let is_it = |folder: &&mut Folder| {
            folder.name == name || (folder.name == "INBOX" && name.eq_ignore_ascii_case("INBOX"))
        };
        self.folders.iter_mut().find(is_it)
    }

    fn folder(&mut self, name: &str) -> &mut Folder {
        self.find(name).expect("there is a folder of this name")
    }

    pub fn add_folder(&mut self, name: &str) {
        self.folders.push(Folder::new(name, None));
    }

    /// Deletes a folder with its mails.
    pub fn delete_folder(&mut self, name: &str) {
        self.folders.retain(|folder| folder.name != name);
    }

    /// Puts a mail into a folder.
    pub fn deliver(&mut self, folder: &str, raw: &[u8], at: Timestamp) {
        self.folder(folder).add(String::from_utf8_lossy(raw).into_owned(), at);
    }

    /// Puts a mail that the user has written in a mail program into the folder of sent mail.
    pub fn send_by_hand(&mut self, raw: &[u8], at: Timestamp) {
        let sent = self.folders.iter_mut().find(|folder| folder.mark.as_deref() == Some("\\Sent"));
        let raw = String::from_utf8_lossy(raw).into_owned();
        sent.expect("each mailbox has one").add(raw, at);
    }

    /// Moves the newest mail of a folder to another one, where it gets another number.
    pub fn move_newest(&mut self, from: &str, to: &str) {
        let Some(mail) = self.folder(from).mails.pop() else { return };
        self.folder(to).add(mail.raw, mail.at);
    }

    /// Deletes the newest mail of a folder.
    pub fn delete_newest(&mut self, folder: &str) {
        self.folder(folder).mails.pop();
    }

    /// Numbers the mails of a folder anew, under another UIDVALIDITY.
    pub fn number_anew(&mut self, folder: &str) {
        let folder = self.folder(folder);
        folder.uid_validity += 1;
        folder.uid_next = 1;
        for mail in std::mem::take(&mut folder.mails) {
            folder.add(mail.raw, mail.at);
        }
    }
}
